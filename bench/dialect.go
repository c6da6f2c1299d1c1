package main

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// secret opens the APIs of the servers under test, which listen on loopback only.
const secret = "a-secret-of-the-benchmark"

// change is one record that comes or goes: an A record with changedAddress.
type change struct {
	zone  string // origin with its final dot
	owner string // label below it
	gone  bool
}

var changedAddress = netip.AddrFrom4([4]byte{192, 0, 2, 1})

// query asks for what c leaves behind.
func (c change) query() query {
	q := query{name: c.owner + "." + c.zone, qtype: rr.TypeA, rcode: noError, answers: 1, address: changedAddress}
	if c.gone {
		q.rcode, q.answers = nxDomain, 0
	}
	return q
}

// dialect appends the HTTP request that makes c.
type dialect func(dst []byte, c change) []byte

// appendTruename speaks /v1.
func appendTruename(dst []byte, c change) []byte {
	zone := c.zone[:len(c.zone)-1]
	if c.gone {
		return appendRequest(dst, "DELETE /v1/zones/"+zone+"/records/by-name/"+c.owner+"/A", "Authorization: Bearer "+secret, "")
	}
	return appendRequest(dst, "POST /v1/zones/"+zone+"/records", "Authorization: Bearer "+secret,
		`{"name":"`+c.owner+`","type":"A","content":"192.0.2.1","ttl":300}`)
}

// appendPDNS speaks the API of PowerDNS.
func appendPDNS(dst []byte, c change) []byte {
	body := `{"rrsets":[{"name":"` + c.owner + `.` + c.zone + `","type":"A","changetype":"`
	if c.gone {
		body += `DELETE"}]}`
	} else {
		body += `REPLACE","ttl":300,"records":[{"content":"192.0.2.1","disabled":false}]}]}`
	}
	return appendRequest(dst, "PATCH /api/v1/servers/localhost/zones/"+c.zone, "X-API-Key: "+secret, body)
}

func appendRequest(dst []byte, line, key, body string) []byte {
	dst = append(dst, line...)
	dst = append(dst, " HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n"...)
	dst = append(append(dst, key...), "\r\n"...)
	if body != "" {
		dst = append(dst, "Content-Type: application/json\r\nContent-Length: "...)
		dst = append(strconv.AppendInt(dst, int64(len(body)), 10), "\r\n"...)
	}
	return append(append(dst, "\r\n"...), body...)
}

// changeAt is the nth change of a connection: records come and go in turn, so
// that the zone keeps its size.
func changeAt(zone string, connection, n int) change {
	return change{zone: zone, owner: fmt.Sprintf("w%d-%d", connection, n/2), gone: n%2 == 1}
}

package internet

import (
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// elsewhere is the address of somebody who is no authority at all.
const elsewhere = "127.66.66.66"

// forgeries are answers with a false address, each wrong in a single trait that
// whoever does not see the query cannot know (RFC 5452, Section 4).
func forgeries(f *Fault, query *dns.Msg) []*dns.Msg {
	if f.uncased {
		m := falseAnswer(query, f.spoof)
		m.Question[0].Name = strings.ToLower(m.Question[0].Name)
		if m.Question[0].Name == query.Question[0].Name {
			m.Question[0].Name = strings.ToUpper(m.Question[0].Name)
		}
		return []*dns.Msg{m}
	}
	id, question := falseAnswer(query, f.spoof), falseAnswer(query, f.spoof)
	id.Id++
	question.Question[0].Name = "x" + question.Question[0].Name
	return []*dns.Msg{id, question}
}

func falseAnswer(query *dns.Msg, address netip.Addr) *dns.Msg {
	m := new(dns.Msg).SetReply(query)
	m.Authoritative = true
	m.Answer = []dns.RR{&dns.A{
		Hdr: dns.RR_Header{Name: query.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 86400},
		A:   address.AsSlice(),
	}}
	return m
}

// fromElsewhere sends a false answer that is right in all but where it comes from.
func fromElsewhere(f *Fault, query *dns.Msg, to net.Addr) {
	conn, err := net.ListenPacket("udp", elsewhere+":0")
	if err != nil {
		return
	}
	defer conn.Close()
	if octets, err := falseAnswer(query, f.spoof).Pack(); err == nil {
		_, _ = conn.WriteTo(octets, to) // nobody waits for it
	}
}

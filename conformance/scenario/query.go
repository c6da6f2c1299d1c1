package scenario

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// query is a message to send, with its ways of being unusual.
type query struct {
	message dns.Msg
	opt     *dns.OPT
	network string
	wait    time.Duration

	version   uint8
	opts      int    // how many OPT records
	optOwner  string // owner of the OPT records
	questions int
	qr        bool
	trailing  []byte
	cutTo     int // send only so many octets; 0: all
}

// state is what one step leaves for the next: the server cookie.
type state struct{ serverCookie string }

// clientCookie is fixed: a server cookie is bound to it and to the client's address.
const clientCookie = "0123456789abcdef"

func newQuery() *query {
	q := &query{network: "udp", opts: 0, optOwner: ".", questions: 1}
	q.message.Id = dns.Id()
	return q
}

// parseQuery reads the words after "query".
func parseQuery(words []string, s *state) (*query, error) {
	if len(words) < 2 {
		return nil, fmt.Errorf("query needs a name and a type")
	}
	q := newQuery()
	qtype, err := parseType(words[1])
	if err != nil {
		return nil, err
	}
	q.message.Question = []dns.Question{{Name: words[0], Qtype: qtype, Qclass: dns.ClassINET}}
	for _, word := range words[2:] {
		if err := q.apply(word, s); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func parseType(word string) (uint16, error) {
	if number, ok := dns.StringToType[word]; ok {
		return number, nil
	}
	digits, ok := strings.CutPrefix(word, "TYPE")
	number, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil {
		return 0, fmt.Errorf("unknown type %q", word)
	}
	return uint16(number), nil
}

// apply reads one option of a query: a switch or name=value.
func (q *query) apply(word string, s *state) error {
	name, value, hasValue := strings.Cut(word, "=")
	if !hasValue {
		return q.applySwitch(name)
	}
	switch name {
	case "option":
		return q.applyOption(value)
	case "cookie":
		return q.applyCookie(value, s)
	case "optowner":
		q.edns()
		q.optOwner = value
		return nil
	case "trailing":
		octets, err := hex.DecodeString(value)
		q.trailing = octets
		return err
	case "class":
		return q.applyClass(value)
	}
	return q.applyNumber(name, value)
}

func (q *query) applySwitch(name string) error {
	switch name {
	case "tcp":
		q.network = "tcp"
	case "rd":
		q.message.RecursionDesired = true
	case "cd":
		q.message.CheckingDisabled = true
	case "ad":
		q.message.AuthenticatedData = true
	case "aa":
		q.message.Authoritative = true
	case "tc":
		q.message.Truncated = true
	case "ra":
		q.message.RecursionAvailable = true
	case "z":
		q.message.Zero = true
	case "qr":
		q.qr = true
	case "do":
		q.edns().SetDo()
	case "edns":
		q.edns()
	case "nsid":
		q.edns().Option = append(q.opt.Option, &dns.EDNS0_LOCAL{Code: dns.EDNS0NSID})
	default:
		return fmt.Errorf("unknown option of a query: %q", name)
	}
	return nil
}

func (q *query) applyNumber(name, value string) error {
	number, err := strconv.ParseUint(value, 0, 16)
	if err != nil {
		return fmt.Errorf("%s=%s: %w", name, value, err)
	}
	switch name {
	case "bufsize":
		q.edns().SetUDPSize(uint16(number))
	case "version":
		q.edns()
		q.version = uint8(number)
	case "ednsflags":
		q.edns().Hdr.Ttl |= uint32(number)
	case "opts":
		q.edns()
		q.opts = int(number)
	case "opcode":
		q.message.Opcode = int(number)
	case "questions":
		q.questions = int(number)
	case "cut":
		q.cutTo = int(number)
	case "wait":
		q.wait = time.Duration(number) * time.Millisecond
	default:
		return fmt.Errorf("unknown option of a query: %q", name)
	}
	return nil
}

func (q *query) applyClass(value string) error {
	if class, ok := dns.StringToClass[value]; ok {
		q.message.Question[0].Qclass = class
		return nil
	}
	number, err := strconv.ParseUint(value, 10, 16)
	q.message.Question[0].Qclass = uint16(number)
	return err
}

// applyOption reads NUMBER:HEX.
func (q *query) applyOption(value string) error {
	code, text, _ := strings.Cut(value, ":")
	number, err := strconv.ParseUint(code, 10, 16)
	if err != nil {
		return fmt.Errorf("option=%s: %w", value, err)
	}
	octets, err := hex.DecodeString(text)
	if err != nil {
		return fmt.Errorf("option=%s: %w", value, err)
	}
	q.edns().Option = append(q.opt.Option, &dns.EDNS0_LOCAL{Code: uint16(number), Data: octets})
	return nil
}

// applyCookie reads "client", "server" (the one that came last), or hexadecimal.
func (q *query) applyCookie(value string, s *state) error {
	switch value {
	case "client":
		value = clientCookie
	case "server":
		value = clientCookie + s.serverCookie
	}
	octets, err := hex.DecodeString(value)
	if err != nil {
		return fmt.Errorf("cookie=%s: %w", value, err)
	}
	q.edns().Option = append(q.opt.Option, &dns.EDNS0_LOCAL{Code: dns.EDNS0COOKIE, Data: octets})
	return nil
}

// edns makes sure that the query has an OPT record, by default with a buffer of 1232 octets.
func (q *query) edns() *dns.OPT {
	if q.opt == nil {
		q.opts = 1
		q.opt = &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}}
		q.opt.SetUDPSize(1232)
	}
	return q.opt
}

// wire makes the octets of the query; header counts are patched for what the library would not write.
func (q *query) wire() ([]byte, error) {
	message := q.message
	message.Response = q.qr
	first := message.Question[0]
	message.Question = nil
	for range q.questions {
		message.Question = append(message.Question, first)
	}
	if q.opt != nil {
		q.opt.SetVersion(q.version)
	}
	octets, err := message.Pack()
	if err != nil {
		return nil, err
	}
	if octets, err = q.appendOPTs(octets); err != nil {
		return nil, err
	}
	octets = append(octets, q.trailing...)
	if q.cutTo > 0 {
		octets = octets[:min(q.cutTo, len(octets))]
	}
	return octets, nil
}

func (q *query) appendOPTs(octets []byte) ([]byte, error) {
	if q.opt == nil {
		return octets, nil
	}
	q.opt.Hdr.Name = q.optOwner
	buf := make([]byte, 65535)
	n, err := dns.PackRR(q.opt, buf, 0, nil, false)
	if err != nil {
		return nil, err
	}
	for range q.opts {
		octets = append(octets, buf[:n]...)
	}
	binary.BigEndian.PutUint16(octets[10:], uint16(q.opts))
	return octets, nil
}

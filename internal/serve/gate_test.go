package serve

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/net/listen"
)

// change applies f to m.
func change(m *dns.Msg, f func(*dns.Msg)) *dns.Msg { f(m); return m }

func class(m *dns.Msg, c uint16) *dns.Msg { m.Question[0].Qclass = c; return m }

func opcode(m *dns.Msg, op int) *dns.Msg { m.Opcode = op; return m }

func TestGate(t *testing.T) {
	b := serving(t, Config{Version: "truename", Hostname: "ns1.example."}, example)
	www := func() *dns.Msg { return query("www.example.", dns.TypeA) }
	for _, c := range []struct {
		situation string
		msg       *dns.Msg
		want      string
	}{
		{"a plain question", www(), "NOERROR aa rd"},
		{"without RD", change(www(), func(m *dns.Msg) { m.RecursionDesired = false }), "NOERROR aa"},
		{"AD, CD, Z, RA, AA and TC do not come back", change(www(), func(m *dns.Msg) {
			m.AuthenticatedData, m.CheckingDisabled, m.Zero, m.RecursionAvailable, m.Authoritative, m.Truncated = true, true, true, true, true, true
		}), "NOERROR aa rd"},
		{"with EDNS", edns(www(), 1232), "NOERROR aa rd opt/1232"},
		{"DO is echoed", change(edns(www(), 1232), func(m *dns.Msg) { m.IsEdns0().SetDo() }), "NOERROR aa rd opt/1232 do"},
		{"an unknown option", edns(www(), 1232, &dns.EDNS0_LOCAL{Code: 65001, Data: []byte{1}}), "NOERROR aa rd opt/1232"},
		{"an unknown EDNS flag", change(edns(www(), 1232), func(m *dns.Msg) { m.IsEdns0().SetZ(0x40) }), "NOERROR aa rd opt/1232"},
		{"EDNS version 1", change(edns(www(), 1232), func(m *dns.Msg) { m.IsEdns0().SetVersion(1) }), "BADVERS rd opt/1232"},
		{"EDNS version 255 with a cookie and DO", change(edns(www(), 1232, withCookie(clientCookie)), func(m *dns.Msg) { m.IsEdns0().SetVersion(255); m.IsEdns0().SetDo() }), "BADVERS rd opt/1232 do"},

		{"NOTIFY", edns(opcode(www(), dns.OpcodeNotify), 1232), "NOTIMP op4 opt/1232 ede21(only QUERY is served)"},
		{"UPDATE", opcode(www(), dns.OpcodeUpdate), "NOTIMP op5"},
		{"STATUS", opcode(www(), dns.OpcodeStatus), "NOTIMP op2"},
		{"IQUERY without a question", change(opcode(www(), dns.OpcodeIQuery), func(m *dns.Msg) { m.Question = nil }), "NOTIMP op1"},
		{"opcode 15", opcode(www(), 15), "NOTIMP op15"},
		{"an unknown version comes before an unknown opcode", change(edns(opcode(www(), 15), 1232), func(m *dns.Msg) { m.IsEdns0().SetVersion(1) }), "BADVERS op15 opt/1232"},

		{"no question", change(www(), func(m *dns.Msg) { m.Question = nil }), "FORMERR rd"},
		{"no question but a cookie", change(edns(www(), 1232, withCookie(clientCookie)), func(m *dns.Msg) { m.Question = nil }), "NOERROR rd opt/1232 cookie24"},
		{"two questions", change(www(), func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }), "FORMERR rd"},
		{"OPT twice", change(edns(www(), 1232), func(m *dns.Msg) { m.Extra = append(m.Extra, m.Extra[0]) }), "FORMERR rd opt/1232"},
		{"a cookie of 9 octets", edns(www(), 1232, withCookie(clientCookie+"09")), "FORMERR rd opt/1232"},

		{"class ANY has no authority", class(www(), dns.ClassANY), "NOERROR rd"},
		{"class HS", edns(class(www(), dns.ClassHESIOD), 1232), "REFUSED rd opt/1232 ede20"},
		{"class NONE", class(www(), dns.ClassNONE), "REFUSED rd"},
		{"class 0", class(www(), 0), "REFUSED rd"},
		{"class CH, a name of the zones", class(www(), dns.ClassCHAOS), "REFUSED rd"},

		{"NXNAME", edns(query("www.example.", 128), 1232), "FORMERR rd opt/1232 ede30"},
		{"AXFR", edns(query("example.", dns.TypeAXFR), 1232), "REFUSED rd opt/1232 ede21(zone transfer is not offered)"},
		{"IXFR", query("example.", dns.TypeIXFR), "REFUSED rd"},
		{"TSIG", change(edns(www(), 1232), func(m *dns.Msg) {
			m.Extra = append(m.Extra, &dns.TSIG{Hdr: dns.RR_Header{Name: "key.", Rrtype: dns.TypeTSIG, Class: dns.ClassANY}, Algorithm: dns.HmacSHA256})
		}), "NOTAUTH rd opt/1232 ede0(no TSIG key is known here)"},

		{"outside of our zones", edns(query("www.example.org.", dns.TypeA), 1232), "REFUSED rd opt/1232 ede20"},
		{"a zone that is not ready", edns(query("www.broken.test.", dns.TypeA), 1232), "SERVFAIL rd opt/1232 ede14(broken.test.zone:3:1: no SOA record)"},
		{"a loop", edns(query("loop.example.", dns.TypeA), 1232), "SERVFAIL aa rd opt/1232 ede0(alias loop at loop.example.)"},
		{"no such name", query("nowhere.example.", dns.TypeA), "NXDOMAIN aa rd"},
		{"a referral", query("www.sub.example.", dns.TypeA), "NOERROR rd"},
		{"an unknown type", query("www.example.", 65280), "NOERROR aa rd"},
		{"type 0", query("www.example.", 0), "NOERROR aa rd"},
		{"type OPT", query("www.example.", dns.TypeOPT), "NOERROR aa rd"},
		{"type MAILB", query("www.example.", dns.TypeMAILB), "NOERROR aa rd"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			b.in.Transport = listen.UDP
			if got := describe(b.ask(t, c.msg)); got != c.want {
				t.Errorf("over UDP got %s, want %s", got, c.want)
			}
			b.in.Transport = listen.TCP
			if got := describe(b.ask(t, c.msg)); got != c.want {
				t.Errorf("over TCP got %s, want %s", got, c.want)
			}
		})
	}
}

// What is no query gets no response.
func TestSilence(t *testing.T) {
	b := serving(t, Config{}, example)
	whole, err := query("www.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 12 {
		if out := b.octets(whole[:n]); out != nil {
			t.Errorf("%d octets were answered with %x", n, out)
		}
	}
	whole[2] |= 0x80
	if out := b.octets(whole); out != nil {
		t.Errorf("a response was answered with %x", out)
	}
	if b.octets(whole[:12]) != nil {
		t.Error("the header of a response was answered")
	}
}

// What is cut off behind its header gets FORMERR, with the question as far as it is there.
func TestCutOff(t *testing.T) {
	b := serving(t, Config{}, example)
	whole, err := edns(query("wWw.example.", dns.TypeA), 1232, withCookie(clientCookie)).Pack()
	if err != nil {
		t.Fatal(err)
	}
	const question = 12 + 13 + 4
	for n := 12; n < len(whole); n++ {
		m := new(dns.Msg)
		if err := m.Unpack(b.octets(whole[:n])); err != nil {
			t.Fatal(err)
		}
		if m.Rcode != dns.RcodeFormatError || (len(m.Question) == 1) != (n >= question) {
			t.Errorf("%d octets: %v", n, m)
		}
	}
}

func TestQuestionComesBackInItsCase(t *testing.T) {
	b := serving(t, Config{}, example)
	m := b.ask(t, query("wWw.ExAmPlE.", dns.TypeA))
	if m.Question[0].Name != "wWw.ExAmPlE." || lines(m.Answer) != "wWw.ExAmPlE. 300 IN A 192.0.2.1" {
		t.Errorf("got %v", m)
	}
}

func TestChaos(t *testing.T) {
	long := strings.Repeat("v", 300)
	named := serving(t, Config{Version: long, Hostname: "ns1"}, example)
	bare := serving(t, Config{}, example)
	for _, c := range []struct {
		situation, name string
		qtype           uint16
		want, answer    string
	}{
		{"version.bind", "version.bind.", dns.TypeTXT, "NOERROR aa rd", `version.bind. 0 CH TXT "` + long[:255] + `"`},
		{"version.server", "version.server.", dns.TypeTXT, "NOERROR aa rd", `version.server. 0 CH TXT "` + long[:255] + `"`},
		{"hostname.bind", "hostname.bind.", dns.TypeTXT, "NOERROR aa rd", `hostname.bind. 0 CH TXT "ns1"`},
		{"id.server in another case", "ID.Server.", dns.TypeTXT, "NOERROR aa rd", `ID.Server. 0 CH TXT "ns1"`},
		{"ANY", "id.server.", dns.TypeANY, "NOERROR aa rd", `id.server. 0 CH TXT "ns1"`},
		{"another type", "id.server.", dns.TypeA, "NOERROR aa rd", ""},
		{"another name", "authors.bind.", dns.TypeTXT, "REFUSED rd", ""},
		{"a name below", "a.id.server.", dns.TypeTXT, "REFUSED rd", ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			m := named.ask(t, class(query(c.name, c.qtype), dns.ClassCHAOS))
			if describe(m) != c.want || lines(m.Answer) != c.answer {
				t.Errorf("got %s with %s", describe(m), lines(m.Answer))
			}
			if got := describe(bare.ask(t, class(query(c.name, c.qtype), dns.ClassCHAOS))); got != "REFUSED rd" {
				t.Errorf("where nothing is configured: %s", got)
			}
		})
	}
}

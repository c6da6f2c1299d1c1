package serve

import (
	"encoding/binary"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/net/listen"
)

// FuzzRespond: no octets make a worker panic or send what is not a response to
// them, within the size the client takes.
func FuzzRespond(f *testing.F) {
	for _, m := range []*dns.Msg{
		query("www.example.", dns.TypeA),
		edns(query("alias2.example.", dns.TypeAAAA), 1232, withCookie(clientCookie)),
		edns(query("host.old.example.", dns.TypeANY), 512, &dns.EDNS0_NSID{Code: dns.EDNS0NSID}),
		class(query("version.bind.", dns.TypeTXT), dns.ClassCHAOS),
		opcode(query("example.", dns.TypeSOA), dns.OpcodeNotify),
	} {
		wire, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire, false)
		f.Add(wire, true)
	}
	b := serving(f, Config{NSID: "ns1.example.", Version: "truename", Hostname: "ns1"}, example+manyServers(30)+addresses("big", 100))
	f.Fuzz(func(t *testing.T, msg []byte, tcp bool) {
		b.in.Transport = listen.UDP
		limit := 1232
		if tcp {
			b.in.Transport, limit = listen.TCP, 65535
		}
		out := b.octets(msg)
		if len(out) == 0 {
			if len(msg) >= 12 && msg[2]&0x80 == 0 {
				t.Fatal("a query went unanswered")
			}
			return
		}
		if len(out) > limit || out[2]&0x80 == 0 || binary.BigEndian.Uint16(out) != binary.BigEndian.Uint16(msg) {
			t.Fatalf("%d octets: %x", len(out), out)
		}
		got := new(dns.Msg)
		if err := got.Unpack(out); err != nil {
			t.Fatalf("%v: %x", err, out)
		}
		if got.IsEdns0() == nil && !tcp && len(out) > 512 {
			t.Fatalf("%d octets without EDNS", len(out))
		}
		if got.Opcode != int(msg[2]>>3&15) || got.RecursionDesired != (msg[2]&1 != 0 && got.Opcode == dns.OpcodeQuery) || got.RecursionAvailable || got.AuthenticatedData || got.CheckingDisabled || got.Zero {
			t.Fatalf("flags: %v", got.MsgHdr)
		}
	})
}

package serve

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// many is a zone of n names with A and AAAA, half as many aliases of them, a
// tenth as many chains of two links, and a wildcard alias.
func many(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "host%d A 10.%d.%d.%d\nhost%d AAAA 2001:db8::%x\n", i, i>>16, i>>8&255, i&255, i, i&0xffff)
	}
	for i := range n / 2 {
		fmt.Fprintf(&s, "alias%d CNAME host%d\n", i, i)
	}
	for i := range n / 10 {
		fmt.Fprintf(&s, "chain%d CNAME alias%d\n", i, i)
	}
	s.WriteString("*.wild CNAME host0\n")
	return s.String()
}

// BenchmarkRespond answers random queries to a zone of 100,000 names without sockets.
func BenchmarkRespond(b *testing.B) {
	const names = 100_000
	text := many(names)
	plain := serving(b, Config{}, text)
	limited := serving(b, Config{RateLimit: 1 << 30}, text)
	for _, c := range []struct {
		situation, name string
		from            int
		qtype           uint16
	}{
		{"hit", "host%d.example.", names, dns.TypeA},
		{"chain1", "alias%d.example.", names / 2, dns.TypeA},
		{"chain2", "chain%d.example.", names / 10, dns.TypeAAAA},
		{"wildcard", "any%d.wild.example.", names, dns.TypeA},
		{"nxdomain", "nowhere%d.example.", names, dns.TypeA},
		{"nodata", "host%d.example.", names, dns.TypeMX},
	} {
		b.Run(c.situation, func(b *testing.B) { run(b, plain, queries(b, c.name, c.from, c.qtype, false)) })
		b.Run(c.situation+"-edns-rrl", func(b *testing.B) { run(b, limited, queries(b, c.name, c.from, c.qtype, true)) })
	}
}

// queries are 8,192 messages, their names made of the pattern and a random number below from.
func queries(b *testing.B, pattern string, from int, qtype uint16, withEDNS bool) [][]byte {
	out := make([][]byte, 1<<13)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range out {
		m := query(fmt.Sprintf(pattern, random.IntN(from)), qtype)
		if withEDNS {
			edns(m, 1232)
		}
		wire, err := m.Pack()
		if err != nil {
			b.Fatal(err)
		}
		out[i] = wire
	}
	return out
}

func run(b *testing.B, s *bench, msgs [][]byte) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.in.Msg = msgs[i&(len(msgs)-1)]
		if len(s.w.Respond(s.buf, &s.in)) == 0 {
			b.Fatal("silence")
		}
	}
}

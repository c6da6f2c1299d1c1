package wire

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// names draws names of few labels in any case, so that many share a suffix.
func names() *rapid.Generator[dname.Name] {
	label := rapid.SampledFrom([]string{"a", "A", "b", "www", "wWw", "example", "EXAMPLE", "com", "net", "a-label-that-is-long", "[", "{", "\x00", "@", "`"})
	return rapid.Custom(func(t *rapid.T) dname.Name {
		var n dname.Name
		for _, l := range rapid.SliceOfN(label, 0, 6).Draw(t, "labels") {
			n = append(append(n, byte(len(l))), l...)
		}
		return append(n, 0)
	})
}

// rdata draws RDATA of type rtype with names of its own.
func rdata(t *rapid.T, rtype rr.Type) []byte {
	name := func() []byte { return names().Draw(t, "name in data") }
	switch rtype {
	case rr.TypeNS, rr.TypeCNAME, rr.TypePTR, rr.TypeDNAME:
		return name()
	case rr.TypeMX:
		return append([]byte{0, 10}, name()...)
	case rr.TypeSOA:
		return slices.Concat(name(), name(), make([]byte, 20))
	case rr.TypeSRV:
		return append([]byte{0, 1, 0, 2, 0, 3}, name()...)
	case rr.TypeSVCB:
		return append([]byte{0, 1}, name()...)
	case rr.TypeTXT:
		return []byte{3, 'a', 'b', 'c'}
	}
	return []byte{192, 0, 2, 1}
}

type placed struct {
	owner dname.Name
	set   rr.Set
}

func drawSet(t *rapid.T) placed {
	rtype := rapid.SampledFrom([]rr.Type{rr.TypeA, rr.TypeNS, rr.TypeCNAME, rr.TypePTR, rr.TypeDNAME, rr.TypeMX, rr.TypeSOA, rr.TypeSRV, rr.TypeSVCB, rr.TypeTXT}).Draw(t, "type")
	p := placed{owner: names().Draw(t, "owner")}
	for range rapid.IntRange(1, 3).Draw(t, "records") {
		p.set = rr.AppendRecord(p.set, rtype, 60, rdata(t, rtype))
	}
	return p
}

// plain is what another implementation reads of p, written without compression.
func plain(t *rapid.T, p placed) []string {
	var out []string
	for rest := p.set; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		r, _, err := dns.UnpackRR(slices.Concat([]byte(p.owner), []byte(rec)), 0)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.ToLower(r.String()))
	}
	return out
}

// Whatever goes in comes out again, those sets that fit and no others, within
// the limit, and pointers only point back.
func TestCompressionProperty(t *testing.T) {
	r := new(Response) // one for all, as a worker has
	var q Query
	buf := make([]byte, 0, 100)
	rapid.Check(t, func(t *rapid.T) {
		qname := names().Draw(t, "qname")
		m := append(header(RD, 1).octets(qname...), 0, 1, 0, 1)
		if err := q.Parse(m); err != nil {
			t.Fatal(err)
		}
		limit := rapid.IntRange(len(m), 1500).Draw(t, "limit")
		r.Start(buf, &q, QR, limit)
		var want [3][]string
		for s := range want {
			switch s {
			case 1:
				r.Authority()
			case 2:
				r.Additional()
			}
			for range rapid.IntRange(0, 4).Draw(t, "sets") {
				p := drawSet(t)
				if rapid.Bool().Draw(t, "owned by the name in question") {
					p.owner = q.Name
				}
				if r.Set(p.owner, p.set) {
					want[s] = append(want[s], plain(t, p)...)
				}
			}
		}
		out := r.Bytes()
		if len(out) > limit {
			t.Fatalf("%d octets, limit %d", len(out), limit)
		}
		got := new(dns.Msg)
		if err := got.Unpack(out); err != nil {
			t.Fatal(err)
		}
		for s, section := range [][]dns.RR{got.Answer, got.Ns, got.Extra} {
			if !slices.Equal(texts(section), append([]string{}, want[s]...)) {
				t.Fatalf("section %d: got %q, want %q", s, texts(section), want[s])
			}
		}
	})
}

// Names that differ are never taken for one another, however alike they hash.
func TestMatches(t *testing.T) {
	msg := append(make([]byte, 12), dname.MustParse("www.Example.com.")...)
	for _, c := range []struct {
		name string
		same bool
	}{
		{"www.example.com.", true}, {"WWW.EXAMPLE.COM.", true}, {"www.example.co.", false},
		{"www.exbmple.com.", false}, {"ww.example.com.", false}, {"www.example.", false}, {"www.example.com.a.", false},
	} {
		if got := matches(msg, 12, dname.MustParse(c.name)); got != c.same {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	// Octets that differ in bit 5 alone are equal only where they are letters (RFC 4343, Section 3).
	for a := range 256 {
		b := a ^ 0x20
		letter := a|0x20 >= 'a' && a|0x20 <= 'z'
		if got := matches([]byte{1, byte(a), 0}, 0, dname.Name{1, byte(b), 0}); got != letter {
			t.Errorf("%#x and %#x: %v", a, b, got)
		}
	}
}

// The table of suffixes is empty for every new message, even when the counter
// of messages has gone round.
func TestTableIsEmptyForEveryMessage(t *testing.T) {
	q := ask(t, "www.example.", rr.TypeA)
	owner, set := rrset(t, "one.two.three. 60 NS four.two.three.")
	r := new(Response)
	first := ""
	for i := range 1<<16 + 3 {
		r.Start(r.buf, q, QR, 512)
		r.Set(owner, set)
		if i == 0 {
			first = string(r.Bytes())
		}
		if string(r.Bytes()) != first {
			t.Fatalf("message %d differs: %x", i, r.Bytes())
		}
	}
}

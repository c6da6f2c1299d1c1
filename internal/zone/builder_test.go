package zone

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

var example = dname.MustParse("example.com.")

// wwwAt adds an address of www.example.com. that stands in that line.
func wwwAt(b *Builder, line uint32, ttl uint32, last byte) {
	b.Add(dname.MustParse("www.example.com."), rr.TypeA, ttl, []byte{192, 0, 2, last}, Place{File: 1, Line: line, Column: 5})
}

func TestBuilderRemarks(t *testing.T) {
	www := dname.MustParse("www.example.com.")
	for _, c := range []struct {
		name string
		add  func(b *Builder)
		want []Remark
		sets int // records of www A that are left
	}{
		{"two addresses", func(b *Builder) { wwwAt(b, 1, 300, 1); wwwAt(b, 2, 300, 2) }, nil, 2},
		{"the same address twice", func(b *Builder) { wwwAt(b, 1, 300, 1); wwwAt(b, 2, 300, 1) },
			[]Remark{{Duplicate, www, rr.TypeA, Place{1, 5, 2}}}, 1},
		{"the same address twice with another TTL", func(b *Builder) { wwwAt(b, 1, 300, 1); wwwAt(b, 2, 60, 1) },
			[]Remark{{Duplicate, www, rr.TypeA, Place{1, 5, 2}}}, 1},
		{"another TTL", func(b *Builder) { wwwAt(b, 1, 300, 1); wwwAt(b, 2, 60, 2) },
			[]Remark{{TTLDiffers, www, rr.TypeA, Place{1, 5, 2}}}, 2},
		{"another TTL in another type", func(b *Builder) {
			wwwAt(b, 1, 300, 1)
			b.Add(www, rr.TypeTXT, 60, []byte("\x01x"), Place{})
		}, nil, 1},
		{"out of the zone", func(b *Builder) {
			wwwAt(b, 1, 300, 1)
			b.Add(dname.MustParse("www.example.org."), rr.TypeA, 60, make([]byte, 4), Place{Line: 9})
		}, []Remark{{OutOfZone, dname.MustParse("www.example.org."), rr.TypeA, Place{Line: 9}}}, 1},
		{"many addresses, one twice", func(b *Builder) {
			for i := range 20 {
				wwwAt(b, uint32(i), 300, byte(i))
			}
			wwwAt(b, 99, 300, 3)
		}, []Remark{{Duplicate, www, rr.TypeA, Place{1, 5, 99}}}, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBuilder(example)
			c.add(b)
			built := b.Build()
			if got, want := fmt.Sprint(built.Remarks), fmt.Sprint(c.want); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			set := built.Snapshot.Node(keyOf("www.example.com."), 3).Set(rr.TypeA)
			if set.Count() != c.sets {
				t.Errorf("%d records are left, want %d", set.Count(), c.sets)
			}
			for rest := set; len(rest) > 0; {
				var r rr.Record
				if r, rest = rest.Next(); r.TTL() != 300 {
					t.Errorf("TTL %d is not that of the first", r.TTL())
				}
			}
		})
	}
}

func TestNamesInDataOfEqualCaseAreOneRecord(t *testing.T) {
	b := NewBuilder(example)
	for _, target := range []string{"mail.example.net.", "MAIL.example.net."} {
		b.Add(example, rr.TypeMX, 300, append([]byte{0, 10}, dname.MustParse(target)...), Place{})
		b.Add(example, rr.TypeTXT, 300, append([]byte{17}, target...), Place{})
	}
	built := b.Build()
	n := built.Snapshot.Node(keyOf("example.com."), 2)
	if n.Set(rr.TypeMX).Count() != 1 || n.Set(rr.TypeTXT).Count() != 2 || len(built.Remarks) != 1 {
		t.Errorf("%d MX, %d TXT, remarks %v", n.Set(rr.TypeMX).Count(), n.Set(rr.TypeTXT).Count(), built.Remarks)
	}
}

func TestOnlyTheCaseOfASCIILettersIsAlike(t *testing.T) {
	b := NewBuilder(example)
	soa := soaData(0x41414141)
	b.Add(example, rr.TypeSOA, 300, soa, Place{})
	b.Add(example, rr.TypeSOA, 300, soaData(0x61616161), Place{})
	for i := range 12 {
		b.Add(example, rr.TypeNS, 300, []byte{1, 0xc0 + byte(i), 0}, Place{})
		b.Add(example, rr.TypeNS, 300, []byte{1, 0xc0 + byte(i), 0}, Place{})
	}
	n := b.Build().Snapshot.Node(keyOf("example.com."), 2)
	if n.Set(rr.TypeSOA).Count() != 2 || n.Set(rr.TypeNS).Count() != 12 {
		t.Errorf("%d SOA, %d NS", n.Set(rr.TypeSOA).Count(), n.Set(rr.TypeNS).Count())
	}
}

func TestTheSOARecordInAnotherCaseIsTheSame(t *testing.T) {
	b := NewBuilder(example)
	soa := soaData(0x41414141)
	b.Add(example, rr.TypeSOA, 300, soa, Place{})
	names := len(soa) - 20
	b.Add(example, rr.TypeSOA, 300, append(bytes.ToUpper(soa[:names]), soa[names:]...), Place{})
	built := b.Build()
	if n := built.Snapshot.SOA().Count(); n != 1 || len(built.Remarks) != 1 {
		t.Errorf("%d SOA records, remarks %v", n, built.Remarks)
	}
}

func TestSignaturesKeepTheirTTLs(t *testing.T) {
	b := NewBuilder(example)
	b.Add(example, rr.TypeRRSIG, 300, make([]byte, 20), Place{})
	b.Add(example, rr.TypeRRSIG, 60, append(make([]byte, 20), 1), Place{})
	built := b.Build()
	set := built.Snapshot.Node(keyOf("example.com."), 2).Set(rr.TypeRRSIG)
	_, second := set.Next()
	if len(built.Remarks) > 0 || set.TTL() != 300 || second.TTL() != 60 {
		t.Errorf("remarks %v, TTLs %d and %d", built.Remarks, set.TTL(), second.TTL())
	}
}

func TestLocate(t *testing.T) {
	b := NewBuilder(example)
	wwwAt(b, 1, 300, 1)
	wwwAt(b, 2, 300, 1) // again
	b.Add(dname.MustParse("www.example.com."), rr.TypeTXT, 60, []byte("\x01x"), Place{Line: 3})
	b.Add(dname.MustParse("mail.example.com."), rr.TypeA, 60, make([]byte, 4), Place{Line: 4})
	wwwAt(b, 5, 300, 2)
	built := b.Build()
	for _, c := range []struct {
		owner string
		t     rr.Type
		n     int
		line  uint32
		ok    bool
	}{
		{"www.example.com.", rr.TypeA, 0, 1, true},
		{"WWW.example.com.", rr.TypeA, 1, 5, true},
		{"www.example.com.", rr.TypeA, 2, 0, false},
		{"www.example.com.", rr.TypeTXT, 0, 3, true},
		{"mail.example.com.", rr.TypeA, 0, 4, true},
		{"mail.example.com.", rr.TypeMX, 0, 0, false},
		{"none.example.com.", rr.TypeA, 0, 0, false},
		{"example.com.", rr.TypeSOA, 0, 0, false},
	} {
		if at, ok := built.Locate(dname.MustParse(c.owner), c.t, c.n); at.Line != c.line || ok != c.ok {
			t.Errorf("%s %s %d: line %d, %v", c.owner, c.t, c.n, at.Line, ok)
		}
	}
}

func TestExpectingTooMuchOrTooLittleChangesNothing(t *testing.T) {
	for _, expected := range []int{-1, 0, 10, 100_000} {
		m := newModel(example)
		for i := range 1000 {
			m.put(RRset{host(i), rr.TypeA, address(i)})
		}
		b := m.builder()
		b.Expect(expected)
		m.put(RRset{host(1000), rr.TypeA, address(1000)})
		b.Add(host(1000), rr.TypeA, 300, address(1000).Data(), Place{})
		m.agree(t, b.Build().Snapshot)
	}
}

func TestRemarksAreBounded(t *testing.T) {
	b := NewBuilder(example)
	outside := dname.MustParse("www.example.org.")
	for range 2 * maxRemarks {
		b.Add(outside, rr.TypeA, 300, make([]byte, 4), Place{})
		wwwAt(b, 1, 300, 1)
	}
	built := b.Build()
	if n := len(built.Remarks); n != 2*maxRemarks {
		t.Errorf("%d remarks are kept", n)
	}
	if built.Count(Duplicate) != 2*maxRemarks-1 || built.Count(OutOfZone) != 2*maxRemarks || built.Count(TTLDiffers) != 0 {
		t.Errorf("%d, %d and %d are counted", built.Count(Duplicate), built.Count(OutOfZone), built.Count(TTLDiffers))
	}
}

func TestSerialArithmetic(t *testing.T) {
	// RFC 1982, Section 5.2, for 32 bits, and its rules in Section 3.2.
	for _, c := range []struct {
		a, b  Serial
		newer bool
	}{
		{1, 0, true}, {44, 0, true}, {100, 0, true}, {100, 44, true},
		{0, 1, false}, {0, 0, false},
		{0, 0xffffffff, true}, {0xffffffff, 0, false},
		{0x7fffffff, 0, true}, {0, 0x7fffffff, false},
		{0x80000000, 0, false}, {0, 0x80000000, false}, // neither
		{0x80000001, 0, false}, {0, 0x80000001, true},
		{2026082002, 2026082001, true},
	} {
		if c.a.Newer(c.b) != c.newer {
			t.Errorf("%d newer than %d: %v", c.a, c.b, !c.newer)
		}
	}
}

package answer

import (
	"testing"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// FuzzFind asks a zone of everything for any name and type: no panic, bounded
// work, well-formed owners, and AA as the first owner in the answer has it.
func FuzzFind(f *testing.F) {
	for _, name := range []string{"www.example.", "again.example.", "x.flip.example.", "any.wild.example.", "www.sub.example.", "example.", "m1.example.", ".", "a.ring.example."} {
		for _, t := range []rr.Type{rr.TypeA, rr.TypeDS, rr.TypeANY, rr.TypeHTTPS} {
			f.Add([]byte(dname.MustParse(name)), uint16(t), false)
		}
	}
	set := zones(f, map[string]string{
		"example.": linking + pointing, "other.test.": otherSide, "sub.other.test.": plain, "broken.test.": "!broken",
	})
	finder := NewFinder(0)
	f.Fuzz(func(t *testing.T, name []byte, qtype uint16, minimal bool) {
		if dname.Check(name) != nil {
			return
		}
		q := Question{Name: name, Type: rr.Type(qtype), Minimal: minimal}
		a := finder.Find(set, q)
		checkSections(t, a)
		checkHead(t, q, a)
	})
}

func checkSections(t *testing.T, a *Answer) {
	t.Helper()
	links := 0
	for _, item := range a.Answer {
		if item.Set.Type() == rr.TypeCNAME {
			links++
		}
	}
	if links > DefaultMaxChain+1 || len(a.Additional) > maxAdditional || len(a.Authority) > 1 {
		t.Fatalf("%d links, %d in authority, %d in additional", links, len(a.Authority), len(a.Additional))
	}
	for _, items := range [][]Item{a.Answer, a.Authority, a.Additional} {
		for i, item := range items {
			if err := dname.Check(item.Owner); err != nil || item.Set.Empty() {
				t.Fatalf("item %d: owner %x: %v, %d octets", i, item.Owner, err, len(item.Set))
			}
			for _, other := range items[:i] {
				if other.Owner.Equal(item.Owner) && other.Set.Type() == item.Set.Type() {
					t.Fatalf("%s %s stands twice", item.Owner, item.Set.Type())
				}
			}
		}
	}
}

func checkHead(t *testing.T, q Question, a *Answer) {
	t.Helper()
	if len(a.Answer) > 0 && !a.Authoritative {
		t.Fatalf("%s: an answer without AA", summary(a))
	}
	first := true
	for _, item := range a.Answer {
		if item.Set.Type() == rr.TypeDNAME && len(item.Owner) < len(q.Name) {
			continue
		}
		if first && string(item.Owner) != string(q.Name) {
			t.Fatalf("the answer begins at %s, asked was %s", item.Owner, q.Name)
		}
		first = false
	}
	negative := a.Outcome == NoData || a.Outcome == NoName
	if negative != (len(a.Authority) == 1 && a.Authority[0].Set.Type() == rr.TypeSOA) {
		t.Fatalf("%s with %s", summary(a), items(a.Authority))
	}
	if (a.Outcome == NoName) != (a.Rcode == code.NXDomain) || (a.Outcome == Delegation) != (len(a.Authority) == 1 && !negative) {
		t.Fatalf("%s with %s", summary(a), items(a.Authority))
	}
}

package zone

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func address(i int) rr.Set {
	return rr.AppendRecord(nil, rr.TypeA, 300, binary.BigEndian.AppendUint32(nil, uint32(i)))
}

func host(i int) dname.Name { return dname.MustParse(fmt.Sprintf("h%d.d%d.example.com.", i, i%97)) }

func TestAZoneGrowsAndShrinksByThousandsOfNames(t *testing.T) {
	const names = 5000
	m := newModel(dname.MustParse("example.com."))
	s := m.builder().Build().Snapshot
	change := func(sets ...RRset) {
		t.Helper()
		for _, set := range sets {
			m.put(set)
		}
		next, err := s.With(sets)
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	var all Diff
	for i := range names {
		all = append(all, RRset{host(i), rr.TypeA, address(i)})
	}
	rand.Shuffle(names, func(i, j int) { all[i], all[j] = all[j], all[i] })
	for len(all) > 0 {
		n := min(len(all), 1+rand.IntN(200))
		change(all[:n]...)
		all = all[n:]
	}
	m.agree(t, s)
	for p := range s.dir.pages {
		if p.count() > pageMax {
			t.Fatalf("a page has %d nodes", p.count())
		}
	}
	for i := range names {
		if i%10 != 0 {
			change(RRset{host(i), rr.TypeA, nil})
		}
	}
	m.agree(t, s)
	m.agree(t, m.builder().Build().Snapshot)
}

func text(octets int, fill byte) rr.Set {
	var s rr.Set
	for ; octets > 0; octets -= 256 {
		data := append([]byte{255}, bytes.Repeat([]byte{fill}, 255)...)
		binary.BigEndian.PutUint32(data[1:], uint32(octets))
		s = rr.AppendRecord(s, rr.TypeTXT, 300, data)
	}
	return s
}

// Pages over 64 KiB keep starts in units of more than one octet.
func TestHugeSetsAmongSmallOnes(t *testing.T) {
	m := newModel(dname.MustParse("example.com."))
	for i := range 300 {
		m.put(RRset{host(i), rr.TypeA, address(i)})
		if i%9 == 0 {
			m.put(RRset{host(i), rr.TypeTXT, text(60_000, byte(i))})
		}
	}
	built := m.builder().Build().Snapshot
	m.agree(t, built)
	shifted := 0
	for p := range built.dir.pages {
		shifted += btoi(p[3] > 0)
	}
	if shifted == 0 {
		t.Error("no page is large enough for this test")
	}
	s := built
	for i := range 300 {
		set := RRset{host(i), rr.TypeTXT, nil}
		if i%7 == 0 {
			set.Set = text(1+i*200, byte(i))
		}
		m.put(set)
		next, err := s.With(Diff{set})
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	m.agree(t, s)
}

func TestRewritingAHugePageDoesNotMakeItGrow(t *testing.T) {
	m := newModel(dname.MustParse("example.com."))
	m.put(RRset{host(0), rr.TypeTXT, text(200_000, 'x')})
	for i := range 20 {
		m.put(RRset{host(i), rr.TypeA, address(i)})
	}
	s := m.builder().Build().Snapshot
	s, _ = s.With(Diff{{host(1), rr.TypeA, address(1)}})
	size := s.Bytes()
	for i := range 50 {
		s, _ = s.With(Diff{{host(1), rr.TypeA, address(i)}})
	}
	if s.Bytes() > size {
		t.Errorf("%d octets became %d", size, s.Bytes())
	}
}

func TestWithRefusesWhatIsNoZone(t *testing.T) {
	s := newModel(dname.MustParse("example.com.")).builder().Build().Snapshot
	before := digest(s)
	for _, c := range []struct {
		name string
		diff Diff
		want string
	}{
		{"owner beside the zone", Diff{{dname.MustParse("example.org."), rr.TypeA, address(1)}}, "example.org. A: owner is not in the zone example.com."},
		{"owner whose text ends in the apex", Diff{{dname.MustParse("notexample.com."), rr.TypeA, address(1)}}, "notexample.com. A: owner is not in the zone example.com."},
		{"no SOA left", Diff{{s.Apex(), rr.TypeSOA, nil}}, "example.com.: the zone would have no SOA record"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if next, err := s.With(c.diff); err == nil || err.Error() != c.want || next != nil {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if digest(s) != before {
		t.Error("a refused change changed the zone")
	}
}

func TestSOAFacts(t *testing.T) {
	apex := dname.MustParse("example.com.")
	b := NewBuilder(dname.MustParse("EXAMPLE.com."))
	b.Add(apex, rr.TypeSOA, 3600, soaData(42), Place{})
	s := b.Build().Snapshot
	if s.Serial() != 42 || s.SOA().TTL() != 3600 || s.DenialSOA().TTL() != 300 || string(s.Apex()) != string(apex) {
		t.Errorf("serial %d, TTL %d, denial TTL %d, apex %s", s.Serial(), s.SOA().TTL(), s.DenialSOA().TTL(), s.Apex())
	}
	s, err := s.With(Diff{{apex, rr.TypeSOA, rr.AppendRecord(nil, rr.TypeSOA, 60, soaData(43))}})
	if err != nil || s.Serial() != 43 || s.DenialSOA().TTL() != 60 {
		t.Errorf("after a change: %v, serial %d, denial TTL %d", err, s.Serial(), s.DenialSOA().TTL())
	}
}

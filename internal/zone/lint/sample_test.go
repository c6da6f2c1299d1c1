package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
)

// record is one of a master file.
type record struct {
	owner dname.Name
	t     rr.Type
	ttl   uint32
	data  []byte
	at    zone.Place
}

// master is what a master file says, before anything of it is judged.
type master struct {
	apex    dname.Name
	records []record
}

// parse reads a master file; the apex is the owner of its first SOA record,
// example.com. where it has none.
func parse(t testing.TB, text string) *master {
	t.Helper()
	m := &master{}
	err := zonefile.Parse(strings.NewReader(text), "test.zone", zonefile.Options{}, func(r *zonefile.Record) error {
		at := zone.Place{File: 1, Line: uint32(r.Pos.Line), Column: uint16(r.Pos.Column)}
		m.records = append(m.records, record{r.Owner.Clone(), r.Type, r.TTL, slices.Clone(r.Data), at})
		if r.Type == rr.TypeSOA && m.apex == nil {
			m.apex = r.Owner.Clone()
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	if m.apex == nil {
		m.apex = dname.MustParse("example.com.")
	}
	return m
}

func (m *master) build() *zone.Build {
	b := zone.NewBuilder(m.apex)
	for _, r := range m.records {
		b.Add(r.owner, r.t, r.ttl, r.data, r.at)
	}
	return b.Build()
}

func build(t testing.TB, text string) *zone.Build {
	t.Helper()
	return parse(t, text).build()
}

func place(p zone.Place) (string, int, int) { return "test.zone", int(p.Line), int(p.Column) }

// judgeMasters judges the first of the zones among all of them, as strictly as a Change.
func judgeMasters(all ...*master) []Finding {
	var first *zone.Build
	var entries []zone.Entry
	for i, m := range all {
		b := m.build()
		if i == 0 {
			first = b
		}
		entries = append(entries, zone.Entry{Apex: m.apex, Zone: b.Snapshot})
	}
	return CheckBuild(first, Options{Place: place, World: new(zone.Set).With(entries...)}).Findings
}

func masters(t testing.TB, texts ...string) []*master {
	t.Helper()
	var all []*master
	for _, text := range texts {
		if text != "" {
			all = append(all, parse(t, text))
		}
	}
	return all
}

// judge judges the first of the zones among all of them.
func judge(t testing.TB, texts ...string) []Finding {
	t.Helper()
	return judgeMasters(masters(t, texts...)...)
}

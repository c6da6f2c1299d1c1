package flatten

import (
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
)

var apex = dname.MustParse("example.com.")

func name(text string) dname.Name {
	n, err := dname.Parse(text, apex)
	if err != nil {
		panic(err)
	}
	return n
}

// kept is a zone that flattens all, or not.
func kept(all bool) *change.Zone {
	return &change.Zone{Apex: apex, Settings: change.Settings{FlattenAll: all}}
}

// set is an RRset of records of which nothing is said.
func set(owner, kind string, data ...string) change.RRset {
	t, err := rr.ParseType(kind)
	if err != nil {
		panic(err)
	}
	s := change.RRset{Owner: name(owner), Type: t, TTL: 300}
	for _, text := range data {
		wire, err := zonefile.AppendData(nil, t, text, apex)
		if err != nil {
			panic(err)
		}
		s.Records = append(s.Records, change.Record{Data: wire})
	}
	return s
}

// with is s with that said of each of its records in turn.
func with(s change.RRset, said ...change.Alias) change.RRset {
	for i := range said {
		s.Records[i].Note.Alias = said[i]
	}
	return s
}

// off is s with its record at i disabled.
func off(s change.RRset, i int) change.RRset {
	s.Records[i].Disabled = true
	return s
}

const soa = "ns.example.net. root.example.net. 1 2 3 4 5"

// built is a snapshot of those RRsets as they are kept.
func built(t testing.TB, sets ...change.RRset) *zone.Snapshot {
	t.Helper()
	b := zone.NewBuilder(apex)
	for _, s := range append(sets, set("@", "SOA", soa)) {
		for _, r := range s.Records {
			b.Add(s.Owner, s.Type, s.TTL, r.Data, zone.Place{})
		}
	}
	return b.Build().Snapshot
}

func nodeOf(s *zone.Snapshot, owner dname.Name) zone.Node {
	var k dname.Key
	k.Set(owner)
	return s.Node(&k, k.Depth())
}

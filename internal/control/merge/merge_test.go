package merge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

var apex = dname.MustParse("a.test.")

// shelf is a State in memory.
type shelf []change.RRset

func (s shelf) RRset(owner dname.Name, t rr.Type) (change.RRset, error) {
	for i := range s {
		if s[i].Owner.Equal(owner) && s[i].Type == t {
			return s[i].Clone(), nil
		}
	}
	return change.RRset{}, nil
}

func (s shelf) Holder(id uint64) (change.RRset, bool, error) {
	for i := range s {
		if s[i].ByID(id) >= 0 {
			return s[i].Clone(), true, nil
		}
	}
	return change.RRset{}, false, nil
}

func wire(t rr.Type, text string) []byte {
	data, err := zonefile.AppendData(nil, t, text, apex)
	if err != nil {
		panic(err)
	}
	return data
}

// set is an RRset whose records have the ids that follow first.
func set(owner string, t rr.Type, ttl uint32, first uint64, data ...string) change.RRset {
	s := change.RRset{Owner: dname.MustParse(owner + ".a.test."), Type: t, TTL: ttl}
	for i, text := range data {
		s.Records = append(s.Records, change.Record{ID: first + uint64(i), Data: wire(t, text), Created: 1, Modified: 1})
	}
	s.Sort()
	return s
}

func edit1(op request.Op, owner string, t rr.Type, data ...string) request.Edit {
	e := request.Edit{Op: op, Owner: dname.MustParse(owner + ".a.test."), Type: t}
	for _, text := range data {
		e.Records = append(e.Records, request.Record{Data: wire(t, text)})
	}
	return e
}

// at is edit1 of the record of that id.
func at(id uint64, e request.Edit) request.Edit {
	e.ID = id
	return e
}

func on(s State) *Merge {
	next := uint64(100)
	return New(Zone{Apex: apex, State: s, Now: 7, TTL: 3600, NextID: func() uint64 { next++; return next }})
}

// show is differences as lines: what there is after, by id.
func show(diffs []change.SetDiff) string {
	var lines []string
	for i := range diffs {
		after := &diffs[i].After
		line := fmt.Sprintf("%s %s %d", diffs[i].Owner(), diffs[i].Type(), after.TTL)
		for _, r := range after.Records {
			line += fmt.Sprintf(" %d=%s@%d", r.ID, rr.AppendDataText(nil, after.Type, r.Data), r.Modified)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func stock() shelf {
	return shelf{
		set("www", rr.TypeA, 300, 1, "192.0.2.1", "192.0.2.2"),
		set("old", rr.TypeCNAME, 60, 9, "www"),
	}
}

func TestWhatEditsComeTo(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []request.Edit
		want  string
	}{
		{"nothing", nil, ""},
		{"what is there already", []request.Edit{edit1(request.Put, "www", rr.TypeA, "192.0.2.2", "192.0.2.1")}, ""},
		{"a record more keeps the TTL", []request.Edit{edit1(request.Add, "www", rr.TypeA, "192.0.2.3")}, "www.a.test. A 300 1=192.0.2.1@1 2=192.0.2.2@1 101=192.0.2.3@7"},
		{"a new name gets the TTL of the zone", []request.Edit{edit1(request.Add, "new", rr.TypeA, "192.0.2.3")}, "new.a.test. A 3600 101=192.0.2.3@7"},
		{"a record less", []request.Edit{edit1(request.Remove, "www", rr.TypeA, "192.0.2.1")}, "www.a.test. A 300 2=192.0.2.2@1"},
		{"all records", []request.Edit{edit1(request.Remove, "www", rr.TypeA)}, "www.a.test. A 0"},
		{"a record that moves keeps its id and its TTL", []request.Edit{at(9, edit1(request.Set, "new", rr.TypeCNAME, "www"))}, "new.a.test. CNAME 60 9=www.a.test.@7\nold.a.test. CNAME 0"},
		{"two that change places", []request.Edit{at(1, edit1(request.Set, "www", rr.TypeA, "192.0.2.2")), at(2, edit1(request.Set, "www", rr.TypeA, "192.0.2.1"))},
			"www.a.test. A 300 2=192.0.2.1@7 1=192.0.2.2@7"},
		{"away and there again", []request.Edit{edit1(request.Add, "www", rr.TypeA, "192.0.2.1"), at(1, request.Edit{Op: request.Drop})}, "www.a.test. A 300 101=192.0.2.1@7 2=192.0.2.2@1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := on(stock())
			if err := m.Edits(c.edits); err != nil {
				t.Fatal(err)
			}
			if got := show(m.Diffs()); got != c.want {
				t.Errorf("\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestWhatEditsMayNot(t *testing.T) {
	long := edit1(request.Add, "new", rr.TypeA, "192.0.2.1")
	ttl := uint32(1 << 31)
	long.TTL = &ttl
	for _, c := range []struct {
		name, code string
		edit       request.Edit
	}{
		{"add what is there", "record-exists", edit1(request.Add, "www", rr.TypeA, "192.0.2.1")},
		{"remove what is not there", "record-not-found", edit1(request.Remove, "www", rr.TypeA, "192.0.2.9")},
		{"drop a record of no such id", "record-not-found", at(77, request.Edit{Op: request.Drop})},
		{"take the SOA away", "soa-needed", request.Edit{Op: request.Remove, Owner: apex, Type: rr.TypeSOA}},
		{"write elsewhere", "out-of-zone", request.Edit{Op: request.Put, Owner: dname.MustParse("b.test."), Type: rr.TypeA}},
		{"data of another form", "bad-data", request.Edit{Op: request.Add, Owner: apex, Type: rr.TypeA, Records: []request.Record{{Data: []byte{1}}}}},
		{"a type that is none of records", "bad-type", request.Edit{Op: request.Add, Owner: apex, Type: rr.TypeANY, Records: []request.Record{{}}}},
		{"a TTL too long", "bad-ttl", long},
		{"no such thing", "bad-edit", request.Edit{Op: 99}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := on(stock())
			err := m.Edits([]request.Edit{edit1(request.Add, "fine", rr.TypeA, "192.0.2.1"), c.edit})
			var e *fault.Error
			if !errors.As(err, &e) || e.Code != c.code || e.Edit != 1 {
				t.Errorf("%+v, want %s at edit 1", err, c.code)
			}
		})
	}
}

// TestTheOrderIsOfNoMatter: whatever edits come to, in another order they come to the same.
func TestTheOrderIsOfNoMatter(t *testing.T) {
	some := []request.Edit{
		edit1(request.Add, "www", rr.TypeA, "192.0.2.3"), edit1(request.Remove, "www", rr.TypeA, "192.0.2.1"), edit1(request.Put, "www", rr.TypeA, "192.0.2.4"),
		edit1(request.Remove, "old", rr.TypeCNAME), edit1(request.Add, "old", rr.TypeA, "192.0.2.1"), at(9, edit1(request.Set, "new", rr.TypeCNAME, "old")),
		at(9, request.Edit{Op: request.Drop}), at(2, edit1(request.Set, "www", rr.TypeA, "192.0.2.3")), edit1(request.Add, "new", rr.TypeCNAME, "old"),
	}
	rapid.Check(t, func(t *rapid.T) {
		edits := rapid.SliceOfN(rapid.SampledFrom(some), 1, 4).Draw(t, "edits")
		gist := func(edits []request.Edit) string {
			m := on(stock())
			if m.Edits(edits) != nil {
				return "refused"
			}
			diffs := m.Diffs()
			for i := range diffs {
				for j := range diffs[i].After.Records {
					if r := &diffs[i].After.Records[j]; r.ID > 100 {
						r.ID = 0 // a new one, in the order of the edits
					}
				}
			}
			return show(diffs)
		}
		other := rapid.Permutation(slices.Clone(edits)).Draw(t, "order")
		if a, b := gist(edits), gist(other); a != b {
			t.Fatalf("\n%s\nin another order\n%s", a, b)
		}
	})
}

func TestServersOfANewZone(t *testing.T) {
	m := on(nil)
	m.State = nil
	if err := m.Servers([]dname.Name{dname.MustParse("ns.test.")}); err != nil {
		t.Fatal(err)
	}
	if err := m.Edits([]request.Edit{{Op: request.Remove, Owner: apex, Type: rr.TypeNS}, {Op: request.Put, Owner: apex, Type: rr.TypeSOA, Records: []request.Record{{Data: []byte("x")}}}}); err != nil {
		t.Fatal("the servers stand there before the edits:", err)
	}
	if d := m.Diffs(); len(d) != 0 || m.SOA() == nil || string(m.SOA().Data) != "x" {
		t.Errorf("%v, SOA %v", d, m.SOA())
	}
}

func TestRRsetsAsTheyWere(t *testing.T) {
	now := stock()
	was := set("www", rr.TypeA, 60, 1, "192.0.2.9")
	other := set("www", rr.TypeA, 300, 1, "192.0.2.7")
	taken := set("back", rr.TypeA, 60, 9, "192.0.2.9") // its record is the CNAME of old by now
	for _, c := range []struct {
		name   string
		asRead bool
		set    request.RRset
		code   string
		want   string
	}{
		{"as they shall be", false, request.RRset{Want: was}, "", "www.a.test. A 60 1=192.0.2.9@7"},
		{"as it was expected", false, request.RRset{Want: was, Expect: &now[0]}, "", "www.a.test. A 60 1=192.0.2.9@7"},
		{"somebody has changed it", false, request.RRset{Want: was, Expect: &other}, "changed-since", ""},
		{"it has moved since it was read", false, request.RRset{Want: was, Was: &other}, "zone-moved", ""},
		{"what was read is believed while nothing has moved", true, request.RRset{Want: was, Was: &other}, "", "www.a.test. A 60 1=192.0.2.9@7"},
		{"an id that another has by now", false, request.RRset{Want: taken}, "", "back.a.test. A 60 101=192.0.2.9@7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := on(now)
			m.AsRead = c.asRead
			err := m.Exact([]request.RRset{c.set})
			if c.code != "" {
				if !fault.Is(err, c.code) {
					t.Errorf("%v, want %s", err, c.code)
				}
				return
			}
			if got := show(m.Diffs()); err != nil || got != c.want {
				t.Errorf("%v\n%s\nwant\n%s", err, got, c.want)
			}
		})
	}
}

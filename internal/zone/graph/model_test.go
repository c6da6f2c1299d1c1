package graph

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var apexes = []dname.Name{dname.MustParse("x."), dname.MustParse("y."), dname.MustParse("a.x.")}

// universe is all names of up to three labels below x. and y.
var universe = func() []dname.Name {
	names := []dname.Name{apexes[0], apexes[1]}
	for from, level := 0, 0; level < 3; level++ {
		to := len(names)
		for _, n := range names[from:to] {
			for _, label := range []string{"*", "a", "b"} {
				names = append(names, dname.MustParse(label+"."+n.String()))
			}
		}
		from = to
	}
	return names
}()

// playground is zones under random changes, and a graph kept up with them.
type playground struct {
	set   *zone.Set
	graph *Graph
	types []rr.Type
}

var allTypes = []rr.Type{
	rr.TypeCNAME, rr.TypeCNAME, rr.TypeCNAME, rr.TypeDNAME, rr.TypeALIAS, rr.TypeHTTPS, rr.TypeSVCB,
	rr.TypeMX, rr.TypeNS, rr.TypePTR, rr.TypeA, rr.TypeAAAA,
}

func newPlayground(types []rr.Type) *playground {
	p := &playground{set: new(zone.Set), graph: new(Graph), types: types}
	for _, apex := range apexes {
		p.publish(bare(apex))
	}
	return p
}

func bare(apex dname.Name) *zone.Snapshot {
	b := zone.NewBuilder(apex)
	b.Add(apex, rr.TypeSOA, 3600, soaData(60), zone.Place{})
	return b.Build().Snapshot
}

func (p *playground) publish(s *zone.Snapshot) {
	p.set = p.set.With(zone.Entry{Apex: s.Apex(), Zone: s})
}

func (p *playground) zone(apex dname.Name) *zone.Snapshot {
	k := keyOf(apex.String())
	return p.set.Exact(k, k.Depth()).Zone
}

// change writes or removes a random RRset. A CNAME stands alone.
func (p *playground) change(t *rapid.T) {
	apex := rapid.SampledFrom(apexes).Draw(t, "apex")
	owner := rapid.SampledFrom(universe).Filter(func(n dname.Name) bool { return n.IsAtOrBelow(apex) }).Draw(t, "owner")
	set := p.draw(t)
	p.put(apex, owner, set.Type(), set)
	for _, other := range p.types {
		if other != set.Type() && (other == rr.TypeCNAME || set.Type() == rr.TypeCNAME) {
			p.put(apex, owner, other, nil)
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
		p.put(apex, owner, set.Type(), nil)
	}
}

func (p *playground) put(apex, owner dname.Name, rtype rr.Type, set rr.Set) {
	s := p.zone(apex)
	k := keyOf(owner.String())
	var before rr.Set
	if n := s.Node(k, k.Depth()); n != nil {
		before = n.Set(rtype)
	}
	next, err := s.With(zone.Diff{{Owner: owner, Type: rtype, Set: set}})
	if err != nil {
		panic(err)
	}
	p.graph.Update(apex, owner, before, set)
	p.publish(next)
}

// draw is a random RRset.
func (p *playground) draw(t *rapid.T) rr.Set {
	target := rapid.SampledFrom(universe).Draw(t, "target")
	rtype := rapid.SampledFrom(p.types).Draw(t, "type")
	data := []byte(target)
	switch rtype {
	case rr.TypeA:
		data = []byte{192, 0, 2, 1}
	case rr.TypeAAAA:
		data = make([]byte, 16)
	case rr.TypeMX:
		data = append([]byte{0, 5}, target...)
	case rr.TypeHTTPS, rr.TypeSVCB:
		data = append([]byte{0, byte(rapid.IntRange(0, 1).Draw(t, "priority"))}, target...)
	}
	return rr.AppendRecord(nil, rtype, uint32(rapid.IntRange(0, 3).Draw(t, "ttl")), data)
}

func (p *playground) play(t *rapid.T) {
	for range rapid.IntRange(1, 25).Draw(t, "changes") {
		p.change(t)
	}
}

// keys are all of g, in order.
func (g *Graph) keys() []string {
	var out []string
	g.edges.scan(nil, nil, func(k key) bool {
		out = append(out, string(k))
		return true
	})
	return out
}

func TestGraphKeptUpEqualsGraphBuilt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPlayground(allTypes)
		p.play(t)
		built := Build(p.set)
		if got, want := p.graph.keys(), built.keys(); !slices.Equal(got, want) {
			t.Fatalf("kept up: %q\nbuilt: %q", got, want)
		}
		if p.graph.Len() != len(built.keys()) {
			t.Fatalf("%d edges, want %d", p.graph.Len(), len(built.keys()))
		}
		gone := p.zone(apexes[0])
		p.graph.RemoveZone(gone)
		if got, want := p.graph.keys(), Build(p.set.With(zone.Entry{Apex: apexes[0]})).keys(); !slices.Equal(got, want) {
			t.Fatalf("after a zone has left: %q, want %q", got, want)
		}
		p.graph.AddZone(gone)
		if !slices.Equal(p.graph.keys(), built.keys()) {
			t.Fatal("a zone that left and came back is not as before")
		}
	})
}

// expected are the dependents of root by trying every name of the universe, as
// "name kind owner". simple: no chain is so long that depth could matter.
func (p *playground) expected(root dname.Name) (out map[string]bool, simple bool) {
	out, simple = make(map[string]bool), true
	for _, u := range universe {
		for _, want := range wants {
			c := Follow(p.set, u, want, MaxLimit)
			simple = simple && len(c.Steps) <= 6 && c.End != TooLong
			i := slices.IndexFunc(c.Steps, func(s Step) bool { return s.Target.Equal(root) })
			if i >= 0 && !c.Steps[0].Wildcard() && p.pointedAt(c.Steps[:i+1]) {
				out[line(&c.Steps[0])] = true
			}
		}
	}
	for e := range p.set.All {
		for owner, node := range e.Zone.All() {
			p.refers(owner.Clone(), node, root, out)
		}
	}
	return out, simple
}

func line(s *Step) string { return fmt.Sprintf("%s %s %s", s.Name, s.Kind, s.Owner) }

// pointedAt: every name on the path that a wildcard stands for is a target of a record.
func (p *playground) pointedAt(path []Step) bool {
	for i := range path {
		if path[i].Wildcard() && !p.graph.edges.pointedAt(follows, path[i].Name) && !p.graph.edges.pointedAt(refers, path[i].Name) {
			return false
		}
	}
	return true
}

// refers adds what the node of owner refers to root by.
func (p *playground) refers(owner dname.Name, node zone.Node, root dname.Name, out map[string]bool) {
	k := keyOf(owner.String())
	e := p.set.Find(k, k.Depth())
	found := e.Zone.Find(k)
	if found.Match != zone.Exact || string(found.Node) != string(node) {
		return
	}
	for set, c := node.Next(0); !set.Empty(); set, c = node.Next(c) {
		if !points(set.Type()) || found.Node.Is(zone.IsCut) && set.Type() != rr.TypeNS {
			continue
		}
		r, _ := set.Next()
		kind, target := pointer(r)
		leaf := kind == DNAME && target.Equal(root)
		if kind == 0 || kind.Follows() && !leaf {
			continue
		}
		c := Follow(p.set, target, addresses, MaxLimit)
		i := slices.IndexFunc(c.Steps, func(s Step) bool { return s.Target.Equal(root) })
		if target.Equal(root) || i >= 0 && p.pointedAt(c.Steps[:i+1]) {
			out[line(&Step{Name: owner, Kind: kind, Owner: owner})] = true
		}
	}
}

func TestDependentsAreThoseWhoseChainsPass(t *testing.T) {
	known := make(map[string]bool)
	for _, u := range universe {
		known[u.String()] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		p := newPlayground(allTypes)
		p.play(t)
		root := rapid.SampledFrom(universe).Draw(t, "root")
		want, simple := p.expected(root)
		got := make(map[string]bool)
		q := Query{Transitive: true, Limit: rapid.IntRange(1, 20).Draw(t, "limit"), MaxDepth: 8, Work: 50_000}
		for pages := 0; pages < 100; pages++ {
			page, err := p.graph.Dependents(p.set, root, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range page.Dependents {
				if got[line(&d.Step)] {
					t.Fatalf("%s: %s twice", root, line(&d.Step))
				}
				got[line(&d.Step)] = true
				if known[d.Name.String()] && !want[line(&d.Step)] {
					t.Fatalf("%s: %s is none\n%s", root, line(&d.Step), pathText(d.Path))
				}
				if last := d.Path[len(d.Path)-1]; !last.Target.Equal(root) && last.Kind != DNAME {
					t.Fatalf("%s: the path %s ends elsewhere", root, pathText(d.Path))
				}
			}
			if q.Cursor = page.Cursor; q.Cursor == "" {
				break
			}
		}
		for l := range want {
			if simple && q.Cursor == "" && !got[l] {
				t.Fatalf("%s: %s is missing", root, l)
			}
		}
	})
}

var ends = map[answer.Outcome]End{
	answer.Refused: Leaves, answer.NotReady: Leaves, answer.Departed: Leaves, answer.Hit: Found, answer.NoData: NoData,
	answer.NoName: NXDomain, answer.Delegation: Delegated, answer.Exhausted: TooLong, answer.Loop: Looping, answer.Overflow: Overflow,
}

// What a resolver is told (internal/answer) and what is shown as the Chain are the same way.
func TestChainsAgreeWithAnswers(t *testing.T) {
	finder := answer.NewFinder(DefaultLimit)
	rapid.Check(t, func(t *rapid.T) {
		p := newPlayground([]rr.Type{rr.TypeCNAME, rr.TypeCNAME, rr.TypeDNAME, rr.TypeNS, rr.TypeA, rr.TypeMX})
		p.play(t)
		for _, name := range universe {
			qtype := rapid.SampledFrom([]rr.Type{rr.TypeA, rr.TypeMX, rr.TypeAAAA}).Draw(t, "qtype")
			a := finder.Find(p.set, answer.Question{Name: name, Type: qtype})
			c := Follow(p.set, name, qtype, DefaultLimit)
			if c.End != ends[a.Outcome] {
				t.Fatalf("%s %s: %s, the answer says %s\n%s", name, qtype, c.End, a.Outcome, pathText(c.Steps))
			}
			var links []answer.Item
			for _, item := range a.Answer {
				if item.Set.Type() == rr.TypeCNAME {
					links = append(links, item)
				}
			}
			same := slices.EqualFunc(c.Steps, links, func(s Step, i answer.Item) bool {
				return s.Name.Equal(i.Owner) && s.Target.Equal(i.Set.Target()) && s.TTL == i.Set.TTL()
			})
			if !same {
				t.Fatalf("%s %s: %s, the answer has %d links", name, qtype, pathText(c.Steps), len(links))
			}
		}
	})
}

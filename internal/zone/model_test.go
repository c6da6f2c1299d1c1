package zone

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// model is a zone as a plain map: what the snapshot must agree with.
type model struct {
	apex dname.Name
	sets map[string]map[rr.Type]rr.Set // by owner, lower-cased
}

func newModel(apex dname.Name) *model {
	m := &model{apex: apex, sets: make(map[string]map[rr.Type]rr.Set)}
	m.put(RRset{apex, rr.TypeSOA, rr.AppendRecord(nil, rr.TypeSOA, 3600, soaData(1))})
	return m
}

func (m *model) put(s RRset) {
	owner := string(s.Owner.Lower())
	if m.sets[owner] == nil {
		m.sets[owner] = make(map[rr.Type]rr.Set)
	}
	m.sets[owner][s.Type] = s.Set
	if s.Set.Empty() {
		delete(m.sets[owner], s.Type)
	}
	if len(m.sets[owner]) == 0 {
		delete(m.sets, owner)
	}
}

// exists says whether n is a name: it has data, a name below has, or it is the apex.
func (m *model) exists(n dname.Name) bool {
	if n.Equal(m.apex) {
		return true
	}
	for owner := range m.sets {
		if dname.Name(owner).IsAtOrBelow(n) {
			return true
		}
	}
	return false
}

// names are all that exist, empty non-terminals too, with the number of their children.
func (m *model) names() map[string]int {
	out := map[string]int{string(m.apex): 0}
	for owner := range m.sets {
		for n := dname.Name(owner); len(n) > len(m.apex); n = n.Parent() {
			if _, ok := out[string(n)]; ok && string(n) != owner {
				break
			}
			out[string(n)] += 0
		}
	}
	for n := range out {
		if n != string(m.apex) {
			out[string(dname.Name(n).Parent())]++
		}
	}
	return out
}

func (m *model) facts(n dname.Name) Facts {
	var f Facts
	for t := range m.sets[string(n)] {
		f |= factsOf(t, n.Equal(m.apex))
	}
	if m.exists(n.Wildcard(nil)) {
		f |= HasWildcard
	}
	return f
}

// find looks n up as RFC 1034, Section 4.3.2 says, by trying everything.
func (m *model) find(n dname.Name) (match Match, node dname.Name) {
	for labels := m.apex.Labels(); labels < n.Labels(); labels++ {
		switch f := m.facts(n.Suffix(labels)); {
		case f&IsCut != 0:
			return Delegated, n.Suffix(labels)
		case f&HasDNAME != 0:
			return Redirected, n.Suffix(labels)
		}
	}
	if m.exists(n) {
		return Exact, n
	}
	encloser := n
	for !m.exists(encloser) {
		encloser = encloser.Parent()
	}
	if w := encloser.Wildcard(nil); m.exists(w) {
		return Synthesized, w
	}
	return Missing, encloser
}

// builder holds all records of m.
func (m *model) builder() *Builder {
	b := NewBuilder(m.apex)
	for owner, sets := range m.sets {
		for t, s := range sets {
			for len(s) > 0 {
				var r rr.Record
				r, s = s.Next()
				b.Add(dname.Name(owner), t, r.TTL(), r.Data(), Place{})
			}
		}
	}
	return b
}

// agree compares everything that s tells with m.
func (m *model) agree(t fataler, s *Snapshot) {
	t.Helper()
	want := m.names()
	names, records, deepest := 0, 0, 0
	shade := make([]uint32, dname.MaxLabels)
	for owner, n := range s.All() {
		children, ok := want[string(owner)]
		if !ok {
			t.Fatalf("%s should not exist, or stands twice", owner)
		}
		delete(want, string(owner))
		m.agreeNode(t, owner, n, children)
		records += m.records(owner)
		names += btoi(len(m.sets[string(owner)]) > 0)
		deepest = max(deepest, owner.Labels()-s.Labels())
		if n.Is(shades) {
			shade[owner.Labels()-s.Labels()]++
		}
	}
	for n := range want {
		t.Fatalf("%s is lost", dname.Name(n))
	}
	if s.Names() != names || s.Records() != records || s.deepest < deepest {
		t.Fatalf("names %d, records %d, deepest %d; want %d, %d, at least %d", s.Names(), s.Records(), s.deepest, names, records, deepest)
	}
	for d, c := range shade {
		if d < len(s.shade) && s.shade[d] != c || d >= len(s.shade) && c != 0 {
			t.Fatalf("shade %v, want %d at %d", s.shade, c, d)
		}
	}
	if !bytes.Equal(s.SOA(), m.sets[string(m.apex)][rr.TypeSOA]) {
		t.Fatalf("SOA is %x", s.SOA())
	}
}

func (m *model) records(owner dname.Name) int {
	count := 0
	for _, s := range m.sets[string(owner)] {
		count += s.Count()
	}
	return count
}

func (m *model) agreeNode(t fataler, owner dname.Name, n Node, children int) {
	t.Helper()
	if n.Facts() != m.facts(owner) || int(n.Children()) != children || n.Empty() != (len(m.sets[string(owner)]) == 0) {
		t.Fatalf("%s: facts %b, children %d, empty %v; want %b, %d", owner, n.Facts(), n.Children(), n.Empty(), m.facts(owner), children)
	}
	count := 0
	for s, c := n.Next(0); !s.Empty(); s, c = n.Next(c) {
		count++
		if want := m.sets[string(owner)][s.Type()]; !bytes.Equal(s, want) || !bytes.Equal(n.Set(s.Type()), want) {
			t.Fatalf("%s %s is %x, want %x", owner, s.Type(), s, want)
		}
	}
	if count != len(m.sets[string(owner)]) {
		t.Fatalf("%s has %d sets, want %d", owner, count, len(m.sets[string(owner)]))
	}
}

func (m *model) agreeFind(t fataler, s *Snapshot, n dname.Name) {
	t.Helper()
	var k dname.Key
	k.Set(n)
	got := s.Find(&k)
	match, node := m.find(n.Lower())
	depth := node.Labels()
	if match == Synthesized {
		depth--
	}
	var owner dname.Name
	if got.Node != nil {
		owner = got.Node.owner(nil, s.apex)
	}
	if got.Match != match || got.Depth != depth || !owner.Equal(node) {
		t.Fatalf("%s: match %d depth %d node %s; want %d, %d, %s", n, got.Match, got.Depth, owner, match, depth, node)
	}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// drawName is a name at or below apex out of few, so that they meet.
func drawName(t *rapid.T, apex dname.Name) dname.Name {
	labels := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "C", "*", "dd"}), 0, 5).Draw(t, "labels")
	text := ""
	for _, l := range labels {
		text += l + "."
	}
	if !apex.IsRoot() {
		text += apex.String()
	} else if text == "" {
		text = "."
	}
	n, err := dname.Parse(text, nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return n
}

var modelTypes = []rr.Type{rr.TypeA, rr.TypeTXT, rr.TypeCNAME, rr.TypeNS, rr.TypeDNAME}

func drawRRset(t *rapid.T, apex dname.Name) RRset {
	s := RRset{Owner: drawName(t, apex), Type: rapid.SampledFrom(modelTypes).Draw(t, "type")}
	for i := range rapid.IntRange(0, 3).Draw(t, "records") {
		data := dname.MustParse(fmt.Sprintf("t%d.example.net.", i))
		s.Set = rr.AppendRecord(s.Set, s.Type, 300, data)
	}
	return s
}

func TestChangesAgreeWithAMapAndWithAFreshBuild(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apex := dname.MustParse(rapid.SampledFrom([]string{"example.com.", "com.", "."}).Draw(t, "apex"))
		m := newModel(apex)
		s := m.builder().Build().Snapshot
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			var d Diff
			for range rapid.IntRange(1, 8).Draw(t, "sets") {
				d = append(d, drawRRset(t, apex))
				m.put(d[len(d)-1])
			}
			next, err := s.With(d)
			if err != nil {
				t.Fatalf("%v", err)
			}
			s = next
			m.agree(t, s)
		}
		fresh := m.builder().Build()
		if len(fresh.Remarks) > 0 {
			t.Fatalf("remarks: %v", fresh.Remarks)
		}
		for _, s := range []*Snapshot{s, fresh.Snapshot} {
			m.agree(t, s)
			for range 30 {
				m.agreeFind(t, s, drawName(t, apex))
			}
		}
	})
}

func TestSortedIsCanonicalOrder(t *testing.T) {
	m := newModel(dname.MustParse("example.com."))
	for _, n := range []string{"z.example.com.", "a.z.example.com.", "*.z.example.com.", "yljkjljk.a.example.com.", "Z.a.example.com."} {
		m.put(RRset{dname.MustParse(n), rr.TypeA, rr.AppendRecord(nil, rr.TypeA, 1, make([]byte, 4))})
	}
	var got []string
	for n := range m.builder().Build().Snapshot.Sorted() {
		got = append(got, n.String())
	}
	want := []string{"example.com.", "a.example.com.", "yljkjljk.a.example.com.", "z.a.example.com.", "z.example.com.", "*.z.example.com.", "a.z.example.com."}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

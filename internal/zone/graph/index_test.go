package graph

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func drawName(t *rapid.T, label string) dname.Name {
	n := dname.Name{0}
	for range rapid.IntRange(0, 4).Draw(t, label) {
		octets := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 'B', '*', 0xff}), 1, 3).Draw(t, "octets")
		n = append(append(dname.Name{byte(len(octets))}, octets...), n...)
	}
	return n
}

func TestKeysOrderAsTheirNamesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawName(t, "a"), drawName(t, "b")
		ka, kb := appendName(nil, a), appendName(nil, b)
		if sign(bytes.Compare(ka, kb)) != sign(a.Compare(b)) {
			t.Fatalf("%s and %s: keys compare %d, names %d", a, b, bytes.Compare(ka, kb), a.Compare(b))
		}
		if below := bytes.HasPrefix(ka, b.AppendSortKey(nil)); below != a.IsAtOrBelow(b) {
			t.Fatalf("%s at or below %s: %v by their keys", a, b, below)
		}
	})
}

func sign(n int) int { return min(max(n, -1), 1) }

func TestKeysReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Edge{Owner: drawName(t, "owner").Lower(), Target: drawName(t, "target").Lower()}
		e.Kind = Kind(rapid.IntRange(1, int(kinds)-1).Draw(t, "kind"))
		e.Apex = e.Owner.Suffix(rapid.IntRange(0, e.Owner.Labels()).Draw(t, "apex"))
		got, err := key(e.appendKey(nil)).edge()
		if err != nil || fmt.Sprint(got) != fmt.Sprint(e) {
			t.Fatalf("got %v, %v, want %v", got, err, e)
		}
	})
}

func FuzzKey(f *testing.F) {
	e := Edge{Owner: dname.MustParse("www.example."), Kind: MX, Target: dname.MustParse("mx.example."), Apex: dname.MustParse("example.")}
	f.Add([]byte(e.appendKey(nil)))
	f.Add([]byte{0, 0, 1, 1})
	f.Add([]byte{0, 'a'})
	f.Add([]byte{9})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := key(b).edge()
		if err != nil {
			return
		}
		if dname.Check(e.Owner) != nil || dname.Check(e.Target) != nil || !bytes.Equal(e.appendKey(nil), b) {
			t.Fatalf("%x is read as %v", b, e)
		}
	})
}

func TestKeysOfTheLongestNames(t *testing.T) {
	name := dname.MustParse(strings.Repeat(`\000\001.`, 84) + `\000.`) // 255 octets, all of them escaped
	if len(name) != dname.MaxLen {
		t.Fatalf("%d octets", len(name))
	}
	e := Edge{Owner: name, Kind: CNAME, Target: name, Apex: name}
	got, err := key(e.appendKey(nil)).edge()
	if err != nil || !got.Owner.Equal(name) || !got.Target.Equal(name) {
		t.Fatal(got, err)
	}
	var x index
	for i := range 20 {
		e.Owner = dname.MustParse(fmt.Sprintf("a%d.", i))
		e.Apex = dname.Root
		x.apply([]op{{e.appendKey(nil), false}})
	}
	if x.size != 20 {
		t.Errorf("%d keys, want 20", x.size)
	}
}

// An index agrees with a sorted list, whatever is put and taken in whatever batches.
func TestIndexAgreesWithAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		model := make(map[string]bool)
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			x.apply(drawBatch(t, model))
		}
		want := make([]string, 0, len(model))
		for k := range model {
			want = append(want, k)
		}
		slices.Sort(want)
		var got []string
		x.scan(nil, nil, func(k key) bool {
			got = append(got, string(k))
			return true
		})
		if !slices.Equal(got, want) || x.size != len(want) {
			t.Fatalf("size %d\ngot  %q\nwant %q", x.size, got, want)
		}
		for i, l := range x.leaves {
			if l.count() == 0 || len(l) > leafMax || len(l) != cap(l) && len(l)*5 < cap(l)*3 {
				t.Fatalf("leaf %d has %d keys in %d octets of %d", i, l.count(), len(l), cap(l))
			}
		}
		from := key(fmt.Sprintf("k%03d", rapid.IntRange(0, 999).Draw(t, "from")))
		at, _ := slices.BinarySearch(want, string(from))
		if first := x.first(nil, from); at < len(want) && string(first) != want[at] || at == len(want) && first != nil {
			t.Fatalf("the first from %s is %q", from, first)
		}
	})
}

// drawBatch is a run of keys put or taken, and does the same to model.
func drawBatch(t *rapid.T, model map[string]bool) []op {
	start, step := rapid.IntRange(0, 900).Draw(t, "start"), rapid.IntRange(1, 9).Draw(t, "step")
	gone := rapid.Bool().Draw(t, "gone")
	var ops []op
	for i := range rapid.IntRange(0, 200).Draw(t, "keys") {
		k := key(fmt.Sprintf("k%04d%s", start+i*step, strings.Repeat("x", i%50)))
		ops = append(ops, op{k, gone})
		if model[string(k)] = true; gone {
			delete(model, string(k))
		}
	}
	return ops
}

func TestRemovingAllLeavesNothing(t *testing.T) {
	s := scale{100, 10, manyTargets}
	g := Build(s.set())
	if g.Len() != 1000 || g.Bytes() == 0 {
		t.Fatalf("%d edges", g.Len())
	}
	for i := range 1000 {
		owner := s.owner(i * 7919 % 1000)
		g.Update(owner.Parent(), owner, cname(s.target(i*7919%1000)), nil)
	}
	if g.Len() != 0 || len(g.edges.leaves) != 0 {
		t.Errorf("%d edges in %d leaves are left", g.Len(), len(g.edges.leaves))
	}
}

func TestLeavesThatBecomeThinAreJoined(t *testing.T) {
	s := scale{500, 20, manyTargets}
	g := Build(s.set())
	for i := range 10_000 {
		if i%20 != 0 {
			g.Update(s.owner(i).Parent(), s.owner(i), cname(s.target(i)), nil)
		}
	}
	if n := len(g.edges.leaves); g.Len() != 500 || g.Bytes() < 512*n {
		t.Errorf("%d edges in %d leaves of %d octets in all", g.Len(), n, g.Bytes())
	}
}

func TestBelow(t *testing.T) {
	g := Build(world(t, map[string]string{"example.": "a CNAME x.t\nb CNAME t\nc MX 1 y.x.t\nd DNAME z.t\ne CNAME tt\n"}))
	var got []string
	for e := range g.Below(dname.MustParse("t.example.")) {
		got = append(got, e.Owner.String()+e.Kind.String())
	}
	if want := []string{"a.example.CNAME", "d.example.DNAME", "c.example.MX"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUpdateOfASetThatPointsToSeveral(t *testing.T) {
	g := new(Graph)
	apex := dname.MustParse("example.")
	mx := func(targets ...string) (s rr.Set) {
		for i, target := range targets {
			s = rr.AppendRecord(s, rr.TypeMX, 300, append([]byte{0, byte(i)}, dname.MustParse(target)...))
		}
		return s
	}
	g.Update(apex, apex, nil, mx("a.test.", "b.test.", "A.test.", "."))
	g.Update(apex, apex, mx("a.test.", "b.test.", "A.test.", "."), mx("c.test.", "b.test."))
	var got []string
	for _, target := range []string{"a.test.", "b.test.", "c.test.", "."} {
		for e := range g.Direct(dname.MustParse(target)) {
			got = append(got, fmt.Sprint(e.Owner, " ", e.Kind, " ", e.Target, " ", e.Apex))
		}
	}
	if want := []string{"example. MX b.test. example.", "example. MX c.test. example."}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTargets(t *testing.T) {
	g := Build(world(t, map[string]string{"example.": `
a CNAME x.t
b CNAME x.t
c ALIAS t
d CNAME y.x.t
e CNAME tt
f MX 1 mx.t
g CNAME *.t
h CNAME z.
`}))
	for name, want := range map[string]string{
		"t.example.": "t.example. *.t.example. x.t.example. y.x.t.example.", "x.t.example.": "x.t.example. y.x.t.example.",
		"nowhere.": "", ".": "t.example. *.t.example. x.t.example. y.x.t.example. tt.example. z.",
	} {
		var got []string
		for n := range g.Targets(dname.MustParse(name)) {
			got = append(got, n.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("below %s: got %q, want %q", name, got, want)
		}
	}
}

// Readers go on while a writer moves every alias; what nobody touches they see once and always.
func TestReadersBesideAWriter(t *testing.T) {
	s := scale{50, 40, fewTargets}
	set := s.set()
	g := Build(set)
	still := func(i int) bool { return i%3 == 0 }
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for reading := true; reading; {
				select {
				case <-done:
					reading = false
				default:
				}
				seen := make(map[string]int)
				g.edges.scan(nil, nil, func(k key) bool {
					e, err := k.edge()
					if err != nil {
						t.Error(err)
					}
					seen[string(e.Owner)]++
					return true
				})
				for i := range 2000 {
					if still(i) && seen[string(s.owner(i))] != 1 {
						t.Errorf("%s was seen %d times", s.owner(i), seen[string(s.owner(i))])
						return
					}
				}
			}
		})
	}
	for round := range 3 {
		for i := range 2000 {
			if !still(i) {
				g.Update(s.owner(i).Parent(), s.owner(i), cname(s.target(i+round)), cname(s.target(i+round+1)))
			}
		}
	}
	close(done)
	wg.Wait()
	if g.Len() != 2000 {
		t.Errorf("%d edges, want 2000", g.Len())
	}
}

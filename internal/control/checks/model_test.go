package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

var apexes = []dname.Name{dname.MustParse("x."), dname.MustParse("y."), dname.MustParse("a.x."), dname.MustParse("z.")}

// universe is all names of up to three labels below x. and y., and one elsewhere.
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
	return append(names, dname.MustParse("a.z."), dname.MustParse("z."))
}()

var kinds = []rr.Type{rr.TypeCNAME, rr.TypeCNAME, rr.TypeCNAME, rr.TypeDNAME, rr.TypeALIAS, rr.TypeHTTPS, rr.TypeMX, rr.TypeNS, rr.TypeA, rr.TypeA}

func drawSet(t *rapid.T) (rr.Type, rr.Set) {
	kind, target := rapid.SampledFrom(kinds).Draw(t, "type"), rapid.SampledFrom(universe).Draw(t, "target")
	data := []byte(target)
	switch kind {
	case rr.TypeA:
		data = []byte{192, 0, 2, 1}
	case rr.TypeMX:
		data = append([]byte{0, 5}, target...)
	case rr.TypeHTTPS:
		data = append([]byte{0, byte(rapid.IntRange(0, 1).Draw(t, "priority"))}, target...)
	}
	if rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
		return kind, nil
	}
	return kind, rr.Set(rr.AppendRecord(nil, kind, 300, data))
}

// step is one random change.
func (h *hall) step(t *rapid.T) {
	apex := rapid.SampledFrom(apexes).Draw(t, "apex")
	z := h.zones[apex.String()]
	switch what := rapid.IntRange(0, 30).Draw(t, "what"); {
	case z == nil:
		b := parseBare(apex)
		h.put(b, held.StatusActive)
	case what == 0:
		h.drop(apex.String())
	case what == 1 && z.Paused():
		h.put(z.Snapshot, held.StatusActive)
	case what == 1:
		h.put(z.Snapshot, held.StatusPaused)
	default:
		owner := rapid.SampledFrom(universe).Filter(func(n dname.Name) bool { return n.IsAtOrBelow(apex) }).Draw(t, "owner")
		kind, set := drawSet(t)
		h.write(apex, owner, kind, set)
	}
}

// verdicts is all that v says, in words.
func verdicts(v *View) string {
	var out []string
	for i := range v.Findings {
		f := &v.Findings[i]
		out = append(out, fmt.Sprintf("%s followers=%d zone=%s type=%s %s", f.Finding.String(), f.Followers, f.Zone.Apex, f.Type, f.Conflicts))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestABoardKnowsWhatAFreshOneFinds holds a Board that has followed random changes
// against one that judges all zones for the first time.
func TestABoardKnowsWhatAFreshOneFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHall()
		for _, apex := range apexes[:3] {
			h.put(parseBare(apex), held.StatusActive)
		}
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			for range rapid.IntRange(1, 3).Draw(t, "steps") {
				h.step(t)
			}
			got := verdicts(h.look(t))
			fresh := *h
			fresh.Board = New()
			if want := verdicts(fresh.look(t)); got != want {
				t.Fatalf("followed:\n%s\nfresh:\n%s", got, want)
			}
		}
	})
}

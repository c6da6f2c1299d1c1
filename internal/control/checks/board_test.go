package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/zone"
)

func TestFindingsComeWorstFirst(t *testing.T) {
	h := newHall()
	h.make(t, "a.test.", "www CNAME gone.hub.test.\nmail MX 10 no.hub.test.\nshop CNAME www.a.test.\nblog CNAME www.a.test.\nbad CNAME www.a.test.\nbad A 192.0.2.1")
	h.make(t, "b.test.", "x CNAME www.a.test.\ny CNAME nothing.hub.test.")
	h.make(t, "hub.test.", "main A 192.0.2.1")
	got := lines(h.look(t))
	want := []string{
		"error cname-and-other-data bad.a.test. CNAME 0",
		"warning dangling-target www.a.test. CNAME 4",
		"warning dangling-target mail.a.test. MX 0",
		"warning dangling-target y.b.test. CNAME 0",
	}
	got = slices.DeleteFunc(got, func(l string) bool { return strings.Contains(l, "alias-chain") })
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What is held is published a moment later; who asks in between is not told of the
// state before for ever.
func TestServedBehindWhatIsHeld(t *testing.T) {
	for _, c := range []struct{ name, was, is, want string }{
		{"a target goes", "main A 192.0.2.1", "main A", "warning dangling-target www.a.test. CNAME 0"},
		{"a target comes", "other A 192.0.2.1", "main A 192.0.2.1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall()
			h.make(t, "hub.test.", c.was)
			h.make(t, "a.test.", "www CNAME main.hub.test.")
			h.look(t)
			behind := h.set
			h.edit(t, "hub.test.", c.is)
			published := h.set
			for _, h.set = range []*zone.Set{behind, published} {
				if got := strings.Join(lines(h.look(t)), "\n"); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
		})
	}
}

// TestWhoIsJudgedAgain looks which zones are judged anew after a change.
func TestWhoIsJudgedAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		edit  [2]string // zone and line
		again string    // the first labels of the zones that have another verdict then
	}{
		{"a name that nobody points at", [2]string{"hub.test.", "new A 192.0.2.9"}, "hub"},
		{"a target", [2]string{"hub.test.", "main A"}, "a b c hub"},
		{"a target comes", [2]string{"hub.test.", "gone A 192.0.2.7"}, "d hub"},
		{"a name that one zone leads on from", [2]string{"a.test.", "www CNAME other.hub.test."}, "a b"},
		{"a name below a target of a DNAME", [2]string{"hub.test.", "x.tree TXT t"}, "e hub"},
		{"what a wildcard stands for", [2]string{"hub.test.", "*.wild A"}, "f hub"},
		{"a name that hides a wildcard", [2]string{"hub.test.", "deep.any.wild A 192.0.2.3"}, "f hub"},
		{"a cut", [2]string{"hub.test.", "below NS ns.other.test."}, "g hub"},
		{"what stands where another zone begins", [2]string{"hub.test.", "sub TXT t"}, "hub sub"},
		{"mail that refers to a name", [2]string{"hub.test.", "mx A 192.0.2.8"}, "h hub"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHall()
			h.make(t, "hub.test.", "main A 192.0.2.1\nother A 192.0.2.2\nt.tree A 192.0.2.3\n*.wild A 192.0.2.4\nt.below A 192.0.2.5\nmx A 192.0.2.1\nsub NS ns1.host.test.")
			h.make(t, "a.test.", "www CNAME main.hub.test.")
			h.make(t, "b.test.", "www CNAME www.a.test.")
			h.make(t, "c.test.", "@ MX 10 main.hub.test.")
			h.make(t, "d.test.", "www CNAME gone.hub.test.")
			h.make(t, "e.test.", "tree DNAME tree.hub.test.\nwww CNAME x.tree.e.test.")
			h.make(t, "f.test.", "www CNAME a.any.wild.hub.test.")
			h.make(t, "g.test.", "www CNAME t.below.hub.test.")
			h.make(t, "h.test.", "@ MX 10 mx.hub.test.")
			h.make(t, "sub.hub.test.", "www A 192.0.2.1")
			before := h.look(t).Zones
			h.edit(t, c.edit[0], c.edit[1])
			var again []string
			for id, v := range h.look(t).Zones {
				if before[id] != v {
					first, _, _ := strings.Cut(v.Zone.Apex.String(), ".")
					again = append(again, first)
				}
			}
			slices.Sort(again)
			if got := strings.Join(again, " "); got != c.again {
				t.Errorf("judged again: %s, want %s", got, c.again)
			}
		})
	}
}

func TestNothingIsJudgedTwice(t *testing.T) {
	h := newHall()
	h.make(t, "a.test.", "www CNAME gone.a.test.")
	first := h.look(t)
	if len(first.Findings) != 1 || len(first.Pending) != 0 {
		t.Fatalf("%q, %d pending", lines(first), len(first.Pending))
	}
	if again := h.look(t); again != first {
		t.Error("a second look without a change has made another view")
	}
}

func TestZonesThatComeAndGo(t *testing.T) {
	h := newHall()
	h.make(t, "a.test.", "www CNAME main.hub.test.")
	for _, step := range []struct {
		name string
		do   func()
		want int
	}{
		{"a target elsewhere", func() {}, 0},
		{"the zone of the target comes", func() { h.make(t, "hub.test.", "x A 192.0.2.1") }, 1},
		{"is paused", func() { h.put(h.zones["hub.test."].Snapshot, held.StatusPaused) }, 0},
		{"is served again", func() { h.put(h.zones["hub.test."].Snapshot, held.StatusActive) }, 1},
		{"has the target", func() { h.edit(t, "hub.test.", "main A 192.0.2.1") }, 0},
		{"has it no more", func() { h.edit(t, "hub.test.", "main A") }, 1},
		{"goes", func() { h.drop("hub.test.") }, 0},
		{"the last one goes", func() { h.drop("a.test.") }, 0},
	} {
		step.do()
		v := h.look(t)
		if len(v.Findings) != step.want || len(v.Zones) != len(h.zones) || len(h.Board.zones) != len(h.zones) {
			t.Errorf("%s: %q of %d zones", step.name, lines(v), len(v.Zones))
		}
	}
	if h.kept != 0 {
		t.Errorf("%d findings are kept of no zones", h.kept)
	}
}

func TestAPausedZoneIsJudgedAsIfItWereServed(t *testing.T) {
	h := newHall()
	h.make(t, "hub.test.", "x A 192.0.2.1")
	h.put(parse(t, "a.test.", "www CNAME gone.hub.test.\nin CNAME none.a.test."), held.StatusPaused)
	if got := lines(h.look(t)); len(got) != 2 {
		t.Errorf("%q", got)
	}
}

func TestMuchIsJudgedInParts(t *testing.T) {
	h := newHall()
	h.names = 10
	for i := range 5 {
		h.make(t, fmt.Sprintf("z%d.test.", i), "www CNAME gone\na A 192.0.2.1\nb A 192.0.2.1")
	}
	last := idOf("z4.test.")
	v, err := h.Look(context.Background(), h.world(), last)
	if err != nil || len(v.Zones) != 2 || v.Zones[last] == nil || len(v.Pending) != 3 {
		t.Fatalf("%v, %d judged, %d pending", err, len(v.Zones), len(v.Pending))
	}
	for range 5 {
		v = h.look(t)
	}
	if len(v.Zones) != 5 || len(v.Pending) != 0 || len(v.Findings) != 5 {
		t.Errorf("%d judged, %d pending, %q", len(v.Zones), len(v.Pending), lines(v))
	}
}

func TestALargeZoneIsJudgedWhole(t *testing.T) {
	h := newHall()
	h.names = 10
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "n%d CNAME gone\n", i)
	}
	h.make(t, "large.test.", text.String())
	v := h.look(t)
	z := v.Zones[idOf("large.test.")]
	if z == nil || z.Warnings != 5000 || len(v.Findings) != maxOfRule || len(v.Pending) != 0 {
		t.Errorf("%+v, %d kept", z, len(v.Findings))
	}
}

func TestAFullBoardKeepsAFewOfEveryRule(t *testing.T) {
	h := newHall()
	h.make(t, "a.test.", strings.Repeat("x A 192.0.2.1\n", 1)+"a CNAME gone\nb CNAME gone\nc CNAME gone\nd CNAME gone\ne CNAME gone\nf CNAME gone\ng CNAME gone\n@ MX 10 gone")
	h.kept = maxKept
	v := h.look(t)
	z := v.Zones[idOf("a.test.")]
	if z.Warnings != 8 || len(v.Findings) != maxWhenFull {
		t.Errorf("%d found, kept %q", z.Warnings, lines(v))
	}
}

// TestMoreThanCanBeFollowed has so few edges looked at that all zones are judged again.
func TestMoreThanCanBeFollowed(t *testing.T) {
	h := newHall()
	h.edges = 3
	h.make(t, "hub.test.", "main A 192.0.2.1")
	for i := range 6 {
		h.make(t, fmt.Sprintf("z%d.test.", i), "www CNAME main.hub.test.")
	}
	h.make(t, "far.test.", "www CNAME elsewhere.example.")
	before := h.look(t)
	h.edit(t, "hub.test.", "main A")
	v := h.look(t)
	if len(v.Findings) != 6 || v.Zones[idOf("far.test.")] == before.Zones[idOf("far.test.")] {
		t.Errorf("%q", lines(v))
	}
}

func TestWhoLeavesIsNotWaitedFor(t *testing.T) {
	h := newHall()
	h.make(t, "a.test.", "www CNAME gone")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Look(ctx, h.world(), change.ZoneID{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	h.busy <- struct{}{}
	if _, err := h.Look(ctx, h.world(), change.ZoneID{}); !errors.Is(err, context.Canceled) {
		t.Errorf("while another works: %v", err)
	}
	<-h.busy
	if v := h.look(t); len(v.Findings) != 1 {
		t.Errorf("%q", lines(v))
	}
}

func TestManyMayLookAtOnce(t *testing.T) {
	h := newHall()
	h.make(t, "a.test.", "www CNAME gone\nx CNAME gone")
	w := h.world()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if v, err := h.Look(context.Background(), w, change.ZoneID{}); err != nil || len(v.Findings) != 2 {
					t.Errorf("%v, %v", v, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestFollowersAreCountedUpToABound(t *testing.T) {
	h := newHall()
	var text strings.Builder
	for i := range MaxFollowers + 50 {
		fmt.Fprintf(&text, "n%d CNAME www\n", i)
	}
	h.make(t, "a.test.", "www CNAME gone\n*.any CNAME gone\ntree DNAME gone\n"+text.String())
	h.make(t, "b.test.", "x CNAME 1.any.a.test.\ny CNAME x\nz CNAME below.tree.a.test.")
	want := map[string]int{"www.a.test.": MaxFollowers, "*.any.a.test.": 2, "tree.a.test.": 1}
	for _, f := range h.look(t).Findings {
		if n, ok := want[f.Owner]; ok && f.Code == "dangling-target" && f.Followers != n {
			t.Errorf("%s %s has %d followers, want %d", f.Code, f.Owner, f.Followers, n)
		}
	}
}

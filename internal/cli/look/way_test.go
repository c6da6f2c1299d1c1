package look

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/api"
)

// TestTree: no step is lost, none stands twice, and links keep their order.
func TestTree(t *testing.T) {
	kinds := []string{"CNAME", "exact", "loop", "servers", "referral", "fetch", "silent", "lame", "shown"}
	rapid.Check(t, func(t *rapid.T) {
		var steps []api.ExplainStep
		for n := range rapid.IntRange(0, 30).Draw(t, "steps") {
			steps = append(steps, api.ExplainStep{Depth: rapid.IntRange(-1, 4).Draw(t, "depth"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), TTL: api.Seconds(n)})
		}
		seen := make(map[api.Seconds]bool)
		var visit func(list []*asked)
		visit = func(list []*asked) {
			for _, n := range list {
				if seen[n.TTL] {
					t.Fatalf("step %d stands twice", n.TTL)
				}
				seen[n.TTL] = true
				visit(n.under)
			}
		}
		roots := grown(steps)
		visit(roots)
		if len(seen) != len(steps) {
			t.Fatalf("%d of %d steps", len(seen), len(steps))
		}
		last := api.Seconds(-1)
		for _, n := range roots {
			if n.TTL < last {
				t.Fatalf("step %d after %d", n.TTL, last)
			}
			last = n.TTL
		}
	})
}

// TestHopsOfATrace: each is shown at the link that ends it, with the question
// that was answered below it. The end of a loop is no hop, though it has the
// owner of one, and a link of the same message costs nothing.
func TestHopsOfATrace(t *testing.T) {
	roots := grown([]api.ExplainStep{
		{Kind: "servers", Zone: "."}, {Kind: "referral", Zone: ".", Server: "r"}, {Kind: "CNAME", Owner: "a.", Zone: "x.", Server: "s", TookMS: 3},
		{Kind: "CNAME", Owner: "b.", Zone: "x.", Server: "s", TookMS: 3},
		{Kind: "loop", Owner: "a."},
	})
	roots, added := hopped(roots, []api.TraceHop{{Owner: "a.", TookMS: 5, Queries: 2}, {Owner: "b."}})
	var got []string
	for _, n := range roots {
		line := joined(" ", n.Kind, n.Owner, added[n])
		for _, q := range n.under {
			line += joined(" ", ";", q.Kind, q.Zone, q.Server, millis(q.TookMS))
		}
		got = append(got, line)
	}
	want := []string{"CNAME a. +5.0ms; referral . r; answer x. s 3.0ms", "CNAME b. +0ms", "loop a."}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

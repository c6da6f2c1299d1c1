package cli

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term/termtest"
)

// TestDrainThatNobodyKnows: it is not said to be over at once.
func TestDrainThatNobodyKnows(t *testing.T) {
	d := dependentsOf()
	d.Dependents = d.Dependents[:1]
	d.Dependents[0].Drain = api.Unknown
	newFake(t, map[string]any{"GET /aliases/main.example.net/dependents": d})
	if _, out, _ := piped("", "who", "main.example.net"); !strings.Contains(out, "\t1\t-\ta.example. > main") {
		t.Errorf("in a pipe: %q", out)
	}
	x := termtest.New(t)
	run([]string{"who", "main.example.net"}, strings.NewReader(""), x.TTY, x.TTY)
	if shown := x.End(); !strings.Contains(shown, "drains nobody knows when") {
		t.Errorf("on a terminal: %q", shown)
	}
}

func TestHowManyFollow(t *testing.T) {
	for _, c := range []struct {
		name string
		w    dependents
		want string
	}{
		{"nobody", dependents{}, "nobody points here"},
		{"one", dependents{follow: 1}, "1 record follows"},
		{"one that refers", dependents{refer: 1}, "0 records follow, 1 only refers to it"},
		{"some of each", dependents{follow: 2, refer: 3}, "2 records follow, 3 only refer to it"},
		{"hidden ones", dependents{hidden: 4}, "0 records follow, 4 more in zones that this token may not see"},
		{"too many", dependents{follow: 5, truncated: true}, "5 records follow; there are more: --limit 0 shows all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.w.sum(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

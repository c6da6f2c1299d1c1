package look

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
)

func TestMillis(t *testing.T) {
	for ms, want := range map[float64]string{0: "", -1: "", 0.04: "<0.1ms", 0.05: "0.1ms", 0.36: "0.4ms", 9.94: "9.9ms", 9.96: "10ms", 1500: "1500ms", 9999.4: "9999ms", 10500: "10.5s"} {
		if got := millis(ms); got != want {
			t.Errorf("%v: %s, want %s", ms, got, want)
		}
	}
}

func TestWhoMayIssue(t *testing.T) {
	w := &way{Session: new(remote.Session), width: 200}
	for _, c := range []struct {
		name string
		caa  api.CAA
		want string
	}{
		{"anybody", api.CAA{Anybody: true, AnyWild: true}, "no name upwards has CAA records: for the name anybody may issue, for wildcards below it anybody"},
		{"some", api.CAA{At: "a.", Issue: []string{"x", "y"}, IssueWild: []string{"x"}}, "CAA records of a. count: for the name x and y may issue, for wildcards below it x"},
		{"nobody", api.CAA{At: "a."}, "CAA records of a. count: for the name nobody may issue, for wildcards below it nobody"},
		{"a name that could not be asked", api.CAA{Error: "SERVFAIL at a."}, "authorities must not issue: SERVFAIL at a."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(w.authorities(&c.caa), "\n"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if w.authorities(nil) != nil {
		t.Error("said without being asked")
	}
}

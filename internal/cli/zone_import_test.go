package cli

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term/termtest"
)

// TestFindingsStandInTheFile: the server knows only the text, the command its path.
func TestFindingsStandInTheFile(t *testing.T) {
	list := []api.Finding{
		{File: "zone file", Line: 5, Conflicts: []string{`TXT "(zone file:9)"`, "A 192.0.2.1  (zone file:6)"}},
		{File: "other.zone", Line: 1, Conflicts: []string{"A 192.0.2.1"}},
		{Message: "no place"},
	}
	placed("zones/a.zone", list)
	for i, want := range []string{"zones/a.zone", "other.zone", ""} {
		if list[i].File != want {
			t.Errorf("file %q, want %q", list[i].File, want)
		}
	}
	if got := list[0].Conflicts; got[0] != `TXT "(zone file:9)"` || got[1] != "A 192.0.2.1  (zones/a.zone:6)" {
		t.Errorf("conflicts %q", got)
	}
}

// TestNothingIsSaid: on a terminal a list without a line says so.
func TestNothingIsSaid(t *testing.T) {
	for _, c := range []struct{ name, args, want string }{
		{"no zone at all", "zone list", "no zones; to make one: truename zone add NAME"},
		{"no zone that matches", "zone list *.nope", "no zone matches *.nope"},
		{"no record", "record list a.example nope", "no such records"},
		{"no hit", "search nope", "nothing found"},
		{"a chain without a link", "chain alone.example", "alone.example. has the answer; it points at no other name"},
		{"a name that is not", "chain none.example", "none.example. does not exist; it points at no other name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			newFake(t, map[string]any{
				"GET /zones": api.ZonesData{}, "GET /zones/a.example/records": api.RecordsData{}, "GET /search": api.SearchData{},
				"GET /aliases/alone.example": api.ChainData{Chain: api.Chain{End: "addresses", Last: "alone.example."}},
				"GET /aliases/none.example":  api.ChainData{Chain: api.Chain{End: "nxdomain", Last: "none.example."}},
			})
			t.Setenv("NO_COLOR", "1")
			x := termtest.New(t)
			if code := run(strings.Fields(c.args), strings.NewReader(""), x.TTY, x.TTY); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if shown := x.End(); shown != c.want+"\r\n" {
				t.Errorf("shown %q, want %q", shown, c.want)
			}
			if _, out, errs := piped("", strings.Fields(c.args)...); errs != "" || !strings.HasPrefix(c.args, "chain") && out != "" {
				t.Errorf("in a pipe: %q, %q", out, errs)
			}
		})
	}
}

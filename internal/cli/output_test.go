package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term/termtest"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// shownAnswers is what the fake knows for TestOutput.
func shownAnswers() map[string]any {
	zones := []api.Zone{
		{ID: "id-a", Name: "a.example", Type: "master", Region: "EU", Status: "active", Serial: 6, Revision: 42, RecordCount: 12, Nameservers: []string{"ns1.example.net.", "ns2.example.net."}, CustomerID: "acc", CreatedAt: someTime, UpdatedAt: someTime},
		{ID: "id-b", Name: "long-name.b.example", Type: "primary", Status: "paused", Serial: 2026112101, RecordCount: 3},
		{ID: "id-c", Name: "c.example", Type: "master", Status: "active", Serial: 1, ReadOnly: true},
	}
	records := []api.Record{
		{Name: "a.example.", Type: "ALIAS", Content: "main.example.net.", TTL: 60},
		{Name: "a.example.", Type: "TXT", Content: "v=spf1 -all \x1b[31m", TTL: 3600, Comment: &comment},
		{Name: "www.a.example.", Type: "CNAME", Content: "a.example.", TTL: 300, Disabled: true},
	}
	expired := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	return map[string]any{
		"GET /zones":                               api.ZonesData{Zones: zones, Pagination: paged(3)},
		"GET /zones/a.example":                     api.ZoneData{Zone: zones[0]},
		"GET /zones/deleted":                       api.DeletedZonesData{Zones: []api.DeletedZone{{ID: "id-d", Name: "gone.example", Serial: 9, Revision: 41, DeletedAt: someTime, DeletedBy: "ci"}}},
		"GET /zones/a.example/records":             api.RecordsData{Records: records, Pagination: paged(3)},
		"GET /zones/a.example/diff":                api.DiffData{Diff: moved().Zones[0]},
		"GET /zones/a.example/export":              "a.example. 300 IN SOA …\n",
		"GET /aliases/main.example.net/dependents": dependentsOf(),
		"GET /aliases/alone.example/dependents":    api.DependentsData{},
		"GET /aliases/www.a.example": api.ChainData{Chain: api.Chain{Name: "www.a.example.", Type: "A", End: "addresses", Last: "main.example.net.", Depth: 2, Links: []api.ChainLink{
			{Owner: "www.a.example.", Kind: "CNAME", Zone: "a.example", TTL: 300, Target: "a.example."},
			{Owner: "a.example.", Kind: "ALIAS", Zone: "a.example", TTL: 60, Target: "main.example.net."},
		}}},
		"GET /changes": api.ChangesData{Changes: []api.Change{*moved(), {ID: "0193-b", Revision: 41, Time: someTime, Reverts: 40, Zones: []api.ZoneDiff{{Kind: "delete", Name: "gone.example", From: 9}}},
			{ID: "0193-a", Revision: 40, Time: someTime, Zones: make([]api.ZoneDiff, 40)}}},
		"GET /changes/42": api.ChangeData{Change: moved()},
		"GET /search":     api.SearchData{Hits: []api.SearchHit{{Kind: "zone", Zone: "main.example"}, {Kind: "record", Zone: "a.example", Record: &records[0]}}},
		"POST /plans":     api.PlanData{Plan: aPlan()},
		"GET /plans/p1":   api.PlanData{Plan: aPlan()},
		"GET /whoami":     api.WhoAmI{Account: "acc", Name: "admin"},
		"GET /users":      api.UsersData{Users: []api.User{{ID: "acc", Email: "ops@example.net", FullName: "Operations", Role: "admin", CreatedAt: someTime}}},
		"GET /members": api.MembersData{Members: []api.Member{
			{ID: "m1", Email: "jo@example.org", Name: "Jo", Role: "owner", State: "active", Passkeys: 2, LastSeenAt: &someTime, CreatedAt: someTime},
			{ID: "m2", Email: "mia@example.org", Name: "Mia \x1b[31m", Role: "viewer", State: "invited", CodeEndsAt: &someTime, CreatedAt: someTime},
		}},
		"GET /users/acc/apikeys": api.APIKeysData{APIKeys: []api.APIKey{
			{ID: "k1", Name: "ci", Prefix: "truename_ab", Scopes: api.Scopes{"zones:read", "records:*"}, LastUsedAt: &someTime, TokenLimits: api.TokenLimits{Zones: []string{"a.example"}, Types: []string{"TXT"}}},
			{ID: "k2", Name: "old", Prefix: "truename_cd", Scopes: api.Scopes{"*"}, ExpiresAt: &expired},
		}},
	}
}

// clock is the one thing in the output that is not the same every time.
var clock = regexp.MustCompile(`at \d\d:\d\d:\d\d`)

// TestOutput compares what verbs print on a terminal, in a pipe and as JSON with
// testdata/output; UPDATE=1 writes it anew.
func TestOutput(t *testing.T) {
	for _, c := range []struct{ name, args string }{
		{"zone_list", "zone list"},
		{"zone_list_pattern", "zone list *.B.example"},
		{"zone_list_deleted", "zone list --deleted"},
		{"zone_show", "zone show a.example"},
		{"zone_diff", "zone diff a.example --from 5"},
		{"zone_export", "zone export a.example"},
		{"record_list", "record list a.example"},
		{"record_list_types", "record list a.example w* --type cname --type A"},
		{"who", "who main.example.net"},
		{"who_limit", "who main.example.net --limit 2"},
		{"who_nobody", "who alone.example"},
		{"chain", "chain www.a.example"},
		{"history", "history"},
		{"show", "show 42"},
		{"search", "search main"},
		{"retarget_dry_run", "retarget old.example.net new.example.net --dry-run"},
		{"plan_show", "plan show p1"},
		{"token_list", "token list"},
		{"account_list", "account list"},
		{"member_list", "member list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			newFake(t, shownAnswers())
			t.Setenv("NO_COLOR", "1")
			args := strings.Fields(c.args)
			x := termtest.New(t)
			if code := run(args, strings.NewReader(""), x.TTY, x.TTY); code != verb.OK {
				t.Errorf("exit code %d", code)
			}
			compare(t, c.name+".terminal", strings.ReplaceAll(x.End(), "\r\n", "\n"))
			code, out, errs := piped("", args...)
			if code != verb.OK {
				t.Errorf("in a pipe: exit code %d, %s", code, errs)
			}
			compare(t, c.name+".pipe", out)
			code, out, errs = piped("", append(args, "--json")...)
			if code != verb.OK {
				t.Errorf("--json: exit code %d, %s", code, errs)
			}
			compare(t, c.name+".json", out)
		})
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	got = clock.ReplaceAllString(got, "at 00:00:00")
	path := filepath.Join("testdata", "output", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// TestColoursOfResults: they are on a terminal, and off where NO_COLOR says so.
func TestColoursOfResults(t *testing.T) {
	for _, c := range []struct{ name, args, want string }{
		{"a header", "zone list", "\x1b[1mZONE"},
		{"what goes", "show 42", "\x1b[31m- www.a.example. 300 CNAME old.example.net.\x1b[0m"},
		{"what comes", "show 42", "\x1b[32m+ www.a.example. 300 CNAME new.example.net.\x1b[0m"},
		{"a tree", "who main.example.net", "├── \x1b[36ma.example.\x1b[0m"},
		{"a warning", "plan show p1", "\x1b[33mwarning: the chain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			newFake(t, shownAnswers())
			for _, off := range []string{"", "1"} {
				t.Setenv("NO_COLOR", off)
				x := termtest.New(t)
				run(strings.Fields(c.args), strings.NewReader(""), x.TTY, io.Discard)
				if shown := x.End(); strings.Contains(shown, c.want) != (off == "") || strings.Contains(shown, "\x1b") != (off == "") {
					t.Errorf("NO_COLOR=%q: %q", off, shown)
				}
			}
			var out bytes.Buffer
			run(strings.Fields(c.args), strings.NewReader(""), &out, io.Discard)
			if strings.Contains(out.String(), "\x1b") {
				t.Errorf("in a pipe: %q", out.String())
			}
		})
	}
}

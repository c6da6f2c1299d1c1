package app

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/load"
)

const head = "@ 300 SOA ns.example.net. h.example.net. 7 7200 900 1209600 300\n@ 300 NS ns.example.net.\n"

// setOf is the zones of these texts, by origin.
func setOf(t *testing.T, texts map[string]string) *zone.Set {
	t.Helper()
	set := new(zone.Set)
	for origin, text := range texts {
		path := filepath.Join(t.TempDir(), origin+".zone")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := load.File(path, load.Options{})
		if r.Snapshot == nil {
			t.Fatal(r.Findings)
		}
		set = set.With(zone.Entry{Apex: r.Apex, Zone: r.Snapshot})
	}
	return set
}

func TestExamplesHaveAnswers(t *testing.T) {
	only := []string{"example.com. SOA", "example.com. NS", "version.bind CH TXT"}
	for _, c := range []struct {
		name  string
		texts map[string]string
		want  []string
	}{
		{"nothing", nil, []string{"version.bind CH TXT"}},
		{"an alias, a wildcard, an address", map[string]string{"example.com": head + "a 60 CNAME b\nb 60 A 192.0.2.1\n*.w 60 CNAME a\n"},
			[]string{"a.example.com. A", "anything.w.example.com. A", "b.example.com. A"}},
		{"an alias into another zone", map[string]string{"example.com": head + "a 60 CNAME b.example.net.\n", "example.net": head + "b 60 A 192.0.2.1\n"},
			[]string{"a.example.com. A", "b.example.net. A", ""}},
		{"apex alone", map[string]string{"example.com": head}, only},
		{"aliases that lead nowhere", map[string]string{"example.com": head + "a 60 CNAME missing\nb 60 CNAME c\nc 60 CNAME b\nd 60 CNAME elsewhere.example.\n"}, only},
		{"glue", map[string]string{"example.com": head + "lab 60 NS ns.lab\nns.lab 60 A 192.0.2.1\n"}, only},
		{"names that a shell would not take as they are", map[string]string{"example.com": head + "a\\;b 60 A 192.0.2.1\n\\$x 60 A 192.0.2.1\n\\(y 60 A 192.0.2.1\n"}, only},
		{"a wildcard whose example exists as something else", map[string]string{"example.com": head + "* 60 A 192.0.2.1\nanything 60 TXT x\n"}, only},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := examples(setOf(t, c.texts), 16, true)
			if last := len(c.want) - 1; c.want[last] == "" && len(got) > last { // whichever zone comes first
				got[last] = ""
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := examples(new(zone.Set), 16, false); len(got) != 0 {
		t.Errorf("without zones and version: %q", got)
	}
}

func TestExamplesOfTheExampleZones(t *testing.T) {
	texts := make(map[string]string)
	for _, origin := range []string{"example.com", "example.net"} {
		b, err := os.ReadFile("../../examples/" + origin + ".zone")
		if err != nil {
			t.Fatal(err)
		}
		texts[origin] = string(b)
	}
	got := examples(setOf(t, texts), 16, true)
	if len(got) != 3 || slices.Contains(got, "version.bind CH TXT") {
		t.Errorf("got %q", got)
	}
}

func TestReachable(t *testing.T) {
	for in, want := range map[string]string{
		"0.0.0.0:53": "127.0.0.1:53", "[::]:53": "[::1]:53", "192.0.2.1:53": "192.0.2.1:53", "[::ffff:0.0.0.0]:53": "127.0.0.1:53",
	} {
		if got := reachable(netip.MustParseAddrPort(in)); got.String() != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

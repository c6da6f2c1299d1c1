package offline

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/zone/lint"
)

const checkHead = "$TTL 3600\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n"

// sarifOf runs the check of one zone file and reads what it says.
func sarifOf(t *testing.T, path string) sarifRun {
	t.Helper()
	var out, complaints bytes.Buffer
	if code := run([]string{"check", "--format", "sarif", path}, &out, &complaints); code == verb.WrongUsage {
		t.Fatalf("exit code %d: %s", code, complaints.String())
	}
	var log sarifLog
	dec := json.NewDecoder(&out)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("%v: %+v", err, log)
	}
	return log.Runs[0]
}

func writeZone(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.example.zone")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSARIFHasWhatTheSchemaRequires(t *testing.T) {
	run := sarifOf(t, writeZone(t, checkHead+"www CNAME host\nwww TXT x\n@ MX 10 a..b.\n"))
	rules := run.Tool.Driver.Rules
	for _, r := range rules {
		if r.ID == "" || r.Short.Text == "" || !strings.HasPrefix(r.HelpURI, "https://") || r.Defaults.Level != "error" && r.Defaults.Level != "warning" {
			t.Errorf("incomplete rule %+v", r)
		}
	}
	if len(rules) != len(lint.Rules())+1 {
		t.Errorf("%d rules, want one more than there are for zones", len(rules))
	}
	if len(run.Results) != 2 {
		t.Errorf("got %+v", run.Results)
	}
	for _, r := range run.Results {
		at := r.Locations[0].Physical
		if rules[r.RuleIndex].ID != r.RuleID || r.Message.Text == "" || r.Level == "" || at.Region.StartLine < 1 || at.Region.StartColumn < 1 || !strings.HasPrefix(at.Artifact.URI, "file:///") {
			t.Errorf("incomplete result %+v", r)
		}
	}
}

// TestSARIFFixesMendTheFile applies every replacement to the text and checks again.
func TestSARIFFixesMendTheFile(t *testing.T) {
	for _, c := range []struct {
		name, line string
		rule       string
		fixes      int
	}{
		{"relative target", "www CNAME a\na CNAME b\nb A 192.0.2.1\n", "alias-chain", 1},
		{"absolute owner, TTL and class", "www.a.example. 300 IN CNAME a.a.example.\na CNAME b\nb A 192.0.2.1\n", "alias-chain", 1},
		{"comment is kept", "www CNAME a ; the web\na CNAME b\nb A 192.0.2.1\n", "alias-chain", 1},
		{"final dot missing", "www CNAME b.a.example\nb A 192.0.2.1\n", "trailing-dot", 1},
		{"mail to an alias", "@ MX 10 m\nm CNAME b\nb A 192.0.2.1\n", "mx-target-is-alias", 1},
		{"line that is taken away", "a CNAME a\nb A 192.0.2.1\n", "cname-loop", 1},
		{"owner is taken over by the next line", "w DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n  A 192.0.2.1\n", "ds-without-ns", 0},
		{"record on two lines", "www CNAME (\n a )\na CNAME b\nb A 192.0.2.1\n", "alias-chain", 0},
		{"record that is generated", "$GENERATE 1-1 w$ CNAME a\na CNAME b\nb A 192.0.2.1\n", "alias-chain", 0},
		{"other origin", "$ORIGIN x.a.example.\nwww CNAME a\na CNAME b\nb A 192.0.2.1\n", "alias-chain", 0},
		{"patch of two records", "www CNAME 192.0.2.1.\n", "address-as-target", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeZone(t, checkHead+c.line)
			seen := false
			for _, r := range sarifOf(t, path).Results {
				if r.RuleID != c.rule {
					continue
				}
				if seen = true; len(r.Fixes) != c.fixes {
					t.Errorf("%d fixes, want %d: %+v", len(r.Fixes), c.fixes, r.Fixes)
				}
				for _, fix := range r.Fixes {
					mended := writeZone(t, replaced(checkHead+c.line, fix.Changes[0].Replacements[0]))
					for _, left := range sarifOf(t, mended).Results {
						if left.RuleID == c.rule || left.Level == "error" {
							t.Errorf("after %q: %+v", fix.Description.Text, left)
						}
					}
				}
			}
			if !seen {
				t.Errorf("no %s", c.rule)
			}
		})
	}
}

func replaced(text string, r sarifReplacement) string {
	lines := strings.SplitAfter(text, "\n")
	out := strings.Join(lines[:r.Deleted.StartLine-1], "")
	if r.Inserted != nil {
		out += r.Inserted.Text
	}
	return out + strings.Join(lines[r.Deleted.EndLine-1:], "")
}

func TestReplacedKeepsTheComment(t *testing.T) {
	path := writeZone(t, checkHead+"www CNAME a ; the web\na CNAME b\nb A 192.0.2.1\n")
	for _, r := range sarifOf(t, path).Results {
		if got := r.Fixes[0].Changes[0].Replacements[0].Inserted.Text; got != "www.a.example. 3600 CNAME b.a.example. ; the web\n" {
			t.Errorf("got %q", got)
		}
	}
}

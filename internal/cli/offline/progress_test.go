package offline

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/cli/term/termtest"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// From here on work takes so long that a person wants to see how far it is.
const (
	manyFiles  = 50
	manyOctets = 4 << 20
)

const goodZone = "@ 300 SOA ns.example.net. h.example.net. 7 7200 900 1209600 300\n@ 300 NS ns.example.net.\n"

// manyZones is a directory of n zone files, every tenth with a warning.
func manyZones(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		text := goodZone
		if i%10 == 0 {
			text += "www 300 CNAME missing\n"
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("c%d.example.zone", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// largeZone is a zone file of more than manyOctets.
func largeZone(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(goodZone)
	for i := 0; b.Len() <= manyOctets; i++ {
		fmt.Fprintf(&b, "a-rather-long-name-for-a-host-%d 300 A 192.0.2.1\n", i)
	}
	path := filepath.Join(t.TempDir(), "large.example.zone")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProgressShowsOnATerminalForLongWork(t *testing.T) {
	large := largeZone(t)
	for _, c := range []struct {
		name  string
		args  []string
		shown bool
	}{
		{"many files", []string{"zone", "check", manyZones(t, manyFiles)}, true},
		{"few files", []string{"zone", "check", manyZones(t, manyFiles-1)}, false},
		{"a large file", []string{"zone", "check", large}, true},
		{"a large file printed", []string{"zone", "print", large}, true},
		{"JSON", []string{"zone", "check", "--json", large}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := termtest.New(t)
			var out bytes.Buffer
			code := run(c.args, &out, x.TTY)
			shown := x.End()
			if code != verb.OK {
				t.Errorf("exit code %d", code)
			}
			if got := strings.Contains(shown, "reading zones"); got != c.shown {
				t.Errorf("terminal: %q", shown)
			}
			if strings.Contains(out.String(), "reading zones") || strings.Contains(out.String(), "\x1b") {
				t.Error("the bar is in the output")
			}
		})
	}
}

func TestNothingButTheReportOnAPipe(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run([]string{"zone", "check", manyZones(t, 2*manyFiles)}, &out, &errs); code != verb.OK {
		t.Errorf("exit code %d", code)
	}
	if errs.Len() > 0 || strings.Contains(out.String(), "\x1b") || strings.Count(out.String(), "\n") != 2*manyFiles+2*10+1 {
		t.Errorf("stderr %q, stdout\n%s", errs.String(), out.String())
	}
}

// TestReportAndProgressOnOneTerminal: no line of the report is lost under the bar.
func TestReportAndProgressOnOneTerminal(t *testing.T) {
	const files = 3 * manyFiles
	dir := manyZones(t, files)
	x := termtest.New(t)
	if code := run([]string{"zone", "check", dir}, x.TTY, x.TTY); code != verb.OK {
		t.Errorf("exit code %d", code)
	}
	shown := termtest.Screen(x.End())
	summaries := 0
	for _, line := range shown {
		if strings.Contains(line, ": zone c") && strings.HasSuffix(line, "warnings") || strings.HasSuffix(line, "1 warning") {
			summaries++
		}
	}
	if summaries != files {
		t.Errorf("%d of %d lines are left on the screen:\n%s", summaries, files, strings.Join(shown, "\n"))
	}
	if last := shown[len(shown)-1]; last != "150 files: 0 errors, 15 warnings" {
		t.Errorf("last line %q", last)
	}
}

func TestColours(t *testing.T) {
	path := filepath.Join(t.TempDir(), "example.com.zone")
	if err := os.WriteFile(path, []byte(goodZone+"www 300 CNAME missing\nx 300 A nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, noColor string
		want          bool
	}{{"on a terminal", "", true}, {"unless NO_COLOR says otherwise", "1", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", c.noColor)
			x := termtest.New(t)
			if code := run([]string{"zone", "check", path}, x.TTY, io.Discard); code != verb.Failed {
				t.Errorf("exit code %d", code)
			}
			shown := x.End()
			if strings.Contains(shown, "\x1b[31m") != c.want || strings.Contains(shown, "\x1b[0m") != c.want {
				t.Errorf("terminal: %q", shown)
			}
		})
	}
}

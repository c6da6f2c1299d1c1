package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal: what is written to tty is read as text by end.
type terminal struct {
	tty  *os.File
	ptm  *os.File
	got  bytes.Buffer
	done sync.WaitGroup
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	ptm, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	fd := int(ptm.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 120}); err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	x := &terminal{tty: tty, ptm: ptm}
	x.done.Go(func() { _, _ = io.Copy(&x.got, ptm) }) // ends with an error when tty is closed
	return x
}

// end is all that was shown.
func (x *terminal) end() string {
	x.tty.Close()
	x.done.Wait()
	x.ptm.Close()
	return x.got.String()
}

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

// largeZone is a zone file of more than barBytes.
func largeZone(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(goodZone)
	for i := 0; b.Len() <= barBytes; i++ {
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
		{"many files", []string{"zone", "check", manyZones(t, barFiles)}, true},
		{"few files", []string{"zone", "check", manyZones(t, barFiles-1)}, false},
		{"a large file", []string{"zone", "check", large}, true},
		{"a large file printed", []string{"zone", "print", large}, true},
		{"JSON", []string{"zone", "check", "--json", large}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTerminal(t)
			var out bytes.Buffer
			code := Main(c.args, &out, x.tty)
			shown := x.end()
			if code != exitOK {
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
	if code := Main([]string{"zone", "check", manyZones(t, 2*barFiles)}, &out, &errs); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if errs.Len() > 0 || strings.Contains(out.String(), "\x1b") || strings.Count(out.String(), "\n") != 2*barFiles+2*10+1 {
		t.Errorf("stderr %q, stdout\n%s", errs.String(), out.String())
	}
}

// TestReportAndProgressOnOneTerminal: no line of the report is lost under the bar.
func TestReportAndProgressOnOneTerminal(t *testing.T) {
	const files = 3 * barFiles
	dir := manyZones(t, files)
	x := newTerminal(t)
	if code := Main([]string{"zone", "check", dir}, x.tty, x.tty); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	shown := screen(x.end())
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

// screen is what an endless screen shows after the output of a bar: it knows
// line feeds, carriage returns, "up n lines" and "erase from here".
func screen(text string) []string {
	lines, row := []string{""}, 0
	for len(text) > 0 {
		var n int
		switch {
		case text[0] == '\n':
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
			text = text[1:]
		case text[0] == '\r':
			text = text[1:]
		case strings.HasPrefix(text, "\x1b["):
			end := strings.IndexFunc(text[2:], func(r rune) bool { return r >= '@' }) + 2
			if _, err := fmt.Sscanf(text[2:end], "%d", &n); err != nil {
				n = 1
			}
			switch text[end] {
			case 'A':
				row = max(0, row-n)
			case 'J':
				lines = append(lines[:row], "")
			}
			text = text[end+1:]
		default:
			end := strings.IndexAny(text, "\n\r\x1b")
			if end < 0 {
				end = len(text)
			}
			lines[row] += text[:end]
			text = text[end:]
		}
	}
	for len(lines) > 1 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
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
			x := newTerminal(t)
			if code := Main([]string{"zone", "check", path}, x.tty, io.Discard); code != exitFailure {
				t.Errorf("exit code %d", code)
			}
			shown := x.end()
			if strings.Contains(shown, "\x1b[31m") != c.want || strings.Contains(shown, "\x1b[0m") != c.want {
				t.Errorf("terminal: %q", shown)
			}
		})
	}
}

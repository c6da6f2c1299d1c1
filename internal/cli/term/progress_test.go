package term

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/cli/term/termtest"
)

func filesOf(t *testing.T, n, size int) []string {
	t.Helper()
	dir := t.TempDir()
	paths := make([]string, n)
	for i := range paths {
		paths[i] = filepath.Join(dir, strings.Repeat("x", i+1))
		if err := os.WriteFile(paths[i], make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func TestABarIsForLongWork(t *testing.T) {
	for _, c := range []struct {
		name  string
		paths []string
		shown bool
	}{
		{"many files", filesOf(t, barFiles, 1), true},
		{"few files", filesOf(t, barFiles-1, 1), false},
		{"few files with much in them", filesOf(t, 2, barBytes/2), true},
		{"files that are not there", []string{"none"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := termtest.New(t)
			p := ReadingFiles(x.TTY, c.paths)
			if (p.File() != nil) != c.shown {
				t.Error("the function of a file is there where no bar is, or the other way round")
			}
			p.End()
			if shown := x.End(); strings.Contains(shown, "reading zones") != c.shown {
				t.Errorf("shown %q", shown)
			}
			if p := ReadingFiles(io.Discard, c.paths); p.File() != nil {
				t.Error("a bar in a pipe")
			}
		})
	}
}

// TestABarSaysWhatIsDone: words stay until others come.
func TestABarSaysWhatIsDone(t *testing.T) {
	x := termtest.New(t)
	p := NewBar(x.TTY, "importing ", barBytes)
	x.Await("importing")
	p.Reach("checking ", barBytes/2)
	p.Reach("", barBytes)
	x.Await(`checking .*4\.0 MiB of 4\.0 MiB`)
	p.End()
	for _, line := range termtest.Screen(x.End()) {
		if strings.Contains(line, "checking") {
			t.Errorf("the bar stays: %q", line)
		}
	}
}

// TestNoBar: all that a bar can do does nothing where there is none.
func TestNoBar(t *testing.T) {
	for _, p := range []*Progress{{}, NewBar(io.Discard, "x", 1<<40), ReadingFiles(io.Discard, nil)} {
		var out bytes.Buffer
		p.Reach("x", 1)
		if p.File() != nil || p.Above(&out) != io.Writer(&out) {
			t.Error("something is shown")
		}
		p.End()
	}
}

func TestLineGivesUp(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Line(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if got, err := Line(t.Context(), strings.NewReader(" y \n")); got != "y" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSecretIsNotShown(t *testing.T) {
	x := termtest.New(t)
	got := make(chan string)
	go func() {
		line, err := Secret(t.Context(), x.TTY, x.TTY, "Token: ")
		if err != nil {
			t.Error(err)
		}
		got <- line
	}()
	x.Await("Token: ")
	x.Type("hidden\n")
	if line := <-got; line != "hidden" {
		t.Errorf("read %q", line)
	}
	if shown := x.End(); strings.Contains(shown, "hidden") {
		t.Errorf("shown %q", shown)
	}
	var asked bytes.Buffer
	if line, err := Secret(t.Context(), strings.NewReader("piped\n"), &asked, "Token: "); line != "piped" || err != nil || asked.Len() > 0 {
		t.Errorf("from a pipe: %q, %v, asked %q", line, err, asked.String())
	}
}

func TestFields(t *testing.T) {
	var b bytes.Buffer
	if err := Fields(&b, "name", "a.example", "empty", "", "id", "7\n"); err != nil || b.String() != "name\ta.example\nid\t7\\n\n" {
		t.Errorf("%v, %q", err, b.String())
	}
	t.Setenv("NO_COLOR", "1")
	x := termtest.New(t)
	if err := Fields(x.TTY, "name", "a.example", "id", "7"); err != nil {
		t.Error(err)
	}
	if shown := x.End(); shown != "name  a.example\r\nid    7\r\n" {
		t.Errorf("shown %q", shown)
	}
}

func TestWords(t *testing.T) {
	for n, want := range map[int]string{0: "0 zones follow", 1: "1 zone follows", 2: "2 zones follow"} {
		if got := Plural(n, "zone") + " " + Verb(n, "follow"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPaint(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		style            Style
		colour           Colour
	}{
		{"a colour", "x", "\x1b[31mx\x1b[0m", Style{colour: true}, Red},
		{"no colour", "x", "x", Style{colour: true}, Plain},
		{"no text", "", "", Style{colour: true}, Red},
		{"no colours wanted", "x", "x", Style{}, Red},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.style.Paint(c.colour, c.text); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

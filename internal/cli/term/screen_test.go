package term

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/cli/term/termtest"
)

func TestSize(t *testing.T) {
	if columns, lines := Size(&bytes.Buffer{}); columns != 80 || lines != 24 {
		t.Errorf("of no terminal: %d, %d", columns, lines)
	}
	x := termtest.New(t)
	defer x.End()
	for _, c := range []struct {
		name           string
		col, row       uint16
		columns, lines int
	}{
		{"as it says", 120, 50, 120, 50},
		{"that does not say", 0, 0, 80, 24},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := unix.IoctlSetWinsize(int(x.TTY.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: c.row, Col: c.col}); err != nil {
				t.Fatal(err)
			}
			if columns, lines := Size(x.TTY); columns != c.columns || lines != c.lines {
				t.Errorf("%d, %d", columns, lines)
			}
		})
	}
}

// TestGlyphsOfTheLocale: the first variable that is set decides.
func TestGlyphsOfTheLocale(t *testing.T) {
	for _, c := range []struct {
		name             string
		all, ctype, lang string
		drawn            bool
	}{
		{"none", "", "", "", false},
		{"a language", "", "", "de_DE.UTF-8", true},
		{"written otherwise", "", "", "en_US.utf8", true},
		{"C", "", "", "C", false},
		{"C with UTF-8", "", "", "C.UTF-8", true},
		{"characters go before the language", "", "C", "de_DE.UTF-8", false},
		{"all go before the rest", "C.UTF-8", "C", "C", true},
		{"Latin 1", "", "", "de_DE.ISO-8859-1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("LC_ALL", c.all)
			t.Setenv("LC_CTYPE", c.ctype)
			t.Setenv("LANG", c.lang)
			g := GlyphsHere()
			if (g.Knee == "└── ") != c.drawn {
				t.Errorf("%+v", g)
			}
			text := fmt.Sprint(g)
			if ascii := len(text) == utf8.RuneCountInString(text); ascii == c.drawn {
				t.Errorf("%s: ASCII is %v", text, ascii)
			}
			for i := range reflect.TypeOf(g).NumField() {
				if reflect.ValueOf(g).Field(i).String() == "" {
					t.Errorf("no %s", reflect.TypeOf(g).Field(i).Name)
				}
			}
		})
	}
}

func TestFit(t *testing.T) {
	ascii := Glyphs{Cut: "..."}
	for _, c := range []struct {
		g     Glyphs
		text  string
		width int
		want  string
	}{
		{ellipsis, "abcdef", 6, "abcdef"},
		{ellipsis, "abcdef", 5, "abcd…"},
		{ellipsis, "äöüßäö", 5, "äöüß…"},
		{ellipsis, "abcdef", 1, "a"},
		{ellipsis, "abcdef", 0, ""},
		{ellipsis, "abcdef", -1, ""},
		{ascii, "abcdef", 5, "ab..."},
		{ascii, "abcdef", 3, "abc"},
	} {
		if got := c.g.Fit(c.text, c.width); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", " ", nil},
		{"short", "one two", []string{"one two"}},
		{"at blanks", "one two three four", []string{"one two", "three four"}},
		{"a word that is too long", "a abcdefghijklmnop b", []string{"a", "abcdefghij", "klmnop b"}},
		{"a word of the width", "abcdefghij k", []string{"abcdefghij", "k"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Wrap(c.text, 10); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if got := Wrap("ab", -1); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("without room: %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		text, width := rapid.StringMatching(`[a-c ]{0,80}`).Draw(t, "text"), rapid.IntRange(1, 30).Draw(t, "width")
		lines := Wrap(text, width)
		for _, line := range lines {
			if len(line) > width || line == "" {
				t.Fatalf("line %q in %d", line, width)
			}
		}
		if bare := strings.NewReplacer(" ", ""); bare.Replace(strings.Join(lines, "")) != bare.Replace(text) {
			t.Fatalf("%q became %q", text, lines)
		}
	})
}

// TestLive: a block is drawn over the one before, is cut to the height of the
// terminal while it lives, and stays whole at the end.
func TestLive(t *testing.T) {
	numbered := func(n int, of string) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprintf("%s %d", of, i))
		}
		return lines
	}
	x := termtest.New(t)
	_, height := Size(x.TTY)
	l := NewLive(x.TTY)
	fmt.Fprintln(x.TTY, "before")
	steps := []struct {
		name  string
		lines []string
		end   bool
		want  []string
	}{
		{"the first", numbered(3, "a"), false, numbered(3, "a")},
		{"fewer lines", numbered(1, "b"), false, numbered(1, "b")},
		{"as many as fit", numbered(height-1, "c"), false, numbered(height-1, "c")},
		{"too many", numbered(height+6, "d"), false, append(numbered(height-2, "d"), "(8 more)")},
		{"the end", numbered(height+6, "e"), true, numbered(height+6, "e")},
	}
	want := []string{"before"}
	for _, step := range steps {
		draw := l.Draw
		if step.end {
			draw = l.End
		}
		if err := draw(step.lines); err != nil {
			t.Fatal(err)
		}
		last := step.want[len(step.want)-1]
		x.Await(strings.NewReplacer("(", `\(`, ")", `\)`).Replace(last) + "\r\n$")
		if got := termtest.Screen(x.Shown()); !slices.Equal(got, append(want, step.want...)) {
			t.Errorf("%s: %q", step.name, got)
		}
	}
	if err := l.Draw(numbered(1, "f")); err != nil {
		t.Fatal(err)
	}
	got := termtest.Screen(x.End())
	if want := append(numbered(height+6, "e"), "f 0"); !slices.Equal(got[1:], want) {
		t.Errorf("after the end: %q", got)
	}
}

// TestLiveOnANarrowTerminal: a line that is too wide takes several rows, and all
// of them are drawn over; colours take no room.
func TestLiveOnANarrowTerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		line string
		rows int
	}{
		{"none", "", 1},
		{"fits", strings.Repeat("ä", 120), 1},
		{"one too many", strings.Repeat("ä", 121), 2},
		{"two rows", strings.Repeat("x", 240), 2},
		{"colours", Style{colour: true}.Paint(Red, strings.Repeat("x", 120)), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := termtest.New(t)
			l := NewLive(x.TTY)
			for range 2 {
				if err := l.Draw([]string{c.line}); err != nil {
					t.Fatal(err)
				}
			}
			if shown, want := x.End(), fmt.Sprintf("\x1b[%dA\r\x1b[J", c.rows); !strings.Contains(shown, want) {
				t.Errorf("%q, want %q", shown, want)
			}
		})
	}
	x := termtest.New(t)
	if err := NewLive(x.TTY).Draw(slices.Repeat([]string{strings.Repeat("x", 240)}, 12)); err != nil {
		t.Fatal(err)
	}
	if got := termtest.Screen(x.End()); len(got) != 12 || got[11] != "(1 more)" {
		t.Errorf("%d lines, the last is %q", len(got), got[len(got)-1])
	}
}

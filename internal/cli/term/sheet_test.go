package term

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var ellipsis = Glyphs{Cut: "…"}

// TestSheetFits: what may give way does, the widest first; nothing else does.
func TestSheetFits(t *testing.T) {
	const (
		long   = "a-name-that-is-rather-long.customers.example."
		target = "d111111abcdef8.cloudfront.net."
	)
	for _, c := range []struct {
		name  string
		width int
		lead  string
		row   []Cell
		want  string
	}{
		{"all fits", 100, "", Cells(long, "300", target), "NAME                                           TTL  TARGET\n" + long + "  300  " + target},
		{"a name is cut", 70, "", Cells(long, "300", target), "NAME                               TTL  TARGET\na-name-that-is-rather-long.custo…  300  " + target},
		{"both are cut to one width", 60, "", Cells(long, "86400", target), "" +
			"NAME                         TTL  TARGET\n" +
			"a-name-that-is-rather-lo…  86400  d111111abcdef8.cloudfront…"},
		{"a TTL never is", 20, "", Cells(long, "2147483647", target), "" +
			"NAME                 TTL  TARGET\n" +
			"a-name-that…  2147483647  d111111abcd…"},
		{"a column without texts is left out", 100, "", Cells("a.", "", "b."), "NAME  TARGET\na.    b."},
		{"below another line", 40, "└── ", Cells(long, "1", ""), "" +
			"NAME                                 TTL\n" +
			"└── a-name-that-is-rather-long.cus…    1"},
		{"text that would draw", 40, "", Cells("a\x1b[2J\n", "1", ""), "NAME        TTL\n" + `a\x1b[2J\n    1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := NewSheet(Style{}, ellipsis, "NAME~", "TTL>", "TARGET~")
			s.Row(c.lead, c.row...)
			if got := strings.Join(s.Lines(c.width), "\n"); got != c.want {
				t.Errorf("shown:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
	if got := NewSheet(Style{}, ellipsis, "NAME").Lines(80); got != nil {
		t.Errorf("without rows: %q", got)
	}
}

func TestSheetColours(t *testing.T) {
	s := NewSheet(Style{colour: true}, ellipsis, "NAME~", "TTL>")
	s.Row("└── ", Key("a."), In(Red, "5"))
	want := "\x1b[1mNAME\x1b[0m    \x1b[1mTTL\x1b[0m\n└── \x1b[36ma.\x1b[0m    \x1b[31m5\x1b[0m"
	if got := strings.Join(s.Lines(80), "\n"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSheetIsNeverTooWide: with room for the columns that stay and the least of
// the others no line is wider than said, and what stays is never cut.
func TestSheetIsNeverTooWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSheet(Style{}, GlyphsHere(), "NAME~", "TTL>", "TARGET~", "KIND")
		text := rapid.StringMatching(`[a-z.]{0,70}`)
		ttl := rapid.StringMatching(`[0-9]{1,10}`)
		var ttls []string
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			ttls = append(ttls, ttl.Draw(t, "ttl"))
			s.Row(strings.Repeat("|   ", rapid.IntRange(0, 2).Draw(t, "depth")), Text(text.Draw(t, "name")), Text(ttls[len(ttls)-1]), Text(text.Draw(t, "target")), Text("CNAME"))
		}
		width := rapid.IntRange(2*least+10+5+6, 200).Draw(t, "width")
		lines := s.Lines(width)
		for i, line := range lines {
			if n := utf8.RuneCountInString(line); n > width {
				t.Fatalf("%d characters, %d wanted: %q", n, width, line)
			}
			if i > 0 && !strings.Contains(line, ttls[i-1]) {
				t.Fatalf("the TTL %s is cut: %q", ttls[i-1], line)
			}
		}
	})
}

func TestSheetLineOfItsOwn(t *testing.T) {
	s := NewSheet(Style{}, ellipsis, "NAME~", "TTL>")
	s.Row("", Text("a.example."), Text("5"))
	s.Row("│   ", Text("a text that is longer than the columns"))
	s.Row("│   ", Text(strings.Repeat("x", 60)))
	want := "NAME        TTL\n" +
		"a.example.    5\n" +
		"│   a text that is longer than the columns\n" +
		"│   " + strings.Repeat("x", 45) + "…"
	if got := strings.Join(s.Lines(50), "\n"); got != want {
		t.Errorf("shown:\n%s\nwant:\n%s", got, want)
	}
}

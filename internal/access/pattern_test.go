package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"pgregory.net/rapid"
)

func TestMatchOwner(t *testing.T) {
	const apex = "example.com."
	for _, c := range []struct {
		situation, pattern, owner string
		want                      bool
	}{
		{"the apex by its sign", "@", "example.com.", true},
		{"the sign of the apex is no other name", "@", "www.example.com.", false},
		{"a relative name", "www", "www.example.com.", true},
		{"a relative name in another case", "WwW", "wWw.EXAMPLE.com.", true},
		{"a relative name is not one above it", "www.eu", "eu.example.com.", false},
		{"a relative name is not one below it", "www", "a.www.example.com.", false},
		{"two labels", "_acme-challenge.www", "_acme-challenge.www.example.com.", true},
		{"an absolute name", "www.example.com.", "www.example.com.", true},
		{"an absolute name of another zone", "www.example.net.", "www.example.com.", false},
		{"an absolute name without its dot is relative", "www.example.com", "www.example.com.", false},
		{"the absolute apex", "example.com.", "example.com.", true},
		{"one label", "*", "www.example.com.", true},
		{"one label is not none", "*", "example.com.", false},
		{"one label is not two", "*", "a.b.example.com.", false},
		{"one label is a wildcard too", "*", "*.example.com.", true},
		{"one label first", "_acme-challenge.*", "_acme-challenge.www.example.com.", true},
		{"one label in the middle", "a.*.c", "a.b.c.example.com.", true},
		{"one label in the middle, another end", "a.*.c", "a.b.d.example.com.", false},
		{"one label of an absolute name", "*.example.com.", "www.example.com.", true},
		{"one label above the apex", "www.*.com.", "www.example.com.", true},
		{"any depth: one", "**", "www.example.com.", true},
		{"any depth: three", "**", "a.b.c.example.com.", true},
		{"any depth is not the apex", "**", "example.com.", false},
		{"any depth below a name", "**.dyn", "a.b.dyn.example.com.", true},
		{"any depth below a name is not the name", "**.dyn", "dyn.example.com.", false},
		{"any depth below a name is not beside it", "**.dyn", "a.dyne.example.com.", false},
		{"any depth below one label", "**.*", "a.b.example.com.", true},
		{"any depth below one label needs two", "**.*", "b.example.com.", false},
		{"any depth below an absolute name", "**.dyn.example.com.", "a.dyn.example.com.", true},
		{"any depth below the root", "**.", "example.com.", true},
		{"any depth not at the start", "a.**", "a.b.example.com.", false},
		{"any depth not at the start is no literal", "a.**", "a.**.example.com.", false},
		{"stars that are part of a label are letters", "a*", "ab.example.com.", false},
		{"stars that are part of a label, as they stand", "a*", "a*.example.com.", true},
		{"three stars are letters", "***", "a.example.com.", false},
		{"a literal asterisk", `\*`, "*.example.com.", true},
		{"a literal asterisk is no other label", `\*`, "www.example.com.", false},
		{"a literal asterisk by number", `\042`, "www.example.com.", false},
		{"a literal asterisk by number, met", `\042`, "*.example.com.", true},
		{"a literal asterisk behind another label", `a.\*`, "a.b.example.com.", false},
		{"a literal asterisk, then any label", `\*.*`, "*.b.example.com.", true},
		{"any label, then a literal asterisk", `*.\*`, "b.c.example.com.", false},
		{"two literal asterisks", `\*\*`, "a.example.com.", false},
		{"two literal asterisks, met", `\*\*`, `**.example.com.`, true},
		{"an asterisk and a literal one", `*\*`, "a.example.com.", false},
		{"an escaped dot is no end of a label", `a\.*`, `a\.b.example.com.`, false},
		{"an escaped dot, met", `a\.*`, `a\.*.example.com.`, true},
		{"an escaped backslash before a dot", `a\\.*`, `a\\.b.example.com.`, true},
		{"a sign that is a label", "@.www", `\@.www.example.com.`, true},
		{"a sign behind any depth is a label", "**.@", `a.\@.example.com.`, true},
		{"a sign behind any depth is not the apex", "**.@", "a.example.com.", false},
		{"an international name", "bücher", "xn--bcher-kva.example.com.", true},
		{"an owner that is not in the zone", "**", "www.example.net.", false},
		{"the parent of the zone", "**.", "com.", false},
		{"nothing", "", "example.com.", false},
		{"an empty label", "a..b", "a.b.example.com.", false},
		{"only dots", "..", "example.com.", false},
		{"any depth and only dots", "**..", "www.example.com.", false},
		{"a lone backslash", `a\`, "a.example.com.", false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			if got := MatchOwner(c.pattern, dname.MustParse(apex), dname.MustParse(c.owner)); got != c.want {
				t.Errorf("MatchOwner(%q, %s, %s) = %v, want %v", c.pattern, apex, c.owner, got, c.want)
			}
		})
	}
}

func TestMatchOwnerInTheRoot(t *testing.T) {
	for pattern, want := range map[string]bool{"@": false, ".": false, "com": true, "com.": true, "*": true, "**": true, "**.": true, "**.com": false} {
		if got := MatchOwner(pattern, dname.Root, dname.MustParse("com.")); got != want {
			t.Errorf("%q matches com. in the root: %v, want %v", pattern, got, want)
		}
	}
	if !MatchOwner("@", dname.Root, dname.Root) || !MatchOwner(".", dname.Root, dname.Root) || MatchOwner("**", dname.Root, dname.Root) {
		t.Error("the root is its own apex, and not below itself")
	}
}

// A name of the greatest length has no room for a label of the pattern more.
func TestMatchOwnerOfTheLongestName(t *testing.T) {
	label := strings.Repeat("a", 62)
	apex := dname.MustParse(strings.Join([]string{label, label, label, label}, ".") + ".")
	if len(apex) != 253 || !MatchOwner("@", apex, apex) || MatchOwner("**", apex, apex) {
		t.Error("the apex is not told from names below it")
	}
	long := dname.Name(append([]byte{1, 'x'}, apex...))
	if len(long) != dname.MaxLen || !MatchOwner("**", apex, long) || !MatchOwner("*", apex, long) {
		t.Error("the only names that fit below the apex are not matched")
	}
}

// labels are few, so that patterns and names meet often.
var labels = rapid.SampledFrom([]string{"a", "b", `\*`, "A"})

func names(most int) *rapid.Generator[[]string] { return rapid.SliceOfN(labels, 0, most) }

func nameOf(labels []string) dname.Name {
	if len(labels) == 0 {
		return dname.Root
	}
	return dname.MustParse(strings.Join(labels, ".") + ".")
}

// patterns are texts of patterns.
func patterns(t *rapid.T, of string) string {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", `\*`, "*", "*"}), 0, 4).Draw(t, of)
	if rapid.Bool().Draw(t, of+" is deep") {
		parts = append([]string{"**"}, parts...)
	}
	text := strings.Join(parts, ".")
	if rapid.Bool().Draw(t, of+" is absolute") {
		text += "."
	}
	if text == "" {
		text = "@"
	}
	return text
}

// modelMatch is MatchOwner as one would explain it, over lists of labels.
func modelMatch(pattern string, apex, owner []string) bool {
	rest := owner
	if pattern == "@" {
		return len(owner) == len(apex)
	}
	text, absolute := strings.CutSuffix(pattern, ".")
	if !absolute {
		rest = owner[:len(owner)-len(apex)]
	}
	want := strings.Split(text, ".")
	if text == "" {
		want = nil
	}
	if len(want) > 0 && want[0] == "**" {
		want = want[1:]
		if len(rest) <= len(want) {
			return false
		}
		rest = rest[len(rest)-len(want):]
	}
	return slices.EqualFunc(want, rest, func(p, l string) bool { return p == "*" || strings.EqualFold(p, l) })
}

func TestMatchOwnerIsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := patterns(t, "pattern")
		apex := names(2).Draw(t, "apex")
		owner := append(names(4).Draw(t, "owner"), apex...)
		want := modelMatch(pattern, apex, owner)
		if got := MatchOwner(pattern, nameOf(apex), nameOf(owner)); got != want {
			t.Fatalf("MatchOwner(%q, %v, %v) = %v, want %v", pattern, apex, owner, got, want)
		}
	})
}

func TestPatternWithinPattern(t *testing.T) {
	for _, c := range []struct {
		narrow, wide string
		want         bool
	}{
		{"www", "www", true},
		{"www", "WWW", true},
		{"www", "*", true},
		{"*", "www", false},
		{`\*`, "*", true},
		{"*", `\*`, false},
		{"www", "**", true},
		{"a.www", "**", true},
		{"@", "**", false},
		{"@", "@", true},
		{"**", "**", true},
		{"**.a", "**", true},
		{"**", "**.a", false},
		{"**.a", "**.*", true},
		{"**.*", "**.a", false},
		{"*.a", "**.a", true},
		{"a", "**.a", false},
		{"*", "**", true},
		{"**", "*", false},
		{"b.a", "*.a", true},
		{"b.a", "a", false},
		{"www.example.com.", "www", false},
		{"www", "www.example.com.", false},
		{"a.example.com.", "*.example.com.", true},
		{"a.example.com.", "**.com.", true},
		{"**.example.com.", "**.", true},
	} {
		narrow, errA := parseOwner(c.narrow)
		wide, errB := parseOwner(c.wide)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := narrow.within(&wide); got != c.want {
			t.Errorf("%q within %q: %v, want %v", c.narrow, c.wide, got, c.want)
		}
	}
}

func TestWhatAPatternWithinMatchesTheWideOneMatches(t *testing.T) {
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		a, b := patterns(t, "narrow"), patterns(t, "wide")
		narrow, errA := parseOwner(a)
		wide, errB := parseOwner(b)
		if errA != nil || errB != nil {
			t.Skip("not patterns")
		}
		if !narrow.within(&wide) {
			return
		}
		met++
		apex := names(2).Draw(t, "apex")
		owner := append(names(5).Draw(t, "owner"), apex...)
		if MatchOwner(a, nameOf(apex), nameOf(owner)) && !MatchOwner(b, nameOf(apex), nameOf(owner)) {
			t.Fatalf("%q is said to be within %q, but matches %v in %v alone", a, b, owner, apex)
		}
	})
	if met == 0 {
		t.Error("no pattern was ever within another: nothing was tested")
	}
}

func FuzzMatchOwner(f *testing.F) {
	for _, seed := range []string{"@", "*", "**", "**.", "**..", `\*.*`, "a.**", "bücher.*", `\042`, "a。b", "**。a"} {
		f.Add(seed, []byte("\x03www\x07example\x03com\x00"), uint8(2))
	}
	f.Fuzz(func(t *testing.T, pattern string, wire []byte, depth uint8) {
		if dname.Check(wire) != nil {
			return
		}
		owner := dname.Name(wire)
		apex := owner.Suffix(min(int(depth), owner.Labels()))
		matched := MatchOwner(pattern, apex, owner)
		if matched != MatchOwner(pattern, apex.Lower(), owner.Lower()) {
			t.Error("case matters")
		}
		if matched && MatchOwner(pattern, dname.MustParse("other.invalid."), owner) {
			t.Error("an owner matches in a zone that it is not in")
		}
		kept, err := checkOwner(pattern)
		if (err == nil) != parseable(pattern) {
			t.Errorf("checkOwner and parseOwner disagree: %v", err)
		}
		if err == nil && MatchOwner(kept, apex, owner) != matched {
			t.Errorf("%q, kept as %q, matches something else", pattern, kept)
		}
		if o, err := parseOwner(pattern); err == nil && !o.within(&o) {
			t.Errorf("%q is not within itself", pattern)
		}
	})
}

func parseable(pattern string) bool {
	_, err := parseOwner(pattern)
	return err == nil
}

func BenchmarkMatchOwner(b *testing.B) {
	apex, owner := dname.MustParse("example.com."), dname.MustParse("_acme-challenge.www.example.com.")
	for b.Loop() {
		if !MatchOwner("_acme-challenge.*", apex, owner) {
			b.Fatal("no match")
		}
	}
}

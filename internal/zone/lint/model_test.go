package lint

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// someZones draws the text of two zones that point at each other a lot.
func someZones(t *rapid.T, label string) []string {
	names := []string{"a", "b", "c", "x.a", "x.b", "*.b", "*.c", "y.c"}
	targets := []string{"a.example.com.", "b.example.com.", "x.b.example.com.", "y.c.example.com.", "a.example.org.", "x.a.example.org.", "b.example.org.", "q.c.example.org.", "host.example.net."}
	forms := []string{"CNAME %s", "CNAME %s", "ALIAS %s", "DNAME %s", "HTTPS 0 %s", "A 192.0.2.1", "TXT x", "NS %s"}
	texts := []string{head, beside}
	for i := range texts {
		var b strings.Builder
		for range rapid.IntRange(0, 6).Draw(t, label) {
			form := rapid.SampledFrom(forms).Draw(t, "form")
			if strings.Contains(form, "%s") {
				form = fmt.Sprintf(form, rapid.SampledFrom(targets).Draw(t, "target"))
			}
			owner := rapid.SampledFrom(names).Draw(t, "owner")
			fmt.Fprintf(&b, "%s %s\n", owner, form)
			for range rapid.IntRange(0, 2).Draw(t, "more") * strings.Count(form, "ALIAS") {
				fmt.Fprintf(&b, "%s ALIAS %s\n", owner, rapid.SampledFrom(targets).Draw(t, "target"))
			}
		}
		texts[i] += b.String()
	}
	return texts
}

// errorsOf are the errors of all zones in the set, judged one by one.
func errorsOf(s *zone.Set) (ids, codes map[string]bool) {
	ids, codes = make(map[string]bool), make(map[string]bool)
	for e := range s.All {
		for _, f := range CheckZone(e.Zone, Options{World: s, MaxChain: reach.LongChain}).Findings {
			if f.Severity == Error {
				codes[f.Code] = true
				if strings.Contains(f.Message, inCircle) {
					continue // one of several through the same names: compared with all that there are
				}
				if f.Code == cnameLoop.Code {
					f.Owner = "" // whoever comes to the growing names first
				}
				ids[f.Code+" "+f.Owner+" "+f.Message] = true
			}
		}
	}
	return ids, codes
}

// TestAChangeIsJudgedAsTheWholeWouldBe compares the judgement of a Change with what
// a check of all zones says before and after.
func TestAChangeIsJudgedAsTheWholeWouldBe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		oldTexts, newTexts := someZones(rt, "old"), someZones(rt, "new")
		if rapid.Bool().Draw(rt, "small") { // one zone stays as it is
			newTexts[0] = oldTexts[0]
		}
		before, after := setOf(t, oldTexts), setOf(t, newTexts)
		change := between(before, after)
		change.MaxChain = reach.LongChain
		stood, had := errorsOf(before)
		stand, codes := errorsOf(after)
		got := make(map[string]bool)
		for _, f := range CheckChange(change).Findings {
			if f.Severity != Error {
				continue
			}
			got[f.Code] = true
			loop := f.Code == cnameLoop.Code && codes[dnameLoop.Code] // one name below it, seen from there
			if !codes[f.Code] && !loop {
				rt.Errorf("the Change is refused for %v, which is not there after it", f)
			}
		}
		for id := range stand {
			code, _, _ := strings.Cut(id, " ")
			same := code == cnameLoop.Code && had[dnameLoop.Code] // the circle was there by a DNAME
			if !stood[id] && !got[code] && !same {
				rt.Errorf("%s is not seen in a Change from\n%s\nto\n%s", id, strings.Join(oldTexts, ""), strings.Join(newTexts, ""))
			}
		}
	})
}

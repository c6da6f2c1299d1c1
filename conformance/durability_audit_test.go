package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/truename-dns/truename/api"
)

var noDeadline = context.Background()

// auditor compares what the server holds after a start with what its writers know.
type auditor struct {
	writers []*writer
	seen    uint64            // revision up to which the log has been read
	marks   map[string]uint64 // of the Changes in the log, with their revision
	places  map[place]bool    // all that were ever written
	unsure  []unsure          // deeds that the last kill left unanswered
}

// unsure is a deed whose writer was never told what became of it.
type unsure struct {
	by   *writer
	deed *deed
	done bool // it is in the log
}

// audit returns what does not fit.
func (a *auditor) audit(l *life) error {
	fresh, err := logAfter(l, a.seen)
	if err != nil {
		return err
	}
	if err := a.log(fresh); err != nil {
		return err
	}
	want := a.expected()
	held, err := contents(l)
	if err != nil {
		return err
	}
	if err := agree("the API", want, held); err != nil {
		return err
	}
	return a.answers(l, want)
}

// logAfter is the log behind a revision, oldest first.
func logAfter(l *life, revision uint64) ([]api.Change, error) {
	var all []api.Change
	for c, err := range l.client.Changes(noDeadline, api.ChangeQuery{After: revision, Sets: true, Limit: 500}) {
		if err != nil {
			return nil, fmt.Errorf("reading the log: %w", err)
		}
		all = append(all, c)
	}
	slices.Reverse(all)
	return all, nil
}

// log holds what is new in the log against what was sent and acknowledged.
func (a *auditor) log(fresh []api.Change) error {
	for i := range fresh {
		c := &fresh[i]
		if c.Revision != a.seen+1 {
			return fmt.Errorf("revision %d follows revision %d", c.Revision, a.seen)
		}
		a.seen = c.Revision
		mark := markOf(c)
		if first, twice := a.marks[mark]; twice {
			return fmt.Errorf("%s is in the log twice, as revisions %d and %d", mark, first, c.Revision)
		}
		a.marks[mark] = c.Revision
	}
	for _, w := range a.writers {
		for _, r := range w.receipts {
			at, there := a.marks[r.mark]
			if !there || r.revision != 0 && r.revision != at {
				return fmt.Errorf("%s was acknowledged as revision %d and is in the log as %d", r.mark, r.revision, at)
			}
		}
		w.receipts = w.receipts[:0]
	}
	return nil
}

// markOf is the mark of the deed that c is.
func markOf(c *api.Change) string {
	if c.Reason != "" {
		return c.Reason
	}
	for p, content := range effect(c) {
		if content != "" {
			return content
		}
		return goneMark(p, c.Zones[0].Sets[0].Before.Records[0].Content)
	}
	return fmt.Sprintf("nothing in revision %d", c.Revision)
}

// effect is what c makes of the places of the test.
func effect(c *api.Change) map[place]string {
	after := map[place]string{}
	for _, z := range c.Zones {
		for _, s := range z.Sets {
			if s.Type != "TXT" {
				continue
			}
			p := place{z.Name, strings.TrimSuffix(s.Name, "."+z.Name+".")}
			after[p] = ""
			if s.After != nil {
				for _, r := range s.After.Records {
					after[p] += r.Content
				}
			}
		}
	}
	return after
}

// expected is what all writers know, with open deeds that are in the log. A deed
// of which only a part is there fits neither with it nor without it.
func (a *auditor) expected() map[place]string {
	want := map[place]string{}
	a.unsure = a.unsure[:0]
	for _, w := range a.writers {
		if w.open != nil {
			a.resolve(w)
		}
		for p, content := range w.state {
			want[p] = content
			a.places[p] = true
		}
	}
	return want
}

// resolve finds out what became of the open deed of w.
func (a *auditor) resolve(w *writer) {
	u := unsure{by: w, deed: w.open}
	for p := range u.deed.after {
		a.places[p] = true
	}
	if _, u.done = a.marks[u.deed.mark]; u.done {
		w.settle()
	}
	w.open = nil
	a.unsure = append(a.unsure, u)
}

// kept is how many of the unanswered deeds are done.
func (a *auditor) kept() (n int) {
	for _, u := range a.unsure {
		if u.done {
			n++
		}
	}
	return n
}

// repeat does what a client does that was not answered: it sends the request again
// with the same Idempotency-Key, and gets what came of it the first time, if anything did.
func (a *auditor) repeat(l *life) error {
	for _, u := range a.unsure {
		if u.deed.change == nil {
			continue
		}
		data, err := l.client.Change(noDeadline, *u.deed.change, u.deed.mark)
		if err != nil {
			return fmt.Errorf("repeating %s: %w", u.deed.mark, err)
		}
		if data.Replayed != u.done || u.done && data.Change.Revision != a.marks[u.deed.mark] {
			return fmt.Errorf("repeating %s, which is in the log as revision %d: got revision %d, replayed %t",
				u.deed.mark, a.marks[u.deed.mark], data.Change.Revision, data.Replayed)
		}
		if !u.done {
			u.by.open = u.deed
			u.by.settle()
			u.by.receipts = append(u.by.receipts, receipt{u.deed.mark, data.Change.Revision})
		}
	}
	return nil
}

// contents is all TXT records as the API lists them; one that is there twice is "x|x".
func contents(l *life) (map[place]string, error) {
	held := map[place]string{}
	for z, err := range l.client.Zones(noDeadline) {
		if err != nil {
			return nil, fmt.Errorf("listing zones: %w", err)
		}
		for r, err := range l.client.Records(noDeadline, z.ID, api.RecordQuery{Type: "TXT"}) {
			if err != nil {
				return nil, fmt.Errorf("listing records: %w", err)
			}
			p := place{z.Name, strings.TrimSuffix(r.Name, "."+z.Name+".")}
			if held[p] != "" {
				held[p] += "|"
			}
			held[p] += r.Content
		}
	}
	return held, nil
}

// agree returns the first difference, by name.
func agree(who string, want, got map[place]string) error {
	all := maps.Clone(want)
	maps.Copy(all, got)
	names := slices.SortedFunc(maps.Keys(all), func(a, b place) int { return strings.Compare(a.fqdn(), b.fqdn()) })
	for _, p := range names {
		if want[p] != got[p] {
			return fmt.Errorf("%s has %q at %s, want %q", who, got[p], p.fqdn(), want[p])
		}
	}
	return nil
}

// answers asks for every name that was ever written.
func (a *auditor) answers(l *life, want map[place]string) error {
	got := map[place]string{}
	for p := range a.places {
		found, err := l.txt(p.fqdn())
		if err != nil {
			return fmt.Errorf("asking for %s: %w", p.fqdn(), err)
		}
		if len(found) > 0 {
			got[p] = strings.Join(found, "|")
		}
	}
	return agree("DNS", want, got)
}

// replay is the state that follows from the whole log, which has every mark once.
func (a *auditor) replay(l *life) (map[place]string, error) {
	all, err := logAfter(l, 0)
	if err != nil {
		return nil, err
	}
	if uint64(len(all)) != a.seen {
		return nil, fmt.Errorf("the log has %d changes up to revision %d", len(all), a.seen)
	}
	state := map[place]string{}
	for i := range all {
		c := &all[i]
		if at := a.marks[markOf(c)]; at != c.Revision || c.Revision != uint64(i)+1 {
			return nil, fmt.Errorf("%s is revision %d, where it was %d before", markOf(c), c.Revision, at)
		}
		maps.Copy(state, effect(c))
	}
	maps.DeleteFunc(state, func(_ place, content string) bool { return content == "" })
	return state, nil
}

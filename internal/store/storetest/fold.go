package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// Fold is the state that follows from Changes: what a store must hold.
type Fold struct {
	Head  change.Revision
	zones map[change.ZoneID]*foldZone
}

type foldZone struct {
	zone   change.Zone
	serial change.Serial
	head   change.Revision
	moved  time.Time // when head was made
	sets   map[setKey]change.RRset
}

type setKey struct {
	owner string
	t     rr.Type
}

// NewFold is the state before all Changes.
func NewFold() *Fold { return &Fold{zones: map[change.ZoneID]*foldZone{}} }

// Apply adds c, and says where it does not follow from what is there: a
// revision that is not the next one, a head or an RRset that is another.
func (f *Fold) Apply(c *change.Change) error {
	if c.Revision != f.Head+1 {
		return fmt.Errorf("revision %d behind %d", c.Revision, f.Head)
	}
	f.Head = c.Revision
	for i := range c.Zones {
		if err := f.check(&c.Zones[i]); err != nil {
			return fmt.Errorf("revision %d, zone %s: %w", c.Revision, c.Zones[i].Apex, err)
		}
	}
	for i := range c.Zones {
		f.apply(&c.Zones[i], c)
	}
	return nil
}

func (f *Fold) check(d *change.ZoneDiff) error {
	z := f.zones[d.ID]
	switch {
	case d.Kind == change.Create && z != nil:
		return fmt.Errorf("created where it is")
	case d.Kind == change.Create:
		z = &foldZone{}
	case z == nil:
		return fmt.Errorf("changed where it is not")
	case z.head != d.Base || z.serial != d.From:
		return fmt.Errorf("made upon %d with serial %d, where it is at %d with %d", d.Base, d.From, z.head, z.serial)
	}
	for i := range d.Sets {
		was := z.sets[keyOf(&d.Sets[i])]
		if got, want := setText(&d.Sets[i].Before), setText(&was); got != want {
			return fmt.Errorf("before is %s, there is %s", got, want)
		}
	}
	return nil
}

func keyOf(d *change.SetDiff) setKey { return setKey{string(d.Owner()), d.Type()} }

func (f *Fold) apply(d *change.ZoneDiff, by *change.Change) {
	if d.Kind == change.Delete {
		delete(f.zones, d.ID)
		return
	}
	z := f.zones[d.ID]
	if z == nil {
		z = &foldZone{sets: map[setKey]change.RRset{}}
		f.zones[d.ID] = z
	}
	if d.After != nil {
		z.zone = *d.After
	}
	z.serial, z.head, z.moved = d.To, by.Revision, by.Time
	for i := range d.Sets {
		k := keyOf(&d.Sets[i])
		if d.Sets[i].After.Empty() {
			delete(z.sets, k)
		} else {
			z.sets[k] = d.Sets[i].After
		}
	}
}

// sorted is the RRsets of z in the order of a store.
func (z *foldZone) sorted() []change.RRset {
	var all []change.RRset
	for _, s := range z.sets {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b change.RRset) int {
		return cmp.Or(a.Owner.Compare(b.Owner), cmp.Compare(a.Type, b.Type))
	})
	return all
}

// momentText is a time in the resolution in which it is kept.
func momentText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000") }

// Text is all of f, a line for each thing.
func (f *Fold) Text() string {
	var zones []string
	for _, z := range f.zones {
		var b strings.Builder
		records := 0
		for _, s := range z.sorted() {
			fmt.Fprintf(&b, "  %s\n", setText(&s))
			records += len(s.Records)
		}
		zones = append(zones, fmt.Sprintf("%s serial %d head %d at %s records %d\n", zoneText(&z.zone), z.serial, z.head, momentText(z.moved), records)+b.String())
	}
	slices.Sort(zones)
	return strings.Join(zones, "")
}

// StateText is the state of s as Fold.Text writes it.
func StateText(ctx context.Context, s store.State) (string, error) {
	var zones []string
	for z, err := range s.Zones(ctx) {
		if err != nil {
			return "", err
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s serial %d head %d at %s records %d\n", zoneText(&z.Zone), z.Serial, z.Head, momentText(z.Changed), z.Records)
		for set := range z.RRsets {
			fmt.Fprintf(&b, "  %s\n", setText(&set))
		}
		zones = append(zones, b.String())
	}
	slices.Sort(zones)
	return strings.Join(zones, ""), nil
}

// Agree folds the log of s and says where the state is another, or the log
// does not follow from itself: what must hold whatever has happened.
func Agree(ctx context.Context, s store.Store) (*Fold, error) {
	f := NewFold()
	for c, err := range s.Changes(ctx, store.Query{}) {
		if err != nil {
			return f, err
		}
		if err := f.Apply(c); err != nil {
			return f, err
		}
	}
	state, err := StateText(ctx, s)
	if err != nil {
		return f, err
	}
	if want := f.Text(); state != want {
		return f, fmt.Errorf("the state is not what follows from the log: %s", firstDifference(state, want))
	}
	head, err := s.Head(ctx)
	if err == nil && head != f.Head {
		err = fmt.Errorf("the head is %d, the log ends at %d", head, f.Head)
	}
	return f, err
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is\n%s\nand should be\n%s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, %d expected", len(a), len(b))
}

func zoneText(z *change.Zone) string {
	if z == nil {
		return "-"
	}
	return fmt.Sprintf("%s %s %q %q %q %q %s %s %x %d %+v", z.ID, z.Apex, z.Account, z.Type, z.Region, z.Status,
		z.Created.UTC(), z.Updated.UTC(), z.SOA, z.SOATTL, z.Settings)
}

// setText is all that is kept of s; RRsets without records are all the same.
func setText(s *change.RRset) string {
	if s.Empty() {
		return "nothing"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s", s.Owner, s.TTL, s.Type)
	for i := range s.Records {
		r := &s.Records[i]
		fmt.Fprintf(&b, " | %d %x %t %d %d %+v", r.ID, r.Data, r.Disabled, r.Created, r.Modified, r.Note)
	}
	return b.String()
}

// changeText is all of c.
func changeText(c *change.Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %q %s %+v %q %d %+v\n", c.Revision, c.ID, c.Time.UTC(), c.Origin, c.Reason, c.Reverts, c.Request)
	for i := range c.Zones {
		z := &c.Zones[i]
		fmt.Fprintf(&b, " %s %s %s %d %d %d\n  %s\n  %s\n", z.Kind, z.ID, z.Apex, z.Base, z.From, z.To, zoneText(z.Before), zoneText(z.After))
		for j := range z.Sets {
			fmt.Fprintf(&b, "  %s => %s\n", setText(&z.Sets[j].Before), setText(&z.Sets[j].After))
		}
	}
	return b.String()
}

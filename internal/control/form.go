package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// stored is edits as they are kept: a CNAME at the apex is an ALIAS there.
func (w *zoneWork) stored(edits []Edit) []Edit {
	var out []Edit
	apex := dname.Name(w.apex())
	for i := range edits {
		e := &edits[i]
		if e.Op == Drop || e.Type != rr.TypeCNAME || !e.Owner.Equal(apex) {
			continue
		}
		if out == nil {
			out = slices.Clone(edits)
		}
		out[i].Type = rr.TypeALIAS
		w.apexCNAME = w.apexCNAME || e.Op != Remove
	}
	if out == nil {
		return edits
	}
	return out
}

// finish makes the snapshot of the zone as it will be.
func (w *zoneWork) finish(ctx context.Context, after *ZoneInfo) error {
	for i := range w.diff.Sets {
		d := &w.diff.Sets[i]
		after.Records += d.Records()
		after.disabled += disabled(&d.After) - disabled(&d.Before)
	}
	if err := w.reshape(ctx, after); err != nil {
		return err
	}
	if err := w.clash(after); err != nil {
		return err
	}
	var err error
	if w.edit.snapshot != nil {
		after.Snapshot, err = w.ofText(after)
	} else {
		after.Snapshot, err = snapshotAfter(w.before, after, w.shown)
	}
	if err != nil {
		return fault(Invalid, "out-of-zone", err.Error(), "use owners at or below the apex")
	}
	w.after = after
	return w.apexFree()
}

// reshape finds the RRsets of which the DNS sees something: those that change, and
// where the zone begins or ceases to flatten all, those that are served in another form.
func (w *zoneWork) reshape(ctx context.Context, after *ZoneInfo) error {
	w.shown = w.diff.Sets
	if w.before == nil || w.before.Settings.FlattenAll == after.Settings.FlattenAll {
		return nil
	}
	sets, err := w.c.allSets(ctx, w.before, rr.TypeCNAME)
	if err != nil {
		return err
	}
	changed := make(map[string]bool)
	for i := range w.diff.Sets {
		if d := &w.diff.Sets[i]; d.Type() == rr.TypeCNAME {
			changed[string(d.Owner())] = true
		}
	}
	w.shown = slices.Clone(w.shown)
	for i := range sets {
		s := &sets[i]
		if !changed[string(s.Owner)] && flatten.Form(&w.before.Zone, s) != flatten.Form(&after.Zone, s) {
			w.shown = append(w.shown, change.SetDiff{Before: *s, After: *s})
		}
	}
	slices.SortFunc(w.shown, compareSets)
	return nil
}

func compareSets(a, b change.SetDiff) int {
	if c := a.Owner().Compare(b.Owner()); c != 0 {
		return c
	}
	return int(a.Type()) - int(b.Type())
}

// clash refuses a CNAME that is flattened beside an ALIAS: to the DNS they would be
// one RRset, which has one TTL.
func (w *zoneWork) clash(after *ZoneInfo) error {
	for i := range w.shown {
		d := &w.shown[i]
		if !isFollowed(d.Type()) || w.form(after, d) != rr.TypeALIAS {
			continue
		}
		if w.otherAlias(after, d) {
			return fault(Conflict, "cname-and-alias", fmt.Sprintf("%s would have an ALIAS record and a CNAME record that is flattened", d.Owner()),
				"keep one of them: both are answered with the addresses of their targets")
		}
	}
	return nil
}

// form is how the RRset of d is served after the Change; 0 where nothing is.
func (w *zoneWork) form(after *ZoneInfo, d *change.SetDiff) rr.Type {
	s := afterOf(d)
	if s.Served().Empty() {
		return 0
	}
	return flatten.Form(&after.Zone, &s)
}

// otherAlias reports whether another RRset of the owner of d will be served as ALIAS too.
func (w *zoneWork) otherAlias(after *ZoneInfo, d *change.SetDiff) bool {
	at, found := slices.BinarySearchFunc(w.shown, change.SetDiff{Before: change.RRset{Owner: d.Owner(), Type: otherOf(d.Type())}}, compareSets)
	switch {
	case found:
		return w.form(after, &w.shown[at]) == rr.TypeALIAS
	case w.before == nil || setOf(w.before.Snapshot, d.Owner(), rr.TypeALIAS).Empty():
		return false
	}
	was := d.Before
	was.Owner, was.Type = d.Owner(), d.Type()
	return was.Served().Empty() || flatten.Form(&w.before.Zone, &was) != rr.TypeALIAS // else that is what there is
}

func otherOf(t rr.Type) rr.Type {
	if t == rr.TypeCNAME {
		return rr.TypeALIAS
	}
	return rr.TypeCNAME
}

// apexFree refuses a CNAME at the apex beside what it cannot be an ALIAS with: the
// addresses would hide it (RFC 1034, Section 3.6.2).
func (w *zoneWork) apexFree() error {
	if !w.apexCNAME {
		return nil
	}
	apex, snapshot := w.after.Apex, w.after.Snapshot
	alias := setOf(snapshot, apex, rr.TypeALIAS)
	var beside []string
	for _, t := range [...]rr.Type{rr.TypeA, rr.TypeAAAA} {
		beside = append(beside, lines(setOf(snapshot, apex, t))...)
	}
	f := lint.ByCode("cname-at-apex").Finding(fmt.Sprintf("%s is the apex of the zone and would have a CNAME record beside its addresses", apex))
	switch {
	case len(beside) > 0:
	case alias.Count() > 1:
		f.Message = fmt.Sprintf("%s is the apex of the zone and would have %d CNAME or ALIAS records", apex, alias.Count())
		f.Fix = "keep one CNAME, or write ALIAS for all: the addresses of several are put together"
	default:
		return nil
	}
	f.Owner, f.Conflicts = apex.String(), append(lines(alias), beside...)
	return refused([]lint.Finding{f}, 1)
}

// lines is the records of s as findings show them.
func lines(s rr.Set) (out []string) {
	for !s.Empty() {
		var r rr.Record
		r, s = s.Next()
		out = append(out, r.Type().String()+" "+string(rr.AppendDataText(nil, r.Type(), r.Data())))
	}
	return out
}

// snapshotAfter is what is served of a zone after the differences.
func snapshotAfter(before, after *ZoneInfo, shown []change.SetDiff) (*zone.Snapshot, error) {
	if before == nil {
		sets := make([]change.RRset, len(shown))
		for i := range shown {
			sets[i] = afterOf(&shown[i])
		}
		return built(after, sets), nil
	}
	diff := make(zone.Diff, 0, len(shown)+1)
	for d := range flatten.Diffs(&before.Zone, &after.Zone, shown) {
		diff = append(diff, zone.RRset{Owner: d.Owner, Type: d.Type, Set: d.Is})
	}
	diff = append(diff, zone.RRset{Owner: after.Apex, Type: rr.TypeSOA, Set: after.soa()})
	next, err := before.Snapshot.With(diff)
	if err != nil {
		return nil, err
	}
	return next.WithPolicies(flatten.Policies(&before.Zone, &after.Zone, shown)), nil
}

// ofText is what is served of a zone that becomes what a text says: what that does
// not say, how records are followed, is what it was.
func (w *zoneWork) ofText(after *ZoneInfo) (*zone.Snapshot, error) {
	diff := zone.Diff{{Owner: after.Apex, Type: rr.TypeSOA, Set: after.soa()}}
	var followed []change.SetDiff
	for i := range w.edit.exact {
		s := &w.edit.exact[i].want
		if !isFollowed(s.Type) || s.Empty() {
			continue
		}
		followed = append(followed, change.SetDiff{After: *s})
		if t := flatten.Form(&after.Zone, s); t != s.Type {
			diff = append(diff, zone.RRset{Owner: s.Owner, Type: s.Type}, zone.RRset{Owner: s.Owner, Type: t, Set: flatten.Served(&after.Zone, s)})
		}
	}
	next, err := w.edit.snapshot.With(diff)
	if err != nil {
		return nil, err
	}
	return next.WithPolicies(flatten.Policies(nil, &after.Zone, followed)), nil
}

// built is the snapshot of a zone with these RRsets.
func built(z *ZoneInfo, sets []change.RRset) *zone.Snapshot {
	b := zone.NewBuilder(z.Apex)
	b.Expect(len(sets))
	b.Add(z.Apex, rr.TypeSOA, z.SOATTL, withSerial(z.SOA, z.Serial), zone.Place{})
	var followed []change.SetDiff
	for i := range sets {
		s := &sets[i]
		t := flatten.Form(&z.Zone, s)
		for j := range s.Records {
			if r := &s.Records[j]; !r.Disabled {
				b.Add(s.Owner, t, s.TTL, r.Data, zone.Place{})
			}
		}
		if isFollowed(s.Type) {
			followed = append(followed, change.SetDiff{After: *s})
		}
	}
	return b.Build().Snapshot.WithPolicies(flatten.Policies(nil, &z.Zone, followed))
}

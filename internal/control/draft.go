package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// draft is a Change worked out, with the zones that it makes.
type draft struct {
	change   *change.Change
	revision change.Revision // that change will have
	zones    []shape.Zone    // one for each of change.Zones
	set      *zone.Set       // all zones after it
	warnings []lint.Finding
}

// Limits on one Request.
const (
	MaxZoneEdits = 1000
	MaxEdits     = 100_000
)

// draft works req out upon what is ahead, and judges it. A nil draft without an
// error says that all is as wanted already.
func (c *Control) draft(ctx context.Context, p *access.Principal, req *Request) (*draft, error) {
	if err := checkSize(req); err != nil {
		return nil, err
	}
	now := c.now()
	d := &draft{change: &change.Change{
		Time: now, Origin: req.Origin, Reason: req.Reason, Reverts: req.Reverts, Request: req.Repeat,
	}}
	d.change.Origin.Account, d.change.Origin.Token, d.change.Origin.Author = p.Account, p.Token, p.Name
	seen := make(map[string]bool, len(req.Zones))
	for i := range req.Zones {
		z, err := c.draftZone(ctx, p, &req.Zones[i], now)
		if err != nil {
			return nil, inZone(err, i)
		}
		if seen[string(z.diff.Apex)] {
			return nil, inZone(fault.New(Conflict, "duplicate-zone", "the zone "+z.diff.Apex.String()+" is there twice", "put all that concerns a zone into one place"), i)
		}
		seen[string(z.diff.Apex)] = true
		if z.nothing {
			continue
		}
		d.change.Zones = append(d.change.Zones, z.diff)
		d.zones = append(d.zones, z.Zone)
		d.warnings = append(d.warnings, z.Remarks(now.UnixMilli(), z.apexCNAME && !z.edit.State.ApexCNAME)...)
	}
	if len(d.zones) == 0 {
		return nil, nil
	}
	d.sort()
	d.number(c.ahead.revision+1, now)
	d.set = c.ahead.set.With(d.entries()...)
	return d, c.judge(ctx, p, d)
}

func checkSize(req *Request) error {
	n := 0
	for i := range req.Zones {
		for j := range req.Zones[i].Edits {
			n += max(1, len(req.Zones[i].Edits[j].Records))
		}
	}
	switch {
	case len(req.Zones) > MaxZoneEdits:
		return fault.New(TooLarge, "too-many-zones", fmt.Sprintf("one change of %d zones; at most %d are taken", len(req.Zones), MaxZoneEdits), "split it up")
	case n > MaxEdits:
		return fault.New(TooLarge, "too-many-edits", fmt.Sprintf("one change of %d edits and records; at most %d are taken", n, MaxEdits), "split it up, or import a zone file")
	case len(req.Reason) > change.MaxReason:
		return fault.New(TooLarge, "reason-too-long", fmt.Sprintf("the reason has %d octets; at most %d are kept", len(req.Reason), change.MaxReason), "shorten it")
	}
	return fault.CheckText("reason", req.Reason)
}

func inZone(err error, i int) error {
	var e *Error
	if errors.As(err, &e) && e.Zone < 0 {
		e.Zone = i
		e.Path = fmt.Sprintf("zones[%d]", i)
		if e.Edit >= 0 {
			e.Path += fmt.Sprintf(".edits[%d]", e.Edit)
		}
	}
	return err
}

// sort puts the zones of d into canonical order.
func (d *draft) sort() {
	order := make([]int, len(d.zones))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return d.change.Zones[a].Apex.Compare(d.change.Zones[b].Apex) })
	diffs, zones := make([]change.ZoneDiff, len(order)), make([]shape.Zone, len(order))
	for to, from := range order {
		diffs[to], zones[to] = d.change.Zones[from], d.zones[from]
	}
	d.change.Zones, d.zones = diffs, zones
}

// number says which revision the Change will be.
func (d *draft) number(revision change.Revision, at time.Time) {
	d.revision = revision
	for i := range d.zones {
		if after := d.zones[i].After; after != nil {
			after.Head, after.Changed = revision, at
		}
	}
}

// entries is what is to be published once d is written.
func (d *draft) entries() []zone.Entry {
	entries := make([]zone.Entry, len(d.zones))
	for i, z := range d.zones {
		entries[i] = zone.Entry{Apex: d.change.Zones[i].Apex}
		if z.After != nil {
			entries[i] = z.After.Entry()
		}
	}
	return entries
}

// zoneWork is a ZoneEdit being worked out.
type zoneWork struct {
	shape.Zone
	c       *Control
	p       *access.Principal
	edit    *ZoneEdit
	now     time.Time
	diff    change.ZoneDiff
	nothing bool // all is as wanted already

	apexCNAME bool // an edit writes a CNAME at the apex
}

func (c *Control) draftZone(ctx context.Context, p *access.Principal, e *ZoneEdit, now time.Time) (*zoneWork, error) {
	w := &zoneWork{c: c, p: p, edit: e, now: now}
	if e.Zone.Apex != nil {
		e.Zone.Apex = e.Zone.Apex.Lower()
	}
	if err := w.find(); err != nil {
		return nil, err
	}
	switch {
	case e.Create != nil && e.Delete:
		return nil, fault.New(Invalid, "bad-edit", "a zone cannot be made and deleted at once", "say which of the two it is")
	case e.Create != nil:
		return w, w.create(ctx)
	case e.Delete:
		return w, w.remove(ctx)
	}
	return w, w.update(ctx)
}

// find finds the zone and checks what e wants of it as it is.
func (w *zoneWork) find() error {
	e := w.edit
	if e.Create != nil {
		return w.free()
	}
	w.Before = w.c.latest(e.Zone)
	switch {
	case w.Before == nil || !w.p.Sees(&w.Before.Zone):
		return fault.NoZone(e.Zone.String())
	case w.Before.ReadOnly:
		return fault.ReadOnly(w.Before.Apex.String())
	case e.IfMatch != nil && *e.IfMatch != w.Before.Serial:
		return fault.New(Moved, "serial-moved", fmt.Sprintf("the zone %s has the serial %d, not %d: somebody has changed it meanwhile", w.Before.Apex, w.Before.Serial, *e.IfMatch),
			"look at it again and repeat the change upon its new serial")
	case e.Head != 0 && e.Head != w.Before.Head:
		return fault.New(Moved, "zone-moved", fmt.Sprintf("the zone %s has been changed meanwhile", w.Before.Apex), "look at it again and repeat the change")
	}
	return nil
}

// free checks that a zone of that apex may be made.
func (w *zoneWork) free() error {
	if err := whole(w.p); err != nil {
		return err
	}
	apex := w.edit.Zone.Apex
	switch {
	case apex == nil:
		return fault.New(Invalid, "bad-name", "a zone to be made needs a name", "give its apex, as in example.com")
	case apex.IsRoot():
		return fault.New(Invalid, "bad-name", "the root zone cannot be made here", "give the name of a zone, as in example.com")
	case apex.IsWildcard():
		return fault.New(Invalid, "bad-name", "a zone cannot start with an asterisk (RFC 4592, Section 4.1)", "give the name of a zone, as in example.com")
	case w.edit.Create.Restore != nil && w.c.latest(Ref{Apex: apex}) != nil:
		return fault.New(Conflict, "zone-exists", "there is a zone "+apex.String()+" again, and the deleted one cannot stand beside it", "delete that zone first")
	case w.edit.IfMatch != nil:
		return fault.New(Moved, "serial-moved", "the zone "+apex.String()+" is to be made, and has no serial to match", "leave the condition out")
	case w.c.latest(Ref{Apex: apex}) != nil:
		return fault.New(Conflict, "zone-exists", "there is a zone "+apex.String()+" already", "use it, or choose another name")
	}
	return w.apart(w.p.Account)
}

// whole checks that p may make, delete and set up zones as a whole.
func whole(p *access.Principal) error {
	if err := may(p, access.ZonesWrite); err != nil {
		return err
	}
	if l := &p.Limits; len(l.Owners)+len(l.Types)+len(l.Targets) > 0 {
		return fault.Denial(&access.Denied{Detail: "the token is limited to some owners, types or targets and may not make, delete or set up zones"})
	}
	return nil
}

// targets is the names in the records of s.
func targets(s *change.RRset) (names []dname.Name) {
	for i := range s.Records {
		rr.EachName(s.Type, s.Records[i].Data, func(n dname.Name) { names = append(names, n) })
	}
	return names
}

// authorize checks that the Principal may make these differences.
func (w *zoneWork) authorize(apex dname.Name, sets []change.SetDiff) error {
	if len(sets) == 0 {
		return nil
	}
	if err := may(w.p, access.RecordsWrite); err != nil {
		return err
	}
	l := &w.p.Limits
	if len(l.Owners)+len(l.Types)+len(l.Targets) == 0 {
		return nil
	}
	for i := range sets {
		if err := w.p.MayWrite(apex, sets[i].Owner(), sets[i].Type(), targets(&sets[i].After)); err != nil {
			return fault.Denial(err)
		}
	}
	return nil
}

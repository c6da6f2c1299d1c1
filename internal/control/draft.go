package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// remarks is what is to be said of what the zone is told, beside what rules say.
func (w *zoneWork) remarks() []lint.Finding {
	if w.after == nil {
		return nil
	}
	return slices.Concat(w.typeRemarks(), w.apexRemarks(), w.settingRemarks(), w.keptRemarks())
}

func (w *zoneWork) typeRemarks() []lint.Finding {
	if w.before != nil && w.before.Type == w.after.Type {
		return nil
	}
	if t := w.after.Type; t != "slave" && t != "secondary" {
		return nil
	}
	return []lint.Finding{{
		Severity: lint.Warning, Code: "no-transfer", Owner: w.after.Apex.String(),
		Message: "the zone is of type " + w.after.Type + ", but this server does not transfer zones from others yet: it serves what is written here",
		Fix:     "write its records here, or import them",
	}}
}

// draft is a Change worked out, with the zones that it makes.
type draft struct {
	change   *change.Change
	revision change.Revision // that change will have
	zones    []zoneDraft     // one for each of change.Zones
	set      *zone.Set       // all zones after it
	warnings []lint.Finding
}

// zoneDraft is what becomes of one zone; nil before or after says that there is none.
type zoneDraft struct {
	before, after *ZoneInfo
	shown         []change.SetDiff // of which the DNS sees something: those of the Change, and those whose form alone changes
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
			return nil, inZone(fault(Conflict, "duplicate-zone", "the zone "+z.diff.Apex.String()+" is there twice", "put all that concerns a zone into one place"), i)
		}
		seen[string(z.diff.Apex)] = true
		if z.nothing {
			continue
		}
		d.change.Zones = append(d.change.Zones, z.diff)
		d.zones = append(d.zones, zoneDraft{z.before, z.after, z.shown})
		d.warnings = append(d.warnings, z.remarks()...)
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
		return fault(TooLarge, "too-many-zones", fmt.Sprintf("one change of %d zones; at most %d are taken", len(req.Zones), MaxZoneEdits), "split it up")
	case n > MaxEdits:
		return fault(TooLarge, "too-many-edits", fmt.Sprintf("one change of %d edits and records; at most %d are taken", n, MaxEdits), "split it up, or import a zone file")
	case len(req.Reason) > change.MaxReason:
		return fault(TooLarge, "reason-too-long", fmt.Sprintf("the reason has %d octets; at most %d are kept", len(req.Reason), change.MaxReason), "shorten it")
	}
	return checkText("reason", req.Reason)
}

// checkText refuses what would do harm where a text is shown on a terminal or
// written into a file of lines.
func checkText(what, text string) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return fault(Invalid, "bad-text", "the "+what+" has characters that cannot be shown: control characters, or what is no UTF-8", "leave out line feeds and other control characters")
	}
	return nil
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
	diffs, zones := make([]change.ZoneDiff, len(order)), make([]zoneDraft, len(order))
	for to, from := range order {
		diffs[to], zones[to] = d.change.Zones[from], d.zones[from]
	}
	d.change.Zones, d.zones = diffs, zones
}

// number says which revision the Change will be.
func (d *draft) number(revision change.Revision, at time.Time) {
	d.revision = revision
	for i := range d.zones {
		if after := d.zones[i].after; after != nil {
			after.Head, after.Changed = revision, at
		}
	}
}

// entries is what is to be published once d is written.
func (d *draft) entries() []zone.Entry {
	entries := make([]zone.Entry, len(d.zones))
	for i, z := range d.zones {
		entries[i] = zone.Entry{Apex: d.change.Zones[i].Apex}
		if z.after != nil {
			entries[i] = z.after.entry()
		}
	}
	return entries
}

// zoneWork is a ZoneEdit being worked out.
type zoneWork struct {
	c       *Control
	p       *access.Principal
	edit    *ZoneEdit
	now     time.Time
	before  *ZoneInfo
	after   *ZoneInfo
	diff    change.ZoneDiff
	nothing bool // all is as wanted already

	shown     []change.SetDiff // as in zoneDraft
	apexCNAME bool             // an edit writes a CNAME at the apex
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
		return nil, fault(Invalid, "bad-edit", "a zone cannot be made and deleted at once", "say which of the two it is")
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
	w.before = w.c.latest(e.Zone)
	switch {
	case w.before == nil || !w.p.Sees(&w.before.Zone):
		return noZone(e.Zone)
	case w.before.ReadOnly:
		return readOnly(w.before)
	case e.IfMatch != nil && *e.IfMatch != w.before.Serial:
		return fault(Moved, "serial-moved", fmt.Sprintf("the zone %s has the serial %d, not %d: somebody has changed it meanwhile", w.before.Apex, w.before.Serial, *e.IfMatch),
			"look at it again and repeat the change upon its new serial")
	case e.Head != 0 && e.Head != w.before.Head:
		return fault(Moved, "zone-moved", fmt.Sprintf("the zone %s has been changed meanwhile", w.before.Apex), "look at it again and repeat the change")
	}
	return nil
}

func readOnly(z *ZoneInfo) *Error {
	return fault(Conflict, "zone-read-only", fmt.Sprintf("the zone %s comes from a zone file of the server and is read-only here", z.Apex),
		"edit the file, or move it away and import it")
}

// free checks that a zone of that apex may be made.
func (w *zoneWork) free() error {
	if err := whole(w.p); err != nil {
		return err
	}
	apex := w.edit.Zone.Apex
	switch {
	case apex == nil:
		return fault(Invalid, "bad-name", "a zone to be made needs a name", "give its apex, as in example.com")
	case apex.IsRoot():
		return fault(Invalid, "bad-name", "the root zone cannot be made here", "give the name of a zone, as in example.com")
	case apex.IsWildcard():
		return fault(Invalid, "bad-name", "a zone cannot start with an asterisk (RFC 4592, Section 4.1)", "give the name of a zone, as in example.com")
	case w.edit.Create.Restore != nil && w.c.latest(Ref{Apex: apex}) != nil:
		return fault(Conflict, "zone-exists", "there is a zone "+apex.String()+" again, and the deleted one cannot stand beside it", "delete that zone first")
	case w.edit.IfMatch != nil:
		return fault(Moved, "serial-moved", "the zone "+apex.String()+" is to be made, and has no serial to match", "leave the condition out")
	case w.c.latest(Ref{Apex: apex}) != nil:
		return fault(Conflict, "zone-exists", "there is a zone "+apex.String()+" already", "use it, or choose another name")
	}
	return w.apart(w.p.Account)
}

// whole checks that p may make, delete and set up zones as a whole.
func whole(p *access.Principal) error {
	if err := may(p, access.ZonesWrite); err != nil {
		return err
	}
	if l := &p.Limits; len(l.Owners)+len(l.Types)+len(l.Targets) > 0 {
		return denied(&access.Denied{Detail: "the token is limited to some owners, types or targets and may not make, delete or set up zones"})
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
			return denied(err)
		}
	}
	return nil
}

// unavailable wraps what the store says when it cannot.
func unavailable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := fault(Unavailable, "store-unavailable", "the store cannot do it now: "+err.Error(), "nothing was changed; try again, and look at the server's log")
	e.Cause = err
	return e
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func isMissing(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == Missing
}

package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/merge"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// merged works out the RRsets of the zone.
func (w *zoneWork) merged(ctx context.Context, ttl uint32) (*merge.Merge, error) {
	z := merge.Zone{Apex: w.apex(), Now: w.now.UnixMilli(), TTL: ttl, NextID: func() uint64 { return w.c.ids.next(w.c.now()) }}
	if w.Before != nil {
		z.State, z.AsRead = found{ctx, w.c, w.Before}, w.Before.Head == w.edit.State.Upon
	}
	m := merge.New(z)
	if n := w.edit.Create; n != nil && !n.Bare && n.Restore == nil {
		if err := m.Servers(w.c.config.NameServers); err != nil {
			return nil, err
		}
	}
	edits, said := shape.Kept(z.Apex, w.edit.Edits)
	w.apexCNAME = said || w.edit.State.ApexCNAME
	if err := m.Edits(edits); err != nil {
		return nil, err
	}
	return m, m.Exact(w.edit.State.Sets)
}

// found is a zone as the next Change will find it.
type found struct {
	ctx context.Context
	c   *Control
	z   *ZoneInfo
}

func (f found) RRset(owner dname.Name, t rr.Type) (change.RRset, error) {
	return f.c.rrset(f.ctx, f.z, owner, t)
}

func (f found) Holder(id uint64) (change.RRset, bool, error) { return f.c.byID(f.ctx, f.z, id) }

func (w *zoneWork) apex() []byte {
	if w.Before != nil {
		return w.Before.Apex
	}
	return w.edit.Zone.Apex
}

func (w *zoneWork) update(ctx context.Context) error {
	ttl := uint32(DefaultTTL)
	if s := w.Before.Settings.DefaultTTL; s > 0 {
		ttl = uint32(s)
	}
	m, err := w.merged(ctx, ttl)
	if err != nil {
		return err
	}
	after := *w.Before
	if err := w.props(&after, m.SOA()); err != nil {
		return err
	}
	w.diff = change.ZoneDiff{Kind: change.Update, ID: after.ID, Apex: after.Apex, Base: w.Before.Head, From: w.Before.Serial, Sets: m.Diffs()}
	if w.diff.After, w.nothing = changed(&w.Before.Zone, &after.Zone); w.diff.After != nil {
		w.diff.Before = &w.Before.Zone
		after.Updated = w.now
	}
	if w.nothing = w.nothing && len(w.diff.Sets) == 0; w.nothing {
		return nil
	}
	if err := w.authorize(after.Apex, w.diff.Sets); err != nil {
		return err
	}
	after.Serial = w.serial(m.SOA())
	w.diff.To = after.Serial
	return w.finish(ctx, &after)
}

// changed is after if its properties differ from before.
func changed(before, after *change.Zone) (*change.Zone, bool) {
	if request.SameProps(before, after) {
		return nil, true
	}
	return after, false
}

// serial is the zone's next; one that an edit of the SOA asks for if it is newer.
func (w *zoneWork) serial(soa *merge.SOA) change.Serial {
	next := held.NextSerial(w.Before.Serial)
	if soa != nil {
		if wanted := held.SerialOf(soa.Data); wanted != 0 && zone.Serial(wanted).Newer(zone.Serial(next)) {
			return wanted
		}
	}
	return next
}

// props writes the new properties onto after.
func (w *zoneWork) props(after *ZoneInfo, soa *merge.SOA) error {
	patch := w.edit.Props
	if patch == nil && soa == nil {
		return nil
	}
	if patch == nil {
		patch = new(ZonePatch)
	} else if err := whole(w.p); err != nil {
		return err
	}
	if patch.Account != nil && *patch.Account != after.Account && !w.p.Admin {
		return fault.New(Denied, "denied", "only an admin may give a zone to another account", "use an admin's token")
	}
	patch.Onto(&after.Zone)
	if patch.SOA != nil && soa == nil {
		soa = &merge.SOA{Data: patch.SOA}
	}
	if soa == nil {
		return checkProps(after)
	}
	data, err := merge.WellFormed(rr.TypeSOA, soa.Data)
	if err != nil {
		return err
	}
	written := change.RRset{Owner: after.Apex, Type: rr.TypeSOA, Records: []change.Record{{Data: data}}}
	if err := w.authorize(after.Apex, []change.SetDiff{{Before: written, After: written}}); err != nil {
		return err
	}
	if soa.TTL != nil {
		after.SOATTL = *soa.TTL
	}
	after.SOA = held.WithSerial(data, 0)
	return checkProps(after)
}

// checkProps checks what has a fixed range.
func checkProps(z *ZoneInfo) error {
	if z.Status != StatusActive && z.Status != StatusPaused {
		return fault.New(Invalid, "bad-status", fmt.Sprintf("a zone cannot be %q", z.Status), "use active or paused")
	}
	switch z.Type {
	case "master", "primary", "native", "slave", "secondary":
	default:
		return fault.New(Invalid, "bad-type", fmt.Sprintf("a zone cannot be of type %q", z.Type), "use primary or secondary (or master and slave)")
	}
	if z.SOATTL > rr.MaxTTL {
		return fault.BadTTL(z.SOATTL)
	}
	for _, ttl := range []int{z.Settings.DefaultTTL, z.Settings.NSTTL} {
		if ttl < 0 || ttl > rr.MaxTTL {
			return fault.New(Invalid, "bad-ttl", fmt.Sprintf("a TTL of %d seconds is out of range", ttl), "use 0 to 2147483647 (RFC 2181, Section 8)")
		}
	}
	if len(z.Region) > 64 || strings.ContainsAny(z.Region, "\x00\n\r") {
		return fault.New(Invalid, "bad-region", "the region is no short word", "use EU, GLOBAL or a word of your own")
	}
	return nil
}

// finish makes the snapshot of the zone as it will be.
func (w *zoneWork) finish(ctx context.Context, after *ZoneInfo) error {
	for i := range w.diff.Sets {
		d := &w.diff.Sets[i]
		after.Records += d.Records()
		after.Disabled += held.Disabled(&d.After) - held.Disabled(&d.Before)
	}
	w.After, w.Shown = after, w.diff.Sets
	if w.Switches() {
		cnames, err := w.c.allSets(ctx, w.Before, rr.TypeCNAME)
		if err != nil {
			return err
		}
		w.Reshape(cnames)
	}
	if err := w.Serve(&w.edit.State); err != nil || !w.apexCNAME {
		return err
	}
	return w.ApexFree()
}

func (w *zoneWork) create(ctx context.Context) error {
	n := w.edit.Create
	after := &ZoneInfo{Source: "store", Serial: n.Serial, Zone: change.Zone{
		ID: change.NewZoneID(), Apex: w.edit.Zone.Apex.Clone(), Account: w.p.Account,
		Type: "master", Region: "EU", Status: StatusActive, Created: w.now, Updated: w.now,
		SOA: held.NewSOA(w.edit.Zone.Apex, w.c.config.NameServers[0]), SOATTL: DefaultTTL,
	}}
	if n.Restore != nil {
		after.Zone = *n.Restore
	}
	if err := fill(after, n, w.p); err != nil {
		return err
	}
	m, err := w.merged(ctx, DefaultTTL)
	if err != nil {
		return err
	}
	if err := w.props(after, m.SOA()); err != nil {
		return err
	}
	if m.SOA() != nil {
		after.Serial = held.SerialOf(m.SOA().Data)
	}
	if after.Serial == 0 {
		after.Serial = held.FirstSerial(w.now)
	}
	if err := checkProps(after); err != nil {
		return err
	}
	if !w.p.Sees(&after.Zone) {
		return fault.Denial(&access.Denied{Detail: "the token is limited to other zones than " + after.Apex.String()})
	}
	w.diff = change.ZoneDiff{Kind: change.Create, ID: after.ID, Apex: after.Apex, To: after.Serial, Sets: m.Diffs()}
	w.diff.After = &after.Zone
	if len(w.edit.Edits) > 0 {
		if err := w.authorize(after.Apex, w.diff.Sets); err != nil {
			return err
		}
	}
	return w.finish(ctx, after)
}

// fill writes what n says onto z, a zone that p makes.
func fill(z *ZoneInfo, n *NewZone, p *access.Principal) error {
	for _, f := range []struct{ to, from *string }{{&z.Type, &n.Type}, {&z.Region, &n.Region}, {&z.Status, &n.Status}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if n.Account != "" && n.Account != p.Account {
		if !p.Admin {
			return fault.New(Denied, "denied", "only an admin may make zones of other accounts", "leave the account out, or use an admin's token")
		}
		z.Account = n.Account
	}
	if n.SOATTL != 0 {
		z.SOATTL = n.SOATTL
	}
	if n.SOA == nil {
		return nil
	}
	data, err := merge.WellFormed(rr.TypeSOA, n.SOA)
	if err != nil {
		return err
	}
	if z.Serial == 0 {
		z.Serial = held.SerialOf(data)
	}
	z.SOA = held.WithSerial(data, 0)
	return nil
}

// remove takes the zone away; its Change keeps all that it had.
func (w *zoneWork) remove(ctx context.Context) error {
	if err := whole(w.p); err != nil {
		return err
	}
	if len(w.edit.Edits) > 0 || w.edit.Props != nil {
		return fault.New(Invalid, "bad-edit", "a zone that is deleted cannot be edited", "leave the edits out")
	}
	w.diff = change.ZoneDiff{Kind: change.Delete, ID: w.Before.ID, Apex: w.Before.Apex, Base: w.Before.Head, From: w.Before.Serial, Before: &w.Before.Zone}
	sets, err := w.c.allSets(ctx, w.Before, 0)
	if err != nil {
		return err
	}
	for i := range sets {
		w.diff.Sets = append(w.diff.Sets, change.SetDiff{Before: sets[i], After: change.RRset{Owner: sets[i].Owner, Type: sets[i].Type}})
	}
	w.Shown = w.diff.Sets
	return nil
}

// allSets is the RRsets of z of type t, all of them if that is 0, as the next
// Change will find them.
func (c *Control) allSets(ctx context.Context, z *ZoneInfo, t rr.Type) ([]change.RRset, error) {
	var sets []change.RRset
	for s, err := range c.store.RRsets(ctx, z.ID, Range{Type: t}) {
		if err != nil {
			return nil, fault.OfStore(err)
		}
		if c.ahead.pending(held.KeyOf(z.ID, &s)) == nil {
			sets = append(sets, s)
		}
	}
	for s := range c.ahead.pendingOf(z.ID) {
		if !s.Empty() && (t == 0 || s.Type == t) {
			sets = append(sets, *s)
		}
	}
	held.SortSets(sets)
	return sets, nil
}

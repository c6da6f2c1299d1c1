package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// exact says how an RRset shall be in all it has: ids, notes, disabled records.
type exact struct {
	want   change.RRset
	expect *change.RRset // what a person must see there now; nil for no such condition
	was    *change.RRset // what the caller has read, at the head ZoneEdit.upon: it must still be so, unless expect says what must be; nil: it is looked up
}

// merged works out the RRsets of the zone.
func (w *zoneWork) merged(ctx context.Context, ttl uint32) (*merge, error) {
	m := &merge{
		c: w.c, ctx: ctx, zone: w.before, apex: w.apex(), now: w.now.UnixMilli(), ttl: ttl,
		sets: make(map[setKey]*work), named: make(map[uint64]bool), moving: make(map[int]moving),
	}
	m.asRead = w.before != nil && w.before.Head == w.edit.upon
	if n := w.edit.Create; n != nil && !n.Bare && n.Restore == nil {
		if err := m.ownNS(); err != nil {
			return nil, err
		}
	}
	w.apexCNAME = w.edit.apexCNAME
	if err := m.edits(w.stored(w.edit.Edits)); err != nil {
		return nil, err
	}
	return m, m.exact(w.edit.exact)
}

func (w *zoneWork) apex() []byte {
	if w.before != nil {
		return w.before.Apex
	}
	return w.edit.Zone.Apex
}

// ownNS gives the zone the server's name servers, as if they had stood there
// before the edits.
func (m *merge) ownNS() error {
	e := Edit{Op: Add, Owner: m.apex, Type: rr.TypeNS, Upsert: true}
	for _, n := range m.c.config.NameServers {
		e.Records = append(e.Records, RecordEdit{Data: n})
	}
	if err := m.edits([]Edit{e}); err != nil {
		return err
	}
	for _, w := range m.list {
		w.stood, w.said = w.after.Records, nil
	}
	return nil
}

// exact puts RRsets as they were at another time.
func (m *merge) exact(sets []exact) error {
	var back []*work
	for i := range sets {
		e := &sets[i]
		w, err := m.known(e)
		if err != nil {
			return err
		}
		if e.expect != nil && !sameRecords(&w.before, e.expect) {
			return fault(Conflict, "changed-since", fmt.Sprintf("%s %s has been changed since", e.want.Owner, e.want.Type),
				"undo the later changes first, or restore the name to a serial")
		}
		w.exact, w.after = true, e.want.Clone()
		if e.was == nil || e.expect != nil && !m.asRead {
			back = append(back, w)
		}
	}
	return m.identify(back)
}

// identify gives new ids to the records of works whose old one another record
// has by now: a record may have been moved since.
func (m *merge) identify(works []*work) error {
	if m.zone == nil {
		return nil // it comes back with all its records, and none has gone elsewhere
	}
	uses := make(map[uint64]int)
	for _, w := range m.list {
		for i := range w.after.Records {
			uses[w.after.Records[i].ID]++
		}
	}
	for _, w := range works {
		for i := range w.after.Records {
			r := &w.after.Records[i]
			if w.before.ByID(r.ID) >= 0 {
				continue
			}
			taken, err := m.taken(r.ID)
			if err != nil {
				return err
			}
			if taken || uses[r.ID] > 1 {
				uses[r.ID]--
				r.ID = m.c.ids.next(m.c.now())
			}
		}
	}
	return nil
}

// taken reports whether a record of that id stands in an RRset that the edits
// leave alone.
func (m *merge) taken(id uint64) (bool, error) {
	s, ok, err := m.c.byID(m.ctx, m.zone, id)
	if err != nil || !ok {
		return false, err
	}
	return m.sets[setKey{owner: string(s.Owner), rtype: uint16(s.Type)}] == nil, nil
}

// known is the work on the RRset of e, which need not be looked up if e says what it is.
func (m *merge) known(e *exact) (*work, error) {
	key := setKey{owner: string(e.want.Owner), rtype: uint16(e.want.Type)}
	if e.was == nil || m.sets[key] != nil || !e.want.Owner.IsAtOrBelow(m.apex) {
		return m.of(e.want.Owner, e.want.Type)
	}
	if m.zone == nil || m.asRead {
		w := &work{before: *e.was}
		m.enter(key, w, e.want.Owner, e.want.Type)
		return w, nil
	}
	w, err := m.of(e.want.Owner, e.want.Type)
	if err == nil && e.expect == nil && !w.before.Equal(e.was) {
		err = fault(Moved, "zone-moved", fmt.Sprintf("%s %s has been changed meanwhile", e.want.Owner, e.want.Type), "look at it again and repeat the change")
	}
	return w, err
}

// sameRecords compares what a person sees, not by which record it came.
func sameRecords(a, b *change.RRset) bool {
	if len(a.Records) != len(b.Records) || len(a.Records) > 0 && a.TTL != b.TTL {
		return false
	}
	for i := range a.Records {
		if !sameRecord(&a.Records[i], &b.Records[i]) {
			return false
		}
	}
	return true
}

func sameRecord(a, b *change.Record) bool {
	return string(a.Data) == string(b.Data) && a.Disabled == b.Disabled && a.Note.Equal(&b.Note)
}

func (w *zoneWork) update(ctx context.Context) error {
	ttl := uint32(DefaultTTL)
	if s := w.before.Settings.DefaultTTL; s > 0 {
		ttl = uint32(s)
	}
	m, err := w.merged(ctx, ttl)
	if err != nil {
		return err
	}
	after := *w.before
	if err := w.props(&after, m.soa); err != nil {
		return err
	}
	w.diff = change.ZoneDiff{Kind: change.Update, ID: after.ID, Apex: after.Apex, Base: w.before.Head, From: w.before.Serial, Sets: m.diffs()}
	if w.diff.After, w.nothing = changed(&w.before.Zone, &after.Zone); w.diff.After != nil {
		w.diff.Before = &w.before.Zone
		after.Updated = w.now
	}
	if w.nothing = w.nothing && len(w.diff.Sets) == 0; w.nothing {
		return nil
	}
	if err := w.authorize(after.Apex, w.diff.Sets); err != nil {
		return err
	}
	after.Serial = w.serial(m.soa)
	w.diff.To = after.Serial
	return w.finish(ctx, &after)
}

// changed is after if its properties differ from before.
func changed(before, after *change.Zone) (*change.Zone, bool) {
	if sameProps(before, after) {
		return nil, true
	}
	return after, false
}

func sameProps(a, b *change.Zone) bool {
	return a.Type == b.Type && a.Region == b.Region && a.Status == b.Status && a.Account == b.Account &&
		a.SOATTL == b.SOATTL && string(a.SOA) == string(b.SOA) && a.Settings == b.Settings
}

// serial is the zone's next; one that an edit of the SOA asks for if it is newer.
func (w *zoneWork) serial(soa *rrEdit) change.Serial {
	next := nextSerial(w.before.Serial)
	if soa != nil {
		if wanted := serialOf(soa.data); wanted != 0 && zone.Serial(wanted).Newer(zone.Serial(next)) {
			return wanted
		}
	}
	return next
}

// props writes the new properties onto after.
func (w *zoneWork) props(after *ZoneInfo, soa *rrEdit) error {
	patch := w.edit.Props
	if patch == nil && soa == nil {
		return nil
	}
	if patch == nil {
		patch = new(ZonePatch)
	} else if err := whole(w.p); err != nil {
		return err
	}
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&after.Type, patch.Type)
	set(&after.Region, patch.Region)
	set(&after.Status, patch.Status)
	if patch.Account != nil && *patch.Account != after.Account {
		if !w.p.Admin {
			return fault(Denied, "denied", "only an admin may give a zone to another account", "use an admin's token")
		}
		after.Account = *patch.Account
	}
	if patch.Settings != nil {
		after.Settings = *patch.Settings
	}
	if patch.SOATTL != nil {
		after.SOATTL = *patch.SOATTL
	}
	if patch.SOA != nil && soa == nil {
		soa = &rrEdit{data: patch.SOA}
	}
	if soa == nil {
		return checkProps(after)
	}
	data, err := wellFormed(rr.TypeSOA, soa.data)
	if err != nil {
		return err
	}
	written := change.RRset{Owner: after.Apex, Type: rr.TypeSOA, Records: []change.Record{{Data: data}}}
	if err := w.authorize(after.Apex, []change.SetDiff{{Before: written, After: written}}); err != nil {
		return err
	}
	if soa.ttl != nil {
		after.SOATTL = *soa.ttl
	}
	after.SOA = withSerial(data, 0)
	return checkProps(after)
}

// checkProps checks what has a fixed range.
func checkProps(z *ZoneInfo) error {
	if z.Status != StatusActive && z.Status != StatusPaused {
		return fault(Invalid, "bad-status", fmt.Sprintf("a zone cannot be %q", z.Status), "use active or paused")
	}
	switch z.Type {
	case "master", "primary", "native", "slave", "secondary":
	default:
		return fault(Invalid, "bad-type", fmt.Sprintf("a zone cannot be of type %q", z.Type), "use primary or secondary (or master and slave)")
	}
	if z.SOATTL > rr.MaxTTL {
		return badTTL(z.SOATTL)
	}
	for _, ttl := range []int{z.Settings.DefaultTTL, z.Settings.NSTTL} {
		if ttl < 0 || ttl > rr.MaxTTL {
			return fault(Invalid, "bad-ttl", fmt.Sprintf("a TTL of %d seconds is out of range", ttl), "use 0 to 2147483647 (RFC 2181, Section 8)")
		}
	}
	if len(z.Region) > 64 || strings.ContainsAny(z.Region, "\x00\n\r") {
		return fault(Invalid, "bad-region", "the region is no short word", "use EU, GLOBAL or a word of your own")
	}
	return nil
}

func (w *zoneWork) create(ctx context.Context) error {
	n := w.edit.Create
	after := &ZoneInfo{Source: "store", Serial: n.Serial, Zone: change.Zone{
		ID: change.NewZoneID(), Apex: w.edit.Zone.Apex.Clone(), Account: w.p.Account,
		Type: "master", Region: "EU", Status: StatusActive, Created: w.now, Updated: w.now,
		SOA: newSOA(w.edit.Zone.Apex, w.c.config.NameServers[0]), SOATTL: DefaultTTL,
	}}
	if n.Restore != nil {
		after.Zone = *n.Restore
	}
	if err := n.fill(w.p, after); err != nil {
		return err
	}
	m, err := w.merged(ctx, DefaultTTL)
	if err != nil {
		return err
	}
	if err := w.props(after, m.soa); err != nil {
		return err
	}
	if m.soa != nil {
		after.Serial = serialOf(m.soa.data)
	}
	if after.Serial == 0 {
		after.Serial = firstSerial(w.now)
	}
	if err := checkProps(after); err != nil {
		return err
	}
	if !w.p.Sees(&after.Zone) {
		return denied(&access.Denied{Detail: "the token is limited to other zones than " + after.Apex.String()})
	}
	w.diff = change.ZoneDiff{Kind: change.Create, ID: after.ID, Apex: after.Apex, To: after.Serial, Sets: m.diffs()}
	w.diff.After = &after.Zone
	if len(w.edit.Edits) > 0 {
		if err := w.authorize(after.Apex, w.diff.Sets); err != nil {
			return err
		}
	}
	return w.finish(ctx, after)
}

// fill writes what n says onto z.
func (n *NewZone) fill(p *access.Principal, z *ZoneInfo) error {
	for _, f := range []struct{ to, from *string }{{&z.Type, &n.Type}, {&z.Region, &n.Region}, {&z.Status, &n.Status}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if n.Account != "" && n.Account != p.Account {
		if !p.Admin {
			return fault(Denied, "denied", "only an admin may make zones of other accounts", "leave the account out, or use an admin's token")
		}
		z.Account = n.Account
	}
	if n.SOATTL != 0 {
		z.SOATTL = n.SOATTL
	}
	if n.SOA == nil {
		return nil
	}
	data, err := wellFormed(rr.TypeSOA, n.SOA)
	if err != nil {
		return err
	}
	if z.Serial == 0 {
		z.Serial = serialOf(data)
	}
	z.SOA = withSerial(data, 0)
	return nil
}

// remove takes the zone away; its Change keeps all that it had.
func (w *zoneWork) remove(ctx context.Context) error {
	if err := whole(w.p); err != nil {
		return err
	}
	if len(w.edit.Edits) > 0 || w.edit.Props != nil {
		return fault(Invalid, "bad-edit", "a zone that is deleted cannot be edited", "leave the edits out")
	}
	w.diff = change.ZoneDiff{Kind: change.Delete, ID: w.before.ID, Apex: w.before.Apex, Base: w.before.Head, From: w.before.Serial, Before: &w.before.Zone}
	sets, err := w.c.allSets(ctx, w.before, 0)
	if err != nil {
		return err
	}
	for i := range sets {
		w.diff.Sets = append(w.diff.Sets, change.SetDiff{Before: sets[i], After: change.RRset{Owner: sets[i].Owner, Type: sets[i].Type}})
	}
	w.shown = w.diff.Sets
	return nil
}

// allSets is the RRsets of z of type t, all of them if that is 0, as the next
// Change will find them.
func (c *Control) allSets(ctx context.Context, z *ZoneInfo, t rr.Type) ([]change.RRset, error) {
	var sets []change.RRset
	for s, err := range c.store.RRsets(ctx, z.ID, Range{Type: t}) {
		if err != nil {
			return nil, unavailable(err)
		}
		if c.ahead.pending(keyOf(z.ID, &s)) == nil {
			sets = append(sets, s)
		}
	}
	for s := range c.ahead.pendingOf(z.ID) {
		if !s.Empty() && (t == 0 || s.Type == t) {
			sets = append(sets, *s)
		}
	}
	sortSets(sets)
	return sets, nil
}

func disabled(s *change.RRset) (n int) {
	for i := range s.Records {
		if s.Records[i].Disabled {
			n++
		}
	}
	return n
}

package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// merge works the edits of one zone out to the final state of its RRsets. What
// is to go goes first, then whole RRsets are put, then records are added, so
// that the order of the edits is of no matter.
type merge struct {
	c    *Control
	ctx  context.Context
	zone *ZoneInfo // before; nil when it is made
	apex dname.Name
	now  int64 // unix milliseconds
	at   int   // the edit at hand
	ttl  uint32
	sets map[setKey]*work
	list []*work // in the order in which they were first touched
	soa  *rrEdit // an edit of the SOA RRset
}

// work is one RRset on its way.
type work struct {
	before, after change.RRset
	put           bool // an edit gave the whole of it
	ttl           bool // an edit gave its TTL
}

// rrEdit is a new SOA.
type rrEdit struct {
	data []byte
	ttl  *uint32
}

func (m *merge) edits(edits []Edit) error {
	for _, phase := range []func(*Edit) error{m.removal, m.replacement, m.addition} {
		for i := range edits {
			m.at = i
			if err := phase(&edits[i]); err != nil {
				return m.place(err)
			}
		}
	}
	return nil
}

// place says at which edit err came up.
func (m *merge) place(err error) error {
	if e, ok := err.(*Error); ok && e.Edit < 0 {
		e.Edit = m.at
	}
	return err
}

// of is the work on the RRset of that owner and type.
func (m *merge) of(owner dname.Name, t rr.Type) (*work, error) {
	if !owner.IsAtOrBelow(m.apex) {
		return nil, fault(Invalid, "out-of-zone", fmt.Sprintf("%s is not in the zone %s", owner, m.apex), "use a name at or below the apex")
	}
	key := setKey{owner: string(owner.Lower()), rtype: uint16(t)}
	if w := m.sets[key]; w != nil {
		return w, nil
	}
	w := new(work)
	if m.zone != nil {
		before, err := m.c.rrset(m.ctx, m.zone, dname.Name(key.owner), t)
		if err != nil {
			return nil, err
		}
		w.before = before
	}
	m.enter(key, w, dname.Name(key.owner), t)
	return w, nil
}

func (m *merge) enter(key setKey, w *work, owner dname.Name, t rr.Type) {
	w.after = w.before.Clone()
	w.before.Owner, w.before.Type = owner, t
	w.after.Owner, w.after.Type = owner, t
	m.sets[key] = w
	m.list = append(m.list, w)
}

// ofRecord is the work on the RRset that has the record of that id, and where in it that is.
func (m *merge) ofRecord(id uint64) (*work, int, error) {
	for _, w := range m.list {
		if i := w.after.ByID(id); i >= 0 {
			return w, i, nil
		}
		if w.before.ByID(id) >= 0 {
			return nil, 0, fault(Conflict, "duplicate-edit", "two edits are about the same record", "say what shall become of it once")
		}
	}
	s, ok, err := m.c.byID(m.ctx, m.zone, id)
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return nil, 0, noRecord("of that id")
	}
	key := setKey{owner: string(s.Owner), rtype: uint16(s.Type)}
	w := &work{before: s}
	m.enter(key, w, s.Owner, s.Type)
	return w, w.after.ByID(id), nil
}

func noRecord(what string) *Error {
	return fault(Missing, "record-not-found", "there is no record "+what, "list the records of the zone to see which there are")
}

// removal does what takes records away: Remove, Drop, and the first half of Set.
func (m *merge) removal(e *Edit) error {
	switch {
	case e.Op == Remove && e.Type == rr.TypeSOA, e.Op == Drop && e.ID == 0:
		return fault(Invalid, "soa-needed", "the SOA record cannot be taken away", "edit it instead, or delete the zone")
	case e.Op == Remove:
		return m.remove(e)
	case e.Op == Drop:
		return m.drop(e)
	}
	return nil
}

func (m *merge) remove(e *Edit) error {
	w, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	if len(e.Records) == 0 {
		if w.after.Empty() && !e.Upsert {
			return noRecord(fmt.Sprintf("%s %s", e.Owner, e.Type))
		}
		w.after.Records = nil
		return nil
	}
	for i := range e.Records {
		data := lowered(e.Type, e.Records[i].Data)
		at := w.after.Index(data)
		if at < 0 && !e.Upsert {
			return noRecord(fmt.Sprintf("%s %s %s", e.Owner, e.Type, rr.AppendDataText(nil, e.Type, data)))
		}
		if at >= 0 {
			w.after.Records = slices.Delete(w.after.Records, at, at+1)
		}
	}
	return nil
}

func (m *merge) drop(e *Edit) error {
	if m.zone == nil {
		return noRecord("of that id in a zone that is made only now")
	}
	w, at, err := m.ofRecord(e.ID)
	if err != nil {
		if e.Upsert && isMissing(err) {
			return nil
		}
		return err
	}
	w.after.Records = slices.Delete(w.after.Records, at, at+1)
	return nil
}

// replacement does what says how an RRset or a record shall be: Put and Set.
func (m *merge) replacement(e *Edit) error {
	switch e.Op {
	case Put:
		return m.putSet(e)
	case Set:
		return m.setRecord(e)
	}
	return nil
}

func (m *merge) putSet(e *Edit) error {
	if e.Type == rr.TypeSOA {
		return m.putSOA(e)
	}
	w, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	if w.put {
		return fault(Conflict, "duplicate-edit", fmt.Sprintf("two edits put %s %s", e.Owner, e.Type), "put all its records in one edit")
	}
	had := w.after.Records
	w.put, w.after.Records = true, nil
	if err := m.giveTTL(w, e.TTL); err != nil {
		return err
	}
	for i := range e.Records {
		if err := m.insert(w, &e.Records[i], had, e); err != nil {
			return err
		}
	}
	return nil
}

func (m *merge) putSOA(e *Edit) error {
	switch {
	case !e.Owner.Equal(m.apex):
		return fault(Invalid, "soa-not-at-apex", "an SOA record stands at the apex only", "use the owner "+m.apex.String())
	case len(e.Records) != 1:
		return fault(Invalid, "soa-needed", "a zone has one SOA record", "give exactly one")
	case m.soa != nil:
		return fault(Conflict, "duplicate-edit", "two edits put the SOA record", "put it once")
	}
	m.soa = &rrEdit{data: e.Records[0].Data, ttl: e.TTL}
	return nil
}

// insert adds r to w; it inherits what a record of the same data among had had.
func (m *merge) insert(w *work, r *RecordEdit, had []change.Record, e *Edit) error {
	data, err := wellFormed(e.Type, r.Data)
	if err != nil {
		return err
	}
	if w.after.Index(data) >= 0 {
		return fault(Conflict, "record-exists",
			fmt.Sprintf("the record %s %s %s is there already", w.after.Owner, e.Type, rr.AppendDataText(nil, e.Type, data)), "leave it out")
	}
	n := change.Record{Data: data, Created: m.now, Modified: m.now}
	for i := range had {
		if string(had[i].Data) == string(data) {
			n = had[i]
		}
	}
	if n.ID == 0 {
		n.ID = m.c.ids.next(m.c.now())
	}
	edit(&n, r, e, m.now)
	w.after.Records = append(w.after.Records, n)
	return nil
}

// edit writes what r and e say beyond the data onto n.
func edit(n *change.Record, r *RecordEdit, e *Edit, now int64) {
	was := *n
	if r.Disabled != nil {
		n.Disabled = *r.Disabled
	}
	if r.Note != nil {
		n.Note = *r.Note
	}
	if e.Comment != nil {
		n.Note.Comment = *e.Comment
	}
	if was.Disabled != n.Disabled || !was.Note.Equal(&n.Note) {
		n.Modified = now
	}
}

func (m *merge) giveTTL(w *work, ttl *uint32) error {
	switch {
	case ttl == nil && w.after.TTL == 0 && w.before.Empty():
		w.after.TTL = m.ttl
	case ttl == nil:
	case *ttl > rr.MaxTTL:
		return fault(Invalid, "bad-ttl", fmt.Sprintf("a TTL of %d seconds is too long", *ttl), "use at most 2147483647 (RFC 2181, Section 8)")
	case w.ttl && w.after.TTL != *ttl:
		return fault(Conflict, "ttl-mismatch", fmt.Sprintf("%s %s is given the TTLs %d and %d", w.after.Owner, w.after.Type, w.after.TTL, *ttl),
			"all records of an RRset have one TTL (RFC 2181, Section 5.2)")
	default:
		w.ttl, w.after.TTL = true, *ttl
	}
	return nil
}

// setRecord edits a record in place: it keeps its id, wherever it goes.
func (m *merge) setRecord(e *Edit) error {
	if m.zone == nil {
		return noRecord("of that id in a zone that is made only now")
	}
	if len(e.Records) != 1 {
		return fault(Invalid, "bad-data", "an edit of a record needs its data", "give exactly one record")
	}
	from, at, err := m.ofRecord(e.ID)
	if err != nil {
		return err
	}
	n := from.after.Records[at]
	data, err := wellFormed(e.Type, e.Records[0].Data)
	if err != nil {
		return err
	}
	moved := string(n.Data) != string(data) || from.after.Type != e.Type || !from.after.Owner.Equal(e.Owner)
	from.after.Records = slices.Delete(from.after.Records, at, at+1)
	to, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	if to.after.Empty() && to.before.Empty() && e.TTL == nil {
		to.after.TTL = from.after.TTL
	}
	if err := m.giveTTL(to, e.TTL); err != nil {
		return err
	}
	if to.after.Index(data) >= 0 {
		return fault(Conflict, "record-exists", fmt.Sprintf("the record %s %s %s is there already", e.Owner, e.Type, rr.AppendDataText(nil, e.Type, data)),
			"delete one of the two instead")
	}
	n.Data = data
	if moved || to.after.TTL != to.before.TTL {
		n.Modified = m.now
	}
	edit(&n, &e.Records[0], e, m.now)
	to.after.Records = append(to.after.Records, n)
	comment(to, e.Comment, m.now)
	return nil
}

// comment writes an RRset-wide comment.
func comment(w *work, text *string, now int64) {
	if text == nil {
		return
	}
	for i := range w.after.Records {
		if r := &w.after.Records[i]; r.Note.Comment != *text {
			r.Note.Comment, r.Modified = *text, now
		}
	}
}

// addition does what adds records to RRsets.
func (m *merge) addition(e *Edit) error {
	if e.Op != Add {
		return nil
	}
	if e.Type == rr.TypeSOA {
		return m.putSOA(e)
	}
	w, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	if err := m.giveTTL(w, e.TTL); err != nil {
		return err
	}
	for i := range e.Records {
		r := &e.Records[i]
		if at := w.after.Index(lowered(e.Type, r.Data)); at >= 0 && e.Upsert {
			edit(&w.after.Records[at], r, e, m.now)
			continue
		}
		if err := m.insert(w, r, nil, e); err != nil {
			return err
		}
	}
	comment(w, e.Comment, m.now)
	return nil
}

// wellFormed is lowered data that a record of type t may have.
func wellFormed(t rr.Type, data []byte) ([]byte, error) {
	if t.IsMeta() || t == 0 {
		return nil, fault(Invalid, "bad-type", fmt.Sprintf("%s can only be asked for, and is never zone data", t), "use the type of a record")
	}
	if err := rr.CheckData(t, data); err != nil {
		return nil, fault(Invalid, "bad-data", err.Error(), "the data of "+t.String()+" looks like: "+t.Example())
	}
	return lowered(t, data), nil
}

// lowered is data with its names in lower case.
func lowered(t rr.Type, data []byte) []byte {
	data = slices.Clone(data)
	rr.LowerNames(t, data)
	return data
}

// diffs is what the edits come to, in canonical order.
func (m *merge) diffs() []change.SetDiff {
	var out []change.SetDiff
	for _, w := range m.list {
		w.after.Sort()
		if w.after.Equal(&w.before) {
			continue
		}
		if w.after.Empty() {
			w.after.TTL = 0
		}
		out = append(out, change.SetDiff{Before: w.before, After: w.after})
	}
	slices.SortFunc(out, func(a, b change.SetDiff) int {
		if d := a.Owner().Compare(b.Owner()); d != 0 {
			return d
		}
		return int(a.Type()) - int(b.Type())
	})
	return out
}

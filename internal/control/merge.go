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
// is to go goes first, then whole RRsets are put, then records that are edited
// in place come back, then records are added, so that the order of the edits is
// of no matter.
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

	asRead bool            // the zone is as it was when what exact says was read
	named  map[uint64]bool // the records that an edit names by their id
	moving map[int]moving  // by edit: what Set took out, to be put in again
}

// work is one RRset on its way.
type work struct {
	before, after change.RRset
	stood         []change.Record       // what edits may take away: that of before, and the server's own NS of a new zone
	put           bool                  // an edit gave the whole of it
	exact         bool                  // it is to be in all as the edit says
	ttl           bool                  // an edit gave its TTL
	from          *uint32               // the least TTL of RRsets from which records without a TTL came
	comment       *string               // an edit gave it to all records
	said          map[string]RecordEdit // by data: what edits with Upsert say of a record
}

// rrEdit is a new SOA.
type rrEdit struct {
	data []byte
	ttl  *uint32
}

func (m *merge) edits(edits []Edit) error {
	for _, phase := range []func(*Edit) error{m.removal, m.taking, m.putting, m.returning, m.addition, m.upsert} {
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
	w.after, w.stood = w.before.Clone(), w.before.Records
	w.before.Owner, w.before.Type = owner, t
	w.after.Owner, w.after.Type = owner, t
	m.sets[key] = w
	m.list = append(m.list, w)
}

// ofRecord is the work on the RRset that has the record of that id, and where in it that is.
func (m *merge) ofRecord(id uint64) (*work, int, error) {
	if m.named[id] {
		return nil, 0, twice()
	}
	for _, w := range m.list {
		if i := w.after.ByID(id); i >= 0 {
			m.named[id] = true
			return w, i, nil
		}
		if w.before.ByID(id) >= 0 {
			return nil, 0, twice()
		}
	}
	s, ok, err := m.c.byID(m.ctx, m.zone, id)
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return nil, 0, noRecord("of that id")
	}
	m.named[id] = true
	key := setKey{owner: string(s.Owner), rtype: uint16(s.Type)}
	w := &work{before: s}
	m.enter(key, w, s.Owner, s.Type)
	return w, w.after.ByID(id), nil
}

func twice() *Error {
	return fault(Conflict, "duplicate-edit", "two edits are about the same record", "say what shall become of it once")
}

func noRecord(what string) *Error {
	return fault(Missing, "record-not-found", "there is no record "+what, "list the records of the zone to see which there are")
}

// removal does what takes records away by what they are: Remove.
func (m *merge) removal(e *Edit) error {
	switch {
	case e.Op > Drop:
		return fault(Invalid, "bad-edit", "there is no such edit", "use put, add, remove, set or drop")
	case e.Op != Remove:
		return nil
	case e.Type == rr.TypeSOA:
		return soaNeeded()
	}
	w, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	if len(e.Records) == 0 {
		if len(w.stood) == 0 && !e.Upsert {
			return noRecord(fmt.Sprintf("%s %s", e.Owner, e.Type))
		}
		w.after.Records = nil
		return nil
	}
	for i := range e.Records {
		if err := m.remove(w, e, &e.Records[i]); err != nil {
			return err
		}
	}
	return nil
}

func soaNeeded() *Error {
	return fault(Invalid, "soa-needed", "the SOA record cannot be taken away", "edit it instead, or delete the zone")
}

// remove takes a record away that stood in w before all edits; another may have
// taken it away already.
func (m *merge) remove(w *work, e *Edit, r *RecordEdit) error {
	data, err := wellFormed(e.Type, r.Data)
	if err != nil {
		return err
	}
	same := func(r change.Record) bool { return string(r.Data) == string(data) }
	if !e.Upsert && !slices.ContainsFunc(w.stood, same) {
		return noRecord(fmt.Sprintf("%s %s %s", e.Owner, e.Type, rr.AppendDataText(nil, e.Type, data)))
	}
	w.after.Records = slices.DeleteFunc(w.after.Records, same)
	return nil
}

// putting does what says how an RRset as a whole shall be: Put.
func (m *merge) putting(e *Edit) error {
	if e.Op != Put {
		return nil
	}
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
	if err := w.give(e); err != nil {
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
	if len(w.after.Records) >= MaxRecords {
		return fault(TooLarge, "rrset-too-large", fmt.Sprintf("more than %d records of %s %s fit into no message", MaxRecords, w.after.Owner, e.Type), "use fewer records")
	}
	n := change.Record{Data: data, Created: m.now}
	for i := range had {
		if string(had[i].Data) == string(data) {
			n = had[i]
		}
	}
	if n.ID == 0 {
		n.ID = m.c.ids.next(m.c.now())
		if isFollowed(e.Type) && len(had) == 1 && len(e.Records) == 1 { // it has got another target
			n.Note.Alias = had[0].Note.Alias
		}
	}
	edit(&n, r)
	w.after.Records = append(w.after.Records, n)
	return nil
}

// MaxRecords bounds an RRset: each record takes 12 octets at least of a message
// of 65,535 (RFC 1035, Sections 3.2.1 and 4.2.2).
const MaxRecords = 65535 / 12

// edit writes what r says beyond the data onto n.
func edit(n *change.Record, r *RecordEdit) {
	if r.Disabled != nil {
		n.Disabled = *r.Disabled
	}
	if r.Note != nil {
		n.Note = *r.Note
	}
	if r.Comment != nil {
		n.Note.Comment = *r.Comment
	}
	if r.Alias != nil {
		n.Note.Alias = *r.Alias
	}
}

// give takes what e says of the RRset as a whole.
func (w *work) give(e *Edit) error {
	if err := checkNotes(e); err != nil {
		return err
	}
	if e.Comment != nil {
		if w.comment != nil && *w.comment != *e.Comment {
			return fault(Conflict, "duplicate-edit", fmt.Sprintf("%s %s is given two comments", w.after.Owner, w.after.Type), "give one; a comment is for the whole RRset")
		}
		w.comment = e.Comment
	}
	switch {
	case e.TTL == nil:
	case *e.TTL > rr.MaxTTL:
		return badTTL(*e.TTL)
	case w.ttl && w.after.TTL != *e.TTL:
		return fault(Conflict, "ttl-mismatch", fmt.Sprintf("%s %s is given the TTLs %d and %d", w.after.Owner, w.after.Type, w.after.TTL, *e.TTL),
			"all records of an RRset have one TTL (RFC 2181, Section 5.2)")
	default:
		w.ttl, w.after.TTL = true, *e.TTL
	}
	return nil
}

func badTTL(ttl uint32) *Error {
	return fault(Invalid, "bad-ttl", fmt.Sprintf("a TTL of %d seconds is too long", ttl), "use at most 2147483647 (RFC 2181, Section 8)")
}

// addition does what adds records to RRsets.
func (m *merge) addition(e *Edit) error {
	switch {
	case e.Op != Add:
		return nil
	case e.Type == rr.TypeSOA:
		return m.putSOA(e)
	}
	w, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	if err := w.give(e); err != nil || e.Upsert {
		return err
	}
	for i := range e.Records {
		if err := m.insert(w, &e.Records[i], nil, e); err != nil {
			return err
		}
	}
	return nil
}

// upsert adds the records that need not be new.
func (m *merge) upsert(e *Edit) error {
	if e.Op != Add || !e.Upsert || e.Type == rr.TypeSOA {
		return nil
	}
	w, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	for i := range e.Records {
		r := &e.Records[i]
		data, err := wellFormed(e.Type, r.Data)
		if err != nil {
			return err
		}
		if !w.say(string(data), r) {
			return twice()
		}
		if at := w.after.Index(data); at >= 0 {
			edit(&w.after.Records[at], r)
		} else if err := m.insert(w, r, nil, e); err != nil {
			return err
		}
	}
	return nil
}

// say remembers what r says of the record of that data; false where another
// edit has said otherwise.
func (w *work) say(data string, r *RecordEdit) bool {
	said, known := w.said[data]
	switch {
	case !known:
		said = *r
	case said.Disabled != nil && r.Disabled != nil && *said.Disabled != *r.Disabled:
		return false
	case said.Note != nil && r.Note != nil && !said.Note.Equal(r.Note),
		said.Comment != nil && r.Comment != nil && *said.Comment != *r.Comment,
		said.Alias != nil && r.Alias != nil && !said.Alias.Equal(r.Alias):
		return false
	}
	if said.Disabled == nil {
		said.Disabled = r.Disabled
	}
	if said.Note == nil {
		said.Note = r.Note
	}
	if said.Comment == nil {
		said.Comment = r.Comment
	}
	if said.Alias == nil {
		said.Alias = r.Alias
	}
	if w.said == nil {
		w.said = make(map[string]RecordEdit)
	}
	w.said[data] = said
	return true
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
		w.finish(m.ttl)
		if w.after.Equal(&w.before) {
			continue
		}
		w.date(m.now)
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

// finish settles what all edits together decide: the TTL, the comment, the order.
func (w *work) finish(ttl uint32) {
	switch {
	case w.after.Empty():
		w.after.TTL = 0
	case w.ttl || !w.before.Empty() || w.exact:
	case w.from != nil:
		w.after.TTL = *w.from
	default:
		w.after.TTL = ttl
	}
	if w.comment != nil {
		for i := range w.after.Records {
			w.after.Records[i].Note.Comment = *w.comment
		}
	}
	w.after.Sort()
}

// date says of the records that are not as they were when they were written.
func (w *work) date(now int64) {
	for i := range w.after.Records {
		r := &w.after.Records[i]
		at := i
		if at >= len(w.before.Records) || w.before.Records[at].ID != r.ID {
			at = w.before.ByID(r.ID)
		}
		r.Modified = now
		if at >= 0 && w.after.TTL == w.before.TTL && sameRecord(r, &w.before.Records[at]) {
			r.Modified = w.before.Records[at].Modified
		}
	}
}

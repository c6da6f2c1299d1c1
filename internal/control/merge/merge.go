// Package merge works out what edits of one zone come to.
package merge

import (
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Merge works the edits of one zone out to the final state of its RRsets. What
// is to go goes first, then whole RRsets are put, then records that are edited
// in place come back, then records are added, so that the order of the edits is
// of no matter.
type Merge struct {
	Zone
	at     int // the edit at hand
	sets   map[held.Key]*work
	list   []*work // in the order in which they were first touched
	soa    *SOA
	named  map[uint64]bool // the records that an edit names by their id
	moving map[int]moving  // by edit: what Set took out, to be put in again
}

// Zone is the zone that is edited.
type Zone struct {
	Apex   dname.Name
	State  State         // nil for a zone that is made
	AsRead bool          // it is as it was when that which Exact is given was read
	Now    int64         // unix milliseconds
	TTL    uint32        // of new RRsets of which nobody says another, in seconds
	NextID func() uint64 // of a record; they grow
}

// State is the RRsets of a zone as the edits find them.
type State interface {
	// RRset is that of owner, which is in lower case, and type; without Records if there is none.
	RRset(owner dname.Name, t rr.Type) (change.RRset, error)
	// Holder is the one that has the record of that id; false if none has.
	Holder(id uint64) (change.RRset, bool, error)
}

// New is the merge of no edits yet.
func New(z Zone) *Merge {
	return &Merge{Zone: z, sets: make(map[held.Key]*work), named: make(map[uint64]bool), moving: make(map[int]moving)}
}

// SOA is what the edits want of the SOA record; nil for nothing.
func (m *Merge) SOA() *SOA { return m.soa }

// SOA is what an edit wants of the SOA record.
type SOA struct {
	Data []byte  // RDATA, not checked yet
	TTL  *uint32 // nil keeps
}

// Edits does edits, which are the client's: an error says at which of them it came up.
func (m *Merge) Edits(edits []request.Edit) error {
	for _, phase := range []func(*request.Edit) error{m.removal, m.taking, m.putting, m.returning, m.addition, m.upsert} {
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
func (m *Merge) place(err error) error {
	if e, ok := err.(*fault.Error); ok && e.Edit < 0 {
		e.Edit = m.at
	}
	return err
}

// of is the work on the RRset of that owner and type.
func (m *Merge) of(owner dname.Name, t rr.Type) (*work, error) {
	if !owner.IsAtOrBelow(m.Apex) {
		return nil, fault.New(fault.Invalid, "out-of-zone", fmt.Sprintf("%s is not in the zone %s", owner, m.Apex), "use a name at or below the apex")
	}
	key := held.Key{Owner: string(owner.Lower()), Type: t}
	if w := m.sets[key]; w != nil {
		return w, nil
	}
	w := new(work)
	if m.State != nil {
		before, err := m.State.RRset(dname.Name(key.Owner), t)
		if err != nil {
			return nil, err
		}
		w.before = before
	}
	m.enter(key, w, dname.Name(key.Owner), t)
	return w, nil
}

func (m *Merge) enter(key held.Key, w *work, owner dname.Name, t rr.Type) {
	w.after, w.stood = w.before.Clone(), w.before.Records
	w.before.Owner, w.before.Type = owner, t
	w.after.Owner, w.after.Type = owner, t
	m.sets[key] = w
	m.list = append(m.list, w)
}

// ofRecord is the work on the RRset that has the record of that id, and where in it that is.
func (m *Merge) ofRecord(id uint64) (*work, int, error) {
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
	s, ok, err := m.State.Holder(id)
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return nil, 0, fault.NoRecord("of that id")
	}
	m.named[id] = true
	key := held.Key{Owner: string(s.Owner), Type: s.Type}
	w := &work{before: s}
	m.enter(key, w, s.Owner, s.Type)
	return w, w.after.ByID(id), nil
}

func twice() *fault.Error {
	return fault.New(fault.Conflict, "duplicate-edit", "two edits are about the same record", "say what shall become of it once")
}

// removal does what takes records away by what they are: Remove.
func (m *Merge) removal(e *request.Edit) error {
	switch {
	case e.Op > request.Drop:
		return fault.New(fault.Invalid, "bad-edit", "there is no such edit", "use put, add, remove, set or drop")
	case e.Op != request.Remove:
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
			return fault.NoRecord(fmt.Sprintf("%s %s", e.Owner, e.Type))
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

func soaNeeded() *fault.Error {
	return fault.New(fault.Invalid, "soa-needed", "the SOA record cannot be taken away", "edit it instead, or delete the zone")
}

// remove takes a record away that stood in w before all edits; another may have
// taken it away already.
func (m *Merge) remove(w *work, e *request.Edit, r *request.Record) error {
	data, err := WellFormed(e.Type, r.Data)
	if err != nil {
		return err
	}
	same := func(r change.Record) bool { return string(r.Data) == string(data) }
	if !e.Upsert && !slices.ContainsFunc(w.stood, same) {
		return fault.NoRecord(fmt.Sprintf("%s %s %s", e.Owner, e.Type, rr.AppendDataText(nil, e.Type, data)))
	}
	w.after.Records = slices.DeleteFunc(w.after.Records, same)
	return nil
}

// putting does what says how an RRset as a whole shall be: Put.
func (m *Merge) putting(e *request.Edit) error {
	if e.Op != request.Put {
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
		return fault.New(fault.Conflict, "duplicate-edit", fmt.Sprintf("two edits put %s %s", e.Owner, e.Type), "put all its records in one edit")
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

func (m *Merge) putSOA(e *request.Edit) error {
	switch {
	case !e.Owner.Equal(m.Apex):
		return fault.New(fault.Invalid, "soa-not-at-apex", "an SOA record stands at the apex only", "use the owner "+m.Apex.String())
	case len(e.Records) != 1:
		return fault.New(fault.Invalid, "soa-needed", "a zone has one SOA record", "give exactly one")
	case m.soa != nil:
		return fault.New(fault.Conflict, "duplicate-edit", "two edits put the SOA record", "put it once")
	}
	m.soa = &SOA{Data: e.Records[0].Data, TTL: e.TTL}
	return nil
}

// insert adds r to w; it inherits what a record of the same data among had had.
func (m *Merge) insert(w *work, r *request.Record, had []change.Record, e *request.Edit) error {
	data, err := WellFormed(e.Type, r.Data)
	if err != nil {
		return err
	}
	if w.after.Index(data) >= 0 {
		return fault.New(fault.Conflict, "record-exists",
			fmt.Sprintf("the record %s %s %s is there already", w.after.Owner, e.Type, rr.AppendDataText(nil, e.Type, data)), "leave it out")
	}
	if len(w.after.Records) >= MaxRecords {
		return fault.New(fault.TooLarge, "rrset-too-large", fmt.Sprintf("more than %d records of %s %s fit into no message", MaxRecords, w.after.Owner, e.Type), "use fewer records")
	}
	n := change.Record{Data: data, Created: m.Now}
	for i := range had {
		if string(had[i].Data) == string(data) {
			n = had[i]
		}
	}
	if n.ID == 0 {
		n.ID = m.NextID()
		if held.IsFollowed(e.Type) && len(had) == 1 && len(e.Records) == 1 { // it has got another target
			n.Note.Alias = had[0].Note.Alias
		}
	}
	edit(&n, r)
	w.after.Records = append(w.after.Records, n)
	return nil
}

// addition does what adds records to RRsets.
func (m *Merge) addition(e *request.Edit) error {
	switch {
	case e.Op != request.Add:
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
func (m *Merge) upsert(e *request.Edit) error {
	if e.Op != request.Add || !e.Upsert || e.Type == rr.TypeSOA {
		return nil
	}
	w, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	for i := range e.Records {
		r := &e.Records[i]
		data, err := WellFormed(e.Type, r.Data)
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

// Diffs is what the edits come to, in canonical order.
func (m *Merge) Diffs() []change.SetDiff {
	var out []change.SetDiff
	for _, w := range m.list {
		w.finish(m.TTL)
		if w.after.Equal(&w.before) {
			continue
		}
		w.date(m.Now)
		out = append(out, change.SetDiff{Before: w.before, After: w.after})
	}
	slices.SortFunc(out, held.CompareDiffs)
	return out
}

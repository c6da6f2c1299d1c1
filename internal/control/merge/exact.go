package merge

import (
	"fmt"

	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Servers gives the zone these name servers, as if they had stood there before
// all edits.
func (m *Merge) Servers(names []dname.Name) error {
	e := request.Edit{Op: request.Add, Owner: m.Apex, Type: rr.TypeNS, Upsert: true}
	for _, n := range names {
		e.Records = append(e.Records, request.Record{Data: n})
	}
	if err := m.Edits([]request.Edit{e}); err != nil {
		return err
	}
	for _, w := range m.list {
		w.stood, w.said = w.after.Records, nil
	}
	return nil
}

// Exact puts RRsets as they were at another time.
func (m *Merge) Exact(sets []request.RRset) error {
	var back []*work
	for i := range sets {
		e := &sets[i]
		w, err := m.known(e)
		if err != nil {
			return err
		}
		if e.Expect != nil && !held.SameRecords(&w.before, e.Expect) {
			return fault.New(fault.Conflict, "changed-since", fmt.Sprintf("%s %s has been changed since", e.Want.Owner, e.Want.Type),
				"undo the later changes first, or restore the name to a serial")
		}
		w.exact, w.after = true, e.Want.Clone()
		if e.Was == nil || e.Expect != nil && !m.AsRead {
			back = append(back, w)
		}
	}
	return m.identify(back)
}

// identify gives new ids to the records of works whose old one another record
// has by now: a record may have been moved since.
func (m *Merge) identify(works []*work) error {
	if m.State == nil {
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
				r.ID = m.NextID()
			}
		}
	}
	return nil
}

// taken reports whether a record of that id stands in an RRset that the edits
// leave alone.
func (m *Merge) taken(id uint64) (bool, error) {
	s, ok, err := m.State.Holder(id)
	if err != nil || !ok {
		return false, err
	}
	return m.sets[held.Key{Owner: string(s.Owner), Type: s.Type}] == nil, nil
}

// known is the work on the RRset of e, which need not be looked up if e says what it is.
func (m *Merge) known(e *request.RRset) (*work, error) {
	key := held.Key{Owner: string(e.Want.Owner), Type: e.Want.Type}
	if e.Was == nil || m.sets[key] != nil || !e.Want.Owner.IsAtOrBelow(m.Apex) {
		return m.of(e.Want.Owner, e.Want.Type)
	}
	if m.State == nil || m.AsRead {
		w := &work{before: *e.Was}
		m.enter(key, w, e.Want.Owner, e.Want.Type)
		return w, nil
	}
	w, err := m.of(e.Want.Owner, e.Want.Type)
	if err == nil && e.Expect == nil && !w.before.Equal(e.Was) {
		err = fault.New(fault.Moved, "zone-moved", fmt.Sprintf("%s %s has been changed meanwhile", e.Want.Owner, e.Want.Type), "look at it again and repeat the change")
	}
	return w, err
}

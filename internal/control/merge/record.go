package merge

import (
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// moving is a record that Set took out of its RRset.
type moving struct {
	record change.Record
	ttl    uint32 // of the RRset that it was in
}

// taking does what takes records out by their id: Drop, and the first half of Set.
func (m *Merge) taking(e *request.Edit) error {
	switch {
	case e.Op != request.Drop && e.Op != request.Set:
		return nil
	case e.Op == request.Set && e.Type == rr.TypeSOA && e.ID == 0:
		return m.putSOA(e)
	case e.Op == request.Set && (e.Type == rr.TypeSOA || e.ID == 0):
		return fault.New(fault.Invalid, "soa-needed", "the SOA record stays one, and no other record becomes one", "edit the record in its own type")
	case e.ID == 0:
		return soaNeeded()
	case m.State == nil:
		return fault.NoRecord("of that id in a zone that is made only now")
	}
	w, at, err := m.ofRecord(e.ID)
	if err != nil {
		if e.Op == request.Drop && e.Upsert && fault.IsMissing(err) {
			return nil
		}
		return err
	}
	m.moving[m.at] = moving{w.after.Records[at], w.before.TTL}
	w.after.Records = slices.Delete(w.after.Records, at, at+1)
	return nil
}

// returning is the second half of Set: the record comes back as it shall be. It
// keeps its id, wherever it goes.
func (m *Merge) returning(e *request.Edit) error {
	if e.Op != request.Set || e.Type == rr.TypeSOA {
		return nil
	}
	if len(e.Records) != 1 {
		return fault.New(fault.Invalid, "bad-data", "an edit of a record needs its data", "give exactly one record")
	}
	data, err := WellFormed(e.Type, e.Records[0].Data)
	if err != nil {
		return err
	}
	to, err := m.of(e.Owner, e.Type)
	if err != nil {
		return err
	}
	if err := to.give(e); err != nil {
		return err
	}
	if to.after.Index(data) >= 0 {
		return fault.New(fault.Conflict, "record-exists", fmt.Sprintf("the record %s %s %s is there already", e.Owner, e.Type, rr.AppendDataText(nil, e.Type, data)),
			"delete one of the two instead")
	}
	n := m.moving[m.at]
	if to.from == nil || n.ttl < *to.from {
		to.from = &n.ttl
	}
	n.record.Data = data
	edit(&n.record, &e.Records[0])
	if !held.IsFollowed(e.Type) {
		n.record.Note.Alias = change.Alias{Flatten: n.record.Note.Flatten}
	}
	to.after.Records = append(to.after.Records, n.record)
	return nil
}

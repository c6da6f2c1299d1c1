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

// work is one RRset on its way.
type work struct {
	before, after change.RRset
	stood         []change.Record           // what edits may take away: that of before, and the server's own NS of a new zone
	put           bool                      // an edit gave the whole of it
	exact         bool                      // it is to be in all as the edit says
	ttl           bool                      // an edit gave its TTL
	from          *uint32                   // the least TTL of RRsets from which records without a TTL came
	comment       *string                   // an edit gave it to all records
	said          map[string]request.Record // by data: what edits with Upsert say of a record
}

// MaxRecords bounds an RRset: each record takes 12 octets at least of a message
// of 65,535 (RFC 1035, Sections 3.2.1 and 4.2.2).
const MaxRecords = 65535 / 12

// edit writes what r says beyond the data onto n.
func edit(n *change.Record, r *request.Record) {
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
func (w *work) give(e *request.Edit) error {
	if err := checkNotes(e); err != nil {
		return err
	}
	if e.Comment != nil {
		if w.comment != nil && *w.comment != *e.Comment {
			return fault.New(fault.Conflict, "duplicate-edit", fmt.Sprintf("%s %s is given two comments", w.after.Owner, w.after.Type), "give one; a comment is for the whole RRset")
		}
		w.comment = e.Comment
	}
	switch {
	case e.TTL == nil:
	case *e.TTL > rr.MaxTTL:
		return fault.BadTTL(*e.TTL)
	case w.ttl && w.after.TTL != *e.TTL:
		return fault.New(fault.Conflict, "ttl-mismatch", fmt.Sprintf("%s %s is given the TTLs %d and %d", w.after.Owner, w.after.Type, w.after.TTL, *e.TTL),
			"all records of an RRset have one TTL (RFC 2181, Section 5.2)")
	default:
		w.ttl, w.after.TTL = true, *e.TTL
	}
	return nil
}

// say remembers what r says of the record of that data; false where another
// edit has said otherwise.
func (w *work) say(data string, r *request.Record) bool {
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
		w.said = make(map[string]request.Record)
	}
	w.said[data] = said
	return true
}

// WellFormed is lowered data that a record of type t may have.
func WellFormed(t rr.Type, data []byte) ([]byte, error) {
	if t.IsMeta() || t == 0 {
		return nil, fault.New(fault.Invalid, "bad-type", fmt.Sprintf("%s can only be asked for, and is never zone data", t), "use the type of a record")
	}
	if err := rr.CheckData(t, data); err != nil {
		return nil, fault.New(fault.Invalid, "bad-data", err.Error(), "the data of "+t.String()+" looks like: "+t.Example())
	}
	return lowered(t, data), nil
}

// lowered is data with its names in lower case.
func lowered(t rr.Type, data []byte) []byte {
	data = slices.Clone(data)
	rr.LowerNames(t, data)
	return data
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
		if at >= 0 && w.after.TTL == w.before.TTL && held.SameRecord(r, &w.before.Records[at]) {
			r.Modified = w.before.Records[at].Modified
		}
	}
}

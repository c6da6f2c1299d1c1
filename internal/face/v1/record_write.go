package v1

import (
	"fmt"
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

func (c handler) createRecord() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	var in api.CreateRecordRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	w, err := form.Want(&in, z)
	if err != nil {
		return nil, err
	}
	op := control.Add
	if w.Type == rr.TypeCNAME { // there can be no other, and clients rely on it
		op = control.Put
	}
	return c.writeRecord(z, w, w.Edit(op, 0), http.StatusCreated)
}

// writeRecord applies the edit and shows the record that it made.
func (c handler) writeRecord(z *control.ZoneInfo, w *form.Wanted, edit control.Edit, status int) (*envelope.Reply, error) {
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Edits: []control.Edit{edit}})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	s, err := c.outcome(z, w, res)
	if err != nil {
		return nil, err
	}
	out := api.RecordData{Message: "Record updated successfully", Warnings: envelope.Findings(res.Warnings)}
	if status == http.StatusCreated {
		out.Message = "Record created successfully"
	}
	at := s.Index(w.Data)
	if w.Type == rr.TypeSOA && len(s.Records) == 1 {
		at = 0 // its serial is the zone's
	}
	if at < 0 {
		return nil, envelope.Fail(http.StatusConflict, api.CodeConflict, "the record was written, and changed again meanwhile; list the records of the name")
	}
	out.Record = form.Record(s, at)
	a := &envelope.Reply{Status: status, Data: out, ETag: &z.Serial, Replayed: res.Replayed}
	if res.Change != nil {
		a.ETag = &res.Change.Zones[0].To
	}
	return a, nil
}

// outcome is the RRset of w as the Change left it, or as it is where there was nothing to change.
func (c handler) outcome(z *control.ZoneInfo, w *form.Wanted, res *control.Result) (*change.RRset, error) {
	if res.Change != nil {
		sets := res.Change.Zones[0].Sets
		for i := range sets {
			if sets[i].Type() == w.Stored && sets[i].Owner().Equal(w.Owner) {
				s := sets[i].After
				s.Owner, s.Type = w.Owner, w.Stored
				return &s, nil
			}
		}
	}
	s, err := c.Control.RRset(c.Ctx, c.Who, control.Ref{ID: z.ID}, w.Owner, w.Stored)
	return &s, err
}

func (c handler) updateRecord() (*envelope.Reply, error) {
	z, s, at, err := c.recordAt()
	if err != nil {
		return nil, err
	}
	var in api.UpdateRecordRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	return c.replace(z, s, at, &in)
}

// replace replaces the record at a place in s.
func (c handler) replace(z *control.ZoneInfo, s *change.RRset, at int, in *api.CreateRecordRequest) (*envelope.Reply, error) {
	w, err := form.Want(in, z)
	if err != nil {
		return nil, err
	}
	if !w.Owner.Equal(s.Owner) || w.Stored != s.Type {
		return nil, envelope.Invalid("name", "the record is %s %s; a record keeps its name and type: delete it and create another", dname.Name(s.Owner), s.Type)
	}
	edit := w.Edit(control.Set, s.Records[at].ID)
	if s.Type == rr.TypeSOA {
		edit = w.Edit(control.Put, 0)
	}
	return c.writeRecord(z, w, edit, http.StatusOK)
}

func (c handler) deleteRecord() (*envelope.Reply, error) {
	z, s, at, err := c.recordAt()
	if err != nil {
		return nil, err
	}
	return c.remove(z, s, at)
}

// remove deletes the record at a place in s.
func (c handler) remove(z *control.ZoneInfo, s *change.RRset, at int) (*envelope.Reply, error) {
	edit := control.Edit{Op: control.Drop, ID: s.Records[at].ID, Owner: s.Owner, Type: s.Type}
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Edits: []control.Edit{edit}})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return c.gone(res)
}

// gone is 204, with the zone's new entity tag.
func (c handler) gone(res *control.Result) (*envelope.Reply, error) {
	if res.Change != nil && len(res.Change.Zones) == 1 {
		c.W.Header().Set("ETag", fmt.Sprintf(`"%d"`, res.Change.Zones[0].To))
	}
	return nil, nil
}

package v1

import (
	"fmt"
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// wanted is a record as a request says it shall be.
type wanted struct {
	owner   dname.Name
	t       rr.Type
	data    []byte
	ttl     uint32
	disable bool
	comment *string
}

// maxComment bounds a comment, in octets.
const maxComment = 500

// want reads what a request says of a record.
func want(in *api.CreateRecordRequest, z *control.ZoneInfo) (*wanted, error) {
	w := &wanted{disable: in.Disabled, comment: in.Comment}
	var err error
	if w.owner, err = parseOwner("name", in.Name, z.Apex); err != nil {
		return nil, err
	}
	if w.t, err = parseType("type", in.Type); err != nil {
		return nil, err
	}
	if w.data, err = parseContent("content", w.t, in.Content, in.Priority, z.Apex); err != nil {
		return nil, err
	}
	rr.LowerNames(w.t, w.data)
	if err := checkComment("comment", in.Comment); err != nil {
		return nil, err
	}
	w.ttl, err = timeToLive("ttl", in.TTL, z)
	return w, err
}

func checkComment(field string, text *string) error {
	if text != nil && len(*text) > maxComment {
		return invalid(field, "the comment has %d octets; at most %d are kept", len(*text), maxComment)
	}
	return nil
}

// timeToLive is the TTL that is asked for; 0 stands for the zone's default.
func timeToLive(field string, seconds int, z *control.ZoneInfo) (uint32, error) {
	switch {
	case seconds == 0 && z.Settings.DefaultTTL > 0:
		return uint32(z.Settings.DefaultTTL), nil
	case seconds == 0:
		return control.DefaultTTL, nil
	case seconds < 0 || seconds > rr.MaxTTL:
		return 0, invalid(field, "the TTL %d is not from 1 to %d seconds (RFC 2181, Section 8)", seconds, rr.MaxTTL)
	}
	return uint32(seconds), nil
}

// edit is the edit that makes w of an RRset: op is Put or Add, or Set of the record id.
func (w *wanted) edit(op control.Op, id uint64) control.Edit {
	return control.Edit{
		Op: op, Owner: w.owner, Type: w.t, TTL: &w.ttl, ID: id, Comment: w.comment,
		Records: []control.RecordEdit{{Data: w.data, Disabled: &w.disable}},
	}
}

func (c *call) createRecord() (*reply, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	var in api.CreateRecordRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	w, err := want(&in, z)
	if err != nil {
		return nil, err
	}
	op := control.Add
	if w.t == rr.TypeCNAME { // there can be no other, and clients rely on it
		op = control.Put
	}
	return c.writeRecord(z, w, w.edit(op, 0), http.StatusCreated)
}

// writeRecord applies the edit and shows the record that it made.
func (c *call) writeRecord(z *control.ZoneInfo, w *wanted, edit control.Edit, status int) (*reply, error) {
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Edits: []control.Edit{edit}})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	s, err := c.outcome(z, w, res)
	if err != nil {
		return nil, err
	}
	out := api.RecordData{Message: "Record updated successfully", Warnings: findings(res.Warnings)}
	if status == http.StatusCreated {
		out.Message = "Record created successfully"
	}
	at := s.Index(w.data)
	if w.t == rr.TypeSOA && len(s.Records) == 1 {
		at = 0 // its serial is the zone's
	}
	if at < 0 {
		return nil, fail(http.StatusConflict, api.CodeConflict, "the record was written, and changed again meanwhile; list the records of the name")
	}
	out.Record = recordOf(s, at)
	a := &reply{status: status, data: out, etag: &z.Serial, replay: res.Replayed}
	if res.Change != nil {
		a.etag = &res.Change.Zones[0].To
	}
	return a, nil
}

// outcome is the RRset of w as the Change left it, or as it is where there was nothing to change.
func (c *call) outcome(z *control.ZoneInfo, w *wanted, res *control.Result) (*change.RRset, error) {
	if res.Change != nil {
		sets := res.Change.Zones[0].Sets
		for i := range sets {
			if sets[i].Type() == w.t && sets[i].Owner().Equal(w.owner) {
				s := sets[i].After
				s.Owner, s.Type = w.owner, w.t
				return &s, nil
			}
		}
	}
	s, err := c.Control.RRset(c.ctx, c.who, control.Ref{ID: z.ID}, w.owner, w.t)
	return &s, err
}

func (c *call) updateRecord() (*reply, error) {
	z, s, at, err := c.recordAt()
	if err != nil {
		return nil, err
	}
	var in api.UpdateRecordRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.replace(z, s, at, &in)
}

// replace replaces the record at a place in s.
func (c *call) replace(z *control.ZoneInfo, s *change.RRset, at int, in *api.CreateRecordRequest) (*reply, error) {
	w, err := want(in, z)
	if err != nil {
		return nil, err
	}
	if !w.owner.Equal(s.Owner) || w.t != s.Type {
		return nil, invalid("name", "the record is %s %s; a record keeps its name and type: delete it and create another", dname.Name(s.Owner), s.Type)
	}
	edit := w.edit(control.Set, s.Records[at].ID)
	if s.Type == rr.TypeSOA {
		edit = w.edit(control.Put, 0)
	}
	return c.writeRecord(z, w, edit, http.StatusOK)
}

func (c *call) deleteRecord() (*reply, error) {
	z, s, at, err := c.recordAt()
	if err != nil {
		return nil, err
	}
	return c.remove(z, s, at)
}

// remove deletes the record at a place in s.
func (c *call) remove(z *control.ZoneInfo, s *change.RRset, at int) (*reply, error) {
	edit := control.Edit{Op: control.Drop, ID: s.Records[at].ID, Owner: s.Owner, Type: s.Type}
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Edits: []control.Edit{edit}})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return c.gone(res)
}

// gone is 204, with the zone's new entity tag.
func (c *call) gone(res *control.Result) (*reply, error) {
	if res.Change != nil && len(res.Change.Zones) == 1 {
		c.w.Header().Set("ETag", fmt.Sprintf(`"%d"`, res.Change.Zones[0].To))
	}
	return nil, nil
}

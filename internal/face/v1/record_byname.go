package v1

import (
	"fmt"
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// rrsetAt is the RRset of the name and type of the path.
func (c handler) rrsetAt() (*control.ZoneInfo, *change.RRset, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, nil, err
	}
	owner, err := form.ParseOwner("record_name", c.R.PathValue("record_name"), z.Apex)
	if err != nil {
		return nil, nil, err
	}
	t, err := form.ParseType("record_type", c.R.PathValue("record_type"))
	if err != nil {
		return nil, nil, err
	}
	s, err := c.Control.RRset(c.Ctx, c.Who, control.Ref{ID: z.ID}, owner, flatten.StoredType(z.Apex, owner, t))
	if err != nil {
		return nil, nil, err
	}
	if s.Empty() {
		return nil, nil, envelope.Fail(http.StatusNotFound, api.CodeRecordNotFound, fmt.Sprintf("there is no record %s %s", owner, t))
	}
	return z, &s, nil
}

// picked is where the record stands that the query's content tells; -1 where the query has none.
func (c handler) picked(z *control.ZoneInfo, s *change.RRset) (int, error) {
	values, given := c.R.URL.Query()["content"]
	if !given {
		return -1, nil
	}
	if values[0] == "" || len(values) > 1 {
		return 0, envelope.Invalid("content", "the content is empty or there twice; leave it out to mean all records of the name and type")
	}
	at := form.Find(s, values[0], z.Apex)
	if at < 0 {
		return 0, envelope.Fail(http.StatusNotFound, api.CodeRecordNotFound, fmt.Sprintf("no record %s %s has that content", dname.Name(s.Owner), s.Type))
	}
	return at, nil
}

func (c handler) updateByName() (*envelope.Reply, error) {
	z, s, err := c.rrsetAt()
	if err != nil {
		return nil, err
	}
	at, err := c.picked(z, s)
	if err != nil {
		return nil, err
	}
	if at < 0 && len(s.Records) > 1 {
		return nil, envelope.Fail(http.StatusConflict, api.CodeConflict, fmt.Sprintf("there are %d records %s %s; say with ?content= which one is meant", len(s.Records), dname.Name(s.Owner), s.Type))
	}
	var in api.UpdateRecordByNameRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	return c.replace(z, s, max(at, 0), &api.CreateRecordRequest{
		Name: dname.Name(s.Owner).String(), Type: s.Type.String(), Content: in.Content,
		TTL: in.TTL, Priority: in.Priority, Disabled: in.Disabled, Comment: in.Comment, Settings: in.Settings,
	})
}

func (c handler) deleteByName() (*envelope.Reply, error) {
	z, s, err := c.rrsetAt()
	if err != nil {
		return nil, err
	}
	at, err := c.picked(z, s)
	if err != nil {
		return nil, err
	}
	if at >= 0 {
		return c.remove(z, s, at)
	}
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Edits: []control.Edit{{Op: control.Remove, Owner: s.Owner, Type: s.Type}}})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return c.gone(res)
}

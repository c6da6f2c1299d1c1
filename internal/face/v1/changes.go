package v1

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var changeRoutes = []Route{{
	Method: "POST", Path: "/changes", ID: "createChange", Tag: "Changes", Summary: "Change many records in many zones, all or nothing", Scopes: writeRecords,
	Description: "The final state is judged, never the order: a name can go from A to CNAME in one change. Errors of rules refuse the change, warnings come with the answer. If-Match is for a change of one zone; for several, each has its if_match.",
	Queries:     []Query{call.DryRun}, Headers: postHeaders, Body: api.ChangeRequest{}, MaxBody: changeBody,
	Status: 201, Answer: api.Response[api.ChangeData]{}, Handle: call.By(handler.createChange),
}, {
	Method: "GET", Path: "/changes", ID: "listChanges", Tag: "Changes", Summary: "List changes, newest first", Scopes: call.ReadZones,
	Queries: append([]Query{
		{Name: "zone", Type: "string", Description: "only those of this zone, by id or name; it may be deleted"},
		{Name: "account", Type: "string", Description: "only those that this account made"},
		{Name: "after", Type: "integer", Description: "only later revisions"},
		{Name: "before", Type: "integer", Description: "only earlier revisions"},
		{Name: "sets", Type: "boolean", Description: "with what they did to the records"},
	}, cursor...), Status: 200, Answer: api.Response[api.ChangesData]{}, Handle: call.By(handler.listChanges),
}, {
	Method: "GET", Path: "/changes/{change_id}", ID: "getChange", Tag: "Changes", Summary: "Get a change, by id or revision", Scopes: call.ReadRecords,
	Status: 200, Answer: api.Response[api.ChangeData]{}, Handle: call.By(handler.getChange),
}, {
	Method: "POST", Path: "/changes/{change_id}/undo", ID: "undoChange", Tag: "Changes", Summary: "Take a change back", Scopes: writeRecords,
	Description: "It is refused where what the change wrote has been changed since.",
	Queries:     []Query{call.DryRun}, Headers: repeatHeader, Body: api.UndoRequest{}, BodyOptional: true,
	Status: 201, Answer: api.Response[api.ChangeData]{}, Handle: call.By(handler.undo),
}, {
	Method: "GET", Path: "/zones/{zone_id}/diff", ID: "diffZone", Tag: "Changes", Summary: "Show what changed between two serials", Scopes: call.ReadRecords,
	Queries: []Query{
		{Name: "from", Type: "integer", Description: "a serial that the zone had", Required: true},
		{Name: "to", Type: "integer", Description: "another one; left out the present one"},
	}, Status: 200, Answer: api.Response[api.DiffData]{}, Handle: call.By(handler.diff),
}, {
	Method: "POST", Path: "/zones/{zone_id}/restore", ID: "restoreZone", Tag: "Changes", Summary: "Bring a zone, or a name in it, back to what it was", Scopes: writeAll,
	Description: "A deleted zone comes back, under its id.",
	Queries:     []Query{call.DryRun}, Headers: postHeaders, Body: api.RestoreRequest{}, BodyOptional: true,
	Status: 201, Answer: api.Response[api.ChangeData]{}, Handle: call.By(handler.restore),
}, {
	Method: "POST", Path: "/zones/restore", ID: "restoreZoneByName", Tag: "Changes", Summary: "Bring back a deleted zone that is told by its name", Scopes: writeAll,
	Description: "Of several deleted zones of one name the last one. It does what restoring at the path of the zone does, and takes zones that are there, too.",
	Queries:     []Query{call.DryRun}, Headers: postHeaders, Body: api.RestoreZoneRequest{},
	Status: 201, Answer: api.Response[api.ChangeData]{}, Handle: call.By(handler.restoreByName),
}}

// answer shows what came of a request that may have made a Change.
func answer(res *control.Result, err error) (*envelope.Reply, error) {
	if err != nil {
		return nil, err
	}
	a := &envelope.Reply{Status: http.StatusCreated, Data: form.ChangeData(res, true), Replayed: res.Replayed}
	if res.DryRun || res.Change == nil {
		a.Status = http.StatusOK
	}
	if ch := res.Change; ch != nil && len(ch.Zones) == 1 && !res.DryRun {
		a.ETag = &ch.Zones[0].To
	}
	return a, nil
}

// codeOf is the code of an error of control; empty for another.
func codeOf(err error) string {
	var e *control.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// reasoned is the beginning of a change with what its body says of it.
func (c handler) reasoned(reason string, dry bool) (*control.Request, error) {
	req, err := c.Request()
	if err != nil {
		return nil, err
	}
	if reason != "" {
		req.Reason = reason
	}
	req.DryRun = req.DryRun || dry
	return req, nil
}

func (c handler) createChange() (*envelope.Reply, error) {
	var in api.ChangeRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if len(in.Zones) == 0 {
		return nil, envelope.Invalid("zones", "the change has no zones; say what shall change in which zone")
	}
	req, err := c.reasoned(in.Reason, in.DryRun)
	if err != nil {
		return nil, err
	}
	match, err := c.Match()
	if err != nil {
		return nil, err
	}
	if match != nil && len(in.Zones) > 1 {
		return nil, envelope.Invalid(envelope.IfMatch, "the header If-Match is for one zone; give each of the %d zones its if_match", len(in.Zones))
	}
	for i := range in.Zones {
		e, err := c.zoneEdit(fmt.Sprintf("zones[%d]", i), &in.Zones[i])
		if err != nil {
			return nil, err
		}
		if match != nil {
			e.IfMatch = match
		}
		req.Zones = append(req.Zones, *e)
	}
	return answer(c.Control.Apply(c.Ctx, c.Who, req))
}

func (c handler) listChanges() (*envelope.Reply, error) {
	q, err := c.changeQuery()
	if err != nil {
		return nil, err
	}
	account := c.Query("account")
	limit := q.Limit
	q.Limit = 0
	out := api.ChangesData{Changes: []api.Change{}}
	looked := 0
	for ch, err := range c.Control.Changes(c.Ctx, c.Who, q) {
		if err != nil {
			return nil, err
		}
		if looked++; len(out.Changes) == limit || looked > maxLooked {
			out.Next = strconv.FormatUint(uint64(ch.Revision)+1, 10)
			break
		}
		if account == "" || form.IsID(ch.Origin.Account, account) {
			out.Changes = append(out.Changes, form.Change(ch, q.Sets))
		}
	}
	return envelope.OK(out)
}

// maxLooked bounds the changes that are looked at for one page.
const maxLooked = 10_000

func (c handler) changeQuery() (q control.ChangeQuery, err error) {
	if text := c.Query("zone"); text != "" {
		if q.Zone, err = form.ParseRef(text); err != nil {
			return q, err
		}
	}
	if q.Sets, err = c.Boolean("sets", false); err != nil {
		return q, err
	}
	if q.Sets {
		if err := c.Who.May(call.ReadRecords...); err != nil {
			return q, err
		}
	}
	if q.Limit, err = c.Integer("limit", 100, 1, 1000); err != nil {
		return q, err
	}
	for _, f := range []struct {
		name string
		to   *change.Revision
	}{{"after", &q.After}, {"before", &q.Before}, {"cursor", &q.Before}} {
		n, err := c.Integer(f.name, 0, 0, 1<<62)
		if err != nil {
			return q, err
		}
		if n != 0 {
			*f.to = change.Revision(n)
		}
	}
	return q, nil
}

func (c handler) changeID() string {
	return envelope.Shorten(strings.TrimSpace(c.R.PathValue("change_id")), 64)
}

func (c handler) getChange() (*envelope.Reply, error) {
	ch, err := c.Control.Change(c.Ctx, c.Who, c.changeID())
	if err != nil {
		return nil, err
	}
	out := form.Change(ch, true)
	return envelope.OK(api.ChangeData{Change: &out})
}

func (c handler) undo() (*envelope.Reply, error) {
	var in api.UndoRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	req, err := c.reasoned(in.Reason, in.DryRun)
	if err != nil {
		return nil, err
	}
	return answer(c.Control.Undo(c.Ctx, c.Who, c.changeID(), req))
}

func (c handler) diff() (*envelope.Reply, error) {
	ref, err := c.Ref()
	if err != nil {
		return nil, err
	}
	from, err := c.Serial("from")
	if err != nil {
		return nil, err
	}
	if from == nil {
		return nil, envelope.Invalid("from", "from is needed: a serial that the zone had")
	}
	to, err := c.Serial("to")
	if err != nil {
		return nil, err
	}
	if to == nil {
		z, err := c.Zone()
		if err != nil {
			return nil, err
		}
		to = &z.Serial
	}
	d, err := c.Control.Diff(c.Ctx, c.Who, ref, *from, *to)
	if err != nil {
		return nil, err
	}
	return envelope.OK(api.DiffData{Diff: form.Diff(d, true)})
}

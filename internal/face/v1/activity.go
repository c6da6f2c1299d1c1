package v1

import (
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var activityRoutes = []Route{{
	Method: "GET", Path: "/activity", ID: "listActivity", Tag: "Activity", Summary: "List what was done, newest first", Scopes: []access.Scope{access.ActivityRead, access.ZonesRead},
	Description: "One item for each zone of a change. The change itself, at /changes, says more.",
	Queries: append(call.Page(50, 100),
		Query{Name: "resource", Type: "string", Description: "zone or record"},
		Query{Name: "action", Type: "string", Description: "create, update or delete"},
		Query{Name: "search", Type: "string", Description: "a part of the zone's name, of the reason, or of the author"},
		Query{Name: "start_time", Type: "string", Description: "not earlier than this (RFC 3339)"},
		Query{Name: "end_time", Type: "string", Description: "not later than this (RFC 3339)"},
	), Status: 200, Answer: api.Response[api.ActivityData]{}, Handle: call.By(handler.activity),
}}

// sieve is what is wanted of the activity.
type sieve struct {
	resource, action, search string
	start, end               time.Time
}

func (c handler) sieve() (*sieve, error) {
	s := &sieve{resource: c.Query("resource"), action: c.Query("action"), search: strings.ToLower(c.Query("search"))}
	for _, f := range []struct {
		name string
		to   *time.Time
	}{{"start_time", &s.start}, {"end_time", &s.end}} {
		text := c.Query(f.name)
		if text == "" {
			continue
		}
		var err error
		if *f.to, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, envelope.Invalid(f.name, "%s=%q is no time; write it as in 2026-01-31T12:00:00Z", f.name, envelope.Shorten(text, 40))
		}
	}
	return s, nil
}

func (c handler) activity() (*envelope.Reply, error) {
	offset, err := c.Integer("offset", 0, 0, maxLooked)
	if err != nil {
		return nil, err
	}
	limit, err := c.Integer("limit", 50, 1, 100)
	if err != nil {
		return nil, err
	}
	want, err := c.sieve()
	if err != nil {
		return nil, err
	}
	out := api.ActivityData{Items: []api.ActivityItem{}, Meta: api.OffsetMeta{Limit: limit, Offset: offset}}
	skip := offset
	looked := 0
	for ch, err := range c.Control.Changes(c.Ctx, c.Who, control.ChangeQuery{}) {
		if err != nil {
			return nil, err
		}
		if looked++; looked > maxLooked || ch.Time.Before(want.start) {
			break
		}
		for i := range ch.Zones {
			item := activityOf(ch, &ch.Zones[i])
			switch {
			case !want.lets(&item, ch, &ch.Zones[i]):
			case skip > 0:
				skip--
			default:
				out.Items = append(out.Items, item)
			}
			if len(out.Items) == limit {
				return envelope.OK(out)
			}
		}
	}
	return envelope.OK(out)
}

func (s *sieve) lets(item *api.ActivityItem, ch *change.Change, d *change.ZoneDiff) bool {
	return (s.resource == "" || s.resource == item.Resource) && (s.action == "" || s.action == item.Action) &&
		(s.end.IsZero() || !ch.Time.After(s.end)) &&
		(s.search == "" || strings.Contains(strings.ToLower(form.Bare(d.Apex)+"\n"+ch.Reason+"\n"+ch.Origin.Author), s.search))
}

// activityOf is what a Change did to one zone. What changes records but no
// properties of the zone is about records.
func activityOf(ch *change.Change, d *change.ZoneDiff) api.ActivityItem {
	item := api.ActivityItem{
		ID: form.UUID(ch.ID + "/" + d.ID.Hex()), Action: d.Kind.String(), Resource: "zone", ResourceID: d.ID.String(),
		IPAddress: ch.Origin.Address, UserAgent: ch.Origin.Agent, CreatedAt: ch.Time,
	}
	if d.Kind == change.Update && d.After == nil {
		item.Resource, item.ResourceID = "record", ch.ID
	}
	if d.Kind != change.Create {
		item.OldValues = map[string]any{"zone": form.Bare(d.Apex), "serial": d.From}
	}
	if d.Kind != change.Delete {
		item.NewValues = map[string]any{"zone": form.Bare(d.Apex), "serial": d.To, "change_id": ch.ID, "reason": ch.Reason}
	}
	if ch.Origin.Account != "" {
		id := form.UUID(ch.Origin.Account)
		item.UserID = &id
	}
	if ch.Origin.Author != "" {
		name := ch.Origin.Author
		item.UserName = &name
	}
	return item
}

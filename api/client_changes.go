package api

import (
	"context"
	"crypto/rand"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// Change does r: all of it or nothing. A repetition with the same key, which
// is up to the caller, gets the first answer; without a key a random one
// protects the repetitions of this call.
func (c *Client) Change(ctx context.Context, r ChangeRequest, key string) (ChangeData, error) {
	return c.change(ctx, "/changes", r, key)
}

// Undo takes the change of that id or revision back.
func (c *Client) Undo(ctx context.Context, id string, r UndoRequest) (ChangeData, error) {
	return c.change(ctx, "/changes/"+url.PathEscape(id)+"/undo", r, "")
}

// Restore brings a zone, or one name in it, back to what it was.
func (c *Client) Restore(ctx context.Context, zone string, r RestoreRequest) (ChangeData, error) {
	return c.change(ctx, zonePath(zone)+"/restore", r, "")
}

func (c *Client) change(ctx context.Context, path string, body any, key string) (ChangeData, error) {
	if key == "" {
		key = rand.Text()
	}
	var data ChangeData
	err := c.do(ctx, call{method: http.MethodPost, path: path, body: body, key: key}, &data)
	return data, err
}

// ChangeQuery narrows a list of changes; the zero query is all of them.
type ChangeQuery struct {
	Zone          string // id or name
	Account       string // id
	After, Before uint64 // revisions, both exclusive; 0 for no bound
	Sets          bool   // with what they did to the records
	Limit         int    // how many there are on a page, up to 1000; 0 for what the server likes
}

func (q ChangeQuery) values() url.Values {
	v := make(url.Values)
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("zone", q.Zone)
	set("account", q.Account)
	set("after", strconv.FormatUint(q.After, 10))
	set("before", strconv.FormatUint(q.Before, 10))
	set("limit", strconv.Itoa(q.Limit))
	if q.Sets {
		set("sets", "true")
	}
	return v
}

// Changes is the log, the newest change first.
func (c *Client) Changes(ctx context.Context, q ChangeQuery) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		follow(q.values(), func(v url.Values) ([]Change, string, error) {
			var data ChangesData
			err := c.get(ctx, "/changes", v, &data)
			return data.Changes, data.Next, err
		})(yield)
	}
}

// ChangeByID is the change of that id or revision.
func (c *Client) ChangeByID(ctx context.Context, id string) (Change, error) {
	var data ChangeData
	err := c.get(ctx, "/changes/"+url.PathEscape(id), nil, &data)
	if data.Change == nil {
		return Change{}, err
	}
	return *data.Change, err
}

// Diff is the net difference of a zone between two of its serials.
func (c *Client) Diff(ctx context.Context, zone string, from, to uint32) (ZoneDiff, error) {
	serial := func(n uint32) []string { return []string{strconv.FormatUint(uint64(n), 10)} }
	var data DiffData
	err := c.get(ctx, zonePath(zone)+"/diff", url.Values{"from": serial(from), "to": serial(to)}, &data)
	return data.Diff, err
}

// Plan asks what a change of many records would do; nothing is written.
func (c *Client) Plan(ctx context.Context, r PlanRequest) (Plan, error) {
	var data PlanData
	err := c.do(ctx, call{method: http.MethodPost, path: "/plans", body: r}, &data)
	return data.Plan, err
}

// PlanByID is a plan that was made before and has not expired.
func (c *Client) PlanByID(ctx context.Context, id string) (Plan, error) {
	var data PlanData
	err := c.get(ctx, "/plans/"+url.PathEscape(id), nil, &data)
	return data.Plan, err
}

// ApplyPlan does what a plan says, if nothing that it rests on has moved.
func (c *Client) ApplyPlan(ctx context.Context, id string, r ApplyPlanRequest) (ChangeData, error) {
	return c.change(ctx, "/plans/"+url.PathEscape(id)+"/apply", r, "")
}

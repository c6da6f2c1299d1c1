package v1

import (
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
	"github.com/truename-dns/truename/internal/zone/graph"
)

var aliasRoutes = []Route{{
	Method: "GET", Path: "/aliases/{name}", ID: "getChain", Tag: "Aliases", Summary: "Follow a name to where it leads", Scopes: call.ReadRecords,
	Queries: []Query{{Name: "type", Type: "string", Description: "the type of record that is wanted", Default: "A"}},
	Status:  200, Answer: api.Response[api.ChainData]{}, Handle: call.By(handler.chain),
}, {
	Method: "GET", Path: "/aliases/{name}/dependents", ID: "listDependents", Tag: "Aliases", Summary: "List who points at a name", Scopes: call.ReadRecords,
	Description: "Through CNAME, ALIAS, DNAME, AliasMode and wildcards, and as the target of MX, NS, SRV and PTR; those with short ways first. With Accept: application/x-ndjson all of them come as lines, a dependent each, as they are found; the last line says how many there were, and limit is the size of the first part alone.",
	Queries: append([]Query{
		{Name: "transitive", Type: "boolean", Description: "those that point at them too", Default: true},
		{Name: "depth", Type: "integer", Description: "how many steps at most", Default: graph.DefaultLimit},
	}, cursor...), Status: 200, Answer: api.Response[api.DependentsData]{}, Lines: true, Handle: call.By(handler.dependents),
}}

func (c handler) aliasName() (dname.Name, error) {
	return form.ParseName("name", c.R.PathValue("name"))
}

func (c handler) chain() (*envelope.Reply, error) {
	name, err := c.aliasName()
	if err != nil {
		return nil, err
	}
	t := rr.TypeA
	if text := c.Query("type"); text != "" {
		if t, err = form.ParseType("type", text); err != nil {
			return nil, err
		}
	}
	if t == rr.TypeCNAME || t == rr.TypeDS || t.IsMeta() {
		return nil, envelope.Invalid("type", "no chain leads to records of type %s; use A, AAAA or another type of data", t)
	}
	ch, err := c.Control.Chain(c.Who, name, t)
	if err != nil {
		return nil, err
	}
	return envelope.OK(api.ChainData{Chain: form.Chain(name, t, &ch)})
}

// Pages of dependents.
const (
	dependentsPage = 100
	dependentsMost = 1000
)

func (c handler) dependents() (*envelope.Reply, error) {
	name, err := c.aliasName()
	if err != nil {
		return nil, err
	}
	q := graph.Query{Cursor: c.Query("cursor")}
	if q.Transitive, err = c.Boolean("transitive", true); err != nil {
		return nil, err
	}
	if q.Limit, err = c.Integer("limit", dependentsPage, 1, dependentsMost); err != nil {
		return nil, err
	}
	if q.MaxDepth, err = c.Integer("depth", graph.DefaultLimit, 1, graph.MaxLimit); err != nil {
		return nil, err
	}
	found, err := c.Control.Dependents(c.Who, name, q)
	if err != nil {
		return nil, err
	}
	if lines := c.Lines(); lines != nil {
		return c.streamDependents(lines, name, q, &found)
	}
	out := api.DependentsData{Name: name.String(), Dependents: make([]api.Dependent, len(found.Dependents)), Hidden: found.Hidden, Truncated: found.Truncated, Next: found.Cursor}
	now := time.Now()
	for i := range found.Dependents {
		out.Dependents[i] = form.Dependent(name, &found.Dependents[i], c.Control.DrainOf, now)
	}
	return envelope.OK(out)
}

// streamDependents writes who points at name, from the page found on to the
// last, a line each. The first page is as small as a page usually is, so that it
// comes at once; the others are large.
func (c handler) streamDependents(lines *envelope.Lines, name dname.Name, q graph.Query, found *control.Followers) (*envelope.Reply, error) {
	end := api.DependentsEnd{Name: name.String()}
	now := time.Now()
	q.Limit = dependentsMost
	for {
		for i := range found.Dependents {
			if err := lines.Add(form.Dependent(name, &found.Dependents[i], c.Control.DrainOf, now)); err != nil {
				return envelope.Streamed, nil // the client is gone
			}
		}
		end.Count += len(found.Dependents)
		end.Hidden += found.Hidden
		if lines.Flush() != nil || c.Ctx.Err() != nil {
			return envelope.Streamed, nil
		}
		if q.Cursor = found.Cursor; q.Cursor == "" {
			return lines.Done(&envelope.Reply{Data: end})
		}
		next, err := c.Control.Dependents(c.Who, name, q)
		if err != nil {
			return c.BrokenOff(lines, err)
		}
		found = &next
	}
}

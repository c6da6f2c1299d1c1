package v1

import (
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/graph"
)

var aliasRoutes = []Route{{
	Method: "GET", Path: "/aliases/{name}", ID: "getChain", Tag: "Aliases", Summary: "Follow a name to where it leads", Scopes: readRecords,
	Queries: []Query{{Name: "type", Type: "string", Description: "the type of record that is wanted", Default: "A"}},
	Status:  200, Answer: api.Response[api.ChainData]{}, handle: (*call).chain,
}, {
	Method: "GET", Path: "/aliases/{name}/dependents", ID: "listDependents", Tag: "Aliases", Summary: "List who points at a name", Scopes: readRecords,
	Description: "Through CNAME, ALIAS, DNAME, AliasMode and wildcards, and as the target of MX, NS, SRV and PTR; those with short ways first.",
	Queries: append([]Query{
		{Name: "transitive", Type: "boolean", Description: "those that point at them too", Default: true},
		{Name: "depth", Type: "integer", Description: "how many steps at most", Default: graph.DefaultLimit},
	}, cursor...), Status: 200, Answer: api.Response[api.DependentsData]{}, handle: (*call).dependents,
}}

func (c *call) aliasName() (dname.Name, error) { return parseName("name", c.r.PathValue("name")) }

func (c *call) chain() (*reply, error) {
	name, err := c.aliasName()
	if err != nil {
		return nil, err
	}
	t := rr.TypeA
	if text := c.query("type"); text != "" {
		if t, err = parseType("type", text); err != nil {
			return nil, err
		}
	}
	if t == rr.TypeCNAME || t == rr.TypeDS || t.IsMeta() {
		return nil, invalid("type", "no chain leads to records of type %s; use A, AAAA or another type of data", t)
	}
	ch, err := c.Control.Chain(c.who, name, t)
	if err != nil {
		return nil, err
	}
	out := api.Chain{Name: name.String(), Type: t.String(), Links: []api.ChainLink{}, End: strings.ReplaceAll(ch.End.String(), " ", "-"), Last: ch.Last.String(), Depth: ch.Depth()}
	for i := range ch.Steps {
		out.Links = append(out.Links, linkOf(&ch.Steps[i]))
	}
	if ch.Loop != nil {
		out.Loop = texted(ch.Loop)
	}
	return ok(api.ChainData{Chain: out})
}

func linkOf(s *graph.Step) api.ChainLink {
	l := api.ChainLink{Owner: s.Name.String(), Kind: s.Kind.String(), Zone: bare(s.Apex), TTL: s.TTL, Target: s.Target.String()}
	if !s.Name.Equal(s.Owner) {
		l.Via = s.Owner.String()
	}
	return l
}

func (c *call) dependents() (*reply, error) {
	name, err := c.aliasName()
	if err != nil {
		return nil, err
	}
	q := graph.Query{Cursor: c.query("cursor"), Transitive: true}
	if c.query("transitive") != "" {
		if q.Transitive, err = c.boolean("transitive"); err != nil {
			return nil, err
		}
	}
	if q.Limit, err = c.integer("limit", 100, 1, 1000); err != nil {
		return nil, err
	}
	if q.MaxDepth, err = c.integer("depth", graph.DefaultLimit, 1, graph.MaxLimit); err != nil {
		return nil, err
	}
	found, err := c.Control.Dependents(c.who, name, q)
	if err != nil {
		return nil, err
	}
	out := api.DependentsData{Name: name.String(), Dependents: make([]api.Dependent, len(found.Dependents)), Hidden: found.Hidden, Truncated: found.Truncated, Next: found.Cursor}
	for i := range found.Dependents {
		out.Dependents[i] = c.dependentOf(name, &found.Dependents[i])
	}
	return ok(out)
}

// dependentOf shows one who points at name.
func (c *call) dependentOf(name dname.Name, d *graph.Dependent) api.Dependent {
	out := api.Dependent{
		Owner: d.Name.String(), Type: d.Type().String(), Kind: d.Kind.String(), Target: d.Target.String(), Zone: bare(d.Apex), TTL: d.TTL,
		Depth: d.Depth(), Follows: d.Kind.Follows(), Path: make([]api.PathStep, 0, len(d.Path)+1),
	}
	for i := range d.Path {
		out.Path = append(out.Path, api.PathStep{Name: d.Path[i].Name.String(), Kind: d.Path[i].Kind.String()})
	}
	out.Path = append(out.Path, api.PathStep{Name: name.String()})
	if drain, seen := c.Control.DrainOf(name, d); seen {
		out.Drain = int(drain.Seconds)
	}
	return out
}

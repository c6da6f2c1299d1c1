// Package targets is the part of the v1 API that shows ALIAS records with what is
// known of the names that they lead to.
package targets

import (
	"net/http"
	"slices"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

const targetStates = "A target of others is fresh, renewing, stale, failing or unasked; one in a zone of this server is own, with the names of others at which its chain leaves these zones."

// Routes is the operations of this room, in the order in which they are described.
var Routes = []call.Route{{
	Method: "GET", Path: "/zones/{zone_id}/aliases", ID: "listAliases", Tag: "Aliases", Summary: "List the ALIAS records of a zone, with what is known of their targets", Scopes: call.ReadRecords,
	Description: "In canonical order, CNAMEs that are flattened among them. " + targetStates,
	Queries:     append(call.Page(50, 500), call.Query{Name: "state", Type: "string", Description: "only those of this state"}),
	Status:      200, Answer: api.Response[api.AliasesData]{}, Handle: call.By(handler.listAliases),
}, {
	Method: "GET", Path: "/aliases/{name}/state", ID: "getAliasState", Tag: "Aliases", Summary: "Say what is known of where a name leads", Scopes: call.ReadRecords,
	Description: "Of the ALIAS records that stand at a name or for it, or of a name as the target of such records. " + targetStates,
	Status:      200, Answer: api.Response[api.AliasStateData]{}, Handle: call.By(handler.aliasState),
}}

// handler is a Call, with what is done in this room as its methods.
type handler struct{ *call.Call }

func (c handler) knowsTargets() error {
	if c.Targets == nil {
		return envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, "this server resolves no names of others")
	}
	return nil
}

func (c handler) listAliases() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err == nil {
		err = c.knowsTargets()
	}
	if err != nil {
		return nil, err
	}
	offset, err := c.Integer("offset", 0, 0, 1<<31-1)
	if err != nil {
		return nil, err
	}
	limit, err := c.Integer("limit", 50, 1, 500)
	if err != nil {
		return nil, err
	}
	owners, err := c.aliasOwners(z)
	if err != nil {
		return nil, err
	}
	part := owners[min(offset, len(owners)):min(offset+limit, len(owners))]
	out := api.AliasesData{Aliases: make([]api.AliasRecords, len(part)), Pagination: envelope.Part(len(owners), offset, limit, len(part))}
	for i, owner := range part {
		if out.Aliases[i], err = c.aliasRecords(z, owner); err != nil {
			return nil, err
		}
	}
	return envelope.OK(out)
}

// aliasOwners is the names of z that have ALIAS records, of the state that is
// asked for, in canonical order.
func (c handler) aliasOwners(z *control.ZoneInfo) (owners []dname.Name, err error) {
	state := c.Query("state")
	if state != "" && !slices.Contains(aliasStates, state) {
		return nil, envelope.Invalid("state", "state=%q is none; use one of %v", envelope.Shorten(state, 40), aliasStates)
	}
	w := c.aliasWalk()
	for owner, n := range z.Snapshot.All() {
		if n.Is(zone.HasALIAS) && (state == "" || worst(w.targets(z.Snapshot, n)) == state) {
			owners = append(owners, owner.Clone())
		}
	}
	slices.SortFunc(owners, dname.Name.Compare)
	return owners, c.Ctx.Err()
}

// aliasRecords is what is known of the ALIAS records of owner in z.
func (c handler) aliasRecords(z *control.ZoneInfo, owner dname.Name) (out api.AliasRecords, err error) {
	var key dname.Key
	key.Set(owner)
	n := z.Snapshot.Node(&key, key.Depth())
	kind, err := c.aliasKind(z, owner)
	if err != nil {
		return out, err
	}
	set := n.Set(rr.TypeALIAS)
	targets := c.aliasWalk().targets(z.Snapshot, n)
	return api.AliasRecords{
		Name: owner.String(), Zone: form.Bare(z.Apex), Type: kind.String(), TTL: set.TTL(),
		OnFailure: z.Snapshot.Policy(n, set.Target()).What().String(), State: worst(targets), Targets: targets,
	}, nil
}

// aliasKind is the type under which the ALIAS records of owner are kept.
func (c handler) aliasKind(z *control.ZoneInfo, owner dname.Name) (rr.Type, error) {
	s, err := c.Control.RRset(c.Ctx, c.Who, control.Ref{ID: z.ID}, owner, rr.TypeCNAME)
	if err != nil || len(s.Records) > 0 {
		return rr.TypeCNAME, err
	}
	return rr.TypeALIAS, nil
}

func (c handler) aliasState() (*envelope.Reply, error) {
	if err := c.knowsTargets(); err != nil {
		return nil, err
	}
	name, err := form.ParseName("name", c.R.PathValue("name"))
	if err != nil {
		return nil, err
	}
	if z, owner := c.aliasOwner(name); z != nil {
		records, err := c.aliasRecords(z, owner)
		if err != nil {
			return nil, err
		}
		return envelope.OK(api.AliasStateData{Alias: &records})
	}
	if led, err := c.ledTo(name); err != nil || !led {
		return nil, orElse(err, envelope.Fail(http.StatusNotFound, api.CodeNotFound, "no ALIAS record that the token sees stands at "+name.String()+" or leads there"))
	}
	target := c.aliasWalk().target(name, nil)
	return envelope.OK(api.AliasStateData{Target: &target})
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// aliasOwner is the name with ALIAS records that is name or the wildcard that
// stands for it, and its zone; nil where the client sees none.
func (c handler) aliasOwner(name dname.Name) (*control.ZoneInfo, dname.Name) {
	var key dname.Key
	key.Set(name)
	e := c.Served().Find(&key, key.Depth())
	if e == nil || e.Zone == nil {
		return nil, nil
	}
	z, err := c.Control.Zone(c.Who, control.Ref{Apex: e.Apex})
	if err != nil {
		return nil, nil
	}
	found := z.Snapshot.Find(&key)
	if !found.Node.Is(zone.HasALIAS) {
		return nil, nil
	}
	switch found.Match {
	case zone.Exact:
		return z, name.Lower()
	case zone.Synthesized:
		return z, key.Suffix(found.Depth).Wildcard(nil)
	}
	return nil, nil
}

// mostLed is how many names are looked at for one that an ALIAS record leads to.
const mostLed = 1000

// ledTo reports whether an ALIAS record that the client sees leads to name.
func (c handler) ledTo(name dname.Name) (bool, error) {
	found, err := c.Control.Dependents(c.Who, name, graph.Query{Transitive: true, Limit: mostLed})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(found.Dependents, func(d graph.Dependent) bool {
		return slices.ContainsFunc(d.Path, func(s graph.Step) bool { return s.Kind == graph.ALIAS })
	}), nil
}

package plans

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// Sets is the RRsets as they are kept; see the store.
type Sets interface {
	RRset(ctx context.Context, id change.ZoneID, owner dname.Name, t rr.Type) (change.RRset, error)
	RRsets(ctx context.Context, id change.ZoneID, r store.Range) iter.Seq2[change.RRset, error]
}

// Maker works plans out.
type Maker struct {
	Sets  Sets
	Zones *held.Registry
	World *zone.Set // what is served, for Finish
	Graph *graph.Graph
	For   *access.Principal // who asks
}

// making is the edits of a plan being worked out.
type making struct {
	*Maker
	ctx   context.Context
	plan  *Plan
	edits map[string]*request.Zone // by apex
}

// Edits is what plan would do. What it cannot is noted in plan.
func (m *Maker) Edits(ctx context.Context, plan *Plan) ([]request.Zone, error) {
	plan.Fixed = nil
	w := &making{Maker: m, ctx: ctx, plan: plan, edits: make(map[string]*request.Zone)}
	err := w.work()
	return w.sorted(), err
}

func (m *making) work() error {
	switch m.plan.Request.Kind {
	case Retarget:
		return m.retarget()
	case Delete, ChangeTTL:
		return m.editName()
	}
	return fault.New(fault.Invalid, "bad-plan", fmt.Sprintf("there are no plans of kind %q", m.plan.Request.Kind), "use retarget, delete or ttl")
}

// editName is a plan about the RRsets of one name.
func (m *making) editName() error {
	r := &m.plan.Request
	switch {
	case r.Name == nil:
		return fault.New(fault.Invalid, "bad-name", "the plan needs a name", "say which name it is about")
	case r.Kind == ChangeTTL && r.TTL == 0:
		return fault.New(fault.Invalid, "bad-ttl", "the plan needs a TTL", "say how many seconds, 1 to 2147483647")
	case r.Kind == ChangeTTL && r.TTL > rr.MaxTTL:
		return fault.BadTTL(r.TTL)
	}
	z, err := m.zoneOf(r.Name)
	switch {
	case err != nil:
		return err
	case z.ReadOnly:
		return fault.ReadOnly(z.Apex.String())
	}
	found := false
	for s, err := range m.Sets.RRsets(m.ctx, z.ID, store.Range{Owner: r.Name.Lower()}) {
		if err != nil {
			return fault.OfStore(err)
		}
		if len(r.Types) == 0 || slices.Contains(r.Types, s.Type) {
			found = true
			m.editSet(z, s)
		}
	}
	if !found {
		return fault.NoRecord("at " + r.Name.String())
	}
	if r.Kind == ChangeTTL && r.Followers {
		return m.editFollowers()
	}
	return nil
}

// editSet adds what the plan does to one RRset of z.
func (m *making) editSet(z *held.Zone, was change.RRset) {
	r, want := &m.plan.Request, was
	if r.Kind == Delete {
		want.TTL, want.Records = 0, nil
	} else {
		want.TTL = r.TTL
	}
	m.put(z, want, was)
}

// put has was, an RRset of z, become want.
func (m *making) put(z *held.Zone, want, was change.RRset) {
	e := m.edits[string(z.Apex)]
	if e == nil {
		e = &request.Zone{Zone: request.Ref{ID: z.ID}, State: request.State{Upon: z.Head}}
		m.edits[string(z.Apex)] = e
	}
	e.State.Sets = append(e.State.Sets, request.RRset{Want: want, Was: &was})
}

// editFollowers gives the aliases that point at the name its new TTL too.
func (m *making) editFollowers() error {
	done := make(map[held.Key]bool)
	for e := range m.Graph.Direct(m.plan.Request.Name) {
		z := m.Zones.ByApex(e.Apex)
		if z == nil || !e.Kind.Follows() {
			continue
		}
		key := held.Key{Zone: z.ID, Owner: string(e.Owner), Type: e.Kind.Type()}
		if done[key] {
			continue
		}
		done[key] = true
		was, err := m.edgeSet(z, e)
		if err != nil {
			return err
		}
		if m.writable(z, &was, nil) && !was.Empty() {
			m.editSet(z, was)
		}
	}
	return nil
}

// edgeSet is the RRset that e, which is in z, comes from: behind an ALIAS there may
// be a CNAME that is flattened.
func (m *making) edgeSet(z *held.Zone, e graph.Edge) (change.RRset, error) {
	t := e.Kind.Type()
	if z.ReadOnly {
		return change.RRset{Owner: e.Owner, Type: t}, nil
	}
	s, err := m.Sets.RRset(m.ctx, z.ID, e.Owner, t)
	if err == nil && s.Empty() && t == rr.TypeALIAS {
		t = rr.TypeCNAME
		s, err = m.Sets.RRset(m.ctx, z.ID, e.Owner, t)
	}
	if err != nil {
		return s, fault.OfStore(err)
	}
	s.Owner, s.Type = e.Owner, t
	return s, nil
}

// writable reports whether the plan may write the RRset s of z, so that it points at
// targets, and notes why it cannot. What p does not see is not noted; the count of
// those affected has it.
func (m *making) writable(z *held.Zone, s *change.RRset, targets []dname.Name) bool {
	fixed := Fixed{Owner: s.Owner, Type: s.Type, Apex: z.Apex}
	switch {
	case !m.For.Sees(&z.Zone):
		return false
	case z.ReadOnly:
		fixed.Reason = "the zone comes from a zone file"
	case m.For.MayWrite(z.Apex, s.Owner, s.Type, targets) != nil:
		fixed.Reason = "the token may not write it"
	default:
		return true
	}
	m.plan.Fixed = append(m.plan.Fixed, fixed)
	return false
}

// zoneOf is the zone that the name lies in.
func (m *making) zoneOf(name dname.Name) (*held.Zone, error) {
	for at := name.Lower(); ; at = at.Parent() {
		if z := m.Zones.ByApex(at); z != nil {
			if !m.For.Sees(&z.Zone) {
				return nil, fault.NoZone(at.String())
			}
			return z, nil
		}
		if at.IsRoot() {
			return nil, fault.New(fault.Missing, "zone-not-found", "there is no zone that holds "+name.String(), "list the zones to see which there are")
		}
	}
}

// retarget is the edits that make all that points at From point at To.
func (m *making) retarget() error {
	r := &m.plan.Request
	if r.From == nil || r.To == nil {
		return fault.New(fault.Invalid, "bad-name", "a retarget needs two names", "say from which name to which")
	}
	if r.TTL > rr.MaxTTL {
		return fault.BadTTL(r.TTL)
	}
	if r.From.Equal(r.To) {
		return fault.New(fault.Invalid, "bad-name", "both names are the same", "say from which name to which")
	}
	done := make(map[held.Key]bool)
	for e := range m.Graph.Direct(r.From) {
		key := held.Key{Owner: string(e.Owner) + "\x00" + string(e.Apex), Type: e.Kind.Type()}
		if done[key] {
			continue
		}
		done[key] = true
		if err := m.redirect(e); err != nil {
			return err
		}
	}
	return nil
}

// redirect adds the edit that turns one RRset from From to To, or notes why it cannot be.
func (m *making) redirect(e graph.Edge) error {
	r := &m.plan.Request
	z := m.Zones.ByApex(e.Apex)
	if z == nil || len(r.Zones) > 0 && !slices.ContainsFunc(r.Zones, func(ref request.Ref) bool { return ref.ID == z.ID || z.Apex.Equal(ref.Apex) }) {
		return nil
	}
	was, err := m.edgeSet(z, e)
	if err != nil || len(r.Types) > 0 && !slices.Contains(r.Types, was.Type) && !slices.Contains(r.Types, e.Kind.Type()) {
		return err
	}
	if m.writable(z, &was, []dname.Name{r.To}) {
		m.turn(z, was)
	}
	return nil
}

// turn adds the edit that turns was, an RRset of z.
func (m *making) turn(z *held.Zone, was change.RRset) {
	want := change.RRset{Owner: was.Owner, Type: was.Type, TTL: was.TTL}
	for _, r := range was.Records {
		if data, ok := rr.ReplaceName(was.Type, r.Data, m.plan.Request.From, m.plan.Request.To.Lower()); ok {
			r.Data = data
		}
		if at := want.Index(r.Data); at >= 0 { // two records have become one
			want.Records[at].Disabled = want.Records[at].Disabled && r.Disabled
			continue
		}
		want.Records = append(want.Records, r)
	}
	if m.plan.Request.TTL > 0 {
		want.TTL = m.plan.Request.TTL
	}
	m.put(z, want, was)
}

// sorted is the edits by apex.
func (m *making) sorted() []request.Zone {
	keys := slices.SortedFunc(maps.Keys(m.edits), func(a, b string) int { return dname.Name(a).Compare(dname.Name(b)) })
	out := make([]request.Zone, len(keys))
	for i, k := range keys {
		out[i] = *m.edits[k]
	}
	return out
}

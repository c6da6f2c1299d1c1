package control

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/graph"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// The kinds of plans.
const (
	Retarget  = "retarget" // all that points at From points at To
	Delete    = "delete"   // the RRsets of Name go
	ChangeTTL = "ttl"      // the RRsets of Name get another TTL
)

// PlanRequest is what somebody thinks of doing.
type PlanRequest struct {
	Kind      string
	From, To  dname.Name
	Name      dname.Name
	Types     []rr.Type // only RRsets of these types; empty for all
	TTL       uint32    // ChangeTTL: the new one; Retarget: of the RRsets that change, 0 to keep theirs
	Followers bool      // ChangeTTL: of the aliases that point at Name, too
	Zones     []Ref     // Retarget: only in these zones; empty for all
	Reason    string
}

// Plan is what would come of a PlanRequest, as things stood when it was made.
type Plan struct {
	ID       string
	Request  PlanRequest
	Account  string
	Created  time.Time
	Expires  time.Time
	Zones    []change.ZoneDiff
	Affected []graph.Dependent // the names that follow, transitively; the first MaxAffected
	Total    int               // how many there are
	Partial  bool              // there are more than were counted
	Fixed    []Fixed           // what points there and stays, with the reason
	Findings []lint.Finding    // the rules that would be broken, and warnings
	Broken   int               // errors among them: apply would refuse
	Depth    int               // links of the longest chain that leads through, after
	Drain    graph.Drain       // until the last cache may hold an old answer
	digest   [sha256.Size]byte
}

// Fixed is a record that a plan cannot change.
type Fixed struct {
	Owner  dname.Name
	Type   rr.Type
	Apex   dname.Name
	Reason string
}

// MaxAffected is how many names a Plan lists.
const MaxAffected = 1000

const (
	planLife = 24 * time.Hour
	maxPlans = 1000
	// What all plans that are kept may hold together: RRsets and names.
	maxPlanned = 1_000_000
)

// plans is the plans that may still be applied, oldest first.
type plans struct {
	mu   sync.Mutex
	list []*Plan
}

func (s *plans) add(p *Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(old *Plan) bool { return old.Expires.Before(p.Created) })
	s.list = append(s.list, p)
	held := 0
	for i := len(s.list) - 1; i >= 0; i-- {
		if held += s.list[i].size(); i < len(s.list)-1 && (held > maxPlanned || len(s.list)-i > maxPlans) {
			s.list = slices.Delete(s.list, 0, i+1)
			return
		}
	}
}

// size is how many RRsets and names plan holds.
func (plan *Plan) size() int {
	n := len(plan.Affected) + len(plan.Fixed) + len(plan.Findings)
	for i := range plan.Zones {
		n += len(plan.Zones[i].Sets)
	}
	return n
}

func (s *plans) find(id string) *Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.list, func(p *Plan) bool { return p.ID == id }); i >= 0 {
		return s.list[i]
	}
	return nil
}

// Plan works out what would come of r, and keeps it for ApplyPlan.
func (c *Control) Plan(ctx context.Context, p *access.Principal, r PlanRequest) (*Plan, error) {
	plan, _, err := c.plan(ctx, p, r)
	if err != nil {
		return nil, err
	}
	plan.ID = newID(c.now())
	c.plans.add(plan)
	return plan, nil
}

// PlanByID is a plan of the Principal's account that has not expired.
func (c *Control) PlanByID(p *access.Principal, id string) (*Plan, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, err
	}
	plan := c.plans.find(id)
	if plan == nil || plan.Account != p.Account && !p.Admin || plan.Expires.Before(c.now()) || !c.seesPlan(p, plan) {
		return nil, fault(Missing, "plan-not-found", fmt.Sprintf("there is no plan %q, or it has expired", id), "make the plan again")
	}
	return plan, nil
}

// seesPlan reports whether p, who may be another than the one who made the
// plan, sees all the zones that it shows.
func (c *Control) seesPlan(p *access.Principal, plan *Plan) bool {
	for i := range plan.Zones {
		if z := c.committed.find(Ref{ID: plan.Zones[i].ID}); z != nil && !p.Sees(&z.Zone) {
			return false
		}
	}
	for i := range plan.Affected {
		if z := c.committed.find(Ref{Apex: plan.Affected[i].Apex}); z != nil && !p.Sees(&z.Zone) {
			return false
		}
	}
	return true
}

// ApplyPlan does what a plan shows. It refuses where anything has moved since:
// the RRsets that change, who follows, or the rules that break.
func (c *Control) ApplyPlan(ctx context.Context, p *access.Principal, id string, req *Request) (*Result, error) {
	if done, err := c.replay(ctx, p, req); done != nil || err != nil {
		return done, err
	}
	plan, err := c.PlanByID(p, id)
	if err != nil {
		return nil, err
	}
	again, edits, err := c.plan(ctx, p, plan.Request)
	if err != nil && !isMissing(err) {
		return nil, err
	}
	if err != nil || again.digest != plan.digest {
		return nil, fault(Moved, "plan-moved", "something has changed since the plan was made: what it shows is no longer what would happen", "make the plan again, look at it, and apply that")
	}
	r := *req
	r.Zones = edits
	if r.Reason == "" {
		r.Reason = plan.Request.Reason
	}
	return c.Apply(ctx, p, &r)
}

func (c *Control) plan(ctx context.Context, p *access.Principal, r PlanRequest) (*Plan, []ZoneEdit, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, nil, err
	}
	now := c.now()
	plan := &Plan{Request: r, Account: p.Account, Created: now, Expires: now.Add(planLife)}
	edits, d, err := c.tryPlan(ctx, p, plan)
	var e *Error
	if errors.As(err, &e) && e.Class == Refused && d != nil {
		plan.Findings, plan.Broken, err = e.Findings, len(e.Findings), nil
	}
	if err != nil {
		return nil, nil, err
	}
	if d != nil {
		plan.Zones = d.change.Zones
		plan.Findings = append(plan.Findings, d.warnings...)
	}
	c.outlook(p, plan, d)
	plan.seal()
	return plan, edits, nil
}

// tryPlan works plan out upon what is ahead. The RRsets are read before; where
// one moves meanwhile, it starts over, a few times.
func (c *Control) tryPlan(ctx context.Context, p *access.Principal, plan *Plan) (edits []ZoneEdit, d *draft, err error) {
	for range planTries {
		plan.Fixed = nil
		if edits, err = c.planEdits(ctx, p, plan); err != nil {
			return nil, nil, err
		}
		d, err = c.rehearse(ctx, p, &Request{Zones: edits, Reason: plan.Request.Reason, DryRun: true})
		var e *Error
		if !errors.As(err, &e) || e.Code != "zone-moved" {
			break
		}
	}
	return edits, d, err
}

// planTries is how often a plan is worked out at most.
const planTries = 5

// planEdits is what the plan would do, and notes what it cannot.
func (c *Control) planEdits(ctx context.Context, p *access.Principal, plan *Plan) ([]ZoneEdit, error) {
	r := &plan.Request
	switch r.Kind {
	case Retarget:
		return c.retarget(ctx, p, plan)
	case Delete, ChangeTTL:
		return c.editName(ctx, p, plan)
	}
	return nil, fault(Invalid, "bad-plan", fmt.Sprintf("there are no plans of kind %q", r.Kind), "use retarget, delete or ttl")
}

// editName is a plan about the RRsets of one name.
func (c *Control) editName(ctx context.Context, p *access.Principal, plan *Plan) ([]ZoneEdit, error) {
	r := &plan.Request
	switch {
	case r.Name == nil:
		return nil, fault(Invalid, "bad-name", "the plan needs a name", "say which name it is about")
	case r.Kind == ChangeTTL && r.TTL == 0:
		return nil, fault(Invalid, "bad-ttl", "the plan needs a TTL", "say how many seconds, 1 to 2147483647")
	case r.Kind == ChangeTTL && r.TTL > rr.MaxTTL:
		return nil, badTTL(r.TTL)
	}
	z, err := c.zoneOf(p, r.Name)
	switch {
	case err != nil:
		return nil, err
	case z.ReadOnly:
		return nil, readOnly(z)
	}
	edits := make(map[string]*ZoneEdit)
	found := false
	for s, err := range c.store.RRsets(ctx, z.ID, Range{Owner: r.Name.Lower()}) {
		if err != nil {
			return nil, unavailable(err)
		}
		if len(r.Types) == 0 || slices.Contains(r.Types, s.Type) {
			found = true
			editSet(edits, z, r, s)
		}
	}
	if !found {
		return nil, noRecord("at " + r.Name.String())
	}
	if r.Kind == ChangeTTL && r.Followers {
		err = c.editFollowers(ctx, p, plan, edits)
	}
	return sortedEdits(edits), err
}

// editSet adds what r does to one RRset of z.
func editSet(edits map[string]*ZoneEdit, z *ZoneInfo, r *PlanRequest, was change.RRset) {
	want := was
	if r.Kind == Delete {
		want.TTL, want.Records = 0, nil
	} else {
		want.TTL = r.TTL
	}
	e := editOf(edits, z)
	e.exact = append(e.exact, exact{want: want, was: &was})
}

// editOf is the edit of z.
func editOf(edits map[string]*ZoneEdit, z *ZoneInfo) *ZoneEdit {
	e := edits[string(z.Apex)]
	if e == nil {
		e = &ZoneEdit{Zone: Ref{ID: z.ID}, upon: z.Head}
		edits[string(z.Apex)] = e
	}
	return e
}

// editFollowers gives the aliases that point at the name its new TTL too.
func (c *Control) editFollowers(ctx context.Context, p *access.Principal, plan *Plan, edits map[string]*ZoneEdit) error {
	done := make(map[setKey]bool)
	for e := range c.graph.Direct(plan.Request.Name) {
		z := c.committed.find(Ref{Apex: e.Apex})
		if z == nil || !e.Kind.Follows() {
			continue
		}
		key := setKey{z.ID, string(e.Owner), uint16(e.Kind.Type())}
		if done[key] {
			continue
		}
		done[key] = true
		was, err := c.edgeSet(ctx, z, e)
		if err != nil {
			return err
		}
		if c.writable(p, plan, z, &was, nil) && !was.Empty() {
			editSet(edits, z, &plan.Request, was)
		}
	}
	return nil
}

// edgeSet is the RRset that e, which is in z, comes from: behind an ALIAS there may
// be a CNAME that is flattened.
func (c *Control) edgeSet(ctx context.Context, z *ZoneInfo, e graph.Edge) (change.RRset, error) {
	t := e.Kind.Type()
	if z.ReadOnly {
		return change.RRset{Owner: e.Owner, Type: t}, nil
	}
	s, err := c.store.RRset(ctx, z.ID, e.Owner, t)
	if err == nil && s.Empty() && t == rr.TypeALIAS {
		t = rr.TypeCNAME
		s, err = c.store.RRset(ctx, z.ID, e.Owner, t)
	}
	if err != nil {
		return s, unavailable(err)
	}
	s.Owner, s.Type = e.Owner, t
	return s, nil
}

// writable reports whether the plan may write the RRset s of z, so that it points at
// targets, and notes why it cannot. What p does not see is not noted; the count of
// those affected has it.
func (c *Control) writable(p *access.Principal, plan *Plan, z *ZoneInfo, s *change.RRset, targets []dname.Name) bool {
	fixed := Fixed{Owner: s.Owner, Type: s.Type, Apex: z.Apex}
	switch {
	case !p.Sees(&z.Zone):
		return false
	case z.ReadOnly:
		fixed.Reason = "the zone comes from a zone file"
	case p.MayWrite(z.Apex, s.Owner, s.Type, targets) != nil:
		fixed.Reason = "the token may not write it"
	default:
		return true
	}
	plan.Fixed = append(plan.Fixed, fixed)
	return false
}

// zoneOf is the zone that the name lies in.
func (c *Control) zoneOf(p *access.Principal, name dname.Name) (*ZoneInfo, error) {
	for at := name.Lower(); ; at = at.Parent() {
		if z := c.committed.find(Ref{Apex: at}); z != nil {
			return c.see(p, Ref{Apex: at})
		}
		if at.IsRoot() {
			return nil, fault(Missing, "zone-not-found", "there is no zone that holds "+name.String(), "list the zones to see which there are")
		}
	}
}

// retarget is the edits that make all that points at From point at To.
func (c *Control) retarget(ctx context.Context, p *access.Principal, plan *Plan) ([]ZoneEdit, error) {
	r := &plan.Request
	if r.From == nil || r.To == nil {
		return nil, fault(Invalid, "bad-name", "a retarget needs two names", "say from which name to which")
	}
	if r.TTL > rr.MaxTTL {
		return nil, badTTL(r.TTL)
	}
	if r.From.Equal(r.To) {
		return nil, fault(Invalid, "bad-name", "both names are the same", "say from which name to which")
	}
	edits := make(map[string]*ZoneEdit)
	done := make(map[setKey]bool)
	for e := range c.graph.Direct(r.From) {
		key := setKey{owner: string(e.Owner) + "\x00" + string(e.Apex), rtype: uint16(e.Kind.Type())}
		if done[key] {
			continue
		}
		done[key] = true
		if err := c.redirect(ctx, p, plan, edits, e); err != nil {
			return nil, err
		}
	}
	return sortedEdits(edits), nil
}

// redirect adds the edit that turns one RRset from From to To, or notes why it cannot be.
func (c *Control) redirect(ctx context.Context, p *access.Principal, plan *Plan, edits map[string]*ZoneEdit, e graph.Edge) error {
	r := &plan.Request
	z := c.committed.find(Ref{Apex: e.Apex})
	if z == nil || len(r.Zones) > 0 && !slices.ContainsFunc(r.Zones, func(ref Ref) bool { return ref.ID == z.ID || z.Apex.Equal(ref.Apex) }) {
		return nil
	}
	was, err := c.edgeSet(ctx, z, e)
	if err != nil || len(r.Types) > 0 && !slices.Contains(r.Types, was.Type) && !slices.Contains(r.Types, e.Kind.Type()) {
		return err
	}
	if c.writable(p, plan, z, &was, []dname.Name{r.To}) {
		plan.turn(edits, z, was)
	}
	return nil
}

// turn adds the edit that turns was, an RRset of z.
func (plan *Plan) turn(edits map[string]*ZoneEdit, z *ZoneInfo, was change.RRset) {
	want := change.RRset{Owner: was.Owner, Type: was.Type, TTL: was.TTL}
	for _, r := range was.Records {
		if data, ok := rr.ReplaceName(was.Type, r.Data, plan.Request.From, plan.Request.To.Lower()); ok {
			r.Data = data
		}
		if at := want.Index(r.Data); at >= 0 { // two records have become one
			want.Records[at].Disabled = want.Records[at].Disabled && r.Disabled
			continue
		}
		want.Records = append(want.Records, r)
	}
	if plan.Request.TTL > 0 {
		want.TTL = plan.Request.TTL
	}
	edit := editOf(edits, z)
	edit.exact = append(edit.exact, exact{want: want, was: &was})
}

func sortedEdits(edits map[string]*ZoneEdit) []ZoneEdit {
	keys := make([]string, 0, len(edits))
	for k := range edits {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return dname.Name(a).Compare(dname.Name(b)) })
	out := make([]ZoneEdit, len(keys))
	for i, k := range keys {
		out[i] = *edits[k]
	}
	return out
}

// seal takes the digest of all that must be the same when the plan is applied.
func (plan *Plan) seal() {
	h := sha256.New()
	for i := range plan.Zones {
		z := &plan.Zones[i]
		write(h, z.Apex, []byte{byte(z.Kind)})
		for j := range z.Sets {
			writeSet(h, &z.Sets[j].Before)
			writeSet(h, &z.Sets[j].After)
		}
	}
	for i := range plan.Affected {
		a := &plan.Affected[i]
		write(h, a.Owner, []byte{byte(a.Kind)}, a.Apex)
	}
	for i := range plan.Findings {
		f := &plan.Findings[i]
		write(h, []byte(f.Code), []byte(f.Owner))
	}
	write(h, binary.BigEndian.AppendUint64(nil, uint64(plan.Total)))
	h.Sum(plan.digest[:0])
}

// Digest is the digest of what the plan shows, in hexadecimal.
func (plan *Plan) Digest() string { return hex.EncodeToString(plan.digest[:]) }

func write(h hash.Hash, parts ...[]byte) {
	for _, p := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(p)))) // never fails
		_, _ = h.Write(p)
	}
}

func writeSet(h hash.Hash, s *change.RRset) {
	write(h, s.Owner, binary.BigEndian.AppendUint32(nil, uint32(s.Type)), binary.BigEndian.AppendUint32(nil, s.TTL))
	for i := range s.Records {
		disabled := byte(0)
		if s.Records[i].Disabled {
			disabled = 1
		}
		write(h, s.Records[i].Data, []byte{disabled})
	}
}

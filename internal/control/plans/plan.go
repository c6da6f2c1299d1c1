// Package plans is what somebody thinks of doing: what would come of it, who would
// follow, and when the last cache would know.
package plans

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
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

// Request is what somebody thinks of doing.
type Request struct {
	Kind      string
	From, To  dname.Name
	Name      dname.Name
	Types     []rr.Type     // only RRsets of these types; empty for all
	TTL       uint32        // ChangeTTL: the new one; Retarget: of the RRsets that change, 0 to keep theirs
	Followers bool          // ChangeTTL: of the aliases that point at Name, too
	Zones     []request.Ref // Retarget: only in these zones; empty for all
	Reason    string
}

// Plan is what would come of a Request, as things stood when it was made.
type Plan struct {
	ID       string
	Request  Request
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

// New is a plan of which nothing is known yet.
func New(r Request, account string, now time.Time) *Plan {
	return &Plan{Request: r, Account: account, Created: now, Expires: now.Add(planLife)}
}

// IsFor reports whether p, who may be another than the one who made the plan, may
// have it now: it has not expired, and p sees all the zones that it shows.
func (plan *Plan) IsFor(p *access.Principal, zones *held.Registry, now time.Time) bool {
	if plan.Account != p.Account && !p.Admin || plan.Expires.Before(now) {
		return false
	}
	for i := range plan.Zones {
		if z := zones.ByID(plan.Zones[i].ID); z != nil && !p.Sees(&z.Zone) {
			return false
		}
	}
	for i := range plan.Affected {
		if z := zones.ByApex(plan.Affected[i].Apex); z != nil && !p.Sees(&z.Zone) {
			return false
		}
	}
	return true
}

// MaxAffected is how many names a Plan lists.
const MaxAffected = 1000

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

// Same reports whether what the plans show is the same.
func (plan *Plan) Same(other *Plan) bool { return plan.digest == other.digest }

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

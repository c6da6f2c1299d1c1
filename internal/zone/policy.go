package zone

import (
	"maps"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// OnFailure is what an ALIAS record stands for while its target cannot be resolved.
type OnFailure uint8

// The choices.
const (
	ServeStale    OnFailure = iota // the last good addresses, for MaxStale
	ServeFailure                   // SERVFAIL
	ServeNothing                   // NODATA
	ServeFallback                  // the addresses of the policy
)

var onFailureNames = [...]string{"stale", "servfail", "nodata", "fallback"}

func (o OnFailure) String() string { return onFailureNames[o] }

// DefaultMaxStale is for how long after its time a last good answer is served, in seconds: three days.
const DefaultMaxStale = 3 * 86400

// Policy is what an ALIAS record says of failures; nil is the default.
type Policy struct {
	OnFailure OnFailure
	MaxStale  uint32 // in seconds after the time to live; 0 for DefaultMaxStale
	A, AAAA   rr.Set // of ServeFallback
}

// What is the choice of p.
func (p *Policy) What() OnFailure {
	if p == nil {
		return ServeStale
	}
	return p.OnFailure
}

// Stale is for how long p has a last good answer served, in seconds.
func (p *Policy) Stale() uint32 {
	if p == nil || p.MaxStale == 0 {
		return DefaultMaxStale
	}
	return p.MaxStale
}

// Addresses are the fallback records of type t.
func (p *Policy) Addresses(t rr.Type) rr.Set {
	if t == rr.TypeA {
		return p.A
	}
	return p.AAAA
}

// Policies are those of a zone's ALIAS records that have one, by PolicyKey.
type Policies map[string]*Policy

// PolicyKey names the ALIAS record of owner, which may be a wildcard, that points at target.
func PolicyKey(owner, target dname.Name) string {
	return string(owner.Lower()) + string(target.Lower())
}

// Policy is that of the ALIAS record of n with that target; nil for the default.
func (s *Snapshot) Policy(n Node, target dname.Name) *Policy {
	if len(s.policies) == 0 {
		return nil
	}
	var room [2 * dname.MaxLen]byte
	return s.policies[string(target.AppendLower(n.owner(room[:0], s.apex)))]
}

// WithPolicies is s with the policies of edit set, and those that are nil there
// taken out.
func (s *Snapshot) WithPolicies(edit Policies) *Snapshot {
	if len(edit) == 0 {
		return s
	}
	next := *s
	next.policies = maps.Clone(s.policies)
	if next.policies == nil {
		next.policies = make(Policies, len(edit))
	}
	for key, p := range edit {
		if p == nil {
			delete(next.policies, key)
		} else {
			next.policies[key] = p
		}
	}
	return &next
}

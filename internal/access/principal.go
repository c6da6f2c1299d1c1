// Package access knows who may do what: accounts, their tokens, and the
// Principal that a request acts as.
package access

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Scope is a right, as resource:action.
type Scope string

// The scopes. A token may also hold resource:* and *.
const (
	ZonesRead     Scope = "zones:read"
	ZonesWrite    Scope = "zones:write"
	RecordsRead   Scope = "records:read"
	RecordsWrite  Scope = "records:write"
	ActivityRead  Scope = "activity:read"
	UsageRead     Scope = "usage:read"
	TokensRead    Scope = "apikeys:read"
	TokensWrite   Scope = "apikeys:write"
	AccountsRead  Scope = "users:read"
	AccountsWrite Scope = "users:write"
)

// AllScopes is the scope that holds all the others.
const AllScopes Scope = "*"

// Scopes is all of them.
var Scopes = []Scope{ZonesRead, ZonesWrite, RecordsRead, RecordsWrite, ActivityRead, UsageRead, TokensRead, TokensWrite, AccountsRead, AccountsWrite}

// holds reports whether who has the scope s has t as well.
func (s Scope) holds(t Scope) bool {
	if s == t || s == AllScopes {
		return true
	}
	resource, all := strings.CutSuffix(string(s), ":*")
	return all && strings.HasPrefix(string(t), resource+":")
}

// Principal is who a request acts as: a token of an account with its limits, or
// a person of it who has signed in. It is immutable.
type Principal struct {
	Account string // id
	Token   string // id of the token, or of the person
	Name    string // of the token, or of the person
	Person  bool   // it is a person
	Admin   bool   // may act for all accounts
	Limits  Limits

	rules *rules      // of Limits; nil where no Keeper made the Principal
	ended func() bool // of a person's session; nil for a token
}

// Limits narrow what a token may do. An empty list does not narrow.
type Limits struct {
	Scopes   []Scope        `json:"scopes"`             // empty: none at all
	Zones    []string       `json:"zones,omitempty"`    // zone ids or apexes
	Owners   []string       `json:"owners,omitempty"`   // patterns of owners, see MatchOwner
	Types    []string       `json:"types,omitempty"`    // mnemonics
	Targets  []string       `json:"targets,omitempty"`  // names at or below which the names in RDATA must lie
	Networks []netip.Prefix `json:"networks,omitempty"` // that a request must come from
	Expires  time.Time      `json:"expires,omitzero"`
}

// Denied says what a Principal lacks.
type Denied struct {
	Scope  Scope  // that is missing; empty where a limit forbids
	Person bool   // it is a person who lacks it
	Detail string // what is forbidden and by which limit
}

func (d *Denied) Error() string {
	switch {
	case d.Scope != "" && d.Person:
		return fmt.Sprintf("your role does not have the right %s; ask an owner of the account", d.Scope)
	case d.Scope != "":
		return fmt.Sprintf("the token lacks the scope %s; use one that has it", d.Scope)
	}
	return d.Detail
}

// Has reports whether p holds the scope s.
func (p *Principal) Has(s Scope) bool {
	return slices.ContainsFunc(p.Limits.Scopes, func(have Scope) bool { return have.holds(s) })
}

// May is nil if p holds all the scopes, or a *Denied that names the first missing one.
func (p *Principal) May(scopes ...Scope) error {
	for _, s := range scopes {
		if !p.Has(s) {
			return &Denied{Scope: s, Person: p.Person}
		}
	}
	return nil
}

// Having is p with some scopes more, for what another scope lets it do. No limit is less.
func (p *Principal) Having(scopes ...Scope) *Principal {
	more := *p
	more.Limits.Scopes = slices.Concat(p.Limits.Scopes, scopes)
	return &more
}

// Sees reports whether p may know of the zone: it belongs to p's account, and
// p's limits do not leave it out.
func (p *Principal) Sees(z *change.Zone) bool {
	if z.Account != p.Account && !p.Admin {
		return false
	}
	return len(p.Limits.Zones) == 0 || p.compiled().hasZone(z)
}

// MayWrite is nil if the limits of p allow it to write an RRset of type t at
// owner in the zone of that apex, whose data has the names targets; or a
// *Denied that says which limit forbids it.
func (p *Principal) MayWrite(apex, owner dname.Name, t rr.Type, targets []dname.Name) error {
	if len(p.Limits.Owners)+len(p.Limits.Types)+len(p.Limits.Targets) == 0 {
		return nil
	}
	r := p.compiled()
	if len(p.Limits.Owners) > 0 && !r.hasOwner(apex, owner) {
		return &Denied{Detail: fmt.Sprintf("the token may not write at %s; it may at %s", owner, some(p.Limits.Owners))}
	}
	if len(p.Limits.Types) > 0 && !slices.Contains(r.types, t) {
		return &Denied{Detail: fmt.Sprintf("the token may not write records of type %s; it may %s", t, some(p.Limits.Types))}
	}
	if len(p.Limits.Targets) == 0 {
		return nil
	}
	for _, target := range targets {
		if !r.hasTarget(target) {
			return &Denied{Detail: fmt.Sprintf("the token may not point at %s; it may at names at or below %s", target, some(p.Limits.Targets))}
		}
	}
	return nil
}

// some is a list for the eyes of a person: its first few members.
func some[T any](list []T) string {
	const few = 8
	var b strings.Builder
	for i, v := range list {
		if i == few {
			fmt.Fprintf(&b, " and %d more", len(list)-few)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, v)
	}
	return b.String()
}

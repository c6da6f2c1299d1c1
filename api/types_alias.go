package api

import "time"

// Chain is where a name leads, link by link.
type Chain struct {
	Name  string      `json:"name"`
	Type  string      `json:"type"`
	Links []ChainLink `json:"links"`
	End   string      `json:"end" doc:"why it ends: addresses, nodata, nxdomain, leaves, loop, too-long, delegated"`
	Last  string      `json:"last" doc:"the name at which it ends"`
	Depth int         `json:"depth" doc:"how many links redirect"`
	Loop  []string    `json:"loop,omitempty" doc:"the names of a loop, the first one again at the end"`
}

// ChainLink is one link of a Chain.
type ChainLink struct {
	Owner  string `json:"owner"`
	Kind   string `json:"kind" doc:"CNAME, ALIAS, DNAME, HTTPS or SVCB"`
	Via    string `json:"via,omitempty" doc:"the wildcard or DNAME that makes it"`
	Zone   string `json:"zone,omitempty"`
	TTL    uint32 `json:"ttl"`
	Target string `json:"target"`
}

// ChainData is one Chain.
type ChainData struct {
	Chain Chain `json:"chain"`
}

// Dependent is a record that leads to a name, or refers to it.
type Dependent struct {
	Owner   string     `json:"owner"`
	Type    string     `json:"type"`
	Kind    string     `json:"kind" doc:"CNAME, ALIAS, DNAME, HTTPS AliasMode, MX, NS, SRV, PTR and so on"`
	Target  string     `json:"target" doc:"what the record itself points at"`
	Zone    string     `json:"zone"`
	TTL     uint32     `json:"ttl"`
	Depth   int        `json:"depth" doc:"1 for those that point at the name itself"`
	Follows bool       `json:"follows" doc:"resolution goes on at the target; false for MX, NS, SRV, PTR"`
	Path    []PathStep `json:"path,omitempty" doc:"from the owner to the name asked for"`
	Drain   int        `json:"drain" doc:"seconds until no cache holds an old answer"`
}

// PathStep is one step of a path.
type PathStep struct {
	Name string `json:"name"`
	Kind string `json:"kind" doc:"by which it leads to the next"`
}

// DependentsData is a part of the names that lead to a name.
type DependentsData struct {
	Name       string      `json:"name"`
	Dependents []Dependent `json:"dependents"`
	Hidden     int         `json:"hidden,omitempty" doc:"how many in this part are in zones that the token may not see"`
	Truncated  bool        `json:"truncated,omitempty" doc:"there are more than are followed"`
	Next       string      `json:"next,omitempty" doc:"the cursor of the next part"`
}

// The kinds of plans.
const (
	PlanRetarget = "retarget"
	PlanDelete   = "delete"
	PlanTTL      = "ttl"
)

// PlanRequest asks what a change of many records would do.
type PlanRequest struct {
	Kind   string   `json:"kind" enum:"retarget,delete,ttl"`
	From   string   `json:"from,omitempty" doc:"retarget: the target that is given up"`
	To     string   `json:"to,omitempty" doc:"retarget: the new one"`
	Name   string   `json:"name,omitempty" doc:"delete and ttl: the name"`
	Types  []string `json:"types,omitempty" doc:"only records of these types"`
	TTL    uint32   `json:"ttl,omitempty" doc:"ttl: the new one; retarget: of the records that change, 0 to keep theirs"`
	Zones  []string `json:"zones,omitempty" doc:"only in these zones, by id or name"`
	Reason string   `json:"reason,omitempty" maxLength:"1000"`

	Followers bool `json:"followers,omitempty" doc:"ttl: of the aliases that point at the name, too"`
}

// Plan is what a change would do.
type Plan struct {
	ID            string      `json:"id"`
	Request       PlanRequest `json:"request"`
	CreatedAt     time.Time   `json:"created_at"`
	ExpiresAt     time.Time   `json:"expires_at"`
	Diff          []ZoneDiff  `json:"diff"`
	Records       int         `json:"records" doc:"how many records change"`
	Affected      []Dependent `json:"affected" doc:"the first of the names that follow"`
	AffectedTotal int         `json:"affected_total"`
	Partial       bool        `json:"partial,omitempty" doc:"there are more than were counted"`
	Fixed         []Fixed     `json:"fixed,omitempty" doc:"what points there and stays"`
	Findings      []Finding   `json:"findings" doc:"the rules that would be broken; errors keep it from being applied"`
	Errors        int         `json:"errors" doc:"how many of the findings are errors"`
	Depth         int         `json:"depth" doc:"the longest chain after it"`
	Drain         Drain       `json:"drain"`
	Digest        string      `json:"digest" doc:"of all that it rests on"`
}

// Fixed is a record that a plan cannot change.
type Fixed struct {
	Owner  string `json:"owner"`
	Type   string `json:"type"`
	Zone   string `json:"zone"`
	Reason string `json:"reason"`
}

// Drain is when the last cache forgets the old answer.
type Drain struct {
	Seconds int    `json:"seconds"`
	By      string `json:"by,omitempty" doc:"the record that takes longest"`
}

// PlanData is one Plan.
type PlanData struct {
	Plan Plan `json:"plan"`
}

// ApplyPlanRequest applies a plan, if nothing moved since it was made.
type ApplyPlanRequest struct {
	Reason string `json:"reason,omitempty" maxLength:"1000"`
	DryRun bool   `json:"dry_run,omitempty"`
}

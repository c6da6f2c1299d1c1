package api

import (
	"encoding/json"
	"strconv"
	"time"
)

// Chain is where a name leads, link by link.
type Chain struct {
	Name  string      `json:"name"`
	Type  string      `json:"type"`
	Links []ChainLink `json:"links"`
	End   string      `json:"end" doc:"why it ends: addresses, nodata, nxdomain, leaves, loop, too-long, delegated"`
	Last  string      `json:"last" doc:"the name at which it ends"`
	Zone  string      `json:"zone,omitempty" doc:"of that name, if it is held"`
	TTL   uint32      `json:"ttl" doc:"of the records at the end, or of the answer that there are none; 0 where it does not end in a zone held"`
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
	Drain   Seconds    `json:"drain" nullable:"true" doc:"until no cache holds an old answer, if the name changes now; null where nobody knows: the name is in no zone held, or the change is not seen here"`
	DrainBy *Drain     `json:"drain_by,omitempty" doc:"why so long; left out where drain is null"`
}

// Seconds is a time in whole seconds, which is null in JSON where nobody knows it.
type Seconds int64

// Unknown is Seconds that nobody knows.
const Unknown Seconds = -1

// MarshalJSON writes a number, or null for Unknown.
func (s Seconds) MarshalJSON() ([]byte, error) {
	if s < 0 {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(s), 10), nil
}

// UnmarshalJSON reads a number, or null as Unknown.
func (s *Seconds) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*s = Unknown
		return nil
	}
	return json.Unmarshal(data, (*int64)(s))
}

// PathStep is one step of a path.
type PathStep struct {
	Name string `json:"name"`
	Kind string `json:"kind" doc:"by which it leads to the next"`
	Via  string `json:"via,omitempty" doc:"the wildcard or DNAME that makes it"`
	Zone string `json:"zone,omitempty"`
	TTL  uint32 `json:"ttl,omitempty"`
}

// DependentsData is a part of the names that lead to a name.
type DependentsData struct {
	Name       string      `json:"name"`
	Dependents []Dependent `json:"dependents"`
	Hidden     int         `json:"hidden,omitempty" doc:"how many in this part are in zones that the token may not see"`
	Truncated  bool        `json:"truncated,omitempty" doc:"there are more than are followed"`
	Next       string      `json:"next,omitempty" doc:"the cursor of the next part"`
}

// DependentsEnd is the last line of dependents that are streamed: how many lines
// came before it.
type DependentsEnd struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Hidden int    `json:"hidden,omitempty" doc:"how many more are in zones that the token may not see"`
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
	From   string   `json:"from,omitempty" example:"main.example.net" doc:"retarget: the target that is given up"`
	To     string   `json:"to,omitempty" example:"next.example.net" doc:"retarget: the new one"`
	Name   string   `json:"name,omitempty" doc:"delete and ttl: the name"`
	Types  []string `json:"types,omitempty" doc:"only records of these types"`
	TTL    uint32   `json:"ttl,omitempty" doc:"ttl: the new one; retarget: of the records that change, 0 to keep theirs"`
	Zones  []string `json:"zones,omitempty" doc:"only in these zones, by id or name"`
	Reason string   `json:"reason,omitempty" maxLength:"1000"`

	Followers bool `json:"followers,omitempty" doc:"ttl: of the aliases that point at the name, too"`
}

// Plan is what a change would do.
type Plan struct {
	ID            string         `json:"id"`
	Account       string         `json:"account" format:"uuid" doc:"whose it is"`
	Request       PlanRequest    `json:"request"`
	CreatedAt     time.Time      `json:"created_at"`
	ExpiresAt     time.Time      `json:"expires_at"`
	Diff          []ZoneDiff     `json:"diff"`
	Zones         []PlanZone     `json:"zones" doc:"how much of each zone changes"`
	Records       int            `json:"records" doc:"how many records change"`
	Affected      []Dependent    `json:"affected" doc:"the first of the names that follow, up to 1000"`
	AffectedTotal int            `json:"affected_total" doc:"how many follow, those in zones of others too"`
	AffectedZones []AffectedZone `json:"affected_zones" doc:"in which zones those listed in affected are"`
	Partial       bool           `json:"partial" doc:"there are more than were counted or looked at: affected_total, depth and drain may be greater"`
	Fixed         []Fixed        `json:"fixed" doc:"what points there and stays, with the reason"`
	Findings      []Finding      `json:"findings" doc:"the rules that would be broken; errors keep it from being applied"`
	Errors        int            `json:"errors" doc:"how many of the findings are errors"`
	Depth         int            `json:"depth" doc:"the longest chain after it"`
	Drain         Drain          `json:"drain" doc:"when the last cache forgets the old answers, if it is applied now"`
	Digest        string         `json:"digest" doc:"of all that it rests on"`
}

// PlanZone is how much of a zone a plan changes.
type PlanZone struct {
	ID     string `json:"id" format:"uuid"`
	Name   string `json:"name"`
	From   uint32 `json:"from" doc:"the serial that the zone has"`
	Names  int    `json:"names" doc:"how many names change"`
	Sets   int    `json:"sets" doc:"how many names and types change"`
	Before int    `json:"before" doc:"how many records these have"`
	After  int    `json:"after" doc:"how many they will have"`
}

// AffectedZone is how many names that follow are in a zone.
type AffectedZone struct {
	Zone  string `json:"zone"`
	Names int    `json:"names"`
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
	Seconds Seconds    `json:"seconds" nullable:"true" doc:"null where nobody knows"`
	By      string     `json:"by,omitempty" example:"www.example.com. CNAME" doc:"the record that takes longest"`
	Until   *time.Time `json:"until,omitempty" doc:"the end of it, if the change is made now"`
	Name    string     `json:"name,omitempty" doc:"where the change is"`
	Owner   string     `json:"owner,omitempty" doc:"of the record that takes longest"`
	Type    string     `json:"type,omitempty" doc:"of that; SOA stands for the answer that there is none"`
	TTL     uint32     `json:"ttl,omitempty" doc:"of that"`
	Aliases int        `json:"aliases,omitempty" doc:"how many ALIAS on the way added theirs"`
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

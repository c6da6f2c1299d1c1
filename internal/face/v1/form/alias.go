package form

import (
	"math"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// Chain is the way from name for records of type t.
func Chain(name dname.Name, t rr.Type, c *graph.Chain) api.Chain {
	out := api.Chain{
		Name: name.String(), Type: t.String(), Links: make([]api.ChainLink, len(c.Steps)),
		End: strings.ReplaceAll(c.End.String(), " ", "-"), Last: c.Last.String(), TTL: c.TTL, Depth: c.Depth(),
	}
	if c.Apex != nil {
		out.Zone = Bare(c.Apex)
	}
	for i := range c.Steps {
		s := &c.Steps[i]
		out.Links[i] = api.ChainLink{Owner: s.Name.String(), Kind: s.Kind.String(), Via: via(s), Zone: Bare(s.Apex), TTL: s.TTL, Target: s.Target.String()}
	}
	if c.Loop != nil {
		out.Loop = names(c.Loop)
	}
	return out
}

func names(list []dname.Name) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.String()
	}
	return out
}

// via is the wildcard or DNAME that makes a step; empty where its name has the record itself.
func via(s *graph.Step) string {
	if s.Name.Equal(s.Owner) {
		return ""
	}
	return s.Owner.String()
}

// DrainOf says how long caches may hold what a dependent answers now; ok is
// false where nobody here knows.
type DrainOf func(name dname.Name, d *graph.Dependent) (drain graph.Drain, ok bool)

// Dependent is one who points at name, with its drain as it is at now.
func Dependent(name dname.Name, d *graph.Dependent, drainOf DrainOf, now time.Time) api.Dependent {
	out := api.Dependent{
		Owner: d.Name.String(), Type: d.Type().String(), Kind: d.Kind.String(), Target: d.Target.String(), Zone: Bare(d.Apex), TTL: d.TTL,
		Depth: d.Depth(), Follows: d.Kind.Follows(), Path: make([]api.PathStep, 0, len(d.Path)+1), Drain: api.Unknown,
	}
	for i := range d.Path {
		s := &d.Path[i]
		out.Path = append(out.Path, api.PathStep{Name: s.Name.String(), Kind: s.Kind.String(), Via: via(s), Zone: Bare(s.Apex), TTL: s.TTL})
	}
	out.Path = append(out.Path, api.PathStep{Name: name.String()})
	if drain, known := drainOf(name, d); known {
		why := Drain(&drain, now)
		out.Drain, out.DrainBy = why.Seconds, &why
	}
	return out
}

// Drain is d for what changes at now; its seconds are unknown for a zero d.
func Drain(d *graph.Drain, now time.Time) api.Drain {
	if d.Owner == nil {
		return api.Drain{Seconds: api.Unknown}
	}
	seconds := min(d.Seconds, math.MaxInt32) // 68 years, which is the longest TTL
	until := now.Add(time.Duration(seconds) * time.Second).UTC().Truncate(time.Second)
	out := api.Drain{
		Seconds: api.Seconds(seconds), By: d.Owner.String() + " " + d.Type.String(),
		Owner: d.Owner.String(), Type: d.Type.String(), TTL: d.TTL, Aliases: d.Aliases, Until: &until,
	}
	if d.Name != nil {
		out.Name = d.Name.String()
	}
	return out
}

package targets

import (
	"net/netip"
	"slices"
	"time"

	"github.com/truename-dns/truename/api"
	known "github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/work/alias"
	"github.com/truename-dns/truename/internal/zone"
)

// aliasStates is all states, what hurts more behind what hurts less.
var aliasStates = []string{api.AliasOwn, api.AliasFresh, api.AliasRenewing, api.AliasUnasked, api.AliasStale, api.AliasFailing}

func worse(a, b string) string {
	if slices.Index(aliasStates, b) > slices.Index(aliasStates, a) {
		return b
	}
	return a
}

// worst is the state of the target that hurts most, and of what it leads to.
func worst(targets []api.AliasTarget) string {
	state := api.AliasOwn
	for i := range targets {
		state = worse(worse(state, targets[i].State), worst(targets[i].Ends))
	}
	return state
}

// foreign is what is known of a name of others.
func (w *aliasWalk) foreign(name dname.Name, p *zone.Policy) api.AliasTarget {
	s, _ := w.c.Targets.State(name) // the zero State of one that nobody has asked for
	a, aaaa := w.family(&s.A, p), w.family(&s.AAAA, p)
	return api.AliasTarget{Target: name.String(), State: worse(a.State, aaaa.State), A: a, AAAA: aaaa}
}

func (w *aliasWalk) family(f *alias.FamilyState, p *zone.Policy) *api.AliasFamily {
	out := &api.AliasFamily{
		State: w.familyState(f, p), Addresses: addresses(f.Set), TTL: f.TTL, Gone: f.Gone, Failures: f.Failures, Why: f.Why,
		Answered: moment(f.Answered), Expires: moment(f.Expires), Tried: moment(f.Tried), Next: moment(f.Next), Failing: moment(f.Failing),
	}
	if f.Since > 0 {
		out.Since = moment(time.Unix(0, f.Since))
	}
	return out
}

// familyState is f in one word, for a record that says p of failures.
func (w *aliasWalk) familyState(f *alias.FamilyState, p *zone.Policy) string {
	switch f.State {
	case known.Unasked:
		return api.AliasUnasked
	case known.Fresh:
		return api.AliasFresh
	case known.Renewing:
		return api.AliasRenewing
	}
	if f.Since > 0 && p.What() == zone.ServeStale && w.now.Sub(time.Unix(0, f.Since)) <= time.Duration(p.Stale())*time.Second {
		return api.AliasStale
	}
	return api.AliasFailing
}

// moment is t; nil where there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func addresses(set rr.Set) []string {
	out := []string{}
	for !set.Empty() {
		var r rr.Record
		r, set = set.Next()
		if a, ok := netip.AddrFromSlice(r.Data()); ok {
			out = append(out, a.String())
		}
	}
	return out
}

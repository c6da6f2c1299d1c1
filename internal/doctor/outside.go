package doctor

import (
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/resolver"
)

// outside goes on at name, which lies with others, as the resolver says.
func (j *journey) outside(name dname.Name) {
	if j.d.options.Resolver == nil {
		j.step(Step{Kind: Departed, Owner: name, Source: resolver.Ours, TTL: Nobody, Left: Nobody, Why: "the name is with others, and this server asks nobody"})
		if len(j.e.Items) == 0 && j.e.End == "" {
			j.ended(EndRefused, "no zone of this server holds %s, and it asks nobody", name)
			j.e.Rcode, j.e.EDE = code.Refused, code.NotAuthoritative
		}
		return
	}
	start := time.Now()
	res := j.d.options.Resolver.Resolve(j.ctx, Question{Name: name, Type: j.t})
	if len(res.Chain) == 0 {
		j.brokenOff(name, res, time.Since(start))
	}
	if back := j.follow(res); back != nil {
		j.part(res, back)
		j.ours(back)
		return
	}
	j.conclude(res)
	j.onward(res)
}

// brokenOff adds what is known of the way from name though the search for its end
// has not come to one while it was waited for.
func (j *journey) brokenOff(name dname.Name, res *resolver.Result, waited time.Duration) {
	for range maxRounds {
		known, ok := j.d.options.Resolver.Known(Question{Name: name, Type: rr.TypeCNAME})
		if !ok {
			break
		}
		cname := servers.SetOf(known.Answer, name, rr.TypeCNAME)
		if cname.Empty() {
			break
		}
		s := Step{Kind: CNAME, Owner: name, Source: resolver.Cached, TTL: j.declared(name, rr.TypeCNAME), Left: int64(cname.TTL()), Target: cname.Target()}
		j.step(s)
		name = s.Target
	}
	j.step(Step{Kind: Exhausted, Owner: name, Source: resolver.Live, TTL: Nobody, Left: Nobody, Took: waited, Why: "no answer in time (timeout): " + res.Text})
}

// follow adds the steps of res, up to a link that leads back into our zones,
// whose target it returns: what they say is answered by ourselves.
func (j *journey) follow(res *resolver.Result) (back dname.Name) {
	for _, s := range res.Chain {
		step := ofResolver(s)
		switch step.Kind {
		case Servers, Fetch, Shown:
			continue
		}
		if step.Depth > 0 && step.Kind != Silent && step.Kind != Lame {
			continue
		}
		if s.Source == resolver.Cached || s.Source == resolver.Stale {
			step.TTL = j.declared(step.Owner, typeOf(&step))
		}
		if step.Kind == DNAME {
			step.Via = dnameAbove(res.Answer, step.Owner)
		}
		if step.Kind == Exact {
			step.Records = recordsOf(res.Answer, step.Owner, step.Type)
		}
		j.step(step)
		if step.Depth == 0 && step.Kind.links() && s.Source != resolver.Ours && held(j.set, step.Target) != nil {
			return step.Target
		}
	}
	return nil
}

// typeOf is the type of the records that s found.
func typeOf(s *Step) rr.Type {
	switch s.Kind {
	case CNAME:
		return rr.TypeCNAME
	case DNAME:
		return rr.TypeDNAME
	}
	return s.Type
}

func dnameAbove(items []Item, name dname.Name) dname.Name {
	for _, i := range items {
		if i.Set.Type() == rr.TypeDNAME && name.IsBelow(i.Owner) {
			return i.Owner
		}
	}
	return nil
}

func recordsOf(items []Item, owner dname.Name, t rr.Type) []string {
	for _, i := range items {
		if i.Set.Type() == t && i.Owner.Equal(owner) {
			return servers.Contents(i.Set)
		}
	}
	return nil
}

// declared is the TTL that the cache was given for name and t, or Nobody.
func (j *journey) declared(name dname.Name, t rr.Type) int64 {
	c := j.d.options.Cache
	if c == nil {
		return Nobody
	}
	var key dname.Key
	key.Set(name)
	depth := key.Depth()
	if t == rr.TypeDNAME {
		depth--
	}
	for ; depth >= 0; depth-- {
		if hit, ok := c.FindAbove(&key, depth, t); ok && hit.Kind != cache.Failed {
			return int64(hit.Entry.TTL)
		}
		if t != rr.TypeDNAME {
			return Nobody
		}
	}
	return Nobody
}

// part takes the part of the answer that leads to the name back.
func (j *journey) part(res *resolver.Result, back dname.Name) {
	if j.beyond {
		return
	}
	for _, i := range res.Answer {
		j.e.Items = append(j.e.Items, i)
		j.least(int64(i.Set.TTL()))
		if i.Set.Type() == rr.TypeCNAME && i.Set.Target().Equal(back) {
			return
		}
	}
}

func (j *journey) least(ttl int64) {
	if j.e.TTL == Nobody || ttl < j.e.TTL {
		j.e.TTL = ttl
	}
}

// conclude takes what the resolver says over as the rest of the answer.
func (j *journey) conclude(res *resolver.Result) {
	if j.beyond {
		return
	}
	e := &j.e
	e.Items = append(e.Items, res.Answer...)
	e.Rcode, e.EDE, e.Text = res.Rcode, res.EDE, res.Text
	e.Stale = e.Stale || res.Stale
	if len(res.Answer)+len(res.Authority) > 0 && res.Rcode != code.ServFail {
		j.least(int64(res.TTL))
	}
	if e.End = endOf(res, j.t); res.Rcode == code.ServFail {
		e.TTL, e.Items = Nobody, nil
	}
	e.Why = e.reason()
}

// endOf is why a search for records of type t ended.
func endOf(res *resolver.Result, t rr.Type) End {
	last := resolver.Unknown
	if n := len(res.Chain); n > 0 {
		last = res.Chain[n-1].Kind
	}
	switch {
	case res.Rcode == code.NXDomain:
		return EndNXDomain
	case res.Rcode == code.YXDomain:
		return EndOverflow
	case last == resolver.Loop:
		return EndLoop
	case last == resolver.TooLong:
		return EndTooLong
	case res.Rcode != code.NoError:
		return EndFailed
	case last == resolver.Found || t == rr.TypeCNAME && len(res.Answer) > 0:
		return EndAnswered
	}
	return EndNoData
}

// onward goes on where the answer is a service in AliasMode.
func (j *journey) onward(res *resolver.Result) {
	if len(res.Answer) == 0 || len(j.e.Steps) == 0 || len(j.passed) > maxRounds {
		return
	}
	last := res.Answer[len(res.Answer)-1]
	if last.Set.Type() != j.t {
		return
	}
	next, _ := j.service(last.Set, j.e.Steps[len(j.e.Steps)-1])
	if next == nil {
		return
	}
	if j.has(next) {
		return
	}
	j.passed = append(j.passed, passage{next, j.t})
	if held(j.set, next) != nil {
		j.ours(next)
		return
	}
	j.outside(next)
}

// way adds the links from name to the end of its chain as the resolver knows
// them, and returns that end. While all is well it is only asked for what it has
// in its memory: the answers are made of what is known already.
func (j *journey) way(name dname.Name, state answer.Known) dname.Name {
	r := j.d.options.Resolver
	if r == nil {
		return name
	}
	q := Question{Name: name, Type: j.t}
	res, ok := r.Known(q)
	if !ok && (state == answer.Failing || state == answer.Unasked) {
		res, ok = r.Resolve(j.ctx, q), true
	}
	if !ok {
		return name
	}
	for _, s := range res.Chain {
		step := ofResolver(s)
		if step.Kind == ALIAS && j.hides(step.Zone) {
			return step.Owner
		}
		if !step.Kind.links() && step.Kind != Silent && step.Kind != Lame && step.Kind != Loop && step.Kind != TooLong {
			continue
		}
		if s.Source == resolver.Cached || s.Source == resolver.Stale {
			step.TTL = j.declared(step.Owner, typeOf(&step))
		}
		if step.Kind.links() && step.Depth == 0 {
			name = step.Target
		}
		j.step(step)
	}
	return name
}

package resolver

import (
	"fmt"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver/message"
)

// follow takes the link from the name at hand to the target of the CNAME set,
// and reports whether the walk goes on there.
func (w *walk) follow(s Step, set rr.Set) (ok bool) {
	target := set.Target()
	s.Owner, s.Target = w.name, target
	w.step(s)
	w.result.Answer = append(w.result.Answer, Item{Owner: w.name, Set: set})
	return w.advance(target)
}

// advance makes target the name at hand, unless the walk ends there: a chain that
// comes back to a name it has passed is an error at once, whatever the limit
// (RFC 1034, Section 3.6.2).
func (w *walk) advance(target dname.Name) (ok bool) {
	w.seen = append(w.seen, w.name)
	for _, name := range w.seen {
		if name.Equal(target) {
			return w.loop(target, "the chain has passed this name")
		}
	}
	if len(w.seen) > w.r.options.MaxHops {
		w.step(Step{Kind: TooLong, Owner: w.name, Why: fmt.Sprintf("more than %d links", w.r.options.MaxHops)})
		w.fail(code.Other, fmt.Sprintf("alias chain longer than %d links at %s", w.r.options.MaxHops, w.name))
		return false
	}
	w.name = target
	return true
}

// loop ends the walk where a chain comes back to at.
func (w *walk) loop(at dname.Name, why string) (ok bool) {
	w.step(Step{Kind: Loop, Owner: at, Why: why})
	w.fail(code.Other, fmt.Sprintf("alias loop at %s", at))
	return false
}

// redirect applies the DNAME to the name at hand, and reports whether the walk
// goes on (RFC 6672, Section 3.4.1).
func (w *walk) redirect(s Step, d Item) (ok bool) {
	target := d.Set.Target()
	prefix := w.name[:len(w.name)-len(d.Owner)]
	if message.Find(w.result.Answer, d.Owner, rr.TypeDNAME).Empty() {
		w.result.Answer = append(w.result.Answer, d)
	}
	if len(prefix)+len(target) > dname.MaxLen {
		s.Owner, s.Why = d.Owner, "the new name would be longer than 255 octets"
		w.step(s)
		w.result.Rcode = code.YXDomain // RFC 6672, Section 2.2
		return false
	}
	made := append(append(make([]byte, 0, len(prefix)+len(target)), prefix...), target...)
	set := rr.Set(rr.AppendRecord(nil, rr.TypeCNAME, d.Set.TTL(), made))
	if s.Source == Live {
		w.put(w.name, cache.Entry{Rank: w.rank(cache.Answer, cache.Authoritative), Type: rr.TypeCNAME, Set: set, TTL: set.TTL(), Made: true})
	}
	if w.t == rr.TypeCNAME {
		// What was made is what was asked for, and so not to be followed.
		s.Owner, s.Target = w.name, made
		w.step(s)
		w.result.Answer = append(w.result.Answer, Item{Owner: w.name, Set: set})
		return false
	}
	if target.IsAtOrBelow(d.Owner) && s.Source != Ours {
		return w.loop(d.Owner, "every name that this DNAME makes lies below it again")
	}
	return w.follow(s, set)
}

// onward is where a walk goes that took a link from somewhere else than a message.
func (w *walk) onward(ok bool) state {
	if ok {
		return (*walk).begin
	}
	return nil
}

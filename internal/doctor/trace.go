package doctor

import (
	"context"
	"errors"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/resolver"
)

// ErrNoNetwork is the error where a server was started without a way to ask others.
var ErrNoNetwork = errors.New("this server asks no other servers")

// Trace is a question asked from the root on with nothing known.
type Trace struct {
	Question
	Outcome
	Steps   []Step
	Hops    []Hop
	Queries int           // sent
	Cold    time.Duration // what a client pays whose resolver knows nothing
}

// Hop is one name of the chain, and what it added.
type Hop struct {
	Owner   dname.Name
	Kind    Kind // of the step that ended it
	Target  dname.Name
	Zone    dname.Name // whose server gave the answer
	Server  string     // that gave it
	Ours    bool       // we hold Zone
	Queries int
	Took    time.Duration
}

// Trace asks for q from the root on, and follows the chain to its end. Zones of
// ours are asked for like any other. Errors are *Busy and ErrNoNetwork.
func (d *Doctor) Trace(ctx context.Context, who *Caller, q Question) (*Trace, error) {
	if d.options.Cold.Network == nil {
		return nil, ErrNoNetwork
	}
	leave, err := d.gate.enter(who.Token, traceCost)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, d.options.Patience)
	defer cancel()
	r, w := d.cold(who)
	res := r.Resolve(ctx, q)
	r.Close() // nothing is asked any more
	return d.trace(q, res, w), nil
}

func (d *Doctor) trace(q Question, res *resolver.Result, w *servers.Watched) *Trace {
	t := &Trace{Question: q, Queries: len(w.Log())}
	t.Rcode, t.EDE, t.Text, t.Items, t.TTL = res.Rcode, res.EDE, res.Text, res.Answer, Nobody
	if len(res.Answer)+len(res.Authority) > 0 && res.Rcode != code.ServFail {
		t.TTL = int64(res.TTL)
	}
	t.End = endOf(res, q.Type)
	t.Why = t.reason()
	set := d.options.Zones()
	hops := hopper{log: logOf(w), hop: Hop{Owner: q.Name}}
	for _, s := range res.Chain {
		step := ofResolver(s)
		step.Ours = isOurs(set, step.Zone)
		if step.Kind == Exact {
			step.Records = recordsOf(res.Answer, step.Owner, step.Type)
		}
		if step.Kind == DNAME {
			step.Via = dnameAbove(res.Answer, step.Owner)
		}
		hops.add(&step)
		t.Steps = append(t.Steps, step)
	}
	t.Hops = hops.end()
	for _, h := range t.Hops {
		t.Cold += h.Took
	}
	return t
}

// asked is one question that was sent.
type asked struct {
	servers.Asked
	used bool // a step was found for it
}

func logOf(w *servers.Watched) (out []asked) {
	for _, a := range w.Log() {
		out = append(out, asked{Asked: a})
	}
	return out
}

// hopper adds what was asked up to the names of the chain.
type hopper struct {
	log  []asked
	from int // the first of log that no step was found for
	hop  Hop // being made
	hops []Hop
	busy []span // that are counted, none of which overlaps another
}

// span is a time for which an answer was waited for.
type span struct{ from, to time.Time }

// spend counts the time of a as far as nobody else was waited for in it.
func (h *hopper) spend(a *asked) (took time.Duration) {
	parts := []span{{a.Ended.Add(-a.Took), a.Ended}}
	for _, b := range h.busy {
		var left []span
		for _, s := range parts {
			if before := (span{s.from, earlier(s.to, b.from)}); before.from.Before(before.to) {
				left = append(left, before)
			}
			if after := (span{later(s.from, b.to), s.to}); after.from.Before(after.to) {
				left = append(left, after)
			}
		}
		parts = left
	}
	for _, s := range parts {
		took += s.to.Sub(s.from)
	}
	h.busy = append(h.busy, parts...)
	return took
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// add takes step s, and fills in how long a silent server was waited for.
func (h *hopper) add(s *Step) {
	if s.Server != "" {
		h.match(s)
	}
	if s.Depth > 0 {
		return
	}
	switch s.Kind {
	case CNAME, DNAME:
		h.close(s)
		h.hop = Hop{Owner: s.Target}
	case Exact, NoData, NXDomain, Loop, TooLong, Exhausted:
		h.close(s)
		h.hop = Hop{}
	}
}

// match finds the question of s in the log. One message may make several steps:
// it is counted with the first.
func (h *hopper) match(s *Step) {
	for n := h.from; n < len(h.log); n++ {
		a := &h.log[n]
		if a.used || a.Server.String() != s.Server || a.Failed != (s.Kind == Silent) || !a.Failed && a.Took != s.Took {
			continue
		}
		a.used = true
		s.Took = a.Took
		h.hop.Queries++
		h.hop.Took += h.spend(a)
		for h.from < len(h.log) && h.log[h.from].used {
			h.from++
		}
		return
	}
}

func (h *hopper) close(s *Step) {
	if s.Kind == Loop || s.Kind == TooLong {
		return // the link that led here has been counted
	}
	h.hop.Kind, h.hop.Target, h.hop.Zone, h.hop.Server, h.hop.Ours = s.Kind, s.Target, s.Zone, s.Server, s.Ours
	if h.hop.Owner == nil {
		h.hop.Owner = s.Owner
	}
	h.hops = append(h.hops, h.hop)
}

// end is all hops; what no step was found for is the last one's.
func (h *hopper) end() []Hop {
	if h.hop.Queries > 0 && (len(h.hops) == 0 || h.hop.Owner != nil) {
		h.hop.Kind = Exhausted
		h.hops = append(h.hops, h.hop)
	}
	if len(h.hops) == 0 {
		return nil
	}
	last := &h.hops[len(h.hops)-1]
	for n := range h.log {
		if a := &h.log[n]; !a.used {
			last.Queries++
			last.Took += h.spend(a)
		}
	}
	return h.hops
}

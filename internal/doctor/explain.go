package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// Explanation is what is answered to a question, and the Chain that leads there.
type Explanation struct {
	Question
	Outcome
	Authority bool // this server holds the name
	Steps     []Step
	TTLStep   int // the number of the step that sets the TTL; -1 for none
	Stale     bool
	Took      time.Duration
	CAA       *CAA // of type CAA
}

// Explain says what this server answers to q, with the chain going on where it
// leads to others. The only error is *Busy.
func (d *Doctor) Explain(ctx context.Context, who *Caller, q Question) (*Explanation, error) {
	leave, err := d.gate.enter(who.Token, explainCost)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, d.options.Patience)
	defer cancel()
	e := d.explain(ctx, who, q)
	if q.Type == rr.TypeCAA {
		e.CAA = d.caa(ctx, who, q.Name)
	}
	return e, nil
}

func (d *Doctor) explain(ctx context.Context, who *Caller, q Question) *Explanation {
	start := time.Now()
	j := &journey{d: d, ctx: ctx, who: who, set: d.options.Zones(), t: q.Type}
	e := &j.e
	e.Question, e.EDE, e.TTL, e.TTLStep = q, code.NoEDE, Nobody, -1
	if e.Authority = held(j.set, q.Name) != nil; e.Authority {
		j.ours(q.Name)
	} else {
		j.outside(q.Name)
	}
	if !j.beyond {
		j.said = len(e.Steps)
	}
	e.specify()
	e.settle(e.Steps[:j.said])
	e.Took = time.Since(start)
	return e
}

// journey makes an Explanation.
type journey struct {
	d   *Doctor
	ctx context.Context
	who *Caller
	set *zone.Set
	t   rr.Type // that is wanted now: behind AliasMode addresses are
	e   Explanation

	visited []dname.Name // from which our zones were entered
	passed  []passage
	from    int  // in passed, where the links of the chain at hand are counted from
	forked  bool // it has come through an ALIAS
	beyond  bool // the answer is complete: what follows is where clients go on
	said    int  // the steps that the answer is made of, where beyond
}

// passage is a name that a chain has passed, and what was wanted there.
type passage struct {
	name dname.Name
	t    rr.Type
}

// Bounds of an Explanation, whatever zones hold.
const (
	maxRounds = 8   // times that a chain comes back into our zones
	maxSteps  = 256 // in all
)

func (j *journey) step(s Step) {
	if s.Type == 0 {
		s.Type = j.t
	}
	s.Ours = s.Zone != nil && isOurs(j.set, s.Zone)
	if len(j.e.Steps) < maxSteps {
		j.e.Steps = append(j.e.Steps, s)
	}
}

// mine is a step of our own zones, whose TTLs do not run down.
func (j *journey) mine(k Kind, owner, apex dname.Name, ttl uint32) Step {
	return Step{Kind: k, Owner: owner, Zone: apex, Source: resolver.Ours, TTL: int64(ttl), Left: int64(ttl)}
}

// ended takes the end of the answer over, unless there is one already.
func (j *journey) ended(end End, format string, args ...any) {
	if !j.beyond {
		j.e.End, j.e.Why = end, fmt.Sprintf(format, args...)
	}
}

// ours goes from name through our zones.
func (j *journey) ours(name dname.Name) {
	for _, v := range j.visited {
		if v.Equal(name) {
			j.loop(name)
			return
		}
	}
	if j.visited = append(j.visited, name); len(j.visited) > maxRounds {
		j.step(Step{Kind: TooLong, Owner: name, TTL: Nobody, Left: Nobody, Source: resolver.Ours, Why: "the chain comes back here too often"})
		j.fail(EndTooLong, "the chain comes back to %s and leads out again too often", name)
		return
	}
	if !j.beyond {
		j.take(j.answer(name))
	}
	j.from = len(j.passed)
	if next := j.path(name); next != nil {
		j.outside(next)
	}
}

func (j *journey) loop(at dname.Name) {
	j.step(Step{Kind: Loop, Owner: at, TTL: Nobody, Left: Nobody, Source: resolver.Ours, Why: "the chain has passed this name"})
	j.fail(EndLoop, "the chain comes back to %s", at)
}

// fail makes the answer SERVFAIL; of a chain nothing is passed on.
func (j *journey) fail(end End, format string, args ...any) {
	if j.beyond {
		return
	}
	j.ended(end, format, args...)
	j.e.Rcode, j.e.EDE, j.e.Text, j.e.Items = code.ServFail, code.Other, j.e.Why, nil
}

// answer is what this server says to the question at name. A target that nobody
// has asked for yet is waited for, as for any client.
func (j *journey) answer(name dname.Name) *answer.Answer {
	f := answer.NewFinder(j.d.options.MaxChain)
	f.Flattener, f.HideALIAS = j.d.options.Flattener, j.d.options.HideALIAS
	find := func() *answer.Answer {
		return f.Find(j.set, answer.Question{Name: name, Type: j.t, Now: j.d.options.Clock().UnixNano()})
	}
	a := find()
	if len(a.Cold) == 0 || j.d.options.Warm == nil {
		return a
	}
	for _, cold := range a.Cold {
		j.d.options.Warm(j.ctx, cold.Name.Clone(), cold.Type)
	}
	return find()
}

var endsOfAnswer = map[answer.Outcome]End{
	answer.Refused: EndRefused, answer.NotReady: EndFailed, answer.Hit: EndAnswered, answer.NoData: EndNoData, answer.NoName: EndNXDomain,
	answer.Delegation: EndDelegated, answer.Departed: EndDeparted, answer.Exhausted: EndTooLong, answer.Loop: EndLoop,
	answer.Overflow: EndOverflow, answer.Unresolved: EndFailed,
}

// take makes what this server says the outcome; a is valid for this call only.
func (j *journey) take(a *answer.Answer) {
	e := &j.e
	for _, i := range a.Answer {
		e.Items = append(e.Items, Item{Owner: i.Owner.Clone(), Set: append(rr.Set(nil), i.Set...)})
	}
	e.Rcode, e.EDE, e.Text, e.End = a.Rcode, a.EDE, string(a.Text), endsOfAnswer[a.Outcome]
	e.Stale = a.EDE == code.StaleAnswer || a.EDE == code.StaleNXDomain
	switch a.Outcome {
	case answer.Hit, answer.NoData, answer.NoName, answer.Overflow:
		e.shorten(a.Answer)
		e.shorten(a.Authority)
	case answer.Departed:
		e.shorten(a.Answer)
	}
	e.Why = e.reason()
}

// shorten makes the TTL the least of those of items too.
func (e *Explanation) shorten(items []answer.Item) {
	for _, i := range items {
		if ttl := int64(i.Set.TTL()); e.TTL == Nobody || ttl < e.TTL {
			e.TTL = ttl
		}
	}
}

// reason is why the chain ended, where nothing better is known.
func (o *Outcome) reason() string {
	if o.Text != "" {
		return o.Text
	}
	switch o.End {
	case EndAnswered:
		return "the records are there"
	case EndNoData:
		return "the name exists, but has no such records"
	case EndNXDomain:
		return "the name does not exist"
	case EndDeparted:
		return "the chain leads to names of others"
	case EndDelegated:
		return "the name is delegated to other servers"
	case EndLoop:
		return "the chain comes back to itself"
	case EndTooLong:
		return "the chain has more links than are followed"
	case EndOverflow:
		return "a DNAME makes a name longer than 255 octets (RFC 6672, Section 2.2)"
	case EndRefused:
		return "no zone of this server holds the name"
	}
	return "the name could not be resolved"
}

// goBeyond says that the answer is complete, and that steps from here on are those
// of clients.
func (j *journey) goBeyond() {
	if !j.beyond {
		j.beyond, j.said = true, len(j.e.Steps)
	}
}

// specify says of a chain that fails what it is that has no end, where a step
// shows that.
func (e *Explanation) specify() {
	if e.End != EndFailed {
		return
	}
	for _, s := range e.Steps {
		if s.Depth == 0 && (s.Kind == Loop || s.Kind == TooLong) {
			e.End = End(s.Kind)
			return
		}
	}
}

// settle finds the step that sets the TTL. A failure has none: it is not to be kept.
func (e *Explanation) settle(steps []Step) {
	if e.Rcode == code.ServFail {
		e.TTL = Nobody
	}
	if e.TTL == Nobody {
		return
	}
	least := int64(-1)
	for n, s := range steps {
		if s.Depth == 0 && s.Kind.says() && s.Left != Nobody && (least < 0 || s.Left < least) {
			least, e.TTLStep = s.Left, n
		}
	}
}

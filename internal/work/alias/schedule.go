package alias

import (
	"context"
	"time"
)

// longestSleep bounds how late a clock that was set back or forth is noticed
// where nobody tells.
const longestSleep = 10 * time.Second

// schedule starts what is due, until ctx ends.
func (t *Table) schedule(ctx context.Context) {
	t.mu.Lock()
	t.nextTidy = t.now() + tidyEach // what was loaded has this long to be found in the zones
	t.mu.Unlock()
	clockChanged := t.options.ClockChanged
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		jumped := false
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-t.wake:
		case _, jumped = <-clockChanged:
			if !jumped {
				clockChanged = nil // closed: there will be no more
			}
		}
		timer.Reset(t.turn(jumped))
	}
}

// turn starts what is due, and is how long there is nothing more to do.
func (t *Table) turn(jumped bool) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if jumped || now < t.lastTurn {
		t.rejudge(now)
	}
	t.lastTurn = now
	if t.nextTidy = min(t.nextTidy, now+tidyEach); now >= t.nextTidy {
		t.tidy(now)
		t.nextTidy = now + tidyEach
	}
	for f := t.plan.nextDue(now); f != nil; f = t.plan.nextDue(now) {
		t.start(f, classOf(f, now))
	}
	own := t.plan.clock()
	for k := t.plan.nextDelayed(own); k != nil; k = t.plan.nextDelayed(own) {
		if !k.void {
			t.advance(k)
		}
	}
	return t.idle(now, own)
}

// idle is for how long nothing is due.
func (t *Table) idle(now, own int64) time.Duration {
	wait := longestSleep
	if len(t.plan.due) > 0 {
		wait = min(wait, time.Duration(t.plan.due[0].due-now))
	}
	if len(t.plan.delayed) > 0 {
		wait = min(wait, time.Duration(t.plan.delayed[0].at-own))
	}
	return max(wait, 0)
}

// at plans f for due.
func (t *Table) at(f *family, due int64) {
	t.plan.put(f, due)
	if f.place == 1 {
		signal(t.wake)
	}
}

// resume plans the next resolution of f, unless there is one.
func (t *Table) resume(f *family) {
	if f.place > 0 || f.ticket != nil || t.closed {
		return
	}
	now := t.now()
	if k := f.known.Load(); k != nil && k.why == "" {
		t.at(f, max(f.ahead(k), now))
		return
	}
	t.at(f, now)
}

// unschedule takes f out of the plan, and off its way if it does not run yet.
func (t *Table) unschedule(f *family) {
	t.plan.take(f)
	if f.ticket != nil && !f.ticket.running {
		f.ticket.void = true
		f.ticket = nil
	}
}

// hurry has f resolved before all others.
func (t *Table) hurry(f *family) {
	if f.ticket != nil && (f.ticket.running || f.ticket.class == urgent) {
		return
	}
	t.unschedule(f)
	t.start(f, urgent)
}

// restart sends f, which waits in some lane, to those where it belongs now.
func (t *Table) restart(f *family) {
	c := f.ticket.class
	t.unschedule(f)
	t.start(f, c)
}

// start sends f on its way: past the rate of its account and that over all, then
// through the lanes of both.
func (t *Table) start(f *family, c class) {
	k := &ticket{family: f, account: t.account(f.target), class: c}
	f.ticket = k
	t.advance(k)
}

// advance goes past the rates. The one over all comes second: an account that is
// over its own does not use it up.
func (t *Table) advance(k *ticket) {
	for ; k.passed < 2; k.passed++ {
		l, whose := &k.account.lanes[k.class], k.account
		if k.passed == 1 {
			l, whose = &t.lanes[k.class], nil
		}
		own := t.plan.clock()
		if wait := l.reserve(own, t.options.step(k.class, whose)); wait > 0 {
			k.passed++
			t.plan.delay(k, own+wait)
			return
		}
	}
	t.enter(k)
}

func (t *Table) enter(k *ticket) {
	if k.account.lanes[k.class].enter(k, t.options.limit(k.class, k.account)) {
		t.pass(k)
	}
}

// pass is the second half of enter.
func (t *Table) pass(k *ticket) {
	if t.lanes[k.class].enter(k, t.options.limit(k.class, nil)) {
		t.begin(k)
	}
}

func (t *Table) begin(k *ticket) {
	if t.closed {
		return
	}
	k.running = !k.void
	t.flights.Go(func() { t.fly(k) })
}

// fly resolves, and lets the next ones go on.
func (t *Table) fly(k *ticket) {
	if k.running {
		t.resolve(k)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if next := t.lanes[k.class].leave(); next != nil {
		t.begin(next)
	}
	if next := k.account.lanes[k.class].leave(); next != nil {
		t.pass(next)
	}
}

// rejudge puts what is known and planned right where the clock has been set to
// now: back, so that an answer would last longer than its TTL, or forth, so that
// it ended before anybody could ask again.
func (t *Table) rejudge(now int64) {
	for g := range t.index.all {
		for i := range g.families {
			f := &g.families[i]
			k := f.known.Load()
			if k != nil && k.expires > 0 {
				k = k.shifted(now)
				f.known.Store(k)
			}
			if f.place > 0 {
				t.at(f, min(f.due, f.latest(k, now)))
			}
		}
	}
}

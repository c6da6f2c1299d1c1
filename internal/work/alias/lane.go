package alias

import "time"

// class says how urgent a resolution is. Each class has lanes of its own, so that
// none waits for those of another: many dead targets delay each other only.
type class uint8

const (
	urgent  class = iota // a query waits for it
	renewal              // of an answer that holds, or did just now
	first                // of what was never asked for
	lost                 // of what had an answer, and has failed several times
	dead                 // of what never had one
	classes
)

// classOf is the class of the next resolution of f.
func classOf(f *family, now int64) class {
	const soon = 4 // attempts, within about ten seconds
	k := f.known.Load()
	switch {
	case f.settled != nil:
		return urgent
	case k.good(now) && f.tries < soon:
		return renewal
	case k.good(now):
		return lost
	case f.tries == 0:
		return first
	}
	return dead
}

// Of each class: its share of what may go on at one time, in sixteenths, and the
// share of the rate, in quarters; 0 for no bound but the first.
var (
	parallelShare = [classes]int{3, 4, 3, 3, 3}
	rateShare     = [classes]int{0, 4, 2, 1, 1}
)

// patience is how long a resolution of that class may take. Where nobody waits it
// is shorter, as many that fail together must not hold up others for long; who
// finds the answer later all the same has it the next time.
func (o *Options) patience(c class) time.Duration {
	if c == urgent {
		return o.Patience
	}
	return o.Patience / 2
}

// accountShare is the part of a lane that one account may take.
const accountShare = 4

// ticket is a resolution on its way through the lanes.
type ticket struct {
	family  *family
	account *account
	class   class
	passed  int   // rates that have allowed it to go on
	at      int64 // when the next one does, by the process's own time
	running bool
	void    bool // another one has taken its place, or nobody wants it any more
}

// lane lets so many through at one time, the others in turn, and tells when the
// next one may come.
type lane struct {
	running int
	waiting []*ticket
	next    int64
}

type lanes [classes]lane

// enter reports whether k may go on; otherwise it waits in the lane.
func (l *lane) enter(k *ticket, limit int) bool {
	if l.running < limit {
		l.running++
		return true
	}
	l.waiting = append(l.waiting, k)
	return false
}

// leave gives the place of one that is through to the one that waits longest,
// which is returned, or nil.
func (l *lane) leave() *ticket {
	if len(l.waiting) == 0 {
		l.running--
		l.waiting = nil
		return nil
	}
	k := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	return k
}

// reserve is how long one has to wait so that, but for a second's worth at once,
// all keep a distance of step.
func (l *lane) reserve(now, step int64) int64 {
	if step == 0 {
		return 0
	}
	l.next = max(l.next, now-second) + step
	return max(l.next-now, 0)
}

// limit is how many of that class may run at one time, of the account or, where
// that is nil, over all.
func (o *Options) limit(c class, a *account) int {
	n := max(o.Parallel*parallelShare[c]/16, 1)
	if a != nil && a.bounded {
		n = max(n/accountShare, 1)
	}
	return n
}

// step is the least distance of resolutions of that class on average; 0 for none.
func (o *Options) step(c class, a *account) int64 {
	rate := o.Rate
	if a != nil && a.bounded {
		rate = o.AccountRate
	}
	if rateShare[c] == 0 {
		return 0
	}
	return 4 * second / int64(rate*rateShare[c])
}

package access

import (
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Limiter bounds how often something may happen, for each of many keys on its
// own. It keeps one instant a key: the one at which all that the key has used
// is earned back (the generic cell rate algorithm, ITU-T I.371). A key at rest
// is as good as one never seen, so that forgetting it changes nothing.
type Limiter struct {
	gap   time.Duration // that one event costs; 0 for no limit
	burst int
	size  int
	now   func() time.Time

	mu   sync.Mutex
	free map[string]time.Time // when the key is at rest
}

// Quota is how a key stands with a Limiter.
type Quota struct {
	OK         bool
	Limit      int           // events at once, from rest; 0 if there is no limit
	Remaining  int           // events that would pass now
	Reset      time.Duration // until the key is at rest
	RetryAfter time.Duration // until what was refused may pass
}

// longest is the longest that a key takes to be at rest.
const longest = 365 * 24 * time.Hour

// MaxKeys is how many keys a Limiter usually knows at once.
const MaxKeys = 65536

// NewLimiter makes a Limiter of burst events at once and perSecond on and on,
// for up to size keys. With perSecond 0 there is no limit.
func NewLimiter(perSecond float64, burst, size int) *Limiter {
	l := &Limiter{burst: max(burst, 1), size: max(size, 1), now: time.Now, free: make(map[string]time.Time)}
	if perSecond > 0 {
		l.gap = max(time.Duration(min(float64(time.Second)/perSecond, float64(longest))), 1)
		l.burst = min(l.burst, int(longest/l.gap))
	}
	return l
}

// Allow takes n events of key if all of them pass, or says when they will. More
// than the burst count as the burst, for they would never pass.
func (l *Limiter) Allow(key string, n int) (ok bool, retryAfter time.Duration) {
	q := l.Take(key, n)
	return q.OK, q.RetryAfter
}

// Take is Allow, and says how key stands after it.
func (l *Limiter) Take(key string, n int) Quota { return l.quota(key, n, true) }

// Return gives back n events of key that did not count after all.
func (l *Limiter) Return(key string, n int) {
	if l.gap == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if free, known := l.free[key]; known {
		l.free[key] = free.Add(-time.Duration(min(max(n, 0), l.burst)) * l.gap)
	}
}

// Ask says whether Take would take n events, and takes none.
func (l *Limiter) Ask(key string, n int) Quota { return l.quota(key, n, false) }

func (l *Limiter) quota(key string, n int, take bool) Quota {
	if l.gap == 0 {
		return Quota{OK: true}
	}
	n = min(max(n, 0), l.burst)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	debt := max(l.free[key].Sub(now), 0)
	all := time.Duration(l.burst) * l.gap
	wait := debt + time.Duration(n)*l.gap - all
	if take && wait <= 0 {
		debt += time.Duration(n) * l.gap
		l.keep(key, now.Add(debt))
	}
	return Quota{
		OK: wait <= 0, Limit: l.burst, Reset: debt, RetryAfter: max(wait, 0),
		Remaining: int((all - debt) / l.gap),
	}
}

// sample is how many keys are looked at to find one to forget.
const sample = 16

// keep writes down when key is at rest. Where there is no room, the one of a
// few keys that is at rest first is forgotten: one at rest loses nothing, and
// one that is held back goes only after all those with less to be held back
// for, so that a flood of new keys does not set it free.
func (l *Limiter) keep(key string, free time.Time) {
	if _, known := l.free[key]; !known && len(l.free) >= l.size {
		delete(l.free, l.least())
	}
	l.free[key] = free
}

func (l *Limiter) least() string {
	var first string
	var rest time.Time
	seen := 0
	for key, free := range l.free { // begins somewhere else each time
		if seen == 0 || free.Before(rest) {
			first, rest = key, free
		}
		if seen++; seen == sample {
			break
		}
	}
	return first
}

// RetrySeconds is d as a Retry-After header wants it: whole seconds, rounded
// up, at least 1 (RFC 9110, Section 10.2.3).
func RetrySeconds(d time.Duration) int {
	return max(int(math.Ceil(d.Seconds())), 1)
}

// RetryText is RetrySeconds for a person, as in 1 second.
func RetryText(d time.Duration) string {
	if n := RetrySeconds(d); n != 1 {
		return strconv.Itoa(n) + " seconds"
	}
	return "1 second"
}

// Network is the key for a client of that address: the network of /24 (IPv4) or
// /56 (IPv6) that somebody is likely to have for himself.
func Network(from netip.Addr) string {
	from = from.Unmap().WithZone("")
	if !from.IsValid() {
		return ""
	}
	bits := 24
	if from.Is6() {
		bits = 56
	}
	return netip.PrefixFrom(from, bits).Masked().String()
}

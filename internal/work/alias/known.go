package alias

import (
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/rr"
)

const (
	second = int64(time.Second)

	// grace is for how long after its end an answer counts as being renewed
	// while no attempt has failed.
	grace = 2 * second
	// maxKept is for how long after its end a last good answer is of use.
	maxKept = 30 * 24 * 3600 * second
)

// known is what is known of a family of a target. It never changes, but is
// replaced.
type known struct {
	set     rr.Set
	expires int64  // in nanoseconds since 1970; 0 where there never was an answer
	fails   int64  // from when on it counts as failing though nothing is known to be wrong
	ttl     uint32 // that it came with, in seconds
	gone    bool   // the name does not exist
	endless bool   // the last attempt failed, and will until somebody mends the chain
	bare    bool   // a denial without SOA, which does not say for how long it holds (RFC 2308, Section 2)
	room    [setRoom]byte
	why     string // the last attempt failed; "" where it did not
}

// setRoom holds the sets of a few addresses beside what else is read of them: one
// address is in the same cache line.
const setRoom = 64

// keep makes a copy of set that of k.
func (k *known) keep(set rr.Set) {
	if k.set = nil; !set.Empty() {
		k.set = append(k.room[:0:setRoom], set...)
	}
}

// clone is a copy of k that shares nothing with it.
func (k *known) clone() *known {
	c := *k
	c.keep(k.set)
	return &c
}

// flat is k at now; k may be nil.
func (k *known) flat(now int64) answer.Flat {
	switch {
	case k == nil:
		return answer.Flat{}
	case now < k.expires:
		return answer.Flat{State: answer.Fresh, Set: k.set, TTL: k.left(now), Gone: k.gone}
	case !k.good(now):
		return answer.Flat{State: answer.Failing, Why: k.reason(), Endless: k.endless}
	case k.why == "" && now < k.fails:
		return answer.Flat{State: answer.Renewing, Set: k.set, TTL: min(k.ttl, 1), Gone: k.gone}
	}
	return answer.Flat{State: answer.Failing, Set: k.set, Gone: k.gone, Since: k.expires, Why: k.reason()}
}

// left is the TTL left at now, in seconds, begun ones counting whole: so an
// answer that holds has at least one. A clock that went back does not lengthen it.
func (k *known) left(now int64) uint32 {
	return uint32(min((k.expires-now+second-1)/second, int64(k.ttl)))
}

// good reports whether k holds an answer that is of use at now.
func (k *known) good(now int64) bool {
	return k != nil && k.expires > 0 && now-k.expires <= maxKept
}

func (k *known) reason() string {
	if k.why == "" {
		return whyLate
	}
	return k.why
}

// same reports whether k and other say the same.
func (k *known) same(other *known) bool {
	return other != nil && k.gone == other.gone && string(k.set) == string(other.set)
}

// What is wrong where no attempt failed.
const (
	whyLate = "its time is over, and it has not been resolved again yet"
	whyFull = "not resolved: the limit of targets of this server is reached; remove ALIAS records that are not in use"
	whyMany = "not resolved: the limit of targets of this account is reached; remove ALIAS records that are not in use"
)

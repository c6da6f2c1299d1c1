package serve

import (
	"crypto/rand"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/net/listen"
	"github.com/truename-dns/truename/internal/stats"
)

// limiter bounds how often a network is sent the same response over UDP, so
// that forged queries cannot turn this server against it. Each kind of response
// to each network has a bucket that leaks at the rate allowed; a bucket is one
// word, the time at which it will have run empty. There is a fixed number of
// them: two that fall together share a rate, which slipping makes harmless.
type limiter struct {
	seed    uint64
	gap     int64 // nanoseconds that a response adds
	burst   int64 // nanoseconds that a bucket holds
	buckets [limiterBuckets]atomic.Int64
}

const limiterBuckets = 1 << 17

func newLimiter(perSecond int) *limiter {
	return &limiter{
		seed:  newSeed(),
		gap:   int64(time.Second) / int64(perSecond),
		burst: int64(time.Second),
	}
}

// take reports whether one more response of kind h at now is within the rate.
func (l *limiter) take(h uint64, now int64) bool {
	b := &l.buckets[h%limiterBuckets]
	for {
		empty := b.Load()
		level := max(empty, now)
		switch ahead := level - now; {
		case ahead > l.burst+l.gap:
			level = now // no bucket is so full: the clock was set back
		case ahead > l.burst:
			return false
		}
		if b.CompareAndSwap(empty, level+l.gap) {
			return true
		}
	}
}

// kind hashes the network of peer with what the response says.
func (l *limiter) kind(peer netip.Addr, what code.Rcode, name dname.Name) uint64 {
	h := networkOf(l.seed^uint64(what), peer)
	for _, c := range name {
		if c-'A' < 26 {
			c |= 0x20
		}
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return mix(h, l.seed)
}

// newSeed is one that nobody outside knows.
func newSeed() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

// networkOf hashes the network of peer, /24 or /56, with seed.
func networkOf(seed uint64, peer netip.Addr) uint64 {
	if peer = peer.Unmap(); peer.Is4() {
		ip := peer.As4()
		return mix(seed, uint64(binary.BigEndian.Uint32(ip[:])>>8))
	}
	ip := peer.As16()
	return mix(seed, binary.BigEndian.Uint64(ip[:])>>8|1<<63)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xe7037ed1a0b428db)
	return hi ^ lo
}

// limited reports whether the response must not go out as it is. TCP and a
// valid cookie prove the address (RFC 7873, Section 5.2.4); clients of the
// resolver are few and known.
func (w *Worker) limited() bool {
	l := w.server.limiter
	if l == nil || w.recursed || w.in.Transport == listen.TCP || w.query.EDNS.Cookie != nil && w.verified() != cookie.None {
		return false
	}
	return !l.take(l.kind(w.in.Peer.Addr(), w.rcode, w.subject), w.in.Now)
}

// subjectOf is the name that responses of a kind have in common: made-up names
// below a zone, a cut, a DNAME or the parent of a wildcard must not each get a
// rate of their own, and all refusals and errors share one.
func subjectOf(a *answer.Answer, asked dname.Name) dname.Name {
	switch a.Outcome {
	case answer.NoName, answer.NotReady:
		return a.Zone
	case answer.Delegation:
		return a.Authority[0].Owner
	case answer.Refused:
		return nil
	}
	if a.Encloser != nil {
		return a.Encloser
	}
	return asked
}

// slip replaces a response over the rate: a client that has a cookie to send is
// told to (RFC 7873, Section 5.2.3), every Slip-th other gets a truncated one
// and may come back over TCP, the rest get nothing.
func (w *Worker) slip() {
	w.stats.Dropped(stats.RateLimited)
	w.ede, w.text = code.NoEDE, nil
	w.out.Truncate(&w.query)
	if w.query.EDNS.Cookie != nil {
		w.out.ClearTC()
		w.rcode = code.BadCookie
		return
	}
	w.slips++
	if s := w.server.config.Slip; s > 0 && w.slips%s == 0 {
		return
	}
	w.silent = true
}

package resolver

import (
	"fmt"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
)

// failed is a Result that says no more than why there is none.
func failed(ede code.EDE, text string) *Result {
	return &Result{Rcode: code.ServFail, EDE: ede, Text: text}
}

func tooBusy() *Result { return failed(code.Other, "too many questions are being worked on") }

// tooLate says what f waits for, whose search goes on.
func tooLate(f *flight) *Result {
	text := "the time to wait was over before any server was asked"
	if t := f.waits.Load(); t != nil {
		text = fmt.Sprintf("no answer yet from %s of %s", t.Server, t.zone)
	}
	return failed(code.NoReachable, text)
}

// fromCache answers q without asking anybody; with stale also from what has
// expired. What is about to expire, or has, is asked for anew in the background.
func (r *Resolver) fromCache(q Question, stale bool) (*Result, bool) {
	w := r.walk(q)
	w.offline, w.stale = true, stale
	res := w.run()
	if w.missing {
		return nil, false
	}
	if res.Stale {
		res.EDE, res.Text = code.StaleAnswer, "expired data, as nothing newer could be had in time"
		if res.Rcode == code.NXDomain {
			res.EDE = code.StaleNXDomain
		}
	}
	return res, true
}

// orStale is res, or where that is a failure, what has expired and may be
// served in its place (RFC 8767, Section 4).
func (r *Resolver) orStale(q Question, res *Result) *Result {
	if res.Rcode != code.ServFail || !r.options.Stale {
		return res
	}
	if old, ok := r.fromCache(q, true); ok && old.Rcode != code.ServFail {
		return old
	}
	return res
}

// stalePatience is a channel that fires when a client has waited long enough
// for something newer than what has expired; it never does where that is not
// served.
func (r *Resolver) stalePatience() (<-chan time.Time, func() bool) {
	if !r.options.Stale {
		return nil, func() bool { return false }
	}
	t := time.NewTimer(max(r.options.StaleAfter, 0))
	return t.C, t.Stop
}

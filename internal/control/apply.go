package control

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/store"
)

// Apply makes a Change of req: authorize, work out the differences, judge the
// final state, append to the log, publish. When it returns without an error
// the Change is durable and answered by the name server.
func (c *Control) Apply(ctx context.Context, p *access.Principal, req *Request) (*Result, error) {
	if err := checkKey(&req.Repeat); err != nil {
		return nil, err
	}
	if done, err := c.replay(ctx, p, req); done != nil || err != nil {
		return done, err
	}
	return c.apply(ctx, p, req)
}

func (c *Control) apply(ctx context.Context, p *access.Principal, req *Request) (*Result, error) {
	if req.DryRun {
		d, err := c.rehearse(ctx, p, req)
		if err != nil {
			return nil, err
		}
		return outcome(d, true), nil
	}
	t, twin, err := c.admit(ctx, p, req)
	switch {
	case err != nil:
		return nil, err
	case t == nil && !twin:
		return outcome(nil, false), nil
	case t != nil:
		<-t.done // it is on its way to the disk; nobody can call it back
	}
	switch {
	case twin:
		return c.Apply(ctx, p, req)
	case t.err != nil:
		return nil, t.err
	}
	return outcome(t.draft, false), nil
}

// rehearse works req out and judges it, and goes no further.
func (c *Control) rehearse(ctx context.Context, p *access.Principal, req *Request) (*draft, error) {
	c.accept.Lock()
	defer c.accept.Unlock()
	return c.draft(ctx, p, req)
}

// admit accepts req. twin says that the same request came a moment ago: the
// ticket is the one of that, or nil if it is written already. Else a nil ticket
// says that there is nothing to do.
func (c *Control) admit(ctx context.Context, p *access.Principal, req *Request) (t *ticket, twin bool, err error) {
	c.accept.Lock()
	defer c.accept.Unlock()
	if req.Repeat.Key != "" {
		if t := c.ahead.requests[p.Account+"\x00"+req.Repeat.Key]; t != nil {
			return t, true, nil
		}
		// It may have been written since it was looked for.
		if done, err := c.repeated(ctx, p, req); done != nil || err != nil {
			return nil, done != nil, err
		}
	}
	d, err := c.draft(ctx, p, req)
	if err != nil || d == nil {
		return nil, false, err
	}
	t, err = c.enqueue(d)
	return t, false, err
}

func outcome(d *draft, dry bool) *Result {
	if d == nil {
		return &Result{DryRun: dry}
	}
	if dry {
		d.change.Revision = 0
	}
	res := &Result{Change: d.change, Warnings: d.warnings, DryRun: dry}
	for i := range d.zones {
		if t := d.zones[i].Turned(); t != nil {
			res.Turned = append(res.Turned, t)
		}
	}
	return res
}

// newID is an opaque id. It begins with the time, so that an index of ids grows at its end.
func newID(now time.Time) string {
	var b [14]byte
	binary.BigEndian.PutUint64(b[:], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails
	return hex.EncodeToString(b[:])
}

// MaxKey bounds an Idempotency-Key, in octets.
const MaxKey = 255

func checkKey(r *change.Request) error {
	if len(r.Key) > MaxKey {
		return fault.New(Invalid, "bad-idempotency-key", fmt.Sprintf("the key has %d octets; at most %d are taken", len(r.Key), MaxKey), "use a UUID")
	}
	return nil
}

func requestKey(ch *change.Change) string {
	if ch.Request.Key == "" {
		return ""
	}
	return ch.Origin.Account + "\x00" + ch.Request.Key
}

// replay is what came of req the first time, if it is a repetition. What works
// a request out of the state asks before it does so.
func (c *Control) replay(ctx context.Context, p *access.Principal, req *Request) (*Result, error) {
	if req.Repeat.Key == "" || req.DryRun || len(req.Repeat.Key) > MaxKey {
		return nil, nil
	}
	return c.repeated(ctx, p, req)
}

// repeated is what came of a request of the same key, if there was one.
func (c *Control) repeated(ctx context.Context, p *access.Principal, req *Request) (*Result, error) {
	for ch, err := range c.store.Changes(ctx, store.Query{Account: p.Account, Key: req.Repeat.Key, Limit: 1}) {
		if err != nil {
			return nil, fault.OfStore(err)
		}
		ch = c.past.Sight(ctx, p).Of(ch)
		if ch == nil || ch.Request.Digest != req.Repeat.Digest {
			return nil, fault.New(Conflict, "idempotency-key-reused", "the Idempotency-Key was used before for another request", "use a new key for every request")
		}
		return &Result{Change: ch, Replayed: true}, nil
	}
	return nil, nil
}

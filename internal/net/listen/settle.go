package listen

import "time"

// hold counts a query of c as held, if c may have one more.
func (r *registry) hold(c *conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.held >= r.opt.MaxHeldPerConn {
		return false
	}
	c.held++
	r.removeIdle(c)
	return true
}

// settle counts n held queries of c as done with: their replies have left, or
// never will.
func (r *registry) settle(c *conn, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.held -= n; c.held > 0 {
		return
	}
	c.heldTill = time.Now()
	c.signalSettled()
	r.listIfIdle(c)
}

// signalSettled is for who has registry.mu.
func (c *conn) signalSettled() {
	if c.settled != nil {
		close(c.settled)
		c.settled = nil
	}
}

// whenSettled returns a channel that closes as soon as c has no query held, or
// need not wait for them any more.
func (r *registry) whenSettled(c *conn) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case c.held == 0 || r.cut:
		return ended
	case c.settled == nil:
		c.settled = newSignal()
	}
	return c.settled
}

// restsSince is when the last held query of c was done with: now if one is held,
// the zero time if none ever was.
func (r *registry) restsSince(c *conn, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.held > 0 {
		return now
	}
	return c.heldTill
}

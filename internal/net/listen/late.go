package listen

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"sync"
)

// late is what a connection has of the replies to its held queries. They come
// from other goroutines and must not wait for the peer there, so they go into a
// queue, and a goroutine that lives while there is something in it writes them:
// connections that hold nothing have none, and replies that come together leave
// by one write.
type late struct {
	mu       sync.Mutex
	queue    []byte // replies behind their lengths
	flushing bool
	closed   bool  // nobody writes any more
	err      error // why the connection was given up from here
}

// hold holds the message being answered. Its place among those of the
// connection is free again when the reply has left: a peer that does not read
// gets no more held, and what it asks next waits for its turn to be written.
func (c *conn) hold(size int) wayBack {
	if !c.registry.hold(c) {
		c.count.HeldRefused.Add(1)
		return nil
	}
	if !c.room.take(size) {
		c.registry.settle(c, 1)
		return nil
	}
	return c
}

// reply queues msg for the peer.
func (c *conn) reply(msg []byte) {
	defer c.room.giveBack()
	c.late.mu.Lock()
	defer c.late.mu.Unlock()
	if len(msg) > math.MaxUint16 {
		c.count.TCPOversize.Add(1)
		msg = nil
	}
	if c.late.closed || len(msg) == 0 {
		c.registry.settle(c, 1)
		return
	}
	c.enqueue(msg)
	if !c.late.flushing {
		c.late.flushing = true
		c.conns.Go(c.flush) // before closed is set, so the goroutine of c still counts there
	}
}

// enqueue adds msg, behind its length, to the queue, whose octets count as unread.
// If they are too many, a connection that has to wait for its peer, now or when
// that is tried (wait), is given up; one whose peer takes all is not.
func (c *conn) enqueue(msg []byte) {
	l, size := &c.late, prefixLen+len(msg)
	l.queue = binary.BigEndian.AppendUint16(slices.Grow(l.queue, size), uint16(len(msg)))
	l.queue = append(l.queue, msg...)
	if c.allUnread.Add(int64(size)) > int64(c.opt.MaxUnread) && c.unread.Load() > 0 {
		c.giveUp(errUnread)
	}
}

// giveUp ends the connection from without: its goroutine finds it closed. The
// caller has late.mu.
func (c *conn) giveUp(err error) {
	if c.late.err == nil {
		c.late.err = err
	}
	c.close(err)
}

// flush writes the queue until it is empty, after a failure for the sake of
// what is counted only.
func (c *conn) flush() {
	for {
		replies, err := c.flushSome()
		if replies == 0 {
			return
		}
		if err != nil {
			c.late.mu.Lock()
			c.giveUp(err)
			c.late.mu.Unlock()
		}
		c.registry.settle(c, replies)
	}
}

// flushSome writes up to MaxOutput octets of the queue, or one reply that is
// longer, and returns how many replies that was.
func (c *conn) flushSome() (replies int, err error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	out, replies := c.takeLate()
	if replies == 0 {
		return 0, nil
	}
	return replies, c.write(out)
}

// takeLate takes what flushSome writes off the queue. If that is nothing, flush
// is over.
func (c *conn) takeLate() (out []byte, replies int) {
	l := &c.late
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for ; whole(l.queue[n:]) && n < c.opt.MaxOutput; replies++ {
		n += prefixLen + int(binary.BigEndian.Uint16(l.queue[n:]))
	}
	out, l.queue = l.queue[:n:n], l.queue[n:]
	if len(l.queue) == 0 {
		l.queue = nil
	}
	c.allUnread.Add(-int64(n))
	l.flushing = replies > 0
	return out, replies
}

// finish waits for the replies still owed to a peer that may read them, though
// it sends no more or must not, and takes no more from then on. It returns why
// the connection ends.
func (c *conn) finish(err error) error {
	if owes(err) {
		<-c.registry.whenSettled(c)
	}
	c.late.mu.Lock()
	defer c.late.mu.Unlock()
	c.late.closed = true
	if c.late.err != nil {
		return c.late.err
	}
	return err
}

// owes says whether the sending side outlives the end of the receiving one.
func owes(err error) bool {
	for _, e := range []error{io.EOF, errCutOff, errZeroLength, errDraining, os.ErrDeadlineExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

package listen

import (
	"encoding/binary"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// prefixLen is the length in front of a message on TCP, in octets.
const prefixLen = 2

// fill reads once into the input, borrowing a buffer only when there is
// something to read. False makes the runtime wait for that.
func (c *conn) fill(fd uintptr) bool {
	borrowed := c.input == nil
	if borrowed {
		c.borrowInput()
	}
	in := *c.input
	n, err := unix.Read(int(fd), in[len(in):cap(in)])
	for err == unix.EINTR {
		n, err = unix.Read(int(fd), in[len(in):cap(in)])
	}
	if n > 0 {
		*c.input = in[:len(in)+n]
		return true
	}
	if borrowed {
		c.releaseInput()
	}
	switch err {
	case unix.EAGAIN:
		return false
	case nil:
		err = io.EOF
	}
	c.readErr = err
	return true
}

func (c *conn) borrowInput() {
	c.input = inputs.Get().(*[]byte)
	*c.input = (*c.input)[:0]
}

func (c *conn) releaseInput() {
	if c.input != nil {
		giveBack(&inputs, c.input, inputSize)
		c.input = nil
	}
}

// growInput doubles a full buffer. It grows with what has arrived, not with
// what a length prefix promises.
func (c *conn) growInput() {
	in := *c.input
	if len(in) < cap(in) {
		return
	}
	grown := make([]byte, len(in), min(2*cap(in), prefixLen+math.MaxUint16))
	copy(grown, in)
	c.releaseInput()
	c.input = &grown
}

// burst answers every whole message in the input and keeps the rest of it.
func (c *conn) burst() error {
	start := time.Now()
	in := *c.input
	if !whole(in) {
		if len(in) >= prefixLen && binary.BigEndian.Uint16(in) == 0 {
			return errZeroLength
		}
		c.rest(start, false)
		return nil
	}
	c.registry.busy(c)
	used, err := c.answer(in, start)
	if err != nil {
		return err
	}
	*c.input = in[:copy(in, in[used:])]
	c.rest(time.Now(), true)
	return nil
}

// whole says whether in begins with a whole message.
func whole(in []byte) bool {
	if len(in) < prefixLen {
		return false
	}
	n := int(binary.BigEndian.Uint16(in))
	return n > 0 && len(in) >= prefixLen+n
}

// answer responds to the whole messages at the start of in, in few writes,
// and returns how many octets they take.
func (c *conn) answer(in []byte, start time.Time) (used int, err error) {
	buf := outputs.Get().(*[]byte)
	out := *buf
	c.query.Now = start.UnixNano()
	for err == nil && whole(in[used:]) {
		var taken int
		out, taken, err = c.answerSome(out[:0], in[used:], start)
		used += taken
	}
	c.query.Msg = nil
	*buf = out
	giveBack(&outputs, buf, 2*c.opt.MaxOutput)
	return used, err
}

// answerSome responds to the messages that collect takes. It makes no response
// before those that leave now have left, so that a peer that does not read them
// has no others made.
func (c *conn) answerSome(out, in []byte, start time.Time) (_ []byte, taken int, err error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	out, taken = c.collect(out, in, start)
	return out, taken, c.write(out)
}

// collect responds to whole messages at the start of in until there are
// MaxOutput octets to send, and returns how many octets of in they take. The
// Responder goes back before anything is sent: a peer that does not read its
// responses must not keep one.
func (c *conn) collect(out, in []byte, start time.Time) (_ []byte, taken int) {
	r := c.responders.get()
	n := 0
	for whole(in[taken:]) && len(out) < c.opt.MaxOutput {
		size := prefixLen + int(binary.BigEndian.Uint16(in[taken:]))
		c.query.Msg = in[taken+prefixLen : taken+size : taken+size]
		taken += size
		before := len(out)
		if out = c.respond(r, out); len(out) > before {
			n++
		}
	}
	r.Done(n, time.Since(start))
	c.responders.put(r)
	return out, taken
}

// respond appends the response to c.query, behind its length, to out.
func (c *conn) respond(r Responder, out []byte) []byte {
	at := len(out) + prefixLen
	out = slices.Grow(out, prefixLen+responseSize)[:at]
	reply := r.Respond(out[at:], &c.query)
	switch n := len(reply); {
	case n == 0:
		return out[:at-prefixLen]
	case n > math.MaxUint16:
		c.count.TCPOversize.Add(1)
		return out[:at-prefixLen]
	case &reply[0] == &out[:at+1][at]:
		out = out[:at+n]
	default: // it outgrew the space there was
		out = append(out, reply...)
	}
	binary.BigEndian.PutUint16(out[at-prefixLen:], uint16(len(reply)))
	return out
}

// write sends out, waiting for a slow peer up to WriteTimeout. The caller has
// c.sending.
func (c *conn) write(out []byte) error {
	c.pending, c.writeErr = out, nil
	err := c.raw.Write(c.pushFunc)
	c.pending = nil
	if n := c.unread.Swap(0); n > 0 {
		c.allUnread.Add(-n)
		_ = c.tcp.SetWriteDeadline(time.Time{})
	}
	switch {
	case os.IsTimeout(err):
		return errWriteTimeout
	case err == nil:
		return c.writeErr
	}
	return err
}

// push writes what is pending. Only when it must wait does it count and set a
// deadline: most responses leave at once.
func (c *conn) push(fd uintptr) bool {
	for len(c.pending) > 0 {
		n, err := unix.Write(int(fd), c.pending)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN && c.unread.Load() > 0:
			return false
		case err == unix.EAGAIN:
			c.writeErr = c.wait()
			return c.writeErr != nil
		case err != nil:
			c.writeErr = err
			return true
		default:
			c.pending = c.pending[n:]
		}
	}
	return true
}

// wait starts the time in which the peer must take what is pending, unless
// peers leave too much unread already.
func (c *conn) wait() error {
	n := int64(cap(c.pending))
	c.unread.Store(n)
	if c.allUnread.Add(n) > int64(c.opt.MaxUnread) {
		return errUnread
	}
	return c.tcp.SetWriteDeadline(time.Now().Add(c.opt.WriteTimeout))
}

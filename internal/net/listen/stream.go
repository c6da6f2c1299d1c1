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
	r := c.responders.get()
	buf := outputs.Get().(*[]byte)
	out, n := (*buf)[:0], 0
	c.query.Now = start.UnixNano()
	for whole(in[used:]) && err == nil {
		size := prefixLen + int(binary.BigEndian.Uint16(in[used:]))
		c.query.Msg = in[used+prefixLen : used+size : used+size]
		used += size
		before := len(out)
		if out = c.respond(r, out); len(out) > before {
			n++
		}
		if len(out) >= c.opt.MaxOutput {
			err = c.write(out)
			out = out[:0]
		}
	}
	if err == nil && len(out) > 0 {
		err = c.write(out)
	}
	c.query.Msg = nil
	r.Done(n, time.Since(start))
	c.responders.put(r)
	*buf = out
	giveBack(&outputs, buf, 2*c.opt.MaxOutput)
	return used, err
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

// write sends out, waiting for a slow peer up to WriteTimeout.
func (c *conn) write(out []byte) error {
	c.pending, c.writeErr = out, nil
	err := c.raw.Write(c.pushFunc)
	c.pending = nil
	if os.IsTimeout(err) {
		return errWriteTimeout
	}
	if c.blocked {
		c.blocked = false
		_ = c.tcp.SetWriteDeadline(time.Time{})
	}
	if err == nil {
		err = c.writeErr
	}
	return err
}

// push writes what is pending. It sets the deadline only when it must wait:
// most responses leave at once.
func (c *conn) push(fd uintptr) bool {
	for len(c.pending) > 0 {
		n, err := unix.Write(int(fd), c.pending)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN && c.blocked:
			return false
		case err == unix.EAGAIN:
			c.blocked = true
			_ = c.tcp.SetWriteDeadline(time.Now().Add(c.opt.WriteTimeout))
			return false
		case err != nil:
			c.writeErr = err
			return true
		default:
			c.pending = c.pending[n:]
		}
	}
	return true
}

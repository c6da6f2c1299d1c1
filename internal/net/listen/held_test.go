package listen

import (
	"encoding/binary"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// manyHeld is room for all that a test holds: a Responder must not wait for it.
const manyHeld = 20_000

// startHolding serves echoes that hold the messages of odd numbers.
func startHolding(t *testing.T, opt Options, addrs ...string) *holding {
	t.Helper()
	held := make(chan *Held, manyHeld)
	return &holding{running: start(t, echo{held: held}, opt, addrs...), held: held}
}

type holding struct {
	*running
	held chan *Held
}

// next returns n queries that were held.
func (h *holding) next(t *testing.T, n int) []*Held {
	t.Helper()
	var out []*Held
	for range n {
		select {
		case one := <-h.held:
			out = append(out, one)
		case <-time.After(patience):
			t.Fatalf("%d of %d held", len(out), n)
		}
	}
	return out
}

// replyEcho replies as echo responds.
func replyEcho(h *Held) {
	msg := slices.Clone(h.Query().Msg)
	msg[2] ^= 0x80
	h.Reply(msg)
}

// vacant waits for all places to be free.
func (h *holding) vacant(t *testing.T) {
	t.Helper()
	eventually(t, "no place taken", func() bool { return h.Counters().Held.Load() == 0 })
}

func TestQueryMadeByHand(t *testing.T) {
	t.Run("cannot be held", func(t *testing.T) {
		if h := (&Query{Msg: message(1, 40)}).Hold(); h != nil {
			t.Errorf("held: %+v", h.Query())
		}
	})
	t.Run("is held where its replies have somewhere to go", func(t *testing.T) {
		q := Query{Msg: message(1, 40), Transport: TCP, Now: 7}
		var got []string
		q.ReplyTo(func(msg []byte) { got = append(got, string(msg)) })
		first, second := q.Hold(), q.Hold()
		clear(q.Msg)
		if h := first.Query(); string(h.Msg) != string(message(1, 40)) || h.Transport != TCP || h.Now != 7 {
			t.Errorf("held %+v", h)
		}
		if first.Query().Hold() != nil {
			t.Error("what is held is held once more")
		}
		first.Reply([]byte("one"))
		first.Reply([]byte("again"))
		second.Reply(nil)
		second.Reply([]byte("too late"))
		if !slices.Equal(got, []string{"one"}) {
			t.Errorf("sent %q", got)
		}
	})
}

// Many peers ask at once, so that slots of a batch are taken by others before
// the replies leave. The sockets are connected: a reply from another address
// than the one asked, or to another peer, is not seen.
func TestUDPHeldRepliesFindTheirWayBack(t *testing.T) {
	for _, tc := range []struct{ name, listen, ask string }{
		{"IPv4", "127.0.0.1:0", "127.0.0.1"},
		{"IPv6", "[::1]:0", "::1"},
		{"IPv4 wildcard", "0.0.0.0:0", "127.0.0.1"},
		{"IPv4 wildcard, other loopback address", "0.0.0.0:0", "127.0.0.2"},
		{"IPv6 wildcard", "[::]:0", "::1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := startHolding(t, Options{Workers: 2}, tc.listen)
			var peers []*net.UDPConn
			for i := range 50 {
				c := dialUDP(t, r.at(0, tc.ask))
				_, _ = c.Write(message(2*i+1, 40+i))
				exchangeUDP(t, c, 2*i, 40) // answered before the one held
				peers = append(peers, c)
			}
			held := r.next(t, 50)
			if n := r.Counters().Held.Load(); n != 50 {
				t.Errorf("%d counted as held", n)
			}
			rand.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
			for _, h := range held {
				replyEcho(h)
			}
			buf := make([]byte, 512)
			for i, c := range peers {
				n, err := c.Read(buf)
				if err != nil {
					t.Fatalf("held message %d: %v", i, err)
				}
				wantEcho(t, buf[:n], 2*i+1, 40+i)
			}
			r.vacant(t)
		})
	}
}

func TestHeldKnowsWhoAsked(t *testing.T) {
	r := startHolding(t, Options{}, "127.0.0.1:0")
	u, c := dialUDP(t, r.Addrs()[0]), dialTCP(t, r.Addrs()[0])
	for _, tc := range []struct {
		transport Transport
		conn      net.Conn
		msg       []byte
	}{{UDP, u, message(1, 40)}, {TCP, c, framed(1, 40)}} {
		before := time.Now().UnixNano()
		_, _ = tc.conn.Write(tc.msg)
		h := r.next(t, 1)[0]
		q := h.Query()
		if q.Transport != tc.transport || q.Peer.String() != tc.conn.LocalAddr().String() || q.Now < before ||
			string(q.Msg) != string(message(1, 40)) {
			t.Errorf("%v from %v: %+v", tc.transport, tc.conn.LocalAddr(), q)
		}
		h.Reply(nil)
	}
	r.vacant(t)
}

func TestPlacesForHeldQueriesAreBounded(t *testing.T) {
	r := startHolding(t, Options{MaxHeld: 3, Workers: 2}, "127.0.0.1:0", "[::1]:0")
	u, c := dialUDP(t, r.Addrs()[0]), dialTCP(t, r.Addrs()[1])
	_, _ = u.Write(message(1, 40))
	_, _ = u.Write(message(3, 40))
	_, _ = c.Write(framed(5, 40))
	held := r.next(t, 3)
	exchangeUDP(t, u, 7, 40) // no place left: answered at once
	exchangeTCP(t, c, 9, 40)
	held[0].Reply(nil)
	held[0].Reply(nil) // gives one place back, not two
	_, _ = c.Write(framed(11, 40))
	held = append(held[1:], r.next(t, 1)...)
	exchangeUDP(t, u, 13, 40)
	for _, h := range held {
		h.Reply(nil)
	}
	r.vacant(t)
	if k := r.Counters(); k.HeldTotal.Load() != 4 || k.HeldRefused.Load() != 3 {
		t.Errorf("%d held, %d refused; want 4 and 3", k.HeldTotal.Load(), k.HeldRefused.Load())
	}
}

func TestLongMessagesAreNotHeld(t *testing.T) {
	r := startHolding(t, Options{}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	exchangeTCP(t, c, 1, MaxDatagram+1)
	_, _ = c.Write(framed(3, MaxDatagram))
	replyEcho(r.next(t, 1)[0])
	if _, err := readFramed(c); err != nil {
		t.Fatal(err)
	}
	if n := r.Counters().HeldRefused.Load(); n != 1 {
		t.Errorf("%d refused, want 1", n)
	}
}

// toSocket is a held query whose reply leaves by fd, to no address.
func toSocket(t *testing.T, fd int, count *Counters) *Held {
	t.Helper()
	f := os.NewFile(uintptr(fd), "test")
	pc, err := net.FilePacketConn(f)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	raw, err := pc.(*net.UnixConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	d := &datagram{worker: &worker{raw: raw, count: count, room: &room{max: 1, count: count}}}
	d.worker.room.take(40)
	d.msg[0].hdr.Iov = &d.vec
	d.msg[0].hdr.SetIovlen(1)
	return &Held{back: d}
}

func TestUDPHeldReplyNeverWaits(t *testing.T) {
	for _, tc := range []struct {
		name            string
		prepare         func(near, far int)
		dropped, failed uint64
	}{
		{"room in the buffer", func(int, int) {}, 0, 0},
		{"a full buffer", func(near, _ int) {
			for unix.Send(near, make([]byte, 1000), unix.MSG_DONTWAIT) == nil {
			}
		}, 1, 0},
		{"nobody there", func(_, far int) { unix.Close(far) }, 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
			if err != nil {
				t.Fatal(err)
			}
			count := &Counters{}
			tc.prepare(pair[0], pair[1])
			h := toSocket(t, pair[0], count)
			h.Reply(message(1, 40))
			if d, f := count.UDPDropped.Load(), count.UDPSendErrors.Load(); d != tc.dropped || f != tc.failed {
				t.Errorf("%d dropped, %d failed; want %d and %d", d, f, tc.dropped, tc.failed)
			}
			if n := count.Held.Load(); n != 0 {
				t.Errorf("%d places taken", n)
			}
			if tc.failed == 0 {
				unix.Close(pair[1])
			}
		})
	}
}

// Held and plain messages of many peers mixed, with replies from several
// goroutines in no order: each message is answered once.
func TestUDPHeldUnderStress(t *testing.T) {
	r := startHolding(t, Options{Workers: 2}, "0.0.0.0:0", "[::1]:0")
	stop := replyFrom(4, r.held)
	defer stop()
	var all sync.WaitGroup
	for k := range 8 {
		c := dialUDP(t, r.at(k%2, []string{"127.0.0.2", "::1"}[k%2]))
		all.Go(func() {
			for range 20 {
				if !burstOnce(t, c, 100) {
					return
				}
			}
		})
	}
	all.Wait()
	r.vacant(t)
	if n := r.Counters().HeldTotal.Load(); n != 8*20*50 {
		t.Errorf("%d held, want %d", n, 8*20*50)
	}
}

// replyFrom replies to what is held from n goroutines, each in an order of its
// own, until the function returned is called.
func replyFrom(n int, held <-chan *Held) (stop func()) {
	over := make(chan struct{})
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			var waiting []*Held
			for {
				select {
				case <-over:
					return
				case h := <-held:
					waiting = append(waiting, h)
					continue
				case <-time.After(time.Millisecond):
				}
				rand.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
				for _, h := range waiting {
					replyEcho(h)
				}
				waiting = nil
			}
		})
	}
	return func() { close(over); all.Wait() }
}

// number is what message was given.
func number(msg []byte) int { return int(binary.BigEndian.Uint32(msg[4:])) }

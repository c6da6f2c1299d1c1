package listen

import (
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestConnectionRestsFromItsLastReplyOn(t *testing.T) {
	r := newRegistry(Options{IdleTimeout: time.Hour}.withDefaults(), &Counters{})
	c := &conn{shared: &shared{registry: r}, tcp: &net.TCPConn{}}
	start := time.Now()
	later := start.Add(3 * time.Hour)
	if got := r.restsSince(c, later); !got.IsZero() {
		t.Errorf("never held: %v", got)
	}
	r.hold(c)
	r.hold(c)
	r.settle(c, 1)
	if got := r.restsSince(c, later); got != later {
		t.Errorf("with one held: %v, want now", got)
	}
	r.settle(c, 1)
	if got := r.restsSince(c, later); got.Before(start) || got.After(time.Now()) {
		t.Errorf("after the last: %v, want when it left", got)
	}
	if !c.extend() || c.idleTill.Before(start.Add(time.Hour)) {
		t.Errorf("may idle till %v", c.idleTill)
	}
}

func TestNobodyWaitsForHeldOfConnectionsCutOff(t *testing.T) {
	r := newRegistry(Options{}.withDefaults(), &Counters{})
	before, after := &conn{tcp: &net.TCPConn{}}, &conn{tcp: &net.TCPConn{}}
	for _, c := range []*conn{before, after} {
		r.admit(c)
		r.hold(c)
	}
	waiting := r.whenSettled(before)
	if waiting != r.whenSettled(before) {
		t.Error("two signals for one connection")
	}
	r.closeAll()
	<-waiting
	<-r.whenSettled(after)
}

// Once a connection has ended, nothing is started for it any more.
func TestReplyToAConnectionThatEnded(t *testing.T) {
	count := &Counters{}
	r := newRegistry(Options{}.withDefaults(), count)
	c := &conn{shared: &shared{registry: r, count: count, room: &room{max: 1, count: count}}}
	h := &Held{back: c.hold(40)}
	if err := c.finish(net.ErrClosed); err != net.ErrClosed {
		t.Error(err)
	}
	h.Reply(message(1, 40))
	if c.late.queue != nil || c.held != 0 || count.Held.Load() != 0 {
		t.Errorf("%d octets queued, %d unsettled, %d held", len(c.late.queue), c.held, count.Held.Load())
	}
}

// Replies, connections that come and go, and the end of the server, all at once.
func TestHeldWhileAllElseEnds(t *testing.T) {
	for seed := range uint64(10) {
		r := startHolding(t, Options{Grace: time.Duration(seed) * time.Millisecond}, "127.0.0.1:0", "0.0.0.0:0")
		stop := replyFrom(2, r.held)
		rnd := rand.New(rand.NewPCG(seed, 3))
		var all sync.WaitGroup
		for k := range 10 {
			c, u := dialTCP(t, r.at(k%2, "127.0.0.1")), dialUDP(t, r.at(k%2, "127.0.0.1"))
			last := rnd.IntN(200)
			all.Go(func() {
				defer c.Close()
				for i := range last {
					_, _ = u.Write(message(i, 40))
					if _, err := c.Write(framed(i, 40)); err != nil {
						return
					}
				}
			})
		}
		eventually(t, "some held", func() bool { return r.Counters().HeldTotal.Load() > 50 || len(r.held) > 0 })
		r.cancel()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
		all.Wait()
		r.vacant(t)
		stop()
	}
}

func TestShutdownWaitsForHeld(t *testing.T) {
	for _, tc := range []struct {
		name string
		conn func(*testing.T, netip.AddrPort) net.Conn
		msg  []byte
	}{
		{"UDP", func(t *testing.T, to netip.AddrPort) net.Conn { return dialUDP(t, to) }, message(1, 40)},
		{"TCP", func(t *testing.T, to netip.AddrPort) net.Conn { return dialTCP(t, to) }, framed(1, 40)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := startHolding(t, Options{Grace: patience}, "0.0.0.0:0")
			c := tc.conn(t, r.at(0, "127.0.0.2"))
			_, _ = c.Write(tc.msg)
			h := r.next(t, 1)[0]
			r.cancel()
			eventually(t, "all received", r.noMoreReceived)
			replyEcho(h)
			got := make([]byte, len(tc.msg))
			if _, err := io.ReadFull(c, got); err != nil {
				t.Fatal(err)
			}
			wantEcho(t, got[len(got)-40:], 1, 40)
			if err := <-r.ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// noMoreReceived says whether the server is at waiting for what is under way.
func (s *Server) noMoreReceived() bool {
	s.registry.mu.Lock()
	defer s.registry.mu.Unlock()
	return s.registry.closed
}

// After Serve has returned, the numbers of its descriptors belong to others.
func TestHeldOutlivesItsServer(t *testing.T) {
	r := startHolding(t, Options{Grace: time.Millisecond}, "127.0.0.1:0")
	u, c := dialUDP(t, r.Addrs()[0]), dialTCP(t, r.Addrs()[0])
	_, _ = u.Write(message(1, 40))
	_, _ = c.Write(framed(3, 40))
	held := r.next(t, 2)
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Fatal(err)
	}
	var others [][2]int
	for range 40 {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(pair[0])
		defer unix.Close(pair[1])
		others = append(others, pair)
	}
	for _, h := range held {
		replyEcho(h)
	}
	for _, pair := range others {
		for _, fd := range pair {
			if n, err := unix.Read(fd, make([]byte, 64)); n > 0 || err != unix.EAGAIN {
				t.Errorf("a reply went into a socket of somebody else's: %d octets, %v", n, err)
			}
		}
	}
	r.vacant(t)
	if n := r.Counters().UDPSendErrors.Load(); n != 0 {
		t.Errorf("%d replies were tried to be sent", n)
	}
}

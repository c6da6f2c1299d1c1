package listen

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestTCPAnswersLaterQueriesWhileOneIsHeld(t *testing.T) {
	r := startHolding(t, Options{}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	_, _ = c.Write(append(framed(1, 40), framed(2, 50)...)) // in one burst
	got, err := readFramed(c)
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, got, 2, 50)
	exchangeTCP(t, c, 4, 60)
	_, _ = c.Write(framed(3, 70))
	held := r.next(t, 2)
	for i := range 2 { // the later one first
		replyEcho(held[1-i])
		if got, err = readFramed(c); err != nil {
			t.Fatal(err)
		}
		wantEcho(t, got, 3-2*i, 70-30*i)
	}
	exchangeTCP(t, c, 6, 40)
	r.vacant(t)
}

// Large and small responses, held and plain, pipelined: all come whole, once.
func TestTCPHeldUnderStress(t *testing.T) {
	r := startHolding(t, Options{MaxHeldPerConn: 1000}, "127.0.0.1:0", "[::1]:0")
	stop := replyFrom(4, r.held)
	defer stop()
	size := func(i int) int { return 8 + i*7919%4000 }
	var all sync.WaitGroup
	for k := range 8 {
		c := dialTCP(t, r.Addrs()[k%2])
		const messages = 500
		all.Go(func() {
			for i := range messages {
				if _, err := c.Write(framed(i, size(i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
		all.Go(func() {
			seen := make(map[int]bool)
			for range messages {
				got, err := readFramed(c)
				if err != nil {
					t.Errorf("after %d: %v", len(seen), err)
					return
				}
				want := message(number(got), size(number(got)))
				want[2] ^= 0x80
				if seen[number(got)] || string(got) != string(want) {
					t.Errorf("message %d is wrong or came twice", number(got))
					return
				}
				seen[number(got)] = true
			}
		})
	}
	all.Wait()
	r.vacant(t)
}

func TestTCPHeldAreOwedToWhoSendsNoMore(t *testing.T) {
	for _, tc := range []struct {
		name   string
		behind []byte // the held message
	}{
		{"half closed", nil},
		{"cut off inside a message", framed(2, 40)[:20]},
		{"a message of length zero", []byte{0, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := startHolding(t, Options{}, "127.0.0.1:0")
			c := dialTCP(t, r.Addrs()[0])
			_, _ = c.Write(append(append(framed(1, 40), framed(3, 50)...), tc.behind...))
			_ = c.CloseWrite()
			held := r.next(t, 2)
			for i := range 2 {
				replyEcho(held[i])
				got, err := readFramed(c)
				if err != nil {
					t.Fatal(err)
				}
				wantEcho(t, got, 1+2*i, 40+10*i)
			}
			wantClosed(t, c)
		})
	}
	t.Run("out of time inside a message", func(t *testing.T) {
		r := startHolding(t, Options{ReadTimeout: 20 * time.Millisecond}, "127.0.0.1:0")
		c, held := r.askInTime(t, append(framed(1, 40), framed(2, 40)[:20]...))
		// The next has its timeout behind it for certain when one that came
		// later has had it.
		later := dialTCP(t, r.Addrs()[0])
		_, _ = later.Write([]byte{0})
		wantClosed(t, later)
		replyEcho(held)
		got, err := readFramed(c)
		if err != nil {
			t.Fatal(err)
		}
		wantEcho(t, got, 1, 40)
		wantClosed(t, c)
	})
	t.Run("an empty reply ends the wait too", func(t *testing.T) {
		r := startHolding(t, Options{}, "127.0.0.1:0")
		c := dialTCP(t, r.Addrs()[0])
		_, _ = c.Write(framed(1, 40))
		_ = c.CloseWrite()
		r.next(t, 1)[0].Reply(nil)
		wantClosed(t, c)
	})
}

// askInTime sends msg, of which one message is held, over a connection of its own:
// over another one where the server has closed it before msg came.
func (h *holding) askInTime(t *testing.T, msg []byte) (c *net.TCPConn, held *Held) {
	t.Helper()
	eventually(t, "one held", func() bool {
		before := h.Counters().TCPIdleTimeouts.Load() + h.Counters().TCPReadTimeouts.Load()
		c = dialTCP(t, h.Addrs()[0])
		_, _ = c.Write(msg)
		eventually(t, "held or closed", func() bool {
			k := h.Counters()
			return len(h.held) > 0 || k.TCPIdleTimeouts.Load()+k.TCPReadTimeouts.Load() > before
		})
		return len(h.held) > 0
	})
	return c, h.next(t, 1)[0]
}

func TestTCPHeldConnectionIsNotIdle(t *testing.T) {
	r := startHolding(t, Options{IdleTimeout: 20 * time.Millisecond}, "127.0.0.1:0")
	c, h := r.askInTime(t, framed(1, 40))
	before := r.Counters().TCPIdleTimeouts.Load()
	for range 5 { // each idles for as long as c may, and some more
		wantClosed(t, dialTCP(t, r.Addrs()[0]))
	}
	exchangeTCP(t, c, 2, 40) // it may ask more, too
	replyEcho(h)
	got, err := readFramed(c)
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, got, 1, 40)
	wantClosed(t, c)
	eventually(t, "all counted as idle", func() bool { return r.Counters().TCPIdleTimeouts.Load() == before+6 })
}

func TestTCPHeldConnectionIsNotEvicted(t *testing.T) {
	r := startHolding(t, Options{MaxConns: 2, IdleTimeout: time.Hour, ReadTimeout: time.Hour}, "127.0.0.1:0")
	var conns []*net.TCPConn
	for range 2 {
		c := dialTCP(t, r.Addrs()[0])
		_, _ = c.Write(framed(1, 40))
		conns = append(conns, c)
	}
	held := r.next(t, 2)
	wantClosed(t, dialTCP(t, r.Addrs()[0]))
	for _, h := range held {
		replyEcho(h)
	}
	for _, c := range conns {
		if got, err := readFramed(c); err != nil || len(got) != 40 {
			t.Fatalf("%d octets, %v", len(got), err)
		}
	}
	r.idle(t)
	exchangeTCP(t, dialTCP(t, r.Addrs()[0]), 2, 40)
	if n := r.Counters().TCPEvicted.Load(); n != 1 {
		t.Errorf("%d evicted, want 1", n)
	}
}

func TestTCPHeldPerConnectionAreBounded(t *testing.T) {
	r := startHolding(t, Options{MaxHeldPerConn: 2}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	_, _ = c.Write(append(framed(1, 40), framed(3, 40)...))
	held := r.next(t, 2)
	exchangeTCP(t, c, 5, 40)
	other := dialTCP(t, r.Addrs()[0])
	_, _ = other.Write(framed(7, 40))
	held = append(held, r.next(t, 1)...)
	replyEcho(held[0])
	if _, err := readFramed(c); err != nil {
		t.Fatal(err)
	}
	eventually(t, "settled", func() bool { return r.heldByConns() == 2 })
	_, _ = c.Write(framed(9, 40))
	for _, h := range append(held[1:], r.next(t, 1)...) {
		h.Reply(nil)
	}
	r.vacant(t)
	if n := r.Counters().HeldRefused.Load(); n != 1 {
		t.Errorf("%d refused, want 1", n)
	}
}

// heldByConns counts the queries of TCP connections that are not settled.
func (s *Server) heldByConns() int {
	s.registry.mu.Lock()
	defer s.registry.mu.Unlock()
	n := 0
	for c := range s.registry.all {
		n += c.held
	}
	return n
}

func TestTCPHeldReplyThatNoLengthCanExpress(t *testing.T) {
	r := startHolding(t, Options{}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	_, _ = c.Write(append(framed(1, 40), framed(3, 40)...))
	held := r.next(t, 2)
	held[0].Reply(make([]byte, 65536))
	held[1].Reply(make([]byte, 65535))
	if got, err := readFramed(c); err != nil || len(got) != 65535 {
		t.Fatalf("%d octets, %v", len(got), err)
	}
	exchangeTCP(t, c, 2, 40)
	if n := r.Counters().TCPOversize.Load(); n != 1 {
		t.Errorf("%d responses counted as oversize, want 1", n)
	}
}

// waits says whether a connection waits for its peer to read.
func (s *Server) waits() bool {
	s.registry.mu.Lock()
	defer s.registry.mu.Unlock()
	for c := range s.registry.all {
		if c.unread.Load() > 0 {
			return true
		}
	}
	return false
}

// askUnread makes a peer that does not read and has n queries held.
func askUnread(t *testing.T, r *holding, n int) (*net.TCPConn, []*Held) {
	t.Helper()
	c := dialTCP(t, r.Addrs()[0])
	for i := range n {
		_, _ = c.Write(framed(2*i+1, 40))
	}
	return c, r.next(t, n)
}

// Reply returns although the peer takes nothing and has an hour for it.
func TestTCPHeldReplyDoesNotWaitForThePeer(t *testing.T) {
	opt := Options{WriteTimeout: time.Hour, Grace: time.Millisecond, MaxHeldPerConn: 400}
	r := startHolding(t, opt, "127.0.0.1:0")
	_, held := askUnread(t, r, 400)
	for _, h := range held {
		h.Reply(make([]byte, 60_000)) // 24 MB, far beyond both kernel buffers
	}
	r.vacant(t)
	exchangeTCP(t, dialTCP(t, r.Addrs()[0]), 2, 40)
	eventually(t, "the peer is waited for", r.waits)
	if n := r.heldByConns(); n == 0 {
		t.Error("settled although the peer took nothing")
	}
	_ = r.Close()
	if n := r.acceptors[0].allUnread.Load(); n != 0 {
		t.Errorf("%d octets counted as unread after the end", n)
	}
}

func TestTCPHeldRepliesToWhoDoesNotRead(t *testing.T) {
	for _, tc := range []struct {
		name  string
		opt   Options
		count func(*Counters) uint64
	}{
		{"beyond WriteTimeout", Options{WriteTimeout: 100 * time.Millisecond, MaxHeldPerConn: 400},
			func(c *Counters) uint64 { return c.TCPWriteTimeouts.Load() }},
		{"beyond MaxUnread", Options{WriteTimeout: time.Hour, MaxUnread: 2 << 20, MaxHeldPerConn: 400},
			func(c *Counters) uint64 { return c.TCPUnread.Load() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := startHolding(t, tc.opt, "127.0.0.1:0")
			c, held := askUnread(t, r, 400)
			_ = c.CloseWrite() // the connection waits for what it owes
			for _, h := range held {
				h.Reply(make([]byte, 60_000))
			}
			eventually(t, "closed", func() bool { return tc.count(r.Counters()) == 1 && r.Counters().TCPConns.Load() == 0 })
			if _, err := io.Copy(io.Discard, c); !errors.Is(err, unix.ECONNRESET) {
				t.Errorf("after what was under way: %v, want a reset", err)
			}
			eventually(t, "nothing counted", func() bool { return r.acceptors[0].allUnread.Load() == 0 })
		})
	}
}

// MaxUnread is no limit of what is sent to peers that take it.
func TestTCPHeldRepliesToWhoReadsAtOnce(t *testing.T) {
	r := startHolding(t, Options{MaxUnread: 1}, "127.0.0.1:0")
	c, held := askUnread(t, r, 20)
	for _, h := range held {
		replyEcho(h)
	}
	for i := range held {
		got, err := readFramed(c)
		if err != nil {
			t.Fatalf("reply %d: %v", i, err)
		}
		wantEcho(t, got, 2*i+1, 40)
	}
}

// A peer that reads in its own time gets all, in writes of MaxOutput octets.
func TestTCPHeldRepliesToASlowReader(t *testing.T) {
	r := startHolding(t, Options{MaxHeldPerConn: 400, WriteTimeout: patience}, "127.0.0.1:0")
	c, held := askUnread(t, r, 400)
	for i, h := range held {
		h.Reply(message(i, 60_000))
	}
	eventually(t, "the peer is waited for", r.waits)
	for i := range held {
		got, err := readFramed(c)
		if err != nil {
			t.Fatalf("reply %d: %v", i, err)
		}
		if string(got) != string(message(i, 60_000)) {
			t.Fatalf("reply %d of %d octets is %.16x", i, len(got), got)
		}
	}
	exchangeTCP(t, c, 2, 40)
}

// A held reply comes while a response before it has left in part only.
func TestTCPHeldReplyWaitsForTheResponseUnderWay(t *testing.T) {
	held := make(chan *Held, 1)
	r := start(t, echo{held: held, repeat: 1600}, Options{WriteTimeout: patience}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	const others = 200 // 12.8 MB
	_, _ = c.Write(framed(1, 40))
	for i := range others {
		_, _ = c.Write(framed(2*i, 40))
	}
	h := <-held
	eventually(t, "the peer is waited for", r.waits)
	replyEcho(h)
	late := 0
	for i := range others + 1 {
		got, err := readFramed(c)
		if err != nil {
			t.Fatalf("response %d: %v", i, err)
		}
		if number(got) == 1 {
			late++
			wantEcho(t, got, 1, 40)
			continue
		}
		if want := message(2*(i-late), 40); len(got) != 64_000 || string(got[4:40]) != string(want[4:]) {
			t.Fatalf("response %d: %d octets %.16x", i, len(got), got)
		}
	}
	if late != 1 {
		t.Errorf("the held reply came %d times", late)
	}
}

func TestTakeLateTakesWholeReplies(t *testing.T) {
	reg := newRegistry(Options{MaxOutput: 1000}.withDefaults(), &Counters{})
	c := &conn{shared: &shared{opt: reg.opt, count: &Counters{}, registry: reg, allUnread: new(atomic.Int64)}}
	sizes := []int{10, 400, 700, 10, 5000, 1}
	for _, n := range sizes {
		c.enqueue(make([]byte, n))
	}
	for _, want := range []struct {
		octets, replies int
		left            int64
	}{{1116, 3, 5017}, {5014, 2, 3}, {3, 1, 0}, {0, 0, 0}} {
		c.late.flushing = true
		out, n := c.takeLate()
		left := c.allUnread.Load()
		if len(out) != want.octets || n != want.replies || c.late.flushing != (n > 0) || left != want.left {
			t.Errorf("%d octets, %d replies, %d left; want %+v", len(out), n, left, want)
		}
	}
}

func TestTCPPeerGoneBeforeItsReply(t *testing.T) {
	for _, tc := range []struct {
		name  string
		leave func(c *net.TCPConn)
	}{
		{"closed", func(c *net.TCPConn) { c.Close() }},
		{"reset", func(c *net.TCPConn) { _ = c.SetLinger(0); c.Close() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := startHolding(t, Options{}, "127.0.0.1:0")
			var held []*Held
			for range 20 {
				c := dialTCP(t, r.Addrs()[0])
				_, _ = c.Write(framed(1, 40))
				held = append(held, r.next(t, 1)...)
				tc.leave(c)
			}
			for _, h := range held {
				replyEcho(h)
			}
			r.vacant(t)
			eventually(t, "connections gone", func() bool { return r.Counters().TCPConns.Load() == 0 })
		})
	}
}

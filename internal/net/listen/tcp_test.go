package listen

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestTCPEchoOnEveryKindOfAddress(t *testing.T) {
	for _, tc := range []struct{ name, listen, ask string }{
		{"IPv4", "127.0.0.1:0", "127.0.0.1"},
		{"IPv6", "[::1]:0", "::1"},
		{"IPv4 wildcard", "0.0.0.0:0", "127.0.0.2"},
		{"IPv6 wildcard", "[::]:0", "::1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, echo{}, Options{}, tc.listen)
			c := dialTCP(t, r.at(0, tc.ask))
			for i, size := range []int{8, 12, 40, inputSize - 2, inputSize - 1, inputSize, 20000, 65535} {
				exchangeTCP(t, c, i, size)
			}
			from := c.LocalAddr().(*net.TCPAddr).AddrPort()
			if _, ok := r.total.peers.Load(from); !ok {
				t.Errorf("Responder did not see peer %v", from)
			}
			if n := r.total.made.Load(); int(n) > 1+runtime.GOMAXPROCS(0) {
				t.Errorf("%d Responders for one connection", n)
			}
		})
	}
}

func TestTCPPipeliningKeepsOrder(t *testing.T) {
	for _, tc := range []struct {
		name         string
		count, size  int
		repeat, vary int
	}{
		{"a thousand small messages in one write", 1000, 40, 1, 0},
		{"messages of changing size", 1000, 12, 1, 300},
		{"large responses", 200, 600, 90, 0},
		{"large messages", 20, 65535, 1, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, echo{repeat: tc.repeat}, Options{}, "127.0.0.1:0")
			c := dialTCP(t, r.Addrs()[0])
			var all []byte
			size := func(i int) int { return tc.size + i*7%(tc.vary+1) }
			for i := range tc.count {
				all = append(all, framed(i, size(i))...)
			}
			go func() { _, _ = c.Write(all) }()
			for i := range tc.count {
				got, err := readFramed(c)
				if err != nil {
					t.Fatalf("response %d: %v", i, err)
				}
				if len(got) != size(i)*tc.repeat {
					t.Fatalf("response %d has %d octets, want %d", i, len(got), size(i)*tc.repeat)
				}
				wantEcho(t, got[:size(i)], i, size(i))
			}
			eventually(t, "Done told of all", func() bool { return int(r.total.done.Load()) == tc.count })
		})
	}
}

// However the stream is cut into segments, the same messages come out.
func TestTCPAnySegmentation(t *testing.T) {
	r := start(t, echo{}, Options{}, "127.0.0.1:0")
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		c := dialTCP(t, r.Addrs()[0])
		var all []byte
		var sizes []int
		for i := range 40 {
			sizes = append(sizes, 8+rnd.IntN(1+rnd.IntN(9000)))
			all = append(all, framed(i, sizes[i])...)
		}
		go func() {
			for len(all) > 0 {
				n := min(len(all), 1+rnd.IntN(1+rnd.IntN(12000)))
				_, _ = c.Write(all[:n])
				all = all[n:]
				runtime.Gosched()
			}
		}()
		for i, size := range sizes {
			got, err := readFramed(c)
			if err != nil {
				t.Fatalf("seed %d, message %d: %v", seed, i, err)
			}
			wantEcho(t, got, i, size)
		}
	}
}

func TestTCPByteByByte(t *testing.T) {
	r := start(t, echo{}, Options{}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	for i := range 5 {
		for _, b := range framed(i, 40) {
			if _, err := c.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
			runtime.Gosched()
		}
		got, err := readFramed(c)
		if err != nil {
			t.Fatal(err)
		}
		wantEcho(t, got, i, 40)
	}
}

func TestTCPStreamsThatEndBadly(t *testing.T) {
	for _, tc := range []struct {
		name      string
		bytes     []byte
		answers   int
		malformed uint64
	}{
		{"nothing at all", nil, 0, 0},
		{"half a length", []byte{0}, 0, 1},
		{"a length without a message", []byte{0, 40}, 0, 1},
		{"a cut message behind a whole one", append(framed(0, 40), framed(1, 40)[:20]...), 1, 1},
		{"a whole message", framed(0, 40), 1, 0},
		{"length zero", []byte{0, 0}, 0, 1},
		{"length zero behind a whole message", append(framed(0, 40), 0, 0), 1, 1},
		{"length zero before a whole message", append([]byte{0, 0}, framed(0, 40)...), 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, echo{}, Options{}, "127.0.0.1:0")
			c := dialTCP(t, r.Addrs()[0])
			_, _ = c.Write(tc.bytes)
			_ = c.CloseWrite() // the peer may still read what it is owed
			for i := range tc.answers {
				got, err := readFramed(c)
				if err != nil {
					t.Fatal(err)
				}
				wantEcho(t, got, i, 40)
			}
			wantClosed(t, c)
			eventually(t, "connection gone", func() bool { return r.Counters().TCPConns.Load() == 0 })
			if n := r.Counters().TCPMalformed.Load(); n != tc.malformed {
				t.Errorf("%d counted as malformed, want %d", n, tc.malformed)
			}
		})
	}
}

func TestTCPSilenceAndOversize(t *testing.T) {
	t.Run("no response", func(t *testing.T) {
		r := start(t, echo{mute: true}, Options{}, "127.0.0.1:0")
		c := dialTCP(t, r.Addrs()[0])
		_, _ = c.Write(framed(0, 40))
		_ = c.CloseWrite()
		wantClosed(t, c)
	})
	t.Run("a response that no length can express", func(t *testing.T) {
		r := start(t, echo{repeat: 70}, Options{}, "127.0.0.1:0")
		c := dialTCP(t, r.Addrs()[0])
		_, _ = c.Write(append(framed(0, 1000), framed(1, 12)...))
		got, err := readFramed(c)
		if err != nil || len(got) != 70*12 {
			t.Fatalf("%d octets, %v", len(got), err)
		}
		if n := r.Counters().TCPOversize.Load(); n != 1 {
			t.Errorf("%d responses counted as oversize, want 1", n)
		}
	})
}

func TestTCPTimeouts(t *testing.T) {
	const short = 30 * time.Millisecond
	patient := Options{IdleTimeout: time.Hour, ReadTimeout: time.Hour, WriteTimeout: time.Hour}
	with := func(f func(*Options)) Options {
		o := patient
		f(&o)
		return o
	}
	for _, tc := range []struct {
		name  string
		opt   Options
		write []byte
		reads bool
		count func(*Counters) uint64
	}{
		{"a peer that never asks", with(func(o *Options) { o.ReadTimeout = short }), nil, false,
			func(c *Counters) uint64 { return c.TCPIdleTimeouts.Load() }},
		{"a peer that asks no more", with(func(o *Options) { o.IdleTimeout = short }), framed(0, 40), true,
			func(c *Counters) uint64 { return c.TCPIdleTimeouts.Load() }},
		{"half a length", with(func(o *Options) { o.ReadTimeout = short }), []byte{0}, false,
			func(c *Counters) uint64 { return c.TCPReadTimeouts.Load() }},
		{"half a message", with(func(o *Options) { o.ReadTimeout = short }), framed(0, 40)[:20], false,
			func(c *Counters) uint64 { return c.TCPReadTimeouts.Load() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, echo{}, tc.opt, "127.0.0.1:0")
			// A peer that is slow to write is closed before the server has it where it
			// should be: that counts as another case, and the next peer tries.
			eventually(t, "counted", func() bool {
				c, before := dialTCP(t, r.Addrs()[0]), tc.count(r.Counters())
				_, _ = c.Write(tc.write)
				if tc.reads {
					if _, err := readFramed(c); err != nil {
						return false
					}
				}
				wantClosed(t, c)
				return tc.count(r.Counters()) == before+1
			})
		})
	}
}

// Octets that trickle in do not extend the time a message has.
func TestTCPReadTimeoutRunsFromTheFirstOctet(t *testing.T) {
	r := start(t, echo{}, Options{ReadTimeout: 50 * time.Millisecond, IdleTimeout: time.Hour}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	msg := framed(0, 60000)
	for i := 0; r.Counters().TCPReadTimeouts.Load() == 0; i++ {
		if i == len(msg)-1 {
			t.Fatal("60000 octets, one by one, and no timeout")
		}
		_, _ = c.Write(msg[i : i+1])
		time.Sleep(time.Millisecond)
	}
	wantClosed(t, c)
}

func TestTCPSlowReaderIsClosedAndBounded(t *testing.T) {
	r := start(t, echo{repeat: 100}, Options{WriteTimeout: 200 * time.Millisecond}, "127.0.0.1:0")
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(r.Addrs()[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadBuffer(4096)
	_ = c.SetDeadline(time.Now().Add(patience))
	msg := framed(0, 600)
	for { // ask and never read, until the server has enough of it
		if _, err := c.Write(msg); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal("the server keeps a peer that does not read")
			}
			break
		}
	}
	eventually(t, "counted", func() bool { return r.Counters().TCPWriteTimeouts.Load() == 1 })
	// Both kernel buffers, what one burst holds, and no more.
	if n := r.total.messages.Load(); n*60000 > 16<<20 {
		t.Errorf("%d responses of 60000 octets were made for a peer that does not read", n)
	}
}

// A peer that does not read holds neither a Responder nor, once it is given up,
// memory of the system: what it did not read is dropped.
func TestTCPSlowReaderHoldsNothing(t *testing.T) {
	r := start(t, echo{repeat: 1600}, Options{WriteTimeout: 200 * time.Millisecond}, "127.0.0.1:0")
	var peers []*net.TCPConn
	for range 24 { // one after another, so that few want a Responder at once
		before := r.total.messages.Load()
		c := dialTCP(t, r.Addrs()[0])
		var all []byte
		for i := range 80 { // 3,360 octets, read at once; 5 MB in return
			all = append(all, framed(i, 40)...)
		}
		_, _ = c.Write(all)
		peers = append(peers, c)
		eventually(t, "being answered", func() bool { return r.total.messages.Load() > before })
	}
	eventually(t, "all given up", func() bool { return r.Counters().TCPWriteTimeouts.Load() == 24 })
	for _, c := range peers {
		if _, err := io.Copy(io.Discard, c); !errors.Is(err, unix.ECONNRESET) {
			t.Errorf("after what was under way: %v, want a reset", err)
		}
	}
	if made := int(r.total.made.Load()) - len(r.workers); made > 12 {
		t.Errorf("%d Responders made for 24 connections", made)
	}
}

// Peers that do not read share a bound, and who does read is served beside them.
func TestTCPUnreadResponsesAreBounded(t *testing.T) {
	r := start(t, echo{repeat: 1600}, Options{WriteTimeout: time.Hour, MaxUnread: 300_000, Grace: time.Millisecond}, "127.0.0.1:0")
	var all []byte
	for i := range 80 {
		all = append(all, framed(i, 40)...)
	}
	const peers = 12
	for range peers {
		_, _ = dialTCP(t, r.Addrs()[0]).Write(all)
	}
	few := func() bool { n := r.Counters().TCPUnread.Load(); return n >= peers-4 && n < peers }
	eventually(t, "most closed, a few waiting", few)
	c := dialTCP(t, r.Addrs()[0])
	for i := range 3 {
		_, _ = c.Write(framed(i, 40))
		if got, err := readFramed(c); err != nil || len(got) != 40*1600 {
			t.Fatalf("%d octets, %v", len(got), err)
		}
	}
	if held := r.acceptors[0].allUnread.Load(); held <= 0 || held > 300_000 {
		t.Errorf("%d octets held", held)
	}
}

func TestTCPListenerOutOfDescriptors(t *testing.T) {
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	r := start(t, echo{}, Options{}, "127.0.0.1:0")
	old := dialTCP(t, r.Addrs()[0])
	exchangeTCP(t, old, 1, 40)
	// The next descriptor is the client's; the server gets none.
	probe, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(probe)
	tight := unix.Rlimit{Cur: uint64(probe + 1), Max: before.Max}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &tight); err != nil {
		t.Skip("cannot lower the limit of open files:", err)
	}
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &before)
	c := dialTCP(t, r.Addrs()[0])
	eventually(t, "accept failed", func() bool { return r.Counters().TCPAcceptErrors.Load() > 0 })
	// The idle connection gave its descriptor back and the newcomer is served.
	exchangeTCP(t, c, 2, 40)
	wantClosed(t, old)
	if n := r.Counters().TCPAcceptErrors.Load(); n > 20 {
		t.Errorf("%d failures to accept: the loop spins", n)
	}
}

func TestTCPManyConnectionsAtOnce(t *testing.T) {
	r := start(t, echo{}, Options{MaxConnsPerPeer: 1000}, "127.0.0.1:0", "[::1]:0")
	var all sync.WaitGroup
	for k := range 50 {
		c := dialTCP(t, r.Addrs()[k%2])
		all.Go(func() {
			for i := range 50 {
				_, _ = c.Write(framed(i, 40+k))
				if _, err := readFramed(c); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if n := r.total.messages.Load(); n != 2500 {
		t.Errorf("%d messages, want 2500", n)
	}
	if made := r.total.made.Load(); made > 52+int64(len(r.workers)) {
		t.Errorf("%d Responders made for 50 connections", made)
	}
}

// BenchmarkIdleConnection reports the Go memory of a connection at rest.
func BenchmarkIdleConnection(b *testing.B) {
	s, err := Open([]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")},
		func() Responder { return plain{} }, Options{MaxConnsPerPeer: 1 << 20, MaxConns: 1 << 20, IdleTimeout: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = s.Serve(b.Context()) }()
	defer s.Close()
	const conns = 1000
	fds := make([]int, conns)
	before := inUse()
	for i := range fds {
		fds[i] = rawDial(b, s.Addrs()[0].Port())
		defer unix.Close(fds[i])
	}
	for s.Counters().TCPAccepted.Load() < conns {
		time.Sleep(time.Millisecond)
	}
	each := float64(inUse()-before) / conns
	for b.Loop() {
	}
	b.ReportMetric(each, "B/conn")
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// rawDial asks one message over a connection that costs this process no Go memory.
func rawDial(b *testing.B, port uint16) int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		b.Fatal(err)
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(port), Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		b.Fatal(err)
	}
	msg := framed(0, 40)
	_, _ = unix.Write(fd, msg)
	if n, err := unix.Read(fd, msg); n <= 0 || err != nil {
		b.Fatal(n, err, io.ErrUnexpectedEOF)
	}
	return fd
}

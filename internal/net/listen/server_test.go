package listen

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOpenRefusesWithAdvice(t *testing.T) {
	taken := start(t, echo{}, Options{}, "127.0.0.1:0").Addrs()[0].String()
	onlyUDP, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(secluded)))
	if err != nil {
		t.Fatal(err)
	}
	defer onlyUDP.Close()
	for _, tc := range []struct {
		name  string
		addrs []netip.AddrPort
		want  []string
	}{
		{"no address", nil, []string{"at least one"}},
		{"empty address", []netip.AddrPort{{}}, []string{"192.0.2.1:53"}},
		{"port in use", parse(t, taken), []string{taken, "address already in use", "stop that server"}},
		{"port in use for UDP", parse(t, onlyUDP.LocalAddr().String()),
			[]string{"udp " + onlyUDP.LocalAddr().String(), "stop that server"}},
		{"foreign address", parse(t, "192.0.2.200:5300"), []string{"192.0.2.200:5300", "no interface"}},
		{"second of two", parse(t, "127.0.0.1:0", taken), []string{taken}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := Open(tc.addrs, func() Responder { return plain{} }, Options{})
			if err == nil {
				s.Close()
				t.Fatal("no error")
			}
			for _, w := range tc.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestExplainNamesTheWayOut(t *testing.T) {
	addr := netip.MustParseAddrPort("192.0.2.1:53")
	err := explain(UDP, addr, &net.OpError{Op: "listen", Err: net.ErrClosed})
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v hides its cause", err)
	}
	for errno, want := range map[error]string{
		permissionDenied: "CAP_NET_BIND_SERVICE", tooManyFiles: "ulimit", noFamily: "IPv6",
	} {
		if got := explain(TCP, addr, errno).Error(); !strings.Contains(got, want) || !strings.Contains(got, "tcp 192.0.2.1:53") {
			t.Errorf("%v: %q does not say %q", errno, got, want)
		}
	}
}

func TestPortZeroIsTheSameForAllSocketsOfAnAddress(t *testing.T) {
	r := start(t, echo{}, Options{Workers: 3}, "127.0.0.1:0", "127.0.0.2:0", "[::1]:0")
	for i, b := range r.bindings {
		port := r.Addrs()[i].Port()
		if port == 0 || len(b.udp) != 3 {
			t.Fatalf("%v with %d UDP sockets", r.Addrs()[i], len(b.udp))
		}
		for _, c := range b.udp {
			if got := c.LocalAddr().(*net.UDPAddr).AddrPort().Port(); got != port {
				t.Errorf("UDP socket on port %d, want %d", got, port)
			}
		}
		exchangeTCP(t, dialTCP(t, r.Addrs()[i]), i, 40)
	}
}

func TestRestartOnTheSamePort(t *testing.T) {
	addr := secluded
	for i := range 5 {
		r := start(t, echo{}, Options{}, addr)
		addr = r.Addrs()[0].String()
		exchangeUDP(t, dialUDP(t, r.Addrs()[0]), i, 40)
		exchangeTCP(t, dialTCP(t, r.Addrs()[0]), i, 40)
		r.cancel()
		if err := <-r.ended; err != nil {
			t.Fatal(err)
		}
	}
}

func TestLifecycleOutOfOrder(t *testing.T) {
	open := func() *Server {
		s, err := Open(parse(t, "127.0.0.1:0"), func() Responder { return plain{} }, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Run("Close without Serve, twice", func(t *testing.T) {
		s := open()
		_ = s.Close()
		_ = s.Close()
		if err := s.Serve(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Serve after Close: %v", err)
		}
	})
	t.Run("Serve with a context that is over", func(t *testing.T) {
		s := open()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Serve(ctx); err != nil {
			t.Error(err)
		}
		_ = s.Close()
	})
	t.Run("many Close at once", func(t *testing.T) {
		s := open()
		var all sync.WaitGroup
		all.Go(func() { _ = s.Serve(t.Context()) })
		for range 8 {
			all.Go(func() { _ = s.Close() })
		}
		all.Wait()
	})
}

// What was sent before Serve began waits for it.
func TestMessagesWaitForServe(t *testing.T) {
	s, err := Open(parse(t, "127.0.0.1:0"), func() Responder { return &echo{total: &tally{}} }, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u, c := dialUDP(t, s.Addrs()[0]), dialTCP(t, s.Addrs()[0])
	_, _ = u.Write(message(1, 40))
	_, _ = c.Write(framed(2, 40))
	go func() { _ = s.Serve(context.Background()) }()
	buf := make([]byte, 512)
	n, err := u.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, buf[:n], 1, 40)
	got, err := readFramed(c)
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, got, 2, 40)
}

func TestShutdownAnswersWhatWasReceived(t *testing.T) {
	r := start(t, echo{delay: time.Millisecond}, Options{Workers: 1, Grace: patience}, "127.0.0.1:0")
	const sent = 40
	u, c := dialUDP(t, r.Addrs()[0]), dialTCP(t, r.Addrs()[0])
	exchangeTCP(t, c, 0, 40) // accepted for certain
	for i := range sent {
		_, _ = u.Write(message(i, 40))
		_, _ = c.Write(framed(i, 40))
	}
	r.cancel()
	buf := make([]byte, 512)
	for i := range sent {
		if _, err := u.Read(buf); err != nil {
			t.Fatalf("UDP response %d: %v", i, err)
		}
		got, err := readFramed(c)
		if err != nil {
			t.Fatalf("TCP response %d: %v", i, err)
		}
		wantEcho(t, got, i, 40)
	}
	wantClosed(t, c)
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}

func TestShutdownLetsAMessageBeCompleted(t *testing.T) {
	r := start(t, echo{}, Options{Grace: patience}, "127.0.0.1:0")
	c := dialTCP(t, r.Addrs()[0])
	msg := framed(1, 40)
	sendOneAndAHalf(t, c, msg)
	r.cancel()
	eventually(t, "shutting down", r.noMoreReceived)
	_, _ = c.Write(msg[20:])
	got, err := readFramed(c)
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, got, 1, 40)
	wantClosed(t, c)
}

func TestShutdownDoesNotWaitForeverForPeers(t *testing.T) {
	r := start(t, echo{repeat: 100}, Options{Grace: 20 * time.Millisecond, ReadTimeout: time.Hour, WriteTimeout: time.Hour}, "127.0.0.1:0")
	sendOneAndAHalf(t, dialTCP(t, r.Addrs()[0]), framed(1, 40))
	stuck := dialTCP(t, r.Addrs()[0])
	go func() {
		for {
			if _, err := stuck.Write(framed(0, 600)); err != nil {
				return
			}
		}
	}()
	eventually(t, "one busy", func() bool { return r.busyConns() == 1 })
	r.cancel()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("Serve does not return")
	}
	if n := r.Counters().TCPConns.Load(); n != 0 {
		t.Errorf("%d connections left", n)
	}
}

func TestShutdownUnderLoad(t *testing.T) {
	r := start(t, echo{}, Options{Grace: 50 * time.Millisecond}, "127.0.0.1:0", "0.0.0.0:0")
	var over atomic.Bool
	var all sync.WaitGroup
	for i := range 4 {
		u, c := dialUDP(t, r.at(i%2, "127.0.0.1")), dialTCP(t, r.at(i%2, "127.0.0.1"))
		all.Go(func() {
			for !over.Load() {
				_, _ = u.Write(message(1, 40))
			}
		})
		all.Go(func() {
			for !over.Load() {
				if _, err := c.Write(framed(1, 40)); err != nil {
					return
				}
			}
		})
		all.Go(func() {
			for {
				if _, err := readFramed(c); err != nil {
					return
				}
			}
		})
	}
	eventually(t, "under load", func() bool { return r.total.messages.Load() > 5000 })
	r.cancel()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("Serve does not return")
	}
	over.Store(true)
	all.Wait()
}

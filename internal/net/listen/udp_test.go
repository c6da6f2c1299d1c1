package listen

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestUDPEchoOnEveryKindOfAddress(t *testing.T) {
	for _, tc := range []struct{ name, listen, ask string }{
		{"IPv4", "127.0.0.1:0", "127.0.0.1"},
		{"IPv6", "[::1]:0", "::1"},
		{"IPv4 wildcard", "0.0.0.0:0", "127.0.0.1"},
		{"IPv4 wildcard, other loopback address", "0.0.0.0:0", "127.0.0.2"},
		{"IPv6 wildcard", "[::]:0", "::1"},
		{"IPv4 written as IPv6", "[::ffff:127.0.0.1]:0", "127.0.0.1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, echo{}, Options{Workers: 2}, tc.listen)
			// Connected sockets: the response must come from the address asked.
			for i, size := range []int{0, 1, 12, 40, 512, 1232, 1233, MaxDatagram} {
				c := dialUDP(t, r.at(0, tc.ask))
				if size >= 8 {
					exchangeUDP(t, c, i, size)
				} else {
					exchangeTiny(t, c, size)
				}
				from := c.LocalAddr().(*net.UDPAddr).AddrPort()
				if _, ok := r.total.peers.Load(netip.AddrPortFrom(from.Addr().Unmap(), from.Port())); !ok && size > 0 {
					t.Errorf("Responder did not see peer %v", from)
				}
			}
		})
	}
}

// exchangeTiny sends fewer octets than message can number. An empty datagram
// has an empty echo, so nothing comes back for it.
func exchangeTiny(t *testing.T, c *net.UDPConn, size int) {
	t.Helper()
	if _, err := c.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if size == 0 {
		return
	}
	buf := make([]byte, 16)
	if n, err := c.Read(buf); err != nil || n != size {
		t.Fatalf("%d octets, %v", n, err)
	}
}

func TestUDPWildcardsOfBothFamiliesShareAPort(t *testing.T) {
	four, six := startBoth(t)
	exchangeUDP(t, dialUDP(t, four.at(0, "127.0.0.3")), 1, 40)
	exchangeUDP(t, dialUDP(t, six.at(0, "::1")), 2, 40)
	exchangeTCP(t, dialTCP(t, four.at(0, "127.0.0.3")), 1, 40)
	exchangeTCP(t, dialTCP(t, six.at(0, "::1")), 2, 40)
	if n := six.total.messages.Load(); n != 2 {
		t.Errorf("the IPv6 sockets answered %d messages, want 2", n)
	}
}

// startBoth serves the wildcards of both families on one port. One that is free in
// IPv4 may be somebody's in IPv6; the next is as good.
func startBoth(t *testing.T) (four, six *running) {
	t.Helper()
	for range portTries {
		four = start(t, echo{}, Options{}, "0.0.0.0:0")
		wanted := netip.AddrPortFrom(netip.IPv6Unspecified(), four.Addrs()[0].Port())
		free, err := bind(wanted, Options{Workers: 1}.withDefaults())
		if errors.Is(err, unix.EADDRINUSE) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		free.close()
		return four, start(t, echo{}, Options{}, wanted.String())
	}
	t.Fatal("no port is free in both families")
	return nil, nil
}

func TestUDPOversizeDatagramArrivesCutAndCounted(t *testing.T) {
	r := start(t, echo{}, Options{Workers: 1}, "127.0.0.1:0")
	c := dialUDP(t, r.Addrs()[0])
	for i, size := range []int{MaxDatagram + 1, 65507} {
		msg := message(i, size)
		if _, err := c.Write(msg); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 65536)
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		msg[2] ^= 0x80
		if !bytes.Equal(buf[:n], msg[:MaxDatagram]) {
			t.Errorf("%d octets: the response has %d", size, n)
		}
	}
	if n := r.Counters().UDPTruncated.Load(); n != 2 {
		t.Errorf("%d datagrams counted as cut, want 2", n)
	}
}

func TestUDPResponseMayOutgrowItsBuffer(t *testing.T) {
	r := start(t, echo{repeat: 60}, Options{Workers: 1}, "127.0.0.1:0")
	c := dialUDP(t, r.Addrs()[0])
	buf := make([]byte, 65536)
	for i := range 3 * batchSize {
		if _, err := c.Write(message(i, 1000)); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(buf); err != nil || n != 60000 {
			t.Fatalf("%d octets, %v", n, err)
		}
	}
}

func TestUDPSilenceOfTheResponder(t *testing.T) {
	r := start(t, echo{mute: true}, Options{Workers: 1}, "127.0.0.1:0")
	c := dialUDP(t, r.Addrs()[0])
	for i := range 100 {
		_, _ = c.Write(message(i, 40))
	}
	eventually(t, "all messages seen", func() bool { return r.total.messages.Load() == 100 })
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if n, err := c.Read(make([]byte, 512)); err == nil {
		t.Errorf("%d octets came back", n)
	}
	if n := r.total.done.Load(); n != 0 {
		t.Errorf("Done was told of %d responses", n)
	}
}

func TestUDPBurstsLoseNothing(t *testing.T) {
	r := start(t, echo{}, Options{Workers: 2}, "127.0.0.1:0", "[::1]:0")
	const clients, rounds, burst = 8, 20, 100
	var all sync.WaitGroup
	for k := range clients {
		c := dialUDP(t, r.Addrs()[k%2])
		all.Go(func() {
			for range rounds {
				if !burstOnce(t, c, burst) {
					return
				}
			}
		})
	}
	all.Wait()
	if got := r.total.messages.Load(); got != clients*rounds*burst {
		t.Errorf("%d messages answered, want %d", got, clients*rounds*burst)
	}
}

// burstOnce sends n messages at once and wants each echoed once.
func burstOnce(t *testing.T, c *net.UDPConn, n int) bool {
	for i := range n {
		if _, err := c.Write(message(i, 40)); err != nil {
			t.Error(err)
			return false
		}
	}
	seen := make(map[byte]bool)
	buf := make([]byte, 512)
	for range n {
		if _, err := c.Read(buf); err != nil {
			t.Errorf("%d of %d echoes: %v", len(seen), n, err)
			return false
		}
		seen[buf[7]] = true
	}
	if len(seen) != n {
		t.Errorf("%d different echoes, want %d", len(seen), n)
	}
	return true
}

func TestUDPWorkersShareTheLoad(t *testing.T) {
	r := start(t, echo{}, Options{Workers: 4}, "127.0.0.1:0")
	if n := r.total.made.Load(); n != 4 {
		t.Fatalf("%d Responders, want 4", n)
	}
	// The system picks a socket by a hash of the peer's port: one of four gets nothing
	// of 100 peers once in 4·(4/3)^100, which is 8·10^11.
	for i := range 100 {
		exchangeUDP(t, dialUDP(t, r.Addrs()[0]), i, 40)
	}
	_ = r.Close()
	// The first socket joined the group after it was bound; each must receive.
	for i, w := range r.workers {
		if w.in[0].len == 0 {
			t.Errorf("worker %d of 4 received nothing of 100 peers' messages", i)
		}
	}
}

// A peer that has gone makes the system report errors on later calls.
func TestUDPClosedPeersDoNotStopTheLoop(t *testing.T) {
	r := start(t, echo{}, Options{Workers: 1}, "127.0.0.1:0", "0.0.0.0:0")
	for i := range r.Addrs() {
		to := r.at(i, "127.0.0.1")
		open := dialUDP(t, to) // before the others, lest it get the port of one and the response to it
		for range 200 {
			c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = c.Write(message(1, 40))
			c.Close()
		}
		exchangeUDP(t, open, 2, 40)
	}
}

func TestUDPUnsendableResponsesAreSkipped(t *testing.T) {
	s, err := Open(parse(t, "127.0.0.1:0"), func() Responder { return &echo{total: &tally{}} }, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	good := dialUDP(t, s.Addrs()[0])
	w := s.workers[0]
	port := good.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	// Slots 1 and 3 go to port 0, which no system sends to.
	for i := range 5 {
		to := port * uint16(1-i%2)
		w.names[i] = [unix.SizeofSockaddrInet6]byte{byte(unix.AF_INET), 0, byte(to >> 8), byte(to), 127, 0, 0, 1}
		w.replies[i] = message(i, 40)
		w.enqueue(i, i)
	}
	_ = w.raw.Control(func(fd uintptr) {
		if n := w.send(fd, w.out[:5]); n != 3 {
			t.Errorf("%d sent, want 3", n)
		}
	})
	if n := s.Counters().UDPSendErrors.Load(); n != 2 {
		t.Errorf("%d send errors, want 2", n)
	}
	buf := make([]byte, 512)
	for _, want := range []byte{0, 2, 4} {
		if _, err := good.Read(buf); err != nil || buf[7] != want {
			t.Fatalf("message %d, %v; want %d", buf[7], err, want)
		}
	}
}

func TestUDPAllocatesNothingPerPacket(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0"} {
		t.Run(addr, func(t *testing.T) {
			s, err := Open(parse(t, addr), func() Responder { return plain{} }, Options{})
			if err != nil {
				t.Fatal(err)
			}
			go func() { _ = s.Serve(t.Context()) }()
			defer s.Close()
			host := "127.0.0.1"
			if s.Addrs()[0].Addr().Is6() {
				host = "::1"
			}
			c := dialUDP(t, netip.AddrPortFrom(netip.MustParseAddr(host), s.Addrs()[0].Port()))
			const packets, burst = 100_000, 50
			flood(t, c, 10*burst, burst)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			flood(t, c, packets, burst)
			runtime.ReadMemStats(&after)
			if n := after.Mallocs - before.Mallocs; n > packets/1000 {
				t.Errorf("%d allocations for %d packets", n, packets)
			}
		})
	}
}

// plain is an echo that allocates nothing.
type plain struct{}

func (plain) Respond(dst []byte, q *Query) []byte { return append(dst, q.Msg...) }
func (plain) Done(int, time.Duration)             {}

// flood exchanges packets in bursts without allocating.
func flood(t *testing.T, c *net.UDPConn, packets, burst int) {
	t.Helper()
	var msg, buf [64]byte
	for range packets / burst {
		for range burst {
			if _, err := c.Write(msg[:]); err != nil {
				t.Fatal(err)
			}
		}
		for range burst {
			if _, err := c.Read(buf[:]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestResponsesAreNotFragmented(t *testing.T) {
	for _, c := range []struct {
		situation string
		fragment  bool
		want      int
	}{
		{"by default", false, unix.IP_PMTUDISC_PROBE},
		{"where large responses are wanted", true, unix.IP_PMTUDISC_OMIT},
	} {
		t.Run(c.situation, func(t *testing.T) {
			b, err := bind(netip.MustParseAddrPort("127.0.0.1:0"), Options{Fragment: c.fragment}.withDefaults())
			if err != nil {
				t.Fatal(err)
			}
			defer b.close()
			raw, err := b.udp[0].SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			err = withFD(raw, func(fd int) error {
				got, err := unix.GetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER)
				if got != c.want {
					t.Errorf("IP_MTU_DISCOVER is %d, want %d", got, c.want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

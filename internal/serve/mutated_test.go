package serve

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/net/listen"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/zone"
)

const patience = 20 * time.Second

// TestMillionMutatedPackets throws what is nearly a query at a running server,
// over UDP and TCP, and then asks it something: it answers as before, has not
// grown, and leaves nothing behind (TestMain looks for goroutines).
func TestMillionMutatedPackets(t *testing.T) {
	packets, streams := 1_000_000, 3000
	if testing.Short() {
		packets, streams = 50_000, 300
	}
	addr, counters := listening(t)
	valid := seeds(t)
	askRunning(t, addr)
	before := heap()

	random := rand.New(rand.NewPCG(uint64(packets), 7))
	t.Logf("%d of %d packets were answered", throwUDP(t, addr, valid, packets, random), packets)
	for range streams {
		throwTCP(t, addr, valid, random)
	}

	askRunning(t, addr)
	if after := heap(); after > before+16<<20 {
		t.Errorf("the heap grew from %d to %d octets", before, after)
	}
	for end := time.Now().Add(patience); counters().TCPConns.Load() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d connections stay open", counters().TCPConns.Load())
		}
	}
}

// listening is a server on loopback with workers of the zone example.
func listening(t *testing.T) (netip.AddrPort, func() *listen.Counters) {
	t.Helper()
	srv := New(Config{NSID: "ns1", Version: "truename"}, cookie.NewJar(cookie.NewSecret()), new(stats.Queries), nil)
	s := snapshot(t, "example.", example+manyServers(30)+addresses("big", 100))
	srv.Publish(new(zone.Set).With(zone.Entry{Apex: s.Apex(), Zone: s}))
	sockets, err := listen.Open([]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")},
		func() listen.Responder { return srv.NewWorker() }, listen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- sockets.Serve(context.Background()) }()
	t.Cleanup(func() {
		if err := sockets.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return sockets.Addrs()[0], sockets.Counters
}

// seeds are valid queries of many kinds.
func seeds(t *testing.T) (out [][]byte) {
	t.Helper()
	for _, m := range []*dns.Msg{
		query("www.example.", dns.TypeA),
		query("alias2.example.", dns.TypeAAAA),
		query("nowhere.example.", dns.TypeTXT),
		query("any.wild.example.", dns.TypeA),
		query("host.old.example.", dns.TypeANY),
		edns(query("big.example.", dns.TypeA), 4096, withCookie(clientCookie)),
		edns(query("www.cut.example.", dns.TypeDS), 512, &dns.EDNS0_NSID{Code: dns.EDNS0NSID}, &dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE}),
		class(edns(query("version.bind.", dns.TypeTXT), 1232), dns.ClassCHAOS),
		opcode(query("example.", dns.TypeSOA), dns.OpcodeNotify),
	} {
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, wire)
	}
	return out
}

// mutate writes a broken copy of one of valid to dst: some bits turned, cut
// off, spliced with another, its counts changed, or grown.
func mutate(dst []byte, valid [][]byte, r *rand.Rand) []byte {
	m := append(dst[:0], valid[r.IntN(len(valid))]...)
	for range 1 + r.IntN(3) {
		if len(m) == 0 {
			break
		}
		switch r.IntN(6) {
		case 0, 1:
			m[r.IntN(len(m))] ^= 1 << r.IntN(8)
		case 2:
			m = m[:r.IntN(len(m))]
		case 3:
			other := valid[r.IntN(len(valid))]
			m = append(m[:r.IntN(len(m))], other[r.IntN(len(other)):]...)
		case 4:
			if at := 4 + 2*r.IntN(4); at+2 <= len(m) {
				binary.BigEndian.PutUint16(m[at:], uint16(r.Uint32())>>r.IntN(16))
			}
		case 5:
			for range r.IntN(64) {
				m = append(m, byte(r.Uint32()))
			}
		}
	}
	return m
}

// throwUDP sends mutated packets in bursts that wait for the server by asking
// it something between them, and returns how many responses came.
func throwUDP(t *testing.T, addr netip.AddrPort, valid [][]byte, packets int, r *rand.Rand) (answered int) {
	t.Helper()
	const burst = 256 // well within what the socket holds
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, good, in := make([]byte, 0, 1024), query("www.example.", dns.TypeA), make([]byte, 65535)
	for sent := 0; sent < packets; sent += burst {
		for range min(burst, packets-sent) {
			raw = mutate(raw, valid, r)
			if _, err := conn.Write(raw); err != nil {
				t.Fatal(err)
			}
		}
		good.Id = uint16(sent/burst) | 1 // not the even one of the seeds
		answered += await(t, conn, good, in)
	}
	return answered
}

// await sends the good query m until its response comes, and counts the others
// that come before it.
func await(t *testing.T, conn *net.UDPConn, m *dns.Msg, in []byte) (others int) {
	t.Helper()
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, err := conn.Write(wire); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(time.Second))
		for {
			n, err := conn.Read(in)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break // lost: ask again
			}
			if err != nil {
				t.Fatal(err)
			}
			if n > 12 && binary.BigEndian.Uint16(in) == m.Id && binary.BigEndian.Uint16(in[6:]) == 1 {
				return others
			}
			others++
		}
	}
	t.Fatal("the server answers no more")
	return others
}

// throwTCP sends a mutated message on a connection of its own, behind a length
// that may be wrong, and hangs up, after the response or before.
func throwTCP(t *testing.T, addr netip.AddrPort, valid [][]byte, r *rand.Rand) {
	t.Helper()
	conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetLinger(0) // thousands of ports in TIME_WAIT would be in the way of other tests
	m := mutate(nil, valid, r)
	length := len(m)
	switch r.IntN(4) {
	case 0:
		length = r.IntN(1 << 16)
	case 1:
		length = max(0, length-1-r.IntN(4))
	case 2:
		length++
	}
	out := append(binary.BigEndian.AppendUint16(nil, uint16(length)), m...)
	if _, err := conn.Write(out[:len(out)-r.IntN(2)]); err != nil {
		return // the server has hung up
	}
	if r.IntN(2) == 0 {
		_ = conn.CloseWrite()
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("the server keeps a connection whose peer has ended")
		}
	}
}

// askRunning asks over both transports and looks at the answer.
func askRunning(t *testing.T, addr netip.AddrPort) {
	t.Helper()
	for _, transport := range []string{"udp", "tcp"} {
		c := &dns.Client{Net: transport, Timeout: patience}
		got, _, err := c.Exchange(query("alias2.example.", dns.TypeA), addr.String())
		if err != nil {
			t.Fatal(err)
		}
		const want = "alias2.example. 300 IN CNAME alias.example.\nalias.example. 300 IN CNAME www.example.\nwww.example. 300 IN A 192.0.2.1"
		if lines(got.Answer) != want || describe(got) != "NOERROR aa rd" {
			t.Errorf("over %s: %v", transport, got)
		}
	}
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

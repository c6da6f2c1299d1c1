package exchange

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// heard is a query as a server got it.
type heard struct {
	network string // udp, tcp or tls
	*dns.Msg
}

// behaviour makes the messages to send back, any number of them.
type behaviour func(q heard) [][]byte

// server is one that behaves as told, over UDP and TCP of one port of loopback.
type server struct {
	Server
	mu      sync.Mutex
	queries []heard
	streams int           // accepted
	hangUp  chan struct{} // closed: streams are closed after each answer
}

func (s *server) seen() (queries []heard, streams int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queries, s.streams
}

func (s *server) reply(network string, msg []byte, do behaviour) [][]byte {
	q := heard{network, new(dns.Msg)}
	if err := q.Unpack(msg); err != nil {
		return nil
	}
	s.mu.Lock()
	s.queries = append(s.queries, q)
	s.mu.Unlock()
	return do(q)
}

// sockets listen at a port that is free for both UDP and TCP.
func sockets(t *testing.T) (net.Listener, net.PacketConn) {
	t.Helper()
	for range 16 {
		stream, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", stream.Addr().String())
		if err == nil {
			return stream, udp
		}
		stream.Close()
	}
	t.Fatal("no port is free for both UDP and TCP")
	return nil, nil
}

// start runs a server; with conf its streams are TLS.
func start(t *testing.T, conf *tls.Config, do behaviour) *server {
	t.Helper()
	stream, udp := sockets(t)
	s := &server{Server: Server{Addr: netip.MustParseAddrPort(stream.Addr().String())}, hangUp: make(chan struct{})}
	var wg sync.WaitGroup
	var open sync.Map
	wg.Go(func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := udp.ReadFrom(buf)
			if err != nil {
				return
			}
			for _, msg := range s.reply("udp", buf[:n], do) {
				udp.WriteTo(msg, from)
			}
		}
	})
	wg.Go(func() {
		for {
			conn, err := stream.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.streams++
			s.mu.Unlock()
			network := "tcp"
			if conf != nil {
				conn, network = tls.Server(conn, conf), "tls"
			}
			open.Store(conn, nil)
			wg.Go(func() { s.stream(conn, network, do) })
		}
	})
	t.Cleanup(func() {
		udp.Close()
		stream.Close()
		open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		wg.Wait()
	})
	return s
}

func (s *server) stream(conn net.Conn, network string, do behaviour) {
	defer conn.Close()
	for {
		var head [2]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return
		}
		msg := make([]byte, binary.BigEndian.Uint16(head[:]))
		if _, err := io.ReadFull(conn, msg); err != nil {
			return
		}
		for _, out := range s.reply(network, msg, do) {
			conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
		}
		select {
		case <-s.hangUp:
			return
		default:
		}
	}
}

// answer is the good answer to q, changed as told.
func answer(q heard, change ...func(*dns.Msg)) []byte {
	m := new(dns.Msg).SetReply(q.Copy())
	m.Answer = []dns.RR{&dns.A{
		Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: net.IPv4(192, 0, 2, 1),
	}}
	if q.IsEdns0() != nil {
		m.SetEdns0(1232, false)
	}
	for _, c := range change {
		c(m)
	}
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}

func good(q heard) [][]byte { return [][]byte{answer(q)} }

var www = Question{Name: dname.MustParse("www.example."), Type: rr.TypeA}

// patience is what a test gives an answer that must come.
const patience = 20 * time.Second

func client(t *testing.T, o Options) *Client {
	o.Timeout = cmp.Or(o.Timeout, patience)
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

// overdue is a context whose deadline comes as soon as s has heard n queries more:
// what must be late is then certain to have been asked.
func overdue(t *testing.T, s *server, n int) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	done := make(chan struct{})
	before, _ := s.seen()
	var waiting sync.WaitGroup
	waiting.Go(func() {
		defer close(done)
		for ctx.Err() == nil {
			if now, _ := s.seen(); len(now) >= len(before)+n {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	t.Cleanup(func() { cancel(); waiting.Wait() })
	return late{ctx, done}
}

// late is a context whose deadline is the end of done.
type late struct {
	context.Context
	done <-chan struct{}
}

func (l late) Done() <-chan struct{} { return l.done }

func (l late) Err() error {
	select {
	case <-l.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// briefly is a context for what must not succeed.
func briefly(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// certificate is one for name, and the pool that trusts it.
func certificate(t *testing.T, name string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

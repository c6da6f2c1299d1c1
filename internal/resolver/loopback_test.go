package resolver

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// serve answers from h at an address of loopback, at that port.
func serve(t *testing.T, h *host, address string, port uint16) uint16 {
	t.Helper()
	conn, err := net.ListenPacket("udp", fmt.Sprintf("%s:%d", address, port))
	if err != nil {
		t.Skip("no socket at ", address, ": ", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for buf := make([]byte, 4096); ; {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var q wire.Query
			if q.Parse(buf[:n]) != nil {
				continue
			}
			out := h.say(exchange.Question{Name: q.Name.Clone(), Type: q.Type})
			copy(out, buf[:2]) // the ID
			conn.WriteTo(out, from)
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return netip.MustParseAddrPort(conn.LocalAddr().String()).Port()
}

// Over real sockets it is the same.
func TestOverLoopback(t *testing.T) {
	n := usual(t)
	root := n.host("127.0.0.1", []string{".", ". NS a.root.", "a.root. A 127.0.0.1", "com. NS ns.com.", "ns.com. A 127.0.0.2"})
	com := n.host("127.0.0.2", []string{"com.", "com. NS ns.com.", "ns.com. A 127.0.0.2", "www.example.com. CNAME edge.example.com.", "edge.example.com. 60 A 192.0.2.1"})
	port := serve(t, root, "127.0.0.1", 0)
	serve(t, com, "127.0.0.2", port)
	client := exchange.New(exchange.Options{})
	defer client.Close()
	r := New(Options{Network: client, Cache: cache.New(cache.Options{}), NoIPv6: true, Port: port,
		Routes: []Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)}}}}})
	defer r.Close()
	res := ask(t, r, "www.example.com.", rr.TypeA)
	if told(res) != "www.example.com. CNAME 3600 edge.example.com., edge.example.com. A 60 192.0.2.1" {
		t.Errorf("got %s", told(res))
		fatalChain(t, res)
	}
	if last := res.Chain[len(res.Chain)-1]; last.Took <= 0 || last.Server != fmt.Sprintf("127.0.0.2:%d", port) {
		t.Errorf("the last step is %v", last)
	}
}

// FuzzResolve: whatever servers send, the walk ends within its limits, and what
// it says is well formed.
func FuzzResolve(f *testing.F) {
	t := new(testing.T)
	n := usual(t)
	for _, q := range []string{"www.example.com.", "alias.example.com.", "www.old.example.com.", "nowhere.example.com."} {
		for _, h := range []string{"10.0.0.1", "10.0.0.2", "10.0.1.1"} {
			f.Add(n.hosts[h].say(exchange.Question{Name: dname.MustParse(q), Type: rr.TypeA}), uint16(rr.TypeA))
		}
	}
	f.Fuzz(func(t *testing.T, msg []byte, qtype uint16) {
		o := Options{Network: parrot(msg), Cache: cache.New(cache.Options{Bytes: 1 << 20}), Routes: []Route{{Apex: dname.Root, Servers: servers("10.0.0.1", "10.0.0.2")}}, Patience: time.Minute}
		r := New(o)
		defer r.Close()
		for range 2 {
			res := r.Resolve(t.Context(), Question{dname.MustParse("www.old.example.com."), rr.Type(qtype)})
			if len(res.Chain) > maxSteps {
				t.Fatalf("%d steps", len(res.Chain))
			}
			for _, i := range append(res.Answer, res.Authority...) {
				if err := dname.Check(i.Owner); err != nil {
					t.Fatalf("owner %x: %v", i.Owner, err)
				}
				for rest := i.Set; !rest.Empty(); {
					_, rest = rest.Next()
				}
			}
			for _, s := range res.Chain {
				_ = s.String()
			}
		}
	})
}

package listen

import (
	"context"
	"io"
	"net"
	"net/netip"
	"testing"
)

// keeper answers as plain does, of another goroutine's making.
type keeper struct {
	plain
	held chan<- *Held
}

func (k keeper) Respond(dst []byte, q *Query) []byte {
	if h := q.Hold(); h != nil {
		k.held <- h
	}
	return dst
}

// BenchmarkBurst is one message of a burst of 50, there and back, by both of
// its peers: what holding adds shows beside plain.
func BenchmarkBurst(b *testing.B) {
	held := make(chan *Held, 1024)
	go func() {
		for h := range held {
			h.Reply(h.Query().Msg)
		}
	}()
	defer close(held)
	for _, bc := range []struct {
		name, network string
		responder     Responder
	}{
		{"udp", "udp", plain{}}, {"udp-held", "udp", keeper{held: held}},
		{"tcp", "tcp", plain{}}, {"tcp-held", "tcp", keeper{held: held}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			s, err := Open([]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")},
				func() Responder { return bc.responder }, Options{})
			if err != nil {
				b.Fatal(err)
			}
			go func() { _ = s.Serve(context.Background()) }()
			defer s.Close()
			c, err := net.Dial(bc.network, s.Addrs()[0].String())
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			exchangeBursts(b, c)
		})
	}
}

func exchangeBursts(b *testing.B, c net.Conn) {
	msg := framed(1, 40)
	if c.RemoteAddr().Network() == "udp" {
		msg = msg[prefixLen:]
	}
	b.ReportAllocs()
	b.ResetTimer()
	for left := b.N; left > 0; left -= 50 {
		n := min(left, 50)
		for range n {
			if _, err := c.Write(msg); err != nil {
				b.Fatal(err)
			}
		}
		for range n {
			if _, err := io.ReadFull(c, msg); err != nil {
				b.Fatal(err)
			}
		}
	}
}

package exchange

import (
	"bytes"
	"context"
	"net"
	"time"

	"github.com/truename-dns/truename/internal/dns/wire"
)

// overUDP asks over a socket that is opened for this question alone, so that
// the port is one of those that the kernel picks at random (RFC 5452, Section
// 9.2), and connected, so that only the server's datagrams arrive.
func (c *Client) overUDP(ctx context.Context, s Server, q Question, size uint16) (*Answer, error) {
	if err := c.datagrams.acquire(ctx); err != nil {
		return nil, err
	}
	defer c.datagrams.release()
	conn, err := new(net.Dialer).DialContext(ctx, "udp", s.Addr.String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer bindTo(ctx, conn)()
	m := request(q, size)
	if size > 0 {
		m.cookie = c.jar.find(conn, s)
	}
	if _, err := conn.Write(m.message(nil)); err != nil {
		return nil, err
	}
	a, err := receive(conn, m)
	if err == nil {
		c.jar.learn(s, a.EDNS.Cookie)
	}
	return a, err
}

// receive waits for the answer to m; datagrams that are none are passed over,
// up to a limit beyond which somebody is guessing.
func receive(conn net.Conn, m *sent) (*Answer, error) {
	var buf [4096]byte
	for range maxStrangers {
		n, err := conn.Read(buf[:])
		if err != nil {
			return nil, err
		}
		a := &Answer{Transport: UDP}
		switch err := m.check(buf[:n], &a.Reply); err {
		case nil:
			a.Reply.Parse(bytes.Clone(buf[:n])) // as before, now from octets of its own
			m.restore(&a.Reply)
			return a, nil
		case errCase, errCookie:
			return nil, err
		case errStranger:
		default:
			// Of the server, for all we know, but of no use.
			if a.Flags&wire.QR != 0 && a.Name != nil {
				return nil, err
			}
		}
	}
	return nil, errStrangers
}

// bindTo makes conn end with ctx; what it returns undoes that.
func bindTo(ctx context.Context, conn net.Conn) func() bool {
	if d, ok := ctx.Deadline(); ok {
		conn.SetDeadline(d)
	}
	return context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
}

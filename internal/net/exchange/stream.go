package exchange

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
)

// overStream asks over TCP or TLS, on a stream kept from before where there is
// one. A server may close such a stream at any time (RFC 7766, Section 6.2.4),
// so that a failure on it is no failure of the server.
func (c *Client) overStream(ctx context.Context, s Server, q Question, size uint16) (*Answer, error) {
	if err := c.streams.acquire(ctx); err != nil {
		return nil, err
	}
	defer c.streams.release()
	if conn := c.pool.take(s); conn != nil {
		a, err := c.converse(ctx, s, conn, request(q, size))
		if err == nil || ctx.Err() != nil {
			return a, err
		}
	}
	conn, err := c.dial(ctx, s)
	if err != nil {
		return nil, err
	}
	return c.converse(ctx, s, conn, request(q, size))
}

func (c *Client) dial(ctx context.Context, s Server) (net.Conn, error) {
	if s.TLSName == "" {
		return new(net.Dialer).DialContext(ctx, "tcp", s.Addr.String())
	}
	d := tls.Dialer{Config: &tls.Config{
		ServerName: s.TLSName,
		RootCAs:    c.options.Roots,
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"dot"},
	}}
	return d.DialContext(ctx, "tcp", s.Addr.String())
}

// converse sends m over conn and reads the answer; then it keeps conn, or
// closes it after a failure.
func (c *Client) converse(ctx context.Context, s Server, conn net.Conn, m *sent) (*Answer, error) {
	free := bindTo(ctx, conn)
	a, err := roundTrip(conn, m)
	if !free() || err != nil {
		conn.Close() // cut off by its context: its deadline is past
		return a, err
	}
	if s.TLSName != "" {
		a.Transport = TLS
	}
	c.pool.put(s, conn)
	return a, nil
}

// roundTrip writes m behind its length in one piece (RFC 7766, Section 8).
func roundTrip(conn net.Conn, m *sent) (*Answer, error) {
	msg := m.Append(make([]byte, 2, 512))
	binary.BigEndian.PutUint16(msg, uint16(len(msg)-2))
	if _, err := conn.Write(msg); err != nil {
		return nil, err
	}
	var head [2]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return nil, err
	}
	reply := make([]byte, binary.BigEndian.Uint16(head[:]))
	if _, err := io.ReadFull(conn, reply); err != nil {
		return nil, err
	}
	a := &Answer{Transport: TCP}
	// The stream itself proves whose answer it is; case need not.
	if err := m.check(reply, &a.Reply); err != nil && !errors.Is(err, errCase) {
		return nil, err
	}
	m.restore(&a.Reply)
	return a, a.Reply.Parse(reply)
}

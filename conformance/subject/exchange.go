package subject

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/miekg/dns"
)

// ErrNoReply says that the server stayed silent, or closed the connection.
var ErrNoReply = errors.New("no reply")

// patience is how long a reply may take before it counts as absent: longer than a machine
// that does other things too keeps one waiting.
const patience = 20 * time.Second

// probe is how long a reply may take that is asked for again if it does not come.
const probe = 2 * time.Second

func (s *Server) client() *dns.Client { return &dns.Client{Timeout: probe} }

// Exchange sends query over UDP ("udp") or TCP ("tcp") and returns the first reply with
// the same message ID, in wire form, as it came: nothing is checked. Silence is ErrNoReply
// after the given wait; zero means the usual patience.
func (s *Server) Exchange(network string, query []byte, wait time.Duration) ([]byte, error) {
	if wait == 0 {
		wait = patience
	}
	conn, err := net.Dial(network, s.Addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(wait)); err != nil {
		return nil, err
	}
	if network == "tcp" {
		return exchangeTCP(conn, query)
	}
	return exchangeUDP(conn, query)
}

func exchangeUDP(conn net.Conn, query []byte) ([]byte, error) {
	if _, err := conn.Write(query); err != nil {
		return nil, err
	}
	buf := make([]byte, 65535)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrNoReply, err)
		}
		if n >= 2 && len(query) >= 2 && buf[0] == query[0] && buf[1] == query[1] {
			return buf[:n], nil
		}
	}
}

func exchangeTCP(conn net.Conn, query []byte) ([]byte, error) {
	framed := binary.BigEndian.AppendUint16(nil, uint16(len(query)))
	if _, err := conn.Write(append(framed, query...)); err != nil {
		return nil, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNoReply, err)
	}
	reply := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, reply); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNoReply, err)
	}
	return reply, nil
}

// Ask sends one query message and parses the reply.
func (s *Server) Ask(network string, query *dns.Msg) (*dns.Msg, error) {
	wire, err := query.Pack()
	if err != nil {
		return nil, err
	}
	raw, err := s.Exchange(network, wire, 0)
	if err != nil {
		return nil, err
	}
	reply := new(dns.Msg)
	return reply, reply.Unpack(raw)
}

package internet

import (
	"encoding/binary"
	"io"
	"net"
	"time"

	"github.com/miekg/dns"
)

func (i *Injector) serveStreams(l net.Listener, transport string) {
	i.mu.Lock()
	i.streams = append(i.streams, l)
	i.mu.Unlock()
	i.work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			i.work.Go(func() { i.serveStream(conn, transport) })
		}
	})
}

func (i *Injector) serveStream(conn net.Conn, transport string) {
	defer conn.Close()
	i.mu.Lock()
	i.conns[conn] = true
	closed := i.closed
	i.mu.Unlock()
	for !closed {
		octets, err := readFrame(conn)
		if err != nil {
			break
		}
		query := new(dns.Msg)
		if query.Unpack(octets) != nil || len(query.Question) != 1 {
			break
		}
		faults := i.note(query, transport)
		if reply := i.reply(transport, query, faults); reply != nil && writeFrame(conn, reply, dripOf(faults)) != nil {
			break
		}
	}
	i.mu.Lock()
	delete(i.conns, conn)
	i.mu.Unlock()
}

func dripOf(faults []*Fault) (drip time.Duration) {
	for _, f := range faults {
		drip = max(drip, f.drip)
	}
	return drip
}

func readFrame(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	octets := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(r, octets)
	return octets, err
}

// writeFrame writes a message with its length before it, octet by octet where drip is not 0.
func writeFrame(w io.Writer, octets []byte, drip time.Duration) error {
	framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(octets))), octets...)
	if drip == 0 {
		_, err := w.Write(framed)
		return err
	}
	for n := range framed {
		if _, err := w.Write(framed[n : n+1]); err != nil {
			return err
		}
		time.Sleep(drip)
	}
	return nil
}

package serve

import (
	"encoding/binary"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/listen"
)

const optionHead = 4

// optLen is the length of the OPT record to come, its extended error left out,
// which must make do with the room that the records leave.
func (w *Worker) optLen() int {
	n, e := wire.OPTLen, &w.query.EDNS
	if e.Version != 0 {
		return n
	}
	if e.Cookie != nil {
		n += optionHead + cookie.ClientLen + cookie.ServerLen
	}
	if w.givesNSID() {
		n += optionHead + len(w.server.config.NSID)
	}
	if w.givesKeepalive() {
		n += optionHead + 2
	}
	return n
}

func (w *Worker) givesNSID() bool { return w.query.EDNS.NSID && w.server.config.NSID != "" }

// givesKeepalive: the option is for TCP only, and only for who sent it (RFC 7828, Section 3.3.2).
func (w *Worker) givesKeepalive() bool {
	return w.query.EDNS.Keepalive && w.in.Transport == listen.TCP && w.server.idle != nil
}

// opt appends the OPT record.
func (w *Worker) opt() {
	w.out.Release(w.optLen())
	w.out.OpenOPT(uint16(w.server.config.MaxUDP), w.rcode, w.query.EDNS.DO)
	start := len(w.out.Bytes())
	if w.query.EDNS.Version == 0 {
		w.optCookie()
		if w.givesNSID() {
			w.out.Option(wire.OptionNSID, nil, []byte(w.server.config.NSID))
		}
		if w.givesKeepalive() {
			w.optKeepalive()
		}
	}
	w.optEDE()
	w.out.CloseOPT(len(w.out.Bytes()) - start)
}

// optCookie answers a client cookie with a server cookie: the same one while it
// is fresh, a new one otherwise (RFC 9018, Section 4.3).
func (w *Worker) optCookie() {
	c := w.query.EDNS.Cookie
	if c == nil {
		return
	}
	if w.verified() == cookie.Valid {
		w.out.Option(wire.OptionCookie, c, nil)
		return
	}
	var server [cookie.ServerLen]byte
	w.server.cookies.Load().Server(&server, c, w.in.Peer.Addr(), time.Unix(0, w.now))
	w.out.Option(wire.OptionCookie, c[:cookie.ClientLen], server[:])
}

// verified judges the cookie of the query, once.
func (w *Worker) verified() cookie.Check {
	if c := w.query.EDNS.Cookie; len(c) > cookie.ClientLen && w.cookie == cookie.None {
		w.cookie = w.server.cookies.Load().Verify(c, w.in.Peer.Addr(), time.Unix(0, w.now))
	}
	return w.cookie
}

func (w *Worker) time() int64 {
	if clock := w.server.config.Clock; clock != nil {
		return clock().UnixNano()
	}
	return w.in.Now
}

// optKeepalive tells the idle timeout in units of 100 ms (RFC 7828, Section 3.1).
func (w *Worker) optKeepalive() {
	var units [2]byte
	binary.BigEndian.PutUint16(units[:], uint16(min(w.server.idle()/(100*time.Millisecond), 0xffff)))
	w.out.Option(wire.OptionKeepalive, units[:], nil)
}

// optEDE adds the extended error as far as there is room: with its text,
// without, or not at all (RFC 8914, Section 3).
func (w *Worker) optEDE() {
	if w.ede == code.NoEDE {
		return
	}
	var info [2]byte
	binary.BigEndian.PutUint16(info[:], uint16(w.ede))
	room := w.limit() - len(w.out.Bytes()) - optionHead - len(info)
	switch {
	case room >= len(w.text):
		w.out.Option(wire.OptionEDE, info[:], w.text)
	case room >= 0:
		w.out.Option(wire.OptionEDE, info[:], nil)
	}
}

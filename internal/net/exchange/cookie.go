package exchange

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// jar holds the cookies that servers gave us, and makes ours (RFC 7873, Section
// 5.1). A client cookie is made of both addresses and a secret, so that each
// server gets another, and every server another when our address changes (RFC
// 9018, Section 3).
type jar struct {
	secret [32]byte
	mu     sync.Mutex
	known  map[Server]given
}

// given is a server cookie, with the client cookie that it belongs to.
type given struct {
	client [cookie.ClientLen]byte
	server []byte
	until  time.Time
}

// jarTime is how long a server cookie is sent that the server has not renewed;
// servers take them for an hour (RFC 9018, Section 4.3).
const jarTime = time.Hour

func (j *jar) init() {
	rand.Read(j.secret[:])
	j.known = make(map[Server]given)
}

// client is the client cookie from local to s.
func (j *jar) client(local netip.Addr, s Server) (out [cookie.ClientLen]byte) {
	sum := hmac.New(sha256.New, j.secret[:])
	for _, a := range []netip.Addr{local, s.Addr.Addr()} {
		octets := a.As16()
		sum.Write(octets[:])
	}
	copy(out[:], sum.Sum(nil))
	return out
}

// find is the data of the COOKIE option to send from conn to s.
func (j *jar) find(conn net.Conn, s Server) []byte {
	local, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return nil
	}
	client := j.client(local.Addr(), s)
	j.mu.Lock()
	defer j.mu.Unlock()
	if g, ok := j.known[s]; ok && g.client == client && time.Now().Before(g.until) {
		return append(client[:], g.server...)
	}
	return client[:]
}

// learn keeps what s sent in its COOKIE option, whose client part is known to be ours.
func (j *jar) learn(s Server, option []byte) {
	if len(option) <= cookie.ClientLen {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for old := range j.known {
		if len(j.known) < memorySize {
			break
		}
		delete(j.known, old)
	}
	j.known[s] = given{[cookie.ClientLen]byte(option), bytes.Clone(option[cookie.ClientLen:]), time.Now().Add(jarTime)}
}

func (j *jar) forget(s Server) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.known, s)
}

var errCookie = errors.New("the answer lacks the cookie that the server used to send")

// checkCookie reports how r shows that it is not of the server (RFC 7873, Section
// 5.3): errStranger with a cookie that is not ours, errCookie without the one
// that was to be expected.
func (m *sent) checkCookie(r *wire.Reply) error {
	switch got := r.EDNS.Cookie; {
	case m.cookie == nil:
		return nil
	case got != nil && subtle.ConstantTimeCompare(got[:cookie.ClientLen], m.cookie[:cookie.ClientLen]) == 0:
		return errStranger
	case got == nil && len(m.cookie) > cookie.ClientLen:
		return errCookie
	}
	return nil
}

// message is the octets of m. The OPT record stands last, and is empty.
func (m *sent) message(dst []byte) []byte {
	dst = m.Append(dst)
	if m.cookie == nil || m.BufferSize == 0 {
		return dst
	}
	binary.BigEndian.PutUint16(dst[len(dst)-2:], uint16(4+len(m.cookie)))
	dst = binary.BigEndian.AppendUint16(dst, uint16(wire.OptionCookie))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(m.cookie)))
	return append(dst, m.cookie...)
}

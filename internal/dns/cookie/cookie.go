// Package cookie makes and verifies DNS server cookies (RFC 7873) in the form
// that servers of different make can share (RFC 9018, Section 4).
package cookie

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"
)

// Lengths in octets.
const (
	ClientLen = 8
	ServerLen = 16
	SecretLen = 16
)

const (
	version = 1 // RFC 9018, Section 4.1
	headLen = 8 // what stands before the hash in a server cookie
)

// Times of RFC 9018, Section 4.3, in seconds.
const (
	maxAge    = 3600 // an older cookie is not valid
	maxAhead  = 300  // nor is one from further in the future
	refreshAt = 1800 // an older valid one is replaced
)

// Secret keys the hash of cookies.
type Secret struct{ k0, k1 uint64 }

// NewSecret is a random secret.
func NewSecret() Secret {
	var b [SecretLen]byte
	rand.Read(b[:])
	return secretOf(b[:])
}

// ParseSecret reads 32 hexadecimal digits.
func ParseSecret(text string) (Secret, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != SecretLen {
		return Secret{}, fmt.Errorf("a cookie secret is %d hexadecimal digits; make one with: openssl rand -hex %d", 2*SecretLen, SecretLen)
	}
	return secretOf(b), nil
}

func secretOf(b []byte) Secret {
	return Secret{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
}

// Jar holds the secrets: the first makes cookies, all of them verify. It is
// immutable; Rotate makes the next one.
type Jar struct{ secrets []Secret }

// NewJar is a jar of these secrets, at least one.
func NewJar(secrets ...Secret) *Jar { return &Jar{secrets} }

// Rotate puts fresh in front and keeps the one that was there for cookies still
// about (RFC 9018, Section 5).
func (j *Jar) Rotate(fresh Secret) *Jar { return &Jar{[]Secret{fresh, j.secrets[0]}} }

// Check is what a server finds in the COOKIE option of a query.
type Check uint8

const (
	// None: no server cookie, or one that is not ours or too old.
	None Check = iota
	// Aging: ours, and due for renewal.
	Aging
	// Valid: ours.
	Valid
)

// Verify judges the option data of a query that came from peer at now: 8 octets
// of client cookie and perhaps a server cookie.
func (j *Jar) Verify(option []byte, peer netip.Addr, now time.Time) Check {
	if len(option) != ClientLen+ServerLen || option[ClientLen] != version {
		return None
	}
	stamp := binary.BigEndian.Uint32(option[12:])
	age := int32(uint32(now.Unix()) - stamp) // serial arithmetic (RFC 9018, Section 4.3)
	if age > maxAge || age < -maxAhead {
		return None
	}
	for _, s := range j.secrets {
		var want [ServerLen]byte
		s.server(&want, option, option[ClientLen:ClientLen+headLen], peer)
		if subtle.ConstantTimeCompare(want[:], option[ClientLen:]) == 1 {
			if age > refreshAt {
				return Aging
			}
			return Valid
		}
	}
	return None
}

// Server writes the server cookie for a client cookie of peer at now to dst.
func (j *Jar) Server(dst *[ServerLen]byte, client []byte, peer netip.Addr, now time.Time) {
	head := [headLen]byte{version}
	binary.BigEndian.PutUint32(head[4:], uint32(now.Unix()))
	j.secrets[0].server(dst, client, head[:], peer)
}

// server writes head, which is the version, three reserved octets and the time,
// and the hash over the client cookie, head and the client's address (RFC 9018,
// Section 4.4). Reserved octets are zero in what we make; those of another
// server may not be, and are hashed as they came (RFC 9018, Section 4.2).
func (s Secret) server(dst *[ServerLen]byte, client, head []byte, peer netip.Addr) {
	var msg [32]byte
	copy(msg[:], client[:ClientLen])
	copy(msg[ClientLen:], head)
	n := 20
	if peer = peer.Unmap(); peer.Is4() {
		ip := peer.As4()
		copy(msg[16:], ip[:])
	} else {
		ip := peer.As16()
		n = 16 + copy(msg[16:], ip[:])
	}
	copy(dst[:], head)
	binary.LittleEndian.PutUint64(dst[headLen:], sipHash24(s.k0, s.k1, msg[:n]))
}

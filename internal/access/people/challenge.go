package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// challenges makes what passkeys sign, and knows it again: a challenge proves by
// itself what it was made for and until when, so that those who ask for many of
// them take no memory. Only those that were used are remembered, until they end.
type challenges struct {
	key [32]byte // since the start
	mu  sync.Mutex
	had map[[nonceSize]byte]time.Time // when those that were used end
}

// The octets of a challenge: chance, when it ends, and the proof.
const (
	nonceSize     = 16
	timeSize      = 8
	challengeSize = nonceSize + timeSize + sha256.Size
)

// challengeLasts is how long somebody may take to use a passkey.
const challengeLasts = 5 * time.Minute

func newChallenges() *challenges {
	c := &challenges{had: make(map[[nonceSize]byte]time.Time)}
	_, _ = rand.Read(c.key[:]) // never fails
	return c
}

// issue makes a challenge for a purpose.
func (c *challenges) issue(purpose string, now time.Time) []byte {
	out := make([]byte, nonceSize, challengeSize)
	_, _ = rand.Read(out)
	out = binary.BigEndian.AppendUint64(out, uint64(now.Add(challengeLasts).Unix()))
	return append(out, c.prove(out, purpose)...)
}

func (c *challenges) prove(of []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, c.key[:])
	_, _ = mac.Write(of) // never fails
	_, _ = mac.Write([]byte(purpose))
	return mac.Sum(nil)
}

// known reports whether a challenge was made for that purpose, has not ended, and
// was not used.
func (c *challenges) known(challenge []byte, purpose string, now time.Time) bool {
	if len(challenge) != challengeSize {
		return false
	}
	head, proof := challenge[:nonceSize+timeSize], challenge[nonceSize+timeSize:]
	if !hmac.Equal(proof, c.prove(head, purpose)) || !now.Before(endOf(challenge)) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, used := c.had[[nonceSize]byte(challenge)]
	return !used
}

func endOf(challenge []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(challenge[nonceSize:])), 0)
}

// use makes a known challenge one that was used; it is false where it was before.
func (c *challenges) use(challenge []byte, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for nonce, end := range c.had {
		if !now.Before(end) {
			delete(c.had, nonce)
		}
	}
	nonce := [nonceSize]byte(challenge)
	if _, used := c.had[nonce]; used {
		return false
	}
	c.had[nonce] = endOf(challenge)
	return true
}

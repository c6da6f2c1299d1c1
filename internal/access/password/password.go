// Package password keeps the passwords of people: as argon2id, which costs a
// guess time and memory, and never more than a few of them at one time, so that
// a flood of guesses costs the server no more than that.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"time"

	"golang.org/x/crypto/argon2"
)

// Cost is what the digest of a password costs.
type Cost struct {
	Memory  uint32 // in KiB
	Time    uint32 // passes over the memory
	Threads uint8
}

// Recommended is the second choice of RFC 9106, Section 4: 64 MiB, three passes.
var Recommended = Cost{Memory: 64 << 10, Time: 3, Threads: 4}

// Octets of a salt and of a digest.
const (
	saltSize   = 16
	digestSize = 32
)

// How many digests are made at once, for strangers and for those who are known, how
// many calls of each wait for their turn, and for how long.
const (
	atOnce  = 1
	inLine  = 32
	patient = 10 * time.Second
)

// ErrBusy says that too many passwords are being checked. Nothing is known of
// the one that was given.
var ErrBusy = errors.New("too many passwords are being checked; try again in a few seconds")

// Hasher makes digests and checks passwords. Its methods may be called from many
// goroutines at once.
type Hasher struct {
	cost  Cost
	line  chan struct{} // those who wait or are at work
	slots chan struct{} // those at work
	never []byte        // the digest of a password that nobody has
	kept  *Hasher
}

// New is a Hasher whose digests cost so much.
func New(cost Cost) *Hasher {
	h, kept := newHasher(cost), newHasher(cost)
	h.kept, kept.kept = kept, kept
	return h
}

func newHasher(cost Cost) *Hasher {
	return &Hasher{cost: cost, line: make(chan struct{}, atOnce+inLine), slots: make(chan struct{}, atOnce), never: make([]byte, digestSize)}
}

// Kept is h for those who are known: its calls have a line of their own, in which a
// flood of strangers takes no place, and which does not wait for them.
func (h *Hasher) Kept() *Hasher { return h.kept }

// Hash is the digest of a password in the PHC string format, with a new salt. It
// returns ErrBusy, or the error of ctx.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	d := digest{cost: h.cost, salt: make([]byte, saltSize)}
	_, _ = rand.Read(d.salt) // never fails
	sum, err := h.sum(ctx, password, &d)
	if err != nil {
		return "", err
	}
	d.sum = sum
	return d.String(), nil
}

// Verify reports whether hash is the digest of password, and whether it was made
// at another cost, so that a new one should take its place. Where hash is empty
// or cannot be read nothing fits, which takes as long to find out.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (fits, stale bool, err error) {
	d, known := parse(hash)
	if !known {
		d = digest{cost: h.cost, salt: make([]byte, saltSize), sum: h.never}
	}
	sum, err := h.sum(ctx, password, &d)
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(sum, d.sum) == 1
	return same && known, d.cost != h.cost, nil
}

// sum works the digest out when it is this call's turn.
func (h *Hasher) sum(ctx context.Context, password string, d *digest) ([]byte, error) {
	select {
	case h.line <- struct{}{}:
		defer func() { <-h.line }()
	default:
		return nil, ErrBusy
	}
	wait, stop := context.WithTimeout(ctx, patient)
	defer stop()
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-wait.Done():
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, ErrBusy
	}
	return argon2.IDKey([]byte(password), d.salt, d.cost.Time, d.cost.Memory, d.cost.Threads, digestSize), nil
}

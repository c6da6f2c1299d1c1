package people

import (
	"context"

	"github.com/truename-dns/truename/internal/access"
)

// SignIn opens a session for who has that e-mail address and that password. Its
// answer and the time that it takes do not tell whether somebody has the address,
// but to who shares a network with them. Errors are ErrSignIn, and *access.Error of
// class TooMany where there were too many attempts; see attempt. It may wait some
// seconds.
func (k *Keeper) SignIn(ctx context.Context, email, password string, from *From) (*Current, error) {
	if len(email) > access.MaxEmail {
		email = ""
	}
	e := k.ofEmail(email)
	a, err := k.attempt(ctx, email, e, from)
	if err != nil {
		return nil, err
	}
	hash := ""
	if e != nil {
		hash = e.password
	}
	fits, stale, err := k.line(a).Verify(ctx, hash, password)
	if err != nil {
		a.won() // nothing was learnt
		return nil, unhashed(err)
	}
	if !fits {
		return nil, ErrSignIn
	}
	a.won()
	if stale {
		k.rehash(ctx, e, password)
	}
	return k.admit(ctx, e.ID, hash, from)
}

// admit opens a session for a person whose password still has that digest, or
// the one that took its place at another cost.
func (k *Keeper) admit(ctx context.Context, id, hash string, from *From) (*Current, error) {
	k.write.Lock()
	defer k.write.Unlock()
	e := k.people[id]
	if e == nil || e.password != hash && !e.rehashed(hash) {
		return nil, ErrSignIn
	}
	return k.start(ctx, e, from, false)
}

// rehashed reports whether the digest of e took the place of hash.
func (e *entry) rehashed(hash string) bool { return hash != "" && e.before == hash }

// rehash gives the password a digest of today's cost. That it does not come to
// be is no reason to keep somebody out.
func (k *Keeper) rehash(ctx context.Context, e *entry, password string) {
	hash, err := k.hasher.Kept().Hash(ctx, password)
	if err != nil {
		return
	}
	_, _ = k.alter(ctx, e.ID, func(now *entry) error {
		if now.password == e.password {
			now.password, now.before = hash, e.password
		}
		return nil
	})
}

func (k *Keeper) ofEmail(email string) *entry {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.byEmail[access.FoldEmail(email)]
}

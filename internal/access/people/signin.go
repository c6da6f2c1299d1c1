package people

import (
	"context"
	"net/netip"
	"strings"

	"github.com/truename-dns/truename/internal/access"
)

// SignIn opens a session for who has that e-mail address and that password. Its
// answer and the time that it takes do not tell whether somebody has the address.
// Errors are ErrSignIn, and *access.Error of class TooMany for a network, or for
// an address, that has had too many attempts.
func (k *Keeper) SignIn(ctx context.Context, email, password string, from *From) (*Current, error) {
	if len(email) > access.MaxEmail {
		email = ""
	}
	e := k.ofEmail(email)
	won, err := k.attempt(from.Address, k.emailKey(email, e, from.Address))
	if err != nil {
		return nil, err
	}
	hash := ""
	if e != nil {
		hash = e.password
	}
	fits, stale, err := k.hasher.Verify(ctx, hash, password)
	if err != nil {
		won() // nothing was learnt
		return nil, unhashed(err)
	}
	if !fits {
		return nil, ErrSignIn
	}
	won()
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
	return k.start(ctx, e, from)
}

// rehashed reports whether the digest of e took the place of hash.
func (e *entry) rehashed(hash string) bool { return hash != "" && e.before == hash }

// rehash gives the password a digest of today's cost. That it does not come to
// be is no reason to keep somebody out.
func (k *Keeper) rehash(ctx context.Context, e *entry, password string) {
	hash, err := k.hasher.Hash(ctx, password)
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

// emailKey is what attempts with an e-mail address are counted under. A network
// in which the person has a session counts by itself: nobody elsewhere can shut
// them out by guessing.
func (k *Keeper) emailKey(email string, e *entry, from netip.Addr) string {
	key := access.FoldEmail(email)
	if e == nil {
		return key
	}
	network := access.Network(from)
	for _, s := range k.Sessions(e.ID) {
		if at, err := netip.ParseAddr(s.Address); err == nil && access.Network(at) == network {
			return key + " " + network
		}
	}
	return key
}

// attempt counts an attempt of a network and, unless key is empty, of what is
// tried. It is to be called before anything is compared, so that attempts that
// come together count too; one that succeeds is given back by won.
func (k *Keeper) attempt(from netip.Addr, key string) (won func(), err error) {
	network := access.Network(from)
	if ok, wait := k.networks.Allow(network, 1); !ok {
		return nil, tooMany(wait)
	}
	if key = strings.TrimSpace(key); key == "" {
		return func() { k.networks.Return(network, 1) }, nil
	}
	if ok, wait := k.emails.Allow(key, 1); !ok {
		return nil, tooMany(wait)
	}
	return func() {
		k.networks.Return(network, 1)
		k.emails.Return(key, 1)
	}, nil
}

package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Authenticate is the Principal of the token with that secret, for a client at
// from. Errors are *Error: ErrUnknown, token-expired, network-denied, and
// too-many-failures for a network that has guessed too often.
func (k *Keeper) Authenticate(_ context.Context, secret string, from netip.Addr) (*Principal, error) {
	t := k.find(secret)
	if t == nil {
		return nil, k.unknown(from)
	}
	return k.admit(t, from)
}

// AuthenticateKey is Authenticate for a client that gives the e-mail address of
// the account as well; any token of the account will do as the key. The first
// account has no address until somebody gives it one: for it any address will
// do that is not of another account. The key is the secret, the address is not.
func (k *Keeper) AuthenticateKey(_ context.Context, email, key string, from netip.Addr) (*Principal, error) {
	t := k.find(key)
	if t == nil || len(email) > MaxEmail || !k.mayBe(t, FoldEmail(email)) {
		return nil, k.unknown(from)
	}
	return k.admit(t, from)
}

// mayBe reports whether email is the address of the account of t, or could be.
func (k *Keeper) mayBe(t *tokenEntry, email string) bool {
	if t.email != firstEmail {
		return sameText(t.email, email)
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	other := k.byEmail[email]
	return email != "" && (other == nil || other.ID == t.Account)
}

// find looks up by digest: what the time of the lookup tells is of a digest
// that nobody can steer without knowing the secret.
func (k *Keeper) find(secret string) *tokenEntry {
	if secret == "" || len(secret) > maxSecret {
		return nil
	}
	d := digestOf(secret)
	k.mu.RLock()
	t := k.byDigest[d]
	k.mu.RUnlock()
	if t == nil || subtle.ConstantTimeCompare(t.digest[:], d[:]) != 1 {
		return nil
	}
	return t
}

// sameText compares in a time that tells nothing, not even of the lengths. Two
// empty texts are not the same: an account without an address has none to give.
func sameText(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1 && a != ""
}

// unknown counts a failure of the network of from.
func (k *Keeper) unknown(from netip.Addr) error {
	if ok, wait := k.failures.Allow(Network(from), 1); !ok {
		return throttled(wait)
	}
	return ErrUnknown
}

func (k *Keeper) admit(t *tokenEntry, from netip.Addr) (*Principal, error) {
	if t.Chosen {
		// Only a secret that a person chose can be guessed. Others go on
		// working for those who share a network with somebody who tries.
		if q := k.failures.Ask(Network(from), 1); !q.OK {
			return nil, throttled(q.RetryAfter)
		}
	}
	now := k.now()
	if end := t.Limits.Expires; !end.IsZero() && !now.Before(end) {
		return nil, &Error{Class: Unauthenticated, Code: "token-expired", Message: "the token " + t.Name + " ended at " + instant(end), Fix: "make a new one"}
	}
	if nets := t.Limits.Networks; len(nets) > 0 {
		from = from.Unmap().WithZone("")
		if !slices.ContainsFunc(nets, func(p netip.Prefix) bool { return p.Contains(from) }) {
			return nil, &Error{Class: Forbidden, Code: "network-denied", Message: fmt.Sprintf("the token %s may not be used from %s", t.Name, from), Fix: "use it from " + some(nets)}
		}
	}
	if used := now.Unix(); t.used.Load() != used { // spares the cache line of a busy token
		t.used.Store(used)
	}
	return t.principal, nil
}

func throttled(wait time.Duration) error {
	return &Error{
		Class: TooMany, Code: "too-many-failures", RetryAfter: wait,
		Message: "too many attempts from your network with tokens that are not known",
		Fix:     "wait " + RetryText(wait) + ", and use a token that is",
	}
}

package access

import (
	"context"
	"errors"

	"github.com/truename-dns/truename/internal/store"
)

// The account and the token that come with a server. Their ids are the same
// everywhere, so that two servers that start on one store make them once.
const (
	FirstAccount = "00000000000000000000000000000001"
	FirstToken   = "00000000000000000000000000000001"
)

const (
	firstName  = "admin"
	firstEmail = "admin@truename.invalid" // a name that is sure not to exist (RFC 2606, Section 2)
)

// EnsureAdmin sees to it that somebody can get in. On the first start it makes
// the account admin with a token that may do everything, and returns its
// secret to be shown this once. Where the operator chose a secret, the token
// has that one, and follows when another is chosen; it is never returned.
// made reports whether the token is new or has a new secret.
func (k *Keeper) EnsureAdmin(ctx context.Context, secret string) (shownOnce string, made bool, err error) {
	if secret != "" {
		if err := CheckChosen(secret); err != nil {
			return "", false, err
		}
	}
	k.write.Lock()
	defer k.write.Unlock()
	isFirst := k.accounts[FirstAccount] == nil
	switch {
	case secret == "" && !isFirst: // its token may have been revoked on purpose
		return "", false, nil
	case secret == "":
		secret = newSecret()
		shownOnce = secret
	}
	t, err := k.firstToken(secret)
	if t == nil || err != nil {
		return "", false, err
	}
	if isFirst {
		err = k.makeFirst(ctx, t)
	} else {
		err = k.saveToken(ctx, t)
	}
	if err != nil {
		return "", false, err
	}
	return shownOnce, true, nil
}

// firstToken is the first token with that secret; nil if it has it already.
func (k *Keeper) firstToken(secret string) (*tokenEntry, error) {
	d := digestOf(secret)
	if other := k.byDigest[d]; other != nil {
		if other.ID == FirstToken {
			return nil, nil
		}
		return nil, conflict("secret-taken", "the token "+other.Name+" has that secret", "choose another one for the admin")
	}
	var version uint64
	if before := k.tokens[FirstToken]; before != nil {
		version = before.version
	}
	return newTokenEntry(&Token{
		ID: FirstToken, Account: FirstAccount, Name: firstName, Prefix: shown(secret), Chosen: !isOurs(secret),
		Limits: Limits{Scopes: []Scope{AllScopes}}, Created: k.timestamp(),
	}, d, version), nil
}

// makeFirst writes the token before its account: a server that dies between the
// two finds no account at its next start and makes both again, where the other
// order would leave an account that nobody can get into.
func (k *Keeper) makeFirst(ctx context.Context, t *tokenEntry) error {
	left, err := k.shelf.Get(ctx, tokenKind, FirstToken)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Unreachable("the first token could not be read", err)
	}
	t.version = left.Version
	d, err := t.document()
	if err != nil {
		return err
	}
	if t.version, err = k.put(ctx, d); err != nil {
		return err
	}
	first := Account{ID: FirstAccount, Name: firstName, Email: firstEmail, Role: Admin, Created: t.Created}
	if err := k.saveAccount(ctx, &accountEntry{Account: first, tokens: make(map[string]*tokenEntry)}); err != nil {
		return err
	}
	k.keepToken(t)
	return nil
}

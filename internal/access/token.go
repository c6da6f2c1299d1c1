package access

import (
	"context"
	"fmt"
	"slices"
)

// Tokens is the tokens of that account, or for "" those of all accounts that p
// may see, oldest first.
func (k *Keeper) Tokens(_ context.Context, p *Principal, account string) ([]*Token, error) {
	if err := may(p, TokensRead); err != nil {
		return nil, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if account != "" && k.seenAccount(p, account) == nil {
		return nil, missing("account", account)
	}
	var all []*Token
	for _, a := range k.accounts {
		if account != a.ID && (account != "" || !sees(p, a.ID)) {
			continue
		}
		for _, t := range a.tokens {
			all = append(all, t.view())
		}
	}
	slices.SortFunc(all, func(a, b *Token) int { return byAge(a.Created, a.ID, b.Created, b.ID) })
	return all, nil
}

// Token is the token of that id. Its own one everybody may see.
func (k *Keeper) Token(_ context.Context, p *Principal, id string) (*Token, error) {
	if id != p.Token {
		if err := may(p, TokensRead); err != nil {
			return nil, err
		}
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	t := k.tokens[id]
	if t == nil || !sees(p, t.Account) {
		return nil, missing("token", id)
	}
	return t.view(), nil
}

func sees(p *Principal, account string) bool { return p.Admin || p.Account == account }

// CreateToken makes a token that may do no more than p: in every dimension in
// which p is limited it must be too, and within p's limits. The secret is
// returned this once and never again.
func (k *Keeper) CreateToken(ctx context.Context, p *Principal, spec *TokenSpec) (token *Token, secret string, err error) {
	if err := may(p, TokensWrite); err != nil {
		return nil, "", err
	}
	made, err := k.newToken(p, spec)
	if err != nil {
		return nil, "", err
	}
	secret = newSecret()
	if spec.Key {
		secret = newKey()
	}
	made.Prefix = shown(secret)
	if err := k.addToken(ctx, p, newTokenEntry(made, digestOf(secret), 0)); err != nil {
		return nil, "", err
	}
	return made, secret, nil
}

// newToken checks spec, all but what depends on the other tokens.
func (k *Keeper) newToken(p *Principal, spec *TokenSpec) (*Token, error) {
	name, err := CheckName(spec.Name)
	if err != nil {
		return nil, err
	}
	limits, err := spec.limits(k.now())
	if err != nil {
		return nil, err
	}
	if err := limits.within(&p.Limits); err != nil {
		return nil, err
	}
	t := &Token{ID: newID(), Account: spec.Account, Name: name, Key: spec.Key, Limits: limits, Created: k.timestamp()}
	if t.Account == "" {
		t.Account = p.Account
	}
	return t, nil
}

func (k *Keeper) addToken(ctx context.Context, p *Principal, t *tokenEntry) error {
	k.write.Lock()
	defer k.write.Unlock()
	a := k.seenAccount(p, t.Account)
	if a == nil {
		return missing("account", t.Account)
	}
	if p.Ended() || !p.Person && k.tokens[p.Token] == nil { // revoked since it was authenticated
		return ErrUnknown
	}
	if len(a.tokens) >= MaxTokens {
		return conflict("too-many-tokens", fmt.Sprintf("the account %s has %d tokens, and no account may have more", a.Name, len(a.tokens)), "revoke those that are not in use")
	}
	return k.saveToken(ctx, t)
}

// RevokeToken ends a token for good. Its own one everybody may revoke.
func (k *Keeper) RevokeToken(ctx context.Context, p *Principal, id string) error {
	if id != p.Token {
		if err := may(p, TokensWrite); err != nil {
			return err
		}
	}
	k.write.Lock()
	defer k.write.Unlock()
	t := k.tokens[id]
	if t == nil || !sees(p, t.Account) {
		return missing("token", id)
	}
	return k.removeToken(ctx, t)
}

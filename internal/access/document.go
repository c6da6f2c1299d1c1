package access

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/store"
)

// Kinds of documents on the shelf.
const (
	accountKind = "account"
	tokenKind   = "token"
)

// Role is what an account may do beyond its own zones.
type Role string

const (
	// Member acts for itself.
	Member Role = "member"
	// Admin acts for all accounts.
	Admin Role = "admin"
)

// Account owns zones and tokens.
type Account struct {
	ID      string    `json:"id"` // 32 hexadecimal digits
	Name    string    `json:"name"`
	Email   string    `json:"email,omitempty"` // one account each, in any case of letters
	Role    Role      `json:"role"`
	Created time.Time `json:"created"`
}

// Token is one way into an account. Its secret is not in it, nor is the digest.
type Token struct {
	ID       string    `json:"id"` // 32 hexadecimal digits
	Account  string    `json:"account"`
	Name     string    `json:"name"`
	Prefix   string    `json:"prefix,omitempty"` // how its secret begins, for lists; empty for one that a person chose
	Key      bool      `json:"key,omitempty"`    // its secret has the form of a global key
	Chosen   bool      `json:"chosen,omitempty"` // its secret was chosen by a person: guesses are limited
	Limits   Limits    `json:"limits"`
	Created  time.Time `json:"created"`
	LastUsed time.Time `json:"last_used,omitzero"` // after a restart up to an hour behind
}

// tokenDocument is a Token as it stands on the shelf.
type tokenDocument struct {
	Token
	Digest string `json:"sha256"`
}

// accountEntry is an account with its tokens. All but tokens is immutable.
type accountEntry struct {
	Account
	version uint64
	tokens  map[string]*tokenEntry // by id
}

// tokenEntry is a token ready for use. All but used is immutable.
type tokenEntry struct {
	Token     // its LastUsed is what the shelf knows
	version   uint64
	digest    digest
	email     string // of the account, as emails compare
	principal *Principal
	used      *atomic.Int64 // when it was last used since the start, unix time in seconds; 0 for not
}

// bind makes e ready to act for account.
func (e *tokenEntry) bind(account *Account) *tokenEntry {
	bound := *e
	bound.email = FoldEmail(account.Email)
	bound.principal = &Principal{
		Account: account.ID, Token: e.ID, Name: e.Name, Admin: account.Role == Admin,
		Limits: e.Limits, rules: compile(&e.Limits),
	}
	return &bound
}

// view is the token as others may see it.
func (e *tokenEntry) view() *Token {
	t := e.Token
	if used := e.used.Load(); used != 0 {
		t.LastUsed = time.Unix(used, 0).UTC()
	}
	return &t
}

func newTokenEntry(t *Token, d digest, version uint64) *tokenEntry {
	return &tokenEntry{Token: *t, digest: d, version: version, used: new(atomic.Int64)}
}

func readToken(d *store.Document) (*tokenEntry, error) {
	var doc tokenDocument
	if err := json.Unmarshal(d.Body, &doc); err != nil {
		return nil, unreadable(d, err)
	}
	sum, err := hex.DecodeString(doc.Digest)
	if err != nil || len(sum) != len(digest{}) || doc.ID != d.ID {
		return nil, unreadable(d, errors.New("it has no digest, or another id"))
	}
	return newTokenEntry(&doc.Token, digest(sum), d.Version), nil
}

func (e *tokenEntry) document() (store.Document, error) {
	body, err := json.Marshal(tokenDocument{Token: *e.view(), Digest: hex.EncodeToString(e.digest[:])})
	if err == nil && len(body) > store.MaxDocument {
		err = invalid("limits", "make several tokens, or use patterns", "the lists of the token are longer than %d octets together", store.MaxDocument)
	}
	return store.Document{Kind: tokenKind, ID: e.ID, Version: e.version, Body: body}, err
}

func readAccount(d *store.Document) (*accountEntry, error) {
	e := &accountEntry{version: d.Version, tokens: make(map[string]*tokenEntry)}
	if err := json.Unmarshal(d.Body, &e.Account); err != nil {
		return nil, unreadable(d, err)
	}
	if e.ID != d.ID {
		return nil, unreadable(d, errors.New("it has another id"))
	}
	return e, nil
}

func (e *accountEntry) document() (store.Document, error) {
	body, err := json.Marshal(e.Account)
	return store.Document{Kind: accountKind, ID: e.ID, Version: e.version, Body: body}, err
}

func unreadable(d *store.Document, err error) error {
	return fmt.Errorf("the %s %s in the store cannot be read: %w; restore the store from a backup", d.Kind, d.ID, err)
}

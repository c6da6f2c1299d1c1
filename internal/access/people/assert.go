package people

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/truename-dns/truename/internal/access"
)

// BeginSignIn is what a browser needs to sign in by a passkey, whoever's it is:
// PublicKeyCredentialRequestOptions in JSON.
func (k *Keeper) BeginSignIn(site *Site) (json.RawMessage, error) {
	w, err := site.party()
	if err != nil {
		return nil, err
	}
	challenge := k.challenges.issue(site.purpose(toSignIn, ""), time.Now())
	options, _, err := w.BeginDiscoverableLogin(webauthn.WithChallenge(challenge))
	if err != nil {
		return nil, noSite(site)
	}
	return json.Marshal(options.Response)
}

// SignInByPasskey opens a session for who has the passkey that signed a challenge.
func (k *Keeper) SignInByPasskey(ctx context.Context, site *Site, said []byte, from *From) (*Current, error) {
	a, err := k.asserted(site, said, from)
	if err != nil {
		return nil, err
	}
	k.write.Lock()
	defer k.write.Unlock()
	e, err := k.signed(a)
	if err != nil {
		return nil, err
	}
	return k.start(ctx, e, from, true)
}

// assertion is what a passkey has signed.
type assertion struct {
	person     string // whose it is
	credential *webauthn.Credential
	challenge  []byte
}

// asserted checks what a browser says that a passkey of somebody has signed.
func (k *Keeper) asserted(site *Site, said []byte, from *From) (*assertion, error) {
	a, err := k.assertion(site, said)
	if err != nil {
		return nil, k.missed(from.Address, err)
	}
	return a, nil
}

func (k *Keeper) assertion(site *Site, said []byte) (*assertion, error) {
	w, err := site.party()
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(said)
	if err != nil {
		return nil, unfit(err)
	}
	text := parsed.Response.CollectedClientData.Challenge
	challenge, _ := base64.RawURLEncoding.DecodeString(text)
	if !k.challenges.known(challenge, site.purpose(toSignIn, ""), time.Now()) {
		return nil, errChallenge
	}
	user, credential, err := w.ValidatePasskeyLogin(k.holderOf(site), webauthn.SessionData{
		Challenge: text, RelyingPartyID: site.Domain, UserVerification: protocol.VerificationRequired,
	}, parsed)
	if err != nil {
		return nil, ErrPasskey
	}
	return &assertion{user.(*holder).ID, credential, challenge}, nil
}

var errNobody = errors.New("nobody has that passkey")

// holderOf finds who has a passkey of site.
func (k *Keeper) holderOf(site *Site) webauthn.DiscoverableUserHandler {
	return func(credential, handle []byte) (webauthn.User, error) {
		k.mu.RLock()
		defer k.mu.RUnlock()
		e := k.byCredential[string(credential)]
		if e == nil || !e.Active() || hex.EncodeToString(handle) != e.ID {
			return nil, errNobody
		}
		return &holder{e.view(), site.Domain}, nil
	}
}

// signed is the person of an assertion after that use of the passkey. It refuses one that
// counts its signatures and has not gone on: there may be two of it (Web
// Authentication Level 3, Section 6.1.1). It needs write.
func (k *Keeper) signed(a *assertion) (*entry, error) {
	before, c := k.people[a.person], a.credential
	if before == nil || !k.challenges.use(a.challenge, time.Now()) {
		return nil, ErrPasskey
	}
	i := slices.IndexFunc(before.Passkeys, func(p Passkey) bool { return string(p.Credential) == string(c.ID) })
	if i < 0 { // removed meanwhile
		return nil, ErrPasskey
	}
	count, last := c.Authenticator.SignCount, before.Passkeys[i].Count
	if c.Authenticator.CloneWarning || count <= last && (count != 0 || last != 0) {
		return nil, &access.Error{Class: access.Unauthenticated, Code: "passkey-copied", Message: "the passkey has been used elsewhere with the same or a later count, so that there may be a copy of it",
			Fix: "sign in with your password, remove the passkey and add it anew"}
	}
	e := *before
	e.Passkeys = slices.Clone(before.Passkeys)
	p := &e.Passkeys[i]
	p.Count, p.Synced, p.Used = count, c.Flags.BackupState, k.timestamp()
	return &e, nil
}

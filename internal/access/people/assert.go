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
	won, err := k.attempt(from.Address, "")
	if err != nil {
		return nil, err
	}
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
	won()
	k.write.Lock()
	defer k.write.Unlock()
	e, err := k.signed(user.(*holder).ID, credential, challenge)
	if err != nil {
		return nil, err
	}
	return k.start(ctx, e, from)
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

// signed is the person of that id after the use of a passkey. It refuses one that
// counts its signatures and has not gone on: there may be two of it (Web
// Authentication Level 3, Section 6.1.1). It needs write.
func (k *Keeper) signed(id string, c *webauthn.Credential, challenge []byte) (*entry, error) {
	before := k.people[id]
	if before == nil || !k.challenges.use(challenge, time.Now()) {
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

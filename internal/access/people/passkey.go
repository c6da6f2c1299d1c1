package people

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/truename-dns/truename/internal/access"
)

// Passkey is a credential of WebAuthn: what the server knows of it is public.
type Passkey struct {
	Credential []byte    `json:"credential"` // its id
	Site       string    `json:"site"`       // the domain that it belongs to
	Name       string    `json:"name"`
	Key        []byte    `json:"key"` // COSE (RFC 9052, Section 7)
	Model      []byte    `json:"model,omitempty"`
	Count      uint32    `json:"count,omitempty"` // of signatures, where the device counts
	Syncable   bool      `json:"syncable,omitempty"`
	Synced     bool      `json:"synced,omitempty"`
	Transports []string  `json:"transports,omitempty"`
	Created    time.Time `json:"created"`
	Used       time.Time `json:"used,omitzero"`
}

// ID is the id of p as browsers have it.
func (p *Passkey) ID() string { return base64.RawURLEncoding.EncodeToString(p.Credential) }

// Site is how a browser knows the server. A passkey belongs to one.
type Site struct {
	Domain string // the host without its port; no address
	Origin string // scheme, host and port
}

// Purposes of challenges.
const (
	toSignIn = "sign in"
	toAdd    = "add"
)

func (s *Site) purpose(what, person string) string { return what + "\n" + s.Domain + "\n" + person }

// party is s as the library has it.
func (s *Site) party() (*webauthn.WebAuthn, error) {
	w, err := webauthn.New(&webauthn.Config{
		RPID: s.Domain, RPDisplayName: "Truename", RPOrigins: []string{s.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(), ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore, // some password managers add theirs
	})
	if err != nil {
		return nil, noSite(s)
	}
	return w, nil
}

func noSite(s *Site) error {
	return invalid("host", "reach it by a name and HTTPS, or at http://localhost", "a server that is reached at %.80s cannot have passkeys", s.Origin)
}

// BeginPasskey is what the browser of who has the session c needs to make a
// passkey: PublicKeyCredentialCreationOptions in JSON.
func (k *Keeper) BeginPasskey(c *Current, site *Site) (json.RawMessage, error) {
	w, err := site.party()
	if err != nil {
		return nil, err
	}
	user := &holder{c.Person, site.Domain}
	known := webauthn.Credentials(user.WebAuthnCredentials()).CredentialDescriptors()
	challenge := k.challenges.issue(site.purpose(toAdd, c.Person.ID), time.Now())
	options, _, err := w.BeginRegistration(user, webauthn.WithExclusions(known), func(o *protocol.PublicKeyCredentialCreationOptions) error {
		o.Challenge = challenge
		return nil
	})
	if err != nil {
		return nil, noSite(site)
	}
	return json.Marshal(options.Response)
}

// AddPasskey keeps the passkey that was made, under that name; empty for a usual one.
func (k *Keeper) AddPasskey(ctx context.Context, c *Current, site *Site, name string, made []byte) (*Passkey, error) {
	if strings.TrimSpace(name) == "" {
		name = "Passkey"
	}
	name, err := access.CheckName(name)
	if err != nil {
		return nil, err
	}
	w, err := site.party()
	if err != nil {
		return nil, err
	}
	credential, challenge, err := k.made(w, c, site, made)
	if err != nil {
		return nil, err
	}
	p := passkeyOf(credential, site)
	p.Name, p.Created = name, k.timestamp()
	_, err = k.alter(ctx, c.Person.ID, func(e *entry) error { return k.addPasskey(e, c, p, challenge) })
	return p, err
}

// made checks what a browser says of the passkey that it has made.
func (k *Keeper) made(w *webauthn.WebAuthn, c *Current, site *Site, said []byte) (*webauthn.Credential, []byte, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(said)
	if err != nil {
		return nil, nil, unfit(err)
	}
	text := parsed.Response.CollectedClientData.Challenge
	challenge, _ := base64.RawURLEncoding.DecodeString(text)
	if !k.challenges.known(challenge, site.purpose(toAdd, c.Person.ID), time.Now()) {
		return nil, nil, errChallenge
	}
	user := &holder{c.Person, site.Domain}
	credential, err := w.CreateCredential(user, webauthn.SessionData{
		Challenge: text, RelyingPartyID: site.Domain, UserID: user.WebAuthnID(),
		UserVerification: protocol.VerificationRequired, CredParams: webauthn.CredentialParametersDefault(),
	}, parsed)
	if err != nil {
		return nil, nil, unfit(err)
	}
	return credential, challenge, nil
}

var errChallenge error = invalid("credential", "begin again", "it took too long, or the server was restarted, or it was sent twice")

// unfit is why what a browser says of a passkey is not taken. What the library
// says has no secrets in it.
func unfit(err error) error {
	e := invalid("credential", "begin again", "the passkey could not be taken")
	e.Cause = err
	return e
}

// addPasskey gives e the passkey p. It needs write.
func (k *Keeper) addPasskey(e *entry, c *Current, p *Passkey, challenge []byte) error {
	switch {
	case c.Principal.Ended():
		return ErrSession
	case len(e.Passkeys) >= MaxPasskeys:
		return conflict("too-many-passkeys", fmt.Sprintf("you have %d passkeys, and there is room for no more", len(e.Passkeys)), "remove those that you do not use")
	case k.byCredential[string(p.Credential)] != nil:
		return conflict("passkey-exists", "the passkey is known already", "use another device")
	case !k.challenges.use(challenge, time.Now()):
		return errChallenge
	}
	e.Passkeys = append(slices.Clone(e.Passkeys), *p)
	return nil
}

// RemovePasskey takes a passkey of a person away.
func (k *Keeper) RemovePasskey(ctx context.Context, person, id string) error {
	_, err := k.alter(ctx, person, func(e *entry) error {
		i := slices.IndexFunc(e.Passkeys, func(p Passkey) bool { return p.ID() == id })
		if i < 0 {
			return missing("passkey", id)
		}
		e.Passkeys = slices.Delete(slices.Clone(e.Passkeys), i, i+1)
		return nil
	})
	return err
}

// holder is a person as the library has them, with the passkeys of one domain.
type holder struct {
	*Person
	domain string
}

// WebAuthnID is the user handle: the id of the person, which says nothing of them
// (Web Authentication Level 3, Section 14.6.1).
func (h *holder) WebAuthnID() []byte {
	id, _ := hex.DecodeString(h.ID)
	return id
}

func (h *holder) WebAuthnName() string        { return h.Email }
func (h *holder) WebAuthnDisplayName() string { return h.Name }

func (h *holder) WebAuthnCredentials() []webauthn.Credential {
	var all []webauthn.Credential
	for i := range h.Passkeys {
		if h.Passkeys[i].Site == h.domain {
			all = append(all, h.Passkeys[i].credential())
		}
	}
	return all
}

func (p *Passkey) credential() webauthn.Credential {
	c := webauthn.Credential{
		ID: p.Credential, PublicKey: p.Key,
		Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: p.Syncable, BackupState: p.Synced},
		Authenticator: webauthn.Authenticator{AAGUID: p.Model, SignCount: p.Count},
	}
	for _, t := range p.Transports {
		c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
	}
	return c
}

func passkeyOf(c *webauthn.Credential, site *Site) *Passkey {
	const most = 8
	p := &Passkey{
		Credential: c.ID, Site: site.Domain, Key: c.PublicKey, Model: c.Authenticator.AAGUID, Count: c.Authenticator.SignCount,
		Syncable: c.Flags.BackupEligible, Synced: c.Flags.BackupState,
	}
	for _, t := range c.Transport[:min(most, len(c.Transport))] {
		if len(t) <= 2*most {
			p.Transports = append(p.Transports, string(t))
		}
	}
	return p
}

// Package passkeytest is an authenticator in software, for tests: it makes
// passkeys and signs with them as a browser and its device do (Web
// Authentication Level 3, Sections 6.3.2 and 6.3.3).
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// Device holds one passkey. Its fields may be changed to make it lie.
type Device struct {
	Key    *ecdsa.PrivateKey
	ID     []byte // of the credential
	Handle []byte // of the person, as it was told when the passkey was made
	Site   string // domain that it signs for; empty for the one that it is asked for
	Count  uint32 // of signatures; one more with each, unless it is 0
	Flags  byte   // of the authenticator data, but for those that follow from what is done
}

// Flags of authenticator data (Section 6.1).
const (
	Present  = 1 << 0
	Verified = 1 << 2
	Syncable = 1 << 3
	Synced   = 1 << 4
	attested = 1 << 6
)

// New is a device that counts its signatures and has verified its user.
func New() (*Device, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	d := &Device{Key: key, ID: make([]byte, 16), Count: 1, Flags: Present | Verified}
	_, _ = rand.Read(d.ID) // never fails
	return d, nil
}

// options is as much as a device looks at of what it is asked for.
type options struct {
	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	UserVerification       string `json:"userVerification"`
	AuthenticatorSelection struct {
		ResidentKey      string `json:"residentKey"`
		UserVerification string `json:"userVerification"`
	} `json:"authenticatorSelection"`
	Parameters []struct {
		Alg int `json:"alg"`
	} `json:"pubKeyCredParams"`
}

// client is the client data: what the browser adds (Section 5.8.1).
type client struct {
	Type        string `json:"type"`
	Challenge   string `json:"challenge"`
	Origin      string `json:"origin"`
	CrossOrigin bool   `json:"crossOrigin"`
}

var b64 = base64.RawURLEncoding

// Create makes the passkey that the options want, at a page of that origin, and
// returns the credential as its toJSON would.
func (d *Device) Create(text json.RawMessage, origin string) (json.RawMessage, error) {
	var o options
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	const es256 = -7
	if len(o.Parameters) == 0 || o.Parameters[0].Alg == 0 || !o.takes(es256) {
		return nil, errors.New("the options do not take ES256")
	}
	if s := o.AuthenticatorSelection; s.ResidentKey != "required" || s.UserVerification != "required" {
		return nil, fmt.Errorf("the options want %+v", s)
	}
	var err error
	if d.Handle, err = b64.DecodeString(o.User.ID); err != nil {
		return nil, err
	}
	said, err := json.Marshal(client{"webauthn.create", o.Challenge, origin, false})
	if err != nil {
		return nil, err
	}
	return d.credential(map[string]any{
		"clientDataJSON": b64.EncodeToString(said), "attestationObject": b64.EncodeToString(d.attestation(o.RP.ID)), "transports": []string{"internal"},
	})
}

func (o *options) takes(alg int) bool {
	for _, p := range o.Parameters {
		if p.Alg == alg {
			return true
		}
	}
	return false
}

// Sign signs in with the passkey, at a page of that origin.
func (d *Device) Sign(text json.RawMessage, origin string) (json.RawMessage, error) {
	var o options
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	if o.UserVerification != "required" {
		return nil, fmt.Errorf("the options want user verification %q", o.UserVerification)
	}
	said, err := json.Marshal(client{"webauthn.get", o.Challenge, origin, false})
	if err != nil {
		return nil, err
	}
	if d.Count > 0 {
		d.Count++
	}
	data, sum := d.data(o.RPID, 0), sha256.Sum256(said)
	digest := sha256.Sum256(append(append([]byte{}, data...), sum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.Key, digest[:])
	if err != nil {
		return nil, err
	}
	return d.credential(map[string]any{
		"clientDataJSON": b64.EncodeToString(said), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(d.Handle),
	})
}

func (d *Device) credential(response map[string]any) (json.RawMessage, error) {
	id := b64.EncodeToString(d.ID)
	return json.Marshal(map[string]any{
		"id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{}, "response": response,
	})
}

// data is the authenticator data (Section 6.1).
func (d *Device) data(domain string, flags byte) []byte {
	if d.Site != "" {
		domain = d.Site
	}
	sum := sha256.Sum256([]byte(domain))
	out := append(sum[:], d.Flags|flags)
	return binary.BigEndian.AppendUint32(out, d.Count)
}

// attestation is the attestation object, which attests nothing (Sections 6.5.4
// and 8.7).
func (d *Device) attestation(domain string) []byte {
	data := append(d.data(domain, attested), make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.ID)))
	data = append(append(data, d.ID...), d.cose()...)
	out := append([]byte{0xa3, 0x63}, "fmt"...)
	out = append(append(out, 0x64), "none"...)
	out = append(append(append(out, 0x67), "attStmt"...), 0xa0)
	out = append(append(append(out, 0x68), "authData"...), 0x59)
	return append(binary.BigEndian.AppendUint16(out, uint16(len(data))), data...)
}

// cose is the public key: EC2, ES256, P-256, x and y (RFC 9053, Section 7.1.1).
func (d *Device) cose() []byte {
	point, err := d.Key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		panic(err) // the key is one of ours
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	out = append(append(out, point[1:33]...), 0x22, 0x58, 0x20)
	return append(out, point[33:]...)
}

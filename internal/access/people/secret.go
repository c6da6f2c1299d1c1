package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// digest is SHA-256 of a secret of which nobody guesses a part.
type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

// is compares in a time that tells nothing.
func (d digest) is(other digest) bool { return subtle.ConstantTimeCompare(d[:], other[:]) == 1 }

func (d digest) text() string { return hex.EncodeToString(d[:]) }

// newID makes the id of a person or a session: 32 hexadecimal digits.
func newID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// secretLength is that of the secret of a session: 256 bits in base64url.
const secretLength = 43

func newSecret() string {
	var random [32]byte
	_, _ = rand.Read(random[:])
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// csrfOf is the token that requests with the session of that secret carry beside
// it: one who does not know the secret cannot make it, and it does not tell it.
func csrfOf(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("truename csrf")) // never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// A code is typed or pasted by a person: 28 letters and digits of base32 in
// groups of four, 140 bits.
const (
	codeLength = 28
	codeGroup  = 4
	longCode   = 100 // characters that are looked at
)

func newCode() string {
	letters := (rand.Text() + rand.Text())[:codeLength]
	var b strings.Builder
	for i := 0; i < codeLength; i += codeGroup {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(letters[i : i+codeGroup])
	}
	return b.String()
}

// codeDigest is the digest of a code however it was typed; false for what is none.
func codeDigest(code string) (digest, bool) {
	if len(code) > longCode {
		return digest{}, false
	}
	code = strings.ToUpper(code)
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z' || r >= '2' && r <= '7':
			return r
		case r == '0':
			return 'O'
		case r == '-' || r == ' ' || r == '\t' || r == '\n' || r == '\r':
			return -1
		}
		return '?'
	}, code)
	return digestOf(letters), len(letters) == codeLength
}

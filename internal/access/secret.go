package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
)

// The forms of secrets. One that we make has so much chance in it that nobody
// guesses it, which is why a fast digest of it can be kept; one that a person
// chose may have less, and guesses of it are limited.
const (
	tokenPrefix = "truename_"
	tokenDigits = 43 // base 62: 256 bits
	keyDigits   = 37 // hexadecimal, as Cloudflare's global keys are: 148 bits
	shownDigits = 4  // of a secret, to tell one token from another in a list

	minChosen = 8
	maxSecret = 256
)

// digest is SHA-256 of a secret.
type digest [sha256.Size]byte

func digestOf(secret string) digest {
	var room [maxSecret]byte // on the stack
	return sha256.Sum256(append(room[:0], secret...))
}

// newSecret makes the secret of a token: truename_ and 43 letters and digits.
func newSecret() string {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	text := new(big.Int).SetBytes(random[:]).Text(62)
	return tokenPrefix + strings.Repeat("0", tokenDigits-len(text)) + text
}

// newKey makes the secret of a key: 37 hexadecimal digits.
func newKey() string {
	var random [(keyDigits + 1) / 2]byte
	_, _ = rand.Read(random[:])
	return hex.EncodeToString(random[:])[:keyDigits]
}

// newID makes the id of an account or a token: 32 hexadecimal digits.
func newID() string {
	var random [16]byte
	_, _ = rand.Read(random[:])
	return hex.EncodeToString(random[:])
}

// isOurs reports whether a secret has a form that we give.
func isOurs(secret string) bool {
	digits, isToken := strings.CutPrefix(secret, tokenPrefix)
	if isToken {
		return len(digits) == tokenDigits && strings.Trim(digits, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	}
	return len(digits) == keyDigits && strings.Trim(digits, "0123456789abcdef") == ""
}

// shown is the start of a secret that lists may show; nothing of one that a
// person chose, which has nothing to spare.
func shown(secret string) string {
	switch {
	case !isOurs(secret):
		return ""
	case strings.HasPrefix(secret, tokenPrefix):
		return secret[:len(tokenPrefix)+shownDigits]
	}
	return secret[:shownDigits]
}

// CheckChosen says what is wrong with a secret that a person chose.
func CheckChosen(secret string) error {
	const fix = "choose 8 to 256 printable ASCII characters without spaces, best 64 at random: openssl rand -hex 32"
	if len(secret) < minChosen || len(secret) > maxSecret {
		return invalid("secret", fix, "the secret has %d characters", len(secret))
	}
	for i := range len(secret) {
		if secret[i] <= ' ' || secret[i] > '~' {
			return invalid("secret", fix, "the secret has a character that cannot stand in a header of HTTP at position %d", i+1)
		}
	}
	return nil
}

package password

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// digest is a digest of a password with what it was made of.
type digest struct {
	cost Cost
	salt []byte
	sum  []byte
}

// Bounds of what is read: a digest that was tampered with must not take the
// memory of the machine.
const (
	mostMemory = 1 << 20 // KiB
	mostTime   = 64
)

var b64 = base64.RawStdEncoding.Strict()

// String is d in the PHC string format.
func (d *digest) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, d.cost.Memory, d.cost.Time, d.cost.Threads, b64.EncodeToString(d.salt), b64.EncodeToString(d.sum))
}

// parse reads the form of String.
func parse(text string) (digest, bool) {
	var d digest
	var version int
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return d, false
	}
	if n, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &d.cost.Memory, &d.cost.Time, &d.cost.Threads); n != 4 || err != nil {
		return d, false
	}
	var bad [2]error
	d.salt, bad[0] = b64.DecodeString(parts[4])
	d.sum, bad[1] = b64.DecodeString(parts[5])
	sound := bad == [2]error{} && len(d.salt) == saltSize && len(d.sum) == digestSize
	return d, sound && version == argon2.Version && d.cost.sane()
}

func (c Cost) sane() bool {
	return c.Memory >= 8*uint32(c.Threads) && c.Memory <= mostMemory && c.Time >= 1 && c.Time <= mostTime && c.Threads >= 1
}

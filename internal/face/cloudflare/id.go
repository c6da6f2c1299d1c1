package cloudflare

import (
	"crypto/aes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// scramble makes ids of records that look like the original's: 32 digits that
// nobody takes for a count. The key is no secret: an id gives no right.
var scramble, _ = aes.NewCipher([]byte("record id, v4, 1")) // 16 octets are always a key

// recordID is the id of the record that the store knows by that number. It
// stays the same while the record is edited in place.
func recordID(id uint64) string {
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[8:], id)
	scramble.Encrypt(b[:], b[:])
	return hex.EncodeToString(b[:])
}

// parseRecordID takes recordID back; false for what is no id of a record.
func parseRecordID(text string) (uint64, bool) {
	var b [aes.BlockSize]byte
	if len(text) != hex.EncodedLen(len(b)) {
		return 0, false
	}
	if _, err := hex.Decode(b[:], []byte(text)); err != nil {
		return 0, false
	}
	scramble.Decrypt(b[:], b[:])
	id := binary.BigEndian.Uint64(b[8:])
	return id, binary.BigEndian.Uint64(b[:8]) == 0 && id != 0
}

// fileRecordID is the id of a record that the store has no number for, because
// its zone comes from a file: made of what the record is.
func fileRecordID(zone change.ZoneID, owner dname.Name, t rr.Type, data []byte) string {
	h := sha256.New()
	h.Write(zone[:])
	h.Write(owner.Lower())
	h.Write(binary.BigEndian.AppendUint16(nil, uint16(t)))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

package form

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// RecordID is what a record is told by: its name, type and content. It stays as
// long as they do, over restarts, exports and imports.
func RecordID(name, kind, content string) string {
	return encodeID(name + "|" + kind + "|" + content)
}

func encodeID(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// RecordKey is a recordID taken apart.
type RecordKey struct {
	Owner   dname.Name
	Type    rr.Type
	Content string
}

// ParseRecordID takes an id of a record in the zone of that apex apart; ok is
// false for one that no such record can have. Padding is tolerated. Owners and
// contents may hold the separator, so the first reading that fits counts.
func ParseRecordID(id string, apex dname.Name) (key RecordKey, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(id, "="))
	if err != nil {
		return key, false
	}
	text := string(raw)
	for end := strings.IndexByte(text, '|'); end >= 0; {
		name, rest := text[:end], text[end+1:]
		kind, content, found := strings.Cut(rest, "|")
		if !found {
			return key, false
		}
		t, err := rr.ParseType(kind)
		n, bad := dname.Parse(name, nil)
		if err == nil && bad == nil && n.IsAtOrBelow(apex) {
			return RecordKey{n.Lower(), t, content}, true
		}
		next := strings.IndexByte(rest, '|')
		end += 1 + next
	}
	return key, false
}

// UUID is an id in the form that clients want of accounts, tokens and changes:
// that of a UUID as it is, others as one made of it (RFC 9562, Section 5.8).
func UUID(id string) string {
	if u, err := change.ParseZoneID(id); err == nil {
		return u.String()
	}
	sum := sha256.Sum256([]byte(id))
	u := change.ZoneID(sum[:16])
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// IsID reports whether a client means id: as it is, or in the form of uuid.
func IsID(id, given string) bool { return given == id || strings.EqualFold(given, UUID(id)) }

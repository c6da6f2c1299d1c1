package change

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// ZoneID is the identity of a zone: a random UUID (RFC 9562, Section 5.4). A
// zone that is deleted and made anew has another.
type ZoneID [16]byte

// ErrZoneID says that a text is no ZoneID.
var ErrZoneID = errors.New("not a zone id: 32 hexadecimal digits, with or without dashes as in a UUID")

// NewZoneID makes a ZoneID.
func NewZoneID() ZoneID {
	var id ZoneID
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseZoneID reads the form with dashes or without.
func ParseZoneID(text string) (ZoneID, error) {
	var id ZoneID
	switch len(text) {
	case 36:
		if text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
			return id, ErrZoneID
		}
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	case 32:
	default:
		return id, ErrZoneID
	}
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return id, ErrZoneID
	}
	return id, nil
}

// Hex is the form without dashes: 32 digits.
func (id ZoneID) Hex() string { return hex.EncodeToString(id[:]) }

// String is the form of a UUID, with dashes.
func (id ZoneID) String() string {
	h := id.Hex()
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Zone is the properties of a zone: all but its RRsets and its serial.
type Zone struct {
	ID       ZoneID
	Apex     dname.Name // lower case
	Account  string     // whose it is
	Type     string     // as the client wrote it: master, primary, slave, secondary, …
	Region   string
	Status   string // active or paused; a paused zone is not served
	Created  time.Time
	Updated  time.Time // of the properties
	SOA      []byte    // RDATA; its serial field is 0, the serial lives beside the zone
	SOATTL   uint32
	Settings Settings
}

// Settings are the switches of a zone.
type Settings struct {
	FlattenAll    bool `json:"flatten_all_cnames,omitempty"`
	MultiProvider bool `json:"multi_provider,omitempty"`
	NSTTL         int  `json:"ns_ttl,omitempty"`
	DefaultTTL    int  `json:"default_ttl,omitempty"` // 0 for the server's
}

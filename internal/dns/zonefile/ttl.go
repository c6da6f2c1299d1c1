package zonefile

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// ttls knows which TTL an entry gets that states none.
type ttls struct {
	byDefault, stated, minimum        uint32
	hasDefault, hasStated, hasMinimum bool
	missed                            bool // it was reported that there is none
}

// of is the TTL of an entry without one: that of $TTL (RFC 2308, Section 4),
// else the last stated one (RFC 1035, Section 5.1), else the SOA MINIMUM.
func (t *ttls) of() (ttl uint32, ok bool) {
	switch {
	case t.hasDefault:
		return t.byDefault, true
	case t.hasStated:
		return t.stated, true
	}
	return t.minimum, t.hasMinimum
}

func (t *ttls) state(ttl uint32) { t.stated, t.hasStated = ttl, true }

// learn takes note of the MINIMUM in the RDATA of an SOA. Where that could not
// be read, soa is empty, and the file is refused for that alone.
func (t *ttls) learn(soa []byte) {
	t.hasMinimum = true
	if len(soa) < 4 {
		return
	}
	t.minimum = min(binary.BigEndian.Uint32(soa[len(soa)-4:]), rr.MaxTTL)
}

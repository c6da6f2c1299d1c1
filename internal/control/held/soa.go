package held

import (
	"encoding/binary"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
)

// soaTail is what follows the two names in the RDATA of SOA: five times 32 bits.
const soaTail = 20

// Timers of the SOA of new zones, in seconds (RFC 1912, Section 2.2; the
// negative TTL short, so that a new name is seen soon).
const (
	soaRefresh  = 7200
	soaRetry    = 900
	soaExpire   = 1209600
	soaNegative = 300
)

// WithSerial is a copy of SOA RDATA with that serial.
func WithSerial(soa []byte, serial change.Serial) []byte {
	data := append([]byte(nil), soa...)
	binary.BigEndian.PutUint32(data[len(data)-soaTail:], uint32(serial))
	return data
}

// SerialOf is the serial in SOA RDATA.
func SerialOf(soa []byte) change.Serial {
	return change.Serial(binary.BigEndian.Uint32(soa[len(soa)-soaTail:]))
}

// NewSOA is the SOA RDATA of a new zone.
func NewSOA(apex, primary dname.Name) []byte {
	data := append([]byte(nil), primary...)
	data = append(append(data, "\x0ahostmaster"...), apex...)
	if dname.Check(data[len(primary):]) != nil { // the apex is too long for a label more
		data = append(append(data[:0], primary...), primary...)
	}
	for _, v := range []uint32{0, soaRefresh, soaRetry, soaExpire, soaNegative} {
		data = binary.BigEndian.AppendUint32(data, v)
	}
	return data
}

// FirstSerial is that of a new zone: the date with two digits more, which
// people and secondaries that knew the zone before expect (RFC 1912, Section 2.2).
func FirstSerial(now time.Time) change.Serial {
	return change.Serial((now.Year()*10000+int(now.Month())*100+now.Day())*100 + 1)
}

// NextSerial follows s; 0 is left out, for some software takes it for none.
func NextSerial(s change.Serial) change.Serial {
	if s++; s == 0 {
		return 1
	}
	return s
}

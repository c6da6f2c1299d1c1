package control

import (
	"encoding/binary"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
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

// soaSet is the SOA RRset of z with that serial.
func soaSet(z *change.Zone, serial change.Serial) rr.Set {
	return rr.Set(rr.AppendRecord(nil, rr.TypeSOA, z.SOATTL, withSerial(z.SOA, serial)))
}

// withSerial is a copy of SOA RDATA with that serial.
func withSerial(soa []byte, serial change.Serial) []byte {
	data := append([]byte(nil), soa...)
	binary.BigEndian.PutUint32(data[len(data)-soaTail:], uint32(serial))
	return data
}

func serialOf(soa []byte) change.Serial {
	return change.Serial(binary.BigEndian.Uint32(soa[len(soa)-soaTail:]))
}

// newSOA is the SOA RDATA of a new zone.
func newSOA(apex, primary dname.Name) []byte {
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

// firstSerial is that of a new zone: the date with two digits more, which
// people and secondaries that knew the zone before expect (RFC 1912, Section 2.2).
func firstSerial(now time.Time) change.Serial {
	return change.Serial((now.Year()*10000+int(now.Month())*100+now.Day())*100 + 1)
}

// nextSerial follows s; 0 is left out, for some software takes it for none.
func nextSerial(s change.Serial) change.Serial {
	if s++; s == 0 {
		return 1
	}
	return s
}

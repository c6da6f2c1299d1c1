package local

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver/message"
	"github.com/truename-dns/truename/internal/zone"
)

// specialZones are those that nobody outside has anything to say of, or is to hear
// of. test. is not among them: who tests has servers for it.
var specialZones = []struct {
	rfc    string
	apexes string
}{
	{"RFC 6761, Section 6.3", "localhost."},
	{"RFC 6761, Section 6.4", "invalid."},
	{"RFC 7686, Section 2", "onion."},
	{"RFC 6303, Section 4.1", "10.in-addr.arpa. 168.192.in-addr.arpa. " + numbered("%d.172.in-addr.arpa. ", 16, 31)},
	{"RFC 6303, Section 4.2", "0.in-addr.arpa. 127.in-addr.arpa. 254.169.in-addr.arpa. 2.0.192.in-addr.arpa. " +
		"100.51.198.in-addr.arpa. 113.0.203.in-addr.arpa. 255.255.255.255.in-addr.arpa."},
	{"RFC 6303, Section 4.3", "0." + zeros + "ip6.arpa. 1." + zeros + "ip6.arpa."},
	{"RFC 6303, Section 4.4", "d.f.ip6.arpa."},
	{"RFC 6303, Section 4.5", "8.e.f.ip6.arpa. 9.e.f.ip6.arpa. a.e.f.ip6.arpa. b.e.f.ip6.arpa."},
	{"RFC 6303, Section 4.6", "8.b.d.0.1.0.0.2.ip6.arpa."},
	{"RFC 7793, Section 2.1", numbered("%d.100.in-addr.arpa. ", 64, 127)},
	{"RFC 8375, Section 4", "home.arpa."},
	{"RFC 9462, Section 6.4", "resolver.arpa."},
}

// zeros are the labels of :: and ::1 before the last.
const zeros = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."

func numbered(format string, first, last int) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, format, n)
	}
	return b.String()
}

var (
	loopback4 = string([]byte{127, 0, 0, 1})
	loopback6 = string([]byte{15: 1})
	localhost = string(dname.MustParse("localhost."))
)

// specialRecords are what special zones have beside SOA and NS.
var specialRecords = map[string][]special{
	"localhost.": { // RFC 6761, Section 6.3
		{"", rr.TypeA, loopback4}, {"", rr.TypeAAAA, loopback6}, {"*.", rr.TypeA, loopback4}, {"*.", rr.TypeAAAA, loopback6},
	},
	"127.in-addr.arpa.":        {{"1.0.0.", rr.TypePTR, localhost}}, // RFC 1912, Section 4.1
	"1." + zeros + "ip6.arpa.": {{"", rr.TypePTR, localhost}},
}

// special is a record of a special zone: its owner as far as that is below the apex.
type special struct {
	owner string
	t     rr.Type
	data  string
}

// specialTTL is that of all their records, in seconds (RFC 6303, Section 3).
const specialTTL = 10800

// specials are the special zones.
var specials = sync.OnceValue(func() *zone.Set {
	var entries []zone.Entry
	for _, z := range specialZones {
		for apex := range strings.FieldsSeq(z.apexes) {
			entries = append(entries, specialZone(apex))
		}
	}
	return new(zone.Set).With(entries...)
})

func specialZone(apex string) zone.Entry {
	name := dname.MustParse(apex)
	b := zone.NewBuilder(name)
	b.Add(name, rr.TypeSOA, specialTTL, specialSOA(name), zone.Place{})
	b.Add(name, rr.TypeNS, specialTTL, name, zone.Place{})
	for _, r := range specialRecords[apex] {
		b.Add(dname.MustParse(r.owner+apex), r.t, specialTTL, []byte(r.data), zone.Place{})
	}
	return zone.Entry{Apex: name, Zone: b.Build().Snapshot}
}

// specialSOA is the data of the SOA record (RFC 6303, Section 3).
func specialSOA(apex dname.Name) []byte {
	data := append(slices.Clone([]byte(apex)), dname.MustParse("nobody.invalid.")...)
	for _, n := range []uint32{1, 3600, 1200, 604800, specialTTL} {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	return data
}

// Special is the apex of the special zone that name, whose key is given, is in, and
// what that says to it with type t; ok is false where it is in none.
func Special(key *dname.Key, name dname.Name, t rr.Type) (apex dname.Name, m message.Message, ok bool) {
	e := specials().Find(key, key.Depth())
	if e == nil {
		return nil, m, false
	}
	return e.Apex, within(e.Zone, key, name, t), true
}

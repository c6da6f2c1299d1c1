package lint

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Keys of SvcParams (RFC 9460, Section 14.3.2).
const (
	svcMandatory     = 0
	svcALPN          = 1
	svcNoDefaultALPN = 2
)

var svcbConsistency = Rule{
	Code:     "svcb-consistency",
	Severity: Warning,
	Source:   "RFC 9460, Section 2.4.3",
	Fix:      "add what is missing: alpn beside no-default-alpn, and every key that mandatory names",
	Good:     head + "www HTTPS 1 . mandatory=port alpn=h2 no-default-alpn port=8443\nwww A 192.0.2.1\n",
	Bad:      head + "www HTTPS 1 . mandatory=port alpn=h2\nwww A 192.0.2.1\n",
	when:     kindSVCB,
	name: func(c *check, n *subject) {
		for _, s := range n.svcb() {
			for i := 0; len(s) > 0; i++ {
				var r rr.Record
				if r, s = s.Next(); r.AliasMode() {
					continue
				}
				if key, lacks := lacking(r); lacks {
					c.at(n.owner, r.Type(), i, "%s %s relies on %s, which it does not have", n.owner, r.Type(), keyName(key))
				}
			}
		}
	},
}

// lacking is a key that the parameters of r call for and that is not there.
func lacking(r rr.Record) (key uint16, lacks bool) {
	var have, want []uint16
	for params := serviceParams(r); len(params) >= 4; {
		key := binary.BigEndian.Uint16(params)
		value := params[4:][:binary.BigEndian.Uint16(params[2:])]
		params = params[4+len(value):]
		have = append(have, key)
		switch key {
		case svcNoDefaultALPN:
			want = append(want, svcALPN)
		case svcMandatory:
			for ; len(value) >= 2; value = value[2:] {
				want = append(want, binary.BigEndian.Uint16(value))
			}
		}
	}
	for _, key := range want {
		if !slices.Contains(have, key) {
			return key, true
		}
	}
	return 0, false
}

// keyName is the presentation form of the keys that RFC 9460 defines.
func keyName(key uint16) string {
	names := [...]string{"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"}
	if int(key) < len(names) {
		return names[key]
	}
	return "key" + strconv.Itoa(int(key))
}

// serviceParams are the SvcParams of r, behind priority and target.
func serviceParams(r rr.Record) []byte {
	data := r.Data()[2:]
	n, err := dname.Len(data)
	if err != nil {
		return nil
	}
	return data[n:]
}

package form

import (
	"encoding/binary"
	"iter"
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
	svcIPv4Hint      = 4
	svcIPv6Hint      = 6
)

// Lacking is a key that the parameters of r call for and that is not there.
func Lacking(r rr.Record) (key uint16, lacks bool) {
	var have, want []uint16
	for params := Params(r); len(params) >= 4; {
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

// KeyName is the presentation form of the keys that RFC 9460 defines.
func KeyName(key uint16) string {
	names := [...]string{"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"}
	if int(key) < len(names) {
		return names[key]
	}
	return "key" + strconv.Itoa(int(key))
}

// Params are the SvcParams of r, behind priority and target.
func Params(r rr.Record) []byte {
	data := r.Data()[2:]
	n, err := dname.Len(data)
	if err != nil {
		return nil
	}
	return data[n:]
}

// AliasTarget is the target of the first AliasMode record of s; "." is none.
func AliasTarget(s rr.Set) dname.Name {
	for len(s) > 0 {
		var r rr.Record
		if r, s = s.Next(); r.AliasMode() {
			return r.AdditionalTarget(nil)
		}
	}
	return nil
}

// Modes counts the records of s in AliasMode and those in ServiceMode.
func Modes(s rr.Set) (alias, service int) {
	for len(s) > 0 {
		var r rr.Record
		if r, s = s.Next(); r.AliasMode() {
			alias++
		} else {
			service++
		}
	}
	return alias, service
}

// Hints yields the addresses that r hints at, each with its type (RFC 9460, Section 7.3).
func Hints(r rr.Record) iter.Seq2[rr.Type, []byte] {
	return func(yield func(rr.Type, []byte) bool) {
		for params := Params(r); len(params) >= 4; {
			key := binary.BigEndian.Uint16(params)
			value := params[4:][:binary.BigEndian.Uint16(params[2:])]
			params = params[4+len(value):]
			t, size := rr.TypeA, 4
			switch key {
			case svcIPv4Hint:
			case svcIPv6Hint:
				t, size = rr.TypeAAAA, 16
			default:
				continue
			}
			for ; len(value) >= size; value = value[size:] {
				if !yield(t, value[:size]) {
					return
				}
			}
		}
	}
}

package form

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Written is what may have stood in the file of the zone for n: the whole, and what
// stands before the apex.
func Written(n, apex dname.Name) []string {
	out := []string{Plain(n)}
	if n.IsBelow(apex) {
		out = append(out, Plain(Relative(n, apex)))
	}
	return out
}

// Relative is what stands before the apex in n, as if it were absolute.
func Relative(n, apex dname.Name) dname.Name {
	if !n.IsBelow(apex) {
		return n
	}
	return append(n[:len(n)-len(apex):len(n)-len(apex)], 0)
}

// AddressIn is the address that n spells, completed by the apex or not.
func AddressIn(n, apex dname.Name) (a netip.Addr) {
	if !MayBeAddress(n) {
		return a
	}
	for _, text := range Written(n, apex) {
		if a, err := netip.ParseAddr(text); err == nil {
			return a
		}
	}
	return a
}

// AddressType is the type of records that hold a.
func AddressType(a netip.Addr) rr.Type {
	if a.Is4() {
		return rr.TypeA
	}
	return rr.TypeAAAA
}

// wellKnown are top-level domains so common that a missing name that would end in
// one without the apex is more likely a slip than meant.
const wellKnown = " com net org info biz io dev app cloud co ai me eu uk de fr nl ch at it es pl cz se no fi dk us ca au jp in br "

// IsWellKnown reports whether n ends in a top-level domain that everybody knows.
func IsWellKnown(n dname.Name) bool {
	top := n.Suffix(1)
	return strings.Contains(wellKnown, " "+string(bytes.ToLower(top[1:len(top)-1]))+" ")
}

// IsChallenge reports whether n is of a kind that comes and goes with what it proves.
func IsChallenge(n dname.Name) bool {
	const label = "\x0f_acme-challenge"
	return len(n) > len(label) && bytes.EqualFold(n[:len(label)], []byte(label))
}

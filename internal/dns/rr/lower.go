package rr

import "github.com/truename-dns/truename/internal/dns/dname"

// EachName calls visit with every name in data, well-formed RDATA of t, in
// order: those of the types known by their layout and the target of SVCB and
// HTTPS (RFC 9460, Section 2.2). The names are views into data.
func EachName(t Type, data []byte, visit func(dname.Name)) {
	if t == TypeSVCB || t == TypeHTTPS {
		visit(firstName(data[2:]))
		return
	}
	rest := data
	for _, p := range layoutOf(t) {
		n, err := p.length(rest)
		if err != nil {
			return
		}
		if p.kind == kindName {
			visit(dname.Name(rest[:n]))
		}
		rest = rest[n:]
	}
}

// LowerNames writes the names in data, well-formed RDATA of t, in lower case.
// Then two records are the same in the DNS if their data is equal octet by
// octet (RFC 4034, Section 6.2; RFC 4343, Section 3).
func LowerNames(t Type, data []byte) {
	EachName(t, data, func(n dname.Name) { n.AppendLower(n[:0]) })
}

// ReplaceName is data, well-formed RDATA of t, with every name in it that is
// from replaced by to; ok is false where there is none. Data is not written to.
func ReplaceName(t Type, data []byte, from, to dname.Name) (out []byte, ok bool) {
	end := 0
	EachName(t, data, func(n dname.Name) {
		if !n.Equal(from) {
			return
		}
		start := cap(data) - cap(n)
		out = append(append(out, data[end:start]...), to...)
		end, ok = start+len(n), true
	})
	return append(out, data[end:]...), ok
}

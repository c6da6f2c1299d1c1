package graph

import (
	"errors"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// Edge is a record set of one owner that points at one target.
type Edge struct {
	Owner  dname.Name // lower-cased
	Kind   Kind
	Target dname.Name // lower-cased
	Apex   dname.Name // of the zone that Owner's records live in
}

// A key is an Edge as octets whose order is: region, target, kind, owner, each
// name canonically (RFC 4034, Section 6.1). So the edges of one target are a run
// of keys, and so are those of all targets below a name:
//
//	region(1) | target | kind(1) | owner | labels of the apex(1)
//
// A name is its labels from the root outward, each ended by a zero octet, and one
// zero octet more. Octets 0 and 1 in a label are written 1 1 and 1 2.
type key []byte

// The regions. DNAMEs are apart, because they are looked for at every ancestor of
// a name, and what refers because only what follows is walked on.
const (
	follows byte = iota
	refers
	redirects
	regions
)

func regionOf(k Kind) byte {
	switch {
	case k == DNAME:
		return redirects
	case k.Follows():
		return follows
	}
	return refers
}

func (e *Edge) appendKey(dst []byte) []byte {
	dst = appendName(append(dst, regionOf(e.Kind)), e.Target)
	dst = appendName(append(dst, byte(e.Kind)), e.Owner)
	return append(dst, byte(e.Apex.Labels()))
}

var errKey = errors.New("not the key of an edge")

// edge reads k, which may come from a stranger.
func (k key) edge() (Edge, error) {
	var e Edge
	var err error
	rest := k
	if len(rest) == 0 || rest[0] >= regions {
		return e, errKey
	}
	if e.Target, rest, err = parseName(rest[1:]); err != nil {
		return e, err
	}
	if len(rest) == 0 || Kind(rest[0]) == 0 || Kind(rest[0]) >= kinds || regionOf(Kind(rest[0])) != k[0] {
		return e, errKey
	}
	e.Kind = Kind(rest[0])
	if e.Owner, rest, err = parseName(rest[1:]); err != nil {
		return e, err
	}
	if len(rest) != 1 || int(rest[0]) > e.Owner.Labels() {
		return e, errKey
	}
	e.Apex = e.Owner.Suffix(int(rest[0]))
	return e, nil
}

// appendName appends n with an end: the sort key alone is what the keys of n and
// of all names below it begin with.
func appendName(dst []byte, n dname.Name) []byte { return append(n.AppendSortKey(dst), 0) }

// parseName reads the name at the start of b.
func parseName(b []byte) (n dname.Name, rest []byte, err error) {
	var wire [dname.MaxLen + 1]byte
	start := len(wire) - 1 // the root label; every label goes before the last
	for len(b) > 0 && b[0] != 0 {
		var label [dname.MaxLabel]byte
		length := 0
		if length, b, err = parseLabel(&label, b); err != nil {
			return nil, nil, err
		}
		if start -= 1 + length; start < 1 {
			return nil, nil, dname.ErrTooLong
		}
		wire[start] = byte(length)
		copy(wire[start+1:], label[:length])
	}
	if len(b) == 0 {
		return nil, nil, dname.ErrTruncated
	}
	return dname.Name(wire[start:]).Clone(), b[1:], nil
}

// parseLabel reads the label at the start of b, its end included.
func parseLabel(label *[dname.MaxLabel]byte, b []byte) (length int, rest []byte, err error) {
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == 0:
			return length, b[i+1:], nil
		case length == len(label):
			return 0, nil, dname.ErrLabel
		case c == 1:
			if i++; i == len(b) || b[i] != 1 && b[i] != 2 {
				return 0, nil, errKey
			}
			c = b[i] - 1
		case c-'A' < 26:
			return 0, nil, errKey
		}
		label[length] = c
		length++
	}
	return 0, nil, dname.ErrTruncated
}

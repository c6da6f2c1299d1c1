package graph

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Kind says how a record points at a name.
type Kind uint8

// The kinds: those that the resolution of addresses goes through first.
const (
	CNAME      Kind = iota + 1
	DNAME           // points from the names below its owner
	ALIAS           // addresses only
	HTTPSAlias      // HTTPS in AliasMode (RFC 9460, Section 2.4.2)
	SVCBAlias       // SVCB in AliasMode
	NS              // from here on: the address of the target is wanted too, but is not the owner's
	MX
	SRV
	PTR
	HTTPSService // HTTPS in ServiceMode (RFC 9460, Section 2.4.3)
	SVCBService  // SVCB in ServiceMode
	kinds
)

var kindNames = [kinds]string{
	"", "CNAME", "DNAME", "ALIAS", "HTTPS AliasMode", "SVCB AliasMode",
	"NS", "MX", "SRV", "PTR", "HTTPS ServiceMode", "SVCB ServiceMode",
}

var kindTypes = [kinds]rr.Type{
	0, rr.TypeCNAME, rr.TypeDNAME, rr.TypeALIAS, rr.TypeHTTPS, rr.TypeSVCB,
	rr.TypeNS, rr.TypeMX, rr.TypeSRV, rr.TypePTR, rr.TypeHTTPS, rr.TypeSVCB,
}

func (k Kind) String() string { return kindNames[k] }

// Type is the type of the records of kind k.
func (k Kind) Type() rr.Type { return kindTypes[k] }

// Follows reports whether resolution goes on at the target, so that a chain
// leads through it; all others refer to a name and end there.
func (k Kind) Follows() bool { return k >= CNAME && k <= SVCBAlias }

// points says whether records of type t may point at all.
func points(t rr.Type) bool {
	switch t {
	case rr.TypeCNAME, rr.TypeDNAME, rr.TypeALIAS, rr.TypeHTTPS, rr.TypeSVCB,
		rr.TypeNS, rr.TypeMX, rr.TypeSRV, rr.TypePTR:
		return true
	}
	return false
}

// pointer is the kind of r and the name it points at; 0 if it points nowhere.
func pointer(r rr.Record) (Kind, dname.Name) {
	data := r.Data()
	switch r.Type() {
	case rr.TypeCNAME:
		return CNAME, dname.Name(data)
	case rr.TypeDNAME:
		return DNAME, dname.Name(data)
	case rr.TypeALIAS:
		return ALIAS, dname.Name(data)
	case rr.TypePTR:
		return PTR, dname.Name(data)
	case rr.TypeNS:
		return NS, dname.Name(data)
	case rr.TypeMX:
		return named(MX, data[2:]) // "." is a null MX (RFC 7505, Section 3)
	case rr.TypeSRV:
		return named(SRV, data[6:]) // "." means no such service (RFC 2782)
	case rr.TypeHTTPS:
		return service(r, HTTPSAlias, HTTPSService)
	case rr.TypeSVCB:
		return service(r, SVCBAlias, SVCBService)
	}
	return 0, nil
}

// service tells the modes of SVCB and HTTPS apart. "." is the owner itself in
// ServiceMode and nothing in AliasMode (RFC 9460, Section 2.5).
func service(r rr.Record, alias, mode Kind) (Kind, dname.Name) {
	data := r.Data()[2:]
	n, err := dname.Len(data)
	if err != nil {
		return 0, nil
	}
	if r.AliasMode() {
		mode = alias
	}
	return named(mode, data[:n])
}

func named(k Kind, target []byte) (Kind, dname.Name) {
	if len(target) == 1 {
		return 0, nil
	}
	return k, dname.Name(target)
}

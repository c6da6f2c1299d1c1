package rr

import "github.com/truename-dns/truename/internal/dns/dname"

// Names says where the names that may be compressed stand in the RDATA of t:
// count of them in a row after skip octets. Only types of RFC 1035 qualify
// (RFC 3597, Section 4).
func (t Type) Names() (skip, count int) {
	switch t {
	case TypeNS, TypeCNAME, TypePTR, TypeMD, TypeMF, TypeMB, TypeMG, TypeMR:
		return 0, 1
	case TypeSOA, TypeMINFO:
		return 0, 2
	case TypeMX:
		return 2, 1
	}
	return 0, 0
}

// AdditionalTarget is the name whose addresses belong into the additional
// section beside r, or nil: the exchange of MX, the target of NS and SRV
// (RFC 1035, Section 3.3; RFC 2782), and that of SVCB and HTTPS, for which "."
// means the owner itself in ServiceMode and nothing in AliasMode
// (RFC 9460, Section 2.5).
func (r Record) AdditionalTarget(owner dname.Name) dname.Name {
	switch r.Type() {
	case TypeNS, TypeMD, TypeMF, TypeMB:
		return dname.Name(r.Data())
	case TypeMX, TypeAFSDB, TypeRT, TypeKX:
		return dname.Name(r.Data()[2:])
	case TypeSRV:
		return dname.Name(r.Data()[6:])
	case TypeSVCB, TypeHTTPS:
		target := firstName(r.Data()[2:])
		switch {
		case !target.IsRoot():
			return target
		case r.AliasMode():
			return nil
		}
		return owner
	}
	return nil
}

// AliasMode reports whether the SVCB or HTTPS record r has SvcPriority 0
// (RFC 9460, Section 2.4.2).
func (r Record) AliasMode() bool { return r.Data()[0] == 0 && r.Data()[1] == 0 }

func firstName(b []byte) dname.Name {
	n, err := dname.Len(b)
	if err != nil {
		return dname.Root
	}
	return dname.Name(b[:n])
}

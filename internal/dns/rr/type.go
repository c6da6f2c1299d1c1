// Package rr holds resource records and RRsets in wire form, the registry of
// types, and the way between wire form and text.
package rr

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// Type is an RR TYPE or QTYPE.
type Type uint16

// The types that this program treats in a way of their own. All others are
// known by name through the registry and pass through as data.
const (
	TypeA      = Type(dns.TypeA)
	TypeNS     = Type(dns.TypeNS)
	TypeMD     = Type(dns.TypeMD)
	TypeMF     = Type(dns.TypeMF)
	TypeCNAME  = Type(dns.TypeCNAME)
	TypeSOA    = Type(dns.TypeSOA)
	TypeMB     = Type(dns.TypeMB)
	TypeMG     = Type(dns.TypeMG)
	TypeMR     = Type(dns.TypeMR)
	TypePTR    = Type(dns.TypePTR)
	TypeHINFO  = Type(dns.TypeHINFO)
	TypeMINFO  = Type(dns.TypeMINFO)
	TypeMX     = Type(dns.TypeMX)
	TypeTXT    = Type(dns.TypeTXT)
	TypeAFSDB  = Type(dns.TypeAFSDB)
	TypeRT     = Type(dns.TypeRT)
	TypeSIG    = Type(dns.TypeSIG)
	TypeKEY    = Type(dns.TypeKEY)
	TypeAAAA   = Type(dns.TypeAAAA)
	TypeNXT    = Type(dns.TypeNXT)
	TypeSRV    = Type(dns.TypeSRV)
	TypeNAPTR  = Type(dns.TypeNAPTR)
	TypeKX     = Type(dns.TypeKX)
	TypeDNAME  = Type(dns.TypeDNAME)
	TypeOPT    = Type(dns.TypeOPT)
	TypeDS     = Type(dns.TypeDS)
	TypeRRSIG  = Type(dns.TypeRRSIG)
	TypeNSEC   = Type(dns.TypeNSEC)
	TypeDNSKEY = Type(dns.TypeDNSKEY)
	TypeNSEC3  = Type(dns.TypeNSEC3)
	TypeSVCB   = Type(dns.TypeSVCB)
	TypeHTTPS  = Type(dns.TypeHTTPS)
	TypeNXNAME = Type(dns.TypeNXNAME)
	TypeTKEY   = Type(dns.TypeTKEY)
	TypeTSIG   = Type(dns.TypeTSIG)
	TypeIXFR   = Type(dns.TypeIXFR)
	TypeAXFR   = Type(dns.TypeAXFR)
	TypeMAILB  = Type(dns.TypeMAILB)
	TypeMAILA  = Type(dns.TypeMAILA)
	TypeANY    = Type(dns.TypeANY)
	TypeCAA    = Type(dns.TypeCAA)

	// TypeALIAS is the private-use number under which PowerDNS and Knot keep
	// ALIAS; ANAME is read as the same type.
	TypeALIAS = Type(65401)
)

// Class is an RR CLASS or QCLASS.
type Class uint16

// Classes in use.
const (
	ClassIN   = Class(dns.ClassINET)
	ClassCH   = Class(dns.ClassCHAOS)
	ClassNONE = Class(dns.ClassNONE)
	ClassANY  = Class(dns.ClassANY)
)

// String is the mnemonic of t, or TYPE123 where it has none (RFC 3597, Section 5).
func (t Type) String() string {
	if t == TypeALIAS {
		return "ALIAS"
	}
	if s, ok := dns.TypeToString[uint16(t)]; ok && t != 0 && uint16(t) != dns.TypeReserved {
		return s
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// ParseType reads a mnemonic in any case, ANAME for ALIAS, or TYPE123.
func ParseType(text string) (Type, error) {
	up := strings.ToUpper(text)
	switch up {
	case "ALIAS", "ANAME":
		return TypeALIAS, nil
	case "NONE", "RESERVED":
		return 0, fmt.Errorf("%q is not an RR type", text)
	}
	if t, ok := dns.StringToType[up]; ok {
		return Type(t), nil
	}
	if digits, ok := strings.CutPrefix(up, "TYPE"); ok {
		if v, err := strconv.ParseUint(digits, 10, 16); err == nil {
			return Type(v), nil
		}
	}
	return 0, fmt.Errorf("%q is not an RR type; an unknown one is written TYPE and its number, as in TYPE65280 (RFC 3597, Section 5)", text)
}

// IsMeta reports whether t may only be asked for or only lives inside a
// message, and is never zone data: OPT, NXNAME and the range kept for QTYPEs
// and meta types, 128 to 255 (RFC 6895, Section 3.1; RFC 9824, Section 3.5).
func (t Type) IsMeta() bool {
	return t == 0 || t == TypeOPT || t >= 128 && t <= 255
}

// String is the mnemonic of c, or CLASS123 (RFC 3597, Section 5).
func (c Class) String() string {
	if s, ok := dns.ClassToString[uint16(c)]; ok {
		return s
	}
	return "CLASS" + strconv.Itoa(int(c))
}

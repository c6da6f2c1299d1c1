package rr

import (
	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/dname"
)

type kind uint8

const (
	kindName     kind = iota // uncompressed name
	kindU8                   // decimal number in one octet
	kindU16                  // in two
	kindU32                  // in four
	kindInterval             // four octets of seconds, TTL units allowed in text
	kindIPv4                 // four octets
	kindIPv6                 // sixteen octets
	kindLocator              // eight octets as four groups of hexadecimal digits (RFC 6742, Section 2.1)
	kindString               // <character-string>; from here on quotes are welcome
	kindTag                  // one length octet, then letters and digits (RFC 8659, Section 4.1)
	kindOptional             // <character-string> that may be absent at the end
	kindStrings              // one or more <character-string>s up to the end
	kindText                 // all octets to the end as one quoted text
)

type part struct {
	kind kind
	name string
}

// layout is how the RDATA of a type follows from the fields of its text, one
// part a field.
type layout []part

var (
	oneName   = layout{{kindName, "target"}}
	hostName  = layout{{kindName, "host name"}}
	twoNames  = layout{{kindName, "mailbox"}, {kindName, "second name"}}
	prefName  = layout{{kindU16, "preference"}, {kindName, "host name"}}
	freeTexts = layout{{kindStrings, "text"}}
	oneText   = layout{{kindString, "text"}}
	number    = layout{{kindU32, "number"}}

	soaLayout = layout{
		{kindName, "MNAME"}, {kindName, "RNAME"}, {kindU32, "serial"}, {kindInterval, "refresh"},
		{kindInterval, "retry"}, {kindInterval, "expire"}, {kindInterval, "minimum"},
	}
	naptrLayout = layout{
		{kindU16, "order"}, {kindU16, "preference"}, {kindString, "flags"},
		{kindString, "services"}, {kindString, "regexp"}, {kindName, "replacement"},
	}
)

var layouts = [262]layout{
	TypeA:                 {{kindIPv4, "address"}},
	TypeAAAA:              {{kindIPv6, "address"}},
	TypeNS:                hostName,
	TypeMD:                hostName,
	TypeMF:                hostName,
	TypeMB:                hostName,
	TypeCNAME:             oneName,
	TypeDNAME:             oneName,
	TypePTR:               oneName,
	TypeMG:                {{kindName, "mailbox"}},
	TypeMR:                {{kindName, "mailbox"}},
	Type(dns.TypeNSAPPTR): oneName,
	TypeSOA:               soaLayout,
	TypeMX:                {{kindU16, "preference"}, {kindName, "exchange"}},
	TypeAFSDB:             {{kindU16, "subtype"}, {kindName, "host name"}},
	TypeRT:                prefName,
	TypeKX:                {{kindU16, "preference"}, {kindName, "exchanger"}},
	Type(dns.TypeLP):      prefName,
	Type(dns.TypePX):      {{kindU16, "preference"}, {kindName, "RFC 822 domain"}, {kindName, "X.400 domain"}},
	TypeMINFO:             twoNames,
	Type(dns.TypeRP):      twoNames,
	Type(dns.TypeTALINK):  {{kindName, "previous name"}, {kindName, "next name"}},
	TypeSRV:               {{kindU16, "priority"}, {kindU16, "weight"}, {kindU16, "port"}, {kindName, "target"}},
	TypeNAPTR:             naptrLayout,
	TypeTXT:               freeTexts,
	Type(dns.TypeSPF):     freeTexts,
	Type(dns.TypeAVC):     freeTexts,
	Type(dns.TypeNINFO):   freeTexts,
	TypeHINFO:             {{kindString, "CPU"}, {kindString, "operating system"}},
	Type(dns.TypeX25):     oneText,
	Type(dns.TypeUINFO):   oneText,
	Type(dns.TypeISDN):    {{kindString, "address"}, {kindOptional, "subaddress"}},
	Type(dns.TypeGPOS):    {{kindString, "longitude"}, {kindString, "latitude"}, {kindString, "altitude"}},
	Type(dns.TypeUID):     number,
	Type(dns.TypeGID):     number,
	Type(dns.TypeL32):     {{kindU16, "preference"}, {kindIPv4, "locator"}},
	Type(dns.TypeNID):     {{kindU16, "preference"}, {kindLocator, "node identifier"}},
	Type(dns.TypeL64):     {{kindU16, "preference"}, {kindLocator, "locator"}},
	Type(dns.TypeURI):     {{kindU16, "priority"}, {kindU16, "weight"}, {kindText, "target"}},
	TypeCAA:               {{kindU8, "flags"}, {kindTag, "tag"}, {kindText, "value"}},
	Type(dns.TypeRESINFO): freeTexts,
}

// layoutOf is the layout of t, or nil where t has none.
func layoutOf(t Type) layout {
	if int(t) < len(layouts) {
		return layouts[t]
	}
	if t == TypeALIAS {
		return oneName
	}
	return nil
}

func (l layout) parse(dst []byte, t Type, fields []Field, origin dname.Name) ([]byte, *DataError) {
	for i, p := range l {
		if i >= len(fields) {
			if p.kind == kindOptional {
				return dst, nil
			}
			return nil, missing(t, i, p.name)
		}
		var err *DataError
		if p.kind == kindStrings {
			return parseStrings(dst, t, i, fields)
		}
		if dst, err = p.parse(dst, t, i, &fields[i], origin); err != nil {
			return nil, err
		}
	}
	if len(fields) > len(l) {
		return nil, extra(t, len(l), &fields[len(l)])
	}
	return dst, nil
}

func (p part) parse(dst []byte, t Type, i int, f *Field, origin dname.Name) ([]byte, *DataError) {
	if p.kind < kindString && f.Quoted {
		return nil, bad(t, i, "%s %s stands in quotes, which only texts may", p.name, quoted(f.Text))
	}
	switch p.kind {
	case kindName:
		return p.parseName(dst, t, i, f, origin)
	case kindIPv4:
		return p.parseIPv4(dst, t, i, f)
	case kindIPv6:
		return p.parseIPv6(dst, t, i, f)
	case kindLocator:
		return p.parseLocator(dst, t, i, f)
	case kindString, kindOptional:
		return parseString(dst, t, i, f)
	case kindTag:
		return p.parseTag(dst, t, i, f)
	case kindText:
		return parseText(dst, t, i, f)
	}
	return p.parseNumber(dst, t, i, f)
}

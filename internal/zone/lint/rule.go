package lint

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// Rule is one thing that a zone must or should be. Good is the text of a zone
// that keeps it, Bad of one that breaks it, Beside of another zone that is held
// at the same time; all are complete master files.
type Rule struct {
	Code     string
	Severity Severity // of a finding in a Change and in truename check
	Load     Severity // of one in a file that is loaded to be served, if other
	Source   string
	Fix      string
	Good     string
	Bad      string
	Beside   string

	when   kinds                  // name and target are asked only about these
	name   func(*check, *subject) // judges one name
	target func(*check, *pointer) // judges one name in RDATA that lies in a zone held
	zone   func(*check)           // judges what is settled before the walk over the names
	after  func(*check)           // judges what was gathered on the walk
	absent bool                   // it is about something that is not there

	anywhere bool // target judges names that lie in no zone held, too
}

// rules are in the order in which findings of one place are shown.
var rules = []*Rule{
	&fileName, &missingSOA, &multipleSOAs, &soaNotAtApex, &missingNS, &outOfZone, &metaType,
	&cnameAtApex, &apexCNAME, &challengeShadowed, &cnameAndOtherData, &multipleCNAMEs, &multipleDNAMEs, &dnameAndNS, &belowDNAME,
	&ttlMismatch, &duplicateRecord, &rrsetTooLarge, &rrsetTruncates, &cnameLoop, &aliasChainTooLong, &aliasChain, &dnameLoop,
	&belowCut, &missingGlue, &nsTargetIsAlias, &mxTargetIsAlias, &srvTargetIsAlias,
	&addressAsTarget, &urlAsTarget, &trailingDot, &danglingTarget, &targetWithoutAddress, &notAHostname,
	&svcbAliasAndService, &multipleAliasModes, &aliasModeParams, &svcbConsistency, &svcbHints,
	&wildcardNS, &wildcardDNAME, &wildcardShadowed, &tlsaWithoutHost, &ttlAtOdds,
	&nullMXAndOthers, &multipleSPF, &multipleDMARC, &caaMalformed, &caaByAlias,
	&dsWithoutNS, &notAtApex, &hidesParent, &singleNS, &soaTimers, &soaMailbox,
}

// Rules are all rules.
func Rules() []*Rule { return slices.Clone(rules) }

// Finding is one against r, for those who judge from outside of a zone.
func (r *Rule) Finding(message string) Finding {
	return Finding{Severity: r.Severity, Code: r.Code, Message: message, Fix: r.Fix, Source: r.Source}
}

// ByCode is the rule of that code, or nil.
func ByCode(code string) *Rule {
	for _, r := range rules {
		if r.Code == code {
			return r
		}
	}
	return nil
}

// Types that have no name in package rr.
const (
	typeNSEC3PARAM rr.Type = 51
	typeTLSA       rr.Type = 52
	typeCDS        rr.Type = 59
	typeCDNSKEY    rr.Type = 60
	typeZONEMD     rr.Type = 63
)

// largeSet is a size in octets below which every set fits into an answer over UDP.
const largeSet = 800

// kinds are groups of types that rules are about.
type kinds uint32

const (
	kindCNAME kinds = 1 << iota
	kindDNAME
	kindNS
	kindSOA
	kindDS
	kindMX
	kindSRV
	kindSVCB
	kindAlias
	kindPTR
	kindMeta
	kindPointer // other types with an additional target
	kindAddress
	kindBesideCNAME // may stand beside a CNAME
	kindDenial      // stands in a zone wherever signing puts it
	kindOther
	kindTXT
	kindCAA
	kindTLSA
	kindApexOnly // belongs at the apex
	kindEmpty    // no data at all
	kindLarge    // a set so large that its size must be judged
)

// pointers are the kinds with a name in RDATA.
const pointers = kindCNAME | kindNS | kindSOA | kindMX | kindSRV | kindSVCB | kindAlias | kindPTR | kindPointer | kindDNAME

func kindOf(t rr.Type) kinds {
	switch t {
	case rr.TypeA, rr.TypeAAAA:
		return kindAddress
	case rr.TypeCNAME:
		return kindCNAME
	case rr.TypeDNAME:
		return kindDNAME
	case rr.TypeNS:
		return kindNS
	case rr.TypeSOA:
		return kindSOA
	case rr.TypeDS:
		return kindDS
	case rr.TypeMX:
		return kindMX
	case rr.TypeSRV:
		return kindSRV
	case rr.TypeSVCB, rr.TypeHTTPS:
		return kindSVCB
	case rr.TypeALIAS:
		return kindAlias
	}
	return rareKind(t)
}

func rareKind(t rr.Type) kinds {
	switch t {
	case rr.TypePTR:
		return kindPTR
	case rr.TypeAFSDB, rr.TypeRT, rr.TypeKX:
		return kindPointer
	case rr.TypeRRSIG, rr.TypeNSEC, rr.TypeSIG, rr.TypeNXT:
		return kindBesideCNAME | kindDenial
	case rr.TypeKEY:
		return kindBesideCNAME
	case rr.TypeNSEC3:
		return kindDenial
	case rr.TypeTXT:
		return kindTXT
	case rr.TypeCAA:
		return kindCAA
	case typeTLSA:
		return kindTLSA
	case rr.TypeDNSKEY, typeNSEC3PARAM, typeCDS, typeCDNSKEY, typeZONEMD:
		return kindApexOnly
	}
	if t.IsMeta() {
		return kindMeta
	}
	return kindOther
}

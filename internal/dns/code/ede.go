package code

import "fmt"

// EDE is an extended error (RFC 8914, Section 4).
type EDE uint16

// Extended errors that this program sends, or knows what to do about.
const (
	Other            EDE = 0
	StaleAnswer      EDE = 3
	ForgedAnswer     EDE = 4
	Bogus            EDE = 6
	CachedError      EDE = 13
	NotReady         EDE = 14
	Blocked          EDE = 15
	Filtered         EDE = 17
	Prohibited       EDE = 18
	StaleNXDomain    EDE = 19
	NotAuthoritative EDE = 20
	NotSupported     EDE = 21
	NoReachable      EDE = 22 // of the authorities
	NetworkError     EDE = 23
	InvalidData      EDE = 24
	UnableToConform  EDE = 28
	InvalidType      EDE = 30 // Invalid Query Type (RFC 9824, Section 8.3)

	// NoEDE stands for the absence of one.
	NoEDE EDE = 0xffff
)

// edeNames are the purposes as registered at IANA, which others may send too.
var edeNames = [...]string{
	"Other Error", "Unsupported DNSKEY Algorithm", "Unsupported DS Digest Type", "Stale Answer", "Forged Answer",
	"DNSSEC Indeterminate", "DNSSEC Bogus", "Signature Expired", "Signature Not Yet Valid", "DNSKEY Missing",
	"RRSIGs Missing", "No Zone Key Bit Set", "NSEC Missing", "Cached Error", "Not Ready", "Blocked", "Censored",
	"Filtered", "Prohibited", "Stale NXDOMAIN Answer", "Not Authoritative", "Not Supported",
	"No Reachable Authority", "Network Error", "Invalid Data", "Signature Expired before Valid", "Too Early",
	"Unsupported NSEC3 Iterations Value", "Unable to conform to policy", "Synthesized", "Invalid Query Type",
}

// String is the purpose of e as registered, EDE123 where there is none, and ""
// for NoEDE.
func (e EDE) String() string {
	switch {
	case e == NoEDE:
		return ""
	case int(e) < len(edeNames):
		return edeNames[e]
	}
	return fmt.Sprintf("EDE%d", uint16(e))
}

package code

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestRcodeNames(t *testing.T) {
	for _, r := range []Rcode{NoError, FormErr, ServFail, NXDomain, NotImp, Refused, YXDomain, NotAuth, BadCookie} {
		if got, want := r.String(), dns.RcodeToString[int(r)]; got != want {
			t.Errorf("%d is called %s, want %s", r, got, want)
		}
	}
	// The number 16 is BADVERS in OPT and BADSIG in TSIG (RFC 6895, Section 2.3).
	if got := BadVers.String(); got != "BADVERS" {
		t.Errorf("16 is called %s", got)
	}
	if got := Rcode(4095).String(); got != "OTHER" {
		t.Errorf("4095 is called %s", got)
	}
}

func TestNumbersOfExtendedErrors(t *testing.T) {
	for e, want := range map[EDE]uint16{
		Other: dns.ExtendedErrorCodeOther, StaleAnswer: dns.ExtendedErrorCodeStaleAnswer, ForgedAnswer: dns.ExtendedErrorCodeForgedAnswer,
		Bogus: dns.ExtendedErrorCodeDNSBogus, CachedError: dns.ExtendedErrorCodeCachedError, NotReady: dns.ExtendedErrorCodeNotReady,
		Blocked: dns.ExtendedErrorCodeBlocked, Filtered: dns.ExtendedErrorCodeFiltered, Prohibited: dns.ExtendedErrorCodeProhibited,
		StaleNXDomain: dns.ExtendedErrorCodeStaleNXDOMAINAnswer, NotAuthoritative: dns.ExtendedErrorCodeNotAuthoritative,
		NotSupported: dns.ExtendedErrorCodeNotSupported, NoReachable: dns.ExtendedErrorCodeNoReachableAuthority,
		NetworkError: dns.ExtendedErrorCodeNetworkError, InvalidData: dns.ExtendedErrorCodeInvalidData,
		UnableToConform: 28, InvalidType: 30,
	} {
		if uint16(e) != want {
			t.Errorf("got %d, want %d", e, want)
		}
	}
}

func TestNamesOfExtendedErrors(t *testing.T) {
	for number, want := range dns.ExtendedErrorCodeToString {
		if got := EDE(number).String(); !strings.HasPrefix(strings.ToLower(got), strings.ToLower(want)) {
			t.Errorf("%d is called %q, want %q", number, got, want)
		}
	}
	for e, want := range map[EDE]string{InvalidType: "Invalid Query Type", 31: "EDE31", NoEDE: ""} {
		if got := e.String(); got != want {
			t.Errorf("%d is called %q, want %q", e, got, want)
		}
	}
}

package form

import "strings"

// caaTags are the properties in use (RFC 8659, Section 4.1; RFC 8657; RFC 9495; the registry of IANA).
var caaTags = map[string]func(value string) bool{
	"issue": isIssuer, "issuewild": isIssuer, "issuemail": isIssuer, "issuevmc": isIssuer,
	"iodef": isReport, "contactemail": anyValue, "contactphone": anyValue,
}

func anyValue(string) bool { return true }

func isReport(value string) bool {
	return strings.HasPrefix(value, "mailto:") || strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://")
}

// isIssuer reports whether value is an issuer's domain name or none, and parameters (RFC 8659, Section 4.2).
func isIssuer(value string) bool {
	domain, params, _ := strings.Cut(value, ";")
	domain = strings.Trim(domain, " \t")
	for _, label := range strings.Split(domain, ".") {
		if domain != "" && (label == "" || !isLDH([]byte(label))) {
			return false
		}
	}
	for _, p := range strings.Split(params, ";") {
		if tag, _, ok := strings.Cut(strings.Trim(p, " \t"), "="); strings.Trim(p, " \t") != "" && (!ok || !isLDH([]byte(tag))) {
			return false
		}
	}
	return true
}

// CAAWrong says what is wrong with the RDATA of a CAA record, if anything.
func CAAWrong(data []byte) string {
	if len(data) < 2 || len(data) < 2+int(data[1]) {
		return "it ends too soon"
	}
	tag, value := strings.ToLower(string(data[2:2+data[1]])), string(data[2+data[1]:])
	good, known := caaTags[tag]
	switch {
	case !known && data[0]&0x80 != 0:
		return "the tag " + tag + " is not known and critical: no authority may issue a certificate"
	case !known:
		return "the tag " + tag + " is not known: authorities take no notice of it"
	case !good(value):
		return "the value \"" + value + "\" of " + tag + " is malformed"
	}
	return ""
}

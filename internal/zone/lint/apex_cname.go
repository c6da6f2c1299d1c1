package lint

// apexCNAME is judged by who reads files and takes requests: what a zone shows is
// the ALIAS already. Where a CNAME cannot become one, cname-at-apex is said.
var apexCNAME = Rule{
	Code:     "apex-cname",
	Severity: Warning,
	Source:   "RFC 1034, Section 3.6.2; RFC 1912, Section 2.4",
	Fix:      "write ALIAS instead, so that it says what is served; other servers refuse a CNAME beside SOA and NS",
}

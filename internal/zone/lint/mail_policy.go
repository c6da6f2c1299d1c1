package lint

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var multipleSPF = Rule{
	Code:     "multiple-spf",
	Severity: Warning,
	Source:   "RFC 7208, Section 3.2",
	Fix:      "make one record of them: with several, receivers end with permerror",
	Good:     head + "@ TXT \"v=spf1 mx -all\"\n@ TXT \"v=spf10 is something else\"\n",
	Bad:      head + "@ TXT \"v=spf1 mx -all\"\n@ TXT \"v=spf1 a -all\"\n",
	when:     kindTXT,
	name:     func(c *check, n *subject) { c.onePolicy(n, "v=spf1") },
}

var multipleDMARC = Rule{
	Code:     "multiple-dmarc",
	Severity: Warning,
	Source:   "RFC 7489, Section 6.6.3",
	Fix:      "keep one of them: with several, receivers apply none",
	Good:     head + "_dmarc TXT \"v=DMARC1; p=none\"\n",
	Bad:      head + "_dmarc TXT \"v=DMARC1; p=none\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n",
	when:     kindTXT,
	name: func(c *check, n *subject) {
		if strings.HasPrefix(strings.ToLower(string(n.owner)), "\x06_dmarc") {
			c.onePolicy(n, "v=DMARC1")
		}
	},
}

// onePolicy is for TXT records of which a name has one of that version at most.
func (c *check) onePolicy(n *subject, version string) {
	var found []int
	var lines []string
	s := n.node.Set(rr.TypeTXT)
	for nth := 0; len(s) > 0; nth++ {
		var r rr.Record
		if r, s = s.Next(); form.IsPolicy(r.Data(), version) {
			found, lines = append(found, nth), append(lines, finding.Text(rr.TypeTXT, r.Data()))
		}
	}
	if len(found) < 2 {
		return
	}
	f := c.at(n.owner, rr.TypeTXT, found[1], "%s has %d TXT records that start with %s", n.owner, len(found), version)
	if f.Code == "" {
		return
	}
	f.Fixes = c.KeepOne(n.owner, rr.TypeTXT, lines)
	for _, l := range lines {
		f.Conflicts = append(f.Conflicts, "TXT "+l)
	}
}

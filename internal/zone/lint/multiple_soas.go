package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
)

// An SOA that stands twice, as at both ends of what a zone transfer printed,
// leaves no doubt what the zone is and is therefore a warning only.
var multipleSOAs = Rule{
	Code:     "multiple-soas",
	Severity: Error,
	Source:   "RFC 1035, Section 5.2",
	Fix:      "keep one SOA record, the one with the newest serial",
	Good:     head,
	Bad:      head + "@ SOA ns1.example.net. hostmaster.example.net. 2 7200 900 1209600 300\n",
	zone: func(c *check) {
		if s := c.zone.SOA(); s.Count() > 1 {
			f := c.at(c.apex, rr.TypeSOA, 1, "%s has %d different SOA records", c.apex, s.Count())
			f.Conflicts = c.records(c.apex, s)
			f.Fixes = c.KeepOne(c.apex, rr.TypeSOA, finding.Texts(s))
		}
		if c.build == nil {
			return
		}
		for _, r := range c.build.Remarks {
			if r.Kind == zone.Duplicate && r.Type == rr.TypeSOA {
				f := c.addAs(Warning, r.At, r.Owner, "the SOA record of "+r.Owner.String()+" stands here again")
				f.Fix, f.Fixes = "remove this line", c.rewritten("keep it once", r)
			}
		}
	},
}

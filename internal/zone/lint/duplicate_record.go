package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var duplicateRecord = Rule{
	Code:     "duplicate-record",
	Severity: Warning,
	Source:   "RFC 2181, Section 5",
	Fix:      "remove this line: a set holds a record once",
	Good:     head + "www A 192.0.2.1\nwww A 192.0.2.2\n",
	Bad:      head + "www A 192.0.2.1\nwww A 192.0.2.1\n",
	zone: func(c *check) {
		c.remarks(zone.Duplicate, func(r zone.Remark) {
			if r.Type != rr.TypeSOA { // multiple-soas
				f := c.add(r.At, r.Owner, "%s %s: the same record stands here again", r.Owner, r.Type)
				f.Fixes = c.rewritten("keep each record once", r)
			}
		})
	},
}

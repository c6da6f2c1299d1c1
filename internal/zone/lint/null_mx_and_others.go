package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
)

var nullMXAndOthers = Rule{
	Code:     "null-mx-and-others",
	Severity: Warning,
	Source:   "RFC 7505, Section 3",
	Fix:      "remove the MX record of \".\", which says that no mail is taken, or the others",
	Good:     head + "@ MX 0 .\n",
	Bad:      head + "@ MX 0 .\n@ MX 10 mail.example.net.\n",
	when:     kindMX,
	name: func(c *check, n *subject) {
		s := n.node.Set(rr.TypeMX)
		if s.Count() < 2 {
			return
		}
		nth, rest := 0, s
		for ; len(rest) > 0; nth++ {
			var r rr.Record
			if r, rest = rest.Next(); len(r.Data()) != 3 {
				continue
			}
			f := c.at(n.owner, rr.TypeMX, nth, "%s takes no mail by one MX record and does by another", n.owner)
			if f.Code != "" {
				f.Conflicts = c.records(n.owner, s)
				f.Fixes = c.withoutRecord(n.owner, r, s)
			}
			return
		}
	},
}

// withoutRecord offers to remove r from its set s, and to keep it alone.
func (c *check) withoutRecord(owner dname.Name, r rr.Record, s rr.Set) []Fix {
	one, all := c.Edit(OpRemove, owner, r.Type()), c.Edit(OpReplace, owner, r.Type())
	one.Old = []string{finding.Text(r.Type(), r.Data())}
	all.Old, all.Data, all.TTL = finding.Texts(s), one.Old, r.TTL()
	return []Fix{finding.Patch("remove "+one.Type+" "+one.Old[0], one), finding.Patch("keep only "+one.Type+" "+one.Old[0], all)}
}

package lint

import (
	"bytes"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var soaMailbox = Rule{
	Code:     "soa-mailbox",
	Severity: Warning,
	Source:   "RFC 1035, Section 8; RFC 1912, Section 2.2",
	Fix:      `write the @ of the address as a dot, as in hostmaster.example.net., and a dot before it as \.`,
	Good:     head,
	Bad:      "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1.example.net. hostmaster@example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n",
	when:     kindSOA,
	name: func(c *check, n *subject) {
		data := n.node.Set(rr.TypeSOA).Data()
		mname, err := dname.Len(data)
		if err != nil {
			return
		}
		if rname := dname.Name(data[mname : len(data)-20]); bytes.IndexByte(rname, '@') >= 0 {
			f := c.at(n.owner, rr.TypeSOA, 0, "the mailbox %s of the SOA record holds an @", rname)
			r, _ := n.node.Set(rr.TypeSOA).Next()
			if dotted := form.DottedMailbox(data, mname); dotted != nil {
				f.Fixes = []Fix{c.Replaced("write a dot for the @", n.owner, r, dotted)}
			}
		}
	},
}

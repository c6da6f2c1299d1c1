package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var aliasChain = Rule{
	Code:     "alias-chain",
	Severity: Warning,
	Load:     Silent,
	Source:   "RFC 1034, Section 3.6.2; RFC 1912, Section 2.4",
	Fix:      "point it to the end of the chain at once, unless the name between is the one that is meant to move",
	Good:     head + "www CNAME host\nhost A 192.0.2.1\n",
	Bad:      head + "www CNAME web\nweb CNAME host\nhost A 192.0.2.1\n",
	when:     kindCNAME,
	after: func(c *check) {
		c.chains(func(s start, t tail) {
			if t.links > c.maxChain() {
				return
			}
			f := c.at(s.name, s.t, 0, "%s %s points to an alias: it takes %d links to get to %s", s.name, s.t, t.links, t.end)
			if f.Code != "" {
				f.Fixes = c.shortcut(s, t.end)
			}
		})
	},
}

var aliasChainTooLong = Rule{
	Code:     "alias-chain-too-long",
	Severity: Error,
	Load:     Warning,
	Source:   "RFC 1034, Section 3.6.2; RFC 1035, Section 7.1",
	Fix:      "point it to the end of the chain at once: nobody follows a chain for ever",
	Good:     head + "www CNAME host\nhost A 192.0.2.1\n",
	Bad: head + "a CNAME b\nb CNAME c\nc CNAME d\nd CNAME e\ne CNAME f\nf CNAME g\ng CNAME h\nh CNAME i\ni CNAME j\nj CNAME k\n" +
		"k CNAME l\nl CNAME m\nm CNAME n\nn CNAME o\no CNAME p\np CNAME q\nq CNAME r\nr A 192.0.2.1\n",
	when: kindCNAME,
	after: func(c *check) {
		c.chains(func(s start, t tail) {
			if t.links <= c.maxChain() {
				return
			}
			f := c.at(s.name, s.t, 0, "%s %s starts a chain of more than %d links, which ends at %s", s.name, s.t, c.maxChain(), t.end)
			if f.Code != "" {
				f.Conflicts = c.links([]dname.Name{s.name}, s.q)
				f.Fixes = c.shortcut(s, t.end)
			}
		})
	},
}

func (c *check) maxChain() int {
	if c.options.MaxChain > 0 {
		return c.options.MaxChain
	}
	return DefaultMaxChain
}

// chains shows all aliases whose chain has more than one link and an end.
func (c *check) chains(show func(start, tail)) {
	for _, s := range c.chained {
		if s.t == rr.TypeCNAME && s.q != forAddresses {
			continue
		}
		t, _, _ := c.tail(s.name, s.q)
		if !t.circle && !t.grows && t.links > 1 && c.ownType(s) {
			show(s, t)
		}
	}
}

// ownType reports whether the record that starts s stands there itself.
func (c *check) ownType(s start) bool {
	c.key.Set(s.name)
	n := c.zone.Node(&c.key, c.key.Depth())
	return n != nil && !n.Set(s.t).Empty()
}

// shortcut offers to point the record that starts s to end.
func (c *check) shortcut(s start, end dname.Name) []Fix {
	c.key.Set(s.name)
	for set := c.zone.Node(&c.key, c.key.Depth()).Set(s.t); len(set) > 0; {
		var r rr.Record
		r, set = set.Next()
		if target := form.Target(r); target != nil {
			return c.retarget(&pointer{subject: &subject{owner: s.name}, record: r, target: target}, end)
		}
	}
	return nil
}

package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
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
		c.chains(func(s start, t reach.Tail) {
			if t.Links > c.maxChain {
				return
			}
			f := c.at(s.name, s.t, s.nth, "%s points to an alias: it takes %d links to get to %s", c.called(s), t.Links, t.End)
			if f.Code != "" {
				f.Fixes = c.shortcut(s, t)
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
		c.chains(func(s start, t reach.Tail) {
			if t.Links <= c.maxChain {
				return
			}
			f := c.at(s.name, s.t, s.nth, "%s starts a chain of more than %d links, which ends at %s", c.called(s), c.maxChain, t.End)
			if f.Code != "" {
				f.Conflicts = []string{s.name.String() + " " + c.line(s.name, s.record, s.nth)}
				f.Fixes = c.shortcut(s, t)
			}
		})
	},
}

// chains shows all aliases whose chain has more than one link and an end by
// every way, with what the record leads to.
func (c *check) chains(show func(start, reach.Tail)) {
	for _, s := range c.chained {
		if s.t == rr.TypeCNAME && s.q != reach.Addresses {
			continue
		}
		if t := c.Tail(s.target, s.q); !t.Circle && !t.Grows && t.Links > 0 && c.stands(s) {
			t.Links++
			show(s, t)
		}
	}
}

// stands reports whether the record of s stands at its name and leads on from there.
func (c *check) stands(s start) bool {
	if s.record == nil {
		return false
	}
	c.key.Set(s.name)
	n := c.zone.Node(&c.key, c.key.Depth())
	return n != nil && reach.LinkType(zone.Found{Node: n}, s.q) == s.t && (s.t != rr.TypeCNAME || s.nth == 0)
}

// called is what the record of s is called in texts.
func (c *check) called(s start) string {
	text := s.name.String() + " " + s.t.String()
	c.key.Set(s.name)
	if _, more := c.zone.Node(&c.key, c.key.Depth()).Set(s.t).Next(); !more.Empty() {
		text += " " + s.target.String()
	}
	return text
}

// shortcut offers to point the record of s to the end, where there is one only.
func (c *check) shortcut(s start, t reach.Tail) []Fix {
	if t.Forks {
		return nil
	}
	return c.retarget(&pointer{subject: &subject{owner: s.name}, record: s.record, target: form.Target(s.record)}, t.End)
}

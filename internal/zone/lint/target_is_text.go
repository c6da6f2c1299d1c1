package lint

import (
	"net/netip"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

const kindTargets = kindCNAME | kindNS | kindMX | kindSRV | kindSVCB | kindAlias | kindPTR | kindDNAME

var addressAsTarget = Rule{
	Code:     "address-as-target",
	Severity: Error, // no client ever gets anywhere by it
	Load:     Warning,
	Source:   "RFC 1035, Section 3.3; RFC 1912, Section 2.4",
	Fix:      "write an A or AAAA record for the address; where a host is asked for, name the host that has it",
	Good:     head + "www A 192.0.2.1\n",
	Bad:      head + "www CNAME 192.0.2.1\n",
	when:     kindTargets,
	anywhere: true,
	target: func(c *check, p *pointer) {
		a := c.addressIn(p)
		if !a.IsValid() {
			return
		}
		t := p.record.Type()
		f := c.at(p.owner, t, p.nth, "%s %s points to the name %s, which is an address: %s", p.owner, t, p.target, a)
		f.Conflicts = []string{c.line(p.owner, p.record, p.nth)}
		if f.Code != "" {
			f.Fixes = c.insteadOfAddress(p, a)
		}
	},
}

// insteadOfAddress offers the address as a record: of the owner itself where that is
// an alias, of a host where one is asked for.
func (c *check) insteadOfAddress(p *pointer, a netip.Addr) []Fix {
	switch {
	case p.kind&(kindCNAME|kindAlias) != 0:
		return []Fix{finding.Patch("give "+p.owner.String()+" the address itself",
			c.Removal(p.owner, p.node.Set(p.record.Type())), c.Addition(p.owner, form.AddressType(a), p.record.TTL(), a.String()))}
	case p.kind&(kindMX|kindNS|kindSRV) != 0:
		return c.asHost(p, a)
	}
	return nil
}

// usualHosts are what hosts of a kind are mostly called.
var usualHosts = map[kinds]string{kindMX: "mail", kindNS: "ns1", kindSRV: "host"}

// asHost offers to point the record of p to a host of the usual name that has the
// address a, unless that name is taken.
func (c *check) asHost(p *pointer, a netip.Addr) []Fix {
	host, err := dname.Parse(usualHosts[p.kind], c.apex)
	if err != nil {
		return nil // too long
	}
	in, f := c.Look(host)
	free := f.Match == zone.Missing || f.Match == zone.Synthesized || f.Match == zone.Exact && f.Node.Empty()
	has := f.Match == zone.Exact && form.HasData(f.Node.Set(form.AddressType(a)), a.AsSlice())
	if in != c.zone || !free && !has {
		return nil
	}
	there := c.retarget(p, host)[0]
	if there.Title = "name the host " + host.String() + ", which has that address"; !has {
		there.Title = "name the host " + host.String() + ", and give it that address"
		there.Edits = append(there.Edits, c.Addition(host, form.AddressType(a), p.record.TTL(), a.String()))
	}
	return []Fix{there}
}

// addressIn is the address that the target of p spells, completed by the apex or
// not; names that exist are names.
func (c *check) addressIn(p *pointer) (a netip.Addr) {
	if p.in != nil && p.found.Match == zone.Exact {
		return a
	}
	return form.AddressIn(p.target, c.apex)
}

var urlAsTarget = Rule{
	Code:     "url-as-target",
	Severity: Error,
	Load:     Warning,
	Source:   "RFC 1035, Section 3.3; RFC 1123, Section 2.1",
	Fix:      "write the name of the host alone, without https:// before it and without port and path behind it",
	Good:     head + "www CNAME host.example.net.\n",
	Bad:      head + "www CNAME https://host.example.net/path.\n",
	when:     kindTargets,
	anywhere: true,
	target: func(c *check, p *pointer) {
		if p.host || !form.IsURL(p.target) || c.apex.IsBelow(arpa) { // a slash stands in names of RFC 2317
			return
		}
		written := form.Written(p.target, c.apex)
		text := written[len(written)-1]
		if _, err := netip.ParseAddr(text); err == nil {
			return // address-as-target
		}
		t := p.record.Type()
		f := c.at(p.owner, t, p.nth, "%s %s points to %s: a URL is no name", p.owner, t, text)
		f.Conflicts = []string{c.line(p.owner, p.record, p.nth)}
		if f.Code != "" {
			f.Fixes = c.insteadOfURL(p, form.HostOf(text))
		}
	},
}

// insteadOfURL offers the host of a URL, or its address.
func (c *check) insteadOfURL(p *pointer, text string) []Fix {
	if a, err := netip.ParseAddr(text); err == nil {
		return c.insteadOfAddress(p, a)
	}
	host, err := dname.Parse(text+".", nil)
	if err != nil || host.Labels() < 2 || form.IsURL(host) {
		return nil
	}
	return c.retarget(p, host)
}

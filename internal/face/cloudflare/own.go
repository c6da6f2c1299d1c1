package cloudflare

import (
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
)

// isHidden reports whether set is the zone's own affair, which the original does
// not list: the SOA, and the NS RRset that the server has put at the apex, until a
// client writes into it. Clients that hold a zone against a list of their own take
// the zone's name servers into that list, and look for what they have written.
func (c *call) isHidden(set *change.RRset) bool {
	if set.Type == rr.TypeSOA {
		return true
	}
	if set.Type != rr.TypeNS || !set.Owner.Equal(c.zone.Apex) {
		return false
	}
	touched := func(r change.Record) bool { return !r.Note.Empty() || !c.isOurs(r.Data) }
	return (set.TTL == control.DefaultTTL || int(set.TTL) == c.zone.Settings.NSTTL) && !slices.ContainsFunc(set.Records, touched)
}

// isOurs reports whether ns is a name server of this server; where it was not
// told which are, all at the apex of a zone are.
func (c *call) isOurs(ns dname.Name) bool {
	for _, text := range c.NameServers {
		if n, err := content.ParseHost(text, c.zone.Apex); err == nil && n.Equal(ns) {
			return true
		}
	}
	return len(c.NameServers) == 0
}

// claim lets a client write an NS record that the server has put at the apex
// before it: what it adds is there, and may not have been shown to it.
func (c *call) claim(e *control.Edit) error {
	if e.Op != control.Add || e.Type != rr.TypeNS || !e.Owner.Equal(c.zone.Apex) || !c.isOurs(e.Records[0].Data) {
		return nil
	}
	set, err := c.Control.RRset(c.ctx, c.p, c.ref(), e.Owner, e.Type)
	if err != nil {
		return err
	}
	data := dname.Name(e.Records[0].Data).Lower()
	if at := set.Index(data); at >= 0 {
		e.Op, e.ID = control.Set, set.Records[at].ID
	}
	return nil
}

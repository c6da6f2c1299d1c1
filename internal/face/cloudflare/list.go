package cloudflare

import (
	"cmp"
	"errors"
	"slices"

	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// maxSorted bounds how many records are sorted for one answer.
const maxSorted = 2_000_000

func listRecords(c *call) (any, error) {
	info, err := c.page(recordsPerPage, maxRecordsPerPage)
	if err != nil {
		return nil, err
	}
	f, err := c.filters()
	if err != nil {
		return nil, err
	}
	by, err := c.recordOrder()
	if err != nil {
		return nil, err
	}
	c.out.Info = info
	switch {
	case by != nil:
		return c.sorted(f, info, by)
	case len(f.some) == 0:
		return c.plainPage(info)
	}
	return c.filtered(f, info)
}

// recordOrder is the order that the parameters ask for; nil for that of the DNS.
func (c *call) recordOrder() (func(a, b *row) int, error) {
	down, err := c.descending()
	if err != nil {
		return nil, err
	}
	var by func(a, b *row) int
	switch order := c.query.Get("order"); order {
	case "", "proxied": // none is
		if !down {
			return nil, nil
		}
		by = byName
	case "name":
		by = byName
	case "type":
		by = func(a, b *row) int {
			return cmp.Compare(shownType(a.set.Type).String(), shownType(b.set.Type).String())
		}
	case "content":
		by = func(a, b *row) int { return cmp.Compare(a.content[0], b.content[0]) }
	case "ttl":
		by = func(a, b *row) int { return cmp.Compare(shownTTL(&a.found), shownTTL(&b.found)) }
	default:
		return nil, badOrder(order, "type, name, content, ttl or proxied")
	}
	return turn(by, down), nil
}

func byName(a, b *row) int { return cmp.Compare(a.name, b.name) }

// each visits the records that are shown, in the order of the DNS, until visit
// returns false.
func (c *call) each(r control.Range, visit func(found) bool) error {
	for set, err := range c.Control.RRsets(c.ctx, c.p, c.ref(), r) {
		if err != nil {
			return err
		}
		if c.isHidden(&set) {
			continue
		}
		for at := range set.Records {
			if !visit(found{set, at}) {
				return nil
			}
		}
	}
	return nil
}

// ranges is where in the zone records that pass f can be.
func (f *filters) ranges() []control.Range {
	if len(f.types) == 0 || f.owner == nil { // by type alone the store has no quick way
		return []control.Range{{Owner: f.owner}}
	}
	all := make([]control.Range, len(f.types))
	for i, t := range f.types {
		all[i] = control.Range{Owner: f.owner, Type: t}
	}
	return all
}

// pick visits the records that pass f.
func (c *call) pick(f *filters, visit func(*row) error) error {
	if f.owner != nil && !f.owner.IsAtOrBelow(c.zone.Apex) {
		f.owner = c.zone.Apex // nothing there has that name; what is asked for is not in the zone
	}
	var failed error
	for _, r := range f.ranges() {
		err := c.each(r, func(one found) bool {
			if w := newRow(one); f.keep(w) {
				failed = visit(w)
			}
			return failed == nil
		})
		if err := errors.Join(err, failed); err != nil {
			return err
		}
	}
	return nil
}

// filtered is a page of the records that pass f, in the order of the DNS.
func (c *call) filtered(f *filters, info *envelope.ResultInfo) (any, error) {
	list := []*recordOut{}
	n, from := 0, (info.Page-1)*info.PerPage
	err := c.pick(f, func(r *row) error {
		if n >= from && n < from+info.PerPage {
			list = append(list, c.show(&r.found))
		}
		n++
		return nil
	})
	info.Of(n)
	return list, err
}

// sorted is a page of the records that pass f, in another order.
func (c *call) sorted(f *filters, info *envelope.ResultInfo, by func(a, b *row) int) (any, error) {
	var rows []*row
	err := c.pick(f, func(r *row) error {
		if len(rows) == maxSorted {
			return envelope.Wrong(envelope.CodeQuota, "Too many records to sort them. Leave the order out, or ask for fewer.")
		}
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, by)
	from, to := info.Of(len(rows))
	list := make([]*recordOut, 0, to-from)
	for _, r := range rows[from:to] {
		list = append(list, c.show(&r.found))
	}
	return list, nil
}

// plainPage is a page of all records. Only what is shown is read: first the
// apex, where some are hidden, then the rest by its place.
func (c *call) plainPage(info *envelope.ResultInfo) (any, error) {
	var apex []found
	hidden := 0
	for set, err := range c.Control.RRsets(c.ctx, c.p, c.ref(), control.Range{Owner: c.zone.Apex}) {
		if err != nil {
			return nil, err
		}
		switch {
		case set.Type == rr.TypeSOA: // which Records does not count
			continue
		case c.isHidden(&set):
			hidden = len(set.Records)
			continue
		}
		for at := range set.Records {
			apex = append(apex, found{set, at})
		}
	}
	from, to := info.Of(max(c.zone.Records-hidden, len(apex)))
	list := make([]*recordOut, 0, to-from)
	for i := from; i < min(to, len(apex)); i++ {
		list = append(list, c.show(&apex[i]))
	}
	if to <= len(apex) {
		return list, nil
	}
	rest := control.Range{Skip: max(from-len(apex), 0), Limit: to - max(from, len(apex))}
	rest.After.Owner, rest.After.Type = c.zone.Apex, rr.Type(1<<16-1)
	err := c.each(rest, func(f found) bool {
		list = append(list, c.show(&f))
		return true
	})
	info.Count = len(list) // somebody may have written meanwhile
	return list, err
}

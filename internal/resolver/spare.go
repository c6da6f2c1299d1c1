package resolver

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/message"
	"github.com/truename-dns/truename/internal/resolver/pace"
)

// spareNames keeps the names in ns, which the zone says of itself, for no longer
// than the delegation lasts that led there.
func (w *walk) spareNames(ns rr.Set) {
	ttl := int64(ns.TTL())
	if until := w.search.cut.until; until > 0 {
		ttl = min(ttl, until-w.r.options.Clock().Unix())
	}
	if ttl <= 0 {
		return
	}
	var names []dname.Name
	for _, name := range message.Targets(ns) {
		names = append(names, name.Clone())
	}
	w.r.spares.Put(w.search.cut.apex, pace.Spare{Names: names}, uint32(ttl))
}

// fallBack goes on with the spare servers of the cut, and then with spare addresses
// of those; ok is false where there are none.
func (w *walk) fallBack() (next state, ok bool) {
	c := &w.search.cut
	if w.search.fellBack > 1 || c.route != nil {
		return nil, false
	}
	w.search.fellBack++
	own := w.r.spares.Find(c.apex).Names
	var list []exchange.Server
	for _, name := range append(slices.Clone(c.servers), own...) {
		list = append(list, w.r.spares.Find(name).Servers...)
	}
	list = slices.DeleteFunc(list, func(s exchange.Server) bool { return slices.Contains(c.known, s) })
	c.names = slices.DeleteFunc(slices.Clone(own), func(name dname.Name) bool { return slices.ContainsFunc(c.servers, name.Equal) })
	if len(list)+len(c.names) == 0 {
		return nil, false
	}
	c.servers = append(c.servers, c.names...)
	c.know(list)
	w.enqueue(list)
	return (*walk).ask, true
}

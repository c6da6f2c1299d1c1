package resolver

import (
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// spares are servers to be asked where all that ought to know have failed: those
// that a zone itself says it has, and the addresses that came as glue, which
// those that are the name's own may have replaced. It is bounded and forgets.
type spares struct {
	clock func() time.Time
	mu    sync.Mutex
	known map[string]spare // by apex or by name of a server, in lower case
}

type spare struct {
	names   []dname.Name      // of an apex
	servers []exchange.Server // of the name of a server
	until   time.Time
}

func (s *spares) init(clock func() time.Time) {
	s.clock = clock
	s.known = make(map[string]spare)
}

// put keeps p for ttl seconds.
func (s *spares) put(name dname.Name, p spare, ttl uint32) {
	p.until = s.clock().Add(time.Duration(ttl) * time.Second)
	key := string(name.Lower())
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.known[key]; !ok {
		bound(s.known, spareSize)
	} else if p.names == nil {
		p.names = old.names
	} else {
		p.servers = old.servers
	}
	s.known[key] = p
}

func (s *spares) find(name dname.Name) spare {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.known[string(name.Lower())]; ok && s.clock().Before(p.until) {
		return p
	}
	return spare{}
}

// spareSize is how many names are remembered.
const spareSize = 2048

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
	for _, name := range targets(ns) {
		names = append(names, name.Clone())
	}
	w.r.spares.put(w.search.cut.apex, spare{names: names}, uint32(ttl))
}

// fallBack goes on with the spare servers of the cut, and then with spare addresses
// of those; ok is false where there are none.
func (w *walk) fallBack() (next state, ok bool) {
	c := &w.search.cut
	if w.search.fellBack > 1 || c.route != nil {
		return nil, false
	}
	w.search.fellBack++
	own := w.r.spares.find(c.apex).names
	var list []exchange.Server
	for _, name := range append(slices.Clone(c.servers), own...) {
		list = append(list, w.r.spares.find(name).servers...)
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

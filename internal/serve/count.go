package serve

import (
	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/listen"
)

// counted is what the statistics are told of a response beside its head.
type counted struct {
	home  dname.Name // the apex of the zone that the name asked for is in; nil if none
	found *answer.Answer
	key   dname.Key
	star  [dname.MaxLen]byte
}

// belong notes where the name asked for belongs. A chain may have ended in
// another zone than it began in.
func (w *Worker) belong(a *answer.Answer) {
	w.counted.home, w.counted.found = a.Zone, a
	if !chained(a, w.query.Type) {
		return
	}
	k := &w.counted.key
	k.Set(w.query.Name)
	if e := w.server.zones.Load().Find(k, k.Depth()); e != nil {
		w.counted.home = e.Apex
	}
}

// chained reports whether a went from the name asked for to another.
func chained(a *answer.Answer, asked rr.Type) bool {
	if len(a.Answer) == 0 {
		return false
	}
	t := a.Answer[0].Set.Type()
	return t == rr.TypeDNAME && asked != rr.TypeDNAME || t == rr.TypeCNAME && asked != rr.TypeCNAME && asked != rr.TypeANY
}

// count reports the response to the statistics.
func (w *Worker) count() {
	w.stats.Query(w.query.Type, w.rcode, w.in.Transport == listen.TCP)
	home := w.counted.home
	if !w.stats.Zone(home, w.query.Type, w.rcode) {
		return
	}
	if w.rcode == code.NXDomain {
		w.stats.Name(home, w.query.Name, true)
		return
	}
	w.stats.Name(home, w.known(), false)
}

// known is the name of ours that answered: names made up below a cut, a DNAME or
// a wildcard are not each one of their own.
func (w *Worker) known() dname.Name {
	a := w.counted.found
	switch {
	case a.Outcome == answer.Delegation && !chained(a, w.query.Type):
		return a.Authority[0].Owner
	case a.Encloser == nil:
		return w.query.Name
	case len(a.Answer) > 0 && a.Answer[0].Set.Type() == rr.TypeDNAME:
		return a.Encloser
	}
	return a.Encloser.Wildcard(w.counted.star[:0])
}

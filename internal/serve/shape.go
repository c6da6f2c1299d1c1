package serve

import (
	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// shape writes the sections of a. Answer and authority go in whole or the
// response is truncated; of the additional section only glue matters so much
// (RFC 2181, Section 9; RFC 9471, Section 3.1).
func (w *Worker) shape(a *answer.Answer) {
	if a.Authoritative && w.query.Class != rr.ClassANY { // RFC 1035, Section 3.2.5: "any class" has no authority
		w.out.SetFlags(wire.AA)
	}
	if !w.all(a.Answer) {
		w.out.Truncate(&w.query)
		return
	}
	w.out.Authority()
	if !w.all(a.Authority) {
		w.out.Truncate(&w.query)
		return
	}
	w.out.Additional()
	for _, item := range a.Additional {
		if item.Glue && !w.out.Set(item.Owner, item.Set) {
			w.out.SetFlags(wire.TC)
			return
		}
	}
	for _, item := range a.Additional {
		if !item.Glue {
			w.out.Set(item.Owner, item.Set)
		}
	}
}

func (w *Worker) all(items []answer.Item) bool {
	for _, item := range items {
		if !w.out.Set(item.Owner, item.Set) {
			return false
		}
	}
	return true
}

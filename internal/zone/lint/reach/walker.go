package reach

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
)

// Walker follows questions through zones. What it has found out it keeps, so that it
// is good for one state of them.
type Walker struct {
	Held   *zone.Set      // nil: only Zone is known
	Zone   *zone.Snapshot // that under judgement, instead of what Held has of its apex
	Left   int            // names that may be walked where it is a Change that is judged
	Pass   int            // names that may be passed in search of ways through rings
	Change bool           // every way into a circle is told, not each circle once

	key   dname.Key
	tails map[string]Tail
	rings int  // found so far
	told  told // of circles
}

// Knows reports whether it is known what name leads q to.
func (w *Walker) Knows(name dname.Name, q Question) bool {
	_, ok := w.tails[tailKey(name, q)]
	return ok
}

// Look finds name in the zones held; in is nil where it lies in none of them.
func (w *Walker) Look(name dname.Name) (in *zone.Snapshot, f zone.Found) {
	in = w.Home(name)
	if in == nil {
		return nil, f
	}
	return in, in.Find(&w.key)
}

// Home is the zone that name lies in, nil where we hold none.
func (w *Walker) Home(name dname.Name) *zone.Snapshot {
	own := name.IsAtOrBelow(w.Zone.Apex())
	if w.Held == nil && !own {
		return nil
	}
	w.key.Set(name)
	if w.Held == nil {
		return w.Zone
	}
	e := w.Held.Find(&w.key, w.key.Depth())
	switch {
	case own && (e == nil || len(e.Apex) <= len(w.Zone.Apex())):
		return w.Zone
	case e == nil:
		return nil
	}
	return e.Zone // nil of a zone that could not be loaded: nobody knows
}

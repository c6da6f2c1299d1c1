package graph

import (
	"bytes"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// walk goes from a name to its dependents. For every level of depth it starts at
// the name again and emits what lies exactly so deep: so it needs little more memory
// than one path, and where it stopped can be said by the keys on that path. Since a
// name has one shortest way for each type wanted (toRoot), the ways back form a tree
// once every name is taken on the first of them only (walk.canonical).
type walk struct {
	toRoot
	back
	level int // of what is emitted now
	max   int
	limit int     // of dependents in the page
	work  int     // left
	grew  bool    // something on this level can be walked through
	stack []frame // the path
	again []frame // where to take up again, above the stack
	page  Page
}

// frame is how far a walk has come among the edges of one node.
type frame struct {
	key    key  // the edge at hand; empty before the first
	inside bool // its node is being walked through
	sub    key  // the name of that node, if a wildcard stands for several
}

// node is a name on a walk, and the type wanted there by whom it leads to the root.
type node struct {
	name dname.Name
	want rr.Type
}

func (g *Graph) walk(world *zone.Set, name dname.Name, q Query) *walk {
	w := &walk{
		toRoot: toRoot{walker: walker{set: world}, root: name.Lower()}, back: g.back(), level: 1, max: 1,
		limit: min(orElse(q.Limit, defaultPage), maxPage), work: max(orElse(q.Work, defaultWork), minWork),
	}
	if q.Transitive {
		w.max = bounded(q.MaxDepth)
	}
	return w
}

// run emits level by level until there is nothing deeper or the page is full.
func (w *walk) run() {
	for ; w.level <= w.max; w.level++ {
		if !w.under(node{w.root, addresses}, 0) {
			w.page.Cursor = w.cursor()
			return
		}
		if !w.grew {
			return
		}
		w.grew = false
	}
}

// spend takes one from the work allowed.
func (w *walk) spend() bool {
	if w.work == 0 {
		w.page.Truncated = true
		return false
	}
	w.work--
	return true
}

// charge takes n from the work allowed, as far as there is, for what is done
// anyway; but on the way back to where the page before ended, so that every page
// gets further.
func (w *walk) charge(n int) {
	if len(w.again) == 0 {
		w.work = max(w.work-n, 0)
	}
}

// under goes through the edges to n, which lies at depth, and reports whether to go on.
func (w *walk) under(n node, depth int) bool {
	ways := w.ways(n.name, depth == 0)
	w.charge(len(ways))
	w.stack = append(w.stack, frame{})
	if len(w.again) > 0 {
		w.stack[depth], w.again = w.again[0], w.again[1:]
	}
	for _, prefix := range ways {
		if !w.edges.scan(prefix, w.stack[depth].key, func(k key) bool { return w.edge(k, n, depth) }) {
			return false
		}
	}
	w.stack, w.again = w.stack[:depth], nil
	return true
}

// edge takes the edge of key k, which leads to n.
func (w *walk) edge(k key, n node, depth int) bool {
	f := &w.stack[depth]
	same := bytes.Equal(k, f.key)
	if same && !f.inside {
		return true // the page before ended here
	}
	if !w.spend() {
		return false
	}
	if !same {
		f.key, f.sub, w.again = append(f.key[:0:0], k...), nil, nil
	}
	f.inside = false
	e, err := k.edge()
	switch {
	case err != nil:
		return true
	case depth+1 == w.level:
		return w.reveal(e, n)
	case !e.Kind.Follows() || depth == 0 && e.Kind == DNAME && e.Target.Equal(n.name):
		return true
	}
	f.inside = true
	if !w.through(e, n, depth) {
		return false
	}
	w.stack[depth].inside = false
	return true
}

// reveal emits the dependent that e, an edge that leads to n, makes.
func (w *walk) reveal(e Edge, n node) bool {
	if !e.Kind.Follows() || e.Kind == DNAME && e.Target.Equal(n.name) {
		s, ok := w.live(e)
		return !ok || w.give(s, n.name, addresses)
	}
	l, ok := w.leads(startOf(&e, n.name), e, n)
	w.grew = w.grew || e.Owner.IsWildcard() || ok && !l.from.name.Equal(w.root) // others than it may lead here
	return !ok || w.give(l.step, n.name, l.next)
}

// give emits the dependent whose path begins with s and goes on from name, if it
// gets to the root.
func (w *walk) give(s Step, name dname.Name, want rr.Type) bool {
	rest, ok := w.path(name, want)
	if ok {
		w.page.Dependents = append(w.page.Dependents, dependent(append([]Step{s}, rest...)))
	}
	return len(w.page.Dependents) < w.limit
}

// through goes on behind e, an edge that leads to n: with its owner, or with the
// name that a DNAME makes lead to n, and with all names pointed at that the
// owner is the source of synthesis for.
func (w *walk) through(e Edge, n node, depth int) bool {
	if len(w.stack[depth].sub) == 0 {
		if !w.into(startOf(&e, n.name), e, n, depth) {
			return false
		}
		w.stack[depth].sub = key{follows}
	}
	if e.Kind == DNAME || !e.Owner.IsWildcard() {
		return true
	}
	for _, region := range [...]byte{follows, refers} {
		ok := w.edges.targets(region, e.Owner.Parent(), w.stack[depth].sub, func(target key, name dname.Name) bool {
			return w.synthesized(target, name, e, n, depth)
		})
		if !ok {
			return false
		}
	}
	return true
}

// synthesized goes on with name, below the wildcard that e is owned by.
func (w *walk) synthesized(at key, name dname.Name, e Edge, n node, depth int) bool {
	if !w.spend() {
		return false
	}
	f := &w.stack[depth]
	if !bytes.Equal(at, f.sub) {
		f.sub, w.again = append(f.sub[:0:0], at...), nil
	}
	known := at[0] == refers && w.edges.pointedAt(follows, name) // was here before
	if !known && !name.Equal(e.Owner) && !w.into(name, e, n, depth) {
		return false
	}
	sub := w.stack[depth].sub
	sub[len(sub)-1] = 1 // behind all edges of this target, as in index.targets
	return true
}

// into goes on under name if e leads from it to n and it is walked on this way.
func (w *walk) into(name dname.Name, e Edge, n node, depth int) bool {
	if w.barren(name) {
		return true
	}
	l, ok := w.leads(name, e, n)
	if !ok || name.Equal(w.root) || !w.canonical(l.from) {
		return true
	}
	return w.under(l.from, depth+1)
}

// link is a step from a node towards the root, and what is wanted behind it.
type link struct {
	from node
	step Step
	next rr.Type
}

// leads reports whether e is how the shortest way from name to the root begins.
func (w *walk) leads(name dname.Name, e Edge, n node) (l link, ok bool) {
	l.from = node{name, n.want}
	switch e.Kind {
	case ALIAS:
		l.from.want = addresses
	case HTTPSAlias, SVCBAlias:
		l.from.want = e.Kind.Type()
	}
	if len(name) > dname.MaxLen {
		return l, false
	}
	way := w.begin(l.from)
	l.step, l.next = way.step, way.next
	return l, way.length > 0 && l.step.by(&e, n.name)
}

// canonical reports whether m leads to the root for nothing that is wanted before
// m.want. There is one shortest way for each, so that is the one to take m on.
func (w *walk) canonical(m node) bool {
	for _, want := range wants {
		if want == m.want {
			break
		}
		if w.begin(node{m.name, want}).length > 0 {
			return false
		}
	}
	return true
}

// begin is toRoot.begin, charged.
func (w *walk) begin(n node) onward {
	before := w.spent
	way := w.toRoot.begin(n.name, n.want)
	w.charge(w.spent - before)
	return way
}

// path is the way from name to the root for a client that wants records of that
// type; it is empty if name is the root.
func (w *walk) path(name dname.Name, want rr.Type) (path []Step, ok bool) {
	for range MaxLimit {
		if name.Equal(w.root) {
			return path, true
		}
		way := w.begin(node{name, want})
		if way.length == 0 {
			return nil, false
		}
		path, name, want = append(path, way.step), way.step.Target, way.next
	}
	return nil, false
}

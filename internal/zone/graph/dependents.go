package graph

import (
	"math"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Query says which dependents are wanted.
type Query struct {
	Cursor     string // of the Page before; empty for the first
	Limit      int    // of dependents in a page, 1 to 1000; 0 means 100
	Transitive bool   // those of dependents too
	MaxDepth   int    // of their paths if Transitive, 1 to MaxLimit; 0 means DefaultLimit
	Work       int    // edges and names looked at for a page at most; 0 means 100,000
}

// Page is some of the dependents of a name, those with short ways first.
type Page struct {
	Dependents []Dependent
	Cursor     string // where to go on; empty behind the last
	// Truncated: the page ended because of Query.Work, and may be short or empty
	// though there is more.
	Truncated bool
}

// Dependent is a record set that leads to the name asked about. A name that
// leads there is one Dependent for each of its kinds of pointers that do; a
// DNAME is one for each name below its owner that some dependent points at.
//
// What is occluded leads nowhere and is none: records below a cut but for what the
// cut itself needs (RFC 2181, Section 6.1), below a DNAME (RFC 6672, Section 2.3),
// or in a zone of which another zone held has taken the name over.
type Dependent struct {
	Step         // the first of Path
	Path  []Step // down to the name; its length is the depth
	Least uint32 // TTL along Path, in seconds
	Sum   uint64 // of the TTLs along Path, in seconds
}

// Type is the type of the record set.
func (d *Dependent) Type() rr.Type { return d.Kind.Type() }

// Depth is the number of steps from the dependent to the name.
func (d *Dependent) Depth() int { return len(d.Path) }

func dependent(path []Step) Dependent {
	d := Dependent{Step: path[0], Path: path, Least: math.MaxUint32}
	for i := range path {
		d.Least = min(d.Least, path[i].TTL)
		d.Sum += uint64(path[i].TTL)
	}
	return d
}

const (
	defaultPage = 100
	maxPage     = 1000
	defaultWork = 100_000
	minWork     = 4 * MaxLimit // a page always gets further than the one before
)

// Dependents is a page of those who point at name, as the zones of world have it:
//
//   - directly, by a record whose target is name; a DNAME to name leads only from the
//     names below its owner to those below name, but is listed there too, as a
//     leaf;
//   - through a DNAME at D to a name T above name: prefix.D stands for
//     prefix.T, and whoever points at prefix.D is a dependent too;
//   - through a wildcard that points at name: whoever points at a name that it is
//     synthesized for is a dependent too. A name that is synthesized and reached
//     by nothing but a DNAME is not found;
//   - with Query.Transitive, through dependents that follow (Kind.Follows).
//
// Every name is walked through once, on the shortest way that its addresses take if
// they come here by any target, else its HTTPS, else its SVCB records. The only error
// is a Cursor that is none.
func (g *Graph) Dependents(world *zone.Set, name dname.Name, q Query) (Page, error) {
	w := g.walk(world, name, q)
	if err := w.resume(q.Cursor); err != nil {
		return Page{}, err
	}
	w.run()
	return w.page, nil
}

func orElse(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}

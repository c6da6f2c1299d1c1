// Package zone holds what is served: immutable snapshots of zones, how they
// are built and changed, and the set of all zones a server holds.
package zone

import (
	"encoding/binary"
	"iter"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Snapshot is one version of one zone. It never changes and is read without
// locks; With makes the next version, which shares what did not change.
// All facts a lookup needs were settled when it was made: empty non-terminals
// are names like any other, and cuts, redirections and wildcards are marked.
type Snapshot struct {
	apex    dname.Name
	labels  int // of the apex
	dir     directory
	shade   []uint32 // shade[d]: how many cuts and DNAME owners lie d labels below the apex
	deepest int      // no name lies more labels below the apex
	soa     rr.Set
	denial  rr.Set // the SOA as negative answers carry it
	names   int
	records int

	policies Policies // of ALIAS records that have one
}

// Apex is the name of the zone, lower-cased.
func (s *Snapshot) Apex() dname.Name { return s.apex }

// Labels is the number of labels of the apex.
func (s *Snapshot) Labels() int { return s.labels }

// SOA is the SOA set of the apex.
func (s *Snapshot) SOA() rr.Set { return s.soa }

// DenialSOA is the SOA set with the TTL that a negative answer gives it (RFC 2308, Section 3).
func (s *Snapshot) DenialSOA() rr.Set { return s.denial }

// Serial is the serial number of this version.
func (s *Snapshot) Serial() Serial { return Serial(s.soa.Serial()) }

// Names counts the names that own records; Records the records.
func (s *Snapshot) Names() int   { return s.names }
func (s *Snapshot) Records() int { return s.records }

// Node is the name made of the last depth labels of k, which lies at or below
// the apex, whether or not a cut lies above it; the zero Node if there is none.
func (s *Snapshot) Node(k *dname.Key, depth int) Node {
	name := k.Suffix(depth)
	return s.dir.find(k.Hash(depth), name[:len(name)-len(s.apex)])
}

// Match says how a name was found.
type Match uint8

const (
	// Missing: the name does not exist; Node is its closest encloser and has no wildcard.
	Missing Match = iota
	// Exact: Node is the name itself.
	Exact
	// Synthesized: the name does not exist; Node is the wildcard that stands for it (RFC 4592, Section 3.3).
	Synthesized
	// Delegated: Node is the topmost cut above the name (RFC 1034, Section 4.3.2, step 3b).
	Delegated
	// Redirected: Node is the topmost DNAME owner above the name (RFC 6672, Section 3.2).
	Redirected
)

// Found is the outcome of a lookup. Depth counts the labels of Node's owner;
// for Synthesized those of the closest encloser.
type Found struct {
	Match Match
	Depth int
	Node  Node
}

// Find looks the name k up, which lies at or below the apex, as RFC 1034,
// Section 4.3.2, step 3 goes down label by label: what lies highest decides.
func (s *Snapshot) Find(k *dname.Key) Found {
	if f, shaded := s.Above(k); shaded {
		return f
	}
	depth := k.Depth()
	if n := s.Node(k, depth); n != nil {
		return Found{Exact, depth, n}
	}
	depth, n := s.encloser(k)
	if n.Is(HasWildcard) {
		below := k.Suffix(depth)
		return Found{Synthesized, depth, s.wildcard(k.WildcardHash(depth), below[:len(below)-len(s.apex)])}
	}
	return Found{Missing, depth, n}
}

// Above finds the topmost cut or DNAME owner strictly above k. It looks only at
// depths where the zone has one.
func (s *Snapshot) Above(k *dname.Key) (Found, bool) {
	for d, count := range s.shade {
		depth := s.labels + d
		if depth >= k.Depth() {
			break
		}
		if count == 0 {
			continue
		}
		n := s.Node(k, depth)
		switch {
		case n == nil || !n.Is(shades):
		case n.Is(IsCut):
			return Found{Delegated, depth, n}, true
		default:
			return Found{Redirected, depth, n}, true
		}
	}
	return Found{}, false
}

// FirstShade is how many labels below the apex the topmost cut or DNAME owner
// of the zone lies; ok is false where it has none.
func (s *Snapshot) FirstShade() (depth int, ok bool) {
	for d, count := range s.shade {
		if count > 0 {
			return d, true
		}
	}
	return 0, false
}

// encloser is the closest encloser of the missing name k (RFC 4592, Section
// 3.3.1). A name exists only if all names above it do (RFC 8020, Section 2), so
// it is found by bisection.
func (s *Snapshot) encloser(k *dname.Key) (depth int, n Node) {
	low, high := s.labels, min(k.Depth()-1, s.labels+s.deepest)
	n = s.Node(k, low)
	for low < high {
		mid := (low + high + 1) / 2
		if m := s.Node(k, mid); m != nil {
			low, n = mid, m
		} else {
			high = mid - 1
		}
	}
	return low, n
}

// wildcard is the node "*" under the name given by its labels above the apex.
func (s *Snapshot) wildcard(h uint64, under []byte) Node {
	var name [dname.MaxLen + 2]byte
	return s.dir.find(h, append(append(name[:0], 1, '*'), under...))
}

// All yields every name with its data, empty non-terminals too, in no order.
// The name is valid for one step only.
func (s *Snapshot) All() iter.Seq2[dname.Name, Node] { return s.Part(0, 1) }

// Part yields what All does, cut into of parts of about the same size; part
// counts from 0.
func (s *Snapshot) Part(part, of int) iter.Seq2[dname.Name, Node] {
	n := len(s.dir.segments)
	from, to := n*part/of, n*(part+1)/of
	return func(yield func(dname.Name, Node) bool) {
		var owner [dname.MaxLen]byte
		s.dir.pagesOf(from, to, func(p page) bool {
			for i := range p.count() {
				n := p.node(i)
				if !yield(n.owner(owner[:0], s.apex), n) {
					return false
				}
			}
			return true
		})
	}
}

// Bytes is the memory that the snapshot's data takes, shared pages included.
func (s *Snapshot) Bytes() int {
	sum := 0
	for _, seg := range s.dir.segments {
		sum += 24 * len(seg)
	}
	for p := range s.dir.pages {
		sum += len(p)
	}
	return sum
}

// settle takes the apex's facts out of the directory after a build or a change.
func (s *Snapshot) settle(k *dname.Key) {
	k.Set(s.apex)
	s.soa = s.Node(k, s.labels).Set(rr.TypeSOA)
	if s.soa.Empty() {
		return
	}
	s.denial = append(rr.Set(nil), s.soa...)
	binary.BigEndian.PutUint32(s.denial[4:], s.soa.NegativeTTL())
}

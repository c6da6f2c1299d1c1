package answer

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// follow takes the link from owner to the target of the CNAME set and starts
// over with it (RFC 1034, Section 4.3.2, step 3a).
func (f *Finder) follow(owner dname.Name, cname rr.Set) (more bool) {
	if f.links == f.maxChain {
		f.out.Outcome = Exhausted
		return false
	}
	if f.question.Type == rr.TypeCNAME {
		// Made from a DNAME: what was asked for, and so not to be followed.
		f.out.Outcome = Hit
		f.out.Answer = append(f.out.Answer, Item{Owner: owner, Set: cname})
		return false
	}
	f.links++
	f.out.Answer = append(f.out.Answer, Item{Owner: owner, Set: cname})
	f.name = cname.Target()
	if f.seen(f.name) {
		f.loop(f.name)
		return false
	}
	return true
}

// redirect applies the DNAME found above the name at hand: the record itself and
// the CNAME made from it (RFC 6672, Section 3.1).
func (f *Finder) redirect(found zone.Found) (more bool) {
	f.authoritative()
	f.enclosed(found)
	owner := f.name.Suffix(found.Depth)
	set := found.Node.Set(rr.TypeDNAME)
	prefix := f.name[:len(f.name)-len(owner)]
	if f.question.Type != rr.TypeCNAME && set.Target().IsAtOrBelow(owner) && !f.leaves(prefix, set) {
		// Every name made lies below the owner again: a loop whose names only grow.
		f.loop(owner)
		return false
	}
	if f.links == f.maxChain {
		f.out.Outcome = Exhausted // a DNAME never stands without its CNAME
		return false
	}
	if !f.given(owner) {
		f.out.Answer = append(f.out.Answer, Item{Owner: owner, Set: set})
	}
	if len(prefix)+len(set.Target()) > dname.MaxLen {
		f.out.Outcome, f.out.Rcode = Overflow, code.YXDomain
		return false
	}
	return f.follow(f.name, f.made.cname(prefix, set))
}

// leaves reports whether the name that the DNAME set makes lies in another zone of
// ours than the name at hand: the search starts over there, below the DNAME though it
// is (RFC 6672, Section 3.2, step 3c).
func (f *Finder) leaves(prefix []byte, set rr.Set) bool {
	if len(prefix)+len(set.Target()) > dname.MaxLen {
		return false
	}
	f.aux.Set(f.made.cname(prefix, set).Target())
	e := f.set.Find(&f.aux, f.aux.Depth())
	return e != nil && !e.Apex.Equal(f.out.Zone)
}

// given reports whether the DNAME of owner is in the answer section already: a
// chain may pass it twice.
func (f *Finder) given(owner dname.Name) bool {
	for _, item := range f.out.Answer {
		if item.Set.Type() == rr.TypeDNAME && item.Owner.Equal(owner) {
			return true
		}
	}
	return false
}

// seen reports whether the chain has passed name before.
func (f *Finder) seen(name dname.Name) bool {
	for _, item := range f.out.Answer {
		if item.Set.Type() == rr.TypeCNAME && item.Owner.Equal(name) {
			return true
		}
	}
	return false
}

// loop signals the error that a chain leads back to at (RFC 1034, Section 3.6.2).
func (f *Finder) loop(at dname.Name) {
	f.out.Outcome, f.out.Rcode, f.out.EDE = Loop, code.ServFail, code.Other
	f.out.Text = append(f.out.Text, "alias loop at "...)
	f.out.Text = at.AppendText(f.out.Text)
}

// scratch holds the records synthesized for one answer. Its blocks stay where
// they are, as items and names point into them.
type scratch struct {
	blocks [][]byte
	used   int // blocks in use
}

const blockSize = 4096

func (s *scratch) reset() {
	for i := range s.used {
		s.blocks[i] = s.blocks[i][:0]
	}
	s.used = 0
}

// cname is the CNAME set that the DNAME set makes of a name whose labels above
// the owner are prefix. It takes the TTL of the DNAME (RFC 6672, Section 3.1).
func (s *scratch) cname(prefix []byte, set rr.Set) rr.Set {
	target := set.Target()
	size := len(prefix) + len(target)
	b := s.room(rr.HeadLen + size)
	start := len(*b)
	*b = rr.AppendRecord(*b, rr.TypeCNAME, set.TTL(), nil)
	(*b)[start+rr.HeadLen-2], (*b)[start+rr.HeadLen-1] = byte(size>>8), byte(size)
	*b = append(*b, prefix...)
	*b = append(*b, target...)
	return rr.Set((*b)[start:])
}

// room is a block with n octets to spare.
func (s *scratch) room(n int) *[]byte {
	if s.used == 0 || cap(s.blocks[s.used-1])-len(s.blocks[s.used-1]) < n {
		if s.used == len(s.blocks) {
			s.blocks = append(s.blocks, make([]byte, 0, blockSize))
		}
		s.used++
	}
	return &s.blocks[s.used-1]
}

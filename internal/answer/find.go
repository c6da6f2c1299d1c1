package answer

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// DefaultMaxChain is how many links of a chain are followed unless said otherwise.
const DefaultMaxChain = 16

// Finder answers questions, one at a time; a worker has its own.
type Finder struct {
	maxChain int
	key      dname.Key // of the name at hand
	aux      dname.Key // of a name for the additional section
	set      *zone.Set
	question Question
	name     dname.Name // the name at hand: the question's, then each alias's target
	links    int
	made     scratch      // names and records synthesized from DNAMEs
	flat     [2]expansion // of A and AAAA
	out      Answer

	// Flattener knows the names of others that ALIAS records lead to; without
	// one they cannot be resolved.
	Flattener Flattener
	// HideALIAS leaves ALIAS records out of answers to those who ask for them.
	HideALIAS bool
}

// NewFinder makes a Finder that follows chains of up to maxChain links, 1 to 64; 0 means DefaultMaxChain.
func NewFinder(maxChain int) *Finder {
	if maxChain == 0 {
		maxChain = DefaultMaxChain
	}
	return &Finder{maxChain: maxChain}
}

// Find answers q from the zones of set.
func (f *Finder) Find(set *zone.Set, q Question) *Answer {
	f.set, f.question, f.name, f.links = set, q, q.Name, 0
	f.out.reset()
	f.made.reset()
	for more := true; more; {
		f.key.Set(f.name)
		e := f.nearest()
		switch {
		case e == nil || e.Zone == nil && f.links > 0:
			f.outside()
			return &f.out
		case e.Zone == nil:
			f.notReady(e)
			return &f.out
		}
		f.out.Zone = e.Zone.Apex()
		more = f.within(e.Zone)
	}
	return &f.out
}

// nearest is the zone nearest above the name at hand (RFC 1034, Section 4.3.2,
// step 2). DS records belong to the parent's side of a cut (RFC 4035, Section
// 3.1.4.1): asked for at an apex, the zone above is nearest if it has the cut.
func (f *Finder) nearest() *zone.Entry {
	depth := f.key.Depth()
	e := f.set.Find(&f.key, depth)
	if f.question.Type != rr.TypeDS || e == nil || e.Apex.Labels() != depth || depth == 0 {
		return e
	}
	above := f.set.Find(&f.key, depth-1)
	if above == nil || above.Zone == nil {
		return e
	}
	if at := above.Zone.Find(&f.key); at.Match == zone.Exact && at.Node.Is(zone.IsCut) || at.Match == zone.Delegated {
		return above
	}
	return e
}

// outside: no zone of ours is at or above the name. For the question itself
// that is a refusal; a chain ends there as far as we can tell.
func (f *Finder) outside() {
	if f.links > 0 {
		f.out.Outcome = Departed
		return
	}
	f.out.Outcome, f.out.Rcode, f.out.EDE = Refused, code.Refused, code.NotAuthoritative
}

func (f *Finder) notReady(e *zone.Entry) {
	f.out.Outcome, f.out.Rcode, f.out.EDE = NotReady, code.ServFail, code.NotReady
	f.out.Zone = e.Apex
	f.out.Text = append(f.out.Text, e.Reason...)
}

// within looks the name at hand up in z, which is nearest to it (RFC 1034,
// Section 4.3.2, step 3). It reports whether a chain goes on.
func (f *Finder) within(z *zone.Snapshot) (more bool) {
	found := z.Find(&f.key)
	switch found.Match {
	case zone.Delegated:
		f.delegation(z, found)
	case zone.Redirected:
		return f.redirect(found)
	case zone.Missing:
		f.authoritative()
		f.negative(z, NoName, code.NXDomain)
	case zone.Exact:
		// The cut itself is delegated too, but for DS (RFC 4035, Section 3.1.4.1).
		if found.Node.Is(zone.IsCut) && f.question.Type != rr.TypeDS {
			f.delegation(z, found)
			return false
		}
		return f.at(z, found.Node)
	case zone.Synthesized:
		f.enclosed(found)
		return f.at(z, found.Node) // the owner becomes the name asked for (RFC 4592, Section 3.3.3)
	}
	return false
}

// at answers from the node that is, or stands for, the name at hand (RFC 1034, Section 4.3.2, step 3a).
func (f *Finder) at(z *zone.Snapshot, n zone.Node) (more bool) {
	f.authoritative()
	if f.question.Type == rr.TypeANY {
		f.any(z, n)
		return false
	}
	set := n.Set(f.question.Type)
	switch {
	case !set.Empty() && !f.hidden(set):
		f.hit(z, set)
	case n.Is(zone.HasCNAME):
		return f.follow(f.name, n.Set(rr.TypeCNAME))
	case n.Is(zone.HasALIAS) && (f.question.Type == rr.TypeA || f.question.Type == rr.TypeAAAA):
		f.alias(z, n)
	default:
		f.negative(z, NoData, code.NoError)
	}
	return false
}

// authoritative sets AA, which tells of the first owner in the answer section (RFC 6604, Section 2.1).
func (f *Finder) authoritative() {
	if f.links == 0 {
		f.out.Authoritative = true
	}
}

// enclosed notes what stands for the name asked for.
func (f *Finder) enclosed(found zone.Found) {
	if f.links == 0 {
		f.out.Encloser = f.name.Suffix(found.Depth)
	}
}

func (f *Finder) hit(z *zone.Snapshot, set rr.Set) {
	f.out.Outcome = Hit
	f.out.Answer = append(f.out.Answer, Item{Owner: f.name, Set: set})
	f.additional(z, f.name, set)
}

// any answers QTYPE ANY: all that is there, or one RRset where that is enough
// (RFC 8482, Section 4.1). A CNAME is an answer, not an alias to follow; an
// ALIAS shows as the addresses it stands for, and as itself beside them.
func (f *Finder) any(z *zone.Snapshot, n zone.Node) {
	f.out.Outcome = NoData
	for set, cursor := n.Next(0); !set.Empty() && !f.enough(); set, cursor = n.Next(cursor) {
		if set.Type() != rr.TypeALIAS {
			f.hit(z, set)
		}
	}
	if n.Is(zone.HasALIAS) && !f.enough() {
		f.anyAddresses(z, n)
	}
	if f.out.Outcome == NoData {
		f.negative(z, NoData, code.NoError)
	}
}

// enough reports whether what there is of an answer to ANY will do.
func (f *Finder) enough() bool { return f.question.Minimal && f.out.Outcome == Hit }

// anyAddresses adds what the ALIAS of n stands for, and the ALIAS.
func (f *Finder) anyAddresses(z *zone.Snapshot, n zone.Node) {
	var failed *expansion
	for _, t := range [...]rr.Type{rr.TypeA, rr.TypeAAAA} {
		if f.enough() || !n.Set(t).Empty() {
			continue
		}
		x := f.expand(z, n, t)
		switch {
		case !x.records.Empty():
			f.hit(z, x.records)
			f.remark(x)
		case x.failed:
			failed = x
		}
	}
	if !f.HideALIAS && !f.enough() {
		f.hit(z, n.Set(rr.TypeALIAS))
	}
	switch {
	case failed != nil && f.out.Outcome == NoData:
		f.unresolved(failed)
	case failed != nil && f.out.EDE == code.NoEDE:
		f.remark(failed)
	}
}

// hidden reports whether set is an ALIAS that is not shown.
func (f *Finder) hidden(set rr.Set) bool { return f.HideALIAS && set.Type() == rr.TypeALIAS }

// negative adds the SOA that lets the denial be cached (RFC 2308, Section 3).
// After a chain the rcode tells of its last name (RFC 6604, Section 3).
func (f *Finder) negative(z *zone.Snapshot, o Outcome, r code.Rcode) {
	f.out.Outcome, f.out.Rcode = o, r
	f.out.Authority = append(f.out.Authority, Item{Owner: z.Apex(), Set: z.DenialSOA()})
}

// delegation refers to the servers of the cut found (RFC 1034, Section 4.3.2, step 3b).
func (f *Finder) delegation(z *zone.Snapshot, found zone.Found) {
	owner := f.name.Suffix(found.Depth)
	set := found.Node.Set(rr.TypeNS)
	f.out.Outcome = Delegation
	f.out.Authority = append(f.out.Authority, Item{Owner: owner, Set: set})
	f.additional(z, owner, set)
}

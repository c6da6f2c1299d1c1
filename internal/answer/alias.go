package answer

import (
	"bytes"
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Bounds of one expansion, far above what real zones need.
const (
	maxBranches  = 64  // targets looked at
	maxAddresses = 256 // records in the RRset that is made
)

// staleTTL is the TTL of what has expired, in seconds (RFC 8767, Section 4).
const staleTTL = 30

// expansion makes one RRset of addresses out of an ALIAS: it walks to the end of
// every branch, through zones of ours, and where one leaves them asks the
// Flattener.
type expansion struct {
	t       rr.Type      // A or AAAA
	by      branch       // the way being walked
	records rr.Set       // the addresses found
	path    []dname.Name // from the owner to the name at hand
	at      dname.Name   // where it did not end well, if it did not
	text    string       // what the Flattener says of that
	tally
}

// tally is what the branches walked so far came to.
type tally struct {
	ttl      uint32  // the least on the ways to the records, in seconds
	denial   uint32  // the least of the denials, in seconds
	branches int32   // looked at
	answered int32   // of them that gave records
	expired  bool    // some records are out of time
	vanished bool    // what is out of time says that the end does not exist
	made     bool    // some records are those of a fall-back
	failed   bool    // a branch came to no end
	why      verdict // of the first branch that did not end well
}

// verdict is what became of a branch that did not end with addresses.
type verdict uint8

const (
	well     verdict = iota
	gone             // its end does not exist
	silent           // nobody could be reached for it
	waiting          // nobody has been asked for it yet
	unready          // its zone is not loaded
	circle           // it comes back to a name that it has passed
	endless          // it has more links than are followed
	overlong         // a DNAME made a name too long
	astray           // outside of our zones it comes to no end
)

var verdictTexts = [...]string{
	"", "does not exist", "cannot be resolved", "is being resolved for the first time", "is in a zone that is not loaded",
	"leads back to itself", "leads through too many links", "is made too long by a DNAME", "leads nowhere",
}

func (x *expansion) reset(t rr.Type) {
	x.t, x.records, x.path = t, x.records[:0], x.path[:0]
	x.tally = tally{ttl: ^uint32(0), denial: ^uint32(0)}
}

// branch is the record by which a way out of an ALIAS was taken.
type branch struct {
	zone   *zone.Snapshot
	node   zone.Node
	target dname.Name
}

// policy is what that record says of failures.
func (b branch) policy() *zone.Policy { return b.zone.Policy(b.node, b.target) }

// alias answers for the addresses of an ALIAS owner: those of its targets, as
// its own. The name exists whatever becomes of them.
func (f *Finder) alias(z *zone.Snapshot, n zone.Node) {
	x := f.expand(z, n, f.question.Type)
	switch {
	case !x.records.Empty():
		f.out.Outcome = Hit
		f.out.Answer = append(f.out.Answer, Item{Owner: f.name, Set: x.records})
		f.remark(x)
	case x.failed:
		f.unresolved(x)
	default:
		f.negative(z, NoData, code.NoError)
		f.out.Authority[len(f.out.Authority)-1].Set = f.made.withTTL(z.DenialSOA(), min(z.DenialSOA().TTL(), x.ttl, x.denial))
		f.remark(x)
	}
}

// expand is the addresses of type t that the ALIAS of n stands for. It is valid
// until the next Find.
func (f *Finder) expand(z *zone.Snapshot, n zone.Node, t rr.Type) *expansion {
	x := &f.flat[0]
	if t == rr.TypeAAAA {
		x = &f.flat[1]
	}
	x.reset(t)
	x.path = append(x.path, f.name)
	f.fork(x, z, n)
	setTTL(x.records, x.ttl)
	return x
}

// fork walks to every target of the ALIAS of n.
func (f *Finder) fork(x *expansion, z *zone.Snapshot, n zone.Node) {
	by, depth := x.by, len(x.path)
	set := n.Set(rr.TypeALIAS)
	x.pass(set.TTL())
	for rest := set; !rest.Empty() && x.branches < maxBranches; {
		var rec rr.Record
		rec, rest = rest.Next()
		x.branches++
		x.by = branch{z, n, dname.Name(rec.Data())}
		f.walk(x, x.by.target)
		x.path = x.path[:depth]
	}
	x.by = by
}

// pass takes a TTL on the way into account: the answer lasts no longer than
// anything that it rests on.
func (x *expansion) pass(ttl uint32) { x.ttl = min(x.ttl, ttl) }

// walk goes from name to the end of its chain, as far as our zones know it.
func (f *Finder) walk(x *expansion, name dname.Name) {
	for name != nil {
		if why := x.step(name, f.maxChain); why != well {
			x.fail(why, name, "")
			return
		}
		f.aux.Set(name)
		e := f.set.Find(&f.aux, f.aux.Depth())
		switch {
		case e == nil:
			f.elsewhere(x, name)
			return
		case e.Zone == nil:
			x.fail(unready, name, "")
			return
		}
		name = f.onward(x, e.Zone, name)
	}
}

// onward looks name up in z and returns the name that the chain goes on with,
// nil where it has come to an end.
func (f *Finder) onward(x *expansion, z *zone.Snapshot, name dname.Name) dname.Name {
	found := z.Find(&f.aux)
	switch {
	case found.Match == zone.Delegated, found.Match == zone.Exact && found.Node.Is(zone.IsCut):
		f.elsewhere(x, name)
	case found.Match == zone.Missing:
		x.deny(z.DenialSOA().TTL())
		x.absent(name)
	case found.Match == zone.Redirected:
		return f.redirected(x, name, found)
	default:
		return f.arrive(x, z, found.Node)
	}
	return nil
}

// redirected is the name that the DNAME found makes of name.
func (f *Finder) redirected(x *expansion, name dname.Name, found zone.Found) dname.Name {
	set := found.Node.Set(rr.TypeDNAME)
	prefix := name[:len(name)-len(name.Suffix(found.Depth))]
	if len(prefix)+len(set.Target()) > dname.MaxLen {
		x.fail(overlong, name, "")
		return nil
	}
	x.pass(set.TTL())
	return f.made.cname(prefix, set).Target()
}

// arrive takes the addresses of n, or the next link of the chain.
func (f *Finder) arrive(x *expansion, z *zone.Snapshot, n zone.Node) dname.Name {
	set := n.Set(x.t)
	switch {
	case !set.Empty():
		x.pass(set.TTL())
		x.take(set)
	case n.Is(zone.HasCNAME):
		set = n.Set(rr.TypeCNAME)
		x.pass(set.TTL())
		return set.Target()
	case n.Is(zone.HasALIAS):
		f.fork(x, z, n)
	default:
		x.deny(z.DenialSOA().TTL())
	}
	return nil
}

// step enters name into the path. A chain that comes back to a name it has
// passed is an error at once, whatever the limit (RFC 1034, Section 3.6.2).
func (x *expansion) step(name dname.Name, most int) verdict {
	for _, passed := range x.path {
		if passed.Equal(name) {
			return circle
		}
	}
	if len(x.path) > most {
		return endless
	}
	x.path = append(x.path, name)
	return well
}

// elsewhere goes by what is known of a name of others, which f.aux holds.
func (f *Finder) elsewhere(x *expansion, name dname.Name) {
	flat := Flat{State: Failing, Why: "this server resolves no names of others"}
	if f.Flattener != nil {
		flat = f.Flattener.Flatten(&f.aux, x.t, f.question.Now)
	}
	switch flat.State {
	case Unasked:
		f.out.Cold = append(f.out.Cold, Cold{name, x.t})
		x.fail(waiting, name, "")
	case Failing:
		x.failing(name, &flat, f.question.Now)
	default:
		x.fresh(name, &flat)
	}
}

func (x *expansion) fresh(name dname.Name, flat *Flat) {
	switch {
	case !flat.Set.Empty():
		x.pass(flat.TTL)
		x.take(flat.Set)
	case flat.Gone:
		x.deny(flat.TTL)
		x.absent(name)
	default:
		x.deny(flat.TTL)
	}
}

// absent: the end of the branch does not exist. That is an answer, so nothing
// older stands in for it (RFC 8767, Section 4), but what the record itself names.
func (x *expansion) absent(name dname.Name) {
	x.blame(gone, name, "")
	switch p := x.by.policy(); p.What() {
	case zone.ServeFailure:
		x.failed = true
	case zone.ServeFallback:
		x.standIn(p)
	}
}

// failing: nobody could be asked what name leads to.
func (x *expansion) failing(name dname.Name, flat *Flat, now int64) {
	why := silent
	if flat.Endless {
		why = astray
	}
	x.blame(why, name, flat.Why)
	p := x.by.policy()
	switch what := p.What(); {
	case what == zone.ServeNothing:
		x.deny(staleTTL)
	case what == zone.ServeFallback:
		x.standIn(p)
	case what == zone.ServeStale && flat.Since > 0 && now-flat.Since <= int64(p.Stale())*1e9:
		x.stale(flat)
	default:
		x.failed = true
	}
}

// stale takes the last good answer (RFC 8767, Section 4).
func (x *expansion) stale(flat *Flat) {
	x.expired = true
	if flat.Set.Empty() {
		x.vanished = flat.Gone
		x.deny(staleTTL)
		return
	}
	x.pass(staleTTL)
	x.take(flat.Set)
}

// standIn takes the addresses that the record names for such cases.
func (x *expansion) standIn(p *zone.Policy) {
	x.made = true
	x.deny(staleTTL)
	if set := p.Addresses(x.t); !set.Empty() {
		x.pass(staleTTL)
		x.take(set)
	}
}

// deny takes the TTL of a denial into account, which counts if nothing is found.
func (x *expansion) deny(ttl uint32) { x.denial = min(x.denial, ttl) }

// blame notes what was wrong with the first branch that did not end well.
func (x *expansion) blame(why verdict, at dname.Name, text string) {
	if x.why == well {
		x.why, x.at, x.text = why, at, text
	}
}

// fail ends a branch without an answer.
func (x *expansion) fail(why verdict, at dname.Name, text string) {
	x.blame(why, at, text)
	x.failed = true
}

// take adds the records of set that are not there yet.
func (x *expansion) take(set rr.Set) {
	if x.answered++; x.answered == 1 {
		x.records = append(x.records, set...)
		return
	}
	for rest := set; !rest.Empty() && x.records.Count() < maxAddresses; {
		var rec rr.Record
		rec, rest = rest.Next()
		if !x.has(rec) {
			x.records = append(x.records, rec...)
		}
	}
}

func (x *expansion) has(rec rr.Record) bool {
	for rest := x.records; !rest.Empty(); {
		var have rr.Record
		have, rest = rest.Next()
		if bytes.Equal(have.Data(), rec.Data()) {
			return true
		}
	}
	return false
}

// remark says what is not as it should be with an answer that is given all the same.
func (f *Finder) remark(x *expansion) {
	switch {
	case x.vanished && x.records.Empty():
		f.out.EDE = code.StaleNXDomain
	case x.expired:
		f.out.EDE = code.StaleAnswer
	case x.why != well:
		f.out.EDE = code.Other
	default:
		return
	}
	f.say(x)
}

// unresolved: no branch led to anything.
func (f *Finder) unresolved(x *expansion) {
	f.out.Outcome, f.out.Rcode, f.out.EDE = Unresolved, code.ServFail, code.NoReachable
	switch x.why {
	case circle, astray:
		f.out.Outcome, f.out.EDE = Loop, code.Other
	case endless, overlong, gone:
		f.out.EDE = code.Other
	case unready:
		f.out.EDE = code.NotReady
	}
	f.say(x)
}

// say writes what the matter is, with the name where it is unless that is hidden.
func (f *Finder) say(x *expansion) {
	f.out.Text = append(f.out.Text[:0], "alias target "...)
	if !f.HideALIAS {
		f.out.Text = append(x.at.AppendText(f.out.Text), ' ')
	}
	f.out.Text = append(f.out.Text, verdictTexts[x.why]...)
	if x.text != "" && !f.HideALIAS {
		f.out.Text = append(append(f.out.Text, ": "...), x.text...)
	}
	switch {
	case x.expired:
		f.out.Text = append(f.out.Text, "; its last good answer is served"...)
	case x.made:
		f.out.Text = append(f.out.Text, "; the fall-back of the record is served"...)
	}
}

// setTTL gives all records of set that TTL; set is not shared.
func setTTL(set rr.Set, ttl uint32) {
	for at := 0; at < len(set); {
		binary.BigEndian.PutUint32(set[at+4:], ttl)
		at += rr.HeadLen + int(binary.BigEndian.Uint16(set[at+rr.HeadLen-2:]))
	}
}

// withTTL is a copy of set with that TTL.
func (s *scratch) withTTL(set rr.Set, ttl uint32) rr.Set {
	b := s.room(len(set))
	start := len(*b)
	*b = append(*b, set...)
	made := rr.Set((*b)[start:])
	setTTL(made, ttl)
	return made
}

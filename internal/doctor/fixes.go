package doctor

import (
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// offer adds ready patches, each once.
func (v *Verdict) offer(fixes ...lint.Fix) {
	for _, f := range fixes {
		known := false
		for _, g := range v.Fixes {
			known = known || g.Title == f.Title
		}
		if !known {
			v.Fixes = append(v.Fixes, f)
		}
	}
}

// Link is a record of a zone of ours by which a chain is led on.
type Link struct {
	Zone   dname.Name // its apex
	Owner  dname.Name // as it stands in the zone: a wildcard, or a DNAME above the name
	Type   rr.Type
	TTL    uint32
	Target dname.Name
}

// link is the record by which name is led on to target: by exactly that target, or
// by a DNAME. nil where it is in no zone of ours whose inside is the caller's business.
func (p *patient) link(name, target dname.Name) *Link {
	e := held(p.d.options.Zones(), name)
	if e == nil || e.Zone == nil || !p.who.sees(e.Apex) {
		return nil
	}
	var key dname.Key
	key.Set(name)
	f := e.Zone.Find(&key)
	l := &Link{Zone: e.Apex, Owner: name}
	switch f.Match {
	case zone.Exact:
	case zone.Synthesized:
		l.Owner = name.Suffix(f.Depth).Wildcard(nil)
	case zone.Redirected:
		set := f.Node.Set(rr.TypeDNAME)
		l.Owner, l.Type, l.TTL, l.Target = name.Suffix(f.Depth), rr.TypeDNAME, set.TTL(), set.Target()
		return l
	default:
		return nil
	}
	for _, t := range [...]rr.Type{rr.TypeCNAME, rr.TypeALIAS} {
		for rest := f.Node.Set(t); !rest.Empty(); {
			var r rr.Record
			r, rest = rest.Next()
			if dname.Name(r.Data()).Equal(target) {
				l.Type, l.TTL, l.Target = t, r.TTL(), dname.Name(r.Data())
				return l
			}
		}
	}
	return nil
}

func (l *Link) edit(op string) lint.Edit {
	return lint.Edit{Op: op, Zone: l.Zone.String(), Owner: l.Owner.String(), Type: l.Type.String(), Old: []string{l.Target.String()}}
}

// removal takes l away.
func (l *Link) removal() lint.Fix {
	return lint.Fix{Title: fmt.Sprintf("remove %s %s of %s", l.Type, l.Target, l.Owner), Edits: []lint.Edit{l.edit(lint.OpRemove)}}
}

// pointed lets l point to target.
func (l *Link) pointed(target dname.Name) lint.Fix {
	e := l.edit(lint.OpReplace)
	e.TTL, e.Data = l.TTL, []string{target.String()}
	return lint.Fix{Title: fmt.Sprintf("point %s %s to %s", l.Owner, l.Type, target), Edits: []lint.Edit{e}}
}

// meant is the name that the target of l was meant to be if a final dot is missing
// behind it; nil where there is none to be meant, or nothing of ours stands there.
func (p *patient) meant(l *Link) dname.Name {
	if !l.Target.IsBelow(l.Zone) {
		return nil
	}
	name := append(l.Target[:len(l.Target)-len(l.Zone)].Clone(), 0)
	e := held(p.d.options.Zones(), name)
	if name.Labels() < 2 || e == nil || e.Zone == nil {
		return nil
	}
	var key dname.Key
	key.Set(name)
	if f := e.Zone.Find(&key); f.Match == zone.Missing {
		return nil
	}
	return name
}

// mendLink offers what is to be done with the record by which b comes to its end, if
// that is of ours and of no use as it is.
func (p *patient) mendLink(v *Verdict, b *branch) {
	if b.from == nil {
		return
	}
	l := p.link(b.from, b.end.Owner)
	if l == nil && b.fork != nil {
		l = p.link(p.Name, b.fork)
	}
	if l == nil {
		return
	}
	if v.Link == nil {
		v.Link = l
	}
	if l.Type == rr.TypeDNAME || b.end.Kind != NXDomain && b.end.Kind != Loop && b.known != NXDomain {
		return // it may be of use to others, or again
	}
	if name := p.meant(l); name != nil {
		v.offer(l.pointed(name))
	}
	v.offer(l.removal())
}

// atApex offers to write the CNAME at the apex of a zone of ours as an ALIAS.
func (p *patient) atApex(v *Verdict, target dname.Name) {
	l := p.link(p.Name, target)
	if l == nil {
		return
	}
	gone, alias := l.edit(lint.OpRemove), l.edit(lint.OpAdd)
	alias.Type, alias.TTL, alias.Data, alias.Old = rr.TypeALIAS.String(), l.TTL, gone.Old, nil
	v.Link = l
	v.offer(lint.Fix{Title: "use ALIAS instead of CNAME at " + l.Owner.String(), Edits: []lint.Edit{gone, alias}})
}

package doctor

import (
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// conflicts judges whether records at the name do not go together: by the rules
// where the zone is ours and the caller's, else by what its servers show.
func (p *patient) conflicts(v *Verdict) {
	e := held(p.d.options.Zones(), p.Name)
	switch {
	case e != nil && e.Zone != nil && p.who.sees(e.Apex):
		p.ruled(v, e.Zone)
	case p.zone == nil || len(p.zone.Servers) == 0:
		v.judge(Undecided, "no server of the zone could be asked for the records of the name")
		return
	default:
		p.shown(v)
	}
	if v.Status == "" {
		v.judge(OK, "the records at the name go together")
	}
}

// ruled holds the records of the name against the rules, by themselves in a zone
// that has nothing else.
func (p *patient) ruled(v *Verdict, z *zone.Snapshot) {
	var key dname.Key
	key.Set(p.Name)
	n := z.Node(&key, key.Depth())
	if n == nil || n.Empty() {
		v.see(fmt.Sprintf("%s has no records of its own", p.Name))
		return
	}
	if _, hidden := z.Above(&key); hidden {
		v.judge(Problem, "the name has records that nobody sees")
		v.see("a DNAME or a delegation above the name hides " + typesAt(n))
		v.advise("remove the records of the name, or the DNAME or NS records above it")
	}
	b := zone.NewBuilder(z.Apex())
	key.Set(z.Apex())
	apex := z.Node(&key, key.Depth())
	for _, t := range []rr.Type{rr.TypeSOA, rr.TypeNS} {
		addSet(b, z.Apex(), apex.Set(t))
	}
	for set, next := n.Next(0); !set.Empty(); set, next = n.Next(next) {
		if !p.Name.Equal(z.Apex()) || set.Type() != rr.TypeSOA && set.Type() != rr.TypeNS {
			addSet(b, p.Name, set)
		}
	}
	for _, f := range lint.CheckBuild(b.Build(), lint.Options{Partial: true}).Findings {
		if !strings.EqualFold(f.Owner, p.Name.String()) {
			continue
		}
		p.finding(v, f)
	}
	if v.Status == "" {
		v.see(fmt.Sprintf("%s has %s", p.Name, typesAt(n)))
	}
}

func (p *patient) finding(v *Verdict, f lint.Finding) {
	if f.Severity == lint.Error {
		v.judge(Problem, f.Message)
	} else {
		v.judge(Warning, f.Message)
	}
	if v.Source == "" {
		v.Source = f.Source
	}
	v.see(f.Message)
	v.see(f.Conflicts...)
	v.advise(f.Fix)
	v.offer(f.Fixes...)
}

func addSet(b *zone.Builder, owner dname.Name, s rr.Set) {
	for rest := s; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		b.Add(owner, rec.Type(), rec.TTL(), rec.Data(), zone.Place{})
	}
}

// typesAt is the types of the records of n, in words.
func typesAt(n zone.Node) string {
	var out []string
	for set, next := n.Next(0); !set.Empty(); set, next = n.Next(next) {
		out = append(out, set.Type().String())
	}
	if len(out) == 0 {
		return "no records"
	}
	return "records of type " + strings.Join(out, ", ")
}

// besides are the types that are looked for beside a CNAME. SOA and NS belong to
// an apex, which is judged for itself.
var besides = [...]rr.Type{rr.TypeA, rr.TypeAAAA, rr.TypeMX, rr.TypeTXT, rr.TypeCAA, rr.TypeHTTPS, rr.TypeSRV, rr.TypeDNAME}

const askedForConflicts = 2 // servers of the zone

// shown asks servers of the zone for what stands beside a CNAME: one that has
// both answers with the CNAME to one question and without it to another.
func (p *patient) shown(v *Verdict) {
	heard := 0
	for _, s := range p.zone.Servers {
		if heard == askedForConflicts {
			break
		}
		if !p.d.mayReach(p.who, s.Addr.Addr()) {
			continue
		}
		ask := func(t rr.Type) servers.View {
			return p.d.askOne(p.ctx, exchange.Server{Addr: s.Addr}, exchange.Question{Name: p.Name, Type: t})
		}
		cname := ask(rr.TypeCNAME)
		if cname.Why != "" || cname.Refers {
			continue
		}
		heard++
		p.besideCNAME(v, s, cname.Set, ask)
	}
	if heard == 0 && v.Status == "" {
		v.judge(Undecided, "no server of the zone said which records the name has")
	}
}

func (p *patient) besideCNAME(v *Verdict, s servers.Nameserver, cname rr.Set, ask func(rr.Type) servers.View) {
	if cname.Empty() {
		return
	}
	v.Source = "RFC 1034, Section 3.6.2"
	line := func(set rr.Set) string {
		return fmt.Sprintf("%s shows %s %s %s", s.Name, p.Name, set.Type(), strings.Join(servers.Contents(set), " and "))
	}
	if cname.Count() > 1 {
		v.judge(Problem, "the name has more than one CNAME record")
		v.see(line(cname))
		v.advise("keep one CNAME record, that of the right target")
	}
	for _, t := range besides {
		w := ask(t)
		set := w.Set
		if len(w.Aliases) > 0 {
			set = w.Beside
		}
		if w.Why != "" || set.Empty() {
			continue
		}
		v.judge(Problem, "the name has a CNAME record and others beside it")
		v.see(line(cname), line(set))
		v.advise(fmt.Sprintf("remove the %s records or the CNAME record of %s: resolvers see now the one, now the other", t, p.Name))
	}
}

// apex judges whether a CNAME stands at the apex of a zone.
func (p *patient) apex(v *Verdict) {
	v.Source = "RFC 1034, Section 3.6.2; RFC 1912, Section 2.4"
	e := held(p.d.options.Zones(), p.Name)
	switch {
	case e != nil && e.Zone != nil:
		p.ourApex(v, e.Zone)
	case p.zone == nil || p.zone.Apex == nil:
		v.judge(Undecided, "the zone of the name could not be found")
	case !p.zone.Apex.Equal(p.Name):
		v.judge(OK, fmt.Sprintf("the name is not the apex of a zone: it is in %s, and may be an alias", p.zone.Apex))
	default:
		p.theirApex(v)
	}
}

func (p *patient) ourApex(v *Verdict, z *zone.Snapshot) {
	if !z.Apex().Equal(p.Name) {
		v.judge(OK, fmt.Sprintf("the name is not the apex of a zone: it is in %s, and may be an alias", z.Apex()))
		return
	}
	var key dname.Key
	key.Set(p.Name)
	n := z.Node(&key, key.Depth())
	switch {
	case n.Is(zone.HasCNAME):
		p.cnameAtApex(v, n.Set(rr.TypeCNAME))
		p.atApex(v, n.Set(rr.TypeCNAME).Target())
	case n.Is(zone.HasALIAS) && (p.who.sees(z.Apex()) || !p.d.options.HideALIAS):
		v.judge(OK, "the apex follows its target by an ALIAS record, which stands beside SOA and NS")
		v.see(fmt.Sprintf("%s ALIAS %s", p.Name, strings.Join(servers.Contents(n.Set(rr.TypeALIAS)), " and ")))
	default:
		v.judge(OK, "no CNAME stands at the apex")
	}
}

func (p *patient) theirApex(v *Verdict) {
	heard := false
	for _, s := range p.zone.Servers {
		if !p.d.mayReach(p.who, s.Addr.Addr()) {
			continue
		}
		w := p.d.askOne(p.ctx, exchange.Server{Addr: s.Addr}, exchange.Question{Name: p.Name, Type: rr.TypeCNAME})
		if w.Why != "" || w.Refers {
			continue
		}
		heard = true
		if !w.Set.Empty() {
			p.cnameAtApex(v, w.Set)
			return
		}
	}
	if !heard {
		v.judge(Undecided, "no server of the zone could be asked for its apex")
		return
	}
	v.judge(OK, "no CNAME stands at the apex")
}

func (p *patient) cnameAtApex(v *Verdict, cname rr.Set) {
	target := cname.Target()
	v.judge(Problem, "a CNAME stands at the apex of the zone, beside its SOA and NS records")
	v.see(fmt.Sprintf("%s CNAME %s", p.Name, target), "resolvers that have the CNAME find no SOA, NS or MX records of the zone any more: mail and delegation fail now and then")
	v.advise(fmt.Sprintf("replace it by an ALIAS record (%s ALIAS %s), which answers with the addresses of the target, or by A and AAAA records", p.Name, target))
}

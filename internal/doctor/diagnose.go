package doctor

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Status is how a cause was judged, from good to bad.
type Status string

// The states. A Diagnosis is as bad as the worst of its verdicts; Skipped does
// not count.
const (
	OK        Status = "ok"
	Skipped   Status = "skipped" // could not be judged, and need not be
	Undecided Status = "unknown" // should have been judged and could not be
	Warning   Status = "warning" // works, or may not for all
	Problem   Status = "problem" // does not work
)

var badness = []Status{Skipped, OK, Undecided, Warning, Problem}

func worse(a, b Status) Status {
	if slices.Index(badness, b) > slices.Index(badness, a) {
		return b
	}
	return a
}

// The causes, by the ids of their verdicts.
const (
	CauseConflict    = "conflicting-records"
	CauseApex        = "alias-at-apex"
	CauseTarget      = "target-does-not-resolve"
	CauseCertificate = "certificate"
	CausePropagation = "not-propagated"
	CauseCAA         = "caa"
)

// Verdict is what was found out about one cause.
type Verdict struct {
	ID     string
	Status Status
	Title  string
	Seen   []string
	Advice []string   // what to change; empty where nothing is
	Source string     // RFC and section; "" for none
	Fixes  []lint.Fix // ready patches of our own zones, any one of which helps
	Link   *Link      // the record of our own zones that leads to what is wrong; nil where none does
	Took   time.Duration
}

func (v *Verdict) see(lines ...string) { v.Seen = append(v.Seen, lines...) }

// seeOnce adds what was seen, once.
func (v *Verdict) seeOnce(line string) {
	if !slices.Contains(v.Seen, line) {
		v.see(line)
	}
}

// judge sets status and title where that is worse than what was found so far.
func (v *Verdict) judge(s Status, title string) {
	if v.Status == "" || worse(v.Status, s) != v.Status {
		v.Status, v.Title = s, title
	}
}

// advise adds what to do, once.
func (v *Verdict) advise(line string) {
	if !slices.Contains(v.Advice, line) {
		v.Advice = append(v.Advice, line)
	}
}

// Diagnosis is what is wrong with a name.
type Diagnosis struct {
	Name         dname.Name
	Status       Status
	Verdicts     []Verdict
	Chain        []Step // to the addresses
	Addresses    []netip.Addr
	Certificates []Certificate
	CAA          *CAA
	Propagation  *Propagation // nil where nobody is asked
	Took         time.Duration
}

// Case is a name to be examined.
type Case struct {
	Name dname.Name
	Port uint16 // at which a certificate is looked for; 443
}

// patient is a Case under examination.
type patient struct {
	Case
	d    *Doctor
	ctx  context.Context
	who  *Caller
	a    *Explanation // for its addresses
	aaaa *Explanation
	zone *servers.Delegation // nil where nobody is asked
	out  *Diagnosis
}

// Diagnose judges the usual causes of trouble with a name. The only error is *Busy.
func (d *Doctor) Diagnose(ctx context.Context, who *Caller, c Case) (*Diagnosis, error) {
	leave, err := d.gate.enter(who.Token, diagnoseCost)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, d.options.Patience)
	defer cancel()
	if c.Port == 0 {
		c.Port = 443
	}
	start := time.Now()
	p := &patient{Case: c, d: d, ctx: ctx, who: who, out: &Diagnosis{Name: c.Name, Status: OK}}
	p.observe()
	p.examine()
	for _, v := range p.out.Verdicts {
		p.out.Status = worse(p.out.Status, v.Status)
	}
	p.out.Took = time.Since(start)
	return p.out, nil
}

// observe finds out what all causes are judged by: the addresses of the name, and
// the servers of its zone.
func (p *patient) observe() {
	var wg sync.WaitGroup
	wg.Go(func() { p.a = p.d.explain(p.ctx, p.who, Question{Name: p.Name, Type: rr.TypeA}) })
	wg.Go(func() { p.aaaa = p.d.explain(p.ctx, p.who, Question{Name: p.Name, Type: rr.TypeAAAA}) })
	if p.d.options.Cold.Network != nil {
		wg.Go(func() { p.zone = p.d.delegation(p.ctx, p.who, p.Name) })
	}
	wg.Wait()
	for _, e := range []*Explanation{p.a, p.aaaa} {
		for _, i := range e.Items {
			p.out.Addresses = append(p.out.Addresses, servers.Addresses(i.Set)...)
		}
	}
	p.out.Chain = p.better().Steps
}

// better is what was found for the type of addresses that the name has.
func (p *patient) better() *Explanation {
	if p.a.End != EndAnswered && p.aaaa.End == EndAnswered {
		return p.aaaa
	}
	return p.a
}

// examine judges all causes side by side.
func (p *patient) examine() {
	causes := []struct {
		id    string
		judge func(*Verdict)
	}{
		{CauseConflict, p.conflicts}, {CauseApex, p.apex}, {CauseTarget, p.target},
		{CauseCertificate, p.certificate}, {CausePropagation, p.propagated}, {CauseCAA, p.authorised},
	}
	p.out.Verdicts = make([]Verdict, len(causes))
	var wg sync.WaitGroup
	for n, c := range causes {
		wg.Go(func() {
			v := &p.out.Verdicts[n]
			start := time.Now()
			v.ID = c.id
			c.judge(v)
			v.Took = time.Since(start)
		})
	}
	wg.Wait()
}

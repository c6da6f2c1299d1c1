package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/propagation"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// Propagation is who says what of a name.
type Propagation = propagation.Report

// Expected is what servers are held against.
type Expected = propagation.Expected

// Propagation asks all servers of the zone of q.Name and the resolvers of the
// configuration. Errors are *Busy and ErrNoNetwork.
func (d *Doctor) Propagation(ctx context.Context, who *Caller, q Question, want Expected) (*Propagation, error) {
	if d.options.Cold.Network == nil {
		return nil, ErrNoNetwork
	}
	leave, err := d.gate.enter(who.Token, propagationCost)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, d.options.Patience)
	defer cancel()
	return d.propagation(ctx, who, q, want), nil
}

func (d *Doctor) propagation(ctx context.Context, who *Caller, q Question, want Expected) *Propagation {
	start := time.Now()
	zone := d.delegation(ctx, who, q.Name)
	p := &Propagation{Question: q, Zone: zone.Apex, Warnings: zone.Warnings()}
	if e := held(d.options.Zones(), q.Name); e != nil && e.Zone != nil {
		p.Ours = true
		p.Rows = append(p.Rows, d.ourRow(ctx, who, q))
	}
	others := d.options.Resolvers[:min(len(d.options.Resolvers), d.options.Servers/2)]
	list := zone.Servers
	if most := d.options.Servers - len(others); len(list) > most {
		p.Warnings = append(p.Warnings, fmt.Sprintf("only %d of the %d servers of the zone were asked", most, len(list)))
		list = list[:most]
	}
	s := propagation.Survey{
		Ask:    func(server exchange.Server, q exchange.Question) servers.View { return d.askOne(ctx, server, q) },
		Lookup: func(q Question) []Item { return d.explain(ctx, who, q).Items },
		Reach:  func(a netip.Addr) bool { return d.mayReach(who, a) },
	}
	s.Run(p, list, others, want)
	p.Took = time.Since(start)
	return p
}

// ourRow is what this server says itself.
func (d *Doctor) ourRow(ctx context.Context, who *Caller, q Question) propagation.Row {
	start := time.Now()
	j := &journey{d: d, ctx: ctx, who: who, set: d.options.Zones(), t: q.Type}
	j.e.EDE, j.e.TTL = code.NoEDE, Nobody
	j.take(j.answer(q.Name))
	r := propagation.Row{Server: "this server", Role: propagation.Ourselves, Rcode: j.e.Rcode, Left: j.e.TTL, Took: time.Since(start)}
	v := servers.View{Heard: true, Rcode: j.e.Rcode, Left: j.e.TTL, AA: true}
	end := q.Name
	if q.Type != rr.TypeCNAME {
		if v.Aliases = servers.Aliases(j.e.Items, q.Name); len(v.Aliases) > 0 {
			end = v.Aliases[len(v.Aliases)-1]
		}
	}
	v.Set = servers.SetOf(j.e.Items, end, q.Type)
	v.Ended = j.e.End == EndAnswered || j.e.End == EndNoData || j.e.End == EndNXDomain
	if j.e.Rcode != code.NoError && j.e.Rcode != code.NXDomain {
		v.Why = j.e.Why
	}
	if e := held(j.set, q.Name); e != nil && e.Zone != nil {
		serial := uint32(e.Zone.Serial())
		r.Serial = &serial
	}
	r.Show(v)
	return r
}

package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// publicResolvers are those of the best known, by who runs them. All of them
// answer for everybody and change nothing.
var publicResolvers = []struct {
	addr netip.AddrPort
	name string
}{
	{netip.MustParseAddrPort("1.1.1.1:53"), "Cloudflare"},
	{netip.MustParseAddrPort("8.8.8.8:53"), "Google"},
	{netip.MustParseAddrPort("9.9.9.10:53"), "Quad9"},
	{netip.MustParseAddrPort("208.67.222.222:53"), "OpenDNS"},
	{netip.MustParseAddrPort("94.140.14.140:53"), "AdGuard"},
	{netip.MustParseAddrPort("76.76.2.0:53"), "Control D"},
}

// PublicResolvers is the resolvers that are asked unless others are named.
func PublicResolvers() (out []netip.AddrPort) {
	for _, p := range publicResolvers {
		out = append(out, p.addr)
	}
	return out
}

func resolverName(a netip.AddrPort) string {
	for _, p := range publicResolvers {
		if p.addr == a {
			return p.name
		}
	}
	return ""
}

// Role is what a server is to a name.
type Role string

// The roles.
const (
	Authoritative Role = "authoritative" // a server of the zone
	Recursive     Role = "resolver"      // a resolver for everybody
	Ourselves     Role = "ours"          // what this server itself would say
)

// State is how what a server says compares with what is expected.
type State string

// The states.
const (
	Matches State = "matches"
	Differs State = "differs"
	Errs    State = "error" // no answer, or one that says nothing of the records
)

// Row is what one server says.
type Row struct {
	Server  string // address and port
	Name    string
	Role    Role
	State   State
	Heard   bool // there was a response: Rcode is its code
	Rcode   code.Rcode
	Aliases []dname.Name
	Records []string // sorted
	Left    int64    // how long it says so, in seconds, or Nobody
	Serial  *uint32
	Took    time.Duration
	Why     string

	view servers.View
}

// answered reports whether r says something of the records.
func (r *Row) answered() bool { return r.Why == "" }

// Expected is what servers are held against.
type Expected struct {
	Data [][]byte // RDATA that every server should have; nil for what the zone's servers say
	Gone bool     // no records
}

// Propagation is who says what of a name.
type Propagation struct {
	Question
	Zone                     dname.Name // nil where it was not found
	Ours                     bool
	Expect                   []string
	From                     string // given, ours, authoritative, resolvers, or none
	Rows                     []Row
	Matches, Differs, Errors int
	Done                     bool
	Left                     int64 // until the last that differs forgets; Nobody where nobody knows
	Warnings                 []string
	Took                     time.Duration
}

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
	p := &Propagation{Question: q, Left: 0}
	zone := d.delegation(ctx, who, q.Name)
	p.Zone = zone.Apex
	p.Warnings = zone.Warnings()
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
	p.Rows = append(p.Rows, d.rowsOf(who, list, others)...)
	d.askAll(ctx, q, p.Rows)
	j := judge{d: d, ctx: ctx, who: who, p: p, want: want}
	j.all()
	p.Took = time.Since(start)
	return p
}

// ourRow is what this server says itself.
func (d *Doctor) ourRow(ctx context.Context, who *Caller, q Question) Row {
	start := time.Now()
	j := &journey{d: d, ctx: ctx, who: who, set: d.options.Zones(), t: q.Type}
	j.e.EDE, j.e.TTL = code.NoEDE, Nobody
	j.take(j.answer(q.Name))
	r := Row{Server: "this server", Role: Ourselves, Rcode: j.e.Rcode, Left: j.e.TTL, Took: time.Since(start)}
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
	r.show(v)
	return r
}

// show takes what v says over.
func (r *Row) show(v servers.View) {
	r.view, r.Heard, r.Rcode, r.Aliases, r.Left, r.Why = v, v.Heard, v.Rcode, v.Aliases, v.Left, v.Why
	if r.Records = contents(v.Set); r.Records == nil {
		r.Records = []string{}
	}
	slices.Sort(r.Records)
}

// rowsOf are the servers of the zone and the resolvers, yet to be asked.
func (d *Doctor) rowsOf(who *Caller, list []servers.Nameserver, resolvers []netip.AddrPort) (rows []Row) {
	add := func(a netip.AddrPort, name string, role Role) {
		r := Row{Server: a.String(), Name: name, Role: role, Left: Nobody, Records: []string{}}
		if role == Authoritative && !d.mayReach(who, a.Addr()) {
			r.Why = servers.ErrPrivate.Error()
		}
		rows = append(rows, r)
	}
	for _, s := range list {
		add(s.Addr, s.Name.String(), Authoritative)
	}
	for _, a := range resolvers {
		add(a, resolverName(a), Recursive)
	}
	return rows
}

const maxAtOnce = 16 // servers asked side by side for one request

// askAll asks the servers of rows for q, and those of the zone for its serial.
func (d *Doctor) askAll(ctx context.Context, q Question, rows []Row) {
	room := make(chan struct{}, maxAtOnce)
	var wg sync.WaitGroup
	for n := range rows {
		r := &rows[n]
		if r.Role == Ourselves || r.Why != "" {
			continue
		}
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			d.askRow(ctx, q, r)
		})
	}
	wg.Wait()
}

func (d *Doctor) askRow(ctx context.Context, q Question, r *Row) {
	server := exchange.Server{Addr: netip.MustParseAddrPort(r.Server)}
	v := d.askOne(ctx, server, exchange.Question{Name: q.Name, Type: q.Type, RD: r.Role == Recursive})
	if r.Took = v.Took; v.Why == "" {
		v.Why = r.flaw(&v)
	}
	r.show(v)
	if r.Role != Authoritative || !r.answered() {
		return
	}
	if serial, ok := d.serial(ctx, server, q.Name); ok {
		r.Serial = &serial
	}
}

// flaw is why what v says is of no use.
func (r *Row) flaw(v *servers.View) string {
	switch {
	case v.Refers:
		return "it refers to other servers: it does not hold the zone"
	case r.Role == Authoritative && !v.AA:
		return "its answer is not authoritative: it does not hold the zone"
	case !v.Ended && len(v.Aliases) == 0 && v.Rcode == code.NoError && r.Role == Recursive:
		v.Ended = true // a denial without SOA (RFC 2308, Section 2.2)
	case !v.Ended && len(v.Aliases) == 0:
		v.Ended = true
	}
	return ""
}

// serial is the serial number of the zone of name at server.
func (d *Doctor) serial(ctx context.Context, server exchange.Server, name dname.Name) (uint32, bool) {
	v := d.askOne(ctx, server, exchange.Question{Name: name, Type: rr.TypeSOA})
	switch {
	case v.Why != "":
		return 0, false
	case !v.Set.Empty() && len(v.Aliases) == 0:
		return v.Set.Serial(), true
	case !v.SOA.Set.Empty() && name.IsAtOrBelow(v.SOA.Owner):
		return v.SOA.Set.Serial(), true
	}
	return 0, false
}

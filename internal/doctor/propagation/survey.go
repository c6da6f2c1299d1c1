package propagation

import (
	"net/netip"
	"sync"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

// Survey is how servers are asked, and what is known without asking them.
type Survey struct {
	Ask    func(exchange.Server, exchange.Question) servers.View
	Lookup func(resolver.Question) []resolver.Item // what a name leads to
	Reach  func(netip.Addr) bool                   // whether anything may be sent there
}

// Run asks the servers of the zone and the resolvers for what p is about, adds what
// they say to its rows, which may hold what we say ourselves, and judges all of them.
func (s *Survey) Run(p *Report, zone []servers.Nameserver, resolvers []netip.AddrPort, want Expected) {
	p.Rows = append(p.Rows, s.rows(zone, resolvers)...)
	s.askAll(p.Question, p.Rows)
	j := judge{lookup: s.Lookup, p: p, want: want}
	j.all()
}

// rows are the servers of the zone and the resolvers, yet to be asked.
func (s *Survey) rows(zone []servers.Nameserver, resolvers []netip.AddrPort) (rows []Row) {
	add := func(a netip.AddrPort, name string, role Role) {
		r := Row{Server: a.String(), Name: name, Role: role, Left: Nobody, Records: []string{}}
		if role == Authoritative && !s.Reach(a.Addr()) {
			r.Why = servers.ErrPrivate.Error()
		}
		rows = append(rows, r)
	}
	for _, n := range zone {
		add(n.Addr, n.Name.String(), Authoritative)
	}
	for _, a := range resolvers {
		add(a, resolverName(a), Recursive)
	}
	return rows
}

const maxAtOnce = 16 // servers asked side by side for one request

// askAll asks the servers of rows for q, and those of the zone for its serial.
func (s *Survey) askAll(q resolver.Question, rows []Row) {
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
			s.askRow(q, r)
		})
	}
	wg.Wait()
}

func (s *Survey) askRow(q resolver.Question, r *Row) {
	server := exchange.Server{Addr: netip.MustParseAddrPort(r.Server)}
	v := s.Ask(server, exchange.Question{Name: q.Name, Type: q.Type, RD: r.Role == Recursive})
	if r.Took = v.Took; v.Why == "" {
		v.Why = r.flaw(&v)
	}
	r.Show(v)
	if r.Role != Authoritative || !r.Answered() {
		return
	}
	if serial, ok := s.serial(server, q.Name); ok {
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
func (s *Survey) serial(server exchange.Server, name dname.Name) (uint32, bool) {
	v := s.Ask(server, exchange.Question{Name: name, Type: rr.TypeSOA})
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

package propagation

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

// set is the RRset of lines, records in the form of master files.
func set(t testing.TB, lines ...string) (out rr.Set) {
	t.Helper()
	for _, line := range lines {
		r, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 512)
		n, err := dns.PackRR(r, buf, 0, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		owner, err := dname.Len(buf)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, buf[owner:n]...)
	}
	return out
}

// has is a server that has these records, authoritatively.
func has(t testing.TB, lines ...string) servers.View {
	return servers.View{Heard: true, AA: true, Ended: true, Set: set(t, lines...), Left: 60}
}

func broken(why string) servers.View { return servers.View{Why: why, Left: Nobody} }

// versioned answers questions for the SOA with that serial.
func versioned(t testing.TB, serial int) servers.View {
	return servers.View{Heard: true, AA: true, Ended: true, Set: set(t, fmt.Sprintf("test. 60 SOA a. b. %d 1 1 1 1", serial))}
}

var www = resolver.Question{Name: dname.MustParse("www.test."), Type: rr.TypeA}

// survey asks servers of the zone at 192.0.2.1, .2 and so on, and resolvers at
// 203.0.113.1 and so on; views are by the last octet, those of resolvers from 101.
func survey(t testing.TB, views map[int]servers.View, serials map[int]int) *Survey {
	return &Survey{
		Ask: func(s exchange.Server, q exchange.Question) servers.View {
			n := int(s.Addr.Addr().As4()[3])
			if q.RD {
				n += 100
			}
			if q.Type == rr.TypeSOA && serials[n] == 0 {
				return broken("timeout")
			}
			if q.Type == rr.TypeSOA {
				return versioned(t, serials[n])
			}
			return views[n]
		},
		Lookup: func(q resolver.Question) []resolver.Item {
			return []resolver.Item{{Owner: q.Name, Set: set(t, "x. 30 A 198.51.100.9")}}
		},
		Reach: func(a netip.Addr) bool { return !a.IsPrivate() },
	}
}

func nameservers(addresses ...string) (list []servers.Nameserver) {
	for n, a := range addresses {
		list = append(list, servers.Nameserver{Name: dname.MustParse(fmt.Sprintf("ns%d.test.", n+1)), Addr: netip.AddrPortFrom(netip.MustParseAddr(a), 53)})
	}
	return list
}

// told is the report in short: states in order, whose word counts, and what that is.
func told(p *Report) string {
	var states []string
	for _, r := range p.Rows {
		states = append(states, string(r.State))
	}
	return fmt.Sprintf("%s; %s %s; done %v, left %d", strings.Join(states, " "), p.From, strings.Join(p.Expect, " "), p.Done, p.Left)
}

func TestSurvey(t *testing.T) {
	one, two := has(t, "x. 60 A 198.51.100.1"), has(t, "x. 60 A 198.51.100.2")
	alias := servers.View{Heard: true, AA: true, Left: 20, Aliases: []dname.Name{dname.MustParse("edge.example.")}}
	lame := one
	lame.AA = false
	away := one
	away.Refers = true
	for _, c := range []struct {
		situation string
		views     map[int]servers.View
		serials   map[int]int
		want      Expected
		told      string
	}{
		{"all agree", map[int]servers.View{1: one, 2: one, 101: one}, nil, Expected{}, "matches matches matches; authoritative 198.51.100.1; done true, left 0"},
		{"a resolver is behind", map[int]servers.View{1: one, 2: one, 101: two}, nil, Expected{}, "matches matches differs; authoritative 198.51.100.1; done false, left 60"},
		{"a server of the zone is behind", map[int]servers.View{1: one, 2: two, 101: one}, map[int]int{1: 8, 2: 7}, Expected{}, "matches differs matches; authoritative 198.51.100.1; done false, left -1"},
		{"which one its serial tells", map[int]servers.View{1: one, 2: two, 101: one}, map[int]int{1: 7, 2: 8}, Expected{}, "differs matches differs; authoritative 198.51.100.2; done false, left -1"},
		{"serials go round", map[int]servers.View{1: one, 2: two, 101: one}, map[int]int{1: 1, 2: 4294967295}, Expected{}, "matches differs matches; authoritative 198.51.100.1; done false, left -1"},
		{"one is not its server", map[int]servers.View{1: one, 2: lame, 101: one}, nil, Expected{}, "matches error matches; authoritative 198.51.100.1; done true, left 0"},
		{"one refers elsewhere", map[int]servers.View{1: away, 2: one, 101: one}, nil, Expected{}, "error matches matches; authoritative 198.51.100.1; done true, left 0"},
		{"resolvers alone answer", map[int]servers.View{1: broken("timeout"), 2: broken("timeout"), 101: one}, nil, Expected{}, "error error matches; resolvers 198.51.100.1; done true, left 0"},
		{"nobody answers", map[int]servers.View{1: broken("timeout"), 2: broken("timeout"), 101: broken("timeout")}, nil, Expected{}, "error error error; none ; done false, left 0"},
		{"as expected, with more", map[int]servers.View{1: has(t, "x. 60 A 198.51.100.1", "x. 60 A 198.51.100.2"), 2: two, 101: one}, nil,
			Expected{Data: [][]byte{{198, 51, 100, 1}}}, "matches differs matches; given 198.51.100.1; done false, left -1"},
		{"gone", map[int]servers.View{1: has(t), 2: has(t), 101: one}, nil, Expected{Gone: true}, "matches matches differs; given ; done false, left 60"},
		{"where an alias leads", map[int]servers.View{1: alias, 2: alias, 101: alias}, nil, Expected{Data: [][]byte{{198, 51, 100, 9}}}, "matches matches matches; given 198.51.100.9; done true, left 0"},
		{"an alias by itself", map[int]servers.View{1: alias, 2: alias, 101: one}, nil, Expected{}, "matches matches differs; authoritative edge.example.; done false, left 60"},
	} {
		p := &Report{Question: www}
		survey(t, c.views, c.serials).Run(p, nameservers("192.0.2.1", "192.0.2.2"), []netip.AddrPort{netip.MustParseAddrPort("203.0.113.1:53")}, c.want)
		if got := told(p); got != c.told || p.Matches+p.Differs+p.Errors != len(p.Rows) {
			t.Errorf("%s:\n%s, want\n%s", c.situation, got, c.told)
		}
	}
}

// What we say ourselves counts before what others do, and alone it proves nothing.
func TestOurOwnRow(t *testing.T) {
	p := &Report{Question: www, Ours: true, Rows: []Row{{Server: "this server", Role: Ourselves}}}
	p.Rows[0].Show(has(t, "x. 60 A 198.51.100.1"))
	views := map[int]servers.View{1: has(t, "x. 60 A 198.51.100.2"), 2: has(t, "x. 60 A 198.51.100.2")}
	survey(t, views, nil).Run(p, nameservers("192.0.2.1", "192.0.2.2"), nil, Expected{})
	if got := told(p); got != "matches differs differs; ours 198.51.100.1; done false, left -1" || len(p.Warnings) != 0 {
		t.Errorf("got %s, %q", got, p.Warnings)
	}
	p = &Report{Question: www, Ours: true, Rows: []Row{{Server: "this server", Role: Ourselves}}}
	p.Rows[0].Show(has(t, "x. 60 A 198.51.100.1"))
	survey(t, map[int]servers.View{1: broken("timeout")}, nil).Run(p, nameservers("192.0.2.1"), nil, Expected{})
	if !p.Done || len(p.Warnings) != 1 {
		t.Errorf("alone: %s, %q", told(p), p.Warnings)
	}
}

// Nothing is sent where nothing may be.
func TestReach(t *testing.T) {
	s := survey(t, nil, nil)
	s.Ask = func(to exchange.Server, _ exchange.Question) servers.View {
		t.Errorf("%s was asked", to)
		return servers.View{}
	}
	p := &Report{Question: www}
	s.Run(p, nameservers("10.0.0.1"), nil, Expected{})
	if len(p.Rows) != 1 || p.Rows[0].Why != servers.ErrPrivate.Error() || p.Errors != 1 {
		t.Errorf("got %+v", p.Rows)
	}
}

// A row in words.
func TestWords(t *testing.T) {
	serial := uint32(7)
	r := Row{Server: "192.0.2.1:53", Left: Nobody}
	r.Show(servers.View{Rcode: code.NXDomain, Left: Nobody})
	if got := r.Title() + r.Says() + r.Remaining() + r.Version(); got != "192.0.2.1:53that there are none (NXDOMAIN), nobody knows for how long" {
		t.Errorf("got %q", got)
	}
	r.Name, r.Serial = "ns1.test.", &serial
	r.Show(has(t, "x. 60 A 198.51.100.2", "x. 60 A 198.51.100.1"))
	if got := r.Title() + r.Says() + r.Remaining() + r.Version(); got != "ns1.test. (192.0.2.1:53)198.51.100.1, 198.51.100.2, for 60 s, with serial 7 of the zone" {
		t.Errorf("got %q", got)
	}
	r.Show(servers.View{Aliases: []dname.Name{dname.MustParse("a."), dname.MustParse("b.")}})
	if got := r.Says(); !strings.Contains(got, "an alias of a.") {
		t.Errorf("got %q", got)
	}
}

// The resolvers that are asked by default are known by name.
func TestPublicResolvers(t *testing.T) {
	for _, a := range PublicResolvers() {
		if resolverName(a) == "" || !servers.IsPublic(a.Addr()) {
			t.Errorf("%s has no name, or is not public", a)
		}
	}
	if got := resolverName(netip.MustParseAddrPort("192.0.2.1:53")); got != "" {
		t.Errorf("192.0.2.1 is %s", got)
	}
}

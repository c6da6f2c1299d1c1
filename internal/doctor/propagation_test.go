package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/propagation"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/zone"
)

// toldRows is who is in which state, by address, sorted.
func toldRows(p *Propagation) string {
	var out []string
	for _, r := range p.Rows {
		out = append(out, fmt.Sprintf("%s %s", strings.TrimSuffix(r.Server, ":53"), r.State))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// with is the zone with some records in the place of those that begin so.
func with(lines []string, serial int, begins, record string) []string {
	out := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, begins) })
	apex, _, _ := strings.Cut(out[0], " ")
	out[0] = fmt.Sprintf("%s %d", apex, serial)
	if record != "" {
		out = append(out, record)
	}
	return out
}

func data(t testing.TB, lines ...string) (out [][]byte) {
	for _, line := range lines {
		_, rec := parseRecord(t, line)
		out = append(out, rec.Data())
	}
	return out
}

func TestPropagation(t *testing.T) {
	moved := with(exampleCom, 8, "www.example.com. 60 A ", "www.example.com. 60 A 198.51.100.2")
	refuse := func(_ exchange.Question, m *dns.Msg) {
		m.Rcode, m.Answer, m.Ns, m.Extra = dns.RcodeRefused, nil, nil, nil
	}
	all := func(state string) string {
		return strings.NewReplacer("*", state).Replace("192.0.2.11 *, 192.0.2.12 *, 192.0.2.91 *, 192.0.2.92 *")
	}
	for _, c := range []struct {
		situation, name string
		t               rr.Type
		change          func(*internet)
		want            Expected
		rows            string
		from, expect    string
		done            bool
		left            int64
	}{
		{"all agree", "www.example.com.", rr.TypeA, nil, Expected{}, all("matches"), "authoritative", "198.51.100.1", true, 0},
		{"as expected", "www.example.com.", rr.TypeA, nil, Expected{Data: data(t, "x. A 198.51.100.1")}, all("matches"), "given", "198.51.100.1", true, 0},
		{"not as expected", "www.example.com.", rr.TypeA, nil, Expected{Data: data(t, "x. A 198.51.100.2")}, all("differs"), "given", "198.51.100.2", false, Nobody},
		{"no records are expected", "nobody.example.com.", rr.TypeA, nil, Expected{Gone: true}, all("matches"), "given", "", true, 0},
		{"records are still there", "www.example.com.", rr.TypeA, nil, Expected{Gone: true}, all("differs"), "given", "", false, Nobody},
		{"no such name", "nobody.example.com.", rr.TypeA, nil, Expected{}, all("matches"), "authoritative", "", true, 0},
		{"one resolver is behind", "www.example.com.", rr.TypeA, func(n *internet) {
			n.host(ns1Addr, moved)
			n.host(ns2Addr, moved)
			n.host(open1, moved).open = true
		}, Expected{}, "192.0.2.11 matches, 192.0.2.12 matches, 192.0.2.91 matches, 192.0.2.92 differs", "authoritative", "198.51.100.2", false, 60},
		{"one server of the zone is behind", "www.example.com.", rr.TypeA, func(n *internet) { n.host(ns1Addr, moved) }, Expected{},
			"192.0.2.11 matches, 192.0.2.12 differs, 192.0.2.91 differs, 192.0.2.92 differs", "authoritative", "198.51.100.2", false, Nobody},
		{"one server of the zone is lame", "www.example.com.", rr.TypeA, func(n *internet) { n.hosts[ns2Addr].lie = refuse }, Expected{},
			"192.0.2.11 matches, 192.0.2.12 error, 192.0.2.91 matches, 192.0.2.92 matches", "authoritative", "198.51.100.1", true, 0},
		{"no server of the zone answers", "www.example.com.", rr.TypeA, func(n *internet) { n.hosts[ns1Addr].lie, n.hosts[ns2Addr].lie = refuse, refuse }, Expected{},
			"192.0.2.11 error, 192.0.2.12 error, 192.0.2.91 matches, 192.0.2.92 matches", "resolvers", "198.51.100.1", true, 0},
		{"an alias out of the zone", "shop.example.com.", rr.TypeA, nil, Expected{}, all("matches"), "authoritative", "edge.cdn.net.", true, 0},
		{"what an alias out of the zone leads to", "shop.example.com.", rr.TypeA, nil, Expected{Data: data(t, "x. A 198.51.100.7")}, all("matches"), "given", "198.51.100.7", true, 0},
		{"something else than it leads to", "shop.example.com.", rr.TypeA, nil, Expected{Data: data(t, "x. A 198.51.100.70")}, all("differs"), "given", "198.51.100.70", false, Nobody},
		{"the alias itself", "shop.example.com.", rr.TypeCNAME, nil, Expected{Data: data(t, "x. CNAME EDGE.cdn.net.")}, all("matches"), "given", "EDGE.cdn.net.", true, 0},
		{"a resolver with another alias", "shop.example.com.", rr.TypeA, func(n *internet) {
			n.host(open2, with(exampleCom, 6, "shop.", "shop.example.com. 500 CNAME old.cdn.net."), cdnNet).open = true
		}, Expected{}, "192.0.2.11 matches, 192.0.2.12 matches, 192.0.2.91 matches, 192.0.2.92 differs", "authoritative", "edge.cdn.net.", false, 300},
	} {
		t.Run(c.situation, func(t *testing.T) {
			n := usual(t)
			if c.change != nil {
				c.change(n)
			}
			p, err := n.clinic(nil).Propagation(t.Context(), anybody, question(c.name, c.t), c.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := toldRows(p); got != c.rows {
				t.Errorf("%s, not\n%s", got, c.rows)
			}
			if p.From != c.from || strings.Join(p.Expect, " ") != c.expect || p.Done != c.done || p.Left != c.left {
				t.Errorf("%s %q, done %v, left %d", p.From, p.Expect, p.Done, p.Left)
			}
			if p.Zone.String() != "example.com." || p.Matches+p.Differs+p.Errors != len(p.Rows) {
				t.Errorf("zone %s, %d of %d rows counted", p.Zone, p.Matches+p.Differs+p.Errors, len(p.Rows))
			}
		})
	}
}

// The rows say who still serves what, for how long, of which version.
func TestPropagationRows(t *testing.T) {
	n := usual(t)
	p, _ := n.clinic(nil).Propagation(t.Context(), anybody, question("www.example.com.", rr.TypeA), Expected{})
	for _, r := range p.Rows {
		if strings.Join(r.Records, " ") != "198.51.100.1" || r.Left != 60 || !r.Heard {
			t.Errorf("%+v", r)
		}
		if r.Role == propagation.Authoritative && (r.Serial == nil || *r.Serial != 7 || !strings.HasPrefix(r.Name, "ns")) || r.Role == propagation.Recursive && r.Serial != nil {
			t.Errorf("%+v", r)
		}
	}
	if p, _ = n.clinic(nil).Propagation(t.Context(), anybody, question("nobody.example.com.", rr.TypeA), Expected{}); p.Rows[0].Left != 300 {
		t.Errorf("a denial ends in %d s", p.Rows[0].Left)
	}
}

// A zone of ours is held against what we say, and the world is asked for it.
func TestPropagationOfOurs(t *testing.T) {
	n := usual(t)
	theirs := with(oursCom[:2], 4, "-", "www.ours.com. 30 A 203.0.113.9")
	n.host(ns1Addr, exampleCom, theirs)
	d := n.clinic(zonesOf(t, oursCom), func(o *Options) { o.Resolvers = []netip.AddrPort{} })
	p, _ := d.Propagation(t.Context(), anybody, question("www.ours.com.", rr.TypeA), Expected{})
	if got := toldRows(p); got != "192.0.2.11 differs, this server matches" || !p.Ours || p.From != "ours" || p.Done {
		t.Errorf("%s, %v %s", got, p.Ours, p.From)
	}
	if *p.Rows[0].Serial != 5 || *p.Rows[1].Serial != 4 {
		t.Errorf("serials %d and %d", *p.Rows[0].Serial, *p.Rows[1].Serial)
	}
	n.host(ns1Addr, exampleCom, oursCom)
	if p, _ = d.Propagation(t.Context(), anybody, question("www.ours.com.", rr.TypeA), Expected{}); !p.Done {
		t.Errorf("after the transfer: %s", toldRows(p))
	}
}

func TestPropagationWarnings(t *testing.T) {
	for _, c := range []struct {
		situation, name string
		ours            []string
		change          func(*internet)
		want            string
	}{
		{"all is well", "www.example.com.", nil, nil, ""},
		{"the zone names a server more", "www.example.com.", nil, func(n *internet) {
			more := append(exampleCom[:len(exampleCom):len(exampleCom)], "example.com. NS ns.cdn.net.")
			n.host(ns1Addr, more)
			n.host(ns2Addr, more)
		}, "example.com. names servers that the zone above does not: ns.cdn.net."},
		{"the zone above names a server more", "www.example.com.", nil, func(n *internet) {
			less := slices.DeleteFunc(slices.Clone(exampleCom), func(l string) bool { return l == "example.com. NS ns2.example.com." })
			n.host(ns1Addr, less)
			n.host(ns2Addr, less)
		}, "the zone above names servers that example.com. itself does not: ns2.example.com."},
		{"nobody delegates our zone", "www.mine.com.", []string{"mine.com.", "mine.com. NS ns1.example.com.", "www.mine.com. A 203.0.113.1"}, nil,
			"the zone above does not delegate mine.com.: only who asks its servers directly sees it; no other server has answered: only what this server itself says is known"},
		{"nobody is there to ask", "www.mine.com.", []string{"mine.com.", "mine.com. NS ns1.mine.com.", "ns1.mine.com. A 192.0.2.11", "www.mine.com. A 203.0.113.1"},
			func(n *internet) { clear(n.hosts) }, "who the servers of mine.com. are could not be asked from outside: no server of . gave a usable answer; the last: unreachable; no other server has answered: only what this server itself says is known"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			n := usual(t)
			if c.change != nil {
				c.change(n)
			}
			ours := new(zone.Set)
			if c.ours != nil {
				ours = zonesOf(t, c.ours)
			}
			p, _ := n.clinic(ours).Propagation(t.Context(), anybody, question(c.name, rr.TypeA), Expected{})
			if got := strings.Join(p.Warnings, "; "); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
			if c.ours != nil && !slices.ContainsFunc(p.Rows, func(r propagation.Row) bool {
				return r.Role == propagation.Authoritative && strings.HasPrefix(r.Server, "192.0.2.11:")
			}) {
				t.Errorf("the servers that our zone names are not asked: %s", toldRows(p))
			}
		})
	}
}

// Who watches a change does not have the servers looked for again each time.
func TestPropagationIsCheapToRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		d := n.clinic(nil)
		ask := func() int {
			n.count()
			if _, err := d.Propagation(t.Context(), anybody, question("www.example.com.", rr.TypeA), Expected{}); err != nil {
				t.Error(err)
			}
			return n.count()
		}
		first, again := ask(), ask()
		if again != 6 || first <= again { // four servers, and two serials
			t.Errorf("%d questions, then %d", first, again)
		}
		time.Sleep(time.Minute)
		if later := ask(); later != first {
			t.Errorf("%d questions after a minute", later)
		}
	})
}

// However many servers a zone claims to have, some are asked and not more, and
// those with private addresses for administrators only.
func TestPropagationIsBounded(t *testing.T) {
	n := usual(t)
	lines := []string{"com.", "com. NS ns.com.", "ns.com. A 192.0.2.2"}
	zone := []string{"example.com."}
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("example.com. NS n%d.example.com.", i), fmt.Sprintf("n%d.example.com. A 192.0.2.11", i), fmt.Sprintf("n%d.example.com. A 10.0.0.%d", i, i))
		zone = append(zone, fmt.Sprintf("example.com. NS n%d.example.com.", i))
	}
	zone = append(zone, "www.example.com. A 198.51.100.1")
	n.host(comAddr, lines)
	n.host(ns1Addr, zone)
	d := n.clinic(nil, func(o *Options) { o.Servers = 10 })
	p, _ := d.Propagation(t.Context(), anybody, question("www.example.com.", rr.TypeA), Expected{})
	if len(p.Rows) != 10 || !strings.Contains(strings.Join(p.Warnings, " "), "only 8 of the") {
		t.Errorf("%d rows, %v", len(p.Rows), p.Warnings)
	}
	private := 0
	for _, r := range p.Rows {
		if strings.HasPrefix(r.Server, "10.") {
			if private++; r.State != propagation.Errs || r.Why != servers.ErrPrivate.Error() {
				t.Errorf("%+v", r)
			}
		}
	}
	if private == 0 {
		t.Error("no private server is among them")
	}
	for _, a := range n.asked {
		if strings.HasPrefix(a, "10.") {
			t.Errorf("asked %s", a)
		}
	}
}

package doctor

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// toldHops is hops in short: owner, kind, queries, time.
func toldHops(hops []Hop) string {
	var out []string
	for _, h := range hops {
		out = append(out, fmt.Sprintf("%s %s %d %v", h.Owner, h.Kind, h.Queries, h.Took))
	}
	return strings.Join(out, ", ")
}

func TestTrace(t *testing.T) {
	const delay = 10 * time.Millisecond
	for _, c := range []struct {
		situation, name string
		t               rr.Type
		change          func(*internet)
		hops            string
		end             End
		cold            time.Duration
	}{
		{"one name", "www.example.com.", rr.TypeA, nil, "www.example.com. exact 4 40ms", EndAnswered, 4 * delay},
		{"a chain to another zone", "shop.example.com.", rr.TypeA, nil, "shop.example.com. CNAME 4 40ms, edge.cdn.net. exact 3 30ms", EndAnswered, 7 * delay},
		{"a DNAME", "www.old.example.com.", rr.TypeA, nil, "www.old.example.com. DNAME 5 50ms, www.new.cdn.net. exact 4 40ms", EndAnswered, 9 * delay},
		{"no such target", "gone.example.com.", rr.TypeA, nil, "gone.example.com. CNAME 4 40ms, nowhere.cdn.net. nxdomain 3 30ms", EndNXDomain, 7 * delay},
		{"a target without addresses", "bare.example.com.", rr.TypeA, nil, "bare.example.com. CNAME 4 40ms, bare.cdn.net. nodata 3 30ms", EndNoData, 7 * delay},
		{"a loop", "loop.example.com.", rr.TypeA, nil, "loop.example.com. CNAME 4 40ms, loop.cdn.net. CNAME 3 30ms", EndLoop, 7 * delay},
		{"a slow CDN", "shop.example.com.", rr.TypeA, func(n *internet) { n.hosts[cdnAddr].delay = 200 * time.Millisecond }, "shop.example.com. CNAME 4 40ms, edge.cdn.net. exact 3 220ms", EndAnswered, 260 * time.Millisecond},
	} {
		t.Run(c.situation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := usual(t)
				for _, h := range n.hosts {
					h.delay = delay
				}
				if c.change != nil {
					c.change(n)
				}
				d := n.clinic(nil)
				n.count()
				start := time.Now()
				tr, err := d.Trace(t.Context(), anybody, question(c.name, c.t))
				if err != nil {
					t.Fatal(err)
				}
				if got := toldHops(tr.Hops); got != c.hops || tr.End != c.end || tr.Cold != c.cold {
					t.Errorf("%s, %s, %v", got, tr.End, tr.Cold)
				}
				if took := time.Since(start); tr.Cold != took {
					t.Errorf("it took %v, and the hops say %v", took, tr.Cold)
				}
				if tr.Queries != n.count() {
					t.Errorf("%d questions are told", tr.Queries)
				}
				if c.end == EndAnswered && len(tr.Outcome.records(c.t)) == 0 {
					t.Error("no records")
				}
			})
		})
	}
}

// How long a silent server was waited for counts, as long as that may be.
func TestTraceCountsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := usual(t).clinic(nil)
		start := time.Now()
		tr, err := d.Trace(t.Context(), anybody, question("mute.example.com.", rr.TypeA))
		if err != nil || tr.End != EndFailed || tr.Cold != time.Since(start) || tr.Cold < time.Second {
			t.Errorf("%s after %v (%v)", tr.End, tr.Cold, err)
		}
		if last := tr.Hops[len(tr.Hops)-1]; last.Owner.String() != "edge.silent.net." || last.Kind != Exhausted || last.Took != tr.Cold {
			t.Errorf("%s", toldHops(tr.Hops))
		}
		for _, s := range tr.Steps {
			if s.Kind == Silent && s.Took == 0 {
				t.Errorf("a silent server without its time: %+v", s)
			}
		}
	})
}

// Nothing that is known counts: each trace costs the same.
func TestTraceIsCold(t *testing.T) {
	n := usual(t)
	d := n.clinic(zonesOf(t, oursCom))
	var counts [3]int
	for i := range counts {
		d.options.Resolver.Resolve(t.Context(), question("www.example.com.", rr.TypeA))
		n.count()
		if _, err := d.Trace(t.Context(), anybody, question("www.example.com.", rr.TypeA)); err != nil {
			t.Fatal(err)
		}
		counts[i] = n.count()
	}
	if counts[0] != counts[1] || counts[1] != counts[2] || counts[0] == 0 {
		t.Errorf("questions: %v", counts)
	}
}

// Zones of ours are asked for over the network, and marked.
func TestTraceMarksOurs(t *testing.T) {
	n := usual(t)
	theirs := []string{"ours.com.", "ours.com. NS ns1.example.com.", "www.ours.com. A 203.0.113.99"}
	n.host(ns1Addr, exampleCom, theirs)
	d := n.clinic(zonesOf(t, oursCom))
	tr, err := d.Trace(t.Context(), anybody, question("www.ours.com.", rr.TypeA))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(tr.Outcome.records(rr.TypeA), " "); got != "203.0.113.99" {
		t.Errorf("the world sees %q", got)
	}
	if h := tr.Hops[len(tr.Hops)-1]; !h.Ours || h.Zone.String() != "ours.com." {
		t.Errorf("%+v", h)
	}
	for _, s := range tr.Steps {
		if s.Ours != (s.Zone != nil && s.Zone.String() == "ours.com.") {
			t.Errorf("ours=%v: %+v", s.Ours, s)
		}
	}
}

// A lame server is a step with its reason.
func TestTraceTellsLameServers(t *testing.T) {
	n := usual(t)
	for _, a := range []string{ns1Addr, ns2Addr} {
		n.hosts[a].lie = func(_ exchange.Question, m *dns.Msg) {
			m.Rcode, m.Answer, m.Ns, m.Extra = dns.RcodeRefused, nil, nil, nil
		}
	}
	d := n.clinic(nil)
	tr, _ := d.Trace(t.Context(), anybody, question("www.example.com.", rr.TypeA))
	lame := 0
	for _, s := range tr.Steps {
		if s.Kind == Lame {
			lame++
			if s.Server == "" || !strings.Contains(s.Why, "REFUSED") {
				t.Errorf("%+v", s)
			}
		}
	}
	if lame != 2 || tr.End != EndFailed || tr.Rcode != code.ServFail || tr.EDE == code.NoEDE {
		t.Errorf("%d lame, %s %s: %s", lame, tr.End, tr.Rcode, tr.Why)
	}
}

// Private servers are not asked for a caller who is no administrator.
func TestTraceKeepsOffPrivateServers(t *testing.T) {
	n := usual(t)
	n.host(netAddr, []string{"net.", "net. NS ns.net.", "ns.net. A 192.0.2.3", "cdn.net. NS ns.cdn.net.", "ns.cdn.net. A 10.0.0.7"})
	n.host("10.0.0.7", cdnNet)
	d := n.clinic(nil)
	for who, want := range map[*Caller]End{anybody: EndFailed, admin: EndAnswered} {
		tr, err := d.Trace(t.Context(), who, question("edge.cdn.net.", rr.TypeA))
		if err != nil || tr.End != want {
			t.Errorf("%s: %s (%v)", who.Token, tr.End, err)
		}
	}
	for _, a := range n.asked {
		if strings.HasPrefix(a, "10.0.0.7") {
			return
		}
	}
	t.Error("the administrator's question was not sent")
}

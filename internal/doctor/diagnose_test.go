package doctor

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/zone"
)

// nobodyListens is a Dial of a world without servers.
func nobodyListens(context.Context, string, string) (net.Conn, error) {
	return nil, syscall.ECONNREFUSED
}

// verdict is the one of that id.
func (d *Diagnosis) verdict(t testing.TB, id string) *Verdict {
	t.Helper()
	for i := range d.Verdicts {
		if d.Verdicts[i].ID == id {
			return &d.Verdicts[i]
		}
	}
	t.Fatal("no verdict ", id)
	return nil
}

// text is all that v says.
func (v *Verdict) text() string {
	return v.Title + "\n" + strings.Join(v.Seen, "\n") + "\n" + strings.Join(v.Advice, "\n")
}

// beside makes a server answer questions of that type at name with a record,
// whatever stands in its zone.
func beside(n *internet, address, name string, t rr.Type, record string) {
	n.hosts[address].lie = func(q exchange.Question, m *dns.Msg) {
		if q.Type == t && q.Name.Equal(dname.MustParse(name)) {
			r, err := dns.NewRR(record)
			if err != nil {
				panic(err)
			}
			m.Rcode, m.Answer, m.Ns = 0, []dns.RR{r}, nil
		}
	}
}

func TestDiagnose(t *testing.T) {
	ours := zonesOf(t, oursCom)
	for _, c := range []struct {
		situation, name string
		change          func(*internet)
		cause           string
		status          Status
		says            []string
	}{
		{"records of others go together", "www.example.com.", nil, CauseConflict, OK, nil},
		{"a CNAME of others, alone", "shop.example.com.", nil, CauseConflict, OK, nil},
		{"a CNAME of others beside MX", "shop.example.com.", func(n *internet) {
			beside(n, ns1Addr, "shop.example.com.", rr.TypeMX, "shop.example.com. 60 MX 10 mail.example.com.")
		}, CauseConflict, Problem, []string{"a CNAME record and others beside it", "MX 10 mail.example.com.", "CNAME edge.cdn.net.", "remove the MX records"}},
		{"a CNAME of others and an address in one answer", "shop.example.com.", func(n *internet) {
			n.hosts[ns2Addr].lie = func(q exchange.Question, m *dns.Msg) {
				if q.Type == rr.TypeA {
					r, _ := dns.NewRR("shop.example.com. 60 A 198.51.100.5")
					m.Answer = append(m.Answer, r)
				}
			}
		}, CauseConflict, Problem, []string{"ns2.example.com.", "A 198.51.100.5", "CNAME edge.cdn.net."}},
		{"two CNAMEs of others", "shop.example.com.", func(n *internet) {
			n.hosts[ns1Addr].lie = func(q exchange.Question, m *dns.Msg) {
				if q.Type == rr.TypeCNAME {
					r, _ := dns.NewRR("shop.example.com. 60 CNAME second.cdn.net.")
					m.Answer = append(m.Answer, r)
				}
			}
		}, CauseConflict, Problem, []string{"more than one CNAME", "second.cdn.net."}},
		{"our records go together", "www.ours.com.", nil, CauseConflict, OK, []string{"CNAME"}},
		{"a record of ours that nobody sees", "www.tree.ours.com.", nil, CauseConflict, OK, nil},
		{"no server can be asked", "www.example.com.", func(n *internet) { delete(n.hosts, ns1Addr); delete(n.hosts, ns2Addr) }, CauseConflict, Undecided, nil},

		{"no apex", "www.example.com.", nil, CauseApex, OK, []string{"it is in example.com."}},
		{"an apex without alias", "example.com.", nil, CauseApex, OK, []string{"no CNAME"}},
		{"a CNAME at the apex of others", "example.com.", func(n *internet) {
			beside(n, ns1Addr, "example.com.", rr.TypeCNAME, "example.com. 60 CNAME edge.cdn.net.")
		}, CauseApex, Problem, []string{"CNAME stands at the apex", "example.com. ALIAS edge.cdn.net."}},
		{"an ALIAS at our apex", "ours.com.", nil, CauseApex, OK, []string{"ALIAS edge.cdn.net."}},
		{"a name of ours below the apex", "www.ours.com.", nil, CauseApex, OK, []string{"it is in ours.com."}},

		{"addresses of its own", "www.example.com.", nil, CauseTarget, OK, []string{"A 198.51.100.1", "AAAA 2001:db8::1"}},
		{"an alias that leads to addresses", "shop.example.com.", nil, CauseTarget, OK, []string{"shop.example.com. CNAME edge.cdn.net."}},
		{"a target that does not exist", "gone.example.com.", nil, CauseTarget, Problem, []string{"nowhere.cdn.net. does not exist (NXDOMAIN)", "correct the target of gone.example.com."}},
		{"a target that does not answer", "mute.example.com.", nil, CauseTarget, Problem, []string{"edge.silent.net. cannot be resolved", "timeout"}},
		{"a target without addresses", "bare.example.com.", nil, CauseTarget, Problem, []string{"bare.cdn.net. exists, but has no addresses"}},
		{"a name that does not exist", "nobody.example.com.", nil, CauseTarget, Problem, []string{"the name does not exist (NXDOMAIN)"}},
		{"a name with other records", "text.example.com.", nil, CauseTarget, Warning, []string{"neither addresses nor a target"}},
		{"a loop", "loop.example.com.", nil, CauseTarget, Problem, []string{"comes back to itself"}},
		{"a loop of ours", "a.ours.com.", nil, CauseTarget, Problem, []string{"comes back to itself"}},
		{"an ALIAS that still answers", "dead.ours.com.", nil, CauseTarget, Warning, []string{"edge.silent.net. does not resolve any more", "last good"}},
		{"a lame target", "shop.example.com.", func(n *internet) {
			n.hosts[cdnAddr].lie = func(_ exchange.Question, m *dns.Msg) { m.Rcode, m.Answer, m.Ns = dns.RcodeRefused, nil, nil }
		}, CauseTarget, Problem, []string{"give no usable answer", "REFUSED"}},

		{"everybody says the same", "www.example.com.", nil, CausePropagation, OK, []string{"all 4 servers"}},
		{"a resolver has old records", "www.example.com.", func(n *internet) {
			n.host(open2, with(exampleCom, 6, "www.example.com. 60 A ", "www.example.com. 500 A 198.51.100.99")).open = true
		}, CausePropagation, Warning, []string{"still says 198.51.100.99, for 500 s", "wait"}},
		{"a server of the zone is behind", "www.example.com.", func(n *internet) {
			n.host(ns1Addr, with(exampleCom, 8, "www.example.com. 60 A ", "www.example.com. 60 A 198.51.100.2"))
		}, CausePropagation, Problem, []string{"ns2.example.com.", "still says 198.51.100.1", "serial 7"}},
		{"a server of the zone is dead", "www.example.com.", func(n *internet) { delete(n.hosts, ns2Addr) }, CausePropagation, Warning, []string{"ns2.example.com.", "cannot be reached"}},
		{"the world sees another zone than we", "www.ours.com.", nil, CausePropagation, Warning, []string{"ns1.example.com."}},
		{"nobody can be asked", "www.ours.com.", func(n *internet) { clear(n.hosts) }, CausePropagation, Undecided, nil},

		{"no CAA", "www.example.com.", nil, CauseCAA, OK, []string{"any authority"}},
		{"CAA by an alias", "shop.example.com.", func(n *internet) {
			n.host(cdnAddr, append(cdnNet[:len(cdnNet):len(cdnNet)], `edge.cdn.net. CAA 0 issue "ca.example"`))
		}, CauseCAA, OK, []string{"ca.example", "an alias of edge.cdn.net."}},
		{"CAA that lets nobody", "www.example.com.", func(n *internet) {
			none := append(exampleCom[:len(exampleCom):len(exampleCom)], `example.com. CAA 0 issue ";"`)
			n.host(ns1Addr, none)
			n.host(ns2Addr, none)
		}, CauseCAA, Warning, []string{"no authority"}},
		{"CAA that cannot be had", "mute.example.com.", nil, CauseCAA, Problem, []string{"could not be looked up"}},

		{"no addresses to shake hands with", "nobody.example.com.", nil, CauseCertificate, Skipped, nil},
		{"nobody listens", "www.example.com.", nil, CauseCertificate, Skipped, []string{"198.51.100.1:443: nobody listens"}},
	} {
		t.Run(c.situation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := usual(t)
				if c.change != nil {
					c.change(n)
				}
				d := n.clinic(ours, func(o *Options) { o.Flattener, o.Dial = warm(t), nobodyListens })
				got, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse(c.name)})
				if err != nil {
					t.Fatal(err)
				}
				v := got.verdict(t, c.cause)
				if v.Status != c.status {
					t.Errorf("%s: %s", v.Status, v.text())
				}
				for _, part := range c.says {
					if !strings.Contains(v.text(), part) {
						t.Errorf("it does not say %q:\n%s", part, v.text())
					}
				}
				sound(t, got, v)
			})
		})
	}
}

// sound checks what is true of every diagnosis: bad news come with advice, good
// ones without, and the whole is as bad as the worst of its parts.
func sound(t *testing.T, d *Diagnosis, v *Verdict) {
	t.Helper()
	if bad := slices.Contains([]Status{Problem, Warning}, v.Status); bad && len(v.Advice) == 0 || !bad && v.Status != Undecided && len(v.Advice) > 0 {
		t.Errorf("%s with the advice %q", v.Status, v.Advice)
	}
	worst := OK
	for _, v := range d.Verdicts {
		worst = worse(worst, v.Status)
	}
	if d.Status != worst || len(d.Verdicts) != 6 {
		t.Errorf("%s of %d verdicts", d.Status, len(d.Verdicts))
	}
}

// Records of ours that break a rule, or that nobody sees, are found by the rules.
func TestConflictsOfOurs(t *testing.T) {
	lines := append(oursCom[:len(oursCom):len(oursCom)], "bad.ours.com. CNAME host.ours.com.", "bad.ours.com. MX 10 host.ours.com.",
		"deep.sub.ours.com. TXT unseen", "low.tree.ours.com. A 203.0.113.4")
	n := usual(t)
	d := n.clinic(zonesOf(t, lines), func(o *Options) { o.Flattener, o.Dial = warm(t), nobodyListens })
	for name, want := range map[string]string{
		"bad.ours.com.": "cname alone", "low.tree.ours.com.": "nobody sees",
	} {
		got, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse(name)})
		if err != nil {
			t.Fatal(err)
		}
		if v := got.verdict(t, CauseConflict); v.Status != Problem || !strings.Contains(strings.ToLower(v.text()), want) {
			t.Errorf("%s: %s %s", name, v.Status, v.text())
		}
	}
}

// With several targets, one that does not exist is worth a word.
func TestOneTargetOfSeveralIsGone(t *testing.T) {
	known := warm(t)
	known["nowhere.cdn.net. A"] = answer.Flat{State: answer.Fresh, Gone: true, TTL: 60}
	known["nowhere.cdn.net. AAAA"] = known["nowhere.cdn.net. A"]
	ours := zonesOf(t, append(oursCom[:len(oursCom):len(oursCom)], "duo.ours.com. ALIAS edge.cdn.net.", "duo.ours.com. ALIAS nowhere.cdn.net."))
	d := usual(t).clinic(ours, func(o *Options) { o.Flattener, o.Dial = known, nobodyListens })
	got, _ := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("duo.ours.com.")})
	if v := got.verdict(t, CauseTarget); v.Status != Warning || !strings.Contains(v.text(), "nowhere.cdn.net. does not exist") {
		t.Errorf("%s %s", v.Status, v.text())
	}
}

// A server that asks nobody says what it cannot judge.
func TestDiagnoseWithoutNetwork(t *testing.T) {
	ours := zonesOf(t, oursCom)
	d := New(Options{Zones: func() *zone.Set { return ours }, Dial: nobodyListens})
	got, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("www.ours.com.")})
	if err != nil || got.verdict(t, CauseTarget).Status != OK || got.verdict(t, CausePropagation).Status != Undecided || got.verdict(t, CauseCAA).Status != Problem && got.verdict(t, CauseCAA).Status != OK {
		t.Errorf("%+v (%v)", got, err)
	}
}

func TestGate(t *testing.T) {
	n := usual(t)
	d := n.clinic(nil, func(o *Options) { o.Rate, o.Burst, o.PerToken, o.Requests = 0.001, 3*explainCost, 2, 3 })
	q := question("www.example.com.", rr.TypeA)
	for range 3 {
		if _, err := d.Explain(t.Context(), anybody, q); err != nil {
			t.Fatal(err)
		}
	}
	var busy *Busy
	if _, err := d.Explain(t.Context(), anybody, q); !errors.As(err, &busy) || busy.RetryAfter <= 0 {
		t.Errorf("the fourth request: %v", err)
	}
	if _, err := d.Explain(t.Context(), admin, q); err != nil {
		t.Errorf("another token: %v", err)
	}
}

// At one time so many of a token, and so many in all.
func TestGateCountsWhatIsOpen(t *testing.T) {
	d := usual(t).clinic(nil, func(o *Options) { o.PerToken, o.Requests = 2, 3 })
	var leave []func()
	enter := func(token string) error {
		out, err := d.gate.enter(token, 1)
		if err == nil {
			leave = append(leave, out)
		}
		return err
	}
	for i, want := range []bool{true, true, false} {
		if err := enter("a"); (err == nil) != want {
			t.Errorf("request %d of a: %v", i, err)
		}
	}
	if err := enter("b"); err != nil {
		t.Error(err)
	}
	if err := enter("c"); err == nil {
		t.Error("more than all in all")
	}
	for _, out := range leave {
		out()
	}
	if err := enter("a"); err != nil || len(d.gate.by) != 1 {
		t.Errorf("%v, %v", err, d.gate.by)
	}
}

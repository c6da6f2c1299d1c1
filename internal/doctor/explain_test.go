package doctor

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// oursCom is a zone of ours with a way out of every kind.
var oursCom = []string{"ours.com. 5", "ours.com. NS ns1.example.com.", "ours.com. 300 ALIAS edge.cdn.net.",
	"www.ours.com. 600 CNAME host.ours.com.", "host.ours.com. 50 A 203.0.113.1", "*.any.ours.com. 70 A 203.0.113.2",
	"out.ours.com. 900 CNAME edge.cdn.net.", "dead.ours.com. 900 ALIAS edge.silent.net.", "two.ours.com. 100 ALIAS edge.cdn.net.", "two.ours.com. 100 ALIAS host.ours.com.",
	"tree.ours.com. 800 DNAME host.ours.com.", "a.ours.com. CNAME b.ours.com.", "b.ours.com. CNAME a.ours.com.", "sub.ours.com. NS ns.cdn.net.",
	"back.ours.com. CNAME shop.example.com.", "x.ours.com. A 203.0.113.3", "x.ours.com. 200 HTTPS 0 host.ours.com.", "new.ours.com. 300 ALIAS flow.cdn.net."}

func warm(t testing.TB) table {
	return table{
		"edge.cdn.net. A":    {State: answer.Fresh, Set: set(t, "x. A 198.51.100.7"), TTL: 17},
		"edge.cdn.net. AAAA": {State: answer.Fresh, TTL: 250},
		"edge.silent.net. A": {State: answer.Failing, Set: set(t, "x. A 198.51.100.66"), Since: time.Now().Add(-time.Minute).UnixNano(), Why: "timeout"},
		"flow.cdn.net. A":    {State: answer.Fresh, Set: set(t, "x. A 198.51.100.7"), TTL: 11},
	}
}

func TestExplain(t *testing.T) {
	ours := zonesOf(t, oursCom)
	for _, c := range []struct {
		situation, name string
		t               rr.Type
		want            string // the way
		end             End
		rcode           code.Rcode
		records         string
		ttl             int64
		by              string // kind and owner of the step that sets the TTL
	}{
		{"addresses of ours", "host.ours.com.", rr.TypeA, "exact host.ours.com.", EndAnswered, 0, "203.0.113.1", 50, "exact host.ours.com."},
		{"a CNAME inside our zone", "www.ours.com.", rr.TypeA, "CNAME www.ours.com.>host.ours.com., exact host.ours.com.", EndAnswered, 0, "203.0.113.1", 50, "exact host.ours.com."},
		{"a wildcard", "deep.any.ours.com.", rr.TypeA, "wildcard deep.any.ours.com.", EndAnswered, 0, "203.0.113.2", 70, "wildcard deep.any.ours.com."},
		{"an ALIAS at the apex", "ours.com.", rr.TypeA, "ALIAS ours.com.>edge.cdn.net., exact edge.cdn.net.", EndAnswered, 0, "198.51.100.7", 17, "exact edge.cdn.net."},
		{"an ALIAS to a name with one family", "ours.com.", rr.TypeAAAA, "ALIAS ours.com.>edge.cdn.net., nodata edge.cdn.net.", EndNoData, 0, "", 250, "nodata edge.cdn.net."},
		{"an ALIAS whose target is silent", "dead.ours.com.", rr.TypeA, "ALIAS dead.ours.com.>edge.silent.net., silent edge.silent.net., exact edge.silent.net.", EndAnswered, 0, "198.51.100.66", 30, "exact edge.silent.net."},
		{"an ALIAS with two targets", "two.ours.com.", rr.TypeA, "ALIAS two.ours.com.>edge.cdn.net., exact edge.cdn.net., ALIAS two.ours.com.>host.ours.com., exact host.ours.com.", EndAnswered, 0, "198.51.100.7 203.0.113.1", 17, "exact edge.cdn.net."},
		{"an ALIAS is not there for other types", "ours.com.", rr.TypeMX, "nodata ours.com.", EndNoData, 0, "", 300, "nodata ours.com."},
		{"no such name", "nobody.ours.com.", rr.TypeA, "nxdomain nobody.ours.com.", EndNXDomain, code.NXDomain, "", 300, "nxdomain nobody.ours.com."},
		{"a loop in our zone", "a.ours.com.", rr.TypeA, "CNAME a.ours.com.>b.ours.com., CNAME b.ours.com.>a.ours.com., loop a.ours.com.", EndLoop, code.ServFail, "", Nobody, ""},
		{"a DNAME", "www.tree.ours.com.", rr.TypeA, "DNAME www.tree.ours.com.>www.host.ours.com., nxdomain www.host.ours.com.", EndNXDomain, code.NXDomain, "", 300, "nxdomain www.host.ours.com."},
		{"a CNAME that leaves us", "out.ours.com.", rr.TypeA, "CNAME out.ours.com.>edge.cdn.net., exact edge.cdn.net.", EndAnswered, 0, "198.51.100.7", 20, "exact edge.cdn.net."},
		{"two CNAMEs that leave us", "back.ours.com.", rr.TypeA, "CNAME back.ours.com.>shop.example.com., CNAME shop.example.com.>edge.cdn.net., exact edge.cdn.net.", EndAnswered, 0, "198.51.100.7", 20, "exact edge.cdn.net."},
		{"HTTPS in AliasMode", "x.ours.com.", rr.TypeHTTPS, "exact x.ours.com., HTTPS x.ours.com.>host.ours.com., nodata host.ours.com.", EndAnswered, 0, "0 host.ours.com.", 200, "exact x.ours.com."},
		{"the ALIAS itself", "ours.com.", rr.TypeALIAS, "exact ours.com.", EndAnswered, 0, "edge.cdn.net.", 300, "exact ours.com."},
		{"all there is", "x.ours.com.", rr.TypeANY, "exact x.ours.com.", EndAnswered, 0, "", 200, "exact x.ours.com."},
		{"all of nothing", "tree.ours.com.", rr.TypeMX, "nodata tree.ours.com.", EndNoData, 0, "", 300, "nodata tree.ours.com."},
		{"a name of others", "www.example.com.", rr.TypeA, "exact www.example.com.", EndAnswered, 0, "198.51.100.1", 60, "exact www.example.com."},
		{"a DNAME of others", "www.old.example.com.", rr.TypeA, "DNAME www.old.example.com.>www.new.cdn.net., exact www.new.cdn.net.", EndAnswered, 0, "198.51.100.8", 90, "exact www.new.cdn.net."},
		{"a loop of others", "loop.example.com.", rr.TypeA, "CNAME loop.example.com.>loop.cdn.net., CNAME loop.cdn.net.>loop.example.com., loop loop.example.com.", EndLoop, code.ServFail, "", Nobody, ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := usual(t).clinic(ours, func(o *Options) { o.Flattener = warm(t) })
				e, err := d.Explain(t.Context(), anybody, question(c.name, c.t))
				if err != nil {
					t.Fatal(err)
				}
				got := way(withoutReferrals(e.Steps))
				if got != c.want {
					t.Errorf("the way is\n%s, not\n%s", got, c.want)
				}
				records := strings.Join(e.Outcome.records(c.t), " ")
				if e.End != c.end || e.Rcode != c.rcode || records != c.records || e.TTL != c.ttl {
					t.Errorf("%s %s %q %d (%s)", e.End, e.Rcode, records, e.TTL, e.Why)
				}
				if by := way(setter(e)); by != c.by && !strings.HasPrefix(by, c.by+">") {
					t.Errorf("%q sets the TTL, not %q", by, c.by)
				}
				if e.Why == "" {
					t.Error("it does not say why it ended")
				}
			})
		})
	}
}

func setter(e *Explanation) []Step {
	if e.TTLStep < 0 {
		return nil
	}
	return e.Steps[e.TTLStep : e.TTLStep+1]
}

func withoutReferrals(steps []Step) (out []Step) {
	for _, s := range steps {
		if s.Kind != Referral {
			out = append(out, s)
		}
	}
	return out
}

// What the steps say beside their names.
func TestExplainTellsSources(t *testing.T) { synctest.Test(t, explainTellsSources) }

func explainTellsSources(t *testing.T) {
	n := usual(t)
	d := n.clinic(zonesOf(t, oursCom), func(o *Options) { o.Flattener = warm(t) })
	q := question("shop.example.com.", rr.TypeA)
	first, _ := d.Explain(t.Context(), anybody, q)
	asked := n.count()
	again, _ := d.Explain(t.Context(), anybody, q)
	if asked == 0 || n.count() != 0 {
		t.Errorf("%d questions first, and then some again", asked)
	}
	for _, c := range []struct {
		e    *Explanation
		want resolver.Source
	}{{first, resolver.Live}, {again, resolver.Cached}} {
		last := c.e.Steps[len(c.e.Steps)-1]
		if last.Source != c.want || last.TTL != 20 || last.Left != 20 || (last.Server != "") != (c.want == resolver.Live) {
			t.Errorf("want %v: %+v", c.want, last)
		}
	}
	own, _ := d.Explain(t.Context(), anybody, question("dead.ours.com.", rr.TypeA))
	if last := own.Steps[len(own.Steps)-1]; last.State != "failing" || last.Source != resolver.Stale || last.Why != "timeout" || !own.Stale || own.EDE != code.StaleAnswer {
		t.Errorf("%+v, EDE %d", last, own.EDE)
	}
	if s := own.Steps[0]; !s.Ours || s.Zone.String() != "ours.com." || s.Source != resolver.Ours {
		t.Errorf("%+v", s)
	}
	wild, _ := d.Explain(t.Context(), anybody, question("q.any.ours.com.", rr.TypeA))
	if s := wild.Steps[0]; s.Via.String() != "*.any.ours.com." {
		t.Errorf("the wildcard is %s", s.Via)
	}
	cut, _ := d.Explain(t.Context(), anybody, question("x.sub.ours.com.", rr.TypeA))
	if s := cut.Steps[0]; s.Kind != Referral || s.Target.String() != "sub.ours.com." || cut.Authority {
		t.Errorf("below a cut: %+v", s)
	}
}

// The links of an ALIAS target that the resolver has in memory are shown.
func TestExplainShowsTheWayOfATarget(t *testing.T) {
	n := usual(t)
	d := n.clinic(zonesOf(t, oursCom), func(o *Options) { o.Flattener = warm(t) })
	d.options.Resolver.Resolve(t.Context(), question("flow.cdn.net.", rr.TypeA))
	e, _ := d.Explain(t.Context(), anybody, question("new.ours.com.", rr.TypeA))
	if got := way(e.Steps); got != "ALIAS new.ours.com.>flow.cdn.net., CNAME flow.cdn.net.>edge.cdn.net., exact edge.cdn.net." || e.TTL != 11 {
		t.Errorf("%s, TTL %d", got, e.TTL)
	}
}

// A target that nobody has asked for is resolved first, as for a client.
func TestExplainWarms(t *testing.T) {
	n := usual(t)
	known := warm(t)
	flat := known["edge.cdn.net. A"]
	delete(known, "edge.cdn.net. A")
	d := n.clinic(zonesOf(t, oursCom), func(o *Options) {
		o.Flattener = known
		o.Warm = func(_ context.Context, name dname.Name, rt rr.Type) { known[name.String()+" "+rt.String()] = flat }
	})
	e, _ := d.Explain(t.Context(), anybody, question("ours.com.", rr.TypeA))
	if e.End != EndAnswered || e.TTL != 17 {
		t.Errorf("%s %d: %s", e.End, e.TTL, e.Why)
	}
}

// A server that asks nobody says where its knowledge ends.
func TestExplainWithoutResolver(t *testing.T) {
	ours := zonesOf(t, oursCom)
	d := New(Options{Zones: func() *zone.Set { return ours }})
	for name, want := range map[string]End{"www.ours.com.": EndAnswered, "out.ours.com.": EndDeparted, "www.example.com.": EndRefused, "x.sub.ours.com.": EndRefused, "ours.com.": EndFailed} {
		e, err := d.Explain(t.Context(), anybody, question(name, rr.TypeA))
		if err != nil || e.End != want {
			t.Errorf("%s: %v, not %v (%v)", name, e.End, want, err)
		}
	}
	if _, err := d.Trace(t.Context(), anybody, question("www.ours.com.", rr.TypeA)); err != ErrNoNetwork {
		t.Error(err)
	}
}

// The target of an ALIAS that the DNS does not show is its owner's business.
func TestExplainConceals(t *testing.T) {
	n := usual(t)
	d := n.clinic(zonesOf(t, oursCom), func(o *Options) { o.Flattener, o.HideALIAS = warm(t), true })
	stranger := &Caller{Token: "stranger", Sees: func(dname.Name) bool { return false }}
	for _, name := range []string{"ours.com.", "two.ours.com.", "dead.ours.com."} {
		e, _ := d.Explain(t.Context(), stranger, question(name, rr.TypeA))
		if text := fmt.Sprint(way(e.Steps), e.Text); strings.Contains(text, "ALIAS") || len(e.Steps) != 1 {
			t.Errorf("%s: %s", name, text)
		}
	}
	e, _ := d.Explain(t.Context(), stranger, question("ours.com.", rr.TypeALIAS))
	if e.End != EndNoData || way(e.Steps) != "nodata ours.com." || strings.Contains(e.Steps[0].Why, "ALIAS") {
		t.Errorf("the type itself: %s", way(e.Steps))
	}
	e, _ = d.Explain(t.Context(), anybody, question("ours.com.", rr.TypeA))
	if e.Steps[0].Kind != ALIAS {
		t.Errorf("its owner sees %s", way(e.Steps))
	}
}

// Whatever a chain does, it is walked within bounds.
func TestExplainIsBounded(t *testing.T) {
	lines := []string{"ours.com.", "ours.com. NS ns1.example.com."}
	for i := range 100 {
		lines = append(lines, fmt.Sprintf("n%d.ours.com. CNAME n%d.ours.com.", i, i+1))
	}
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("many.ours.com. ALIAS n%d.ours.com.", i))
	}
	n := usual(t)
	d := n.clinic(zonesOf(t, lines), func(o *Options) { o.Flattener = warm(t) })
	e, _ := d.Explain(t.Context(), anybody, question("n0.ours.com.", rr.TypeA))
	if e.End != EndTooLong || len(e.Steps) > 20 {
		t.Errorf("%s after %d steps", e.End, len(e.Steps))
	}
	if e, _ = d.Explain(t.Context(), anybody, question("many.ours.com.", rr.TypeA)); len(e.Steps) > maxSteps {
		t.Errorf("%d steps", len(e.Steps))
	}
}

// A search that takes longer than anybody waits is told as far as it came.
func TestExplainTellsWhereItBrokeOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := usual(t).clinic(nil, func(o *Options) { o.Patience = time.Second })
		e, _ := d.Explain(t.Context(), anybody, question("mute.example.com.", rr.TypeA))
		if got := way(e.Steps); got != "CNAME mute.example.com.>edge.silent.net., exhausted edge.silent.net." || e.End != EndFailed || e.Took != time.Second {
			t.Errorf("%s, %s after %v", got, e.End, e.Took)
		}
		if last := e.Steps[len(e.Steps)-1]; last.Took != time.Second {
			t.Errorf("the step that broke off took %v", last.Took)
		}
		d = usual(t).clinic(nil)
		e, _ = d.Explain(t.Context(), anybody, question("mute.example.com.", rr.TypeA))
		silences := 0
		for _, s := range e.Steps {
			if s.Kind == Silent {
				if silences++; s.Took < 100*time.Millisecond {
					t.Errorf("a silent server was waited for for %v", s.Took)
				}
			}
		}
		if silences == 0 {
			t.Errorf("nobody was silent: %s", way(e.Steps))
		}
	})
}

// What failed a moment ago is not tried again, and the reason is known still.
func TestExplainRemembersFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := usual(t).clinic(nil, func(o *Options) { o.Dial = nobodyListens })
		for range 2 {
			got, _ := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("mute.example.com.")})
			if v := got.verdict(t, CauseTarget); v.Status != Problem || !strings.Contains(v.Title, "edge.silent.net. cannot be resolved") || !strings.Contains(v.text(), "timeout") {
				t.Errorf("%s: %s", v.Status, v.text())
			}
		}
	})
}

// What an ALIAS does while its target cannot be resolved is its owner's business.
func TestExplainTellsPolicies(t *testing.T) {
	held := zonesOf(t, oursCom)
	owner, target := dname.MustParse("ours.com."), dname.MustParse("edge.cdn.net.")
	var key dname.Key
	key.Set(owner)
	z := held.Exact(&key, key.Depth()).Zone.WithPolicies(zone.Policies{zone.PolicyKey(owner, target): {OnFailure: zone.ServeFailure}})
	d := usual(t).clinic(held.With(zone.Entry{Apex: owner, Zone: z}), func(o *Options) { o.Flattener = warm(t) })
	stranger := &Caller{Token: "stranger", Sees: func(dname.Name) bool { return false }}
	for who, want := range map[*Caller]string{anybody: "on failure: servfail", stranger: ""} {
		e, _ := d.Explain(t.Context(), who, question("ours.com.", rr.TypeA))
		if e.Steps[0].Why != want {
			t.Errorf("%s: %q", who.Token, e.Steps[0].Why)
		}
	}
}

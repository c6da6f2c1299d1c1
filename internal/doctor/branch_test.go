package doctor

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// troubled is oursCom with ALIAS records to every kind of trouble.
func troubled() []string {
	lines := append(oursCom[:len(oursCom):len(oursCom)],
		"lost.ours.com. ALIAS nowhere.cdn.net.", "own.ours.com. ALIAS missing.ours.com.", "bare.ours.com. ALIAS bare.cdn.net.",
		"round.ours.com. ALIAS a.ours.com.", "around.ours.com. ALIAS loop.example.com.", "before.ours.com. ALIAS loop.cdn.net.",
		"mute.ours.com. ALIAS mute.silent.net.", "long.ours.com. ALIAS n0.ours.com.", "fits.ours.com. ALIAS n3.ours.com.", "over.ours.com. ALIAS n2.ours.com.",
		"duo.ours.com. ALIAS host.ours.com.", "duo.ours.com. ALIAS mute.silent.net.",
		"pair.ours.com. ALIAS host.ours.com.", "pair.ours.com. ALIAS missing.ours.com.",
		"ring.ours.com. ALIAS host.ours.com.", "ring.ours.com. ALIAS a.ours.com.",
		"all.ours.com. ALIAS missing.ours.com.", "all.ours.com. ALIAS mute.silent.net.",
		"via.ours.com. CNAME lost.ours.com.", "n12.ours.com. A 203.0.113.12")
	for i := range 12 {
		lines = append(lines, fmt.Sprintf("n%d.ours.com. CNAME n%d.ours.com.", i, i+1))
	}
	return lines
}

// cold is what is known of those targets.
func cold(t testing.TB) table {
	known := warm(t)
	past := time.Now().Add(-time.Minute).UnixNano()
	for name, flat := range map[string]answer.Flat{
		"nowhere.cdn.net.":  {State: answer.Fresh, Gone: true, TTL: 60},
		"bare.cdn.net.":     {State: answer.Fresh, TTL: 60},
		"loop.example.com.": {State: answer.Failing, Endless: true, Why: "alias loop at loop.example.com."},
		"loop.cdn.net.":     {State: answer.Failing, Gone: true, Since: past, Why: "alias loop at loop.cdn.net."},
		"mute.silent.net.":  {State: answer.Failing, Why: "timeout"},
	} {
		known[name+" A"], known[name+" AAAA"] = flat, flat
	}
	return known
}

// What is wrong behind an ALIAS is told apart as it is for a CNAME.
func TestDoctorLooksBehindALIAS(t *testing.T) {
	ours := zonesOf(t, troubled())
	for _, c := range []struct {
		situation, name string
		status          Status
		title           string
		says            []string
		not             string
	}{
		{"a target of others that does not exist", "lost.ours.com.", Problem, "the target nowhere.cdn.net. does not exist (NXDOMAIN)", []string{"correct the target of lost.ours.com."}, "has no addresses"},
		{"a target of ours that does not exist", "own.ours.com.", Problem, "the target missing.ours.com. does not exist (NXDOMAIN)", []string{"correct the target of own.ours.com."}, "has no addresses"},
		{"behind a CNAME", "via.ours.com.", Problem, "the target nowhere.cdn.net. does not exist (NXDOMAIN)", []string{"correct the target of lost.ours.com."}, "has no addresses"},
		{"a target without addresses", "bare.ours.com.", Problem, "the target bare.cdn.net. exists, but has no addresses", nil, "NXDOMAIN"},
		{"a loop of ours", "round.ours.com.", Problem, "the chain comes back to itself at a.ours.com.", []string{"outside it"}, "silent"},
		{"a loop of others", "around.ours.com.", Problem, "the chain comes back to itself at loop.example.com.", []string{"outside it"}, "silent"},
		{"a loop that was a denial before", "before.ours.com.", Problem, "the chain comes back to itself at loop.cdn.net.", []string{"outside it", "it did not exist"}, "has no addresses"},
		{"silence", "mute.ours.com.", Problem, "mute.silent.net. cannot be resolved: the servers of its zone do not answer (timeout)", []string{"looked after"}, "loop"},
		{"a chain that is far too long", "long.ours.com.", Problem, "the chain is too long to be followed: more than 10 links", []string{"shorten the chain"}, "silent"},
		{"a link too many", "over.ours.com.", Problem, "the chain is too long to be followed: more than 10 links", []string{"shorten the chain"}, "silent"},
		{"as many as may be", "fits.ours.com.", OK, "the name leads to addresses", nil, ""},
		{"one of two is dead", "duo.ours.com.", Warning, "the name has addresses, but not from all its targets: mute.silent.net. cannot be resolved: the servers of its zone do not answer (timeout)", []string{"remove the ALIAS to mute.silent.net."}, ""},
		{"one of two does not exist", "pair.ours.com.", Warning, "the name has addresses, but not from all its targets: the target missing.ours.com. does not exist (NXDOMAIN)", []string{"remove the ALIAS to missing.ours.com."}, ""},
		{"one of two leads round", "ring.ours.com.", Warning, "the name has addresses, but not from all its targets: the chain comes back to itself at a.ours.com.", []string{"remove the ALIAS to a.ours.com.", "outside it"}, "silent"},
		{"both are dead", "all.ours.com.", Problem, "the target missing.ours.com. does not exist (NXDOMAIN)", []string{"mute.silent.net. cannot be resolved", "correct the target of all.ours.com.", "looked after"}, ""},
		{"both are well", "two.ours.com.", OK, "the name leads to addresses", nil, ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := usual(t).clinic(ours, func(o *Options) { o.Flattener, o.Dial, o.MaxChain = cold(t), nobodyListens, 10 })
				got, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse(c.name)})
				if err != nil {
					t.Fatal(err)
				}
				v := got.verdict(t, CauseTarget)
				if v.Status != c.status || v.Title != c.title {
					t.Errorf("%s %s", v.Status, v.text())
				}
				for _, part := range c.says {
					if !strings.Contains(v.text(), part) {
						t.Errorf("it does not say %q:\n%s", part, v.text())
					}
				}
				if c.not != "" && strings.Contains(v.text(), c.not) {
					t.Errorf("it says %q:\n%s", c.not, v.text())
				}
				sound(t, got, v)
			})
		})
	}
}

// A zone of ours that is not there is nobody else's fault.
func TestDoctorNamesAZoneThatIsNotLoaded(t *testing.T) {
	lines := append(oursCom[:len(oursCom):len(oursCom)], "in.ours.com. ALIAS www.broken.com.")
	held := zonesOf(t, lines).With(zone.Entry{Apex: dname.MustParse("broken.com."), Reason: "line 7"})
	d := usual(t).clinic(held, func(o *Options) { o.Flattener, o.Dial = cold(t), nobodyListens })
	for _, name := range []string{"in.ours.com.", "www.broken.com."} {
		got, _ := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse(name)})
		if v := got.verdict(t, CauseTarget); v.Status != Problem || !strings.Contains(v.text(), "line 7") || !strings.Contains(v.text(), "mend the zone broken.com.") {
			t.Errorf("%s: %s %s", name, v.Status, v.text())
		}
	}
}

// Whatever the steps are, there is a branch at least, each with an end, and an end
// that leads to addresses only where a step does.
func TestBranchesOfAnySteps(t *testing.T) {
	names := []dname.Name{dname.MustParse("a."), dname.MustParse("b."), dname.MustParse("c."), dname.Root}
	kinds := []Kind{Exact, Wildcard, CNAME, DNAME, ALIAS, NoData, NXDomain, Departed, Referral, Silent, Lame, Loop, TooLong, Exhausted, Unknown}
	rapid.Check(t, func(t *rapid.T) {
		e := &Explanation{Question: Question{Name: names[0]}, Outcome: Outcome{End: EndFailed}}
		good := 0
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			s := Step{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Owner: rapid.SampledFrom(names).Draw(t, "owner"), Depth: rapid.IntRange(0, 1).Draw(t, "depth")}
			if s.Kind.links() && rapid.Bool().Draw(t, "target") {
				s.Target = rapid.SampledFrom(names).Draw(t, "to")
			}
			if rapid.Bool().Draw(t, "stale") {
				s.Source = resolver.Stale
			} else if s.Depth == 0 && (s.Kind == Exact || s.Kind == Wildcard) {
				good++
			}
			e.Steps = append(e.Steps, s)
		}
		list := e.branches()
		if len(list) == 0 {
			t.Fatal("no branch")
		}
		for _, b := range list {
			if b.leads() {
				good--
			}
			if b.rank() < 0 || b.end.Owner == nil {
				t.Fatalf("the end is %q of %v", b.end.Kind, b.end.Owner)
			}
		}
		if good < 0 {
			t.Fatalf("%d branches more lead to addresses than steps do", -good)
		}
	})
}

// The fall-back of a record hides that its target is dead from clients only.
func TestDoctorSeesThroughFallback(t *testing.T) {
	held := zonesOf(t, troubled())
	apex, owner := dname.MustParse("ours.com."), dname.MustParse("mute.ours.com.")
	var key dname.Key
	key.Set(apex)
	z := held.Exact(&key, key.Depth()).Zone.WithPolicies(zone.Policies{
		zone.PolicyKey(owner, dname.MustParse("mute.silent.net.")): {OnFailure: zone.ServeFallback, A: set(t, "x. A 203.0.113.77")}})
	synctest.Test(t, func(t *testing.T) {
		d := usual(t).clinic(held.With(zone.Entry{Apex: apex, Zone: z}), func(o *Options) { o.Flattener, o.Dial, o.MaxChain = cold(t), nobodyListens, 10 })
		got, _ := d.Diagnose(t.Context(), anybody, Case{Name: owner})
		if v := got.verdict(t, CauseTarget); v.Status != Warning || !strings.Contains(v.Title, "fall-back addresses of its record only: mute.silent.net. cannot be resolved") {
			t.Errorf("%s %s", v.Status, v.text())
		}
	})
}

// A chain without end has no TTL, says what it is, and of CAA what to do.
func TestNoEnd(t *testing.T) {
	ours := zonesOf(t, append(troubled(), "out.round.ours.com. 600 CNAME in.example.com."))
	for name, end := range map[string]End{
		"round.ours.com.": EndLoop, "around.ours.com.": EndLoop, "a.ours.com.": EndLoop, "out.round.ours.com.": EndLoop, "loop.example.com.": EndLoop,
		"long.ours.com.": EndTooLong, "n0.ours.com.": EndTooLong,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := usual(t)
				n.host(ns1Addr, append(exampleCom[:len(exampleCom):len(exampleCom)], "in.example.com. CNAME out.round.ours.com."))
				n.host(ns2Addr, append(exampleCom[:len(exampleCom):len(exampleCom)], "in.example.com. CNAME out.round.ours.com."))
				d := n.clinic(ours, func(o *Options) { o.Flattener, o.Dial, o.MaxChain = cold(t), nobodyListens, 10 })
				e, _ := d.Explain(t.Context(), anybody, question(name, rr.TypeA))
				servfail := e.Rcode.String() == "SERVFAIL" || name == "n0.ours.com." // its clients go on at the last link
				if e.End != end || !servfail || e.TTL != Nobody || e.TTLStep != -1 {
					t.Errorf("%s %s, TTL %d by %d: %s", e.End, e.Rcode, e.TTL, e.TTLStep, way(e.Steps))
				}
				if last := e.Steps[len(e.Steps)-1]; last.Kind != Kind(end) {
					t.Errorf("the last step is %s: %s", last.Kind, way(e.Steps))
				}
			})
		})
	}
	for name, advice := range map[string]string{"a.ours.com.": "names of the loop", "n0.ours.com.": "shorten the chain", "loop.example.com.": "names of the loop", "mute.example.com.": "servers that do not answer"} {
		synctest.Test(t, func(t *testing.T) {
			d := usual(t).clinic(ours, func(o *Options) { o.Flattener, o.Dial, o.MaxChain = cold(t), nobodyListens, 10 })
			got, _ := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse(name)})
			if v := got.verdict(t, CauseCAA); v.Status != Problem || !strings.Contains(strings.Join(v.Advice, "\n"), advice) {
				t.Errorf("%s: %s %s", name, v.Status, v.text())
			}
		})
	}
}

// Where names of others lead into a zone whose ALIAS records are not shown, its
// targets are not shown there either.
func TestExplainConcealsBehindOthers(t *testing.T) {
	ours := zonesOf(t, append(oursCom[:len(oursCom):len(oursCom)], "deep.ours.com. ALIAS entry.cdn.net.", "fail.ours.com. ALIAS mute.silent.net."),
		[]string{"theirs.com.", "theirs.com. ALIAS edge.cdn.net.", "secret.theirs.com. ALIAS mute.silent.net."})
	mine := &Caller{Token: "mine", Sees: func(apex dname.Name) bool { return apex.Equal(dname.MustParse("ours.com.")) }}
	n := usual(t)
	n.host(cdnAddr, append(cdnNet[:len(cdnNet):len(cdnNet)], "entry.cdn.net. 60 CNAME theirs.com."))
	known := cold(t)
	known["entry.cdn.net. A"] = answer.Flat{State: answer.Fresh, Set: set(t, "x. A 198.51.100.7"), TTL: 9}
	for _, hidden := range []bool{true, false} {
		d := n.clinic(ours, func(o *Options) { o.Flattener, o.HideALIAS, o.Dial = known, hidden, nobodyListens })
		d.options.Resolver.Resolve(t.Context(), resolver.Question{Name: dname.MustParse("entry.cdn.net."), Type: rr.TypeA})
		e, _ := d.Explain(t.Context(), mine, question("deep.ours.com.", rr.TypeA))
		if got := way(e.Steps); strings.Contains(got, "edge.cdn.net.") == hidden || !strings.HasPrefix(got, "ALIAS deep.ours.com.>entry.cdn.net., CNAME entry.cdn.net.>theirs.com.") {
			t.Errorf("hidden %v: %s", hidden, got)
		}
		got, _ := d.Diagnose(t.Context(), mine, Case{Name: dname.MustParse("secret.theirs.com.")})
		if text := fmt.Sprint(way(got.Chain), got.verdict(t, CauseTarget).text()); strings.Contains(text, "mute.silent.net.") == hidden || got.verdict(t, CauseTarget).Status != Problem {
			t.Errorf("hidden %v: %s", hidden, text)
		}
		p, _ := d.Propagation(t.Context(), mine, question("secret.theirs.com.", rr.TypeA), Expected{})
		if strings.Contains(p.Rows[0].Why, "mute.silent.net.") == hidden {
			t.Errorf("hidden %v: %s", hidden, p.Rows[0].Why)
		}
	}
}

// A zone that nobody is led to is everywhere as it should be once all that answer
// say so; a server of it that differs is not overlooked.
func TestPropagationOfAnUndelegatedZone(t *testing.T) {
	lines := []string{"mine.com.", "mine.com. NS ns.cdn.net.", "www.mine.com. A 203.0.113.1"}
	d := usual(t).clinic(zonesOf(t, lines), func(o *Options) { o.Resolvers = o.Resolvers[:0] })
	p, _ := d.Propagation(t.Context(), anybody, question("www.mine.com.", rr.TypeA), Expected{})
	if !p.Done || !strings.Contains(strings.Join(p.Warnings, "\n"), "the zone above does not delegate mine.com.") {
		t.Errorf("done %v, %q: %s", p.Done, p.Warnings, toldRows(p))
	}
	p, _ = d.Propagation(t.Context(), anybody, question("www.mine.com.", rr.TypeA), Expected{Data: data(t, "x. A 203.0.113.9")})
	if p.Done {
		t.Errorf("done, though %s", toldRows(p))
	}
	n := usual(t)
	n.host(cdnAddr, cdnNet, []string{"mine.com.", "www.mine.com. A 203.0.113.9"})
	d = n.clinic(zonesOf(t, lines), func(o *Options) { o.Resolvers = o.Resolvers[:0] })
	if p, _ = d.Propagation(t.Context(), anybody, question("www.mine.com.", rr.TypeA), Expected{}); p.Done || p.Differs != 1 {
		t.Errorf("done %v: %s", p.Done, toldRows(p))
	}
}

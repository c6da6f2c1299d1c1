package resolver

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// longName becomes longer than a name may be below the DNAME dn.ours.test.
var (
	longLabel = strings.Repeat("x", 60) + "."
	longName  = strings.Repeat(longLabel, 3) + strings.Repeat("y", 40) + ".dn.ours.test."
)

// aliases is a zone of ours whose names stand for others, and one of its own targets.
func aliases(t *testing.T) *zone.Set {
	return zonesOf(t, []string{"ours.test.", "ours.test. NS ns.ours.test.", "ours.test. MX 10 ns.ours.test.", "ours.test. 300 ALIAS edge.example.net.",
		"www.ours.test. CNAME ours.test.", "ns.ours.test. A 192.0.2.100", "inside.ours.test. 20 ALIAS ns.ours.test.",
		"both.ours.test. A 192.0.2.101", "both.ours.test. ALIAS www.example.com.",
		"many.ours.test. ALIAS www.example.com.", "many.ours.test. ALIAS edge.example.net.", "many.ours.test. ALIAS again.ours.test.",
		"again.ours.test. ALIAS www.example.com.", "again.ours.test. ALIAS inside.ours.test.",
		"gone.ours.test. 120 ALIAS nowhere.example.com.", "some.ours.test. ALIAS nowhere.example.com.", "some.ours.test. ALIAS www.example.com.",
		"dead.ours.test. ALIAS www.dead.test.", "half.ours.test. ALIAS www.dead.test.", "half.ours.test. ALIAS www.example.com.",
		"deny.ours.test. ALIAS www.dead.test.", "deny.ours.test. ALIAS nowhere.example.com.",
		"self.ours.test. ALIAS self.ours.test.", "x.ours.test. ALIAS y.ours.test.", "y.ours.test. ALIAS x.ours.test.", "back.ours.test. ALIAS turn.example.com.",
		"dname.ours.test. ALIAS www.old.example.com.", "long.ours.test. ALIAS " + longName, "dn.ours.test. DNAME " + longLabel + "ours.test.", "*.wild.ours.test. ALIAS alias.example.com."})
}

// expands is a resolver of the usual internet that holds aliases.
func expands(t *testing.T, n *internet, change ...func(*Options)) *Resolver {
	own := aliases(t)
	return n.resolver(t, append(change, func(o *Options) { o.Own = Zones(func() *zone.Set { return own }) })...)
}

// addresses are those of the last item of a result, in order.
func addresses(res *Result) string {
	if len(res.Answer) == 0 {
		return res.Rcode.String()
	}
	last := res.Answer[len(res.Answer)-1]
	var out []string
	for rest := last.Set; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		out = append(out, string(rr.AppendDataText(nil, rec.Type(), rec.Data())))
	}
	slices.Sort(out)
	return fmt.Sprintf("%s %d %s", last.Owner, last.Set.TTL(), strings.Join(out, " "))
}

func TestExpand(t *testing.T) {
	const noAAAA = "NOERROR"
	for _, c := range []struct {
		situation, name string
		t               rr.Type
		want            string
		items           int
		way             string
		text            string
	}{
		{"at the apex, through a chain", "ours.test.", rr.TypeA, "ours.test. 60 192.0.2.3", 1, "alias cname found", ""},
		{"no such family", "ours.test.", rr.TypeAAAA, noAAAA, 0, "alias cname nodata nodata", ""},
		{"another type", "ours.test.", rr.TypeMX, "ours.test. 3600 10 ns.ours.test.", 1, "found", ""},
		{"another type that is not there", "many.ours.test.", rr.TypeTXT, "NOERROR", 0, "nodata", ""},
		{"behind a CNAME", "www.ours.test.", rr.TypeA, "ours.test. 60 192.0.2.3", 2, "cname alias cname found", ""},
		{"to a name of ours", "inside.ours.test.", rr.TypeA, "inside.ours.test. 20 192.0.2.100", 1, "alias found", ""},
		{"beside an address of its own", "both.ours.test.", rr.TypeA, "both.ours.test. 3600 192.0.2.101", 1, "found", ""},
		{"beside an address of the other family", "both.ours.test.", rr.TypeAAAA, "both.ours.test. 60 2001:db8::1", 1, "alias found", ""},
		{"many targets, one of them twice, one within another", "many.ours.test.", rr.TypeA, "many.ours.test. 20 192.0.2.1 192.0.2.100 192.0.2.3", 1,
			"alias found alias cname found alias alias found alias alias found", ""},
		{"a target that does not exist", "gone.ours.test.", rr.TypeA, "NOERROR", 0, "alias noname nodata", ""},
		{"one of two does not exist", "some.ours.test.", rr.TypeA, "some.ours.test. 60 192.0.2.1", 1, "alias noname alias found", ""},
		{"a dead target", "dead.ours.test.", rr.TypeA, "SERVFAIL", 0, "", "no server of dead.test. gave a usable answer; the last: timeout"},
		{"one of two is dead", "half.ours.test.", rr.TypeA, "half.ours.test. 60 192.0.2.1", 1, "", ""},
		{"one is dead, the other does not exist", "deny.ours.test.", rr.TypeA, "SERVFAIL", 0, "", "no server of dead.test. gave a usable answer; the last: timeout"},
		{"an alias of itself", "self.ours.test.", rr.TypeA, "SERVFAIL", 0, "alias loop", "alias loop at self.ours.test."},
		{"a loop of two", "x.ours.test.", rr.TypeA, "SERVFAIL", 0, "alias alias loop", "alias loop at x.ours.test."},
		{"a loop that closes outside", "back.ours.test.", rr.TypeA, "SERVFAIL", 0, "", "alias loop at back.ours.test."},
		{"through a DNAME", "dname.ours.test.", rr.TypeA, "dname.ours.test. 3600 192.0.2.5", 1, "alias dname found", ""},
		{"to a name that a DNAME makes too long", "long.ours.test.", rr.TypeA, "SERVFAIL", 0, "", "the name that a DNAME makes of " + longName + " is too long"},
		{"at a wildcard", "a.wild.ours.test.", rr.TypeA, "a.wild.ours.test. 60 192.0.2.3", 1, "alias cname cname found", ""},
		{"the ALIAS itself", "inside.ours.test.", rr.TypeALIAS, "inside.ours.test. 20 ns.ours.test.", 1, "found", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			r := expands(t, n)
			// So that steps are those of chains.
			for _, name := range []string{"www.dead.test.", "edge.example.net.", "www.example.com.", "nowhere.example.com.", "www.old.example.com.", "alias.example.com."} {
				ask(t, r, name, c.t)
			}
			for range 2 {
				res := ask(t, r, c.name, c.t)
				text, _, cached := strings.Cut(res.Text, "; the last")
				if got := addresses(res); got != c.want || len(res.Answer) != c.items || !strings.HasPrefix(c.text, text) || c.text != "" && text == "" || cached != strings.Contains(c.text, "; the last") {
					t.Errorf("%s: got %q in %d items, %q; want %q in %d, %q", c.situation, got, len(res.Answer), res.Text, c.want, c.items, c.text)
					fatalChain(t, res)
				}
				if got := kinds(res.Chain); c.way != "" && got != c.way {
					t.Errorf("%s: went %q, want %q", c.situation, got, c.way)
				}
				if (res.Rcode == code.NoError && len(res.Answer) == 0) != (len(res.Authority) == 1) {
					t.Errorf("%s: authority %v", c.situation, res.Authority)
				}
			}
		})
	}
}

// What a denial says of how long it is true is the least on the way, too.
func TestTimeOfExpandedDenial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := expands(t, usual(t))
		for _, want := range []uint32{120, 120, 60} {
			res := ask(t, r, "gone.ours.test.", rr.TypeA)
			if res.TTL != want || res.Rcode != code.NoError || !res.Authority[0].Owner.Equal(dname.MustParse("ours.test.")) {
				t.Errorf("%s for %d s, want %d", told(res), res.TTL, want)
			}
			time.Sleep(120 * time.Second)
		}
	})
}

// A dead target takes its share of the time, not all of it.
func TestDeadTargetLeavesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := expands(t, usual(t), func(o *Options) { o.Patience = time.Second })
		if res := ask(t, r, "half.ours.test.", rr.TypeA); addresses(res) != "half.ours.test. 60 192.0.2.1" {
			t.Errorf("got %s", told(res))
			fatalChain(t, res)
		}
	})
}

// Aliases that spread out at every step cost no more than their number.
func TestSpreadingAliases(t *testing.T) {
	const wide, deep = 4, 8
	lines := []string{"wide.test."}
	for i := range deep {
		for from := range wide {
			for to := range wide {
				lines = append(lines, fmt.Sprintf("n%d-%d.wide.test. ALIAS n%d-%d.wide.test.", i, from, i+1, to))
			}
		}
	}
	for i := range wide {
		lines = append(lines, fmt.Sprintf("n%d-%d.wide.test. A 192.0.2.%d", deep, i, i))
	}
	own := zonesOf(t, lines)
	n := usual(t)
	r := n.resolver(t, func(o *Options) { o.Own = Zones(func() *zone.Set { return own }) })
	if res := ask(t, r, "n4-0.wide.test.", rr.TypeA); addresses(res) != "n4-0.wide.test. 3600 192.0.2.0 192.0.2.1 192.0.2.2 192.0.2.3" {
		t.Errorf("got %s", addresses(res))
	}
	res := ask(t, r, "n0-0.wide.test.", rr.TypeA)
	steps := strings.Count(kinds(res.Chain), "alias")
	if addresses(res) != "n0-0.wide.test. 3600 192.0.2.0 192.0.2.1 192.0.2.2 192.0.2.3" || steps > 2*maxBranches {
		t.Errorf("got %s in %d steps", addresses(res), steps)
	}
}

// So many addresses that comparing all with all would cost are cut.
func TestExpansionIsBounded(t *testing.T) {
	lines := []string{"big.test.", "big.test. ALIAS a.big.test.", "big.test. ALIAS b.big.test."}
	for i := range maxAddresses {
		lines = append(lines, fmt.Sprintf("a.big.test. A 10.1.%d.%d", i>>8, i&255), fmt.Sprintf("b.big.test. A 10.2.%d.%d", i>>8, i&255))
	}
	own := zonesOf(t, lines)
	r := usual(t).resolver(t, func(o *Options) { o.Own = Zones(func() *zone.Set { return own }) })
	if res := ask(t, r, "big.test.", rr.TypeA); len(res.Answer) != 1 || res.Answer[0].Set.Count() != maxAddresses {
		t.Errorf("%s with %d items", res.Rcode, len(res.Answer))
	}
}

func TestHopsOfAliases(t *testing.T) {
	for _, links := range []int{10, 11} {
		lines := []string{"long.test.", fmt.Sprintf("n%d.long.test. A 192.0.2.1", links)}
		for i := range links {
			lines = append(lines, fmt.Sprintf("n%d.long.test. ALIAS n%d.long.test.", i, i+1))
		}
		own := zonesOf(t, lines)
		r := usual(t).resolver(t, func(o *Options) { o.Own = Zones(func() *zone.Set { return own }) })
		res := ask(t, r, "n0.long.test.", rr.TypeA)
		if ok := res.Rcode == code.NoError && len(res.Answer) == 1; ok != (links == 10) || !ok && !strings.Contains(res.Text, "longer than 10 links at n") {
			t.Errorf("%d links: %s %q", links, told(res), res.Text)
		}
	}
}

// What an expired target once was is served where nothing else is to be had.
func TestStaleExpansion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := expands(t, n, func(o *Options) { o.Stale = true })
		ask(t, r, "ours.test.", rr.TypeA)
		time.Sleep(time.Hour)
		for _, h := range n.hosts {
			h.dead = true
		}
		if res := ask(t, r, "ours.test.", rr.TypeA); addresses(res) != "ours.test. 30 192.0.2.3" || !res.Stale || res.EDE != code.StaleAnswer {
			t.Errorf("got %s, EDE %s", addresses(res), res.EDE)
			fatalChain(t, res)
		}
		if res := ask(t, r, "half.ours.test.", rr.TypeA); res.Rcode != code.ServFail {
			t.Errorf("what was never known: %s", told(res))
		}
	})
}

// What a forwarder says of names of ours is not believed, though a chain leads
// there: the walk comes back to our zones, and sees a circle as one.
func TestForwarderHasNoSayInOurZones(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newInternet(t)
		n.host("10.0.7.3", []string{"test.", "www.turn.test. 60 CNAME ns.ours.test.", "circle.turn.test. 60 CNAME round.ours.test.",
			"ns.ours.test. 60 A 203.0.113.1", "round.ours.test. 60 A 203.0.113.2"})
		own := zonesOf(t, []string{"ours.test.", "ours.test. NS ns.ours.test.", "ns.ours.test. 40 A 192.0.2.100", "round.ours.test. ALIAS circle.turn.test."})
		r := n.resolver(t, func(o *Options) {
			o.Own = Zones(func() *zone.Set { return own })
			o.Routes = []Route{{Apex: dname.Root, Servers: servers("10.0.7.3"), Forward: true}}
		})
		if res := ask(t, r, "www.turn.test.", rr.TypeA); addresses(res) != "ns.ours.test. 40 192.0.2.100" {
			t.Errorf("got %s", told(res))
			fatalChain(t, res)
		}
		if res := ask(t, r, "circle.turn.test.", rr.TypeA); res.Rcode != code.ServFail || !strings.Contains(res.Text, "loop") {
			t.Errorf("got %s: %s", told(res), res.Text)
			fatalChain(t, res)
		}
	})
}

// A cut of ours may name servers that our zone does not have.
func TestCutOfOursWithoutGlue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		own := zonesOf(t, []string{"ours.test.", "ours.test. NS ns.ours.test.", "cut.ours.test. NS nowhere.ours.test.", "x.ours.test. ALIAS www.cut.ours.test."})
		r := n.resolver(t, func(o *Options) { o.Own = Zones(func() *zone.Set { return own }) })
		for _, name := range []string{"www.cut.ours.test.", "x.ours.test."} {
			if res := ask(t, r, name, rr.TypeA); res.Rcode != code.ServFail {
				t.Errorf("%s: %s", name, told(res))
			}
		}
	})
}

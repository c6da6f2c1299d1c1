package graph

import (
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
)

const draining = `
host 600 A 192.0.2.1
host 60 TXT "text"
alias 86400 CNAME host
slow 3600 ALIAS host
fast 20 ALIAS host
twice 50 ALIAS slow
viaalias 100 ALIAS alias
mx 86400 MX 1 host
svc 86400 HTTPS 0 host
host 30 HTTPS 1 .
under.slow CNAME slow
dn 900 DNAME sub
*.wild 40 A 192.0.2.2
cut NS ns.elsewhere.test.
lost 70 ALIAS gone.elsewhere.test.
`

func TestDrainOf(t *testing.T) {
	set := world(t, map[string]string{"example.": draining})
	for _, c := range []struct{ situation, name, qtype, want string }{
		{"an address", "host", "A", "600 host.example. A 600"},
		{"a type that is not there", "host", "MX", "60 example. SOA 60"},
		{"a name that is not there", "nowhere", "A", "60 example. SOA 60"},
		{"an alias itself", "alias", "CNAME", "86400 alias.example. CNAME 86400"},
		{"addresses where an alias stands", "alias", "A", "86400 alias.example. CNAME 86400"},
		{"an ALIAS longer than its target", "slow", "ALIAS", "600 slow.example. ALIAS 600"},
		{"addresses where an ALIAS stands", "slow", "AAAA", "600 slow.example. ALIAS 600"},
		{"an ALIAS shorter than its target", "fast", "ALIAS", "20 fast.example. ALIAS 20"},
		{"an ALIAS out of our zones", "lost", "ALIAS", "70 lost.example. ALIAS 70"},
		{"below a DNAME", "x.dn", "A", "900 dn.example. DNAME 900"},
		{"what a wildcard stands for", "x.wild", "A", "40 *.wild.example. A 40"},
		{"below a cut", "x.cut", "A", "300 cut.example. NS 300"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			d, ok := DrainOf(set, dname.MustParse(c.name+".example."), typeOf(t, c.qtype))
			if got := fmt.Sprint(d.Seconds, " ", d.Owner, " ", d.Type, " ", d.TTL); !ok || got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if _, ok := DrainOf(set, dname.MustParse("elsewhere.test."), typeOf(t, "A")); ok {
		t.Error("a name of no zone has a clock")
	}
	if _, ok := DrainOf(world(t, map[string]string{"example.": "!"}), dname.MustParse("host.example."), typeOf(t, "A")); ok {
		t.Error("a name of a zone that is not ready has a clock")
	}
}

func TestDrainThroughDependents(t *testing.T) {
	set := world(t, map[string]string{"example.": draining})
	g := Build(set)
	for _, c := range []struct {
		qtype string
		want  map[string]string // by name and kind; those left out do not see the change
		most  uint64
	}{
		{"A", map[string]string{
			"alias CNAME": "600 0", "slow ALIAS": "1200 1", "fast ALIAS": "620 1", "mx MX": "600 0", "svc HTTPS AliasMode": "600 0",
			"twice ALIAS": "1250 2", "viaalias ALIAS": "700 1", "under.slow CNAME": "1200 1",
		}, 1250},
		{"TXT", map[string]string{"alias CNAME": "60 0"}, 60},
		{"HTTPS", map[string]string{"alias CNAME": "30 0", "svc HTTPS AliasMode": "30 0"}, 30},
	} {
		t.Run(c.qtype, func(t *testing.T) {
			base, _ := DrainOf(set, dname.MustParse("host.example."), typeOf(t, c.qtype))
			got := make(map[string]string)
			for _, d := range all(t, g, set, "host.example.", Query{Transitive: true}) {
				if drain, ok := d.Through(base); ok {
					name := d.Name.String()
					got[name[:len(name)-len(".example.")]+" "+d.Kind.String()] = fmt.Sprint(drain.Seconds, " ", drain.Aliases)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got\n%v, want\n%v", got, c.want)
			}
			if longest, exact := g.Drain(set, base, 0, 0); longest.Seconds != c.most || !exact {
				t.Errorf("longest is %d, %v, want %d", longest.Seconds, exact, c.most)
			}
		})
	}
}

func TestDrainWithLittleWork(t *testing.T) {
	text := "host A 192.0.2.1\n"
	for i := range 1000 {
		text += fmt.Sprintf("c%d CNAME host\n", i)
	}
	set := world(t, map[string]string{"example.": text})
	base, _ := DrainOf(set, dname.MustParse("host.example."), typeOf(t, "A"))
	if d, exact := Build(set).Drain(set, base, 0, 1); exact || d.Seconds != 300 {
		t.Errorf("got %d, %v", d.Seconds, exact)
	}
}

package answer

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

const second = int64(1e9)

// warm is a Flattener whose names were all resolved by hand: each is the A and
// the AAAA side.
type warm map[string][2]Flat

func (w warm) Flatten(k *dname.Key, t rr.Type, _ int64) Flat {
	side := 0
	if t == rr.TypeAAAA {
		side = 1
	}
	return w[k.Name().String()][side]
}

// addresses is a set of A or AAAA records with a TTL that must not show.
func addresses(t testing.TB, text ...string) rr.Set {
	t.Helper()
	var set []byte
	for _, a := range text {
		ip, err := netip.ParseAddr(a)
		if err != nil {
			t.Fatal(err)
		}
		typ := rr.TypeA
		if ip.Is6() {
			typ = rr.TypeAAAA
		}
		set = rr.AppendRecord(set, typ, 77777, ip.AsSlice())
	}
	return set
}

const now = 1_000_000 * second

func others(t testing.TB) warm {
	return warm{
		"cdn.test.":    {{State: Fresh, Set: addresses(t, "198.51.100.1", "198.51.100.2"), TTL: 50}, {State: Fresh, Set: addresses(t, "2001:db8:1::1"), TTL: 40}},
		"more.test.":   {{State: Fresh, Set: addresses(t, "198.51.100.2", "198.51.100.3"), TTL: 20}, {State: Fresh, TTL: 10}},
		"v4.test.":     {{State: Fresh, Set: addresses(t, "198.51.100.4"), TTL: 900}, {State: Fresh, TTL: 15}},
		"gone.test.":   {{State: Fresh, Gone: true, TTL: 25}, {State: Fresh, Gone: true, TTL: 25}},
		"cold.test.":   {{State: Unasked}, {State: Unasked}},
		"dead.test.":   {{State: Failing, Why: "no server answers"}, {State: Failing, Why: "no server answers"}},
		"hiccup.test.": {{State: Failing, Set: addresses(t, "198.51.100.5"), Since: now - 100*second, Why: "timeout"}, {State: Failing, Since: now - 100*second, Why: "timeout"}},
		"lost.test.":   {{State: Failing, Gone: true, Since: now - second, Why: "timeout"}, {State: Failing, Gone: true, Since: now - second, Why: "timeout"}},
		"round.test.":  {{State: Failing, Endless: true, Why: "alias loop at a.test."}, {}},
		"long.test.":   {{State: Failing, Set: addresses(t, "198.51.100.6"), Since: now - (zone.DefaultMaxStale+1)*second, Why: "timeout"}, {}},
	}
}

const aliases = `
@ ALIAS cdn.test.
@ MX 10 www
www A 192.0.2.1
www AAAA 2001:db8::1
short 30 ALIAS cdn.test.
near 600 ALIAS www
two ALIAS cdn.test.
two ALIAS more.test.
v4 ALIAS v4.test.
own A 192.0.2.9
own ALIAS cdn.test.
*.wild ALIAS cdn.test.
*.nearwild ALIAS www
via ALIAS link
link 45 CNAME cdn.test.
vianear ALIAS nearlink
nearlink 120 CNAME www
double ALIAS near
viadname ALIAS www.old
old 100 DNAME example.
across ALIAS www.other.test.
tocname CNAME short
gone ALIAS gone.test.
neargone ALIAS nowhere
cold ALIAS cold.test.
coldandwarm ALIAS cold.test.
coldandwarm ALIAS v4.test.
dead ALIAS dead.test.
deadandwarm ALIAS dead.test.
deadandwarm ALIAS v4.test.
hiccup ALIAS hiccup.test.
lost ALIAS lost.test.
long ALIAS long.test.
round ALIAS round.test.
to MX 10 short
to MX 20 dead
to MX 30 cold
to MX 40 hiccup
self ALIAS self
a.ring ALIAS b.ring
b.ring CNAME a.ring
selfandwarm ALIAS selfandwarm
selfandwarm ALIAS v4.test.
broken ALIAS www.broken.test.
sub NS ns.sub
ns.sub A 192.0.2.10
cut ALIAS www.sub
mxonly ALIAS target
target MX 10 www
`

func aliasZones(t testing.TB) *zone.Set {
	return zones(t, map[string]string{"example.": aliases, "other.test.": "www 70 A 192.0.2.100\n", "broken.test.": "!broken"})
}

func TestAlias(t *testing.T) {
	set := aliasZones(t)
	f := NewFinder(0)
	f.Flattener = others(t)
	denied := func(ttl int) string { return strings.Replace(soa("example."), " 60 ", fmt.Sprintf(" %d ", ttl), 1) }
	for _, w := range []want{
		{"apex, for IPv4", "example. A", "hit NOERROR aa by example.",
			"example. 50 A 198.51.100.1\nexample. 50 A 198.51.100.2", "", ""},
		{"apex, for IPv6", "example. AAAA", "hit NOERROR aa by example.", "example. 40 AAAA 2001:db8:1::1", "", ""},
		{"other types as if there were no ALIAS", "example. MX", "hit NOERROR aa by example.",
			"example. 300 MX 10 www.example.", "", "www.example. 300 A 192.0.2.1\nwww.example. 300 AAAA 2001:db8::1"},
		{"other types that are not there", "short.example. TXT", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"TTL of the ALIAS where it is least", "short.example. A", "hit NOERROR aa by example.",
			"short.example. 30 A 198.51.100.1\nshort.example. 30 A 198.51.100.2", "", ""},
		{"target of ours", "near.example. AAAA", "hit NOERROR aa by example.", "near.example. 300 AAAA 2001:db8::1", "", ""},
		{"several targets, each address once", "two.example. A", "hit NOERROR aa by example.",
			"two.example. 20 A 198.51.100.1\ntwo.example. 20 A 198.51.100.2\ntwo.example. 20 A 198.51.100.3", "", ""},
		{"several targets, one without the family", "two.example. AAAA", "hit NOERROR aa by example.", "two.example. 40 AAAA 2001:db8:1::1", "", ""},
		{"one family only: the other", "v4.example. AAAA", "nodata NOERROR aa by example.", "", denied(15), ""},
		{"an address of its own goes before", "own.example. A", "hit NOERROR aa by example.", "own.example. 300 A 192.0.2.9", "", ""},
		{"for its type only", "own.example. AAAA", "hit NOERROR aa by example.", "own.example. 40 AAAA 2001:db8:1::1", "", ""},
		{"wildcard", "any.wild.example. A", "hit NOERROR aa by example.",
			"any.wild.example. 50 A 198.51.100.1\nany.wild.example. 50 A 198.51.100.2", "", ""},
		{"wildcard to ours", "any.nearwild.example. A", "hit NOERROR aa by example.", "any.nearwild.example. 300 A 192.0.2.1", "", ""},
		{"chain of ours that leaves", "via.example. AAAA", "hit NOERROR aa by example.", "via.example. 40 AAAA 2001:db8:1::1", "", ""},
		{"TTL of a link where it is least", "via.example. A", "hit NOERROR aa by example.",
			"via.example. 45 A 198.51.100.1\nvia.example. 45 A 198.51.100.2", "", ""},
		{"chain of ours", "vianear.example. A", "hit NOERROR aa by example.", "vianear.example. 120 A 192.0.2.1", "", ""},
		{"ALIAS to an ALIAS", "double.example. A", "hit NOERROR aa by example.", "double.example. 300 A 192.0.2.1", "", ""},
		{"through a DNAME", "viadname.example. A", "hit NOERROR aa by example.", "viadname.example. 100 A 192.0.2.1", "", ""},
		{"into another zone of ours", "across.example. A", "hit NOERROR aa by example.", "across.example. 70 A 192.0.2.100", "", ""},
		{"CNAME to an ALIAS", "tocname.example. AAAA", "hit NOERROR aa by example.",
			"tocname.example. 300 CNAME short.example.\nshort.example. 30 AAAA 2001:db8:1::1", "", ""},
		{"target that does not exist", "gone.example. A", `nodata NOERROR aa by example. ede0 "alias target gone.test. does not exist"`, "", denied(25), ""},
		{"target of ours that does not exist", "neargone.example. A", `nodata NOERROR aa by example. ede0 "alias target nowhere.example. does not exist"`, "", soa("example."), ""},
		{"target without addresses", "mxonly.example. A", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"target never asked for", "cold.example. A", `unresolved SERVFAIL aa by example. ede22 "alias target cold.test. is being resolved for the first time"`, "", "", ""},
		{"one of two never asked for", "coldandwarm.example. A", `hit NOERROR aa by example. ede0 "alias target cold.test. is being resolved for the first time"`, "coldandwarm.example. 300 A 198.51.100.4", "", ""},
		{"target that never answered", "dead.example. A", `unresolved SERVFAIL aa by example. ede22 "alias target dead.test. cannot be resolved: no server answers"`, "", "", ""},
		{"one of two that never answered", "deadandwarm.example. A", `hit NOERROR aa by example. ede0 "alias target dead.test. cannot be resolved: no server answers"`, "deadandwarm.example. 300 A 198.51.100.4", "", ""},
		{"target that answers no more", "hiccup.example. A", `hit NOERROR aa by example. ede3 "alias target hiccup.test. cannot be resolved: timeout; its last good answer is served"`, "hiccup.example. 30 A 198.51.100.5", "", ""},
		{"target that answers no more, other family", "hiccup.example. AAAA", `nodata NOERROR aa by example. ede3 "alias target hiccup.test. cannot be resolved: timeout; its last good answer is served"`, "", denied(30), ""},
		{"target that did not exist and answers no more", "lost.example. A", `nodata NOERROR aa by example. ede19 "alias target lost.test. cannot be resolved: timeout; its last good answer is served"`, "", denied(30), ""},
		{"target that has not answered for too long", "long.example. A", `unresolved SERVFAIL aa by example. ede22 "alias target long.test. cannot be resolved: timeout"`, "", "", ""},
		{"target that is the owner", "self.example. A", `loop SERVFAIL aa by example. ede0 "alias target self.example. leads back to itself"`, "", "", ""},
		{"loop through a CNAME", "a.ring.example. A", `loop SERVFAIL aa by example. ede0 "alias target a.ring.example. leads back to itself"`, "", "", ""},
		{"one of two loops", "selfandwarm.example. A", `hit NOERROR aa by example. ede0 "alias target selfandwarm.example. leads back to itself"`, "selfandwarm.example. 300 A 198.51.100.4", "", ""},
		{"zone of the target not loaded", "broken.example. A", `unresolved SERVFAIL aa by example. ede14 "alias target www.broken.test. is in a zone that is not loaded"`, "", "", ""},
		{"the ALIAS itself", "near.example. ALIAS", "hit NOERROR aa by example.", "near.example. 600 ALIAS www.example.", "", ""},
		{"ANY, one set", "near.example. ANY minimal", "hit NOERROR aa by example.", "near.example. 300 A 192.0.2.1", "", ""},
		{"ANY, all of it", "near.example. ANY", "hit NOERROR aa by example.",
			"near.example. 300 A 192.0.2.1\nnear.example. 300 AAAA 2001:db8::1\nnear.example. 600 ALIAS www.example.", "", ""},
		{"target that leads round outside", "round.example. A", `loop SERVFAIL aa by example. ede0 "alias target round.test. leads nowhere: alias loop at a.test."`, "", "", ""},
		{"ANY, target that answers no more", "hiccup.example. ANY", `hit NOERROR aa by example. ede3 "alias target hiccup.test. cannot be resolved: timeout; its last good answer is served"`,
			"hiccup.example. 30 A 198.51.100.5\nhiccup.example. 300 ALIAS hiccup.test.", "", ""},
		{"ANY, target that never answered", "dead.example. ANY", `hit NOERROR aa by example. ede0 "alias target dead.test. cannot be resolved: no server answers"`, "dead.example. 300 ALIAS dead.test.", "", ""},
		{"addresses of hosts beside it, as far as they are known", "to.example. MX", "hit NOERROR aa by example.",
			"to.example. 300 MX 10 short.example.\nto.example. 300 MX 20 dead.example.\nto.example. 300 MX 30 cold.example.\nto.example. 300 MX 40 hiccup.example.", "",
			"short.example. 30 A 198.51.100.1\nshort.example. 30 A 198.51.100.2\nshort.example. 30 AAAA 2001:db8:1::1\nhiccup.example. 30 A 198.51.100.5"},
		{"ANY beside an address of its own", "own.example. ANY", "hit NOERROR aa by example.",
			"own.example. 300 A 192.0.2.9\nown.example. 40 AAAA 2001:db8:1::1\nown.example. 300 ALIAS cdn.test.", "", ""},
	} {
		checkAt(t, w, f, set)
	}
}

// checkAt is check at the time of these tests.
func checkAt(t *testing.T, w want, f *Finder, set *zone.Set) {
	t.Helper()
	t.Run(w.situation, func(t *testing.T) {
		q := question(t, w.question)
		q.Now = now
		a := f.Find(set, q)
		for _, part := range []struct{ name, got, want string }{
			{"summary", summary(a), w.summary},
			{"answer", items(a.Answer), trim(w.answer)},
			{"authority", items(a.Authority), trim(w.authority)},
			{"additional", items(a.Additional), trim(w.additional)},
		} {
			if part.got != part.want {
				t.Errorf("%s of %s\ngot:\n%s\nwant:\n%s", part.name, w.question, part.got, part.want)
			}
		}
	})
}

func TestHiddenAlias(t *testing.T) {
	set := aliasZones(t)
	f := NewFinder(0)
	f.Flattener, f.HideALIAS = others(t), true
	for _, w := range []want{
		{"asked for", "near.example. ALIAS", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"ANY", "near.example. ANY", "hit NOERROR aa by example.", "near.example. 300 A 192.0.2.1\nnear.example. 300 AAAA 2001:db8::1", "", ""},
		{"ANY, target not to be had", "dead.example. ANY", `unresolved SERVFAIL aa by example. ede22 "alias target cannot be resolved"`, "", "", ""},
		{"addresses as ever", "near.example. A", "hit NOERROR aa by example.", "near.example. 300 A 192.0.2.1", "", ""},
	} {
		checkAt(t, w, f, set)
	}
}

func TestWithoutFlattener(t *testing.T) {
	f := NewFinder(0)
	set := aliasZones(t)
	for _, w := range []want{
		{"target of ours", "near.example. A", "hit NOERROR aa by example.", "near.example. 300 A 192.0.2.1", "", ""},
		{"target of others", "short.example. A", `unresolved SERVFAIL aa by example. ede22 "alias target cdn.test. cannot be resolved: this server resolves no names of others"`, "", "", ""},
		{"target below a cut of ours", "cut.example. A", `unresolved SERVFAIL aa by example. ede22 "alias target www.sub.example. cannot be resolved: this server resolves no names of others"`, "", "", ""},
	} {
		checkAt(t, w, f, set)
	}
}

func TestAliasChainLimit(t *testing.T) {
	text := "end A 192.0.2.1\nn0 ALIAS end\n"
	for i := range 20 {
		text += fmt.Sprintf("n%d CNAME n%d\na%d ALIAS n%d\n", i+1, i, i+1, i)
	}
	set := zones(t, map[string]string{"example.": text})
	f := NewFinder(4)
	for _, w := range []want{
		{"as many links as allowed", "a3.example. A", "hit NOERROR aa by example.", "a3.example. 300 A 192.0.2.1", "", ""},
		{"one more", "a4.example. A", `unresolved SERVFAIL aa by example. ede0 "alias target end.example. leads through too many links"`, "", "", ""},
	} {
		checkAt(t, w, f, set)
	}
}

// withPolicy is set with a policy for the ALIAS of owner in example.
func withPolicy(set *zone.Set, owner, target string, p *zone.Policy) *zone.Set {
	apex := dname.MustParse("example.")
	var k dname.Key
	k.Set(apex)
	z := set.Find(&k, 1).Zone
	return set.With(zone.Entry{Apex: apex, Zone: z.WithPolicies(zone.Policies{zone.PolicyKey(dname.MustParse(owner), dname.MustParse(target)): p})})
}

func TestAliasPolicies(t *testing.T) {
	f := NewFinder(0)
	f.Flattener = others(t)
	fallback := &zone.Policy{OnFailure: zone.ServeFallback, A: addresses(t, "203.0.113.1")}
	for _, tc := range []struct {
		situation, owner, target string
		policy                   *zone.Policy
		want
	}{
		{"servfail, target answers", "short", "cdn.test.", &zone.Policy{OnFailure: zone.ServeFailure},
			want{question: "short.example. AAAA", summary: "hit NOERROR aa by example.", answer: "short.example. 30 AAAA 2001:db8:1::1"}},
		{"servfail, target answers no more", "hiccup", "hiccup.test.", &zone.Policy{OnFailure: zone.ServeFailure},
			want{question: "hiccup.example. A", summary: `unresolved SERVFAIL aa by example. ede22 "alias target hiccup.test. cannot be resolved: timeout"`}},
		{"servfail, target does not exist", "gone", "gone.test.", &zone.Policy{OnFailure: zone.ServeFailure},
			want{question: "gone.example. A", summary: `unresolved SERVFAIL aa by example. ede0 "alias target gone.test. does not exist"`}},
		{"nodata", "hiccup", "hiccup.test.", &zone.Policy{OnFailure: zone.ServeNothing},
			want{question: "hiccup.example. A", summary: `nodata NOERROR aa by example. ede0 "alias target hiccup.test. cannot be resolved: timeout"`, authority: strings.Replace(soa("example."), " 60 ", " 30 ", 1)}},
		{"fallback", "hiccup", "hiccup.test.", fallback,
			want{question: "hiccup.example. A", summary: `hit NOERROR aa by example. ede0 "alias target hiccup.test. cannot be resolved: timeout; the fall-back of the record is served"`, answer: "hiccup.example. 30 A 203.0.113.1"}},
		{"fallback, other family", "hiccup", "hiccup.test.", fallback,
			want{question: "hiccup.example. AAAA", summary: `nodata NOERROR aa by example. ede0 "alias target hiccup.test. cannot be resolved: timeout; the fall-back of the record is served"`, authority: strings.Replace(soa("example."), " 60 ", " 30 ", 1)}},
		{"fallback, target does not exist", "gone", "gone.test.", fallback,
			want{question: "gone.example. A", summary: `hit NOERROR aa by example. ede0 "alias target gone.test. does not exist; the fall-back of the record is served"`, answer: "gone.example. 30 A 203.0.113.1"}},
		{"stale, within max_stale", "hiccup", "hiccup.test.", &zone.Policy{MaxStale: 100},
			want{question: "hiccup.example. A", summary: `hit NOERROR aa by example. ede3 "alias target hiccup.test. cannot be resolved: timeout; its last good answer is served"`, answer: "hiccup.example. 30 A 198.51.100.5"}},
		{"stale, beyond max_stale", "hiccup", "hiccup.test.", &zone.Policy{MaxStale: 99},
			want{question: "hiccup.example. A", summary: `unresolved SERVFAIL aa by example. ede22 "alias target hiccup.test. cannot be resolved: timeout"`}},
		{"of another record", "hiccup", "other.test.", fallback,
			want{question: "hiccup.example. A", summary: `hit NOERROR aa by example. ede3 "alias target hiccup.test. cannot be resolved: timeout; its last good answer is served"`, answer: "hiccup.example. 30 A 198.51.100.5"}},
		{"of a wildcard", "*.wild", "cdn.test.", fallback,
			want{question: "x.wild.example. AAAA", summary: "hit NOERROR aa by example.", answer: "x.wild.example. 40 AAAA 2001:db8:1::1"}},
	} {
		tc.want.situation = tc.situation
		checkAt(t, tc.want, f, withPolicy(aliasZones(t), tc.owner+".example.", tc.target, tc.policy))
	}
}

// The policy of a wildcard's record holds for the names that it stands for.
func TestWildcardPolicy(t *testing.T) {
	set := zones(t, map[string]string{"example.": "*.Wild ALIAS Dead.test.\n"})
	f := NewFinder(0)
	f.Flattener = others(t)
	set = withPolicy(set, "*.wild.example.", "dead.test.", &zone.Policy{OnFailure: zone.ServeFallback, A: addresses(t, "203.0.113.1")})
	checkAt(t, want{situation: "fallback", question: "X.wild.example. A", summary: `hit NOERROR aa by example. ede0 "alias target Dead.test. cannot be resolved: no server answers; the fall-back of the record is served"`, answer: "X.wild.example. 30 A 203.0.113.1"}, f, set)
}

func TestColdTargetsAreNamed(t *testing.T) {
	f := NewFinder(0)
	f.Flattener = others(t)
	set := aliasZones(t)
	for text, want := range map[string][]string{
		"cold.example. A": {"cold.test. A"}, "coldandwarm.example. AAAA": {"cold.test. AAAA"}, "cold.example. ANY": {"cold.test. A", "cold.test. AAAA"}, "short.example. A": nil, "cold.example. MX": nil, "to.example. MX": nil,
	} {
		var got []string
		for _, c := range f.Find(set, question(t, text)).Cold {
			got = append(got, c.Name.String()+" "+c.Type.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v are cold, want %v", text, got, want)
		}
	}
}

func TestBranchesAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "many ALIAS t%d\nt%d A 192.0.2.%d\nwide ALIAS fork\nfork ALIAS t%d\n", i, i, i, i)
	}
	set := zones(t, map[string]string{"example.": text.String()})
	f := NewFinder(0)
	for _, q := range []string{"many.example. A", "wide.example. A"} {
		a := f.Find(set, question(t, q))
		if n := a.Answer[0].Set.Count(); n == 0 || n > maxAddresses {
			t.Errorf("%s: %d addresses", q, n)
		}
	}
}

func TestAliasAllocatesNothing(t *testing.T) {
	set := withPolicy(aliasZones(t), "hiccup.example.", "hiccup.test.", &zone.Policy{MaxStale: 1000})
	f := NewFinder(0)
	f.Flattener = others(t)
	for _, text := range []string{
		"example. A", "example. AAAA", "near.example. A", "two.example. A", "v4.example. AAAA", "own.example. AAAA", "x.wild.example. A", "via.example. A",
		"double.example. A", "viadname.example. A", "tocname.example. A", "gone.example. A", "cold.example. A", "dead.example. A",
		"hiccup.example. A", "to.example. MX", "self.example. A", "own.example. ANY",
	} {
		q := question(t, text)
		q.Now = now
		w := others(t)
		f.Flattener = fixed{w} // a map by strings allocates for its key
		if n := testing.AllocsPerRun(100, func() { f.Find(set, q) }); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}

// fixed finds what a warm has without making strings.
type fixed struct{ warm }

func (f fixed) Flatten(k *dname.Key, t rr.Type, _ int64) Flat {
	var room [256]byte
	sides := f.warm[string(k.Name().AppendText(room[:0]))]
	if t == rr.TypeAAAA {
		return sides[1]
	}
	return sides[0]
}

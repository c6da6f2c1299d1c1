package v1

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	known "github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/work/alias"
)

// others knows names of others, by what a test says of them.
type others struct{ known map[string]alias.State }

func (t *others) State(target dname.Name) (alias.State, bool) {
	s, ok := t.known[target.Lower().String()]
	return s, ok
}

// family is what is known of addresses, with one where that is not empty.
func family(t *testing.T, state known.Known, address string) alias.FamilyState {
	f := alias.FamilyState{Flat: known.Flat{State: state, TTL: 30}}
	if address != "" {
		a := netip.MustParseAddr(address)
		rtype := rr.TypeA
		if a.Is6() {
			rtype = rr.TypeAAAA
		}
		f.Set = rr.AppendRecord(nil, rtype, 60, a.AsSlice())
	}
	return f
}

// led is a desk whose zones lead to names of others in every state.
func led(t *testing.T) *desk {
	d := zoned(t)
	d.run([]step{
		{"an account", "POST", "/users", `{"email":"jo@example.org"}`, nil, 201, []string{"user:=data.user.id"}},
		{"its token", "POST", "/users/$user/apikeys", `{"name":"k","scopes":["*"]}`, nil, 201, []string{"secret:=data.api_key.key"}},
		{"a zone of it", "POST", "/zones", `{"name":"jo.test","account":"$user"}`, nil, 201, nil},
	})
	for i, r := range []string{
		`"name":"@","type":"ALIAS","content":"fresh.cdn.test"`, `"name":"b","type":"ALIAS","content":"stale.cdn.test"`,
		`"name":"c","type":"ALIAS","content":"dead.cdn.test"`, `"name":"d","type":"ALIAS","content":"new.cdn.test"`,
		`"name":"e","type":"ALIAS","content":"f.example.com"`, `"name":"f","type":"CNAME","content":"fresh.cdn.test"`,
		`"name":"g","type":"CNAME","content":"stale.cdn.test","settings":{"flatten_cname":true}`,
		`"name":"h","type":"ALIAS","content":"www.example.com"`, `"name":"www","type":"A","content":"192.0.2.1"`,
		`"name":"*.w","type":"ALIAS","content":"renewing.cdn.test"`,
		`"name":"i","type":"ALIAS","content":"stale.cdn.test","settings":{"on_failure":"servfail"}`,
		`"name":"j","type":"ALIAS","content":"jo.test"`,
	} {
		d.run([]step{{fmt.Sprint("record ", i), "POST", "/zones/$zone/records", "{" + r + "}", nil, 201, nil}})
	}
	d.run([]step{{"jo's", "POST", "/zones/jo.test/records", `{"name":"@","type":"ALIAS","content":"secret.cdn.test"}`, nil, 201, nil}})
	stale := family(t, known.Failing, "192.0.2.8")
	stale.Since, stale.Why, stale.Failures = d.clock.Add(-time.Hour).UnixNano(), "no server answered", 3
	stale.Next, stale.Failing = d.clock.Add(time.Minute), d.clock.Add(-2*time.Hour)
	dead := alias.FamilyState{Flat: known.Flat{State: known.Failing, Why: "no server answered"}}
	d.targets.known = map[string]alias.State{
		"fresh.cdn.test.":    {A: family(t, known.Fresh, "192.0.2.7"), AAAA: family(t, known.Fresh, "")},
		"stale.cdn.test.":    {A: stale, AAAA: family(t, known.Fresh, "2001:db8::8")},
		"dead.cdn.test.":     {A: dead, AAAA: dead},
		"renewing.cdn.test.": {A: family(t, known.Renewing, "192.0.2.9"), AAAA: family(t, known.Fresh, "")},
		"secret.cdn.test.":   {A: family(t, known.Fresh, "192.0.2.66"), AAAA: family(t, known.Fresh, "")},
	}
	return d
}

func TestAliasesOfAZone(t *testing.T) {
	d := led(t)
	d.run([]step{
		{"all", "GET", "/zones/$zone/aliases", "", nil, 200, []string{"data.pagination.total=10", "data.aliases.#=10",
			"data.aliases.0.name=example.com.", "data.aliases.0.state=fresh", "data.aliases.0.type=ALIAS", "data.aliases.0.zone=example.com", "data.aliases.0.on_failure=stale",
			"data.aliases.0.targets.0.target=fresh.cdn.test.", "data.aliases.0.targets.0.a.addresses.0=192.0.2.7", "data.aliases.0.targets.0.a.ttl=30", "data.aliases.0.targets.0.aaaa.addresses.#=0",
			"data.aliases.1.name=b.example.com.", "data.aliases.1.state=stale", "data.aliases.1.targets.0.a.since=2026-03-31T11:30:30Z", "data.aliases.1.targets.0.a.why=no server answered",
			"data.aliases.1.targets.0.a.next=2026-03-31T12:31:30Z", "data.aliases.1.targets.0.a.failures=3", "data.aliases.1.targets.0.a.failing_since=2026-03-31T10:30:30Z", "data.aliases.1.targets.0.a.addresses.0=192.0.2.8", "data.aliases.1.targets.0.aaaa.state=fresh",
			"data.aliases.2.state=failing", "data.aliases.2.targets.0.a.addresses.#=0", "data.aliases.3.state=unasked",
			"data.aliases.4.name=e.example.com.", "data.aliases.4.state=fresh", "data.aliases.4.targets.0.state=own", "data.aliases.4.targets.0.target=f.example.com.", "!data.aliases.4.targets.0.a", "data.aliases.4.targets.0.ends.0.target=fresh.cdn.test.", "data.aliases.4.targets.0.ends.0.a.state=fresh",
			"data.aliases.5.name=g.example.com.", "data.aliases.5.type=CNAME", "data.aliases.5.state=stale",
			"data.aliases.6.name=h.example.com.", "data.aliases.6.state=own", "!data.aliases.6.targets.0.ends",
			"data.aliases.7.name=i.example.com.", "data.aliases.7.on_failure=servfail", "data.aliases.7.state=failing",
			"data.aliases.9.name=*.w.example.com.", "data.aliases.9.state=renewing"}},
		{"a part", "GET", "/zones/$zone/aliases?offset=1&limit=2", "", nil, 200, []string{"data.aliases.#=2", "data.aliases.0.name=b.example.com.", "data.pagination.has_more=true", "data.pagination.total=10"}},
		{"behind the last", "GET", "/zones/$zone/aliases?offset=100", "", nil, 200, []string{"data.aliases.#=0", "data.pagination.has_more=false"}},
		{"those that are stale", "GET", "/zones/$zone/aliases?state=stale", "", nil, 200, []string{"data.aliases.#=2", "data.pagination.total=2", "data.aliases.1.name=g.example.com."}},
		{"no state", "GET", "/zones/$zone/aliases?state=odd", "", nil, 400, []string{"error.details.0.field=state"}},
		{"a zone of others", "GET", "/zones/$zone/aliases", "", []string{"Authorization: Bearer $secret"}, 404, nil},
		{"its own", "GET", "/zones/jo.test/aliases", "", []string{"Authorization: Bearer $secret"}, 200, []string{"data.aliases.#=1", "data.aliases.0.targets.0.target=secret.cdn.test."}},
	})
}

func TestStateOfAName(t *testing.T) {
	d := led(t)
	const jo = "Authorization: Bearer $secret"
	d.run([]step{
		{"with ALIAS records", "GET", "/aliases/b.example.com/state", "", nil, 200, []string{"data.alias.name=b.example.com.", "data.alias.state=stale", "!data.target"}},
		{"a flattened CNAME", "GET", "/aliases/g.example.com./state", "", nil, 200, []string{"data.alias.type=CNAME"}},
		{"that a wildcard stands for", "GET", "/aliases/x.w.example.com/state", "", nil, 200, []string{"data.alias.name=*.w.example.com.", "data.alias.state=renewing"}},
		{"a target of others", "GET", "/aliases/STALE.cdn.test/state", "", nil, 200, []string{"data.target.state=stale", "data.target.a.addresses.0=192.0.2.8", "!data.alias"}},
		{"a target of ours", "GET", "/aliases/f.example.com/state", "", nil, 200, []string{"data.target.state=own", "data.target.ends.0.target=fresh.cdn.test."}},
		{"with nothing to do with it", "GET", "/aliases/www.elsewhere.test/state", "", nil, 404, nil},
		{"of another account", "GET", "/aliases/b.example.com/state", "", []string{jo}, 404, nil},
		{"a target of another account", "GET", "/aliases/stale.cdn.test/state", "", []string{jo}, 404, nil},
		{"a target of its own", "GET", "/aliases/secret.cdn.test/state", "", []string{jo}, 200, []string{"data.target.state=fresh"}},
		{"no name", "GET", "/aliases/a..b/state", "", nil, 400, nil},
	})
}

// Where an ALIAS of a zone that a client does not see leads stays unknown to it.
func TestWhereAnAliasOfOthersLeadsIsNotShown(t *testing.T) {
	d := led(t)
	d.run([]step{
		{"one who sees all", "GET", "/aliases/j.example.com/state", "", nil, 200, []string{"data.alias.targets.0.ends.0.target=secret.cdn.test."}},
		{"a token for one zone", "POST", "/users/me/apikeys", `{"name":"k","scopes":["*"],"zone_ids":["$zone"]}`, nil, 201, []string{"narrow:=data.api_key.key"}},
		{"sees none of it", "GET", "/aliases/j.example.com/state", "", []string{"Authorization: Bearer $narrow"}, 200, []string{"data.alias.targets.0.state=own", "!data.alias.targets.0.ends"}},
	})
}

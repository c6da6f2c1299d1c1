package v1

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/doctor"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

// everywhere is a network in which one server answers, as the root and all
// below it; others cannot be reached.
type everywhere struct{ at netip.Addr }

var errAway = errors.New("nobody is there")

func (e everywhere) Ask(_ context.Context, s exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	if s.Addr.Addr() != e.at {
		return nil, &exchange.Error{Kind: exchange.Unreachable, Server: s, Question: q, Err: errAway}
	}
	ask := new(wire.Query)
	request := wire.Request{ID: 1, Name: q.Name, Type: q.Type}
	if err := ask.Parse(request.Append(nil)); err != nil {
		return nil, err
	}
	var r wire.Response
	r.Start(nil, ask, wire.QR|wire.AA, 4096)
	edge, root := dname.MustParse("edge.cdn.test."), dname.Root
	soa := append(append([]byte{}, root...), root...)
	soa = append(soa, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 60)
	denied := func() {
		r.Authority()
		r.Set(root, rr.Set(rr.AppendRecord(nil, rr.TypeSOA, 60, soa)))
	}
	switch {
	case q.Name.Equal(edge) && q.Type == rr.TypeA:
		r.Set(edge, rr.Set(rr.AppendRecord(nil, rr.TypeA, 25, []byte{198, 51, 100, 7})))
	case q.Name.IsRoot() && q.Type == rr.TypeNS:
		r.Set(root, rr.Set(rr.AppendRecord(nil, rr.TypeNS, 60, dname.MustParse("a.root."))))
	case q.Name.Equal(dname.MustParse("a.root.")) && q.Type == rr.TypeA:
		r.Set(q.Name, rr.Set(rr.AppendRecord(nil, rr.TypeA, 60, e.at.AsSlice())))
	default:
		denied()
	}
	a := new(exchange.Answer)
	return a, a.Reply.Parse(r.Bytes())
}

// examiner is a doctor of the zones of b in that network, where nobody listens for TLS.
func examiner(t testing.TB, b *board) *doctor.Doctor {
	world := everywhere{netip.MustParseAddr("192.0.2.53")}
	routes := []resolver.Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.AddrPortFrom(world.at, 53)}}}}
	memory := cache.New(cache.Options{Bytes: 1 << 20})
	o := resolver.Options{Network: world, Routes: routes, Cache: memory, Own: resolver.Zones(b.Zones), NoIPv6: true}
	r := resolver.New(o)
	t.Cleanup(r.Close)
	return doctor.New(doctor.Options{
		Zones: b.Zones, Resolver: r, Cache: memory, Cold: o, Resolvers: []netip.AddrPort{netip.AddrPortFrom(world.at, 53)},
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED },
	})
}

// chained is a desk whose example.com has a chain to others.
func chained(t testing.TB) *desk {
	d := zoned(t)
	d.run([]step{{"records", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[
		{"op":"put","name":"www","type":"CNAME","ttl":600,"contents":["host.example.com"]},
		{"op":"put","name":"host","type":"A","ttl":50,"contents":["203.0.113.1"]},
		{"op":"put","name":"shop","type":"CNAME","ttl":900,"contents":["edge.cdn.test"]},
		{"op":"put","name":"gone","type":"CNAME","ttl":900,"contents":["nowhere.cdn.test"]},
		{"op":"put","name":"home","type":"A","ttl":900,"contents":["10.0.0.1"]},
		{"op":"put","name":"host","type":"CAA","ttl":900,"contents":["0 issue \"ca.test\""]}]}]}`, nil, 201, nil}})
	return d
}

func TestExplain(t *testing.T) {
	chained(t).run([]step{
		{"a chain of ours", "GET", "/explain?name=www.example.com", "", nil, 200, []string{
			"data.explanation.steps.#=2", "data.explanation.steps.0.kind=CNAME", "data.explanation.steps.0.zone=example.com.", "data.explanation.steps.0.source=own",
			"data.explanation.steps.0.ttl=600", "data.explanation.steps.1.kind=exact", "data.explanation.steps.1.records.0=203.0.113.1", "data.explanation.ttl=50",
			"data.explanation.ttl_step=1", "data.explanation.end=answered", "data.explanation.rcode=NOERROR", "data.explanation.authoritative=true", "data.explanation.records.#=2", "!data.explanation.caa"}},
		{"one that leaves us", "GET", "/explain?name=shop.example.com.&type=a", "", nil, 200, []string{
			"data.explanation.end=answered", "data.explanation.steps.1.source=live", "data.explanation.steps.1.server=192.0.2.53:53", "data.explanation.ttl=25"}},
		{"the same from memory", "GET", "/explain?name=shop.example.com", "", nil, 200, []string{"data.explanation.steps.1.source=cache", "data.explanation.steps.1.ttl=25"}},
		{"no such target", "GET", "/explain?name=gone.example.com", "", nil, 200, []string{"data.explanation.rcode=NOERROR", "data.explanation.end=nodata"}},
		{"no such name", "GET", "/explain?name=nobody.example.com", "", nil, 200, []string{"data.explanation.rcode=NXDOMAIN", "data.explanation.end=nxdomain"}},
		{"CAA", "GET", "/explain?name=www.example.com&type=CAA", "", nil, 200, []string{"data.explanation.caa.at=www.example.com.", "data.explanation.caa.target=host.example.com.", "data.explanation.caa.issue.0=ca.test", "data.explanation.caa.anybody=false"}},
		{"with a trace", "GET", "/explain?name=edge.cdn.test&trace=true", "", nil, 200, []string{"data.explanation.trace.end=answered"}},
		{"without a name", "GET", "/explain", "", nil, 400, []string{"error.code=INVALID_INPUT", "error.details.0.field=name"}},
		{"a type that is none", "GET", "/explain?name=a.test&type=XYZ", "", nil, 400, []string{"error.details.0.field=type"}},
		{"a type of no records", "GET", "/explain?name=a.test&type=AXFR", "", nil, 400, []string{"error.details.0.field=type"}},
		{"a parameter that is not known", "GET", "/explain?name=a.test&tpye=MX", "", nil, 400, []string{"error.message~tpye"}},
	})
}

func TestTraceDoctorAndPropagation(t *testing.T) {
	chained(t).run([]step{
		{"a trace", "GET", "/trace?name=edge.cdn.test", "", nil, 200, []string{
			"data.trace.end=answered", "data.trace.hops.#=1", "data.trace.hops.0.kind=exact", "data.trace.records.0.content=198.51.100.7"}},
		{"the doctor", "GET", "/doctor?name=www.example.com", "", nil, 200, []string{
			"data.diagnosis.verdicts.#=6", "data.diagnosis.verdicts.0.id=conflicting-records", "data.diagnosis.verdicts.0.status=ok", "data.diagnosis.verdicts.2.status=ok",
			"data.diagnosis.verdicts.3.status=skipped", "data.diagnosis.addresses.0=203.0.113.1", "data.diagnosis.certificates.0.address=203.0.113.1:443", "data.diagnosis.caa.issue.0=ca.test"}},
		{"another port", "GET", "/doctor?name=www.example.com&port=8443", "", nil, 200, []string{"data.diagnosis.certificates.0.address=203.0.113.1:8443"}},
		{"a port that is none", "GET", "/doctor?name=www.example.com&port=65536", "", nil, 400, []string{"error.details.0.field=port"}},
		{"who says what", "GET", "/propagation?name=www.example.com", "", nil, 200, []string{
			"data.propagation.ours=true", "data.propagation.expect_from=ours", "data.propagation.servers.0.kind=ours", "data.propagation.servers.0.state=matches",
			"data.propagation.servers.1.kind=resolver", "data.propagation.servers.1.state=differs", "data.propagation.done=false", "data.propagation.left=60", "data.propagation.until~20"}},
		{"as expected", "GET", "/propagation?name=edge.cdn.test&type=A&expect=198.51.100.7", "", nil, 200, []string{"data.propagation.done=true", "data.propagation.expect.0=198.51.100.7", "data.propagation.differs=0"}},
		{"none is expected", "GET", "/propagation?name=edge.cdn.test&gone=true", "", nil, 200, []string{"data.propagation.done=false", "data.propagation.expect.#=0"}},
		{"an address that is none", "GET", "/propagation?name=edge.cdn.test&expect=nonsense", "", nil, 400, []string{"error.details.0.field=expect"}},
		{"both", "GET", "/propagation?name=edge.cdn.test&expect=192.0.2.1&gone=true", "", nil, 400, []string{"error.details.0.field=expect"}},
	})
}

// A private address is tried for an administrator only.
func TestDoctorKeepsOffPrivateAddresses(t *testing.T) {
	d := chained(t)
	d.run([]step{
		{"an administrator", "GET", "/doctor?name=home.example.com", "", nil, 200, []string{"data.diagnosis.certificates.0.why=nobody listens there"}},
		{"an account", "POST", "/users", `{"email":"jo@example.org"}`, nil, 201, []string{"user:=data.user.id"}},
		{"its token", "POST", "/users/$user/apikeys", `{"name":"k","scopes":["zones:read","records:read"]}`, nil, 201, []string{"secret:=data.api_key.key"}},
	})
	d.token = d.vars["secret"]
	d.run([]step{{"another account", "GET", "/doctor?name=home.example.com", "", nil, 200, []string{"data.diagnosis.certificates.0.why~only an administrator"}}})
}

// Who only works for the operator does not look into their networks: not by the
// addresses of a name, and not by its servers.
func TestWhoMayHavePrivateAddressesAsked(t *testing.T) {
	for role, want := range map[string]string{"owner": "nobody listens there", "editor": "only an administrator", "viewer": "only an administrator"} {
		t.Run(role, func(t *testing.T) {
			d := chained(t)
			d.run([]step{{"invited", "POST", "/members", `{"email":"one@example.org","role":"` + role + `"}`, nil, 201, []string{"invite:=data.invite.code"}}})
			b := d.browser()
			b.run([]step{
				{"joined", "POST", "/join", `{"code":"$invite","password":"seven brass umbrellas"}`, nil, 201, []string{"data.session.admin=true"}},
				{"looking", "GET", "/doctor?name=home.example.com", "", nil, 200, []string{"data.diagnosis.certificates.0.why~" + want}},
			})
		})
	}
	d := chained(t)
	d.run([]step{
		{"a token of the admin's account with few rights", "POST", "/users/me/apikeys", `{"name":"k","scopes":["zones:read","records:read"]}`, nil, 201, []string{"secret:=data.api_key.key"}},
		{"looking", "GET", "/doctor?name=home.example.com", "", []string{"Authorization: Bearer $secret"}, 200, []string{"data.diagnosis.certificates.0.why~only an administrator"}},
	})
}

// Who asks too much is told when to come again, and a token needs both scopes.
func TestExaminationsAreBounded(t *testing.T) {
	d := chained(t)
	for range 20 {
		a := d.send("GET", "/doctor?name=www.example.com", "")
		if a.status == 429 {
			d.envelope("too often", a)
			if a.header.Get("Retry-After") == "" || !strings.Contains(string(a.raw), "this token") {
				t.Errorf("%s: %s", a.header.Get("Retry-After"), a.raw)
			}
			d.holding(`{"name":"t","scopes":["zones:read"]}`)
			d.run([]step{{"one scope is not enough", "GET", "/explain?name=www.example.com", "", nil, 403, []string{"error.details.0.scope=records:read"}}})
			return
		}
	}
	t.Error("a token may ask as often as it likes")
}

// The client speaks of the same.
func TestExplainClient(t *testing.T) {
	d := chained(t)
	srv := httptest.NewServer(d.Server)
	defer srv.Close()
	c, err := api.NewClient(srv.URL, adminSecret)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	e, err := c.Explain(ctx, "nobody.example.com", "MX")
	if err != nil || e.End != "nxdomain" || e.Type != "MX" || len(e.Steps) != 1 || e.Steps[0].TTL == api.Unknown {
		t.Errorf("%+v (%v)", e, err)
	}
	if e, err = c.Explain(ctx, "edge.cdn.test", ""); err != nil || e.Type != "A" {
		t.Errorf("%+v (%v)", e, err)
	}
	tr, err := c.Trace(ctx, "edge.cdn.test", "")
	if err != nil || tr.End != "answered" || tr.Queries == 0 {
		t.Errorf("%+v (%v)", tr, err)
	}
	dg, err := c.Doctor(ctx, "www.example.com", api.DoctorQuery{Port: 8443})
	if err != nil || len(dg.Verdicts) != 6 || dg.Certificates[0].Address != "203.0.113.1:8443" {
		t.Errorf("%+v (%v)", dg, err)
	}
	for _, q := range []api.PropagationQuery{{}, {Expect: []string{"198.51.100.7"}}, {Gone: true}} {
		p, err := c.Propagation(ctx, "edge.cdn.test", "A", q)
		if err != nil || p.Done == q.Gone || len(p.Expect) == 1 == q.Gone {
			t.Errorf("%+v: %+v (%v)", q, p, err)
		}
	}
}

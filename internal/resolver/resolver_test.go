package resolver

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/zone"
)

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		situation, name string
		t               rr.Type
		want, text      string
	}{
		{"an address", "www.example.com.", rr.TypeA, "www.example.com. A 60 192.0.2.1", ""},
		{"another case", "WWW.Example.com.", rr.TypeAAAA, "WWW.Example.com. AAAA 60 2001:db8::1", ""},
		{"mail", "mail.example.com.", rr.TypeMX, "mail.example.com. MX 3600 10 www.example.com.", ""},
		{"no such type", "www.example.com.", rr.TypeMX, "NOERROR", ""},
		{"no such name", "nowhere.example.com.", rr.TypeA, "NXDOMAIN", ""},
		{"no such domain", "www.nowhere.", rr.TypeA, "NXDOMAIN", ""},
		{"an empty non-terminal", "under.example.com.", rr.TypeA, "NOERROR", ""},
		{"many labels", "deep.down.under.example.com.", rr.TypeA, "deep.down.under.example.com. A 3600 192.0.2.7", ""},
		{"a wildcard", "a.b.wild.example.com.", rr.TypeA, "a.b.wild.example.com. A 3600 192.0.2.9", ""},
		{"a chain over three zones, each record under its own TTL", "alias.example.com.", rr.TypeA,
			"alias.example.com. CNAME 3600 edge.example.net., edge.example.net. CNAME 300 edge.example.org., edge.example.org. A 60 192.0.2.3", ""},
		{"the alias itself", "alias.example.com.", rr.TypeCNAME, "alias.example.com. CNAME 3600 edge.example.net.", ""},
		{"a chain to nothing of the kind", "alias.example.com.", rr.TypeMX,
			"alias.example.com. CNAME 3600 edge.example.net., edge.example.net. CNAME 300 edge.example.org.", ""},
		{"a chain to no name", "gone.example.com.", rr.TypeA, "gone.example.com. CNAME 3600 gone.example.net., NXDOMAIN", ""},
		{"a DNAME", "www.old.example.com.", rr.TypeA,
			"old.example.com. DNAME 3600 new.example.net., www.old.example.com. CNAME 3600 www.new.example.net., www.new.example.net. A 3600 192.0.2.5", ""},
		{"a DNAME to no name", "x.old.example.com.", rr.TypeA,
			"old.example.com. DNAME 3600 new.example.net., x.old.example.com. CNAME 3600 x.new.example.net., NXDOMAIN", ""},
		{"the alias that a DNAME makes", "x.old.example.com.", rr.TypeCNAME,
			"old.example.com. DNAME 3600 new.example.net., x.old.example.com. CNAME 3600 x.new.example.net.", ""},
		{"a DNAME itself", "old.example.com.", rr.TypeDNAME, "old.example.com. DNAME 3600 new.example.net.", ""},
		{"at a DNAME's owner", "old.example.com.", rr.TypeA, "NOERROR", ""},
		{"an alias of itself", "self.example.com.", rr.TypeA, "SERVFAIL", "alias loop at self.example.com."},
		{"a loop over two zones", "loop.example.com.", rr.TypeA, "SERVFAIL", "alias loop at loop.example.com."},
		{"a loop of DNAMEs", "x.to.example.com.", rr.TypeA, "SERVFAIL", "alias loop at x.to.example.com."},
		{"a loop, the link itself asked for", "loop.example.com.", rr.TypeCNAME, "loop.example.com. CNAME 3600 loop.example.net.", ""},
		{"servers of a domain", "example.com.", rr.TypeNS, "example.com. NS 3600 ns1.example.com.", ""},
		{"the root's servers", ".", rr.TypeNS, ". NS 3600 a.root.", ""},
		{"the parent's side of a cut", "example.com.", rr.TypeDS, "NOERROR", ""},
		{"everything", "mail.example.com.", rr.TypeANY, "mail.example.com. MX 3600 10 www.example.com.", ""},
	} {
		for _, way := range []Minimise{Relaxed, Whole} {
			synctest.Test(t, func(t *testing.T) {
				r := usual(t).resolver(t, func(o *Options) { o.Minimise = way })
				for _, again := range []string{"", ", again"} {
					res := ask(t, r, c.name, c.t)
					if told(res) != c.want || res.Text != c.text {
						t.Errorf("%s%s: got %q %q, want %q %q", c.situation, again, told(res), res.Text, c.want, c.text)
						fatalChain(t, res)
					}
					if (res.Rcode == code.NXDomain || len(res.Answer) == 0 && res.Rcode == code.NoError) != (len(res.Authority) == 1) && c.name != "alias.example.com." {
						t.Errorf("%s%s: authority %v", c.situation, again, res.Authority)
					}
				}
			})
		}
	}
}

// What was found is not asked for again, and what leads there is shared.
func TestCacheSparesServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Minimise = Whole })
		ask(t, r, "alias.example.com.", rr.TypeA)
		first := n.seen()
		if want := []string{"10.0.0.1 . NS", "10.0.0.1 alias.example.com. A", "10.0.0.2 alias.example.com. A"}; !slices.Equal(first[:3], want) {
			t.Errorf("asked %q", first)
		}
		for _, again := range []struct {
			name string
			t    rr.Type
			wait time.Duration
			asks int
			ttl  uint32
			end  string
		}{
			{"alias.example.com.", rr.TypeA, 0, 0, 60, "cname cname found"},
			{"alias.example.com.", rr.TypeA, 20 * time.Second, 0, 40, "cname cname found"},
			{"edge.example.org.", rr.TypeA, 0, 0, 40, "found"},
			{"www.example.com.", rr.TypeA, 0, 1, 60, "servers found"},
			{"alias.example.com.", rr.TypeA, 41 * time.Second, 1, 60, "cname cname servers found"},
			{"nowhere.example.com.", rr.TypeA, 0, 1, 300, "servers noname"},
			{"nowhere.example.com.", rr.TypeMX, 10 * time.Second, 0, 290, "noname"},
		} {
			time.Sleep(again.wait)
			res := ask(t, r, again.name, again.t)
			if asked := n.seen(); len(asked) != again.asks || res.TTL != again.ttl || kinds(res.Chain) != again.end {
				t.Errorf("%s %s: asked %q, %d s left, steps %q; want %d questions, %d s, %q", again.name, again.t, asked, res.TTL, kinds(res.Chain), again.asks, again.ttl, again.end)
			}
		}
	})
}

// A name is shown to servers a label at a time (RFC 9156).
func TestServersSeeNoMoreThanTheyNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		ask(t, r, "deep.down.under.example.com.", rr.TypeAAAA)
		for _, line := range n.seen() {
			address, question, _ := strings.Cut(line, " ")
			want := map[string][]string{
				"10.0.0.1": {". NS", "com. A"}, "10.0.0.2": {"example.com. A"},
			}[address]
			if want != nil && !slices.Contains(want, question) {
				t.Errorf("%s was shown %q", address, question)
			}
		}
	})
	name := dname.MustParse(strings.Repeat("a.", 100) + "example.com.")
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		res := n.resolver(t).Resolve(t.Context(), Question{name, rr.TypeA})
		if asked := len(n.seen()); asked > 3+maxShown+1 || res.Rcode != code.NXDomain {
			t.Errorf("%d questions for a name of 102 labels: %s", asked, told(res))
		}
	})
}

// A chain of n links costs n times the delay of a server, not more: what is
// known of the way is used.
func TestColdChainCostsItsLength(t *testing.T) {
	const delay, links = 50 * time.Millisecond, 9
	synctest.Test(t, func(t *testing.T) {
		n := newInternet(t)
		root := []string{".", ". NS a.root.", "a.root. A 10.0.0.1"}
		for i := range links + 1 {
			root = append(root, fmt.Sprintf("z%d. NS ns.z%d.", i, i), fmt.Sprintf("ns.z%d. A 10.1.0.%d", i, i+1))
			lines := []string{fmt.Sprintf("z%d.", i), fmt.Sprintf("z%d. NS ns.z%d.", i, i)}
			if i < links {
				lines = append(lines, fmt.Sprintf("www.z%d. CNAME www.z%d.", i, i+1))
			} else {
				lines = append(lines, fmt.Sprintf("www.z%d. A 192.0.2.1", i), fmt.Sprintf("www.z%d. AAAA 2001:db8::1", i))
			}
			n.host(fmt.Sprintf("10.1.0.%d", i+1), lines).delay = delay
		}
		n.host("10.0.0.1", root)
		r := n.resolver(t)
		start := time.Now()
		a, aaaa := r.ResolveBoth(t.Context(), dname.MustParse("www.z0."))
		took := time.Since(start)
		if len(a.Answer) != links+1 || len(aaaa.Answer) != links+1 || took != (links+1)*delay {
			t.Errorf("%s took %v, want %v", told(a), took, (links+1)*delay)
		}
		var told time.Duration
		for _, s := range a.Chain {
			told += s.Took
		}
		if told != took {
			t.Errorf("the steps took %v of %v", told, took)
		}
	})
}

// A DNAME to a name below itself is a loop whose names only grow: it is not
// followed until the limit.
func TestGrowingDNAME(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		for _, address := range []string{"10.0.1.1", "10.0.1.2"} {
			n.hosts[address].lie = func(q exchange.Question, m *dns.Msg) {
				m.Rcode, m.Ns = 0, nil
				m.Answer = []dns.RR{record(t, "grow.example.com. DNAME more.grow.example.com."), record(t, q.Name.String()+" CNAME x.more.grow.example.com.")}
			}
		}
		r := n.resolver(t, func(o *Options) { o.Minimise = Whole })
		for range 2 {
			res := ask(t, r, "x.grow.example.com.", rr.TypeA)
			if res.Rcode != code.ServFail || res.Text != "alias loop at grow.example.com." {
				t.Errorf("got %s %q", told(res), res.Text)
				fatalChain(t, res)
			}
		}
		if asked := n.seen(); len(asked) != 4 {
			t.Errorf("asked %q", asked)
		}
		if res := ask(t, r, "x.grow.example.com.", rr.TypeCNAME); res.Rcode != code.NoError || len(res.Answer) != 2 {
			t.Errorf("the link itself: %s", told(res))
		}
	})
}

func TestHops(t *testing.T) {
	for _, c := range []struct{ limit, links, followed int }{{0, 10, 10}, {0, 11, -1}, {1, 1, 1}, {1, 2, -1}, {64, 64, 64}, {64, 65, -1}, {1000, 65, -1}} {
		synctest.Test(t, func(t *testing.T) {
			n := newInternet(t)
			lines := []string{".", ". NS a.root.", "a.root. A 10.0.0.1", fmt.Sprintf("n%d. A 192.0.2.1", c.links)}
			for i := range c.links {
				lines = append(lines, fmt.Sprintf("n%d. CNAME n%d.", i, i+1))
			}
			n.host("10.0.0.1", lines)
			r := n.resolver(t, func(o *Options) { o.MaxHops = c.limit })
			for range 2 { // from the network, then from the cache
				res := ask(t, r, "n0.", rr.TypeA)
				if c.followed < 0 {
					if res.Rcode != code.ServFail || !strings.Contains(res.Text, "longer than") || len(res.Answer) != 0 {
						t.Errorf("%d links, limit %d: %s %q", c.links, c.limit, told(res), res.Text)
					}
				} else if len(res.Answer) != c.followed+1 || res.Rcode != code.NoError {
					t.Errorf("%d links, limit %d: %s %q", c.links, c.limit, told(res), res.Text)
				}
			}
		})
	}
}

// What is wrong with one server does not hurt as long as another is right.
func TestServersThatFail(t *testing.T) {
	clear := func(m *dns.Msg) { m.Answer, m.Ns, m.Extra = nil, nil, nil }
	for situation, change := range map[string]func(*host){
		"dead":    func(h *host) { h.dead = true },
		"refuses": func(h *host) { h.lie = func(_ exchange.Question, m *dns.Msg) { clear(m); m.Rcode = dns.RcodeRefused } },
		"fails": func(h *host) {
			h.lie = func(_ exchange.Question, m *dns.Msg) { clear(m); m.Rcode = dns.RcodeServerFailure }
		},
		"cut short":        func(h *host) { h.lie = func(_ exchange.Question, m *dns.Msg) { m.Truncated = true } },
		"refers upwards":   func(h *host) { h.lie = refers("com.") },
		"refers to itself": func(h *host) { h.lie = refers("example.com.") },
		"only recurses": func(h *host) {
			h.lie = func(_ exchange.Question, m *dns.Msg) {
				m.Authoritative, m.RecursionAvailable = false, true
				for _, r := range m.Answer {
					r.(*dns.A).A[3] = 66
				}
			}
		},
	} {
		for _, victim := range []string{"10.0.1.1", "10.0.1.2"} {
			synctest.Test(t, func(t *testing.T) {
				n := usual(t)
				change(n.hosts[victim])
				if res := ask(t, n.resolver(t), "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" {
					t.Errorf("%s is %s: got %s", victim, situation, told(res))
					fatalChain(t, res)
				}
			})
		}
	}
}

// refers makes a server refer to that zone, whatever it is asked.
func refers(zone string) func(exchange.Question, *dns.Msg) {
	return func(_ exchange.Question, m *dns.Msg) {
		m.Authoritative, m.Rcode, m.Answer, m.Extra = false, 0, nil, nil
		m.Ns = []dns.RR{&dns.NS{Hdr: dns.RR_Header{Name: zone, Rrtype: dns.TypeNS, Class: 1, Ttl: 60}, Ns: "ns.com."}}
	}
}

// A server that answers is asked before one that does not, and a lone one is
// given more than one chance.
func TestServersAreRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		n.hosts["10.0.1.1"].dead = true
		r := n.resolver(t)
		ask(t, r, "www.example.com.", rr.TypeA)
		for i := range 10 {
			ask(t, r, fmt.Sprintf("n%d.example.com.", i), rr.TypeA)
		}
		dead := 0
		for _, line := range n.seen() {
			if strings.HasPrefix(line, "10.0.1.1 ") {
				dead++
			}
		}
		if dead > 2 {
			t.Errorf("the dead server was asked %d times", dead)
		}
	})
}

// A server that has no say in a zone is asked last from then on, and is heard
// again when it has.
func TestLameServersComeLast(t *testing.T) {
	for situation, lie := range map[string]func(*dns.Msg){
		"refuses":        func(m *dns.Msg) { m.Answer, m.Ns, m.Extra, m.Rcode = nil, nil, nil, dns.RcodeRefused },
		"only recurses":  func(m *dns.Msg) { m.Authoritative, m.RecursionAvailable = false, true },
		"refers upwards": func(m *dns.Msg) { refers("com.")(exchange.Question{}, m) },
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			n.hosts["10.0.1.1"].lie = func(_ exchange.Question, m *dns.Msg) { lie(m) }
			r := n.resolver(t)
			for i := range 20 {
				if res := ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA); len(res.Answer) != 1 {
					t.Fatalf("%s: %s", situation, told(res))
				}
			}
			lame := 0
			for _, line := range n.seen() {
				if strings.HasPrefix(line, "10.0.1.1 ") && strings.Contains(line, "wild") {
					lame++
				}
			}
			if lame > 2 {
				t.Errorf("one that %s was asked %d times", situation, lame)
			}
			n.hosts["10.0.1.2"].dead = true
			n.hosts["10.0.1.1"].lie = nil
			if res := ask(t, r, "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" {
				t.Errorf("one that %s no longer: %s", situation, told(res))
				fatalChain(t, res)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		n.hosts["10.0.1.1"].dead, n.hosts["10.0.1.2"].dead = true, true
		r := n.resolver(t)
		res := ask(t, r, "www.example.com.", rr.TypeA)
		if res.Rcode != code.ServFail || res.EDE != code.NoReachable || res.Text != "no server of example.com. gave a usable answer; the last: timeout" {
			t.Errorf("got %s, EDE %d %q", told(res), res.EDE, res.Text)
		}
		n.seen()
		if res = ask(t, r, "www.example.com.", rr.TypeA); res.Rcode != code.ServFail || res.EDE != code.CachedError || len(n.seen()) != 0 {
			t.Errorf("again at once: %s, EDE %d", told(res), res.EDE)
		}
		n.hosts["10.0.1.1"].dead = false
		time.Sleep(6 * time.Second)
		if res = ask(t, r, "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" {
			t.Errorf("when it is back: %s", told(res))
		}
	})
}

func TestTypesThatAreNone(t *testing.T) {
	for _, rtype := range []rr.Type{0, rr.TypeOPT, rr.TypeAXFR, rr.TypeTSIG} {
		n := usual(t)
		r := n.resolver(t)
		res := ask(t, r, "www.example.com.", rtype)
		known, ok := r.Known(Question{dname.MustParse("www.example.com."), rtype})
		if res.EDE != code.InvalidType || !ok || known.EDE != code.InvalidType || len(n.seen()) != 0 {
			t.Errorf("%s: %s, EDE %d", rtype, told(res), res.EDE)
		}
	}
}

// Without a way to the root nothing is asked and nothing hangs.
func TestNoRoutes(t *testing.T) {
	r := New(Options{Network: newInternet(t), Cache: usual(t).resolver(t).options.Cache})
	defer r.Close()
	if res := ask(t, r, "www.example.com.", rr.TypeA); res.Rcode != code.ServFail || !strings.Contains(res.Text, "no servers are configured") {
		t.Errorf("got %s %q", told(res), res.Text)
	}
}

func TestRootHints(t *testing.T) {
	hints := RootHints()
	if len(hints) != 1 || len(hints[0].Servers) != 26 || !hints[0].Apex.IsRoot() {
		t.Errorf("got %+v", hints)
	}
}

// Equal questions at one time are one search, whatever their case; one whose
// client has gone away goes on for the others.
func TestEqualQuestionsAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		for _, h := range n.hosts {
			h.delay = 100 * time.Millisecond
		}
		r := n.resolver(t)
		impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if res := r.Resolve(impatient, Question{dname.MustParse("www.example.com."), rr.TypeA}); res.Rcode != code.ServFail {
			t.Errorf("got %s before it could be known", told(res))
		}
		results := make(chan string, 20)
		for i := range 20 {
			name := []string{"www.example.com.", "WWW.example.COM."}[i%2]
			go func() { results <- strings.ToLower(told(ask(t, r, name, rr.TypeA))) }()
		}
		for range 20 {
			if got := <-results; got != "www.example.com. a 60 192.0.2.1" {
				t.Errorf("got %s", got)
			}
		}
		if asked := n.seen(); len(asked) != 4 {
			t.Errorf("asked %q", asked)
		}
	})
}

func TestTooManyQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		for _, h := range n.hosts {
			h.delay = 10 * time.Millisecond
		}
		r := n.resolver(t, func(o *Options) { o.Walks = 2 })
		busy := 0
		results := make(chan *Result, 5)
		for i := range 5 {
			go func() { results <- ask(t, r, fmt.Sprintf("n%d.example.com.", i), rr.TypeA) }()
		}
		for range 5 {
			if res := <-results; res.Rcode == code.ServFail {
				busy++
			}
		}
		if busy != 3 {
			t.Errorf("%d questions were turned away, want 3", busy)
		}
	})
}

// Our own zones need no server, chains lead out of them and back.
func TestOwnZones(t *testing.T) {
	own := zonesOf(t, []string{"ours.test.", "ours.test. NS ns.ours.test.", "www.ours.test. A 192.0.2.100", "out.ours.test. CNAME alias.example.com.",
		"far.ours.test. DNAME old.example.com.", "sub.ours.test. NS ns1.sub.ours.test.", "ns1.sub.ours.test. A 10.0.9.1", "*.w.ours.test. CNAME www.ours.test.",
		"loop.ours.test. CNAME back.example.net."})
	own = own.With(zone.Entry{Apex: dname.MustParse("broken.test."), Reason: "line 7"})
	sub := []string{"sub.ours.test.", "sub.ours.test. NS ns1.sub.ours.test.", "ns1.sub.ours.test. A 10.0.9.1", "www.sub.ours.test. 60 A 192.0.2.101"}
	for _, c := range []struct {
		situation, name, want string
		t                     rr.Type
		asks                  int // at first, and again
		again                 int
	}{
		{"an address", "www.ours.test.", "www.ours.test. A 3600 192.0.2.100", rr.TypeA, 0, 0},
		{"a wildcard alias", "x.w.ours.test.", "x.w.ours.test. CNAME 3600 www.ours.test., www.ours.test. A 3600 192.0.2.100", rr.TypeA, 0, 0},
		{"no such name", "nowhere.ours.test.", "NXDOMAIN", rr.TypeA, 0, 0},
		{"no such type", "www.ours.test.", "NOERROR", rr.TypeAAAA, 0, 0},
		{"a chain that leads out", "out.ours.test.", "out.ours.test. CNAME 3600 alias.example.com., alias.example.com. CNAME 3600 edge.example.net., " +
			"edge.example.net. CNAME 300 edge.example.org., edge.example.org. A 60 192.0.2.3", rr.TypeA, 10, 0},
		{"below a cut of ours", "www.sub.ours.test.", "www.sub.ours.test. A 60 192.0.2.101", rr.TypeA, 1, 0},
		{"a DNAME of ours to one of others", "www.far.ours.test.", "far.ours.test. DNAME 3600 old.example.com., www.far.ours.test. CNAME 3600 www.old.example.com., " +
			"old.example.com. DNAME 3600 new.example.net., www.old.example.com. CNAME 3600 www.new.example.net., www.new.example.net. A 3600 192.0.2.5", rr.TypeA, 10, 0},
		{"a chain of ours and others that comes back", "loop.ours.test.", "SERVFAIL", rr.TypeA, 10, 1},
		{"the apex's own DS", "ours.test.", "NOERROR", rr.TypeDS, 0, 0},
		{"everything", "www.ours.test.", "www.ours.test. A 3600 192.0.2.100", rr.TypeANY, 0, 0},
		{"the cut's own DS", "sub.ours.test.", "NOERROR", rr.TypeDS, 0, 0},
		{"a zone that is not loaded", "www.broken.test.", "SERVFAIL", rr.TypeA, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			n.host("10.0.9.1", sub)
			r := n.resolver(t, func(o *Options) { o.Own = Zones(func() *zone.Set { return own }) })
			for i, most := range []int{c.asks, c.again} {
				res := ask(t, r, c.name, c.t)
				if asked := n.seen(); told(res) != c.want || len(asked) > most || most == 0 && len(asked) > 0 {
					t.Errorf("%s, time %d: got %q by %q, want %q", c.situation, i+1, told(res), asked, c.want)
					fatalChain(t, res)
				}
			}
		})
	}
}

// An answer that a validator rejects is its server's lie, and not kept.
func TestValidatorHasAVeto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Validator = veto("www.example.com.") })
		if res := ask(t, r, "www.example.com.", rr.TypeA); res.EDE != code.Bogus || !strings.Contains(fmt.Sprint(res.Chain), "bogus: "+errBogus.Error()) {
			t.Errorf("got %s by %s", told(res), kinds(res.Chain))
		}
		if res := ask(t, r, "mail.example.com.", rr.TypeMX); res.Rcode != code.NoError {
			t.Errorf("another name: %s", told(res))
		}
	})
}

// veto rejects all answers to that name.
type veto string

func (v veto) Validate(_ context.Context, _ dname.Name, q Question, _ *Message) error {
	if q.Name.String() == string(v) {
		return errBogus
	}
	return nil
}

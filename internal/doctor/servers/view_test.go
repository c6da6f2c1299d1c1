package servers

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// message is a response to a question for www.example.com, with records in the
// form of master files; those behind a line "--" stand in the next section.
func message(t testing.TB, rcode int, lines ...string) []byte {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion("www.example.com.", dns.TypeA)
	m.Response, m.Authoritative, m.Rcode = true, true, rcode
	sections := []*[]dns.RR{&m.Answer, &m.Ns, &m.Extra}
	for _, line := range lines {
		if line == "--" {
			sections = sections[1:]
			continue
		}
		r, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		*sections[0] = append(*sections[0], r)
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func viewFrom(t testing.TB, raw []byte) View {
	t.Helper()
	var r wire.Reply
	if err := r.Parse(raw); err != nil {
		t.Fatal(err)
	}
	return viewOf(&r, dname.MustParse("www.example.com."), rr.TypeA)
}

const soa = "example.com. 900 SOA ns.example.com. host.example.com. 7 1 1 1 300"

// toldView is a View in short.
func toldView(v *View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d records in %d aliases, %d s", v.Rcode, v.Set.Count(), len(v.Aliases), v.Left)
	if v.Ended {
		b.WriteString(", ended")
	}
	if v.Refers {
		b.WriteString(", refers")
	}
	if v.Why != "" {
		b.WriteString(": " + v.Why)
	}
	return b.String()
}

func TestViewOf(t *testing.T) {
	for _, c := range []struct {
		situation string
		rcode     int
		lines     []string
		want      string
	}{
		{"records", 0, []string{"www.example.com. 60 A 192.0.2.1", "WWW.example.com. 60 A 192.0.2.2"}, "NOERROR 2 records in 0 aliases, 60 s, ended"},
		{"a chain to its end", 0, []string{"www.example.com. 600 CNAME a.example.com.", "a.example.com. 30 A 192.0.2.1"}, "NOERROR 1 records in 1 aliases, 30 s, ended"},
		{"a chain in the wrong order", 0, []string{"a.example.com. 30 A 192.0.2.1", "www.example.com. 600 CNAME a.example.com."}, "NOERROR 1 records in 1 aliases, 30 s, ended"},
		{"a chain that leaves the zone", 0, []string{"www.example.com. 600 CNAME a.cdn.net."}, "NOERROR 0 records in 1 aliases, 600 s"},
		{"a denial", 0, []string{"--", soa}, "NOERROR 0 records in 0 aliases, 300 s, ended"},
		{"no such name", 3, []string{"--", soa}, "NXDOMAIN 0 records in 0 aliases, 300 s, ended"},
		{"a referral", 0, []string{"--", "example.com. 900 NS ns.example.com."}, "NOERROR 0 records in 0 aliases, -1 s, refers"},
		{"records with the servers of the zone", 0, []string{"www.example.com. 60 A 192.0.2.1", "--", "example.com. 900 NS ns.example.com."}, "NOERROR 1 records in 0 aliases, 60 s, ended"},
		{"a refusal", 5, nil, "REFUSED 0 records in 0 aliases, -1 s: response code REFUSED"},
		{"a loop", 0, []string{"www.example.com. 600 CNAME a.example.com.", "a.example.com. 600 CNAME www.example.com."}, "NOERROR 0 records in 2 aliases, 600 s"},
		{"records of another name", 0, []string{"other.example.com. 60 A 192.0.2.1"}, "NOERROR 0 records in 0 aliases, 60 s"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			v := viewFrom(t, message(t, c.rcode, c.lines...))
			if got := toldView(&v); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
		})
	}
}

func TestAgrees(t *testing.T) {
	view := func(rcode int, lines ...string) *View {
		v := viewFrom(t, message(t, rcode, lines...))
		return &v
	}
	const out, to = "www.example.com. 600 CNAME a.cdn.net.", "a.cdn.net. 60 A 192.0.2.1"
	records := view(0, "www.example.com. 60 A 192.0.2.1", "www.example.com. 60 A 192.0.2.2")
	for _, c := range []struct {
		situation string
		a, b      *View
		want      bool
	}{
		{"the same in another order, with another TTL", records, view(0, "www.example.com. 9 A 192.0.2.2", "www.example.com. 9 A 192.0.2.1"), true},
		{"a record less", records, view(0, "www.example.com. 60 A 192.0.2.1"), false},
		{"records, and none", records, view(0, "--", soa), false},
		{"none, and no such name", view(0, "--", soa), view(3, "--", soa), true},
		{"a chain that goes further", view(0, out), view(0, out, to), true},
		{"a chain to another name", view(0, out), view(0, "www.example.com. 600 CNAME b.cdn.net."), false},
		{"case does not matter", view(0, out), view(0, "www.example.com. 600 CNAME A.CDN.net."), true},
		{"an alias, and records", view(0, out), records, false},
		{"an alias to the same records", view(0, out, to), view(0, "www.example.com. 60 A 192.0.2.1"), false},
		{"the same alias, other addresses", view(0, out, to), view(0, out, "a.cdn.net. 60 A 192.0.2.9"), false},
	} {
		if Agrees(c.a, c.b) != c.want || Agrees(c.b, c.a) != c.want {
			t.Errorf("%s: not %v", c.situation, c.want)
		}
	}
}

// A name that is an alias and has records of its own is told as both.
func TestBeside(t *testing.T) {
	v := viewFrom(t, message(t, 0, "www.example.com. 600 CNAME a.example.com.", "www.example.com. 60 A 192.0.2.9", "a.example.com. 30 A 192.0.2.1"))
	if len(v.Aliases) != 1 || v.Set.Count() != 1 || v.Beside.Count() != 1 {
		t.Errorf("%+v", v)
	}
	if v = viewFrom(t, message(t, 0, "www.example.com. 60 A 192.0.2.9")); !v.Beside.Empty() {
		t.Errorf("%+v", v)
	}
}

// FuzzViewOf: whatever a server sends, what is read of it is bounded and well formed.
func FuzzViewOf(f *testing.F) {
	f.Add(message(f, 0, "www.example.com. 60 A 192.0.2.1"))
	f.Add(message(f, 0, "www.example.com. 600 CNAME a.example.com.", "a.example.com. 30 A 192.0.2.1", "--", soa))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r wire.Reply
		if r.Parse(raw) != nil {
			return
		}
		v := viewOf(&r, dname.MustParse("www.example.com."), rr.TypeA)
		if v.Set.Count() > maxRecords || len(v.Aliases) > maxSets {
			t.Errorf("%d records, %d aliases", v.Set.Count(), len(v.Aliases))
		}
		if !Agrees(&v, &v) {
			t.Error("it does not agree with itself")
		}
		for _, name := range v.Aliases {
			if err := dname.Check(name); err != nil {
				t.Error(err)
			}
		}
		Addresses(v.Set)
	})
}

// parrot answers everything with the same octets, or stays silent without any.
type parrot []byte

func (p parrot) Ask(ctx context.Context, s exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	if p == nil {
		<-ctx.Done()
		return nil, &exchange.Error{Kind: exchange.Timeout, Server: s, Question: q, Err: ctx.Err()}
	}
	a := new(exchange.Answer)
	return a, a.Reply.Parse(p)
}

func TestAsk(t *testing.T) {
	server := exchange.Server{Addr: netip.MustParseAddrPort("192.0.2.1:53")}
	q := exchange.Question{Name: dname.MustParse("www.example.com."), Type: rr.TypeA}
	v := Ask(t.Context(), parrot(message(t, 0, "www.example.com. 60 A 192.0.2.1")), server, q)
	if !v.Heard || v.Why != "" || v.Set.Count() != 1 {
		t.Errorf("%+v", v)
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		v := Ask(t.Context(), parrot(nil), server, q)
		if v.Heard || v.Why != "no answer in time" || v.Left != Nobody || time.Since(start) != patience {
			t.Errorf("%+v after %v", v, time.Since(start))
		}
	})
	if v := Ask(t.Context(), parrot("nonsense"), server, q); v.Heard || v.Why == "" {
		t.Errorf("%+v", v)
	}
}

// Every reason that the network may give has words.
func TestReasonsHaveWords(t *testing.T) {
	for k := exchange.Timeout; k <= exchange.Busy; k++ {
		if whyNot[k] == "" {
			t.Errorf("%s has none", k)
		}
	}
}

func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory(time.Now)
		d := &Delegation{Apex: dname.Root}
		m.Keep("a", d)
		if m.Find("a") != d || m.Find("b") != nil {
			t.Error("it does not know what it was told")
		}
		time.Sleep(memoryTime)
		if m.Find("a") != nil {
			t.Error("it does not forget")
		}
		for i := range 2 * memorySize {
			m.Keep(fmt.Sprint(i), d)
		}
		if len(m.known) != memorySize {
			t.Errorf("it knows %d", len(m.known))
		}
	})
}

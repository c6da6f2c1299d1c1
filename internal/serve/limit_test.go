package serve

import (
	"fmt"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/net/listen"
)

// counts of what became of queries.
type counts struct{ answered, truncated, badcookie, silent int }

// flood sends m n times at one moment.
func (b *bench) flood(t testing.TB, n int, m func(i int) *dns.Msg) (c counts) {
	t.Helper()
	for i := range n {
		switch got := b.ask(t, m(i)); {
		case got == nil:
			c.silent++
		case got.Rcode == dns.RcodeBadCookie:
			c.badcookie++
		case got.Truncated:
			c.truncated++
		default:
			c.answered++
		}
	}
	return c
}

func same(name string, qtype uint16) func(int) *dns.Msg {
	return func(int) *dns.Msg { return query(name, qtype) }
}

// A bucket holds what a second allows, and the response that begins to fill it.
func TestRateAndSlip(t *testing.T) {
	for _, c := range []struct {
		rate, slip int
		want       counts
	}{
		{0, 2, counts{answered: 100}},
		{10, 0, counts{answered: 11, silent: 89}},
		{10, 1, counts{answered: 11, truncated: 89}},
		{10, 2, counts{answered: 11, truncated: 44, silent: 45}},
		{50, 2, counts{answered: 51, truncated: 24, silent: 25}},
		{1000, 2, counts{answered: 100}},
	} {
		t.Run(fmt.Sprintf("rate %d slip %d", c.rate, c.slip), func(t *testing.T) {
			b := serving(t, Config{RateLimit: c.rate, Slip: c.slip}, example)
			if got := b.flood(t, 100, same("www.example.", dns.TypeA)); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestWhatSharesARate(t *testing.T) {
	refused := func(i int) *dns.Msg { return query(fmt.Sprintf("n%d.elsewhere.test.", i), dns.TypeA) }
	for _, c := range []struct {
		situation   string
		first, then func(int) *dns.Msg
		peer        string // of the second flood
		shared      bool
	}{
		{"the same name", same("www.example.", dns.TypeA), same("www.example.", dns.TypeA), "198.51.100.7:1", true},
		{"the same name in another case", same("www.example.", dns.TypeA), same("WWW.example.", dns.TypeA), "198.51.100.7:1", true},
		{"another name", same("www.example.", dns.TypeA), same("mx.example.", dns.TypeA), "198.51.100.7:1", false},
		{"another address of the /24", same("www.example.", dns.TypeA), same("www.example.", dns.TypeA), "198.51.100.200:1", true},
		{"that address mapped into IPv6", same("www.example.", dns.TypeA), same("www.example.", dns.TypeA), "[::ffff:198.51.100.200]:1", true},
		{"another /24", same("www.example.", dns.TypeA), same("www.example.", dns.TypeA), "198.51.101.7:1", false},
		{"names that do not exist", func(i int) *dns.Msg { return query(fmt.Sprintf("n%d.example.", i), dns.TypeA) },
			func(i int) *dns.Msg { return query(fmt.Sprintf("m%d.www.example.", i), dns.TypeTXT) }, "198.51.100.7:1", true},
		{"names below a cut", func(i int) *dns.Msg { return query(fmt.Sprintf("n%d.sub.example.", i), dns.TypeA) },
			func(i int) *dns.Msg { return query(fmt.Sprintf("m%d.sub.example.", i), dns.TypeA) }, "198.51.100.7:1", true},
		{"refusals", refused, same("www.other.test.", dns.TypeA), "198.51.100.7:1", true},
		{"refusals and answers", refused, same("www.example.", dns.TypeA), "198.51.100.7:1", false},
		{"names of a zone that is not ready", func(i int) *dns.Msg { return query(fmt.Sprintf("n%d.broken.test.", i), dns.TypeA) },
			same("www.broken.test.", dns.TypeA), "198.51.100.7:1", true},
		{"malformed queries", func(int) *dns.Msg { return change(query("a.", 1), func(m *dns.Msg) { m.Question = nil }) },
			func(int) *dns.Msg { return change(query("b.", 1), func(m *dns.Msg) { m.Question = nil }) }, "198.51.100.7:1", true},
		{"names that one wildcard stands for", func(i int) *dns.Msg { return query(fmt.Sprintf("n%d.wild.example.", i), dns.TypeA) },
			func(i int) *dns.Msg { return query(fmt.Sprintf("m%d.wild.example.", i), dns.TypeA) }, "198.51.100.7:1", true},
		{"names below a DNAME that leads elsewhere", func(i int) *dns.Msg { return query(fmt.Sprintf("n%d.oldaway.example.", i), dns.TypeA) },
			func(i int) *dns.Msg { return query(fmt.Sprintf("m%d.oldaway.example.", i), dns.TypeA) }, "198.51.100.7:1", true},
	} {
		t.Run(c.situation, func(t *testing.T) {
			b := serving(t, Config{RateLimit: 10}, example)
			if got := b.flood(t, 30, c.first); got.answered != 11 {
				t.Fatalf("the first flood: %+v", got)
			}
			b.from(c.peer)
			want := 11
			if c.shared {
				want = 0
			}
			if got := b.flood(t, 30, c.then); got.answered != want {
				t.Errorf("the second flood: %+v, want %d answered", got, want)
			}
		})
	}
}

func TestIPv6NetworksAre56BitsLong(t *testing.T) {
	b := serving(t, Config{RateLimit: 10}, example)
	for _, c := range []struct {
		peer string
		want int
	}{{"[2001:db8:0:100::1]:1", 11}, {"[2001:db8:0:1ff:1::2]:1", 0}, {"[2001:db8:0:200::1]:1", 11}} {
		b.from(c.peer)
		if got := b.flood(t, 20, same("www.example.", dns.TypeA)); got.answered != c.want {
			t.Errorf("%s: %+v, want %d answered", c.peer, got, c.want)
		}
	}
}

func TestRateRecovers(t *testing.T) {
	b := serving(t, Config{RateLimit: 10}, example)
	www := same("www.example.", dns.TypeA)
	b.flood(t, 100, www)
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{100 * time.Millisecond, 1}, {0, 0}, {500 * time.Millisecond, 5}, {time.Second, 10}, {time.Hour, 11}} {
		b.later(c.after)
		if got := b.flood(t, 50, www); got.answered != c.want {
			t.Errorf("%s later: %+v, want %d answered", c.after, got, c.want)
		}
	}
	b.later(-time.Minute)
	if got := b.flood(t, 50, www); got.answered != 11 {
		t.Errorf("when the clock has gone back: %+v", got)
	}
}

func TestExemptions(t *testing.T) {
	b := serving(t, Config{RateLimit: 10, Slip: 2}, example)
	b.in.Transport = listen.TCP
	if got := b.flood(t, 100, same("www.example.", dns.TypeA)); got != (counts{answered: 100}) {
		t.Errorf("TCP: %+v", got)
	}
	b.in.Transport = listen.UDP
	cookie := cookieOf(b.ask(t, edns(query("www.example.", dns.TypeA), 1232, withCookie(clientCookie))))
	with := func(hex string) func(int) *dns.Msg {
		return func(int) *dns.Msg { return edns(query("www.example.", dns.TypeA), 1232, withCookie(hex)) }
	}
	if got := b.flood(t, 100, with(cookie)); got != (counts{answered: 100}) {
		t.Errorf("a valid cookie: %+v", got)
	}
	b.later(40 * time.Minute)
	if got := b.flood(t, 100, with(cookie)); got != (counts{answered: 100}) {
		t.Errorf("an aging cookie: %+v", got)
	}
	if got := b.flood(t, 100, with(clientCookie)); got != (counts{answered: 11, badcookie: 89}) {
		t.Errorf("a client cookie alone: %+v", got)
	}
}

// A client told BADCOOKIE has the cookie to come back with (RFC 7873, Section 5.2.3).
func TestBadCookie(t *testing.T) {
	b := serving(t, Config{RateLimit: 1}, example)
	m := func() *dns.Msg { return edns(query("www.example.", dns.TypeA), 1232, withCookie(clientCookie)) }
	b.flood(t, 10, func(int) *dns.Msg { return m() })
	got := b.ask(t, m())
	if got.Rcode != dns.RcodeBadCookie || got.Truncated || len(got.Answer)+len(got.Ns) != 0 || len(cookieOf(got)) != 48 {
		t.Fatalf("got %v", got)
	}
	again := b.ask(t, edns(query("www.example.", dns.TypeA), 1232, withCookie(cookieOf(got))))
	if again == nil || again.Rcode != dns.RcodeSuccess || len(again.Answer) != 1 {
		t.Errorf("with the cookie: %v", again)
	}
}

package serve

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/net/listen"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/zone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// head is what every zone of these tests begins with.
const head = "$TTL 300\n@ 3600 SOA ns1 admin 1 7200 900 1209600 60\n@ NS ns1\nns1 A 192.0.2.53\n"

// example is the zone example. of these tests.
const example = `
www A 192.0.2.1
www AAAA 2001:db8::1
www TXT "text"
alias CNAME www
alias2 CNAME alias
*.wild A 192.0.2.4
*.calias CNAME www
away CNAME www.elsewhere.test.
loop CNAME loop
old DNAME new
host.new A 192.0.2.7
oldaway DNAME elsewhere.test.
sub NS ns.sub
ns.sub A 192.0.2.10
@ MX 10 mx
mx A 192.0.2.25
`

func snapshot(t testing.TB, origin, text string) *zone.Snapshot {
	t.Helper()
	apex := dname.MustParse(origin)
	b := zone.NewBuilder(apex)
	err := zonefile.Parse(strings.NewReader(head+text), origin, zonefile.Options{Origin: apex},
		func(r *zonefile.Record) error {
			b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return b.Build().Snapshot
}

// bench is a server with one worker, asked without sockets.
type bench struct {
	*Server
	w   *Worker
	in  listen.Query
	buf []byte
}

// start is noon of some day, as the clock of these tests.
var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// serving is a server of the zone example. with that text behind its head, and
// of broken.test., which is not ready.
func serving(t testing.TB, c Config, text string) *bench {
	t.Helper()
	idle := func() time.Duration { return 10 * time.Second }
	b := &bench{Server: New(c, cookie.NewJar(cookie.NewSecret()), new(stats.Queries), idle)}
	if b.limiter != nil {
		b.limiter.seed = 1 // with others, two of a few kinds share a bucket once in 2^17
	}
	s := snapshot(t, "example.", text)
	b.Publish(new(zone.Set).With(
		zone.Entry{Apex: s.Apex(), Zone: s},
		zone.Entry{Apex: dname.MustParse("broken.test."), Reason: "broken.test.zone:3:1: no SOA record"},
	))
	b.w = b.NewWorker()
	b.in = listen.Query{Peer: netip.MustParseAddrPort("198.51.100.7:4711"), Now: start.UnixNano()}
	b.buf = make([]byte, 0, 1232)
	return b
}

func (b *bench) from(peer string) { b.in.Peer = netip.MustParseAddrPort(peer) }

func (b *bench) later(d time.Duration) { b.in.Now += int64(d) }

// octets is the response to msg, nil if none is sent.
func (b *bench) octets(msg []byte) []byte {
	b.in.Msg = msg
	out := b.w.Respond(b.buf, &b.in)
	b.w.Done(1, time.Microsecond)
	if len(out) == 0 {
		return nil
	}
	return out
}

// ask sends m and reads the response as another implementation does; nil if none is sent.
func (b *bench) ask(t testing.TB, m *dns.Msg) *dns.Msg {
	t.Helper()
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	out := b.octets(wire)
	if out == nil {
		return nil
	}
	got := new(dns.Msg)
	if err := got.Unpack(out); err != nil {
		t.Fatalf("%v in %x", err, out)
	}
	if !got.Response || got.Id != m.Id {
		t.Fatalf("not the response to this query: %v", got.MsgHdr)
	}
	return got
}

// query is a question with RD and without EDNS.
func query(name string, qtype uint16) *dns.Msg {
	m := new(dns.Msg)
	m.SetQuestion(name, qtype)
	m.Id = 0x1234
	return m
}

// edns adds an OPT record with that buffer size and these options.
func edns(m *dns.Msg, size uint16, options ...dns.EDNS0) *dns.Msg {
	m.SetEdns0(size, false)
	m.IsEdns0().Option = options
	return m
}

// describe tells the head of a response and its OPT record in one line.
func describe(m *dns.Msg) string {
	if m == nil {
		return "silence"
	}
	s := dns.RcodeToString[m.Rcode]
	if m.Rcode == dns.RcodeBadVers {
		s = "BADVERS"
	}
	for _, f := range []struct {
		is   bool
		name string
	}{{m.Authoritative, "aa"}, {m.Truncated, "tc"}, {m.RecursionDesired, "rd"}, {m.RecursionAvailable, "ra"}, {m.AuthenticatedData, "ad"}, {m.CheckingDisabled, "cd"}, {m.Zero, "z"}} {
		if f.is {
			s += " " + f.name
		}
	}
	if m.Opcode != dns.OpcodeQuery {
		s += fmt.Sprintf(" op%d", m.Opcode)
	}
	opt := m.IsEdns0()
	if opt == nil {
		return s
	}
	s += fmt.Sprintf(" opt/%d", opt.UDPSize())
	if opt.Do() {
		s += " do"
	}
	for _, o := range opt.Option {
		switch o := o.(type) {
		case *dns.EDNS0_EDE:
			s += fmt.Sprintf(" ede%d", o.InfoCode)
			if o.ExtraText != "" {
				s += fmt.Sprintf("(%s)", o.ExtraText)
			}
		case *dns.EDNS0_COOKIE:
			s += fmt.Sprintf(" cookie%d", len(o.Cookie)/2)
		case *dns.EDNS0_NSID:
			s += " nsid=" + o.Nsid
		case *dns.EDNS0_TCP_KEEPALIVE:
			s += fmt.Sprintf(" keepalive=%d", o.Timeout)
		default:
			s += fmt.Sprintf(" option%d", o.Option())
		}
	}
	return s
}

// lines are records as text with single blanks.
func lines(list []dns.RR) string {
	var out []string
	for _, r := range list {
		if r.Header().Rrtype != dns.TypeOPT {
			out = append(out, strings.Join(strings.Fields(r.String()), " "))
		}
	}
	return strings.Join(out, "\n")
}

// cookieOf is the COOKIE option of m in hexadecimal, empty without one.
func cookieOf(m *dns.Msg) string {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if c, ok := o.(*dns.EDNS0_COOKIE); ok {
				return c.Cookie
			}
		}
	}
	return ""
}

func withCookie(hex string) dns.EDNS0 {
	return &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: hex}
}

const clientCookie = "0102030405060708"

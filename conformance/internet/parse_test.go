package internet

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const sample = `# a comment
not unbound: sleeps

-- args --
--recursion 127.0.0.0/8
--cache-size 2MiB
-- forwarder f by unbound tls resolver.test --
-- zone one.com. at a,b by nsd --
www A 192.0.2.1
-- own ours.com. --
@ ALIAS www.one.com.
-- fault a --
only www.one.com.
silent
-- ask a title --
query www.one.com. A
[truename] reply NOERROR
[unbound] reply SERVFAIL
-- time 90s --
-- asked --
only truename: for a reason
a == 1
`

func TestParse(t *testing.T) {
	s, err := Parse("sample", strings.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	if z := s.Zones[0]; z.Origin != "one.com." || !slices.Equal(z.Servers, []string{"a", "b"}) || z.Kind != "nsd" || z.Text != "www A 192.0.2.1\n" {
		t.Errorf("the zone is %+v", z)
	}
	if z := s.Zones[1]; z.Origin != "ours.com." || z.Servers != nil {
		t.Errorf("our zone is %+v", z)
	}
	if s.Helped[0] != (Forwarder{"f", "unbound", "resolver.test"}) {
		t.Errorf("the forwarder is %+v", s.Helped[0])
	}
	if !slices.Equal(s.Args, []string{"--recursion", "127.0.0.0/8", "--cache-size", "2MiB"}) {
		t.Errorf("the arguments are %q", s.Args)
	}
	var kinds []string
	for _, e := range s.Events {
		kinds = append(kinds, e.Kind+" "+e.Arg)
	}
	if got := strings.Join(kinds, ", "); got != "fault a, ask a title, time 90s, asked " {
		t.Errorf("the events are %s", got)
	}
	if s.Events[1].Line != 15 {
		t.Errorf("the question stands in line %d", s.Events[1].Line)
	}
}

func TestForKind(t *testing.T) {
	s, err := Parse("sample", strings.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]string{"truename": "reply NOERROR", "unbound": "reply SERVFAIL"} {
		if e := s.Events[1].forKind(kind); len(e.Lines) != 2 || e.Lines[1] != want {
			t.Errorf("%s: %q", kind, e.Lines)
		}
	}
	if e := s.Events[3].forKind("unbound"); e != nil {
		t.Errorf("an event for truename only: %+v", e)
	}
	if e := s.Events[3].forKind("truename"); len(e.Lines) != 1 {
		t.Errorf("it has %q", e.Lines)
	}
	if e := s.Events[0].forKind("unbound"); len(e.Lines) != 2 {
		t.Errorf("`only` of a fault is no guard: %q", e.Lines)
	}
}

func TestSkips(t *testing.T) {
	const question = "-- ask a --\nquery a. A\nreply NOERROR\n"
	for situation, c := range map[string]struct {
		text           string
		ours, unbounds string
	}{
		"for all":      {question, "", ""},
		"only us":      {"only truename: why\n" + question, "", "why"},
		"not unbound":  {"not unbound: why\n" + question, "", "why"},
		"only unbound": {"only unbound: why\n" + question, "why", ""},
		"a clock":      {question + "-- time 5s --\n", "", "clock"},
		"settings":     {"-- args --\n--recursion ::1\n" + question, "", "settings"},
		"our zones":    {"-- own a. --\n" + question, "", "zones"},
	} {
		s, err := Parse("sample", strings.NewReader(c.text))
		if err != nil {
			t.Fatalf("%s: %v", situation, err)
		}
		for kind, want := range map[string]string{"truename": c.ours, "unbound": c.unbounds} {
			if got := s.Skips(kind); (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s, %s: %q, want %q", situation, kind, got, want)
			}
		}
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "nothing is asked",
		"-- zoo --\n":                       `sample:1: unknown marker "zoo"`,
		"query a. A\n":                      "sample:1: ",
		"only truename\n":                   "before the first marker",
		"maybe truename: why\n":             `unknown word "maybe"`,
		"-- zone a. --\n":                   "write `-- zone",
		"-- zone a. in b --\n":              "write `-- zone",
		"-- ask a --\n-- zone a. at b --\n": "sample:2: zones stand before",
		"-- forwarder --\n-- forwarder f by --\n": "sample:2: write `-- forwarder",
		"-- forwarder f over g --\n":              `unknown word "over"`,
		"-- forwarder f --\nsilent\n":             "belongs to nothing",
	} {
		if _, err := Parse("sample", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestParseQuestion(t *testing.T) {
	q, err := parseQuestion(Event{Arg: "a", Lines: []string{"query a. A", "took 0.5..2 x 100ms", "before b", "eventually 5s", "reply NOERROR"}})
	if err != nil {
		t.Fatal(err)
	}
	if q.took != [2]time.Duration{50 * time.Millisecond, 200 * time.Millisecond} || q.before != "b" || !q.eventually || q.step != 5*time.Second {
		t.Errorf("got %+v", q)
	}
	for _, line := range []string{"took 5ms", "took 1..2 x long", "took a..2 x 1s", "eventually soon"} {
		if _, err := parseQuestion(Event{Lines: []string{line}}); err == nil || !strings.Contains(err.Error(), line) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestWhatWasAsked(t *testing.T) {
	i := &Injector{asked: []Asked{
		{Name: "WwW.one.com.", Type: dns.TypeA, Transport: "udp", EDNS: true}, {Name: "www.one.com.", Type: dns.TypeA, Transport: "tcp", EDNS: true},
		{Name: "www.one.com.", Type: dns.TypeAAAA, Transport: "udp"},
	}}
	p := &player{net: &Internet{hosts: map[string]*Host{"a": {Injector: i}}}}
	for line, right := range map[string]bool{
		"a == 3": true, "a == 2": false, "a >= 3": true, "a >= 4": false, "a <= 3": true, "a <= 2": false,
		"a www.one.com. == 3": true, "a www.one.com. A == 2": true, "a www.one.com. A tcp == 1": true, "a plain == 1": true, "a edns udp == 1": true,
		"a other.one.com. == 0": true, "a about 3": false, "b == 0": false, "a == many": false, "a ==": false,
	} {
		if err := p.askedLine(strings.Fields(line)); (err == nil) != right {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestJudgeTime(t *testing.T) {
	done := make(chan error, 1)
	p := &player{pending: map[string]chan error{"slow": done}}
	for _, c := range []struct {
		situation string
		q         question
		took      time.Duration
		right     bool
	}{
		{"no bounds", question{}, time.Hour, true},
		{"within", question{took: [2]time.Duration{1, 3}}, 2, true},
		{"too soon", question{took: [2]time.Duration{1, 3}}, 0, false},
		{"too late", question{took: [2]time.Duration{1, 3}}, 4, false},
		{"before one under way", question{before: "slow"}, 0, true},
		{"before one that never began", question{before: "fast"}, 0, false},
	} {
		if err := p.judgeTime(&c.q, c.took); (err == nil) != c.right {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
	done <- nil
	if p.judgeTime(&question{before: "slow"}, 0) == nil {
		t.Error("the other was answered first")
	}
}

func TestZonesAreCompleted(t *testing.T) {
	one, two := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")
	for situation, c := range map[string]struct {
		text string
		want []string // records of the zone, without TTL and class
	}{
		"nothing":    {"", []string{"SOA", "NS ns1", "NS ns2", "A 127.0.0.1", "A 127.0.0.2"}},
		"an SOA":     {"@ SOA a b 7 1 1 1 1\n", []string{"SOA", "NS ns1", "NS ns2", "A 127.0.0.1", "A 127.0.0.2"}},
		"NS records": {"@ NS far.net.\n", []string{"SOA", "NS far"}},
		"a cut":      {"sub NS far.net.\n", []string{"SOA", "NS ns1", "NS ns2", "NS far", "A 127.0.0.1", "A 127.0.0.2"}},
	} {
		text := Zone{Origin: "one.com.", Text: c.text}.complete(3, []netip.Addr{one, two})
		records, err := parseZone("one.com.", text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", situation, err, text)
		}
		for _, want := range c.want {
			rtype, data, _ := strings.Cut(want, " ")
			if !slices.ContainsFunc(records, func(r dns.RR) bool {
				return dns.Type(r.Header().Rrtype).String() == rtype && strings.Contains(strings.TrimPrefix(r.String(), r.Header().String()), data)
			}) {
				t.Errorf("%s: no %s in\n%s", situation, want, text)
			}
		}
		if len(records) != len(c.want) {
			t.Errorf("%s: %d records, want %d:\n%s", situation, len(records), len(c.want), text)
		}
	}
}

func TestDelegation(t *testing.T) {
	text := "@ NS ns1\n@ NS far.net.\nns1 A 127.0.0.1\nns1 AAAA ::1\nns1 TXT x\nwww A 192.0.2.1\nsub NS ns1.sub\nns1.sub A 127.0.0.9\n"
	got, err := delegation("one.com.", "$ORIGIN one.com.\n$TTL 60\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	want := "one.com.\t60\tIN\tNS\tns1.one.com.\none.com.\t60\tIN\tNS\tfar.net.\nns1.one.com.\t60\tIN\tA\t127.0.0.1\nns1.one.com.\t60\tIN\tAAAA\t::1\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHierarchy(t *testing.T) {
	all := hierarchy([]Zone{{Origin: "one.com."}, {Origin: "a.one.com."}, {Origin: "two.net."}, {Origin: "net.", Servers: []string{"n"}}})
	var origins []string
	for _, z := range all {
		origins = append(origins, z.Origin)
	}
	if got := strings.Join(origins, " "); got != "one.com. a.one.com. two.net. net. com. ." {
		t.Errorf("got %s", got)
	}
	for origin, want := range map[string]string{"a.one.com.": "one.com.", "one.com.": "com.", "com.": ".", ".": "", "x.y.two.net.": "two.net.", "org.": "."} {
		if got := above(origin, origins); got != want {
			t.Errorf("above %s is %q, want %q", origin, got, want)
		}
	}
}

// The same seed makes the same world, else a failure could not be looked at again.
func TestWorldsFollowTheirSeed(t *testing.T) {
	a, b, c := newWorld(7), newWorld(7), newWorld(8)
	for i := range a.zones {
		if a.zones[i].Text != b.zones[i].Text {
			t.Errorf("zone %s differs", a.zones[i].Origin)
		}
	}
	if a.zones[0].Text == c.zones[0].Text {
		t.Error("another seed makes the same zone")
	}
	if len(a.zones) != 22 || len(a.kinds()) != 3 {
		t.Errorf("%d zones on servers of %v", len(a.zones), a.kinds())
	}
	for range 1000 {
		name, rtype := a.question()
		if _, ok := dns.IsDomainName(name); !ok || !dns.IsFqdn(name) || strings.Contains(name, "..") {
			t.Fatalf("%q %s is no question", name, rtype)
		}
	}
}

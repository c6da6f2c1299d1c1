package scenario

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

func TestMain(m *testing.M) { os.Exit(subject.Main(m)) }

const sample = `# a comment
not knot: sleeps

-- zone example. --
@ SOA ns1 host 1 2 3 4 5
@ NS ns1
ns1 A 192.0.2.1

-- ask one --
query ns1.example. A rd edns
[nsd] reply NOERROR aa rd
[!nsd] reply NOERROR aa rd ad?
answer
  ns1.example. 3600 A 192.0.2.1
-- ask two --
only nsd: no one else
query x.example. A
reply NXDOMAIN aa
`

func parsed(t *testing.T, text string) Scenario {
	t.Helper()
	s, err := Parse("sample", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseTakesZonesStepsAndGuards(t *testing.T) {
	s := parsed(t, sample)
	if len(s.Zones) != 1 || s.Zones[0].Origin != "example." || !strings.Contains(s.Zones[0].Text, "ns1 A 192.0.2.1\n") {
		t.Errorf("zones: %+v", s.Zones)
	}
	if len(s.Steps) != 2 || s.Steps[0].Title != "one" || s.Steps[1].Line != 15 {
		t.Errorf("steps: %+v", s.Steps)
	}
	if s.Skips(subject.Knot) != "sleeps" || s.Skips(subject.NSD) != "" {
		t.Error("file: want it for everybody but knot")
	}
	if s.Steps[1].Skips(subject.NSD) != "" || s.Steps[1].Skips(subject.BIND) == "" {
		t.Error("second step: want it for nsd alone")
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no step":            {"# nothing\n", "no step"},
		"unknown marker":     {"-- zoo x --\n", "sample:1: unknown marker"},
		"text too early":     {"query x. A\n", "sample:1:"},
		"guard, no reason":   {"only nsd\n-- ask a --\n", "gives no reason"},
		"guard, no such one": {"not djbdns: old\n-- ask a --\n", `unknown subject "djbdns"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse("sample", strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func step(lines string) Step {
	s := Step{Title: "test"}
	for i, text := range strings.Split(lines, "\n") {
		s.lines = append(s.lines, line{i + 1, text})
	}
	return s
}

func TestStepsThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"no reply":        {"query a. A", "needs a `query` and a `reply`"},
		"unknown type":    {"query a. QQ\nreply NOERROR", "line 1: unknown type"},
		"unknown option":  {"query a. A quick\nreply NOERROR", "line 1: unknown option"},
		"unknown number":  {"query a. A speed=1\nreply NOERROR", "line 1: unknown option"},
		"unknown rcode":   {"query a. A\nreply MAYBE", "line 2: unknown rcode"},
		"unknown flag":    {"query a. A\nreply NOERROR qq", "line 2: unknown flag"},
		"unknown word":    {"query a. A\nreply NOERROR\nrefrain", "line 3: unknown word"},
		"broken record":   {"query a. A\nreply NOERROR\nanswer\n  a. A nowhere", "line 4:"},
		"broken absence":  {"query a. A\nreply NOERROR\nanswer\n  ! a.", "line 4: write"},
		"broken size":     {"query a. A\nreply NOERROR\nsize 3", "line 3: write"},
		"broken cookie":   {"query a. A\nreply NOERROR\ncookie crumbs", "line 3: write"},
		"broken hex":      {"query a. A option=3:zz\nreply NOERROR", "line 1:"},
		"broken guard":    {"query a. A\n[nsd reply NOERROR", "line 2: "},
		"broken question": {"query a. A\nreply NOERROR\nquestion 5", "line 3: write"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := parseStep(step(c.lines), subject.Truename, &state{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestQueriesOnTheWire(t *testing.T) {
	for name, c := range map[string]struct {
		query string
		check func(wire []byte, m *dns.Msg) bool
	}{
		"plain": {"a. A", func(_ []byte, m *dns.Msg) bool { return !m.RecursionDesired && m.IsEdns0() == nil }},
		"header bits": {"a. A rd cd ad", func(_ []byte, m *dns.Msg) bool {
			return m.RecursionDesired && m.CheckingDisabled && m.AuthenticatedData
		}},
		"class":  {"a. TXT class=CH", func(_ []byte, m *dns.Msg) bool { return m.Question[0].Qclass == dns.ClassCHAOS }},
		"opcode": {"a. A opcode=15", func(_ []byte, m *dns.Msg) bool { return m.Opcode == 15 }},
		"edns": {"a. A bufsize=4096 version=1 do", func(_ []byte, m *dns.Msg) bool {
			o := m.IsEdns0()
			return o.UDPSize() == 4096 && o.Version() == 1 && o.Do()
		}},
		"two OPTs":        {"a. A opts=2", func(w []byte, _ *dns.Msg) bool { return w[11] == 2 }},
		"no question":     {"a. A questions=0", func(w []byte, _ *dns.Msg) bool { return len(w) == 12 && w[5] == 0 }},
		"two questions":   {"a. A questions=2", func(w []byte, _ *dns.Msg) bool { return w[5] == 2 }},
		"trailing octets": {"a. A trailing=ffff", func(w []byte, _ *dns.Msg) bool { return bytes.HasSuffix(w, []byte{255, 255}) }},
		"cut":             {"a. A cut=5", func(w []byte, _ *dns.Msg) bool { return len(w) == 5 }},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := parseQuery(strings.Fields(c.query), &state{})
			if err != nil {
				t.Fatal(err)
			}
			wire, err := q.wire()
			if err != nil {
				t.Fatal(err)
			}
			m := new(dns.Msg)
			_ = m.Unpack(wire) // some are broken on purpose
			if !c.check(wire, m) {
				t.Errorf("%s: %x", c.query, wire)
			}
		})
	}
}

// judged runs a step's expectation over a reply made of records in text.
func judged(t *testing.T, lines string, shape func(m *dns.Msg)) []string {
	t.Helper()
	memory := &state{}
	q, want, err := parseStep(step(lines), subject.Truename, memory)
	if err != nil {
		t.Fatal(err)
	}
	octets, err := q.wire()
	if err != nil {
		t.Fatal(err)
	}
	m := new(dns.Msg)
	if err := m.Unpack(octets); err != nil {
		t.Fatal(err)
	}
	m.Response, m.Authoritative = true, true
	shape(m)
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return want.judge(octets, wire, m, memory)
}

func record(t *testing.T, text string) dns.RR {
	t.Helper()
	rr, err := dns.NewRR(text)
	if err != nil {
		t.Fatal(err)
	}
	return rr
}

func TestJudgement(t *testing.T) {
	a, b := record(t, "a. 60 A 192.0.2.1"), record(t, "a. 60 A 192.0.2.2")
	with := func(records ...dns.RR) func(*dns.Msg) { return func(m *dns.Msg) { m.Answer = records } }
	for name, c := range map[string]struct {
		lines string
		shape func(*dns.Msg)
		want  string // "" means that all is well
	}{
		"as wanted":        {"reply NOERROR aa\nanswer\n  a. 60 A 192.0.2.1", with(a), ""},
		"order is free":    {"reply NOERROR aa\nanswer\n  a. A 192.0.2.2\n  a. A 192.0.2.1", with(a, b), ""},
		"any rdata":        {"reply NOERROR aa\nanswer\n  a. A *", with(a, b), ""},
		"others are free":  {"reply NOERROR aa\nanswer\n  a. A 192.0.2.1\n  ...", with(a, b), ""},
		"optional flag":    {"reply NOERROR aa?", with(), ""},
		"wrong TTL":        {"reply NOERROR aa\nanswer\n  a. 61 A 192.0.2.1", with(a), "TTL 60, want 61"},
		"TTL in its range": {"reply NOERROR aa\nanswer\n  a. 50..60 A 192.0.2.1", with(a), ""},
		"TTL below it":     {"reply NOERROR aa\nanswer\n  a. 61..70 A *", with(a), "TTL 60, want 61 to 70"},
		"TTL above it":     {"reply NOERROR aa\nanswer\n  a. 5..59 A 192.0.2.1", with(a), "TTL 60, want 5 to 59"},
		"missing":          {"reply NOERROR aa\nanswer\n  a. A 192.0.2.1", with(), "missing a. 0 in a 192.0.2.1"},
		"surplus":          {"reply NOERROR aa\nanswer\n  a. A 192.0.2.1", with(a, b), "unexpected"},
		"not empty":        {"reply NOERROR aa\nanswer\n  empty", with(a), "unexpected"},
		"twice":            {"reply NOERROR aa\nanswer\n  a. A *", with(a, a), "twice"},
		"absent is there":  {"reply NOERROR aa\nanswer\n  ! * A", with(a), "unexpected"},
		"wrong rcode":      {"reply NXDOMAIN aa", with(), "want NXDOMAIN"},
		"flag missing":     {"reply NOERROR aa rd", with(), "flags [aa], want [aa rd]"},
		"flag too many":    {"reply NOERROR", with(), "flags [aa], want []"},
		"question's case":  {"reply NOERROR aa", func(m *dns.Msg) { m.Question[0].Name = "A." }, "question"},
		"no question back": {"reply NOERROR aa\nquestion optional", func(m *dns.Msg) { m.Question = nil }, ""},
		"OPT unasked":      {"reply NOERROR aa\nedns none", func(m *dns.Msg) { m.SetEdns0(512, false) }, "OPT"},
		"OPT missing":      {"reply NOERROR aa\nedns", with(), "0 OPT records"},
		"DO lost":          {"reply NOERROR aa\nedns do", func(m *dns.Msg) { m.SetEdns0(512, false) }, "DO is false"},
		"no EDE":           {"reply NOERROR aa\nede 20", with(), "no EDE"},
		"too large":        {"reply NOERROR aa\nsize <= 12", with(), "want at most 12"},
		"no cookie":        {"reply NOERROR aa\ncookie server", with(), "cookie"},
		"no option":        {"reply NOERROR aa\noption 3 present", with(), "option 3"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(judged(t, "query a. A\n"+c.lines, c.shape), "; ")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestExtendedErrorsAndCookies(t *testing.T) {
	shape := func(m *dns.Msg) {
		m.SetEdns0(1232, false)
		m.IsEdns0().Option = []dns.EDNS0{
			&dns.EDNS0_EDE{InfoCode: 20, ExtraText: "no zone for a."},
			&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: clientCookie + "01020304050607080102030405060708"},
		}
	}
	lines := "query a. A edns\nreply NOERROR aa\nede 0|20 \"zone for a.\"\ncookie server\ncookie same\noption 10 len=24"
	if wrong := judged(t, lines, shape); len(wrong) > 0 {
		t.Errorf("got %v, want nothing wrong", wrong)
	}
	wrong := judged(t, "query a. A edns\nreply NOERROR aa\nede none\ncookie none", shape)
	if len(wrong) != 2 {
		t.Errorf("got %v, want two complaints", wrong)
	}
}

func TestStepsOfOtherFormats(t *testing.T) {
	server := subject.Start(t, subject.NSD, []subject.Zone{{Origin: "example.", Text: "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n"}})
	if err := NewStep("right", 7, []string{"query ns.example. A", "reply NOERROR aa", "answer", "  ns.example. 1..60 A 192.0.2.1"}).Take(server); err != nil {
		t.Error(err)
	}
	if err := NewStep("wrong", 7, []string{"query ns.example. A", "reply NXDOMAIN aa"}).Take(server); err == nil || !strings.Contains(err.Error(), "want NXDOMAIN") {
		t.Errorf("got %v", err)
	}
	if err := NewStep("broken", 7, []string{"query ns.example. A", "reply MAYBE"}).Take(server); err == nil || !strings.Contains(err.Error(), "line 8") {
		t.Errorf("got %v", err)
	}
}

// TestRunAgainstAPeer takes the sample to a real server.
func TestRunAgainstAPeer(t *testing.T) { parsed(t, sample).Run(t, subject.NSD) }

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("-- ask a --\nquery a. A option=1:00 cookie=server cut=3\n[nsd] reply none\nanswer\n  ! * A\n  ...\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse("fuzz", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, step := range s.Steps {
			_, _, _ = parseStep(step, subject.NSD, &state{}) // must not panic
		}
	})
}

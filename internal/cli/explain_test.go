package cli

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term/termtest"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// moments are what is not the same every time in what the verbs print that look
// at names.
var moments = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// onTerminal runs a command on a terminal of that many columns, and returns
// what the screen shows in the end.
func onTerminal(t *testing.T, columns uint16, args ...string) (code int, screen string) {
	t.Helper()
	x := termtest.New(t)
	if err := unix.IoctlSetWinsize(int(x.TTY.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: columns}); err != nil {
		t.Fatal(err)
	}
	code = run(args, strings.NewReader(""), x.TTY, x.TTY)
	return code, strings.Join(termtest.Screen(x.End()), "\n") + "\n"
}

// looks compares what a verb prints about one answer with testdata/output: on a
// terminal of 80 columns, the same in ASCII, in a pipe, and as JSON.
func looks(t *testing.T, name, request string, answer any, code int, args ...string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		newFake(t, map[string]any{request: answer})
		t.Setenv("NO_COLOR", "1")
		got := func(kind string, exit int, text string) {
			if exit != code {
				t.Errorf("%s: exit code %d, want %d", kind, exit, code)
			}
			compare(t, name+"."+kind, moments.ReplaceAllString(text, "2026-11-21T09:30:00Z"))
		}
		for kind, locale := range map[string]string{"terminal": "C.UTF-8", "ascii": "C"} {
			t.Setenv("LC_ALL", locale)
			exit, screen := onTerminal(t, 80, args...)
			got(kind, exit, screen)
			for line := range strings.Lines(screen) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
					t.Errorf("%s: a line of %d characters: %s", kind, n, line)
				}
				if locale == "C" && strings.IndexFunc(line, func(r rune) bool { return r > 0x7e }) >= 0 {
					t.Errorf("in ASCII: %q", line)
				}
			}
		}
		exit, out, errs := piped("", args...)
		got("pipe", exit, out)
		if errs != "" {
			t.Errorf("in a pipe it says %q", errs)
		}
		exit, out, _ = piped("", append(args, "--json")...)
		got("json", exit, out)
	})
}

const servers = "192.0.2.53:53"

// anExplanation leads from www.a.example over an ALIAS to names of others.
func anExplanation() api.Explanation {
	return api.Explanation{
		Name: "www.a.example.", Type: "A", Authority: true, Rcode: "NOERROR", End: "answered", Why: "the records are there", TTL: 42, TTLStep: 6, TookMS: 14.2,
		Steps: []api.ExplainStep{
			{Kind: "CNAME", Owner: "www.a.example.", Type: "A", Zone: "a.example.", Source: "own", Ours: true, TTL: 3600, Left: 3600, Target: "a.example."},
			{Kind: "ALIAS", Owner: "a.example.", Type: "A", Zone: "a.example.", Source: "own", Ours: true, TTL: 300, Left: 300, Target: "a-rather-long-name.of-a-customer.cdn.example.", Via: "*.example.", Why: "on failure: servfail"},
			{Kind: "referral", Owner: "cdn.example.", Type: "A", Zone: "example.", Server: "198.51.100.1:53", Source: "live", TTL: 86400, Left: 86400, TookMS: 8.1, Target: "cdn.example."},
			{Kind: "fetch", Owner: "ns1.cdn.example.", Type: "A", Zone: "cdn.example.", Source: "live", TTL: api.Unknown, Left: api.Unknown},
			{Depth: 1, Kind: "silent", Owner: "ns1.cdn.example.", Type: "A", Zone: "example.", Server: "198.51.100.2:53", Source: "live", TTL: api.Unknown, Left: api.Unknown, TookMS: 1500, Why: "timed out"},
			{Depth: 1, Kind: "exact", Owner: "ns1.cdn.example.", Type: "A", Zone: "example.", Server: "198.51.100.1:53", Source: "live", TTL: 86400, Left: 86400, TookMS: 9.4},
			{Kind: "exact", Owner: "a-rather-long-name.of-a-customer.cdn.example.", Type: "A", Zone: "cdn.example.", Server: servers, Source: "cache", TTL: 60, Left: 42, State: "renewing", Records: []string{"192.0.2.1", "192.0.2.2"}},
		},
		Records: []api.ExplainRecord{
			{Name: "www.a.example.", Type: "CNAME", TTL: 3600, Content: "a.example."},
			{Name: "a.example.", Type: "A", TTL: 42, Content: "192.0.2.1"},
		},
	}
}

func TestExplain(t *testing.T) {
	const request = "GET /explain"
	data := func(e api.Explanation) any { return api.ExplainData{Explanation: e} }
	looks(t, "explain", request, data(anExplanation()), verb.OK, "explain", "www.a.example")
	none := api.Explanation{Name: "no.a.example.", Type: "AAAA", Authority: true, Rcode: "NXDOMAIN", End: "nxdomain", Why: "the name does not exist", TTL: 300, TTLStep: 0, TookMS: 0.04,
		Steps: []api.ExplainStep{{Kind: "nxdomain", Owner: "no.a.example.", Type: "AAAA", Zone: "a.example.", Source: "own", TTL: 300, Left: 300}}}
	looks(t, "explain_nothing", request, data(none), verb.Nothing, "explain", "no.a.example", "aaaa")
	loop := api.Explanation{Name: "l.a.example.", Type: "A", Authority: true, Rcode: "SERVFAIL", End: "loop", Why: "the chain comes back to l.a.example., and goes round and round without ever coming to an end", TTL: api.Unknown, TTLStep: -1, Stale: true,
		EDE: &api.ExplainError{Code: 0, Text: "alias loop at l.a.example."},
		Steps: []api.ExplainStep{
			{Kind: "CNAME", Owner: "l.a.example.", Type: "A", Zone: "a.example.", Source: "own", TTL: 60, Left: 60, Target: "l.a.example."},
			{Kind: "loop", Owner: "l.a.example.", Type: "A", Source: "own", TTL: api.Unknown, Left: api.Unknown, Why: "the chain has passed this name"},
		}}
	looks(t, "explain_loop", request, data(loop), verb.Failed, "explain", "l.a.example", "A")
	caa := api.Explanation{Name: "a.example.", Type: "CAA", Rcode: "NOERROR", End: "answered", Why: "the records are there", TTL: 300, TTLStep: 0,
		CAA:   &api.CAA{Name: "a.example.", At: "example.", Issue: []string{"letsencrypt.org", "ca.example; account=7"}},
		Steps: []api.ExplainStep{{Kind: "exact", Owner: "a.example.", Type: "CAA", Zone: "a.example.", Source: "stale", TTL: 300, Left: 30, Records: []string{`0 issue "letsencrypt.org"`}}}}
	looks(t, "explain_caa", request, data(caa), verb.OK, "explain", "a.example", "CAA")
}

// TestWhatIsAskedFor: NAME and TYPE as they are typed, the TYPE in capitals.
func TestWhatIsAskedFor(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"explain a.example", "GET /explain?name=a.example"},
		{"explain a.example aaaa", "GET /explain?name=a.example&type=AAAA"},
		{"trace a.example mx", "GET /trace?name=a.example&type=MX"},
		{"doctor a.example", "GET /doctor?name=a.example"},
		{"doctor a.example --port 8443", "GET /doctor?name=a.example&port=8443"},
		{"propagation a.example a", "GET /propagation?name=a.example&type=A"},
		{"propagation a.example A --expect 192.0.2.1 --expect 192.0.2.2", "GET /propagation?expect=192.0.2.1&expect=192.0.2.2&name=a.example&type=A"},
		{"propagation a.example A --gone", "GET /propagation?gone=true&name=a.example&type=A"},
	} {
		t.Run(c.args, func(t *testing.T) {
			f := newFake(t, map[string]any{
				"GET /explain": api.ExplainData{}, "GET /trace": api.TraceData{},
				"GET /doctor": api.DiagnosisData{}, "GET /propagation": api.PropagationData{},
			})
			piped("", strings.Fields(c.args)...)
			if got := f.requests(); got != c.want {
				t.Errorf("asked %s, want %s", got, c.want)
			}
		})
	}
}

// TestLookingFails: every verb says what is wrong, and what to do.
func TestLookingFails(t *testing.T) {
	for _, c := range []struct {
		name, args string
		answer     error
		code       int
		want       string
	}{
		{"a server that is older", "explain a.example", nil, 1, "the server does not know how to explain; it may be older than this command"},
		{"a server that is older", "trace a.example", nil, 1, "does not know how to trace"},
		{"a server that is older", "doctor a.example", nil, 1, "does not know how to examine a name"},
		{"a server that is older", "propagation a.example A", nil, 1, "does not know how to look at propagation"},
		{"nobody", "explain a.example", &api.Error{Status: 401, Code: api.CodeUnauthorized, Message: "who?"}, 1, "say who you are: truename login"},
		{"a token that may not", "doctor a.example", &api.Error{Status: 403, Code: api.CodeForbidden, Message: "the token may not see names"}, 1, "the token may not see names [FORBIDDEN]"},
		{"no name", "explain a..example", nil, 2, `"a..example" is no name: `},
		{"no name", "trace .a", nil, 2, `".a" is no name: `},
		{"no name", "doctor @", nil, 2, `needs a name, as in www.example.com; "@" is none`},
		{"no type", "explain a.example NONE", nil, 2, `"NONE" is no type of records: `},
		{"no type", "propagation a.example 1", nil, 2, `"1" is no type of records: `},
		{"what the server does not take", "propagation a.example A --expect x", &api.Error{Status: 400, Code: api.CodeInvalidInput, Message: "x is no address"}, 2, "x is no address [INVALID_INPUT]"},
		{"a server that asks nobody", "trace a.example", &api.Error{Status: 501, Code: api.CodeNotImplemented, Message: "this server asks no other servers"}, 1, "truename: this server asks no other servers [NOT_IMPLEMENTED]"},
		{"no NAME", "explain", nil, 2, "truename explain needs NAME [TYPE]"},
		{"too much", "trace a.example A IN", nil, 2, `does not know what "IN" is for`},
		{"no TYPE", "propagation a.example", nil, 2, "needs NAME TYPE"},
		{"no port", "doctor a.example --port 0", nil, 2, "--port 0 is not a port, a number from 1 to 65535"},
		{"no number", "doctor a.example --port https", nil, 2, "--port"},
		{"gone and there", "propagation a.example A --gone --expect 192.0.2.1", nil, 2, "--gone expects no records, --expect 192.0.2.1 does; say one of them"},
		{"a time to wait without waiting", "propagation a.example A --timeout 5m", nil, 2, "are for --wait"},
		{"no time between looks", "propagation a.example A --wait --interval 0s", nil, 2, "must be more than 0"},
	} {
		t.Run(c.name+" of "+c.args, func(t *testing.T) {
			answers := map[string]any{}
			if c.answer != nil {
				answers["GET /"+strings.Fields(c.args)[0]] = c.answer
			}
			newFake(t, answers)
			code, out, errs := piped("", strings.Fields(c.args)...)
			if code != c.code || out != "" || !strings.Contains(errs, c.want) {
				t.Errorf("%d, %q, %q", code, out, errs)
			}
		})
	}
}

// TestNameOfNothing: an empty NAME is none.
func TestNameOfNothing(t *testing.T) {
	newFake(t, nil)
	for _, args := range [][]string{{"explain", ""}, {"trace", " "}, {"doctor", ""}, {"propagation", "", "A"}} {
		if code, out, errs := piped("", args...); code != verb.WrongUsage || out != "" || !strings.Contains(errs, "needs a name") {
			t.Errorf("%q: %d, %q, %q", args, code, out, errs)
		}
	}
}

// TestColoursOfChains: on a terminal only, and not where NO_COLOR is set.
func TestColoursOfChains(t *testing.T) {
	for _, off := range []string{"", "1"} {
		newFake(t, map[string]any{"GET /explain": api.ExplainData{Explanation: anExplanation()}})
		t.Setenv("NO_COLOR", off)
		x := termtest.New(t)
		run([]string{"explain", "www.a.example"}, strings.NewReader(""), x.TTY, io.Discard)
		shown := x.End()
		for _, want := range []string{"\x1b[36mwww.a.example.\x1b[0m", "\x1b[32mexact\x1b[0m", "\x1b[33msilent\x1b[0m", "\x1b[32manswered: \x1b[0m"} {
			if strings.Contains(shown, want) != (off == "") {
				t.Errorf("NO_COLOR=%q: %q in %q", off, want, shown)
			}
		}
		if off != "" && strings.Contains(shown, "\x1b") {
			t.Errorf("NO_COLOR: %q", shown)
		}
	}
}

// TestWhatServersWroteDoesNotDraw: contents of records are what anybody may have put there.
func TestWhatServersWroteDoesNotDraw(t *testing.T) {
	const evil = "x\x1b[2J\ny\tz"
	e := api.Explanation{Name: evil, Type: evil, End: evil, Why: evil, Rcode: evil, EDE: &api.ExplainError{Text: evil}, TTL: 1, CAA: &api.CAA{At: evil, Issue: []string{evil}, Error: ""},
		Steps:   []api.ExplainStep{{Kind: evil, Owner: evil, Type: evil, Zone: evil, Server: evil, Source: evil, Why: evil, Via: evil, Records: []string{evil}}},
		Records: []api.ExplainRecord{{Name: evil, Type: evil, Content: evil}}}
	d := api.Diagnosis{Name: evil, Status: evil, Verdicts: []api.Verdict{{ID: evil, Status: evil, Title: evil, Seen: []string{evil}, Advice: []string{evil}, Source: evil}}}
	p := api.Propagation{Name: evil, Type: evil, Expect: []string{evil}, ExpectFrom: "given", Warnings: []string{evil}, Servers: []api.PropagationServer{{Server: evil, Name: evil, Kind: evil, State: evil, Rcode: evil, Records: []string{evil}, Why: evil}}}
	tr := api.Trace{Name: evil, Type: evil, Steps: e.Steps, Hops: []api.TraceHop{{Owner: evil, Kind: evil, Server: evil}}, Records: e.Records, Rcode: evil, End: evil, Why: evil}
	newFake(t, map[string]any{"GET /explain": api.ExplainData{Explanation: e}, "GET /trace": api.TraceData{Trace: tr}, "GET /doctor": api.DiagnosisData{Diagnosis: d}, "GET /propagation": api.PropagationData{Propagation: p}})
	t.Setenv("NO_COLOR", "1")
	for _, args := range []string{"explain a", "trace a", "doctor a", "propagation a A"} {
		x := termtest.New(t)
		run(strings.Fields(args), strings.NewReader(""), x.TTY, io.Discard)
		if shown := x.End(); strings.Contains(shown, "\x1b") || strings.Contains(shown, "\t") || !strings.Contains(shown, `x\x1b[2J\ny`) {
			t.Errorf("%s: %q", args, shown)
		}
		var out bytes.Buffer
		run(strings.Fields(args), strings.NewReader(""), &out, io.Discard)
		if strings.Contains(out.String(), "\x1b") || strings.Contains(out.String(), "\ny") {
			t.Errorf("%s in a pipe: %q", args, out.String())
		}
	}
}

// TestDeepTree: what is far below does not push the columns away.
func TestDeepTree(t *testing.T) {
	e := api.Explanation{Name: "a.", Type: "A", End: "answered", TTL: 1, TTLStep: -1}
	for depth := range 40 {
		e.Steps = append(e.Steps, api.ExplainStep{Depth: depth, Kind: "fetch", Owner: "ns.example.", Type: "A", TTL: 3600, Left: 3600})
	}
	newFake(t, map[string]any{"GET /explain": api.ExplainData{Explanation: e}})
	t.Setenv("NO_COLOR", "1")
	_, screen := onTerminal(t, 80, "explain", "a.")
	for line := range strings.Lines(screen) {
		if strings.Contains(line, "fetch") && (!strings.Contains(line, "ns.example. A") || !strings.Contains(line, "3600") || len([]rune(line)) > 81) {
			t.Errorf("%q", line)
		}
	}
}

func TestCompletionOfNameAndType(t *testing.T) {
	newFake(t, map[string]any{"GET /zones": api.ZonesData{Zones: []api.Zone{{Name: "a.example"}, {Name: "b.example"}}, Pagination: paged(2)}})
	for _, c := range []struct{ args, want, not string }{
		{"explain a", "a.example", "b.example"},
		{"trace a.example ", "AAAA", "a.example"},
		{"doctor b", "b.example", "a.example"},
		{"doctor b.example ", ":4", "AAAA"},
		{"propagation a.example A ", ":4", "AAAA"},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Split(c.args, " ")
			_, out, _ := piped("", append([]string{"__complete"}, args...)...)
			if !strings.Contains(out, c.want) || strings.Contains(out, c.not) {
				t.Errorf("%q", out)
			}
		})
	}
}

package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term/termtest"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func serial(n uint32) *uint32 { return &n }

// aPropagation is one in the middle of things.
func aPropagation() api.Propagation {
	until := someTime.Add(250 * time.Second)
	return api.Propagation{
		Name: "www.a.example.", Type: "A", Zone: "a.example.", Ours: true, Expect: []string{"192.0.2.2"}, ExpectFrom: "ours",
		Matches: 2, Differs: 2, Errors: 1, Left: 250, Until: &until, TookMS: 31,
		Warnings: []string{"ns3.example.net. is a server of a.example. for itself, but its parent does not name it"},
		Servers: []api.PropagationServer{
			{Server: "127.0.0.1:5300", Kind: "ours", State: api.StateMatches, Rcode: "NOERROR", Records: []string{"192.0.2.2"}, TTL: 300, Serial: serial(7)},
			{Server: "198.51.100.1:53", Name: "ns1.a-rather-long-name-of-a-provider.example.", Kind: "authoritative", State: api.StateMatches, Rcode: "NOERROR", Records: []string{"192.0.2.2"}, TTL: 300, Serial: serial(7), TookMS: 8.3},
			{Server: "[2001:db8::53]:53", Name: "ns2.example.net.", Kind: "authoritative", State: api.StateError, TTL: api.Unknown, TookMS: 1500, Why: "timed out"},
			{Server: "8.8.8.8:53", Name: "Google", Kind: "resolver", State: api.StateDiffers, Rcode: "NOERROR", Records: []string{"192.0.2.1"}, TTL: 250, TookMS: 11},
			{Server: "9.9.9.9:53", Kind: "resolver", State: api.StateDiffers, Rcode: "NXDOMAIN", TTL: 60, TookMS: 14},
		},
	}
}

func TestPropagation(t *testing.T) {
	const request = "GET /propagation"
	looks(t, "propagation", request, api.PropagationData{Propagation: aPropagation()}, verb.Failed, "propagation", "www.a.example", "A")
	apart := aPropagation()
	apart.Servers = apart.Servers[:2]
	apart.Servers[1].Serial, apart.Servers[1].State = serial(4294967295), api.StateDiffers
	apart.Matches, apart.Differs, apart.Errors, apart.Left, apart.Until, apart.Warnings = 1, 1, 0, api.Unknown, nil, nil
	looks(t, "propagation_apart", request, api.PropagationData{Propagation: apart}, verb.Failed, "propagation", "www.a.example", "A", "--expect", "192.0.2.2")
	looks(t, "propagation_done", request, api.PropagationData{Propagation: arrived()}, verb.OK, "propagation", "www.a.example", "A")
}

// arrived is aPropagation when all match.
func arrived() api.Propagation {
	p := aPropagation()
	p.Servers = slices.Delete(p.Servers, 2, 3)
	p.Servers[2].State, p.Servers[2].Records = api.StateMatches, []string{"192.0.2.2"}
	p.Servers[3].State, p.Servers[3].Records, p.Servers[3].Rcode = api.StateMatches, []string{"192.0.2.2"}, "NOERROR"
	p.Matches, p.Differs, p.Errors, p.Left, p.Until, p.Warnings, p.Done = 4, 0, 0, 0, nil, nil, true
	return p
}

// looksAt is a server that answers look after look, the last one for ever; an
// error stands for one that fails.
func looksAt(t *testing.T, looks ...any) {
	t.Helper()
	atHome(t)
	var mu sync.Mutex
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		look := looks[0]
		if len(looks) > 1 {
			looks = looks[1:]
		}
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if e, failed := look.(*api.Error); failed {
			w.WriteHeader(e.Status)
			_ = json.NewEncoder(w).Encode(api.Failure{Status: api.Failed, Error: e})
			return
		}
		_ = json.NewEncoder(w).Encode(api.Response[any]{Status: api.Success, Data: api.PropagationData{Propagation: look.(api.Propagation)}})
	}))
	t.Cleanup(s.Close)
	t.Setenv("TRUENAME_SERVER", s.URL)
	t.Setenv("TRUENAME_TOKEN", "truename_secret")
	t.Setenv("NO_COLOR", "1")
	t.Setenv("LC_ALL", "C.UTF-8")
}

var waiting = []string{"propagation", "www.a.example", "A", "--wait", "--interval", "20ms"}

// TestWaitInAPipe: a line when a server says something else, none for a TTL
// that only runs down.
func TestWaitInAPipe(t *testing.T) {
	later := aPropagation()
	later.Servers[3].TTL = 249
	looksAt(t, aPropagation(), later, later, arrived())
	code, out, errs := piped("", waiting...)
	if code != verb.OK || errs != "" {
		t.Errorf("%d, %s", code, errs)
	}
	compare(t, "propagation_wait.pipe", moments.ReplaceAllString(out, "2026-11-21T09:30:00Z"))
}

func TestWaitInJSON(t *testing.T) {
	looksAt(t, aPropagation(), aPropagation(), arrived())
	code, out, errs := piped("", append(waiting, "--json")...)
	if code != verb.OK || errs != "" {
		t.Errorf("%d, %s", code, errs)
	}
	var done []bool
	for line := range strings.Lines(out) {
		var p api.Propagation
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		done = append(done, p.Done)
	}
	if !slices.Equal(done, []bool{false, true}) {
		t.Errorf("done: %v", done)
	}
}

// TestWaitOnATerminal: the table is drawn over the one before, and the last one stays.
func TestWaitOnATerminal(t *testing.T) {
	looksAt(t, aPropagation(), arrived())
	code, screen := onTerminal(t, 80, waiting...)
	if code != verb.OK {
		t.Errorf("exit code %d", code)
	}
	compare(t, "propagation_wait.terminal", screen)
}

// TestWaitShowsHowTimeGoes: between two looks a resolver's TTL runs down.
func TestWaitShowsHowTimeGoes(t *testing.T) {
	looksAt(t, aPropagation())
	x := termtest.New(t)
	code := make(chan int)
	go func() {
		code <- run([]string{"propagation", "www.a.example", "A", "--wait", "--interval", "1h"}, strings.NewReader(""), x.TTY, x.TTY)
	}()
	x.Await(`Google .* 2[0-4]\d `) // of 250
	x.Await(`asking again in 59m\d+s`)
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if got := <-code; got != verb.Interrupted {
		t.Errorf("exit code %d", got)
	}
	screen := strings.Join(termtest.Screen(x.End()), "\n")
	if !strings.HasSuffix(screen, "truename: interrupted") || strings.Contains(screen, "asking again") || strings.Count(screen, "Google") != 1 {
		t.Errorf("the screen shows\n%s", screen)
	}
}

func TestWaitsThatEndInVain(t *testing.T) {
	busy := &api.Error{Status: 500, Code: api.CodeInternal, Message: "broken for a moment"}
	for _, c := range []struct {
		name  string
		looks []any
		args  []string
		code  int
		out   string
		errs  string
	}{
		{"too late", []any{aPropagation()}, []string{"--timeout", "1500ms"}, 1, "end\twaiting\t2\t2\t1\t250\n", "truename: after 1s: 2 of 5 servers match, 1 gave no answer; the last cache forgets in 4m10s"},
		{"nothing by then", []any{busy}, nil, 1, "", "truename: broken for a moment [INTERNAL_ERROR]"},
		{"a moment without", []any{aPropagation(), busy, arrived()}, nil, 0, "end\tdone\t4\t0\t0\t0\n", ""},
		{"a refusal later on", []any{aPropagation(), &api.Error{Status: 403, Code: api.CodeForbidden, Message: "the token may not any more"}}, nil, 1, "end\twaiting", "truename: the token may not any more [FORBIDDEN]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			looksAt(t, c.looks...)
			code, out, errs := piped("", append(slices.Clone(waiting), c.args...)...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.HasPrefix(errs, c.errs) || c.errs == "" && errs != "" {
				t.Errorf("%d, %q, %q", code, out, errs)
			}
		})
	}
	t.Run("no answer at all", func(t *testing.T) {
		atHome(t)
		stop := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
		t.Cleanup(s.Close)
		t.Cleanup(func() { close(stop) })
		t.Setenv("TRUENAME_SERVER", s.URL)
		code, out, errs := piped("", append(slices.Clone(waiting), "--timeout", "50ms")...)
		if code != verb.Failed || out != "" || !strings.Contains(errs, "the server gave no answer within 50ms; --timeout gives it longer") {
			t.Errorf("%d, %q, %q", code, out, errs)
		}
	})
	t.Run("a look that fails is told", func(t *testing.T) {
		looksAt(t, aPropagation(), busy)
		x := termtest.New(t)
		code := make(chan int)
		go func() {
			code <- run(append(slices.Clone(waiting), "--timeout", "1m"), strings.NewReader(""), x.TTY, io.Discard)
		}()
		x.Await("the last look failed: broken for a moment; asking")
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if got := <-code; got != verb.Interrupted {
			t.Errorf("exit code %d", got)
		}
		x.End()
	})
}

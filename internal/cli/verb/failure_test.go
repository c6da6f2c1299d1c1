package verb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
)

func TestFailures(t *testing.T) {
	finding := api.Finding{Severity: "error", Code: "cname-loop", Message: "a. leads to itself", Conflicts: []string{"a. CNAME b.", "b. CNAME a."}, Fix: "break it"}
	const told = "error: a. leads to itself [cname-loop]\n    a. CNAME b.\n    b. CNAME a.\n  fix: break it\n"
	for _, c := range []struct {
		name string
		err  error
		code int
		want string
	}{
		{"none", nil, 0, ""},
		{"findings that are printed already", ErrFound, 1, ""},
		{"a mistake in the command line", Usagef("say more"), 2, "truename: say more\n"},
		{"anything else", errors.New("no space"), 1, "truename: no space\n"},
		{"an interruption", fmt.Errorf("x: %w", context.Canceled), 130, "truename: interrupted\n"},
		{"a plan that breaks rules", WithCode(Refused, errors.New("the plan breaks rules and cannot be applied; nothing was changed")), 3, "truename: the plan breaks rules and cannot be applied; nothing was changed\n"},
		{"a rule", &api.Error{Status: 409, Code: "CONFLICT", Message: "a. leads to itself; break it", Findings: []api.Finding{finding}}, 3,
			"truename: refused by 1 rule; nothing was changed [CONFLICT]\n" + told},
		{"a message that says more than its findings", &api.Error{Status: 422, Code: "X", Message: "the file has errors", Findings: []api.Finding{finding}}, 3,
			"truename: the file has errors [X]\n" + told},
		{"what moved", fmt.Errorf("f.zone: %w", &api.Error{Status: 412, Code: "PRECONDITION_FAILED", Message: "moved"}), 3, "truename: f.zone: moved [PRECONDITION_FAILED]\n"},
		{"a stranger", &api.Error{Status: 401, Code: "UNAUTHORIZED", Message: "who?"}, 1, "truename: who? [UNAUTHORIZED]\n  say who you are: truename login, TRUENAME_TOKEN or --token-file\n"},
		{"a broken server", &api.Error{Status: 500, Code: "INTERNAL_ERROR", Message: "failed", Request: "r7"}, 1, "truename: failed [INTERNAL_ERROR]\n  the server's log knows it as request r7\n"},
		{"nobody", fmt.Errorf("%w at http://x: refused", api.ErrUnreachable), 1,
			"truename: no server answers at http://x: refused; is it running (truename serve), and is the address right (--server, TRUENAME_SERVER)?\n"},
		{"a server that draws", &api.Error{Status: 400, Code: "X\x1b", Message: "\x1b[2J"}, 1, "truename: \\x1b[2J [X\\x1b]\n"},
		{"a place in a file", &api.Error{Status: 400, Code: "X", Message: "bad", Findings: []api.Finding{{Severity: "error", Code: "c", Message: "m", Line: 3, Column: 9}}}, 1,
			"truename: bad [X]\n3:9: error: m [c]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w bytes.Buffer
			Report(&w, c.err)
			if w.String() != c.want || ExitCode(c.err) != c.code {
				t.Errorf("%d, %q; want %d, %q", ExitCode(c.err), w.String(), c.code, c.want)
			}
		})
	}
}

// TestExitCodes: what an error says itself goes before what it is made of.
func TestExitCodes(t *testing.T) {
	refused := &api.Error{Status: 422}
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"a mistake in the command line", Usagef("x: %w", context.Canceled), WrongUsage},
		{"a wrapped one", fmt.Errorf("f: %w", Usage(errors.New("x"))), WrongUsage},
		{"said by the error", WithCode(Refused, errors.New("x")), Refused},
		{"said to be no refusal", WithCode(Failed, refused), Failed},
		{"a refusal", fmt.Errorf("f: %w", refused), Refused},
		{"an answer that is none", &api.Error{Status: 404}, Failed},
		{"a rate limit", &api.Error{Status: 429}, Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ExitCode(c.err); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
	if err := Usage(context.Canceled); !errors.Is(err, context.Canceled) || err.Error() != context.Canceled.Error() {
		t.Errorf("a mistake hides its cause: %v", err)
	}
}

func TestAFixIsSaidOnce(t *testing.T) {
	f := func(message, code, fix string) api.Finding {
		return api.Finding{Severity: "warning", Code: code, Message: message, Fix: fix}
	}
	for _, c := range []struct {
		name string
		list []api.Finding
		want string
	}{
		{"one", []api.Finding{f("a", "x", "do")}, "warning: a [x]\n  fix: do"},
		{"the same twice", []api.Finding{f("a", "x", "do"), f("b", "x", "do")}, "warning: a [x]\nwarning: b [x]\n  fix: do"},
		{"of another rule", []api.Finding{f("a", "x", "do"), f("b", "y", "do")}, "warning: a [x]\n  fix: do\nwarning: b [y]\n  fix: do"},
		{"another of the same rule", []api.Finding{f("a", "x", "do"), f("b", "x", "else")}, "warning: a [x]\n  fix: do\nwarning: b [x]\n  fix: else"},
		{"none", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Findings(term.Style{}, c.list); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestMistakesInWhatWasSent(t *testing.T) {
	var w bytes.Buffer
	Report(&w, &api.Error{Status: 400, Code: "INVALID_INPUT", Message: "bad text; fix it", Findings: []api.Finding{{Severity: "error", Code: "bad-field", Message: "bad text", File: "a.zone", Line: 5, Column: 7}}})
	if want := "truename: 1 mistake; nothing was changed [INVALID_INPUT]\na.zone:5:7: error: bad text [bad-field]\n"; w.String() != want {
		t.Errorf("%q, want %q", w.String(), want)
	}
}

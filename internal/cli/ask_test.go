package cli

import (
	"strings"
	"syscall"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/login"
	"github.com/truename-dns/truename/internal/cli/term/termtest"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// TestQuestions: on a terminal what would change is shown, and a person decides.
func TestQuestions(t *testing.T) {
	for _, c := range []struct {
		name, args, typed string
		code              int
		asks              string // of the last request
		shown             string
	}{
		{"undo, yes", "undo 42", "y\n", 0, "POST /changes/42/undo {}", "Take change 42 back? [y/N] y"},
		{"undo, no", "undo 42", "n\n", 1, `POST /changes/42/undo {"dry_run":true}`, "nothing was changed"},
		{"undo, only return", "undo 42", "\n", 1, `POST /changes/42/undo {"dry_run":true}`, "nothing was changed"},
		{"undo, something else", "undo 42", "maybe\n", 1, `POST /changes/42/undo {"dry_run":true}`, "nothing was changed"},
		{"undo, end of input", "undo 42", "\x04", 1, `POST /changes/42/undo {"dry_run":true}`, "nothing was changed"},
		{"delete a zone", "zone rm a.example", "yes\n", 0, `POST /changes {"zones":[{"zone":"a.example","delete":true}]}`, "- www.a.example."},
		{"restore a zone", "restore a.example --to 5", "n\n", 1, `POST /zones/a.example/restore {"serial":5,"dry_run":true}`, "Bring a.example back to this?"},
		{"retarget, yes", "retarget old.example.net new.example.net", "y\n", 0, "POST /plans/p1/apply {}", "12 records follow or refer to it"},
		{"retarget, no", "retarget old.example.net new.example.net", "no\n", 1, `POST /plans {"kind":"retarget","from":"old.example.net","to":"new.example.net"}`, "Apply this plan? [y/N]"},
		{"remove an account", "account rm ops@example.net", "y\n", 0, "DELETE /users/acc2", "with all its tokens?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, doneAnswers())
			x := termtest.New(t)
			code := make(chan int)
			go func() { code <- run(strings.Fields(c.args), x.TTY, x.TTY, x.TTY) }()
			x.Await(`\[y/N\]`)
			x.Type(c.typed)
			if got := <-code; got != c.code {
				t.Errorf("exit code %d, want %d", got, c.code)
			}
			requests := strings.Split(f.requests(), "\n")
			if got := requests[len(requests)-1]; got != c.asks {
				t.Errorf("asked %s, want %s", got, c.asks)
			}
			if shown := x.End(); !strings.Contains(shown, c.shown) {
				t.Errorf("shown %q, want %q", shown, c.shown)
			}
		})
	}
}

// TestInterruptedQuestion: Ctrl-C at a question ends the command at once.
func TestInterruptedQuestion(t *testing.T) {
	f := newFake(t, doneAnswers())
	x := termtest.New(t)
	code := make(chan int)
	go func() { code <- run([]string{"undo", "42"}, x.TTY, x.TTY, x.TTY) }()
	x.Await(`\[y/N\]`)
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if got := <-code; got != verb.Interrupted {
		t.Errorf("exit code %d", got)
	}
	x.Type("\n") // for the reader that is left
	if strings.Contains(f.requests(), "undo {}") {
		t.Errorf("asked\n%s", f.requests())
	}
	if shown := x.End(); !strings.Contains(shown, "truename: interrupted") {
		t.Errorf("shown %q", shown)
	}
}

func TestLogin(t *testing.T) {
	path := ""
	withToken := func(t *testing.T) *fake {
		f := newFake(t, map[string]any{"GET /whoami": api.WhoAmI{Name: "admin"}})
		t.Setenv("TRUENAME_TOKEN", "")
		path, _ = login.Path()
		return f
	}
	t.Run("from a pipe", func(t *testing.T) {
		f := withToken(t)
		code, out, errs := piped("truename_piped\n", "login")
		if l, err := login.Read(); code != 0 || out != "" || err != nil || l.Token != "truename_piped" || f.requests() != "GET /whoami" {
			t.Errorf("%d, %q, %q; kept %+v, %v", code, out, errs, l, err)
		}
		if !strings.Contains(errs, path) || strings.Contains(errs, "piped") || !strings.Contains(errs, "admin") {
			t.Errorf("%q", errs)
		}
		if code, _, errs = piped("", "logout"); code != 0 || errs != "" {
			t.Errorf("logout: %d, %q", code, errs)
		}
		if l, err := login.Read(); err != nil || l != (login.Login{}) {
			t.Errorf("after logout: %+v, %v", l, err)
		}
		if code, _, errs = piped("", "logout"); code != 0 || errs != "there was no login\n" {
			t.Errorf("logout again: %d, %q", code, errs)
		}
	})
	t.Run("at a terminal, unseen", func(t *testing.T) {
		withToken(t)
		x := termtest.New(t)
		code := make(chan int)
		go func() { code <- run([]string{"login"}, x.TTY, x.TTY, x.TTY) }()
		x.Await("Token for http")
		x.Type("truename_typed\n")
		if got := <-code; got != 0 {
			t.Errorf("exit code %d", got)
		}
		if shown := x.End(); strings.Contains(shown, "typed") {
			t.Errorf("shown %q", shown)
		}
		if l, err := login.Read(); err != nil || l.Token != "truename_typed" {
			t.Errorf("kept %+v, %v", l, err)
		}
	})
	t.Run("with a token that the server does not know", func(t *testing.T) {
		f := withToken(t)
		f.answers["GET /whoami"] = &api.Error{Status: 401, Code: api.CodeUnauthorized, Message: "the token is not known"}
		code, _, errs := piped("wrong\n", "login")
		if l, err := login.Read(); code != verb.Failed || l != (login.Login{}) || err != nil || !strings.Contains(errs, "[UNAUTHORIZED]") {
			t.Errorf("%d, %q; kept %+v, %v", code, errs, l, err)
		}
	})
	t.Run("without any", func(t *testing.T) {
		f := withToken(t)
		if code, _, errs := piped("", "login"); code != verb.WrongUsage || !strings.Contains(errs, "there is no token") || f.requests() != "" {
			t.Errorf("%d, %q", code, errs)
		}
	})
	t.Run("JSON", func(t *testing.T) {
		withToken(t)
		if code, out, _ := piped("x\n", "login", "--json"); code != 0 || !strings.Contains(out, `"file": "`+path) {
			t.Errorf("%d, %q", code, out)
		}
	})
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/login"
	"github.com/truename-dns/truename/internal/cli/man"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// TestWhichServerAndToken: flags beat the environment, which beats the login.
func TestWhichServerAndToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("of-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := login.Login{Server: "http://kept.example", Token: "of-the-login"}
	for _, c := range []struct {
		name          string
		args          []string
		env           [2]string // TRUENAME_SERVER and TRUENAME_TOKEN
		login         login.Login
		server, token string
	}{
		{"nothing said", nil, [2]string{}, login.Login{}, "http://127.0.0.1:8053", ""},
		{"a login", nil, [2]string{}, kept, "http://kept.example", "of-the-login"},
		{"the environment", nil, [2]string{"http://env.example", "of-the-env"}, kept, "http://env.example", "of-the-env"},
		{"another server than that of the login", []string{"--server", "http://flag.example"}, [2]string{}, kept, "http://flag.example", ""},
		{"flags", []string{"--server", "http://flag.example", "--token", "of-the-flag"}, [2]string{"http://env.example", "of-the-env"}, kept, "http://flag.example", "of-the-flag"},
		{"a file", []string{"--token-file", file, "--token", "of-the-flag"}, [2]string{"", "of-the-env"}, kept, "http://kept.example", "of-the-file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			atHome(t)
			t.Setenv("TRUENAME_SERVER", c.env[0])
			t.Setenv("TRUENAME_TOKEN", c.env[1])
			if c.login != (login.Login{}) {
				if _, err := c.login.Write(); err != nil {
					t.Fatal(err)
				}
			}
			leaf := leafOf(t, c.args)
			s, err := open(t.Context(), leaf)
			if err != nil || s.Server() != c.server {
				t.Fatalf("%v, %v", s, err)
			}
			token, err := tokenFor(leaf, c.server, c.login)
			if err != nil || token != c.token {
				t.Errorf("token %q, %v; want %q", token, err, c.token)
			}
		})
	}
}

// leafOf is the command zone list after it has read args.
func leafOf(t *testing.T, args []string) *cobra.Command {
	t.Helper()
	leaf, rest, err := newRoot().Find(append([]string{"zone", "list"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	if err := leaf.ParseFlags(rest); err != nil {
		t.Fatal(err)
	}
	return leaf
}

func TestWhatCannotBeOpened(t *testing.T) {
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"an address that is none", "is not the address of a server", []string{"--server", "dns.example.net"}},
		{"an address with a password", "more than a scheme, a host and a path", []string{"--server", "http://u:hidden@x"}},
		{"a token file that is not there", "--token-file: open none: no such file", []string{"--token-file", "none"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			atHome(t)
			_, err := open(t.Context(), leafOf(t, c.args))
			if verb.ExitCode(err) != verb.WrongUsage || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestEveryVerbIsComplete: each has a line of help, and those that speak to a
// server all take the same flags for it.
func TestEveryVerbIsComplete(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range man.Documented(c) {
			visit(sub)
			if sub.Short == "" || strings.HasSuffix(sub.Short, ".") {
				t.Errorf("%s: short help %q", sub.CommandPath(), sub.Short)
			}
			if verb.IsRemote(sub) && sub.Args == nil {
				t.Errorf("%s does not say which arguments it takes", sub.CommandPath())
			}
			if verb.IsRemote(sub) && sub.InheritedFlags().Lookup("json") == nil {
				t.Errorf("%s hides --json", sub.CommandPath())
			}
		}
	}
	visit(newRoot())
}

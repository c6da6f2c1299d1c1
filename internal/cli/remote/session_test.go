package remote

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/login"
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
			t.Setenv("XDG_CONFIG_HOME", t.TempDir())
			t.Setenv("TRUENAME_SERVER", c.env[0])
			t.Setenv("TRUENAME_TOKEN", c.env[1])
			if c.login != (login.Login{}) {
				if _, err := c.login.Write(); err != nil {
					t.Fatal(err)
				}
			}
			leaf := leafOf(t, c.args)
			s, err := Open(t.Context(), leaf)
			if err != nil || s.Server() != c.server {
				t.Fatalf("%v, %v", s, err)
			}
			token, err := TokenFor(leaf, c.server, c.login)
			if err != nil || token != c.token {
				t.Errorf("token %q, %v; want %q", token, err, c.token)
			}
		})
	}
}

// leafOf is a command that speaks to a server after it has read args.
func leafOf(t *testing.T, args []string) *cobra.Command {
	t.Helper()
	c := &cobra.Command{Use: "truename", Version: "1.2.3"}
	Flags(c.Flags())
	if err := c.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return c
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
			t.Setenv("XDG_CONFIG_HOME", t.TempDir())
			_, err := Open(t.Context(), leafOf(t, c.args))
			if verb.ExitCode(err) != verb.WrongUsage || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTheTokenOfALoginGoesToItsServerOnly(t *testing.T) {
	kept := login.Login{Server: "https://dns.example.net", Token: "kept"}
	for _, c := range []struct{ name, server, want string }{
		{"the same", "https://dns.example.net", "kept"},
		{"with the path of the API", "https://dns.example.net/v1/", "kept"},
		{"another host", "https://dns.example.org", ""},
		{"without TLS", "http://dns.example.net", ""},
		{"another port", "https://dns.example.net:8443", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("TRUENAME_TOKEN", "")
			got, err := TokenFor(leafOf(t, nil), c.server, kept)
			if err != nil || got != c.want {
				t.Errorf("token %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

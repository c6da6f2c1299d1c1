package cli

import (
	"testing"

	"github.com/truename-dns/truename/internal/cli/login"
)

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
			got, err := tokenFor(newRoot(), c.server, kept)
			if err != nil || got != c.want {
				t.Errorf("token %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestInTheClear(t *testing.T) {
	for server, want := range map[string]bool{
		"https://dns.example.net": false, "http://127.0.0.1:8053": false, "http://[::1]:8053": false,
		"http://localhost:8053": false, "http://dns.example.net": true, "http://192.0.2.1:8053": true,
	} {
		if got := inTheClear(server); got != want {
			t.Errorf("inTheClear(%s) = %v", server, got)
		}
	}
}

package cli

import (
	"testing"
)

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

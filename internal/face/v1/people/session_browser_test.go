package people

import (
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access/people"
)

func TestWhereBrowsersHavePasskeys(t *testing.T) {
	for _, test := range []struct {
		domain, origin string
		want           bool
	}{
		{"localhost", "http://localhost:8053", true},
		{"dns.localhost", "http://dns.localhost", true},
		{"dns.example.org", "https://dns.example.org", true},
		{"dns.example.org", "http://dns.example.org", false},
		{"notlocalhost", "http://notlocalhost", false},
		{"192.0.2.1", "https://192.0.2.1", false},
		{"[2001:db8::1]", "https://[2001:db8::1]", false},
		{"2001:db8::1", "https://[2001:db8::1]:8053", false},
		{"", "https://", false},
	} {
		if got := canPasskeys(&people.Site{Domain: test.domain, Origin: test.origin}); got != test.want {
			t.Errorf("%s: %v", test.origin, got)
		}
	}
}

func TestHowLongACodeIsValid(t *testing.T) {
	for days, want := range map[int]time.Duration{-1: -1, 0: 0, 1: 24 * time.Hour, 7: 7 * 24 * time.Hour, 8: -1} {
		got, err := valid(days)
		if want < 0 != (err != nil) || err == nil && got != want {
			t.Errorf("%d days: %v, %v", days, got, err)
		}
	}
}

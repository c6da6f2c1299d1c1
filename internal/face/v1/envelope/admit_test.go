package envelope

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

func TestTokensInTheHeader(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   string // empty for an error
	}{
		{"as it is written", []string{"Bearer abc"}, "abc"},
		{"in another case", []string{"bearer abc"}, "abc"},
		{"with more space", []string{"Bearer   abc "}, "abc"},
		{"none", nil, ""},
		{"empty", []string{""}, ""},
		{"the scheme alone", []string{"Bearer"}, ""},
		{"the scheme and space", []string{"Bearer  "}, ""},
		{"the token alone", []string{"abc"}, ""},
		{"another scheme", []string{"Basic YTpi"}, ""},
		{"twice", []string{"Bearer abc", "Bearer abc"}, ""},
		{"as long as may be", []string{"Bearer " + strings.Repeat("x", 512)}, strings.Repeat("x", 512)},
		{"longer", []string{"Bearer " + strings.Repeat("x", 513)}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header["Authorization"] = test.values
			got, failed := Bearer(r)
			if got != test.want || (failed == nil) != (test.want != "") {
				t.Fatalf("%q %v", got, failed)
			}
			if failed != nil && (failed.Status != 401 || strings.Contains(failed.Message, "abc")) {
				t.Errorf("%d %s", failed.Status, failed.Message)
			}
		})
	}
}

func TestWhatATokenHasLeftIsSaid(t *testing.T) {
	tests := []struct {
		name  string
		quota access.Quota
		fine  bool
		reset string
	}{
		{"no limit", access.Quota{}, true, ""},
		{"some left", access.Quota{OK: true, Limit: 10, Remaining: 3, Reset: 1100 * time.Millisecond}, true, "2"},
		{"at rest", access.Quota{OK: true, Limit: 10, Remaining: 10}, true, "0"},
		{"none left", access.Quota{Limit: 10, Reset: time.Second, RetryAfter: 300 * time.Millisecond}, false, "1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := make(http.Header)
			failed := Throttle(h, test.quota)
			if (failed == nil) != test.fine || h.Get("RateLimit-Reset") != test.reset || (h.Get("RateLimit-Limit") != "") != (test.reset != "") {
				t.Errorf("%v %v", failed, h)
			}
			if failed != nil && (failed.Status != 429 || failed.RetryAfter < time.Second) {
				t.Errorf("%d after %v", failed.Status, failed.RetryAfter)
			}
		})
	}
}

package cloudflare

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

var netipLocal = netip.MustParseAddr("127.0.0.1")

func TestBothKindsOfAuthentication(t *testing.T) {
	d := newDesk(t)
	key := strings.ReplaceAll(secret, " ", "-")
	_, global, err := d.keeper.CreateToken(context.Background(), d.admin, &access.TokenSpec{Name: "global", Key: true, Scopes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		headers map[string]string
		status  int
		code    int
	}{
		{"bearer token", map[string]string{"Authorization": "Bearer " + key}, 200, 0},
		{"scheme in lower case", map[string]string{"Authorization": "bearer " + key}, 200, 0},
		{"email and the secret of a token", map[string]string{"X-Auth-Email": email, "X-Auth-Key": key}, 200, 0},
		{"email in capitals", map[string]string{"X-Auth-Email": strings.ToUpper(email), "X-Auth-Key": key}, 200, 0},
		{"email and a key of 37 digits", map[string]string{"X-Auth-Email": email, "X-Auth-Key": global}, 200, 0},
		{"nothing", nil, 400, 9106},
		{"another scheme", map[string]string{"Authorization": "Basic " + key}, 400, 6111},
		{"no scheme", map[string]string{"Authorization": key}, 400, 6111},
		{"a token with a space", map[string]string{"Authorization": "Bearer " + secret}, 400, 6111},
		{"a token too short to be one", map[string]string{"Authorization": "Bearer x"}, 400, 6111},
		{"a token too long to be one", map[string]string{"Authorization": "Bearer " + strings.Repeat("x", 600)}, 400, 6111},
		{"a key without an email", map[string]string{"X-Auth-Key": key}, 400, 6102},
		{"an email without a key", map[string]string{"X-Auth-Email": email}, 400, 6103},
		{"a key of one letter", map[string]string{"X-Auth-Email": email, "X-Auth-Key": "x"}, 400, 6103},
		{"an unknown token", map[string]string{"Authorization": "Bearer nobody-has-this-token"}, 403, 9109},
		{"an unknown key", map[string]string{"X-Auth-Email": email, "X-Auth-Key": "nobody-has-this-key"}, 403, 9103},
		{"any email with the key of the first account", map[string]string{"X-Auth-Email": "other@example.com", "X-Auth-Key": key}, 200, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB, d.headers = t, c.headers
			a := d.do("GET", "/user/tokens/verify", nil)
			if c.status == 200 {
				a.ok().want("result/status", "active", "messages/0/message", "This API Token is valid and active")
				return
			}
			a.fails(c.status, c.code, "")
			if c.status == 400 && c.code < 9000 {
				a.want("errors/0/code", 6003, "errors/0/message", "Invalid request headers")
			}
		})
	}
}

func TestNoSecretIsInAnAnswer(t *testing.T) {
	d := newDesk(t)
	key := strings.ReplaceAll(secret, " ", "-")
	for _, path := range []string{"/user", "/user/tokens/verify", "/accounts", "/zones", "/nowhere"} {
		d.do("GET", path, nil)
	}
	d.bearer(key + "x")
	d.do("GET", "/zones", nil)
	for _, body := range d.seen {
		if strings.Contains(body, key) {
			t.Errorf("the secret is in %s", body)
		}
	}
}

func TestGuessingIsThrottled(t *testing.T) {
	d := newDesk(t)
	d.bearer("nobody-has-this-token")
	for range 200 {
		if a := d.do("GET", "/zones", nil); a.status == http.StatusTooManyRequests {
			a.fails(429, 971, "Please wait and consider throttling your request speed")
			if a.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("two hundred guesses are let pass")
}

func TestRateLimit(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.Limiter = access.NewLimiter(0.01, 3, 100) })
	for range 3 {
		d.do("GET", "/zones", nil).ok()
	}
	a := d.do("GET", "/zones", nil).fails(429, 971, "Please wait")
	if a.header.Get("Retry-After") != "100" {
		t.Errorf("Retry-After: %q", a.header.Get("Retry-After"))
	}
}

func TestATokenSeesAndDoesWhatItMay(t *testing.T) {
	d := newDesk(t)
	mine, other := d.make("example.com"), d.make("example.net")
	d.token(access.TokenSpec{Scopes: []string{"zones:read", "records:*"}, Zones: []string{"example.com"}, Owners: []string{"_acme-challenge"}, Types: []string{"TXT"}, Expires: time.Now().Add(time.Hour)})
	d.do("GET", "/user/tokens/verify", nil).ok()
	d.do("GET", "/zones", nil).ok().want("result_info/total_count", 1, "result/0/name", "example.com", "result/0/permissions", "[#dns_records:edit #dns_records:read #zone:read]")
	d.do("GET", other, nil).fails(404, 7003, "object identifier is invalid")
	d.record(mine, `{"type":"TXT","name":"_acme-challenge","content":"x"}`)
	d.do("POST", mine+"/dns_records", `{"type":"TXT","name":"www","content":"x"}`).fails(403, 10000, "may not write at www.example.com")
	d.do("POST", mine+"/dns_records", `{"type":"A","name":"_acme-challenge","content":"192.0.2.1"}`).fails(403, 10000, "type A")
	d.do("POST", "/zones", `{"name":"example.org"}`).fails(403, 10000, "zones:write")
	d.do("DELETE", mine, nil).fails(403, 10000, "zones:write")
	d.do("PATCH", mine+"/dns_settings", `{"flatten_all_cnames":true}`).fails(403, 10000, "zones:write")
	d.do("PUT", mine+"/activation_check", nil).fails(403, 10000, "zones:write")
	d.do("PATCH", mine+"/dnssec", `{"status":"disabled"}`).fails(403, 10000, "zones:write")
	d.do("DELETE", mine+"/dnssec", nil).fails(403, 10000, "zones:write")

	d.token(access.TokenSpec{Scopes: []string{"activity:read"}})
	d.do("GET", "/zones", nil).fails(403, 10000, "zones:read")
	d.do("GET", mine, nil).fails(403, 10000, "zones:read")
	d.token(access.TokenSpec{Scopes: []string{"zones:read"}})
	d.do("GET", mine+"/dns_records", nil).fails(403, 10000, "records:read")
	d.do("GET", mine+"/dns_records/usage", nil).fails(403, 10000, "records:read")
	d.do("GET", mine+"/dns_records/export", nil).fails(403, 10000, "records:read")
}

func TestUserAndAccounts(t *testing.T) {
	d := newDesk(t)
	id := d.do("GET", "/user", nil).ok().want("result/email", email).text("result/id")
	if len(id) != 32 {
		t.Errorf("id %q", id)
	}
	d.do("GET", "/accounts", nil).ok().want("result/0/id", id, "result/0/name", "admin", "result_info/total_count", 1)
	d.do("GET", "/accounts?name=admin", nil).ok().want("result_info/total_count", 1)
	d.do("GET", "/accounts?name=nobody", nil).ok().want("result_info/total_count", 0, "result", "[]")
	d.do("GET", "/accounts/"+id, nil).ok().want("result/id", id)
	d.do("GET", "/accounts/"+id+"/tokens/verify", nil).ok().want("result/status", "active")
	d.do("GET", "/accounts/"+strings.Repeat("9", 32), nil).fails(404, 7003, "/accounts/999")
	d.token(access.TokenSpec{Scopes: []string{"zones:read"}})
	d.do("GET", "/accounts", nil).ok().want("result/0/id", id)
	d.token(access.TokenSpec{Scopes: []string{"*"}, Expires: time.Now().Add(time.Hour)})
	if d.do("GET", "/user/tokens/verify", nil).ok().at("result/expires_on") == nil {
		t.Error("no expires_on")
	}
}

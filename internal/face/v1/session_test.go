package v1

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/v1/people"
)

// first is a browser at a server to which nobody has been yet, and the setup code as $code.
func (d *desk) first() *browser {
	d.Helper()
	code, err := d.People.EnsureSetup(d.Context())
	if err != nil || code == "" {
		d.Fatalf("%q, %v", code, err)
	}
	d.vars["code"] = code
	return d.browser()
}

const setupBody = `{"code":"$code","email":"jo@example.org","name":"Jo","password":"otter sings below ice"}`

func TestTheFirstVisit(t *testing.T) {
	b := newDesk(t).first()
	b.run([]step{
		{"nobody is there yet", "GET", "/session", "", nil, 200, []string{"data.session.state=setup", "data.session.passkeys=true", "!data.session.user", "!data.session.csrf"}},
		{"another code", "POST", "/setup", strings.Replace(setupBody, "$code", "ABCD", 1), nil, 400, []string{"error.code=INVALID_INPUT", "error.details.0.field=code", "error.details.0.fix~token"}},
		{"a weak password", "POST", "/setup", strings.Replace(setupBody, "otter sings below ice", "password123", 1), nil, 400, []string{"error.details.0.field=password"}},
		{"the setup", "POST", "/setup", setupBody, nil, 201, []string{
			"data.session.state=signed_in", "data.session.user.name=Jo", "data.session.user.email=jo@example.org", "data.session.user.role=owner",
			"data.session.account.name=admin", "data.session.admin=true", "data.session.scopes.0=*", "csrf:=data.session.csrf"}},
		{"who it is", "GET", "/session", "", nil, 200, []string{"data.session.state=signed_in", "data.session.csrf=$csrf"}},
		{"who it is for the API", "GET", "/whoami", "", nil, 200, []string{"data.name=Jo", "data.admin=true", "me:=data.token"}},
		{"a zone", "POST", "/zones", `{"name":"example.com"}`, nil, 201, []string{"zone:=data.zone.id"}},
		{"a record", "POST", "/zones/$zone/records", `{"name":"www","type":"A","content":"192.0.2.1"}`, []string{"X-Change-Reason: for the shop"}, 201, nil},
		{"by whom", "GET", "/changes", "", nil, 200, []string{"data.changes.0.author.name=Jo", "data.changes.0.author.via=dashboard", "data.changes.0.author.token=$me", "data.changes.0.reason=for the shop"}},
		{"a token", "POST", "/users/me/apikeys", `{"name":"deploy","scopes":["*"]}`, nil, 201, []string{"secret:=data.api_key.key"}},
		{"once more", "POST", "/setup", setupBody, nil, 409, []string{"error.code=CONFLICT"}},
		{"out", "DELETE", "/session", "", nil, 204, nil},
		{"nobody is here", "GET", "/session", "", nil, 200, []string{"data.session.state=signed_out", "!data.session.csrf"}},
		{"not any more", "GET", "/zones", "", nil, 401, []string{"error.code=UNAUTHORIZED"}},
		{"in again", "POST", "/session", `{"email":"JO@example.org","password":"otter sings below ice"}`, nil, 201, []string{"data.session.user.name=Jo"}},
		{"and the zone is there", "GET", "/zones", "", nil, 200, []string{"data.zones.#=1"}},
	})
	if a := b.desk.send("GET", "/zones", "", "Authorization: Bearer "+b.vars["secret"]); a.status != 200 {
		t.Errorf("the token that was made: %d", a.status)
	}
}

func TestTheCookie(t *testing.T) {
	public, err := url.Parse("https://dns.example.org")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		change   func(*browser)
		headers  []string
		cookie   string
		secure   bool
		passkeys string
	}{
		{"by HTTP, at this machine", func(*browser) {}, nil, "truename", false, "true"},
		{"by HTTP, at an address", func(b *browser) { b.host = "192.0.2.1:8053" }, nil, "truename", false, "false"},
		{"by HTTP, under a name", func(b *browser) { b.host = "dns.example.org" }, nil, "truename", false, "false"},
		{"by HTTPS", func(b *browser) { b.host, b.secure = "dns.example.org", true }, nil, "__Host-truename", true, "true"},
		{"by HTTPS, at an address", func(b *browser) { b.host, b.secure = "[2001:db8::1]:8053", true }, nil, "__Host-truename", true, "false"},
		{"behind a proxy", func(b *browser) { b.host = "dns.example.org" }, []string{"X-Forwarded-Proto: https"}, "__Host-truename", true, "true"},
		{"with a public address", func(b *browser) { b.Public = public }, []string{"Origin: https://dns.example.org"}, "__Host-truename", true, "true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newDesk(t).first()
			test.change(b)
			a := b.send("POST", "/setup", setupBody, test.headers...)
			c := b.cookie
			if a.status != 201 || c == nil {
				t.Fatalf("%d %s", a.status, a.raw)
			}
			if c.Name != test.cookie || c.Secure != test.secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 30*24*3600 {
				t.Errorf("%+v", c)
			}
			if strings.Contains(string(a.raw), c.Value) {
				t.Error("the answer holds the secret")
			}
			b.expect(test.name, a, "data.session.passkeys="+test.passkeys)
			if a := b.send("DELETE", "/session", "", test.headers...); a.status != 204 || b.cookie != nil {
				t.Errorf("%d, %+v", a.status, b.cookie)
			}
		})
	}
}

func TestRequestsThatADashboardDoesNotSend(t *testing.T) {
	d := zoned(t)
	b := d.signedIn()
	const path, body = "/zones/$zone/records", `{"name":"a","type":"A","content":"192.0.2.1"}`
	before := d.head()
	for _, test := range []struct {
		name, method, path string
		headers            []string
	}{
		{"without the token", "POST", path, []string{"X-CSRF-Token"}},
		{"with another one", "POST", path, []string{"X-CSRF-Token: AAAA"}},
		{"with the one of another session", "POST", path, []string{"X-CSRF-Token: " + d.signedIn().csrf}},
		{"from a page of others", "POST", path, []string{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}},
		{"from a page beside it", "POST", path, []string{"Sec-Fetch-Site: same-site", "Origin: https://www.example.org"}},
		{"from a page of others, in an old browser", "POST", path, []string{"Sec-Fetch-Site", "Origin: https://evil.example"}},
		{"from a page without an origin", "POST", path, []string{"Sec-Fetch-Site", "Origin: null"}},
		{"from another port", "POST", path, []string{"Sec-Fetch-Site", "Origin: http://localhost:9999"}},
		{"a deletion", "DELETE", "/zones/$zone", []string{"X-CSRF-Token"}},
		{"a change", "PUT", "/zones/$zone", []string{"X-CSRF-Token"}},
		{"of the profile", "PATCH", "/session", []string{"X-CSRF-Token"}},
		{"signing out", "DELETE", "/session", []string{"X-CSRF-Token"}},
		{"signing in by a page of others", "POST", "/session", []string{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}},
		{"joining by a page of others", "POST", "/join", []string{"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"}},
		{"setting up by a page of others", "POST", "/setup", []string{"Sec-Fetch-Site", "Origin: https://evil.example"}},
		{"a passkey by a page of others", "POST", "/session/passkey/finish", []string{"Sec-Fetch-Site: cross-site"}},
		{"reading from a page of others", "GET", "/zones", []string{"Sec-Fetch-Site: cross-site"}},
		{"reading from a page beside it", "GET", "/zones", []string{"Sec-Fetch-Site: same-site"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := b.send(test.method, test.path, body, test.headers...)
			b.envelope(test.name, a)
			if code, _ := a.at("error.code"); a.status != 403 || code != api.CodeCSRF {
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
	}
	if d.head() != before {
		t.Error("something has changed")
	}
	b.run([]step{
		{"the session is still there", "GET", "/session", "", nil, 200, []string{"data.session.state=signed_in"}},
		{"in an old browser", "POST", path, body, []string{"Sec-Fetch-Site"}, 201, nil},
		{"typed into the address line", "GET", "/zones", "", []string{"Sec-Fetch-Site: none"}, 200, nil},
	})
}

func TestATokenCountsBeforeASession(t *testing.T) {
	d := zoned(t)
	b := d.signedIn()
	d.run([]step{{"a token", "POST", "/users/me/apikeys", `{"name":"reads","scopes":["zones:read"]}`, nil, 201, []string{"secret:=data.api_key.key"}}})
	token := "Authorization: Bearer $secret"
	b.run([]step{
		{"it is the token's name", "GET", "/whoami", "", []string{token}, 200, []string{"data.name=reads"}},
		{"what it may not", "POST", "/zones", `{"name":"x.test"}`, []string{token}, 403, []string{"error.code=FORBIDDEN"}},
		{"one that is not known", "GET", "/zones", "", []string{"Authorization: Bearer wrong"}, 401, nil},
		{"from a page of others it needs no CSRF", "GET", "/zones", "", []string{token, "X-CSRF-Token", "Sec-Fetch-Site: cross-site"}, 200, nil},
		{"it has no session", "GET", "/sessions", "", []string{token}, 403, []string{"error.message~session"}},
	})
	d.run([]step{
		{"a token has no session to end", "DELETE", "/sessions", "", []string{"Cookie", "Authorization: Bearer $secret"}, 403, nil},
		{"who is nobody is not signed in", "GET", "/passkeys", "", []string{"Cookie", "Authorization"}, 401, []string{"error.message~sign in"}},
	})
}

// TestWhatEachRoleReaches sends every operation as each role: it is let through
// exactly where the role has its scopes.
func TestWhatEachRoleReaches(t *testing.T) {
	for role, may := range map[string]string{
		"owner":  "zones:read zones:write records:read records:write activity:read apikeys:read apikeys:write users:read users:write",
		"editor": "zones:read zones:write records:read records:write activity:read users:read",
		"viewer": "zones:read records:read activity:read users:read",
	} {
		t.Run(role, func(t *testing.T) {
			d := furnished(t)
			d.run([]step{{"invited", "POST", "/members", `{"email":"one@example.org","role":"` + role + `"}`, nil, 201, []string{"invite:=data.invite.code"}}})
			b := d.browser()
			b.run([]step{{"joined", "POST", "/join", `{"code":"$invite","password":"seven brass umbrellas"}`, nil, 201, []string{"data.session.user.role=" + role}}})
			lacking := func(r *Route) access.Scope {
				for _, s := range r.Scopes {
					if !strings.Contains(may, string(s)) {
						return s
					}
				}
				return ""
			}
			for _, r := range Routes() {
				if r.Public || r.Person || r.Status == 501 || r.Type != "" {
					continue
				}
				path, _, _ := d.request(&r)
				a := b.send(r.Method, path+"&dry_run=true", "nothing that could be done")
				scope, _ := a.at("error.details.0.scope")
				if want := lacking(&r); string(want) != scope || (a.status == 403) != (want != "") && r.Method != "GET" {
					t.Errorf("%s: %d %s; the role lacks %q", r.ID, a.status, a.raw, want)
				}
			}
		})
	}
}

func TestASignInIsThrottled(t *testing.T) {
	d := newDesk(t)
	d.ownerOf()
	b := d.browser()
	wrong := map[string]bool{}
	for i := range 100 {
		a := b.send("POST", "/session", `{"email":"jo@example.org","password":"wrong"}`)
		if a.status == 429 {
			b.expect("throttled", a, "error.code=RATE_LIMITED")
			if a.header.Get("Retry-After") == "" || i < 5 {
				t.Errorf("after %d: %v", i, a.header)
			}
			break
		}
		wrong[fmt.Sprint(a.status, string(a.raw))] = true
	}
	nobody := d.browser()
	nobody.from = "198.51.100.7:1"
	a := nobody.send("POST", "/session", `{"email":"nobody@example.org","password":"wrong"}`)
	wrong[fmt.Sprint(a.status, string(a.raw))] = true
	if len(wrong) != 1 || a.status != 401 {
		t.Errorf("the answers differ: %v", wrong)
	}
	b.expect("wrong", a, "error.code=UNAUTHORIZED")
}

func TestOnesOwnSessions(t *testing.T) {
	d := newDesk(t)
	b, other := d.signedIn(), d.signedIn()
	b.run([]step{
		{"the list", "GET", "/sessions", "", nil, 200, []string{"data.sessions.#=3"}},
		{"one that is not there", "DELETE", "/sessions/11111111-1111-4111-8111-111111111111", "", nil, 404, []string{"error.code=SESSION_NOT_FOUND"}},
		{"one that is no id", "DELETE", "/sessions/x", "", nil, 404, []string{"error.code=SESSION_NOT_FOUND"}},
		{"the others", "DELETE", "/sessions", "", nil, 204, nil},
		{"one is left", "GET", "/sessions", "", nil, 200, []string{"data.sessions.#=1", "data.sessions.0.current=true", "data.sessions.0.user_agent=a browser", "data.sessions.0.ip_address=192.0.2.80", "mine:=data.sessions.0.id"}},
	})
	if a := other.send("GET", "/zones", ""); a.status != 401 {
		t.Errorf("the other one: %d %s", a.status, a.raw)
	}
	b.run([]step{{"its own", "DELETE", "/sessions/$mine", "", nil, 204, nil}})
	if b.cookie != nil {
		t.Error("the cookie stays")
	}
}

func TestOnesOwnProfile(t *testing.T) {
	d := newDesk(t)
	b, other := d.signedIn(), d.signedIn()
	old := *b.cookie
	b.run([]step{
		{"nothing", "PATCH", "/session", `{}`, nil, 200, []string{"data.session.user.name=Jo"}},
		{"a name", "PATCH", "/session", `{"name":"Johanna"}`, nil, 200, []string{"data.session.user.name=Johanna"}},
		{"a password without the present one", "PATCH", "/session", `{"password":"seven brass umbrellas"}`, nil, 400, []string{"error.details.0.field=current_password"}},
		{"a weak password", "PATCH", "/session", `{"password":"johanna12345","current_password":"otter sings below ice"}`, nil, 400, []string{"error.details.0.field=password"}},
		{"a password", "PATCH", "/session", `{"password":"seven brass umbrellas","current_password":"otter sings below ice"}`, nil, 200, []string{"data.session.state=signed_in"}},
		{"the new session", "GET", "/zones", "", nil, 200, nil},
		{"it can change things", "POST", "/zones", `{"name":"example.com"}`, nil, 201, nil},
	})
	if b.cookie.Value == old.Value {
		t.Error("the session was not renewed")
	}
	b.cookie = &old
	for name, one := range map[string]*browser{"the old session": b, "another session": other} {
		if a := one.send("GET", "/zones", ""); a.status != 401 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}

// A server without people has no sign-in, and says so.
func TestAServerOfTokensOnly(t *testing.T) {
	d := furnished(t)
	d.People = nil
	for _, r := range Routes() {
		if r.Tag != people.SignInTag && r.Tag != people.MemberTag {
			continue
		}
		w := d.send(r.Method, pathVariable.ReplaceAllString(r.Path, "x"), `{}`, "Cookie: truename=x", "Authorization: Bearer "+d.token)
		if w.status != 501 {
			t.Errorf("%s: %d %s", r.ID, w.status, w.raw)
		}
	}
}

func TestNoSecretIsLogged(t *testing.T) {
	d := newDesk(t)
	log := new(strings.Builder)
	d.Server.Log = logTo(log)
	b := d.first()
	b.run([]step{
		{"the setup", "POST", "/setup", setupBody, nil, 201, nil},
		{"somebody", "POST", "/members", `{"email":"al@example.org","role":"viewer"}`, nil, 201, []string{"invite:=data.invite.code", "member:=data.member.id"}},
		{"a new code", "POST", "/members/$member/code", "", nil, 201, []string{"again:=data.invite.code"}},
		{"a wrong password", "POST", "/session", `{"email":"jo@example.org","password":"purple wrong words"}`, nil, 401, nil},
	})
	for _, secret := range []string{b.vars["code"], ownersWord, b.cookie.Value, b.csrf, b.vars["invite"], b.vars["again"], "purple wrong words"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q was logged", secret)
		}
	}
	for _, part := range []string{"somebody has signed in", "name=Jo", "a member was invited", "somebody could not sign in"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("there is no %q in the log:\n%s", part, log)
		}
	}
}

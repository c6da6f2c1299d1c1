package v1

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/access/people/passkeytest"
	"github.com/truename-dns/truename/internal/face/v1/people"
)

// options is the options of an answer.
func (b *browser) options(path string) json.RawMessage {
	b.Helper()
	var out struct {
		Data struct{ Options json.RawMessage }
	}
	b.into(b.send("POST", path, ""), &out)
	return out.Data.Options
}

func (b *browser) origin() string {
	if b.secure {
		return "https://" + b.host
	}
	return "http://" + b.host
}

// newPasskey adds a passkey as a page of the dashboard does.
func (b *browser) newPasskey() *passkeytest.Device {
	b.Helper()
	d, err := passkeytest.New()
	if err != nil {
		b.Fatal(err)
	}
	made, err := d.Create(b.options("/passkeys/begin"), b.origin())
	if err != nil {
		b.Fatal(err)
	}
	if a := b.send("POST", "/passkeys/finish", `{"name":"blue key","credential":`+string(made)+`}`); a.status != 201 {
		b.Fatalf("%d %s", a.status, a.raw)
	}
	return d
}

// byPasskey is the answer to a sign-in by a passkey.
func (b *browser) byPasskey(d *passkeytest.Device, origin string) *said {
	b.Helper()
	signed, err := d.Sign(b.options("/session/passkey/begin"), origin)
	if err != nil {
		b.Fatal(err)
	}
	return b.send("POST", "/session/passkey/finish", `{"credential":`+string(signed)+`}`)
}

func TestAPasskeyFromBeginningToEnd(t *testing.T) {
	for _, at := range []struct {
		host   string
		secure bool
	}{{"localhost:8053", false}, {"dns.example.org", true}, {"dns.example.org:8443", true}} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			d := newDesk(t)
			d.ownerOf()
			b := d.browser()
			b.host, b.secure = at.host, at.secure
			b.signIn(ownersEmail, ownersWord)
			device := b.newPasskey()
			b.run([]step{
				{"the list", "GET", "/passkeys", "", nil, 200, []string{"data.passkeys.#=1", "data.passkeys.0.name=blue key", "data.passkeys.0.synced=false", "passkey:=data.passkeys.0.id", "!data.passkeys.0.last_used_at"}},
				{"among the members", "GET", "/members", "", nil, 200, []string{"data.members.0.passkeys=1"}},
				{"out", "DELETE", "/session", "", nil, 204, nil},
			})
			a := b.byPasskey(device, b.origin())
			b.envelope("in by the passkey", a)
			b.expect("in by the passkey", a, "data.session.user.name=Jo")
			b.run([]step{
				{"it can change things", "POST", "/zones", `{"name":"example.com"}`, nil, 201, nil},
				{"the passkey was used", "GET", "/passkeys", "", nil, 200, []string{"data.passkeys.0.last_used_at~T"}},
				{"one that is not there", "DELETE", "/passkeys/AAAA", "", nil, 404, []string{"error.code=PASSKEY_NOT_FOUND"}},
				{"away", "DELETE", "/passkeys/$passkey", "", nil, 204, nil},
				{"none is left", "GET", "/passkeys", "", nil, 200, []string{"data.passkeys.#=0"}},
			})
			stranger := d.browser()
			stranger.host, stranger.secure = at.host, at.secure
			if a := stranger.byPasskey(device, b.origin()); a.status != 401 || stranger.cookie != nil {
				t.Errorf("after it was removed: %d %s", a.status, a.raw)
			}
		})
	}
}

func TestPasskeysOfPagesOfOthers(t *testing.T) {
	d := newDesk(t)
	b := d.signedIn()
	device := b.newPasskey()
	b.run([]step{{"out", "DELETE", "/session", "", nil, 204, nil}})
	if a := b.byPasskey(device, "https://evil.example"); a.status != 401 {
		t.Errorf("signed at a page of others: %d %s", a.status, a.raw)
	}
	b.host = "192.0.2.1:8053"
	b.run([]step{
		{"at an address", "POST", "/session/passkey/begin", "", nil, 400, []string{"error.details.0.field=host", "error.message~HTTPS"}},
		{"what is none", "POST", "/session/passkey/finish", `{"credential":{"id":"x"}}`, nil, 400, nil},
	})
	b.host = "localhost:8053"
	b.run([]step{
		{"what is none", "POST", "/session/passkey/finish", `{"credential":{"id":"x"}}`, nil, 400, []string{"error.details.0.field=credential"}},
		{"nothing", "POST", "/session/passkey/finish", `{}`, nil, 400, nil},
		{"a list", "POST", "/session/passkey/finish", `{"credential":[[[[]]]]}`, nil, 400, nil},
		{"a text", "POST", "/session/passkey/finish", `{"credential":"x"}`, nil, 400, nil},
	})
}

// TestSignInIsAsDescribed holds every operation of the sign-in against the
// description, when all is well and when nobody is signed in.
func TestSignInIsAsDescribed(t *testing.T) {
	doc, d := description(t), newDesk(t)
	b := d.first()
	seen := make(map[string]bool)
	check := func(id string, a *said) *said {
		t.Helper()
		seen[id] = true
		routes := Routes()
		r := &routes[slices.IndexFunc(routes, func(r Route) bool { return r.ID == id })]
		if err := doc.conforms(r, a); err != nil || a.status != r.Status {
			t.Errorf("%s: %d, %v: %s", id, a.status, err, a.raw)
		}
		return a
	}
	check("getSession", b.send("GET", "/session", ""))
	check("setUp", b.send("POST", "/setup", setupBody))
	check("getSession", b.send("GET", "/session", ""))
	b.run([]step{{"a guest", "POST", "/members", `{"email":"al@example.org","role":"viewer"}`, nil, 201, []string{"invite:=data.invite.code"}}})
	al := d.browser()
	check("join", al.send("POST", "/join", `{"code":"$invite","password":"seven brass umbrellas"}`))
	check("signIn", b.send("POST", "/session", `{"email":"jo@example.org","password":"otter sings below ice"}`))
	check("updateProfile", b.send("PATCH", "/session", `{"name":"Jo"}`))
	check("confirmSession", b.send("POST", "/session/confirm", `{"password":"`+ownersWord+`"}`))
	check("beginPasskey", b.send("POST", "/passkeys/begin", ""))
	device := b.newPasskey()
	made, err := device.Create(b.options("/passkeys/begin"), b.origin())
	if err != nil {
		t.Fatal(err)
	}
	if a := b.send("POST", "/passkeys/finish", `{"credential":`+string(made)+`}`); a.status != 409 || doc.conforms(&Route{}, a) != nil {
		t.Errorf("twice: %d %s", a.status, a.raw)
	}
	other, err := passkeytest.New()
	if err != nil {
		t.Fatal(err)
	}
	if made, err = other.Create(b.options("/passkeys/begin"), b.origin()); err != nil {
		t.Fatal(err)
	}
	check("finishPasskey", b.send("POST", "/passkeys/finish", `{"credential":`+string(made)+`}`))
	check("beginPasskeySignIn", b.send("POST", "/session/passkey/begin", ""))
	check("finishPasskeySignIn", b.byPasskey(device, b.origin()))
	b.vars["passkey"], _ = check("listPasskeys", b.send("GET", "/passkeys", "")).at("data.passkeys.0.id")
	check("deletePasskey", b.send("DELETE", "/passkeys/$passkey", ""))
	b.vars["session"], _ = check("listSessions", al.send("GET", "/sessions", "")).at("data.sessions.0.id")
	check("endSession", al.send("DELETE", "/sessions/$session", ""))
	check("endSessions", b.send("DELETE", "/sessions", ""))
	check("signOut", b.send("DELETE", "/session", ""))
	check("signOut", b.send("DELETE", "/session", ""))
	for _, r := range Routes() {
		if r.Tag != people.SignInTag {
			continue
		}
		if !seen[r.ID] {
			t.Errorf("%s was not looked at", r.ID)
		}
		if r.Person {
			a := d.browser().send(r.Method, pathVariable.ReplaceAllString(r.Path, "x"), "")
			if err := doc.conforms(&r, a); err != nil || a.status != 401 {
				t.Errorf("%s of nobody: %d, %v", r.ID, a.status, err)
			}
		}
	}
}

// FuzzSignIn throws anything at what browsers of strangers and of the owner can
// reach: nothing is the server's fault, and nobody gets in.
func FuzzSignIn(f *testing.F) {
	paths := []struct{ method, path string }{
		{"POST", "/setup"}, {"POST", "/join"}, {"POST", "/session"}, {"POST", "/session/passkey/finish"}, {"PATCH", "/session"}, {"POST", "/passkeys/finish"}, {"POST", "/session/confirm"}, {"POST", "/members"}, {"DELETE", "/sessions/x"},
	}
	for i := range paths {
		f.Add(i, []byte(`{"code":"ABCD-EFGH","email":"x@example.org","name":"\u0000","password":"\ud800","role":"owner"}`), "AAAA", "localhost")
		f.Add(i, []byte(`{"credential":{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXQ"}}}`), "=; x", "[::1")
		f.Add(i, []byte(`{"credential":null}`), "", "")
	}
	d := newDesk(f)
	owner := d.signedIn()
	f.Fuzz(func(t *testing.T, which int, body []byte, cookie, host string) {
		p := paths[uint(which)%uint(len(paths))]
		b := *owner
		b.desk = &desk{TB: t, Server: d.Server, vars: map[string]string{}}
		b.host = host
		a := b.send(p.method, p.path, string(body))
		if a.status >= 500 {
			t.Errorf("%s: %d %s", p.path, a.status, a.raw)
		}
		stranger := d.browser()
		stranger.desk, stranger.host = b.desk, host
		a = stranger.send(p.method, p.path, string(body), "Cookie: truename="+cookie, "Sec-Fetch-Site", "Origin")
		if a.status < 400 || a.status >= 500 {
			t.Errorf("%s of a stranger: %d %s", p.path, a.status, a.raw)
		}
	})
}

package v1

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access/password"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/store"
)

// age makes all sessions older, as a server finds them that was down so long.
func (d *desk) age(by time.Duration) {
	d.Helper()
	var docs []store.Document
	for doc, err := range d.shelf.Documents(d.Context(), "session") {
		if err != nil {
			d.Fatal(err)
		}
		docs = append(docs, doc)
	}
	for _, doc := range docs {
		var body map[string]any
		if err := json.Unmarshal(doc.Body, &body); err != nil {
			d.Fatal(err)
		}
		for _, field := range []string{"created", "confirmed"} {
			if text, ok := body[field].(string); ok {
				at, err := time.Parse(time.RFC3339Nano, text)
				if err != nil {
					d.Fatal(err)
				}
				body[field] = at.Add(-by)
			}
		}
		var err error
		if doc.Body, err = json.Marshal(body); err != nil {
			d.Fatal(err)
		}
		if _, err := d.shelf.Put(d.Context(), doc); err != nil {
			d.Fatal(err)
		}
	}
	var err error
	if d.People, err = people.New(d.Context(), d.Keeper, d.shelf, password.Cost{Memory: 64, Time: 1, Threads: 1}); err != nil {
		d.Fatal(err)
	}
}

// gated is what needs a person to have shown lately who they are, and how it ends with that.
var gated = []step{
	{"a passkey", "POST", "/passkeys/begin", "", nil, 200, nil},
	{"the passkey that was made", "POST", "/passkeys/finish", `{"credential":{}}`, nil, 400, nil},
	{"a token", "POST", "/users/me/apikeys", `{"name":"t","scopes":["zones:read"]}`, nil, 201, nil},
	{"an invitation", "POST", "/members", `{"email":"new@example.org","role":"viewer"}`, nil, 201, nil},
	{"another role", "PATCH", "/members/$mia", `{"role":"editor"}`, nil, 200, nil},
	{"a code, by which a password is set", "POST", "/members/$mia/code", "", nil, 201, nil},
}

func TestWhatNeedsAConfirmation(t *testing.T) {
	d := newDesk(t)
	b := d.signedIn()
	b.run([]step{{"a member", "POST", "/members", `{"email":"mia@example.org","role":"viewer"}`, nil, 201, []string{"mia:=data.member.id"}}})
	d.age(people.Confirmation + time.Second)
	for _, s := range gated {
		a := b.send(s.method, s.path, s.body)
		b.envelope(s.name, a)
		b.expect(s.name, a, "error.code=REAUTHENTICATE")
		b.expect(s.name, a, "error.message~/v1/session/confirm")
		if a.status != 403 {
			t.Errorf("%s: %d", s.name, a.status)
		}
	}
	b.run([]step{
		{"a new password without the old one", "PATCH", "/session", `{"password":"nine wooden ladders"}`, nil, 403, []string{"error.code=REAUTHENTICATE"}},
		{"what needs none", "POST", "/zones", `{"name":"example.com"}`, nil, 201, nil},
		{"one's name", "PATCH", "/session", `{"name":"Joanna"}`, nil, 200, nil},
		{"the list of tokens", "GET", "/users/me/apikeys", "", nil, 200, nil},
		{"another password", "POST", "/session/confirm", `{"password":"seven brass umbrellas"}`, nil, 400, []string{"error.details.0.field=password"}},
		{"nothing", "POST", "/session/confirm", `{}`, nil, 400, []string{"error.details.0.field=password"}},
		{"both", "POST", "/session/confirm", `{"password":"x","credential":{}}`, nil, 400, nil},
		{"a page of others", "POST", "/session/confirm", `{"password":"` + ownersWord + `"}`, []string{"X-CSRF-Token"}, 403, []string{"error.code=CSRF"}},
		{"still", "POST", "/passkeys/begin", "", nil, 403, []string{"error.code=REAUTHENTICATE"}},
		{"the password", "POST", "/session/confirm", `{"password":"` + ownersWord + `"}`, nil, 200, []string{"data.session.state=signed_in", "data.session.user.name=Joanna", "data.session.confirmed_until~T"}},
	})
	b.run(gated)
	d.age(people.Confirmation + time.Second)
	b.run([]step{
		{"it does not last", "POST", "/passkeys/begin", "", nil, 403, []string{"error.code=REAUTHENTICATE"}},
		{"the present password is a confirmation of its own", "PATCH", "/session", `{"password":"nine wooden ladders","current_password":"` + ownersWord + `"}`, nil, 200, nil},
		{"the new session has just begun", "POST", "/passkeys/begin", "", nil, 200, nil},
	})
}

func TestConfirmationByAPasskey(t *testing.T) {
	d := newDesk(t)
	b := d.signedIn()
	device := b.newPasskey()
	b.run([]step{{"a password by sign-in with the password", "PATCH", "/session", `{"password":"nine wooden ladders"}`, nil, 400, []string{"error.details.0.field=current_password"}}})
	d.age(people.Confirmation + time.Second)
	signed, err := device.Sign(b.options("/session/passkey/begin"), b.origin())
	if err != nil {
		t.Fatal(err)
	}
	b.run([]step{
		{"not yet", "POST", "/passkeys/begin", "", nil, 403, nil},
		{"the passkey", "POST", "/session/confirm", `{"credential":` + string(signed) + `}`, nil, 200, []string{"data.session.confirmed_until~T"}},
		{"once only", "POST", "/session/confirm", `{"credential":` + string(signed) + `}`, nil, 400, nil},
		{"it counts", "POST", "/passkeys/begin", "", nil, 200, nil},
		{"it stands for the password, too", "PATCH", "/session", `{"password":"nine wooden ladders"}`, nil, 200, nil},
	})
}

// TestATokenNeedsNoConfirmation makes what a person would have to confirm.
func TestATokenNeedsNoConfirmation(t *testing.T) {
	d := newDesk(t)
	d.run([]step{
		{"a token", "POST", "/users/me/apikeys", `{"name":"t","scopes":["zones:read"]}`, nil, 201, nil},
		{"a member", "POST", "/members", `{"email":"mia@example.org","role":"viewer"}`, nil, 201, []string{"mia:=data.member.id"}},
		{"another role", "PATCH", "/members/$mia", `{"role":"editor"}`, nil, 200, nil},
	})
	if a := d.send("POST", "/session/confirm", `{"password":"x"}`, "Cookie", "Authorization: Bearer "+adminSecret); a.status != 403 {
		t.Errorf("a token confirms: %d %s", a.status, a.raw)
	}
}

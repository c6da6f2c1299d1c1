package v1

import (
	"slices"
	"strings"
	"testing"
)

// Nobody on the way may compress what holds a secret.
func TestAnswersWithSecretsStayAsTheyAre(t *testing.T) {
	d := zoned(t)
	b := d.signedIn()
	for _, test := range []struct {
		name, method, path, body string
		status                   int
		secret                   bool
	}{
		{"a session", "GET", "/session", "", 200, true},
		{"signing in", "POST", "/session", `{"email":"jo@example.org","password":"` + ownersWord + `"}`, 201, true},
		{"failing to", "POST", "/session", `{"email":"jo@example.org","password":"x"}`, 401, true},
		{"a token", "POST", "/users/me/apikeys", `{"name":"k","scopes":["zones:read"]}`, 201, true},
		{"an invitation", "POST", "/members", `{"email":"al@example.org","role":"viewer"}`, 201, true},
		{"zones", "GET", "/zones", "", 200, false},
		{"records", "GET", "/zones/$zone/records", "", 200, false},
		{"tokens", "GET", "/users/me/apikeys", "", 200, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := b.send(test.method, test.path, test.body)
			if a.status != test.status {
				t.Fatalf("%d %s", a.status, a.raw)
			}
			if said := a.header.Get("Cache-Control"); strings.Contains(said, "no-transform") != test.secret || !strings.Contains(said, "no-store") {
				t.Error(said)
			}
		})
	}
	var marked []string
	for _, r := range Routes() {
		if r.HoldsSecret() {
			marked = append(marked, r.ID)
		}
	}
	for _, id := range []string{"getSession", "setUp", "join", "signIn", "updateProfile", "finishPasskeySignIn", "createAPIKey", "inviteMember", "renewMemberCode"} {
		if !slices.Contains(marked, id) {
			t.Errorf("%s is not marked: %v", id, marked)
		}
	}
}

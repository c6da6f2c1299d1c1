package api

import (
	"io"
	"net/http"
	"testing"
)

// What the Client sends for each thing that can be done with members, and what
// it makes of the answer. The server's side is tested with the server.
func TestMembersByTheClient(t *testing.T) {
	var got string
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.URL.RequestURI() + " " + string(body)
		switch r.Method {
		case "GET":
			answer(t, w, 200, MembersData{Members: []Member{{ID: "m1", Role: RoleOwner}}})
		case "POST":
			answer(t, w, 201, InviteData{Member: Member{ID: "m2"}, Invite: Invite{Code: "ABCD"}})
		case "PATCH":
			answer(t, w, 200, MemberData{Member: Member{ID: "m3", Role: RoleViewer}})
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
	for _, test := range []struct {
		name, want string
		do         func() (string, error)
	}{
		{"one's own", "GET /v1/members ", func() (string, error) { all, err := c.Members(t.Context(), ""); return all[0].ID, err }},
		{"of an account", "GET /v1/members?account=a%2F1 ", func() (string, error) { all, err := c.Members(t.Context(), "a/1"); return all[0].ID, err }},
		{"inviting", `POST /v1/members {"email":"x@example.org","role":"editor"}`, func() (string, error) {
			data, err := c.InviteMember(t.Context(), MemberRequest{Email: "x@example.org", Role: RoleEditor})
			return data.Invite.Code, err
		}},
		{"a new code", `POST /v1/members/m%3F/code {"valid_days":2}`, func() (string, error) {
			data, err := c.RenewMemberCode(t.Context(), "m?", InviteRequest{ValidDays: 2})
			return data.Member.ID, err
		}},
		{"a role", `PATCH /v1/members/m3 {"role":"viewer"}`, func() (string, error) {
			m, err := c.UpdateMember(t.Context(), "m3", MemberPatch{Role: RoleViewer})
			return m.Role, err
		}},
		{"removing", "DELETE /v1/members/m3 ", func() (string, error) { return "m3", c.RemoveMember(t.Context(), "m3") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			if out, err := test.do(); err != nil || out == "" || got != test.want {
				t.Errorf("sent %q, got %q, %v", got, out, err)
			}
		})
	}
}

package v1

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
)

func logTo(b *strings.Builder) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

func TestMembersComeAndGo(t *testing.T) {
	d := zoned(t)
	b := d.signedIn()
	b.run([]step{
		{"one's own", "GET", "/members", "", nil, 200, []string{"data.members.#=1", "data.members.0.role=owner", "data.members.0.state=active", "jo:=data.members.0.id"}},
		{"somebody", "POST", "/members", `{"email":"al@example.org","name":"Al","role":"viewer","valid_days":7}`, nil, 201, []string{
			"data.member.state=invited", "data.member.role=viewer", "data.member.name=Al", "al:=data.member.id", "code:=data.invite.code", "url:=data.invite.url", "!data.member.last_seen_at"}},
		{"again", "POST", "/members", `{"email":"AL@example.org","role":"viewer"}`, nil, 409, []string{"error.details.0.code=member-exists"}},
		{"for too long", "POST", "/members", `{"email":"bo@example.org","role":"viewer","valid_days":8}`, nil, 400, []string{"error.details.0.field=valid_days"}},
		{"with a role of its own", "POST", "/members", `{"email":"bo@example.org","role":"root"}`, nil, 400, []string{"error.details.0.field=role"}},
		{"the list has no code", "GET", "/members", "", nil, 200, []string{"data.members.#=2", "!data.members.0.invite", "!data.members.1.invite"}},
	})
	if want := "http://localhost:8053/join#" + d.vars["code"]; d.vars["url"] != want {
		t.Errorf("the URL is %q, not %q", d.vars["url"], want)
	}
	al := d.browser()
	al.run([]step{
		{"another code", "POST", "/join", `{"code":"AAAA","password":"seven brass umbrellas"}`, nil, 400, []string{"error.details.0.field=code"}},
		{"joining", "POST", "/join", `{"code":"$code","name":"Albert","password":"seven brass umbrellas"}`, nil, 201, []string{"data.session.user.name=Albert", "data.session.user.role=viewer", "data.session.account.name=admin"}},
		{"twice", "POST", "/join", `{"code":"$code","password":"seven brass umbrellas"}`, nil, 400, nil},
		{"reading", "GET", "/zones/$zone", "", nil, 200, nil},
		{"writing", "POST", "/zones/$zone/records", `{"name":"a","type":"A","content":"192.0.2.1"}`, nil, 403, []string{"error.code=FORBIDDEN", "error.message~role"}},
		{"tokens", "GET", "/users/me/apikeys", "", nil, 403, nil},
		{"inviting", "POST", "/members", `{"email":"bo@example.org","role":"viewer"}`, nil, 403, nil},
		{"a better role", "PATCH", "/members/$al", `{"role":"owner"}`, nil, 403, nil},
	})
	b.run([]step{
		{"a role", "PATCH", "/members/$al", `{"role":"editor"}`, nil, 200, []string{"data.member.role=editor", "data.member.state=active"}},
	})
	al.run([]step{{"writing", "POST", "/zones/$zone/records", `{"name":"a","type":"A","content":"192.0.2.1"}`, nil, 201, nil}})
	b.run([]step{
		{"by whom", "GET", "/changes?limit=1", "", nil, 200, []string{"data.changes.0.author.name=Albert", "data.changes.0.author.token=$al"}},
		{"the last owner", "DELETE", "/members/$jo", "", nil, 409, []string{"error.details.0.code=last-owner", "error.message~somebody else an owner"}},
		{"the last owner's role", "PATCH", "/members/$jo", `{"role":"viewer"}`, nil, 409, []string{"error.details.0.code=last-owner"}},
		{"a new code", "POST", "/members/$al/code", `{"valid_days":1}`, nil, 201, []string{"reset:=data.invite.code"}},
		{"out", "DELETE", "/members/$al", "", nil, 204, nil},
		{"twice", "DELETE", "/members/$al", "", nil, 404, []string{"error.code=MEMBER_NOT_FOUND"}},
	})
	al.run([]step{
		{"not any more", "GET", "/zones", "", nil, 401, nil},
		{"nor in again", "POST", "/session", `{"email":"al@example.org","password":"seven brass umbrellas"}`, nil, 401, nil},
		{"nor by the code", "POST", "/join", `{"code":"$reset","password":"seven brass umbrellas"}`, nil, 400, nil},
	})
}

// An admin's token makes an account with an owner, who then helps himself and
// sees nothing of others.
func TestAnAccountOfItsOwn(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"an account", "POST", "/users", `{"email":"agency@example.org"}`, nil, 201, []string{"agency:=data.user.id"}},
		{"its owner", "POST", "/members", `{"email":"boss@example.org","role":"owner","account":"$agency"}`, nil, 201, []string{"code:=data.invite.code", "data.member.account_id=$agency"}},
		{"the people of the account", "GET", "/members?account=$agency", "", nil, 200, []string{"data.members.#=1"}},
		{"one's own", "GET", "/members?account=me", "", nil, 200, []string{"data.members.#=0"}},
		{"of no account", "GET", "/members?account=x", "", nil, 400, nil},
	})
	b := d.browser()
	b.run([]step{
		{"joining", "POST", "/join", `{"code":"$code","password":"seven brass umbrellas"}`, nil, 201, []string{"data.session.admin=false", "data.session.account.id=$agency"}},
		{"no zones", "GET", "/zones", "", nil, 200, []string{"data.zones.#=0"}},
		{"not that of another", "GET", "/zones/$zone", "", nil, 404, nil},
		{"its own zone", "POST", "/zones", `{"name":"agency.test"}`, nil, 201, []string{"own:=data.zone.id"}},
		{"its own people", "POST", "/members", `{"email":"ed@example.org","role":"editor"}`, nil, 201, []string{"data.member.account_id=$agency"}},
		{"not those of others", "GET", "/members?account=00000000-0000-0000-0000-000000000001", "", nil, 404, nil},
		{"its own token", "POST", "/users/me/apikeys", `{"name":"t","scopes":["*"]}`, nil, 201, nil},
		{"no accounts", "POST", "/users", `{"email":"x@example.org"}`, nil, 403, nil},
		{"its zone goes", "DELETE", "/zones/$own", "", nil, 204, nil},
	})
	d.run([]step{
		{"the account goes", "DELETE", "/users/$agency", "", nil, 204, nil},
		{"the address is free again", "POST", "/members", `{"email":"boss@example.org","role":"viewer"}`, nil, 201, nil},
	})
	b.run([]step{{"and is out", "GET", "/zones", "", nil, 401, nil}})
}

// A token cannot make people who may do more than it.
func TestATokenLiftsNobodyAboveItself(t *testing.T) {
	d := zoned(t)
	d.run([]step{{"an owner", "POST", "/members", `{"email":"al@example.org","role":"owner"}`, nil, 201, []string{"al:=data.member.id"}}})
	d.holding(`{"name":"staff","scopes":["users:*","zones:*","records:*","activity:read"]}`)
	d.run([]step{
		{"an editor", "POST", "/members", `{"email":"ed@example.org","role":"editor"}`, nil, 201, []string{"ed:=data.member.id"}},
		{"an owner", "POST", "/members", `{"email":"bo@example.org","role":"owner"}`, nil, 403, []string{"error.details.0.code=beyond-own-rights"}},
		{"an editor becomes an owner", "PATCH", "/members/$ed", `{"role":"owner"}`, nil, 403, nil},
		{"an owner becomes an editor", "PATCH", "/members/$al", `{"role":"editor"}`, nil, 403, nil},
		{"a code of an owner", "POST", "/members/$al/code", "", nil, 403, nil},
		{"an owner goes", "DELETE", "/members/$al", "", nil, 403, nil},
		{"an editor goes", "DELETE", "/members/$ed", "", nil, 204, nil},
	})
}

// The public Client, over a real connection.
func TestMembersByTheClient(t *testing.T) {
	d := zoned(t)
	srv := httptest.NewServer(d.Server)
	defer srv.Close()
	c, err := api.NewClient(srv.URL, adminSecret)
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.InviteMember(t.Context(), api.MemberRequest{Email: "al@example.org", Role: api.RoleViewer, ValidDays: 1})
	if err != nil || made.Member.State != "invited" || made.Invite.Code == "" || !strings.HasPrefix(made.Invite.URL, srv.URL+"/join#") {
		t.Fatalf("%+v, %v", made, err)
	}
	again, err := c.RenewMemberCode(t.Context(), made.Member.ID, api.InviteRequest{})
	if err != nil || again.Invite.Code == made.Invite.Code {
		t.Errorf("%+v, %v", again, err)
	}
	if m, err := c.UpdateMember(t.Context(), made.Member.ID, api.MemberPatch{Role: api.RoleEditor}); err != nil || m.Role != api.RoleEditor {
		t.Errorf("%+v, %v", m, err)
	}
	if all, err := c.Members(t.Context(), "me"); err != nil || len(all) != 1 || all[0].ID != made.Member.ID {
		t.Errorf("%+v, %v", all, err)
	}
	if err := c.RemoveMember(t.Context(), made.Member.ID); err != nil {
		t.Error(err)
	}
	if err := c.RemoveMember(t.Context(), made.Member.ID); !api.IsNotFound(err) {
		t.Error(err)
	}
}

package people

import (
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var memberRoutes = []call.Route{{
	Method: "GET", Path: "/members", ID: "listMembers", Tag: MemberTag, Summary: "List the people of an account", Scopes: readUsers,
	Queries: []call.Query{{Name: "account", Type: "string", Description: "id of the account; one's own if it is left out, others for admins only"}},
	Status:  200, Answer: api.Response[api.MembersData]{}, Handle: call.By(handler.listMembers),
}, {
	Method: "POST", Path: "/members", ID: "inviteMember", Tag: MemberTag, Summary: "Invite somebody into an account", Scopes: writeUsers, Confirmed: true, MaxBody: personBody,
	Description: "The code is in this answer and never again, and no mail is sent: hand the URL on. Who invites must be able to do all that the new member may.",
	Body:        api.MemberRequest{}, Status: 201, Answer: api.Response[api.InviteData]{}, Handle: call.By(handler.inviteMember),
}, {
	Method: "POST", Path: "/members/{member_id}/code", ID: "renewMemberCode", Tag: MemberTag, Summary: "Make a new code for a member", Scopes: writeUsers, Confirmed: true, MaxBody: personBody,
	Description: "For one who has not joined yet, or who has lost the password. The code before can no longer be used; the password can, until the new code is.",
	Body:        api.InviteRequest{}, BodyOptional: true, Status: 201, Answer: api.Response[api.InviteData]{}, Handle: call.By(handler.renewMemberCode),
}, {
	Method: "PATCH", Path: "/members/{member_id}", ID: "updateMember", Tag: MemberTag, Summary: "Give a member another role", Scopes: writeUsers, Confirmed: true, MaxBody: personBody,
	Body: api.MemberPatch{}, Status: 200, Answer: api.Response[api.MemberData]{}, Handle: call.By(handler.updateMember),
}, {
	Method: "DELETE", Path: "/members/{member_id}", ID: "removeMember", Tag: MemberTag, Summary: "Remove a member", Scopes: writeUsers,
	Description: "Their sessions end at once; tokens that they have made stay. The last owner of an account cannot be removed.",
	Status:      204, Handle: call.By(handler.removeMember),
}}

func showMember(p *people.Person) api.Member {
	out := api.Member{
		ID: form.UUID(p.ID), AccountID: form.UUID(p.Account), Email: p.Email, Name: p.Name, Role: string(p.Role),
		State: "invited", Passkeys: len(p.Passkeys), CreatedAt: p.Created,
	}
	if p.Active() {
		out.State = "active"
	}
	if !p.SignedIn.IsZero() {
		out.LastSeenAt = &p.SignedIn
	}
	if !p.CodeEnds.IsZero() {
		out.CodeEndsAt = &p.CodeEnds
	}
	return out
}

func (c handler) listMembers() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, call.NoPeople()
	}
	account, err := c.Account(c.Query("account"))
	if err != nil {
		return nil, err
	}
	all, err := c.People.Members(c.Ctx, c.Who, account)
	if err != nil {
		return nil, err
	}
	out := api.MembersData{Members: []api.Member{}}
	for _, p := range all {
		out.Members = append(out.Members, showMember(p))
	}
	return envelope.OK(out)
}

// showInvite is a member with the code, and the page of the dashboard that takes
// it. Behind the # it is in no log of a server.
func (c handler) showInvite(p *people.Person, code *people.Code) (*envelope.Reply, error) {
	return envelope.Created(api.InviteData{
		Member: showMember(p),
		Invite: api.Invite{Code: code.Text, URL: c.site().Origin + "/join#" + code.Text, ExpiresAt: code.Ends},
	})
}

// valid is how long a code shall be valid that is asked for by days.
func valid(days int) (time.Duration, error) {
	const day, most = 24 * time.Hour, 7
	if days < 0 || days > most {
		return 0, envelope.Invalid("valid_days", "valid_days=%d is not from 1 to %d", days, most)
	}
	return time.Duration(days) * day, nil
}

func (c handler) inviteMember() (*envelope.Reply, error) {
	var in api.MemberRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	account, err := c.Account(in.Account)
	if err != nil {
		return nil, err
	}
	time, err := valid(in.ValidDays)
	if err != nil {
		return nil, err
	}
	p, code, err := c.People.Invite(c.Ctx, c.Who, &people.Invitation{Account: account, Email: in.Email, Name: in.Name, Role: people.Role(in.Role), Valid: time})
	if err != nil {
		return nil, err
	}
	c.Log.Info("a member was invited", "person", p.ID, "role", p.Role, "account", p.Account, "by", c.Who.Name)
	return c.showInvite(p, code)
}

func (c handler) renewMemberCode() (*envelope.Reply, error) {
	var in api.InviteRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	time, err := valid(in.ValidDays)
	if err != nil {
		return nil, err
	}
	p, code, err := c.People.NewCode(c.Ctx, c.Who, c.hexID("member_id"), time)
	if err != nil {
		return nil, err
	}
	c.Log.Info("a member was given a new code", "person", p.ID, "by", c.Who.Name)
	return c.showInvite(p, code)
}

func (c handler) updateMember() (*envelope.Reply, error) {
	var in api.MemberPatch
	if err := c.read(&in); err != nil {
		return nil, err
	}
	p, err := c.People.SetRole(c.Ctx, c.Who, c.hexID("member_id"), people.Role(in.Role))
	if err != nil {
		return nil, err
	}
	c.Log.Info("a member has another role", "person", p.ID, "role", p.Role, "by", c.Who.Name)
	return envelope.OK(api.MemberData{Member: showMember(p)})
}

func (c handler) removeMember() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, call.NoPeople()
	}
	id := c.hexID("member_id")
	if err := c.People.Remove(c.Ctx, c.Who, id); err != nil {
		return nil, err
	}
	c.Log.Info("a member was removed", "person", id, "by", c.Who.Name)
	return nil, nil
}

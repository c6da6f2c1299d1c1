package people

import (
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var userRoutes = []call.Route{{
	Method: "GET", Path: "/users", ID: "listUsers", Tag: "Accounts and tokens", Open: true, Summary: "List accounts", Scopes: readUsers,
	Status: 200, Answer: api.Response[api.UsersData]{}, Handle: call.By(handler.listUsers),
}, {
	Method: "POST", Path: "/users", ID: "createUser", Tag: "Accounts and tokens", Summary: "Create an account", Scopes: writeUsers,
	Body: api.UserRequest{}, Status: 201, Answer: api.Response[api.UserData]{}, Handle: call.By(handler.createUser),
}, {
	Method: "GET", Path: "/users/{user_id}", ID: "getUser", Tag: "Accounts and tokens", Summary: "Get an account; me is one's own", Scopes: readUsers,
	Status: 200, Answer: api.Response[api.UserData]{}, Handle: call.By(handler.getUser),
}, {
	Method: "PUT", Path: "/users/{user_id}", ID: "updateUser", Tag: "Accounts and tokens", Summary: "Change an account", Scopes: writeUsers,
	Body: api.UserRequest{}, Status: 200, Answer: api.Response[api.UserData]{}, Handle: call.By(handler.updateUser),
}, {
	Method: "PATCH", Path: "/users/{user_id}", ID: "patchUser", Tag: "Accounts and tokens", Summary: "Change an account", Scopes: writeUsers,
	Body: api.UserRequest{}, Status: 200, Answer: api.Response[api.UserData]{}, Handle: call.By(handler.updateUser),
}, {
	Method: "DELETE", Path: "/users/{user_id}", ID: "deleteUser", Tag: "Accounts and tokens", Summary: "Delete an account with its tokens", Scopes: writeUsers,
	Description: "Its zones must have been deleted, or given to another account, before.", Status: 204, Handle: call.By(handler.deleteUser),
}}

func (c handler) userID() (string, error) {
	id, err := c.Account(c.R.PathValue("user_id"))
	if err != nil {
		return "", envelope.Fail(http.StatusNotFound, "USER_NOT_FOUND", "there is no account of this id; list the accounts to see which there are")
	}
	return id, nil
}

// zoneCounts is how many zones there are of each account, as far as the token sees.
func (c handler) zoneCounts() map[string]int {
	counts := make(map[string]int)
	for _, z := range c.Control.Zones(c.Who, nil) {
		counts[z.Account]++
	}
	return counts
}

func userOf(a *access.Account, zones map[string]int) api.User {
	role := "user"
	if a.Role == access.Admin {
		role = "admin"
	}
	n := zones[a.ID]
	return api.User{
		ID: form.UUID(a.ID), CustomerID: form.UUID(a.ID), Email: a.Email, FullName: a.Name, Role: role, Active: true,
		CreatedAt: a.Created, UpdatedAt: a.Created, ZoneCount: &n,
	}
}

func (c handler) listUsers() (*envelope.Reply, error) {
	all, err := c.Keeper.Accounts(c.Ctx, c.Who)
	if err != nil {
		return nil, err
	}
	out := api.UsersData{Users: []api.User{}}
	counts := c.zoneCounts()
	for _, a := range all {
		out.Users = append(out.Users, userOf(a, counts))
	}
	return envelope.OK(out)
}

func (c handler) getUser() (*envelope.Reply, error) {
	id, err := c.userID()
	if err != nil {
		return nil, err
	}
	a, err := c.Keeper.Account(c.Ctx, c.Who, id)
	if err != nil {
		return nil, err
	}
	return envelope.OK(api.UserData{User: userOf(a, c.zoneCounts())})
}

// userRequest reads what a request says of an account.
func (c handler) userRequest() (*api.UserRequest, *access.Role, error) {
	var in api.UserRequest
	if err := c.Decode(&in); err != nil {
		return nil, nil, err
	}
	if in.Active != nil && !*in.Active {
		return nil, nil, envelope.Invalid("active", "accounts cannot be switched off; revoke their tokens instead")
	}
	if in.Role == nil {
		return &in, nil, nil
	}
	role := access.Member
	switch *in.Role {
	case "admin":
		role = access.Admin
	case "user", "member":
	default:
		return nil, nil, envelope.Invalid("role", "the role %q is not known; use admin or user", envelope.Shorten(*in.Role, 40))
	}
	return &in, &role, nil
}

func (c handler) createUser() (*envelope.Reply, error) {
	in, role, err := c.userRequest()
	if err != nil {
		return nil, err
	}
	spec := &access.AccountSpec{Name: in.Email, Email: in.Email}
	if in.FullName != nil && *in.FullName != "" {
		spec.Name = *in.FullName
	}
	if role != nil {
		spec.Role = *role
	}
	a, err := c.Keeper.CreateAccount(c.Ctx, c.Who, spec)
	if err != nil {
		return nil, err
	}
	return envelope.Created(api.UserData{User: userOf(a, c.zoneCounts())})
}

func (c handler) updateUser() (*envelope.Reply, error) {
	id, err := c.userID()
	if err != nil {
		return nil, err
	}
	in, role, err := c.userRequest()
	if err != nil {
		return nil, err
	}
	patch := &access.AccountPatch{Name: in.FullName, Role: role}
	if in.Email != "" {
		patch.Email = &in.Email
	}
	a, err := c.Keeper.UpdateAccount(c.Ctx, c.Who, id, patch)
	if err != nil {
		return nil, err
	}
	return envelope.OK(api.UserData{User: userOf(a, c.zoneCounts())})
}

func (c handler) deleteUser() (*envelope.Reply, error) {
	id, err := c.userID()
	if err != nil {
		return nil, err
	}
	owns := c.Control.Zones(c.Who, func(z *control.ZoneInfo) bool { return z.Account == id })
	if len(owns) > 0 {
		e := envelope.Fail(http.StatusConflict, api.CodeConflict, "the account still has zones, "+form.Bare(owns[0].Apex)+" among them; delete them, or give them to another account")
		return nil, e
	}
	if err := c.Keeper.DeleteAccount(c.Ctx, c.Who, id); err != nil || c.People == nil {
		return nil, err
	}
	return nil, c.People.Forget(c.Ctx, id)
}

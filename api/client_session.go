package api

import (
	"context"
	"net/http"
	"net/url"
)

// Members is the people of an account; empty for that of the token.
func (c *Client) Members(ctx context.Context, account string) ([]Member, error) {
	query := url.Values{}
	if account != "" {
		query.Set("account", account)
	}
	var data MembersData
	err := c.get(ctx, "/members", query, &data)
	return data.Members, err
}

// InviteMember makes somebody a member. The code is in this answer only.
func (c *Client) InviteMember(ctx context.Context, r MemberRequest) (InviteData, error) {
	var data InviteData
	err := c.do(ctx, call{method: http.MethodPost, path: "/members", body: r}, &data)
	return data, err
}

// RenewMemberCode makes a new code for a member, who has lost the one before, or
// the password.
func (c *Client) RenewMemberCode(ctx context.Context, id string, r InviteRequest) (InviteData, error) {
	var data InviteData
	err := c.do(ctx, call{method: http.MethodPost, path: memberPath(id) + "/code", body: r}, &data)
	return data, err
}

// UpdateMember gives a member another role.
func (c *Client) UpdateMember(ctx context.Context, id string, r MemberPatch) (Member, error) {
	var data MemberData
	err := c.do(ctx, call{method: http.MethodPatch, path: memberPath(id), body: r}, &data)
	return data.Member, err
}

// RemoveMember ends a member, with their sessions.
func (c *Client) RemoveMember(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: memberPath(id)}, nil)
}

func memberPath(id string) string { return "/members/" + url.PathEscape(id) }

package api

import (
	"context"
	"net/http"
	"net/url"
)

// WhoAmI is who a request with this Client's token acts as.
func (c *Client) WhoAmI(ctx context.Context) (WhoAmI, error) {
	var data WhoAmI
	err := c.get(ctx, "/whoami", nil, &data)
	return data, err
}

// Users is the accounts that the token may see.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var data UsersData
	err := c.get(ctx, "/users", nil, &data)
	return data.Users, err
}

// CreateUser makes an account.
func (c *Client) CreateUser(ctx context.Context, r UserRequest) (User, error) {
	var data UserData
	err := c.do(ctx, call{method: http.MethodPost, path: "/users", body: r}, &data)
	return data.User, err
}

// DeleteUser takes an account away, with its tokens.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: "/users/" + url.PathEscape(id)}, nil)
}

// Keys is the tokens of an account, without their secrets.
func (c *Client) Keys(ctx context.Context, account string) ([]APIKey, error) {
	var data APIKeysData
	err := c.get(ctx, keysPath(account), nil, &data)
	return data.APIKeys, err
}

// CreateKey makes a token of an account. Its secret is in this answer only.
func (c *Client) CreateKey(ctx context.Context, account string, r CreateAPIKeyRequest) (APIKey, error) {
	var data APIKeyData
	err := c.do(ctx, call{method: http.MethodPost, path: keysPath(account), body: r}, &data)
	return data.APIKey, err
}

// DeleteKey ends a token.
func (c *Client) DeleteKey(ctx context.Context, account, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: keysPath(account) + "/" + url.PathEscape(id)}, nil)
}

func keysPath(account string) string { return "/users/" + url.PathEscape(account) + "/apikeys" }

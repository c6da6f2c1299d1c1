package cloudflare

import (
	"net/http"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// user is the account of the token: people have no others here.
func user(c *call) (any, error) {
	a := c.account(c.p.Account)
	return object{
		{"id", a.ID}, {"email", a.Email}, {"username", a.Name}, {"first_name", nil}, {"last_name", nil}, {"telephone", nil}, {"country", nil}, {"zipcode", nil},
		{"created_on", stamp(a.Created)}, {"modified_on", stamp(a.Created)}, {"two_factor_authentication_enabled", false}, {"suspended", false},
	}, nil
}

func verifyToken(c *call) (any, error) {
	c.out.Say(envelope.CodeAuth, "This API Token is valid and active")
	out := object{{"id", c.p.Token}, {"status", "active"}}
	if end := c.p.Limits.Expires; !end.IsZero() {
		out = append(out, member{"expires_on", end.UTC().Truncate(time.Second)})
	}
	return out, nil
}

func showAccount(a *access.Account) object {
	return object{
		{"id", a.ID}, {"name", a.Name}, {"type", "standard"}, {"settings", object{{"enforce_twofactor", false}}}, {"created_on", stamp(a.Created)},
	}
}

// accounts is those that the token may see, at least its own.
func (c *call) accounts() []*access.Account {
	if all, err := c.Keeper.Accounts(c.ctx, c.p); err == nil {
		return all
	}
	own := c.account(c.p.Account)
	return []*access.Account{&own}
}

func listAccounts(c *call) (any, error) {
	info, err := c.page(zonesPerPage, maxZonesPerPage)
	if err != nil {
		return nil, err
	}
	all := c.accounts()
	if name := c.query.Get("name"); name != "" {
		kept := all[:0:0]
		for _, a := range all {
			if strings.EqualFold(a.Name, name) {
				kept = append(kept, a)
			}
		}
		all = kept
	}
	from, to := info.Of(len(all))
	list := make([]object, 0, to-from)
	for _, a := range all[from:to] {
		list = append(list, showAccount(a))
	}
	c.out.Info = info
	return list, nil
}

// theAccount is the account that the path names.
func (c *call) theAccount() (*access.Account, error) {
	id := c.r.PathValue("account")
	for _, a := range c.accounts() {
		if strings.EqualFold(a.ID, id) {
			return a, nil
		}
	}
	return nil, envelope.Failure(http.StatusNotFound, envelope.CodeIdentifier, "Could not route to /accounts/"+envelope.Shorten(id, 64)+", perhaps your object identifier is invalid? GET /accounts lists those that there are.")
}

func getAccount(c *call) (any, error) {
	a, err := c.theAccount()
	if err != nil {
		return nil, err
	}
	return showAccount(a), nil
}

func verifyAccountToken(c *call) (any, error) {
	if _, err := c.theAccount(); err != nil {
		return nil, err
	}
	return verifyToken(c)
}

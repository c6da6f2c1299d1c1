package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newToken() *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "List, make and end tokens",
	}
	c.AddCommand(newTokenList(), newTokenAdd(), newTokenRemove())
	return c
}

func accountFlag(c *cobra.Command, account *string) {
	c.Flags().StringVar(account, "account", "", "id or email of the `ACCOUNT` (default: that of the token in use)")
}

// accountFor is the id of the account that was named, or of the token in use.
func (s *session) accountFor(named string) (string, error) {
	if named == "" {
		me, err := s.WhoAmI(s)
		return me.Account, err
	}
	if !strings.Contains(named, "@") {
		return named, nil
	}
	u, err := s.user(named)
	return u.ID, err
}

func newTokenList() *cobra.Command {
	var account string
	c := &cobra.Command{
		Use:   "list",
		Short: "List tokens, without their secrets",
		Args:  verb.NoArgs,
	}
	accountFlag(c, &account)
	return connects(c, func(s *session, _ []string) error {
		id, err := s.accountFor(account)
		if err != nil {
			return err
		}
		list, err := s.Keys(s, id)
		if err != nil {
			return err
		}
		t := term.NewTable(s.Stdout, "ID", "NAME", "BEGINS", "SCOPES", "LIMITS", "EXPIRES", "LAST USED")
		for _, k := range list {
			if err := s.Row(t, k, s.tokenCells(k)...); err != nil {
				return err
			}
		}
		return t.End()
	})
}

func (s *session) tokenCells(k api.APIKey) []term.Cell {
	expires := term.Text(s.atOr(k.ExpiresAt, "never"))
	if k.ExpiresAt != nil && k.ExpiresAt.Before(time.Now()) {
		expires.Paint = term.Red
	}
	return []term.Cell{term.Faint(k.ID), term.Key(k.Name), term.Text(k.Prefix), term.Text(strings.Join(k.Scopes, ",")),
		term.Text(limits(k.TokenLimits)), expires, term.Text(s.atOr(k.LastUsedAt, "never"))}
}

func (s *session) atOr(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return s.Moment(*t)
}

// limits is what narrows a token, in short.
func limits(l api.TokenLimits) string {
	var parts []string
	for _, p := range [...]struct {
		name string
		list []string
	}{{"zones", l.Zones}, {"owners", l.Owners}, {"types", l.Types}, {"targets", l.Targets}, {"networks", l.Networks}} {
		if len(p.list) > 0 {
			parts = append(parts, p.name+"="+strings.Join(p.list, ","))
		}
	}
	return strings.Join(parts, " ")
}

func newTokenAdd() *cobra.Command {
	var r api.CreateAPIKeyRequest
	var account, expires string
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a token and print its secret, which is shown this once",
		Long: `Make a token. Its secret is all that goes to standard output, and cannot be shown again. A token
can never do more than the one that makes it.`,
		Example: `  truename token add ci --scope zones:read --scope 'records:*' --zone example.com
  truename token add acme --scope zones:read --scope 'records:*' --owner '_acme-challenge.**' --type TXT --expires 90d`,
		Args: verb.Exactly("NAME"),
	}
	f := c.Flags()
	scopes := f.StringSlice("scope", nil, "`SCOPE` that it has, as zones:read, records:* or *; repeatable (default: zones:read and records:read)")
	f.StringSliceVar(&r.Zones, "zone", nil, "only this `ZONE`; repeatable")
	f.StringSliceVar(&r.Owners, "owner", nil, "only names of this `PATTERN`, relative to the zone or whole: * is one label, ** one or more; repeatable")
	f.StringSliceVar(&r.Types, "type", nil, "only records of this `TYPE`; repeatable")
	f.StringSliceVar(&r.Targets, "target", nil, "only records that point at this `NAME` or below it; repeatable")
	f.StringSliceVar(&r.Networks, "network", nil, "only from this `NETWORK`, as 192.0.2.0/24; repeatable")
	f.StringVar(&expires, "expires", "", "`WHEN` it ends: a time, or from now as 12h or 90d (default: never)")
	accountFlag(c, &account)
	_ = c.RegisterFlagCompletionFunc("zone", remote.ZoneNames)
	return connects(c, func(s *session, args []string) error {
		r.Name, r.Scopes = args[0], *scopes
		if len(r.Scopes) == 0 {
			r.Scopes = api.Scopes{"zones:read", "records:read"}
		}
		if expires != "" {
			t, err := verb.ParseTime(expires, 1)
			if err != nil {
				return verb.Usagef("--expires %w", err)
			}
			r.ExpiresAt = &t
		}
		return s.makeToken(account, r)
	})
}

func (s *session) makeToken(account string, r api.CreateAPIKeyRequest) error {
	id, err := s.accountFor(account)
	if err != nil {
		return err
	}
	k, err := s.CreateKey(s, id, r)
	if err != nil || s.JSON {
		return s.Ended(k, err)
	}
	for _, owner := range r.Owners {
		whole := owner + "."
		if slices.ContainsFunc(k.Owners, func(o string) bool { return strings.EqualFold(o, whole) }) {
			s.Note("the owner %s ends in the name of a zone, so it was taken as a whole name: %s", term.Clean(owner), term.Clean(whole))
		}
	}
	s.Note("token %s (%s), expires %s; keep it now, it is not shown again:", term.Clean(k.Name), k.ID, s.atOr(k.ExpiresAt, "never"))
	_, err = fmt.Fprintln(s.Stdout, k.Key)
	return err
}

func newTokenRemove() *cobra.Command {
	var account string
	c := &cobra.Command{
		Use:   "rm TOKEN…",
		Short: "End tokens, by id or name",
		Args:  verb.Exactly("TOKEN…"),
	}
	accountFlag(c, &account)
	return connects(c, func(s *session, args []string) error {
		id, err := s.accountFor(account)
		if err != nil {
			return err
		}
		list, err := s.Keys(s, id)
		if err != nil {
			return err
		}
		for _, text := range args {
			k, err := pick(list, text)
			if err != nil {
				return err
			}
			if err := s.DeleteKey(s, id, k.ID); err != nil {
				return err
			}
			if err := s.Removed(k, "token %s (%s) is ended", term.Clean(k.Name), k.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// pick is the one token of list with that id or name.
func pick(list []api.APIKey, text string) (api.APIKey, error) {
	var found []api.APIKey
	for _, k := range list {
		if k.ID == text {
			return k, nil
		}
		if k.Name == text {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 0:
		return api.APIKey{}, fmt.Errorf("there is no token %q; truename token list shows which there are", text)
	case 1:
		return found[0], nil
	}
	return api.APIKey{}, errors.New("there are several tokens " + text + "; say by id which one, as truename token list shows it")
}

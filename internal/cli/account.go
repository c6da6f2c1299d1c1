package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newAccount() *cobra.Command {
	c := &cobra.Command{
		Use:   "account",
		Short: "List, make and remove accounts",
	}
	c.AddCommand(newAccountList(), newAccountAdd(), newAccountRemove())
	return c
}

func newAccountList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List accounts", Args: verb.NoArgs}
	return connects(c, func(s *session, _ []string) error {
		list, err := s.Users(s)
		if err != nil {
			return err
		}
		t := term.NewTable(s.Stdout, "ID", "EMAIL", "NAME", "ROLE", "MADE")
		for _, u := range list {
			if err := s.Row(t, u, term.Faint(u.ID), term.Key(u.Email), term.Text(u.FullName), term.Text(u.Role), term.Text(s.Moment(u.CreatedAt))); err != nil {
				return err
			}
		}
		return t.End()
	})
}

func newAccountAdd() *cobra.Command {
	var name string
	var admin bool
	c := &cobra.Command{
		Use:     "add EMAIL",
		Short:   "Make an account",
		Example: `  truename account add ops@example.net --name "Operations"`,
		Args:    verb.Exactly("EMAIL"),
	}
	c.Flags().StringVar(&name, "name", "", "`NAME` of who it is for (default: the email)")
	c.Flags().BoolVar(&admin, "admin", false, "it may act for all accounts")
	return connects(c, func(s *session, args []string) error {
		role := "user"
		if admin {
			role = "admin"
		}
		name = cmp.Or(name, args[0])
		u, err := s.CreateUser(s, api.UserRequest{Email: args[0], FullName: &name, Role: &role})
		if err != nil || s.JSON {
			return s.Ended(u, err)
		}
		_, err = fmt.Fprintln(s.Stdout, u.ID)
		return err
	})
}

func newAccountRemove() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "rm ACCOUNT",
		Short: "Remove an account with its tokens, by id or email",
		Args:  verb.Exactly("ACCOUNT"),
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return connects(c, func(s *session, args []string) error {
		u, err := s.user(args[0])
		if err != nil {
			return err
		}
		if !yes {
			if err := s.Confirm("Remove account " + term.Clean(u.Email) + " with all its tokens?"); err != nil {
				return err
			}
		}
		if err := s.DeleteUser(s, u.ID); err != nil {
			return err
		}
		return s.Removed(u, "account %s (%s) is removed", term.Clean(u.Email), u.ID)
	})
}

// user is the account of that id or email.
func (s *session) user(text string) (api.User, error) {
	list, err := s.Users(s)
	if err != nil {
		return api.User{}, err
	}
	for _, u := range list {
		if u.ID == text || strings.EqualFold(u.Email, text) {
			return u, nil
		}
	}
	return api.User{}, fmt.Errorf("there is no account %q; truename account list shows which there are", text)
}

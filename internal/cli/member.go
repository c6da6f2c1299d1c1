package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newMember() *cobra.Command {
	c := &cobra.Command{
		Use:   "member",
		Short: "List, invite and remove the people of an account",
		Long: `The people of an account sign in to the dashboard, each with a role: an owner may do everything,
an editor writes zones and records, a viewer reads. It takes a token of an admin, or one with the
scopes users:read and users:write that may do all that the member may.`,
	}
	c.AddCommand(newMemberList(), newMemberInvite(), newMemberCode(), newMemberRole(), newMemberRemove())
	return c
}

// roles are those that a member can have, for help and completion.
var roles = []string{api.RoleOwner, api.RoleEditor, api.RoleViewer}

func newMemberList() *cobra.Command {
	var account string
	c := &cobra.Command{Use: "list", Short: "List members", Args: verb.NoArgs}
	accountFlag(c, &account)
	return connects(c, func(s *session, _ []string) error {
		list, err := s.members(account)
		if err != nil {
			return err
		}
		t := term.NewTable(s.Stdout, "ID", "EMAIL", "NAME", "ROLE", "STATE", "PASSKEYS", "LAST SEEN")
		for _, m := range list {
			if err := s.Row(t, m, term.Faint(m.ID), term.Key(m.Email), term.Text(m.Name), term.Text(m.Role), term.Text(m.State),
				term.Text(fmt.Sprint(m.Passkeys)), term.Text(s.atOr(m.LastSeenAt, "never"))); err != nil {
				return err
			}
		}
		return t.End()
	})
}

// members is the people of the account that was named, or of that of the token in use.
func (s *session) members(account string) ([]api.Member, error) {
	id, err := s.accountNamed(account)
	if err != nil {
		return nil, err
	}
	return s.Members(s, id)
}

// accountNamed is the id of an account; empty where none was named.
func (s *session) accountNamed(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	return s.accountFor(text)
}

func newMemberInvite() *cobra.Command {
	var r api.MemberRequest
	var account string
	c := &cobra.Command{
		Use:   "invite EMAIL",
		Short: "Invite somebody and print the URL by which they join",
		Long: `Invite somebody into an account. No mail is sent: the URL is all that goes to standard output, is
shown this once, and can be used once. Hand it on by a way that nobody else reads.`,
		Example: `  truename member invite mia@example.org --role editor
  truename member invite mia@example.org --role viewer --name "Mia Ito" --valid-days 7`,
		Args: verb.Exactly("EMAIL"),
	}
	f := c.Flags()
	f.StringVar(&r.Role, "role", api.RoleViewer, "`ROLE` of the new member: owner, editor or viewer")
	f.StringVar(&r.Name, "name", "", "`NAME` of the new member (default: the email before its @)")
	validFlag(c, &r.ValidDays)
	accountFlag(c, &account)
	_ = c.RegisterFlagCompletionFunc("role", cobra.FixedCompletions(roles, cobra.ShellCompDirectiveNoFileComp))
	return connects(c, func(s *session, args []string) error {
		r.Email = args[0]
		var err error
		if r.Account, err = s.accountNamed(account); err != nil {
			return err
		}
		made, err := s.InviteMember(s, r)
		return s.invited(made, err)
	})
}

func validFlag(c *cobra.Command, days *int) {
	c.Flags().IntVar(days, "valid-days", 3, "`N` days for which the URL can be used, 1 to 7")
}

// invited shows the URL by which a member joins.
func (s *session) invited(made api.InviteData, err error) error {
	if err != nil || s.JSON {
		return s.Ended(made, err)
	}
	s.Note("%s joins as %s by this URL, until %s; it is not shown again:", term.Clean(made.Member.Email), made.Member.Role, s.Moment(made.Invite.ExpiresAt))
	_, err = fmt.Fprintln(s.Stdout, made.Invite.URL)
	return err
}

func newMemberCode() *cobra.Command {
	var r api.InviteRequest
	var account string
	c := &cobra.Command{
		Use:   "code MEMBER",
		Short: "Make a new URL for a member, by id or email, who has not joined or has lost the password",
		Args:  verb.Exactly("MEMBER"),
	}
	validFlag(c, &r.ValidDays)
	accountFlag(c, &account)
	return connects(c, func(s *session, args []string) error {
		m, err := s.member(account, args[0])
		if err != nil {
			return err
		}
		made, err := s.RenewMemberCode(s, m.ID, r)
		return s.invited(made, err)
	})
}

func newMemberRole() *cobra.Command {
	var account string
	c := &cobra.Command{
		Use:     "role MEMBER ROLE",
		Short:   "Give a member, by id or email, another role: owner, editor or viewer",
		Example: `  truename member role mia@example.org owner`,
		Args:    verb.Exactly("MEMBER", "ROLE"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return roles, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
	}
	accountFlag(c, &account)
	return connects(c, func(s *session, args []string) error {
		m, err := s.member(account, args[0])
		if err != nil {
			return err
		}
		m, err = s.UpdateMember(s, m.ID, api.MemberPatch{Role: args[1]})
		if err != nil || s.JSON {
			return s.Ended(m, err)
		}
		s.Note("%s has the role %s from now on", term.Clean(m.Email), term.Clean(m.Role))
		return nil
	})
}

func newMemberRemove() *cobra.Command {
	var yes bool
	var account string
	c := &cobra.Command{
		Use:     "remove MEMBER",
		Aliases: []string{"rm"},
		Short:   "Remove a member, by id or email; their sessions end, tokens that they have made stay",
		Args:    verb.Exactly("MEMBER"),
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	accountFlag(c, &account)
	return connects(c, func(s *session, args []string) error {
		m, err := s.member(account, args[0])
		if err != nil {
			return err
		}
		if !yes {
			if err := s.Confirm("Remove " + term.Clean(m.Email) + ", who is " + term.Clean(m.Role) + ", from the account?"); err != nil {
				return err
			}
		}
		if err := s.RemoveMember(s, m.ID); err != nil {
			return err
		}
		return s.Removed(m, "%s (%s) is no member any more", term.Clean(m.Email), m.ID)
	})
}

// member is the one of that id or email.
func (s *session) member(account, text string) (api.Member, error) {
	list, err := s.members(account)
	if err != nil {
		return api.Member{}, err
	}
	for _, m := range list {
		if m.ID == text || strings.EqualFold(m.Email, text) {
			return m, nil
		}
	}
	return api.Member{}, fmt.Errorf("there is no member %q; truename member list shows which there are", text)
}

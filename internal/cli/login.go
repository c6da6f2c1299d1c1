package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/app"
	"github.com/truename-dns/truename/internal/cli/login"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newLogin() *cobra.Command {
	c := &cobra.Command{
		Use:   "login",
		Short: "Keep a token for the commands to come",
		Long: `Read a token from the terminal, where it is not shown, or from a pipe, ask the server whether
it is good, and keep both in $XDG_CONFIG_HOME/truename/login.json, which only this user can read.
The token is sent to that server only.`,
		Example: `  truename login --server https://dns.example.net
  truename login < token.txt`,
		Args: verb.NoArgs,
	}
	return connects(c, func(s *session, _ []string) error {
		token, err := s.newToken(c)
		if err != nil {
			return err
		}
		me, err := s.knownAs(token)
		if err != nil {
			return err
		}
		path, err := login.Login{Server: s.Server(), Token: token}.Write()
		if err != nil {
			return fmt.Errorf("the login is not kept: %w", err)
		}
		if inTheClear(s.Server()) {
			s.Note("warning: %s is no https address: everybody on the way can read the token", s.Server())
		}
		if s.JSON {
			return s.Object(map[string]string{"server": s.Server(), "file": path, "name": me.Name})
		}
		s.Note("logged in at %s as %s; kept in %s", s.Server(), term.Clean(me.Name), path)
		return nil
	})
}

// newToken is the token that a flag gives, else the one that is typed or piped in.
func (s *session) newToken(c *cobra.Command) (string, error) {
	if remote.Flag(c, "token") != "" || remote.Flag(c, "token-file") != "" {
		return remote.TokenFor(c, s.Server(), login.Login{})
	}
	token, err := term.Secret(s, s.Stdin, s.Stderr, "Token for "+s.Server()+": ")
	if s.Err() != nil {
		return "", s.Err()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if token == "" {
		return "", verb.Usagef("there is no token; paste it, or give it on standard input; the first start of the server printed one")
	}
	return token, nil
}

// knownAs asks the server whose token it is.
func (s *session) knownAs(token string) (api.WhoAmI, error) {
	client, err := api.NewClient(s.Server(), token, api.WithAgent("truename/"+app.BuildVersion()))
	if err != nil {
		return api.WhoAmI{}, err
	}
	return client.WhoAmI(s)
}

// inTheClear reports whether what is sent to server can be read on the way.
func inTheClear(server string) bool {
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "https" || u.Hostname() == "localhost" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip == nil || !ip.IsLoopback()
}

func newLogout() *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "Forget the token that login kept",
		Long:  `Remove the login file. The token stays good; to end it: truename token rm.`,
		Args:  verb.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			was, err := login.Forget()
			if err == nil && !was {
				fmt.Fprintln(c.ErrOrStderr(), "there was no login")
			}
			return err
		},
	}
}

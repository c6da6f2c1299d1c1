// Package remote is what all verbs have in common that speak to a server: which
// one and as whom, what they print about changes, and how they ask before one.
package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/login"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// Session is one run of a verb that speaks to a server.
type Session struct {
	context.Context
	*api.Client
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Version        string // of this program
	JSON           bool   // print what the API says: one object, or an object a line for lists
	term.Style            // of Stdout
}

// Connects makes c a verb that speaks to a server.
func Connects(c *cobra.Command, run func(s *Session, args []string) error) *cobra.Command {
	verb.MarkRemote(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop) // the second signal ends the process at once
		s, err := Open(ctx, c)
		if err != nil {
			return err
		}
		return run(s, args)
	}
	return c
}

// Flags adds the flags of all verbs that speak to a server.
func Flags(f *pflag.FlagSet) {
	f.String("server", "", "`URL` of the server (default: TRUENAME_SERVER, else the login's, else "+api.DefaultServer+")")
	f.String("token", "", "`TOKEN` to use, which others may see in the list of processes (default: TRUENAME_TOKEN, else the login's)")
	f.String("token-file", "", "`FILE` that holds the token")
	f.Bool("json", false, "print JSON: one object, or an object a line where it is a list")
}

// LocalOnly refuses the flags of Flags where they would do nothing.
func LocalOnly(c *cobra.Command, _ []string) (err error) {
	if verb.IsRemote(c) {
		return nil
	}
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && err == nil {
			err = verb.Usagef("%s does not take --%s; see: %s --help", c.CommandPath(), f.Name, c.CommandPath())
		}
	})
	return err
}

// Open is the session that the flags of c, the environment and the login ask for.
func Open(ctx context.Context, c *cobra.Command) (*Session, error) {
	kept, err := login.Read()
	if err != nil {
		return nil, err
	}
	server := cmp.Or(Flag(c, "server"), os.Getenv("TRUENAME_SERVER"), kept.Server, api.DefaultServer)
	token, err := TokenFor(c, server, kept)
	if err != nil {
		return nil, err
	}
	client, err := api.NewClient(server, token, api.WithAgent("truename/"+c.Root().Version))
	if err != nil {
		return nil, verb.Usage(err)
	}
	asJSON, _ := c.Flags().GetBool("json")
	return &Session{
		Version: c.Root().Version, Context: ctx, Client: client, Stdin: c.InOrStdin(), Stdout: c.OutOrStdout(), Stderr: c.ErrOrStderr(),
		JSON: asJSON, Style: term.StyleOf(c.OutOrStdout()),
	}, nil
}

// TokenFor is the token to use with server. The one that a login kept is sent
// to the server of that login only.
func TokenFor(c *cobra.Command, server string, kept login.Login) (string, error) {
	if path := Flag(c, "token-file"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", verb.Usagef("--token-file: %w", err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	if token := cmp.Or(Flag(c, "token"), os.Getenv("TRUENAME_TOKEN")); token != "" {
		return token, nil
	}
	if sameServer(server, kept.Server) {
		return kept.Token, nil
	}
	return "", nil
}

// sameServer compares base URLs, with and without /v1.
func sameServer(a, b string) bool {
	x, errA := api.NewClient(a, "")
	y, errB := api.NewClient(b, "")
	return errA == nil && errB == nil && x.Server() == y.Server()
}

// Flag is the text of a flag of c; empty where c has none of that name.
func Flag(c *cobra.Command, name string) string {
	v, _ := c.Flags().GetString(name)
	return v
}

// Lacking says so where err is that of a server that does not know what the
// verb asks it for.
func (s *Session) Lacking(err error, what string) error {
	var answer *api.Error
	if !errors.As(err, &answer) {
		return err
	}
	if answer.Status == http.StatusNotFound || answer.Status == http.StatusMethodNotAllowed {
		return fmt.Errorf("the server does not know how to %s; it may be older than this command (%s), and an update of it helps: %w", what, s.Version, err)
	}
	return err
}

package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/app"
	"github.com/truename-dns/truename/internal/cli/login"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// session is one run of a verb that speaks to a server.
type session struct {
	context.Context
	*api.Client
	in   io.Reader
	out  io.Writer
	err  io.Writer
	json bool // print what the API says: one object, or an object a line for lists
	term.Style
}

// connects makes c a verb that speaks to a server.
func connects(c *cobra.Command, run func(s *session, args []string) error) *cobra.Command {
	verb.MarkRemote(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop) // the second signal ends the process at once
		s, err := open(ctx, c)
		if err != nil {
			return err
		}
		return run(s, args)
	}
	return c
}

// serverFlags are the flags of all verbs that speak to a server.
func serverFlags(f *pflag.FlagSet) {
	f.String("server", "", "`URL` of the server (default: TRUENAME_SERVER, else the login's, else "+api.DefaultServer+")")
	f.String("token", "", "`TOKEN` to use, which others may see in the list of processes (default: TRUENAME_TOKEN, else the login's)")
	f.String("token-file", "", "`FILE` that holds the token")
	f.Bool("json", false, "print JSON: one object, or an object a line where it is a list")
}

// localOnly refuses the flags of serverFlags where they would do nothing.
func localOnly(c *cobra.Command, _ []string) (err error) {
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

func open(ctx context.Context, c *cobra.Command) (*session, error) {
	kept, err := login.Read()
	if err != nil {
		return nil, err
	}
	server := first(flag(c, "server"), os.Getenv("TRUENAME_SERVER"), kept.Server, api.DefaultServer)
	token, err := tokenFor(c, server, kept)
	if err != nil {
		return nil, err
	}
	client, err := api.NewClient(server, token, api.WithAgent("truename/"+app.BuildVersion()))
	if err != nil {
		return nil, verb.Usage(err)
	}
	asJSON, _ := c.Flags().GetBool("json")
	return &session{
		Context: ctx, Client: client, in: c.InOrStdin(), out: c.OutOrStdout(), err: c.ErrOrStderr(),
		json: asJSON, Style: term.StyleOf(c.OutOrStdout()),
	}, nil
}

// tokenFor is the token to use with server. The one that a login kept is sent
// to the server of that login only.
func tokenFor(c *cobra.Command, server string, kept login.Login) (string, error) {
	if path := flag(c, "token-file"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", verb.Usagef("--token-file: %w", err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	if token := first(flag(c, "token"), os.Getenv("TRUENAME_TOKEN")); token != "" {
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

func flag(c *cobra.Command, name string) string {
	v, _ := c.Flags().GetString(name)
	return v
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// object prints v as JSON; lists print one such line an item.
func (s *session) object(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// item prints v as JSON on one line.
func (s *session) item(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// note tells a person something that is no result.
func (s *session) note(format string, args ...any) {
	fmt.Fprintf(s.err, format+"\n", args...)
}

// row adds a row to t, or prints v where JSON is wanted.
func (s *session) row(t *term.Table, v any, row ...term.Cell) error {
	if s.json {
		return s.item(v)
	}
	return t.Row(row...)
}

// ended prints v as JSON, unless there is an error.
func (s *session) ended(v any, err error) error {
	if err != nil {
		return err
	}
	return s.object(v)
}

// moment is a time: for a person in the time zone here, else in RFC 3339.
func (s *session) moment(t time.Time) string {
	if term.IsTerminal(s.out) || t.IsZero() {
		return term.Moment(t)
	}
	return t.UTC().Format(time.RFC3339)
}

// removed tells of v, which is not there any more.
func (s *session) removed(v any, format string, args ...any) error {
	if s.json {
		return s.item(v)
	}
	s.note(format, args...)
	return nil
}

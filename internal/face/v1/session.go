package v1

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// signInTag is the group of operations for browsers.
const signInTag = "Sign-in"

// Limits of bodies of people, in octets.
const (
	personBody  = 8 << 10
	passkeyBody = 64 << 10
)

var (
	sessionAnswer = api.Response[api.SessionData]{}

	sessionRoutes = []Route{{
		Method: "GET", Path: "/session", ID: "getSession", Tag: signInTag, Summary: "Tell who has signed in", Public: true,
		Description: "Never 401: the state says whether somebody has to sign in, or to be set up first. It does not make the session last longer.",
		Status:      200, Answer: sessionAnswer, handle: (*call).getSession,
	}, {
		Method: "POST", Path: "/setup", ID: "setUp", Tag: signInTag, Summary: "Make the first owner, by the setup code", Public: true, MaxBody: personBody,
		Description: "The first start of the server prints the code. It can be used once.",
		Body:        api.SetupRequest{}, Status: 201, Answer: sessionAnswer, handle: (*call).setUp,
	}, {
		Method: "POST", Path: "/join", ID: "join", Tag: signInTag, Summary: "Take an invitation, or set a new password by a code", Public: true, MaxBody: personBody,
		Body: api.JoinRequest{}, Status: 201, Answer: sessionAnswer, handle: (*call).join,
	}, {
		Method: "POST", Path: "/session", ID: "signIn", Tag: signInTag, Summary: "Sign in by a password", Public: true, MaxBody: personBody,
		Description: "The session is kept in an HttpOnly cookie; what changes something sends its csrf as X-CSRF-Token. It ends after 12 hours without use, and after 30 days.",
		Body:        api.SignInRequest{}, Status: 201, Answer: sessionAnswer, handle: (*call).signIn,
	}, {
		Method: "PATCH", Path: "/session", ID: "updateProfile", Tag: signInTag, Summary: "Change one's own name or password", Person: true, MaxBody: personBody,
		Description: "A new password ends all sessions and opens a new one.",
		Body:        api.ProfileRequest{}, Status: 200, Answer: sessionAnswer, handle: (*call).updateProfile,
	}, {
		Method: "DELETE", Path: "/session", ID: "signOut", Tag: signInTag, Summary: "Sign out", Public: true, Status: 204, handle: (*call).signOut,
	}, {
		Method: "GET", Path: "/sessions", ID: "listSessions", Tag: signInTag, Summary: "List one's own sessions", Person: true,
		Status: 200, Answer: api.Response[api.OpenSessionsData]{}, handle: (*call).listSessions,
	}, {
		Method: "DELETE", Path: "/sessions", ID: "endSessions", Tag: signInTag, Summary: "End all one's own sessions but this one", Person: true,
		Status: 204, handle: (*call).endSessions,
	}, {
		Method: "DELETE", Path: "/sessions/{session_id}", ID: "endSession", Tag: signInTag, Summary: "End one of one's own sessions", Person: true,
		Status: 204, handle: (*call).endSession,
	}}
)

// showSession is how the browser stands: with the session here, or with none.
func (c *call) showSession(here *people.Current) api.SessionData {
	out := api.Session{State: api.SessionSignedOut, Passkeys: canPasskeys(c.site())}
	if here == nil {
		if c.People.Empty() {
			out.State = api.SessionSetup
		}
		return api.SessionData{Session: out}
	}
	p, ends := here.Person, here.Session.Ends()
	out.State, out.CSRF, out.ExpiresAt = api.SessionSignedIn, here.CSRF, &ends
	out.User = &api.Person{ID: form.UUID(p.ID), Name: p.Name, Email: p.Email, Role: string(p.Role)}
	out.Account = &api.AccountSummary{ID: form.UUID(p.Account), Name: c.Keeper.AccountName(p.Account)}
	out.Admin, out.Scopes = here.Principal.Admin, form.Scopes(here.Principal.Limits.Scopes)
	return api.SessionData{Session: out}
}

func (c *call) getSession() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, noPeople()
	}
	here, err := c.People.Current(c.secret(), false)
	if err != nil {
		here = nil
	}
	return envelope.OK(c.showSession(here))
}

// welcome answers who has a new session.
func (c *call) welcome(here *people.Current, err error, how string) (*envelope.Reply, error) {
	if err != nil {
		c.Log.Info("somebody could not sign in", "how", how, "address", c.From, "why", envelope.Error(err).Code)
		return nil, err
	}
	c.setCookie(here.Secret)
	c.Log.Info("somebody has signed in", "how", how, "person", here.Person.ID, "name", here.Person.Name, "address", c.From)
	return envelope.Created(c.showSession(here))
}

// read decodes the body of a request of who wants to sign in.
func (c *call) read(into any) error {
	if c.People == nil {
		return noPeople()
	}
	return c.decode(into)
}

func (c *call) setUp() (*envelope.Reply, error) {
	var in api.SetupRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.Setup(c.ctx, &people.Newcomer{Code: in.Code, Email: in.Email, Name: in.Name, Password: in.Password}, c.from())
	return c.welcome(here, err, "setup code")
}

func (c *call) join() (*envelope.Reply, error) {
	var in api.JoinRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.Join(c.ctx, &people.Newcomer{Code: in.Code, Name: in.Name, Password: in.Password}, c.from())
	return c.welcome(here, err, "invitation")
}

func (c *call) signIn() (*envelope.Reply, error) {
	var in api.SignInRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.SignIn(c.ctx, in.Email, in.Password, c.from())
	return c.welcome(here, err, "password")
}

func (c *call) updateProfile() (*envelope.Reply, error) {
	var in api.ProfileRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	here, err := c.People.SetProfile(c.ctx, c.here, &people.Profile{Name: in.Name, Password: in.Password, Present: in.CurrentPassword}, c.from())
	if err != nil {
		return nil, err
	}
	if here.Secret != "" {
		c.setCookie(here.Secret)
	}
	return envelope.OK(c.showSession(here))
}

// signOut takes the cookie away, whether it is of use or not.
func (c *call) signOut() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, noPeople()
	}
	if here, err := c.People.Current(c.secret(), false); err == nil {
		if err := c.ownPage(here); err != nil {
			return nil, err
		}
		if err := c.People.SignOut(c.ctx, here.Person.ID, here.Session.ID); err != nil {
			return nil, err
		}
	}
	c.setCookie("")
	return nil, nil
}

func (c *call) listSessions() (*envelope.Reply, error) {
	out := api.OpenSessionsData{Sessions: []api.OpenSession{}}
	for _, s := range c.People.Sessions(c.here.Person.ID) {
		out.Sessions = append(out.Sessions, api.OpenSession{
			ID: form.UUID(s.ID), Current: s.ID == c.here.Session.ID, IPAddress: s.Address, UserAgent: s.Agent,
			CreatedAt: s.Created, LastUsedAt: s.Used, ExpiresAt: s.Ends(),
		})
	}
	return envelope.OK(out)
}

func (c *call) endSessions() (*envelope.Reply, error) {
	return nil, c.People.SignOutOthers(c.ctx, c.here.Person.ID, c.here.Session.ID)
}

func (c *call) endSession() (*envelope.Reply, error) {
	id := c.hexID("session_id")
	if id == c.here.Session.ID {
		c.setCookie("")
	}
	return nil, c.People.SignOut(c.ctx, c.here.Person.ID, id)
}

// hexID is an id of the path as the rooms have it, whether it is written so or as a UUID.
func (c *call) hexID(variable string) string {
	text := c.R.PathValue(variable)
	if id, err := change.ParseZoneID(text); err == nil {
		return id.Hex()
	}
	return envelope.Shorten(text, 64)
}

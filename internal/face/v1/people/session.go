package people

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// Limits of bodies of people, in octets.
const (
	personBody  = 8 << 10
	passkeyBody = 64 << 10
)

var (
	sessionAnswer = api.Response[api.SessionData]{}

	sessionRoutes = []call.Route{{
		Method: "GET", Path: "/session", ID: "getSession", Tag: SignInTag, Summary: "Tell who has signed in", Public: true,
		Description: "Never 401: the state says whether somebody has to sign in, or to be set up first. It does not make the session last longer.",
		Status:      200, Answer: sessionAnswer, Handle: call.By(handler.getSession),
	}, {
		Method: "POST", Path: "/setup", ID: "setUp", Tag: SignInTag, Summary: "Make the first owner, by the setup code", Public: true, MaxBody: personBody,
		Description: "The first start of the server prints the code. It can be used once.",
		Body:        api.SetupRequest{}, Status: 201, Answer: sessionAnswer, Handle: call.By(handler.setUp),
	}, {
		Method: "POST", Path: "/join", ID: "join", Tag: SignInTag, Summary: "Take an invitation, or set a new password by a code", Public: true, MaxBody: personBody,
		Body: api.JoinRequest{}, Status: 201, Answer: sessionAnswer, Handle: call.By(handler.join),
	}, {
		Method: "POST", Path: "/session", ID: "signIn", Tag: SignInTag, Summary: "Sign in by a password", Public: true, MaxBody: personBody,
		Description: "The session is kept in an HttpOnly cookie; what changes something sends its csrf as X-CSRF-Token. It ends after 12 hours without use, and after 30 days.",
		Body:        api.SignInRequest{}, Status: 201, Answer: sessionAnswer, Handle: call.By(handler.signIn),
	}, confirmRoute, {
		Method: "PATCH", Path: "/session", ID: "updateProfile", Tag: SignInTag, Summary: "Change one's own name or password", Person: true, MaxBody: personBody,
		Description: "A new password ends all sessions and opens a new one. It wants current_password, or a passkey shown within the last five minutes.",
		Body:        api.ProfileRequest{}, Status: 200, Answer: sessionAnswer, Handle: call.By(handler.updateProfile),
	}, {
		Method: "DELETE", Path: "/session", ID: "signOut", Tag: SignInTag, Summary: "Sign out", Public: true, Status: 204, Handle: call.By(handler.signOut),
	}, {
		Method: "GET", Path: "/sessions", ID: "listSessions", Tag: SignInTag, Summary: "List one's own sessions", Person: true,
		Status: 200, Answer: api.Response[api.OpenSessionsData]{}, Handle: call.By(handler.listSessions),
	}, {
		Method: "DELETE", Path: "/sessions", ID: "endSessions", Tag: SignInTag, Summary: "End all one's own sessions but this one", Person: true,
		Status: 204, Handle: call.By(handler.endSessions),
	}, {
		Method: "DELETE", Path: "/sessions/{session_id}", ID: "endSession", Tag: SignInTag, Summary: "End one of one's own sessions", Person: true,
		Status: 204, Handle: call.By(handler.endSession),
	}}
)

// showSession is how the browser stands: with the session here, or with none.
func (c handler) showSession(here *people.Current) api.SessionData {
	out := api.Session{State: api.SessionSignedOut, Passkeys: canPasskeys(c.site())}
	if here == nil {
		if c.People.Empty() {
			out.State = api.SessionSetup
		}
		return api.SessionData{Session: out}
	}
	p, ends, confirmed := here.Person, here.Session.Ends(), here.Session.ConfirmedUntil()
	out.State, out.CSRF, out.ExpiresAt, out.Confirmed = api.SessionSignedIn, here.CSRF, &ends, &confirmed
	out.User = &api.Person{ID: form.UUID(p.ID), Name: p.Name, Email: p.Email, Role: string(p.Role)}
	out.Account = &api.AccountSummary{ID: form.UUID(p.Account), Name: c.Keeper.AccountName(p.Account)}
	out.Admin, out.Scopes = here.Principal.Admin, form.Scopes(here.Principal.Limits.Scopes)
	return api.SessionData{Session: out}
}

func (c handler) getSession() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, call.NoPeople()
	}
	here, err := c.People.Current(c.Secret(), false)
	if err != nil {
		here = nil
	}
	return envelope.OK(c.showSession(here))
}

// welcome answers who has a new session.
func (c handler) welcome(here *people.Current, err error, how string) (*envelope.Reply, error) {
	if err != nil {
		c.Log.Info("somebody could not sign in", "how", how, "address", c.From, "why", envelope.Error(err).Code)
		return nil, err
	}
	c.SetCookie(here.Secret)
	c.Log.Info("somebody has signed in", "how", how, "person", here.Person.ID, "name", here.Person.Name, "address", c.From)
	return envelope.Created(c.showSession(here))
}

// read decodes the body of a request of who wants to sign in.
func (c handler) read(into any) error {
	if c.People == nil {
		return call.NoPeople()
	}
	return c.Decode(into)
}

func (c handler) setUp() (*envelope.Reply, error) {
	var in api.SetupRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.Setup(c.Ctx, &people.Newcomer{Code: in.Code, Email: in.Email, Name: in.Name, Password: in.Password}, c.from())
	return c.welcome(here, err, "setup code")
}

func (c handler) join() (*envelope.Reply, error) {
	var in api.JoinRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.Join(c.Ctx, &people.Newcomer{Code: in.Code, Name: in.Name, Password: in.Password}, c.from())
	return c.welcome(here, err, "invitation")
}

func (c handler) signIn() (*envelope.Reply, error) {
	var in api.SignInRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.SignIn(c.Ctx, in.Email, in.Password, c.from())
	return c.welcome(here, err, "password")
}

func (c handler) updateProfile() (*envelope.Reply, error) {
	var in api.ProfileRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if in.Password != nil && in.CurrentPassword == "" {
		if err := c.Confirmed(); err != nil {
			return nil, err
		}
	}
	here, err := c.People.SetProfile(c.Ctx, c.Here, &people.Profile{Name: in.Name, Password: in.Password, Present: in.CurrentPassword}, c.from())
	if err != nil {
		return nil, err
	}
	if here.Secret != "" {
		c.SetCookie(here.Secret)
	}
	return envelope.OK(c.showSession(here))
}

// signOut takes the cookie away, whether it is of use or not.
func (c handler) signOut() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, call.NoPeople()
	}
	if here, err := c.People.Current(c.Secret(), false); err == nil {
		if err := c.OwnPage(here); err != nil {
			return nil, err
		}
		if err := c.People.SignOut(c.Ctx, here.Person.ID, here.Session.ID); err != nil {
			return nil, err
		}
	}
	c.SetCookie("")
	return nil, nil
}

func (c handler) listSessions() (*envelope.Reply, error) {
	out := api.OpenSessionsData{Sessions: []api.OpenSession{}}
	for _, s := range c.People.Sessions(c.Here.Person.ID) {
		out.Sessions = append(out.Sessions, api.OpenSession{
			ID: form.UUID(s.ID), Current: s.ID == c.Here.Session.ID, IPAddress: s.Address, UserAgent: s.Agent,
			CreatedAt: s.Created, LastUsedAt: s.Used, ExpiresAt: s.Ends(),
		})
	}
	return envelope.OK(out)
}

func (c handler) endSessions() (*envelope.Reply, error) {
	return nil, c.People.SignOutOthers(c.Ctx, c.Here.Person.ID, c.Here.Session.ID)
}

func (c handler) endSession() (*envelope.Reply, error) {
	id := c.hexID("session_id")
	if id == c.Here.Session.ID {
		c.SetCookie("")
	}
	return nil, c.People.SignOut(c.Ctx, c.Here.Person.ID, id)
}

// hexID is an id of the path as the rooms have it, whether it is written so or as a UUID.
func (c handler) hexID(variable string) string {
	text := c.R.PathValue(variable)
	if id, err := change.ParseZoneID(text); err == nil {
		return id.Hex()
	}
	return envelope.Shorten(text, 64)
}

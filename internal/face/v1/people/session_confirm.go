package people

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

var confirmRoute = call.Route{
	Method: "POST", Path: "/session/confirm", ID: "confirmSession", Tag: SignInTag, Summary: "Show again who one is, by the password or a passkey", Person: true, MaxBody: passkeyBody,
	Description: "What gives a way in - passkeys, tokens, invitations, roles - needs that, or a sign-in, within the last five minutes; otherwise it is refused with 403 and the code " + api.CodeReauthenticate + ". For a passkey take the options of POST /session/passkey/begin.",
	Body:        api.ConfirmRequest{}, Status: 200, Answer: sessionAnswer, Handle: call.By(handler.confirmSession),
}

func (c handler) confirmSession() (*envelope.Reply, error) {
	var in api.ConfirmRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	var (
		here *people.Current
		err  error
	)
	switch passkey := len(in.Credential) > 0; {
	case passkey == (in.Password != ""):
		return nil, envelope.Invalid("password", "give the password, or the credential of a passkey, and not both")
	case passkey:
		here, err = c.People.ConfirmByPasskey(c.Ctx, c.Here, c.site(), in.Credential, c.from())
	default:
		here, err = c.People.Confirm(c.Ctx, c.Here, in.Password, c.from())
	}
	if err != nil {
		c.Log.Info("somebody could not confirm who they are", "person", c.Here.Person.ID, "address", c.From, "why", envelope.Error(err).Code)
		return nil, err
	}
	return envelope.OK(c.showSession(here))
}

package v1

import (
	"encoding/json"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

var passkeyOptions = api.Response[api.PasskeyOptionsData]{}

var passkeyRoutes = []Route{{
	Method: "POST", Path: "/session/passkey/begin", ID: "beginPasskeySignIn", Tag: signInTag, Summary: "Begin to sign in by a passkey", Public: true,
	Description: "The options are those of Web Authentication in JSON, for parseRequestOptionsFromJSON. They can be used for five minutes.",
	Status:      200, Answer: passkeyOptions, handle: (*call).beginPasskeySignIn,
}, {
	Method: "POST", Path: "/session/passkey/finish", ID: "finishPasskeySignIn", Tag: signInTag, Summary: "Sign in by a passkey", Public: true, MaxBody: passkeyBody,
	Body: api.PasskeyRequest{}, Status: 201, Answer: sessionAnswer, handle: (*call).finishPasskeySignIn,
}, {
	Method: "GET", Path: "/passkeys", ID: "listPasskeys", Tag: signInTag, Summary: "List one's own passkeys", Person: true,
	Status: 200, Answer: api.Response[api.PasskeysData]{}, handle: (*call).listPasskeys,
}, {
	Method: "POST", Path: "/passkeys/begin", ID: "beginPasskey", Tag: signInTag, Summary: "Begin to add a passkey", Person: true,
	Description: "The options are those of Web Authentication in JSON, for parseCreationOptionsFromJSON. They can be used for five minutes.",
	Status:      200, Answer: passkeyOptions, handle: (*call).beginPasskey,
}, {
	Method: "POST", Path: "/passkeys/finish", ID: "finishPasskey", Tag: signInTag, Summary: "Add a passkey", Person: true, MaxBody: passkeyBody,
	Body: api.PasskeyRequest{}, Status: 201, Answer: api.Response[api.PasskeyData]{}, handle: (*call).finishPasskey,
}, {
	Method: "DELETE", Path: "/passkeys/{passkey_id}", ID: "deletePasskey", Tag: signInTag, Summary: "Remove a passkey", Person: true,
	Status: 204, handle: (*call).deletePasskey,
}}

func showOptions(options json.RawMessage, err error) (*envelope.Reply, error) {
	if err != nil {
		return nil, err
	}
	return envelope.OK(api.PasskeyOptionsData{Options: options})
}

func (c *call) beginPasskeySignIn() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, noPeople()
	}
	return showOptions(c.People.BeginSignIn(c.site()))
}

func (c *call) finishPasskeySignIn() (*envelope.Reply, error) {
	var in api.PasskeyRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.SignInByPasskey(c.ctx, c.site(), in.Credential, c.from())
	return c.welcome(here, err, "passkey")
}

func showPasskey(p *people.Passkey) api.Passkey {
	out := api.Passkey{ID: p.ID(), Name: p.Name, Synced: p.Synced, CreatedAt: p.Created}
	if !p.Used.IsZero() {
		out.LastUsedAt = &p.Used
	}
	return out
}

func (c *call) listPasskeys() (*envelope.Reply, error) {
	out := api.PasskeysData{Passkeys: []api.Passkey{}}
	for i := range c.here.Person.Passkeys {
		out.Passkeys = append(out.Passkeys, showPasskey(&c.here.Person.Passkeys[i]))
	}
	return envelope.OK(out)
}

func (c *call) beginPasskey() (*envelope.Reply, error) {
	return showOptions(c.People.BeginPasskey(c.here, c.site()))
}

func (c *call) finishPasskey() (*envelope.Reply, error) {
	var in api.PasskeyRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, err := c.People.AddPasskey(c.ctx, c.here, c.site(), in.Name, in.Credential)
	if err != nil {
		return nil, err
	}
	return envelope.Created(api.PasskeyData{Passkey: showPasskey(p)})
}

func (c *call) deletePasskey() (*envelope.Reply, error) {
	return nil, c.People.RemovePasskey(c.ctx, c.here.Person.ID, c.R.PathValue("passkey_id"))
}

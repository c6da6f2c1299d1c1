package people

import (
	"encoding/json"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

var passkeyOptions = api.Response[api.PasskeyOptionsData]{}

var passkeyRoutes = []call.Route{{
	Method: "POST", Path: "/session/passkey/begin", ID: "beginPasskeySignIn", Tag: SignInTag, Summary: "Begin to sign in by a passkey", Public: true,
	Description: "The options are those of Web Authentication in JSON, for parseRequestOptionsFromJSON. They can be used for five minutes.",
	Status:      200, Answer: passkeyOptions, Handle: call.By(handler.beginPasskeySignIn),
}, {
	Method: "POST", Path: "/session/passkey/finish", ID: "finishPasskeySignIn", Tag: SignInTag, Summary: "Sign in by a passkey", Public: true, MaxBody: passkeyBody,
	Body: api.PasskeyRequest{}, Status: 201, Answer: sessionAnswer, Handle: call.By(handler.finishPasskeySignIn),
}, {
	Method: "GET", Path: "/passkeys", ID: "listPasskeys", Tag: SignInTag, Summary: "List one's own passkeys", Person: true,
	Status: 200, Answer: api.Response[api.PasskeysData]{}, Handle: call.By(handler.listPasskeys),
}, {
	Method: "POST", Path: "/passkeys/begin", ID: "beginPasskey", Tag: SignInTag, Summary: "Begin to add a passkey", Person: true, Confirmed: true,
	Description: "The options are those of Web Authentication in JSON, for parseCreationOptionsFromJSON. They can be used for five minutes.",
	Status:      200, Answer: passkeyOptions, Handle: call.By(handler.beginPasskey),
}, {
	Method: "POST", Path: "/passkeys/finish", ID: "finishPasskey", Tag: SignInTag, Summary: "Add a passkey", Person: true, Confirmed: true, MaxBody: passkeyBody,
	Body: api.PasskeyRequest{}, Status: 201, Answer: api.Response[api.PasskeyData]{}, Handle: call.By(handler.finishPasskey),
}, {
	Method: "DELETE", Path: "/passkeys/{passkey_id}", ID: "deletePasskey", Tag: SignInTag, Summary: "Remove a passkey", Person: true,
	Status: 204, Handle: call.By(handler.deletePasskey),
}}

func showOptions(options json.RawMessage, err error) (*envelope.Reply, error) {
	if err != nil {
		return nil, err
	}
	return envelope.OK(api.PasskeyOptionsData{Options: options})
}

func (c handler) beginPasskeySignIn() (*envelope.Reply, error) {
	if c.People == nil {
		return nil, call.NoPeople()
	}
	return showOptions(c.People.BeginSignIn(c.site()))
}

func (c handler) finishPasskeySignIn() (*envelope.Reply, error) {
	var in api.PasskeyRequest
	if err := c.read(&in); err != nil {
		return nil, err
	}
	here, err := c.People.SignInByPasskey(c.Ctx, c.site(), in.Credential, c.from())
	return c.welcome(here, err, "passkey")
}

func showPasskey(p *people.Passkey) api.Passkey {
	out := api.Passkey{ID: p.ID(), Name: p.Name, Synced: p.Synced, CreatedAt: p.Created}
	if !p.Used.IsZero() {
		out.LastUsedAt = &p.Used
	}
	return out
}

func (c handler) listPasskeys() (*envelope.Reply, error) {
	out := api.PasskeysData{Passkeys: []api.Passkey{}}
	for i := range c.Here.Person.Passkeys {
		out.Passkeys = append(out.Passkeys, showPasskey(&c.Here.Person.Passkeys[i]))
	}
	return envelope.OK(out)
}

func (c handler) beginPasskey() (*envelope.Reply, error) {
	return showOptions(c.People.BeginPasskey(c.Here, c.site()))
}

func (c handler) finishPasskey() (*envelope.Reply, error) {
	var in api.PasskeyRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	p, err := c.People.AddPasskey(c.Ctx, c.Here, c.site(), in.Name, in.Credential)
	if err != nil {
		return nil, err
	}
	return envelope.Created(api.PasskeyData{Passkey: showPasskey(p)})
}

func (c handler) deletePasskey() (*envelope.Reply, error) {
	return nil, c.People.RemovePasskey(c.Ctx, c.Here.Person.ID, c.R.PathValue("passkey_id"))
}

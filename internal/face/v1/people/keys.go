package people

import (
	"net/http"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var keyRoutes = []call.Route{{
	Method: "GET", Path: "/users/{user_id}/apikeys", ID: "listAPIKeys", Tag: "Accounts and tokens", Open: true, Summary: "List the tokens of an account", Scopes: readTokens,
	Status: 200, Answer: api.Response[api.APIKeysData]{}, Handle: call.By(handler.listKeys),
}, {
	Method: "POST", Path: "/users/{user_id}/apikeys", ID: "createAPIKey", Tag: "Accounts and tokens", Summary: "Create a token", Scopes: writeTokens, Confirmed: true,
	Description: "The secret is in this answer and never again. A token can do no more than the one that makes it. An owner that ends in the name of a zone is taken as a whole name, and shown with its final dot.",
	Body:        api.CreateAPIKeyRequest{}, Status: 201, Answer: api.Response[api.APIKeyData]{}, Handle: call.By(handler.createKey),
}, {
	Method: "GET", Path: "/users/{user_id}/apikeys/{key_id}", ID: "getAPIKey", Tag: "Accounts and tokens", Summary: "Get a token, without its secret", Scopes: readTokens,
	Status: 200, Answer: api.Response[api.APIKeyData]{}, Handle: call.By(handler.getKey),
}, {
	Method: "DELETE", Path: "/users/{user_id}/apikeys/{key_id}", ID: "deleteAPIKey", Tag: "Accounts and tokens", Summary: "Revoke a token", Scopes: writeTokens,
	Status: 204, Handle: call.By(handler.deleteKey),
}}

func (c handler) listKeys() (*envelope.Reply, error) {
	id, err := c.userID()
	if err != nil {
		return nil, err
	}
	tokens, err := c.Keeper.Tokens(c.Ctx, c.Who, id)
	if err != nil {
		return nil, err
	}
	out := api.APIKeysData{APIKeys: []api.APIKey{}}
	for _, t := range tokens {
		out.APIKeys = append(out.APIKeys, form.Key(t))
	}
	return envelope.OK(out)
}

func (c handler) createKey() (*envelope.Reply, error) {
	id, err := c.userID()
	if err != nil {
		return nil, err
	}
	var in api.CreateAPIKeyRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	spec := &access.TokenSpec{
		Account: id, Name: in.Name, Scopes: in.Scopes, Zones: in.Zones, Owners: in.Owners, Types: in.Types, Targets: in.Targets, Networks: in.Networks,
	}
	if in.ExpiresAt != nil {
		spec.Expires = *in.ExpiresAt
		if spec.Expires.IsZero() {
			spec.Expires = time.Unix(1, 0) // the year 1 is no way to say never
		}
	}
	dotted := c.complete(spec.Owners)
	if err := c.zoneScopes(&in, spec); err != nil {
		return nil, err
	}
	t, secret, err := c.Keeper.CreateToken(c.Ctx, c.Who, spec)
	if err != nil {
		return nil, err
	}
	key := form.Key(t)
	key.Key = secret
	out := api.APIKeyData{APIKey: key}
	if len(dotted) > 0 {
		out.Message = "these owners end in the name of a zone, and were taken as whole names, with a final dot: " + strings.Join(dotted, ", ")
	}
	return envelope.Created(out)
}

// complete gives the patterns that end in the name of a zone that is seen the
// final dot that makes them absolute, as names of records are read, and returns
// those that had none.
func (c handler) complete(owners []string) (dotted []string) {
	for i, pattern := range owners {
		if c.endsInZone(pattern) {
			owners[i] += "."
			dotted = append(dotted, owners[i])
		}
	}
	return dotted
}

// endsInZone reports whether pattern, without a final dot, is the name of a zone
// that is seen, or below it.
func (c handler) endsInZone(pattern string) bool {
	const longest = 1024 // octets of a pattern that is looked at; a name in presentation form is shorter
	if strings.HasSuffix(pattern, ".") || len(pattern) > longest {
		return false
	}
	for before, rest, more := "", pattern, true; more; before, rest, more = strings.Cut(rest, ".") {
		if strings.HasSuffix(before, `\`) { // the dot is part of a label
			continue
		}
		ref, err := form.ParseRef(rest)
		if err != nil || ref.Apex == nil {
			continue
		}
		if _, err := c.Control.Zone(c.Who, ref); err == nil {
			return true
		}
	}
	return false
}

// zoneScopes takes over how DNScale's clients narrow a token. A token of ours
// has one list of zones and one of owners, so several zones with different
// names cannot be told apart, and are refused.
func (c handler) zoneScopes(in *api.CreateAPIKeyRequest, spec *access.TokenSpec) error {
	if len(in.ZoneIDs) > 0 && len(in.ZoneScopes) > 0 {
		return envelope.Invalid("zone_scopes", "zone_ids and zone_scopes exclude each other; use zone_scopes")
	}
	zones := in.ZoneIDs
	for i, s := range in.ZoneScopes {
		zones = append(zones, s.ZoneID)
		switch {
		case s.RecordAccess == "all" && len(s.RecordNames) == 0:
		case s.RecordAccess == "names" && len(s.RecordNames) > 0 && len(in.ZoneScopes) == 1:
			names, err := c.literal(i, s)
			if err != nil {
				return err
			}
			spec.Owners = append(spec.Owners, names...)
		case s.RecordAccess == "names" && len(in.ZoneScopes) > 1:
			return envelope.Invalid("zone_scopes", "names can be given for a single zone only; make a token for each zone")
		default:
			return envelope.Invalid("zone_scopes", "record_access is all, without record_names, or names, with them")
		}
	}
	for _, text := range zones {
		ref, err := form.ParseRef(text)
		if err != nil {
			return err
		}
		z, err := c.Control.Zone(c.Who, ref)
		if err != nil {
			return err
		}
		spec.Zones = append(spec.Zones, z.ID.String())
	}
	return nil
}

// literal is the names of a zone scope as patterns: "*" is no pattern there.
func (c handler) literal(at int, s api.ZoneScope) ([]string, error) {
	const most = 100
	if len(s.RecordNames) > most {
		return nil, envelope.Invalid("zone_scopes", "zone_scopes[%d] has %d names; at most %d are taken", at, len(s.RecordNames), most)
	}
	ref, err := form.ParseRef(s.ZoneID)
	if err != nil {
		return nil, err
	}
	z, err := c.Control.Zone(c.Who, ref)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range s.RecordNames {
		owner, err := form.ParseOwner("zone_scopes", name, z.Apex)
		if err != nil {
			return nil, err
		}
		text := owner.String()
		if owner.IsWildcard() {
			text = `\` + text
		}
		out = append(out, text)
	}
	return out, nil
}

// key is the token of the path, which must be one of the account of the path.
func (c handler) key() (*access.Token, error) {
	account, err := c.userID()
	if err != nil {
		return nil, err
	}
	id := c.R.PathValue("key_id")
	if u, err := change.ParseZoneID(id); err == nil {
		id = u.Hex()
	}
	t, err := c.Keeper.Token(c.Ctx, c.Who, envelope.Shorten(id, 64))
	if err != nil {
		return nil, err
	}
	if t.Account != account {
		return nil, envelope.Fail(http.StatusNotFound, "TOKEN_NOT_FOUND", "the account has no token of this id; list its tokens to see which there are")
	}
	return t, nil
}

func (c handler) getKey() (*envelope.Reply, error) {
	t, err := c.key()
	if err != nil {
		return nil, err
	}
	return envelope.OK(api.APIKeyData{APIKey: form.Key(t)})
}

func (c handler) deleteKey() (*envelope.Reply, error) {
	t, err := c.key()
	if err != nil {
		return nil, err
	}
	return nil, c.Keeper.RevokeToken(c.Ctx, c.Who, t.ID)
}

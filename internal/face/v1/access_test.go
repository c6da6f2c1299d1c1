package v1

import "testing"

// holding makes a token with that request, in the account of the admin, and uses it.
func (d *desk) holding(body string) {
	d.Helper()
	d.run([]step{{"a token", "POST", "/users/me/apikeys", body, nil, 201, []string{"secret:=data.api_key.key", "token:=data.api_key.id"}}})
	d.token = d.vars["secret"]
}

func TestATokenDoesWhatItMay(t *testing.T) {
	record := `{"name":"a","type":"A","content":"192.0.2.1"}`
	tests := []struct {
		name, token string
		steps       []step
	}{
		{"records only", `{"name":"t","scopes":"[\"records:read\",\"records:write\"]"}`, []step{
			{"needs zones too", "GET", "/zones/$zone/records", "", nil, 403, []string{"error.code=FORBIDDEN", "error.details.0.scope=zones:read"}},
			{"to write as well", "POST", "/zones/$zone/records", record, nil, 403, []string{"error.code=FORBIDDEN"}},
		}},
		{"reading", `{"name":"t","scopes":["zones:read","records:read"]}`, []step{
			{"may read", "GET", "/zones/$zone/records", "", nil, 200, nil},
			{"may not write", "POST", "/zones/$zone/records", record, nil, 403, []string{"error.details.0.scope=records:write"}},
			{"nor by a change", "POST", "/changes", `{"zones":[{"zone":"example.com","delete":true}]}`, nil, 403, nil},
			{"nor a zone", "POST", "/zones", `{"name":"x.test"}`, nil, 403, nil},
		}},
		{"one zone, one name", `{"name":"t","scopes":"[\"zones:read\",\"records:*\"]","zone_scopes":[{"zone_id":"$zone","record_access":"names","record_names":["_acme-challenge","*"]}]}`, []step{
			{"sees its zone alone", "GET", "/zones", "", nil, 200, []string{"data.zones.#=1"}},
			{"not the other", "GET", "/zones/other.test", "", nil, 404, []string{"error.code=ZONE_NOT_FOUND"}},
			{"may write its name", "POST", "/zones/$zone/records", `{"name":"_acme-challenge","type":"TXT","content":"x"}`, nil, 201, nil},
			{"and the wildcard", "POST", "/zones/$zone/records", `{"name":"*","type":"A","content":"192.0.2.1"}`, nil, 201, nil},
			{"no other", "POST", "/zones/$zone/records", record, nil, 403, []string{"error.code=FORBIDDEN"}},
		}},
		{"targets", `{"name":"t","scopes":["*"],"targets":["example.net"],"types":["CNAME"]}`, []step{
			{"may point there", "POST", "/zones/$zone/records", `{"name":"a","type":"CNAME","content":"x.example.net"}`, nil, 201, nil},
			{"not elsewhere", "POST", "/zones/$zone/records", `{"name":"b","type":"CNAME","content":"x.example.org"}`, nil, 403, nil},
			{"not by another type", "POST", "/zones/$zone/records", record, nil, 403, nil},
		}},
		{"another network", `{"name":"t","scopes":["*"],"networks":["198.51.100.0/24"]}`, []step{
			{"is turned away", "GET", "/zones", "", nil, 403, []string{"error.code=FORBIDDEN"}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := zoned(t)
			d.run([]step{{"another zone", "POST", "/zones", `{"name":"other.test"}`, nil, 201, nil}})
			d.holding(test.token)
			d.run(test.steps)
		})
	}
}

func TestTokensAreMadeListedAndRevoked(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"scopes as clients send them", "POST", "/users/me/apikeys", `{"name":"ci","scopes":"[\"zones:read\"]","expires_at":"2999-01-01T00:00:00Z","zone_ids":["$zone"]}`, nil, 201,
			[]string{`data.api_key.scopes=["zones:read"]`, "data.api_key.key~truename_", "data.api_key.zone_ids.0=$zone", "data.api_key.zone_scopes.0.record_access=all", "id:=data.api_key.id", "user:=data.api_key.user_id", "key:=data.api_key.key"}},
		{"the secret is not said again", "GET", "/users/$user/apikeys/$id",
			"", nil, 200, []string{"!data.api_key.key", "data.api_key.expires_at=2999-01-01T00:00:00Z"}},
		{"nor in the list", "GET", "/users/me/apikeys", "", nil, 200, []string{"data.api_keys.#=2", "!data.api_keys.1.key"}},
		{"it works", "GET", "/whoami",
			"", []string{"Authorization: Bearer $key"}, 200, []string{"data.name=ci", "data.admin=true", "data.scopes.0=zones:read", "data.token=$id"}},
		{"scopes that are none", "POST", "/users/me/apikeys", `{"name":"x","scopes":"zones:read"}`, nil, 400, nil},
		{"a scope that is none", "POST", "/users/me/apikeys",
			`{"name":"x","scopes":["zones:paint"]}`, nil, 400, []string{"error.code=INVALID_INPUT", "error.details.0.field~scopes"}},
		{"both lists of zones", "POST", "/users/me/apikeys",
			`{"name":"x","scopes":["zones:read"],"zone_ids":["$zone"],"zone_scopes":[{"zone_id":"$zone","record_access":"all","record_names":[]}]}`, nil,
			400, []string{"error.details.0.field=zone_scopes"}},
		{"names without names", "POST", "/users/me/apikeys",
			`{"name":"x","scopes":["zones:read"],"zone_scopes":[{"zone_id":"$zone","record_access":"names","record_names":[]}]}`, nil, 400, nil},
		{"more than one's own", "POST", "/users/me/apikeys", `{"name":"x","scopes":["records:write"]}`, []string{"Authorization: Bearer $key"}, 403, nil},
		{"revoke", "DELETE", "/users/$user/apikeys/$id", "", nil, 204, nil},
		{"it is gone", "GET", "/users/$user/apikeys/$id", "", nil, 404, []string{"error.code~NOT_FOUND"}},
		{"and no longer works", "GET", "/whoami", "", []string{"Authorization: Bearer $key"}, 401, nil},
	})
}

func TestAccounts(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"one", "POST", "/users",
			`{"email":"jo@example.org","full_name":"Jo","role":"user","active":true}`, nil, 201,
			[]string{"data.user.email=jo@example.org", "data.user.role=user", "data.user.zone_count=0", "jo:=data.user.id"}},
		{"the same address again", "POST", "/users", `{"email":"JO@example.org"}`, nil, 409, []string{"error.code=CONFLICT"}},
		{"a role that is none", "POST", "/users", `{"email":"x@example.org","role":"king"}`, nil, 400, []string{"error.details.0.field=role"}},
		{"all", "GET", "/users", "", nil, 200, []string{"data.users.#=2"}},
		{"another name", "PATCH", "/users/$jo", `{"full_name":"Joan"}`, nil, 200, []string{"data.user.full_name=Joan", "data.user.email=jo@example.org"}},
		{"none of that id", "GET", "/users/nobody", "", nil, 404, []string{"error.code~NOT_FOUND"}},
		{"a zone of that account", "POST", "/zones", `{"name":"jo.test","account":"$jo"}`, nil, 201, []string{"data.zone.customer_id=$jo"}},
		{"keeps it", "DELETE", "/users/$jo", "", nil, 409, []string{"error.message~jo.test"}},
		{"a token for it", "POST", "/users/$jo/apikeys", `{"name":"jo","scopes":["zones:*","records:*"]}`, nil, 201, []string{"jokey:=data.api_key.key"}},
		{"sees its own", "GET", "/zones", "", []string{"Authorization: Bearer $jokey"}, 200, []string{"data.zones.#=1", "data.zones.0.name=jo.test"}},
		{"not those of others", "GET", "/zones/$zone", "", []string{"Authorization: Bearer $jokey"}, 404, nil},
		{"may not give zones away", "POST", "/zones",
			`{"name":"gift.test","account":"11111111-1111-4111-8111-111111111111"}`, []string{"Authorization: Bearer $jokey"}, 403, nil},
		{"the zone goes", "DELETE", "/zones/jo.test", "", nil, 204, nil},
		{"and the account", "DELETE", "/users/$jo", "", nil, 204, nil},
		{"with its token", "GET", "/zones", "", []string{"Authorization: Bearer $jokey"}, 401, nil},
	})
}

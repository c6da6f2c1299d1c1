package v1

import "testing"

func TestPropertiesOfAZoneAreChanged(t *testing.T) {
	d := zoned(t)
	change := func(props string) string { return `{"zones":[{"zone":"$zone","props":` + props + `}]}` }
	d.run([]step{
		{"another account", "POST", "/users", `{"email":"jo@example.org"}`, nil, 201, []string{"jo:=data.user.id"}},
		{"a default TTL", "POST", "/changes", change(`{"default_ttl":120}`), nil, 201,
			[]string{"data.change.zones.0.after.default_ttl=120", "!data.change.zones.0.before.default_ttl"}},
		{"is that of new records", "POST", "/zones/$zone/records", `{"name":"a","type":"A","content":"192.0.2.1"}`, nil, 201, []string{"data.record.ttl=120"}},
		{"but for those that say one", "POST", "/zones/$zone/records", `{"name":"b","type":"A","content":"192.0.2.1","ttl":60}`, nil, 201, []string{"data.record.ttl=60"}},
		{"other numbers in the SOA", "POST", "/changes", change(`{"soa":"ns1.host.test. root.example.com. 0 7200 900 1209600 300","soa_ttl":900}`), nil, 201,
			[]string{"data.change.zones.0.after.soa~7200 900 1209600 300", "data.change.zones.0.after.soa_ttl=900"}},
		{"are served", "GET", "/zones/$zone/records?type=SOA", "", nil, 200, []string{"data.records.0.ttl=900", "data.records.0.content~root.example.com."}},
		{"type, region and status", "POST", "/changes", change(`{"type":"primary","region":"GLOBAL","status":"paused"}`), nil, 201, nil},
		{"are shown", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.type=primary", "data.zone.region=GLOBAL", "data.zone.status=paused"}},
		{"another owner", "POST", "/changes", change(`{"account":"$jo"}`), nil, 201, []string{"data.change.zones.0.after.account=$jo"}},
		{"is shown", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.customer_id=$jo"}},
		{"one's own again", "POST", "/changes", change(`{"account":"me"}`), nil, 201, nil},
		{"and with records", "POST", "/changes", `{"zones":[{"zone":"$zone","props":{"status":"active"},"edits":[{"op":"put","name":"a","type":"A","contents":["192.0.2.9"]}]}]}`, nil, 201,
			[]string{"data.change.zones.0.sets.#=1", "data.change.zones.0.after.status=active"}},
	})
}

func TestPropertiesThatCannotBe(t *testing.T) {
	refuseChanges(t, []refusedChange{
		{"a TTL below zero", `{"zones":[{"zone":"$zone","props":{"default_ttl":-1}}]}`, 400, "zones[0].props.default_ttl"},
		{"a TTL too long", `{"zones":[{"zone":"$zone","props":{"default_ttl":2147483648}}]}`, 400, "zones[0].props.default_ttl"},
		{"a SOA that is none", `{"zones":[{"zone":"$zone","props":{"soa":"ns1"}}]}`, 400, "zones[0].props.soa"},
		{"an account that is no id", `{"zones":[{"zone":"$zone","props":{"account":"jo"}}]}`, 400, "account"},
		{"a status that is none", `{"zones":[{"zone":"$zone","props":{"status":"asleep"}}]}`, 400, ""},
		{"of no zone", `{"zones":[{"zone":"11111111-1111-4111-8111-111111111111","props":{"default_ttl":60}}]}`, 404, ""},
		{"a default TTL of no zone", `{"zones":[{"zone":"nowhere.test","props":{"default_ttl":60}}]}`, 404, ""},
		{"a new zone by an id", `{"zones":[{"zone":"11111111-1111-4111-8111-111111111111","create":{}}]}`, 400, "zones[0].zone"},
		{"a new zone of nobody", `{"zones":[{"zone":"new.test","create":{"account":"nobody"}}]}`, 400, "account"},
		{"a new zone of a type that is none", `{"zones":[{"zone":"new.test","create":{"type":"tertiary"}}]}`, 400, ""},
	})
}

func TestAccountsThatCannotBe(t *testing.T) {
	d := zoned(t)
	scope := func(zone, access, names string) string {
		return `{"name":"t","scopes":["zones:read"],"zone_scopes":[{"zone_id":"` + zone + `","record_access":"` + access + `","record_names":` + names + `}]}`
	}
	d.run([]step{
		{"no address", "POST", "/users", `{}`, nil, 400, nil},
		{"switched off", "POST", "/users", `{"email":"x@example.org","active":false}`, nil, 400, []string{"error.details.0.field=active"}},
		{"an admin", "POST", "/users", `{"email":"boss@example.org","role":"admin"}`, nil, 201, []string{"data.user.role=admin", "boss:=data.user.id"}},
		{"no longer", "PUT", "/users/$boss", `{"email":"chief@example.org","role":"member"}`, nil, 200, []string{"data.user.role=user", "data.user.email=chief@example.org"}},
		{"one's own", "GET", "/users/me", "", nil, 200, []string{"data.user.role=admin", "data.user.zone_count=1"}},
		{"the last admin", "PATCH", "/users/me", `{"role":"user"}`, nil, 409, nil},
		{"a token in no zone", "POST", "/users/me/apikeys", scope("nowhere.test", "all", "[]"), nil, 404, []string{"error.code=ZONE_NOT_FOUND"}},
		{"in what is no zone", "POST", "/users/me/apikeys", scope("a..b", "all", "[]"), nil, 400, []string{"error.code=INVALID_ZONE_ID"}},
		{"for names in no zone", "POST", "/users/me/apikeys", scope("nowhere.test", "names", `["a"]`), nil, 404, nil},
		{"for names in what is no zone", "POST", "/users/me/apikeys", scope("a..b", "names", `["a"]`), nil, 400, nil},
		{"for names elsewhere", "POST", "/users/me/apikeys", scope("$zone", "names", `["a.example.net."]`), nil, 400, []string{"error.details.0.field=zone_scopes"}},
		{"for everything and names", "POST", "/users/me/apikeys", scope("$zone", "all", `["a"]`), nil, 400, []string{"error.details.0.field=zone_scopes"}},
		{"in a way that is none", "POST", "/users/me/apikeys", scope("$zone", "some", `["a"]`), nil, 400, []string{"error.details.0.field=zone_scopes"}},
		{"that has ended already", "POST", "/users/me/apikeys", `{"name":"t","scopes":["zones:read"],"expires_at":"0001-01-01T00:00:00Z"}`, nil, 400, nil},
		{"of nobody", "POST", "/users/nobody/apikeys", `{"name":"t","scopes":["zones:read"]}`, nil, 404, []string{"error.code=USER_NOT_FOUND"}},
		{"of another account than the path says", "GET", "/users/$boss/apikeys/00000000-0000-0000-0000-000000000001", "", nil, 404, []string{"error.code=TOKEN_NOT_FOUND"}},
	})
}

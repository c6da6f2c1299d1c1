package v1

import "testing"

func TestZonesAreCreatedReadChangedAndDeleted(t *testing.T) {
	d := newDesk(t)
	d.run([]step{
		{"a name is enough", "POST", "/zones", `{"name":"Example.COM."}`, nil, 201,
			[]string{"data.zone.name=example.com", "data.zone.type=master", "data.zone.region=EU", "data.zone.status=active", "data.zone.settings.dnssec_enabled=false", "data.zone.nameservers.#=2", "data.zone.read_only=false", "zone:=data.zone.id", "serial:=data.zone.serial", "header:ETag=\"$serial\""}},
		{"all fields, and more", "POST", "/zones", `{"name":"example.net","type":"primary","region":"EU_GLOBAL","status":"paused","jump_start":true}`, nil, 201,
			[]string{"data.zone.type=primary", "data.zone.region=EU_GLOBAL", "data.zone.status=paused"}},
		{"the same again", "POST", "/zones", `{"name":"example.com"}`, nil, 409, []string{"error.code=CONFLICT", "error.details.0.code=zone-exists"}},
		{"by id", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.id=$zone", "data.zone.serial=$serial"}},
		{"by name", "GET", "/zones/example.com", "", nil, 200, []string{"data.zone.id=$zone"}},
		{"by an id that is none", "GET", "/zones/not-an-id", "", nil, 400, []string{"error.code=INVALID_ZONE_ID"}},
		{"by an id of none", "GET", "/zones/11111111-1111-4111-8111-111111111111", "", nil, 404, []string{"error.code=ZONE_NOT_FOUND"}},
		{"by a name of none", "GET", "/zones/example.org", "", nil, 404, []string{"error.code=ZONE_NOT_FOUND"}},
		{"PUT needs the name", "PUT", "/zones/$zone", `{"status":"paused"}`, nil, 400, []string{"error.code=INVALID_INPUT", "error.details.0.field=name"}},
		{"which must be its own", "PUT", "/zones/$zone", `{"name":"example.org"}`, nil, 400, []string{"error.code=INVALID_INPUT"}},
		{"PUT keeps what is left out", "PUT", "/zones/$zone",
			`{"name":"example.com","region":"GLOBAL"}`, nil, 200, []string{"data.zone.region=GLOBAL", "data.zone.type=master", "data.zone.status=active"}},
		{"a status that cannot be asked for", "PUT", "/zones/$zone", `{"name":"example.com","status":"error"}`, nil, 400, []string{"error.code=INVALID_INPUT"}},
		{"a secondary is taken, and remarked on", "POST", "/zones", `{"name":"second.test","type":"slave"}`, nil, 201,
			[]string{"data.zone.type=slave", "data.warnings.0.code=no-transfer", "data.warnings.0.conflicts.#=0", "data.warnings.0.fixes.#=0"}},
		{"no name", "POST", "/zones", `{}`, nil, 400, []string{"error.details.0.field=name"}},
		{"DELETE", "DELETE", "/zones/$zone", "", nil, 204, nil},
		{"it is gone", "GET", "/zones/$zone", "", nil, 404, []string{"error.code=ZONE_NOT_FOUND"}},
		{"but not forgotten", "GET", "/zones/deleted", "", nil, 200, []string{"data.zones.#=1", "data.zones.0.name=example.com", "data.zones.0.id=$zone"}},
		{"and comes back", "POST", "/zones/$zone/restore", "", nil, 201, []string{"data.change.zones.0.kind=create", "data.change.zones.0.id=$zone"}},
		{"as it was", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.region=GLOBAL"}},
		{"nothing is deleted now", "GET", "/zones/deleted", "", nil, 200, []string{"data.zones.#=0"}},
	})
}

func TestListOfZones(t *testing.T) {
	d := newDesk(t)
	for _, name := range []string{"c.test", "a.test", "b.test"} {
		d.run([]step{{name, "POST", "/zones", `{"name":"` + name + `"}`, nil, 201, nil}})
	}
	d.run([]step{
		{"in every place where clients look", "GET", "/zones",
			"", nil, 200, []string{
				"data.zones.#=3", "data.items.#=3", "zones.#=3", "data.zones.0.name=a.test", "zones.2.name=c.test", "data.total=3", "data.limit=10",
				"data.pagination.limit=10", "data.pagination.has_more=false",
			}},
		{"a part", "GET", "/zones?limit=2&offset=0", "", nil, 200, []string{"data.zones.#=2", "data.pagination.has_more=true", "data.pagination.total=3"}},
		{"the rest", "GET", "/zones?limit=2&offset=2", "", nil, 200, []string{"data.zones.#=1", "data.zones.0.name=c.test", "data.pagination.has_more=false"}},
		{"as many as a client that knows no parts asks for", "GET", "/zones?limit=1000", "", nil, 200, []string{"data.zones.#=3", "data.pagination.limit=1000"}},
		{"one by name", "GET", "/zones?name=B.test.", "", nil, 200, []string{"data.zones.#=1", "data.zones.0.name=b.test"}},
		{"none by name", "GET", "/zones?name=x.test", "", nil, 200, []string{"data.zones.#=0", "zones.#=0"}},
		{"a limit that is none", "GET", "/zones?limit=-1", "", nil, 400, []string{"error.code=INVALID_INPUT"}},
	})
}

func TestPreconditionsAndRehearsals(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"a dry run", "POST", "/zones/$zone/records?dry_run=true",
			`{"name":"a","type":"A","content":"192.0.2.1"}`, nil, 200, []string{"data.dry_run=true", "data.change.zones.0.sets.0.name=a.example.com."}},
		{"of a deletion", "DELETE", "/zones/$zone?dry_run=1", "", nil, 200, []string{"data.change.zones.0.kind=delete"}},
		{"that is asked for in another way", "DELETE", "/zones/$zone?dry_run=maybe", "", nil, 400, []string{"error.details.0.field=dry_run"}},
		{"has changed nothing", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.record_count=2", "old:=data.zone.serial"}},
		{"with the right serial", "POST", "/zones/$zone/records",
			`{"name":"a","type":"A","content":"192.0.2.1"}`, []string{`If-Match: "$old"`}, 201, []string{"id:=data.record.id"}},
		{"with an old one", "DELETE", "/zones/$zone/records/$id", "", []string{`If-Match: "$old"`}, 412, []string{"error.code=PRECONDITION_FAILED"}},
		{"with one that is none", "DELETE", "/zones/$zone/records/$id", "", []string{"If-Match: abc"}, 400, []string{"error.details.0.field=If-Match"}},
		{"where nobody would look at it", "POST", "/zones", `{"name":"x.test"}`, []string{`If-Match: "1"`}, 400, []string{"error.details.0.field=If-Match"}},
		{"a rehearsal of what knows none", "POST", "/users?dry_run=true", `{"email":"jo@example.org"}`, nil, 400, []string{"error.details.0.field=dry_run"}},
		{"with any", "DELETE", "/zones/$zone/records/$id", "", []string{"If-Match: *"}, 204, nil},
	})
}

func TestTheSameRequestTwice(t *testing.T) {
	d := zoned(t)
	key := []string{"Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324"}
	d.run([]step{
		{"first", "POST", "/zones/$zone/records",
			`{"name":"a","type":"A","content":"192.0.2.1"}`, key, 201, []string{"header:Idempotency-Replayed=", "id:=data.record.id"}},
		{"again", "POST", "/zones/$zone/records",
			`{"name":"a","type":"A","content":"192.0.2.1"}`, key, 201, []string{"header:Idempotency-Replayed=true", "data.record.id=$id"}},
		{"another with the same key", "POST", "/zones/$zone/records",
			`{"name":"b","type":"A","content":"192.0.2.1"}`, key, 409, []string{"error.details.0.code=idempotency-key-reused"}},
		{"a new zone, twice", "POST", "/zones", `{"name":"example.net"}`, []string{"Idempotency-Key: x"}, 201, nil},
		{"is one", "POST", "/zones", `{"name":"example.net"}`, []string{"Idempotency-Key: x"}, 201, []string{"header:Idempotency-Replayed=true"}},
	})
}

func TestDNSSECAndWhatIsNotOffered(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"not signed", "GET", "/zones/$zone/dnssec/status", "", nil, 200, []string{"data.dnssec=false"}},
		{"no keys", "GET", "/zones/$zone/dnssec/cryptokeys", "", nil, 200, []string{"data.cryptokeys.#=0"}},
		{"no DS", "GET", "/zones/$zone/dnssec/ds", "", nil, 200, []string{"data.ds_records.#=0"}},
		{"signing is refused", "PATCH", "/zones/$zone/dnssec/status", `{"enable":true}`, nil, 501, []string{"error.code=NOT_IMPLEMENTED"}},
		{"not signing is fine", "PATCH", "/zones/$zone/dnssec/status", `{"enable":false}`, nil, 204, nil},
		{"it must be said", "PATCH", "/zones/$zone/dnssec/status", `{}`, nil, 400, []string{"error.details.0.field=enable"}},
		{"a key", "POST", "/zones/$zone/dnssec/cryptokeys", `{"keytype":"csk"}`, nil, 501, []string{"error.code=NOT_IMPLEMENTED"}},
		{"alerts", "GET", "/alerts", "", nil, 501, nil},
		{"an alert", "PATCH", "/alerts/7", `{}`, nil, 501, nil},
		{"invoices", "GET", "/billing/invoices", "", nil, 501, nil},
	})
}

package v1

import "testing"

func TestDeletedZonesComeBackByName(t *testing.T) {
	d := zoned(t)
	before := d.head()
	d.run([]step{
		{"which?", "POST", "/zones/restore", `{}`, nil, 400, []string{"error.details.0.field=zone"}},
		{"no name", "POST", "/zones/restore", `{"zone":"a..b"}`, nil, 400, []string{"error.details.0.field=zone"}},
		{"one that never was", "POST", "/zones/restore", `{"zone":"never.test"}`, nil, 404, []string{"error.code=ZONE_NOT_FOUND"}},
		{"one that is there needs a time", "POST", "/zones/restore", `{"zone":"example.com"}`, nil, 400, []string{"error.code=INVALID_INPUT"}},
		{"two times", "POST", "/zones/restore",
			`{"zone":"example.com","serial":1,"time":"2026-01-01T00:00:00Z"}`, nil, 400, []string{"error.details.0.field=serial"}},
	})
	if d.head() != before {
		t.Error("something has changed")
	}
	d.run([]step{
		{"a record", "POST", "/zones/$zone/records",
			`{"name":"www","type":"CNAME","content":"main.example.net","comment":"kept"}`, nil, 201, []string{"record:=data.record.id"}},
		{"gone", "DELETE", "/zones/$zone", "", nil, 204, nil},
		{"rehearsed", "POST", "/zones/restore", `{"zone":"example.com","dry_run":true}`, nil, 200, []string{"data.dry_run=true", "data.change.zones.0.kind=create"}},
		{"still gone", "GET", "/zones/$zone", "", nil, 404, nil},
		{"back", "POST", "/zones/restore",
			`{"zone":"Example.com.","reason":"a mistake"}`, []string{"Idempotency-Key: back"}, 201,
			[]string{"data.change.zones.0.id=$zone", "data.change.reason=a mistake"}},
		{"asked again", "POST", "/zones/restore",
			`{"zone":"Example.com.","reason":"a mistake"}`, []string{"Idempotency-Key: back"}, 201, []string{"header:Idempotency-Replayed=true"}},
		{"with its records, ids and comments", "GET", "/zones/$zone/records/$record", "", nil, 200, []string{"data.record.comment=kept"}},
		{"the time before", "GET", "/changes?limit=1", "", nil, 200, []string{"rev:=data.changes.0.revision"}},
		{"a name of it", "DELETE", "/zones/$zone/records/$record", "", nil, 204, nil},
		{"comes back by the zone's name, too", "POST", "/zones/restore", `{"zone":"example.com","revision":$rev,"name":"www"}`, nil, 201, nil},
		{"and is there", "GET", "/zones/$zone/records/$record", "", nil, 200, nil},
	})
}

func TestWhatTheClientHasIsNotSentAgain(t *testing.T) {
	d := zoned(t)
	d.run([]step{{"a record", "POST", "/zones/$zone/records", `{"name":"www","type":"A","content":"192.0.2.1"}`, nil, 201, []string{"record:=data.record.id"}},
		{"its serial", "GET", "/zones/$zone", "", nil, 200, []string{"serial:=data.zone.serial"}}})
	for _, path := range []string{"/zones/$zone", "/zones/example.com", "/zones/$zone/records", "/zones/$zone/records?type=A", "/zones/$zone/records/$record"} {
		t.Run(path, func(t *testing.T) {
			a := d.send("GET", path, "", `If-None-Match: "$serial"`)
			if a.status != 304 || len(a.raw) > 0 || a.header.Get("ETag") != `"`+d.vars["serial"]+`"` {
				t.Errorf("%d %s %v", a.status, a.raw, a.header)
			}
			if a = d.send("GET", path, "", `If-None-Match: "1"`); a.status != 200 || len(a.raw) == 0 {
				t.Errorf("of another serial: %d", a.status)
			}
		})
	}
	d.run([]step{
		{"it changes", "POST", "/zones/$zone/records", `{"name":"x","type":"A","content":"192.0.2.1"}`, nil, 201, nil},
		{"and is sent", "GET", "/zones/$zone", "", []string{`If-None-Match: "$serial"`}, 200, nil},
		{"a paused zone is another zone", "GET", "/zones/$zone", "", nil, 200, []string{"serial:=data.zone.serial"}},
		{"pause it", "PUT", "/zones/$zone", `{"name":"example.com","status":"paused"}`, nil, 200, nil},
		{"so it is sent", "GET", "/zones/$zone", "", []string{`If-None-Match: "$serial"`}, 200, []string{"data.zone.status=paused"}},
	})
}

// TestCursorsStandStill goes on with a list while others write.
func TestCursorsStandStill(t *testing.T) {
	d := crowd(t, 4)
	write := step{"somebody writes", "POST", "/zones/$zone/records", `{"name":"new","type":"CNAME","content":"main.example.net"}`, nil, 201, nil}
	d.run([]step{
		{"the log", "GET", "/changes?limit=1", "", nil, 200, []string{"next:=data.next", "first:=data.changes.0.id"}}, write,
		{"goes on where it was", "GET", "/changes?limit=1&cursor=$next",
			"", nil, 200, []string{"data.changes.0.zones.0.kind=create", "data.changes.0.zones.0.name=example.com"}},
		{"a search", "GET", "/search?q=main.example&limit=2", "", nil, 200, []string{"data.hits.#=2", "data.hits.1.record.name=h1.example.com.", "next:=data.next"}},
		{"somebody writes before it", "POST", "/zones/$zone/records", `{"name":"a","type":"CNAME","content":"main.example.net"}`, nil, 201, nil},
		{"goes on where it was", "GET", "/search?q=main.example&limit=2&cursor=$next", "", nil, 200, []string{"data.hits.0.record.name=h2.example.com."}},
		{"who follows", "GET", "/aliases/main.example.net/dependents?limit=2", "", nil, 200, []string{"next:=data.next", "last:=data.dependents.1.owner"}},
		{"somebody writes before it", "POST", "/zones/$zone/records", `{"name":"0","type":"CNAME","content":"main.example.net"}`, nil, 201, nil},
		{"goes on where it was", "GET", "/aliases/main.example.net/dependents?limit=1&cursor=$next", "", nil, 200, []string{"after:=data.dependents.0.owner"}},
	})
	if d.vars["after"] <= d.vars["last"] {
		t.Errorf("%s comes after %s", d.vars["after"], d.vars["last"])
	}
}

// TestWhichStatusAConditionHas tells what moved (412) from what does not go
// together (409).
func TestWhichStatusAConditionHas(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"a CNAME", "POST", "/zones/$zone/records", `{"name":"www","type":"CNAME","content":"main.example.net"}`, nil, 201, nil},
		{"no condition is asked for", "POST", "/zones/$zone/records", `{"name":"x","type":"A","content":"192.0.2.1"}`, nil, 201, nil},
		{"another serial", "POST", "/zones/$zone/records",
			`{"name":"y","type":"A","content":"192.0.2.1"}`, []string{`If-Match: "1"`}, 412,
			[]string{"error.code=PRECONDITION_FAILED", "error.details.0.code~"}},
		{"in a change", "POST", "/changes",
			`{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"y","type":"A","contents":["192.0.2.1"]}]}]}`, []string{`If-Match: "1"`}, 412,
			nil},
		{"for several zones", "POST", "/changes",
			`{"zones":[{"zone":"example.com"},{"zone":"example.net","create":{}}]}`, []string{`If-Match: "1"`}, 400,
			[]string{"error.details.0.field=If-Match"}},
		{"a rule", "POST", "/zones/$zone/records",
			`{"name":"www","type":"A","content":"192.0.2.1"}`, nil, 409, []string{"error.findings.0.code=cname-and-other-data"}},
		{"a rule and another serial", "POST", "/zones/$zone/records", `{"name":"www","type":"A","content":"192.0.2.1"}`, []string{`If-Match: "1"`}, 412, nil},
		{"there already", "POST", "/zones/$zone/records", `{"name":"x","type":"A","content":"192.0.2.1"}`, nil, 409, []string{"error.details.0.code=record-exists"}},
	})
}

package v1

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
)

// TestWhatIsMisspeltIsNotLost sends every operation a field and a parameter that
// it does not know: those of DNScale pass them over, all others refuse them.
func TestWhatIsMisspeltIsNotLost(t *testing.T) {
	d := furnished(t)
	before := d.head()
	strict, open := 0, 0
	for _, r := range Routes() {
		path, body, headers := d.request(&r)
		if r.Open {
			open++
			if r.Method != "GET" || r.Status == 501 || strings.HasPrefix(r.Path, "/openapi") || r.ID == "getDocs" {
				continue
			}
			if a := d.send(r.Method, path+"&dryrun=true", body, headers...); a.status != r.Status {
				t.Errorf("%s with a parameter of others: %d %s", r.ID, a.status, a.raw)
			}
			continue
		}
		strict++
		a := d.send(r.Method, path+"&dryrun=true", body, headers...)
		if at, _ := a.at("error.details.0.field"); a.status != 400 || at != "dryrun" {
			t.Errorf("%s with a parameter that is none: %d %s", r.ID, a.status, a.raw)
		}
		if r.Body == nil {
			continue
		}
		rest, some := strings.CutPrefix(body, "{")
		if !some {
			rest = "}"
		} else {
			rest = "," + rest
		}
		a = d.send(r.Method, path, `{"dryrun":true`+rest)
		if at, _ := a.at("error.details.0.field"); a.status != 400 || at != "dryrun" {
			t.Errorf("%s with a field that is none: %d %s", r.ID, a.status, a.raw)
		}
	}
	if d.head() != before {
		t.Error("something has changed")
	}
	if strict < 20 || open < 20 {
		t.Errorf("%d operations are strict, %d open", strict, open)
	}
}

func TestMisspeltRequestsAreExplained(t *testing.T) {
	d := zoned(t)
	change := `"zones":[{"zone":"example.com","edits":[{"op":"add","name":"a","type":"A","contents":["192.0.2.1"]}]}]`
	before := d.head()
	d.run([]step{
		{"a rehearsal", "POST", "/changes", `{"dryrun":true,` + change + `}`, nil, 400,
			[]string{"error.code=INVALID_INPUT", "error.details.0.field=dryrun", "error.message~did you mean dry_run?"}},
		{"in the query", "POST", "/changes?dry-run=1", `{` + change + `}`, nil, 400, []string{"error.details.0.field=dry-run", "error.message~did you mean dry_run?"}},
		{"of an import", "POST", "/zones/$zone/import?dryrun=true", zoneText, []string{asText}, 400, []string{"error.details.0.field=dryrun"}},
		{"a limit of a token", "POST", "/users/me/apikeys", `{"name":"t","scopes":["*"],"record_types":["TXT"]}`, nil, 400,
			[]string{"error.details.0.field=record_types", "error.message~did you mean types?"}},
		{"a limit of a zone of a token", "POST", "/users/me/apikeys", `{"name":"t","scopes":["*"],"zone_scopes":[{"zone_id":"$zone","names":["a"]}]}`, nil, 400,
			[]string{"error.details.0.field=zone_scopes[0].names", "error.message~did you mean record_names?"}},
		{"a filter of the log", "GET", "/changes?zones=example.com", "", nil, 400, []string{"error.message~did you mean zone?", "error.message~account, after, before"}},
		{"of the activity", "GET", "/activity?from=2026-01-01T00:00:00Z", "", nil, 400, []string{"error.message~start_time, end_time"}},
		{"of a search", "GET", "/search?q=example&type=A", "", nil, 400, []string{"error.message~known are q, limit, cursor"}},
		{"of who follows", "GET", "/aliases/a.test/dependents?max_depth=2", "", nil, 400, []string{"error.message~did you mean depth?"}},
		{"scopes that are none", "POST", "/users/me/apikeys", `{"name":"t","scopes":"notjson"}`, nil, 400, []string{"error.details.0.field=scopes", "error.message~must be a JSON array"}},
		{"an end that is no time", "POST", "/users/me/apikeys", `{"name":"t","scopes":["*"],"expires_at":"garbage"}`, nil, 400,
			[]string{"error.details.0.field=expires_at", "error.message~2026-01-31T12:00:00Z"}},
		{"a zone whose name cannot be", "POST", "/changes", `{"zones":[{"zone":"bad..x","create":{}}]}`, nil, 400, []string{"error.details.0.field=zones[0].zone", "error.message~the name \"bad..x\" cannot be: "}},
		{"a zone that lives", "POST", "/zones/restore", `{"zone":"example.com"}`, nil, 400, []string{"error.message=the zone is not deleted; give a serial, revision or time to bring it back to"}},
		{"by its path", "POST", "/zones/$zone/restore", "", nil, 400, []string{"error.message~is not deleted", "error.code=INVALID_INPUT"}},
		{"a plan of yesterday's process", "GET", "/plans/nope", "", nil, 404, []string{"error.code=PLAN_NOT_FOUND", "error.message~a restart of the server forgets all plans"}},
		{"that is to be applied", "POST", "/plans/nope/apply", "", nil, 404, []string{"error.code=PLAN_NOT_FOUND", "error.message~a restart of the server forgets all plans"}},
	})
	if d.head() != before {
		t.Error("something has changed")
	}
}

func TestPatternsOfWholeNames(t *testing.T) {
	tests := []struct{ name, pattern, want string }{
		{"below a zone", "*.dyn.example.com", "*.dyn.example.com."},
		{"deep below a zone", "**.Example.com", "**.example.com."},
		{"the zone", "example.com", "example.com."},
		{"with its dot", "www.example.com.", "www.example.com."},
		{"relative", "_acme-challenge.www", "_acme-challenge.www"},
		{"the apex", "@", "@"},
		{"a name that only looks like it", "wwwexample.com", "wwwexample.com"},
		{"a dot that is part of a label", `www\.example.com`, `www\.example.com`},
		{"a zone that is not there", "www.example.net", "www.example.net"},
	}
	d := zoned(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := *d
			at.TB = t
			body := `{"name":"t","scopes":["*"],"owners":["` + strings.ReplaceAll(test.pattern, `\`, `\\`) + `"]}`
			want := []string{"data.api_key.owners.0=" + test.want, "!data.message"}
			if test.want != test.pattern {
				want[1] = "data.message~with a final dot: "
			}
			at.run([]step{{"a token", "POST", "/users/me/apikeys", body, nil, 201, want}})
		})
	}
	d.holding(`{"name":"t","scopes":["*"],"owners":["*.dyn.example.com"]}`)
	d.run([]step{
		{"may write there", "POST", "/zones/$zone/records", `{"name":"a.dyn","type":"A","content":"192.0.2.1"}`, nil, 201, nil},
		{"not elsewhere", "POST", "/zones/$zone/records", `{"name":"a","type":"A","content":"192.0.2.1"}`, nil, 403, nil},
	})
}

// TestAPatternTellsNothingOfZonesThatAreNotSeen: whether a name is taken as whole
// would tell of a zone of others.
func TestAPatternTellsNothingOfZonesThatAreNotSeen(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"an account", "POST", "/users", `{"email":"jo@example.org"}`, nil, 201, []string{"jo:=data.user.id"}},
		{"its token", "POST", "/users/$jo/apikeys", `{"name":"jo","scopes":["` + string(access.TokensRead) + `","` + string(access.TokensWrite) + `","` + string(access.ZonesRead) + `"]}`, nil, 201, []string{"key:=data.api_key.key"}},
		{"a pattern", "POST", "/users/me/apikeys", `{"name":"t","scopes":["` + string(access.ZonesRead) + `"],"owners":["www.example.com"]}`, []string{"Authorization: Bearer $key"}, 201,
			[]string{"data.api_key.owners.0=www.example.com", "!data.message"}},
	})
}

func TestRegions(t *testing.T) {
	d := zoned(t)
	edit := func(part string) string { return `{"zones":[{"zone":"example.com",` + part + `}]}` }
	d.run([]step{
		{"in any case", "POST", "/zones", `{"name":"a.test","region":"eu_global"}`, nil, 201, []string{"data.zone.region=EU_GLOBAL"}},
		{"another one", "PUT", "/zones/a.test", `{"name":"a.test","region":"global"}`, nil, 200, []string{"data.zone.region=GLOBAL"}},
		{"none that is known", "POST", "/zones", `{"name":"b.test","region":"MARS"}`, nil, 400, []string{"error.details.0.field=region", "error.message~use EU, GLOBAL or EU_GLOBAL"}},
		{"nor for one that is there", "PUT", "/zones/a.test", `{"name":"a.test","region":"MARS"}`, nil, 400, []string{"error.details.0.field=region"}},
		{"in a change", "POST", "/changes", edit(`"props":{"region":"Global"}`), nil, 201, []string{"data.change.zones.0.after.region=GLOBAL"}},
		{"wrong in a change", "POST", "/changes", edit(`"props":{"region":"MARS"}`), nil, 400, []string{"error.details.0.field=zones[0].props.region"}},
		{"of a new zone", "POST", "/changes", `{"zones":[{"zone":"c.test","create":{"region":"eu"}}]}`, nil, 201, []string{"data.change.zones.0.after.region=EU"}},
		{"wrong of a new zone", "POST", "/changes", `{"zones":[{"zone":"d.test","create":{"region":"MARS"}}]}`, nil, 400, []string{"error.details.0.field=zones[0].create.region"}},
	})
}

// TestATTLOfNothing checks that 0 means the same for single records and in changes.
func TestATTLOfNothing(t *testing.T) {
	d := zoned(t)
	change := func(zone, name, more string) string {
		return `{"zones":[{"zone":"` + zone + `"` + more + `,"edits":[{"op":"put","name":"` + name + `","type":"A","ttl":0,"contents":["192.0.2.1"]}]}]}`
	}
	d.run([]step{
		{"a record", "POST", "/zones/$zone/records", `{"name":"a","type":"A","content":"192.0.2.1","ttl":0}`, nil, 201, []string{"data.record.ttl=3600"}},
		{"in a change", "POST", "/changes", change("example.com", "b", ""), nil, 201, []string{"data.change.zones.0.sets.0.after.ttl=3600"}},
		{"with another default", "POST", "/changes", change("example.com", "c", `,"props":{"default_ttl":60}`), nil, 201, []string{"data.change.zones.0.sets.0.after.ttl=60"}},
		{"that stays", "POST", "/changes", change("example.com", "a", ""), nil, 201, []string{"data.change.zones.0.sets.0.after.ttl=60"}},
		{"for records too", "POST", "/zones/$zone/records", `{"name":"d","type":"A","content":"192.0.2.1"}`, nil, 201, []string{"data.record.ttl=60"}},
		{"until it goes", "POST", "/changes", change("example.com", "e", `,"props":{"default_ttl":0}`), nil, 201, []string{"data.change.zones.0.sets.0.after.ttl=3600"}},
		{"in a new zone", "POST", "/changes", change("new.test", "a", `,"create":{}`), nil, 201, nil},
		{"it is 3600", "GET", "/zones/new.test/records?name=a", "", nil, 200, []string{"data.records.0.ttl=3600"}},
		{"too long", "POST", "/zones/$zone/records", `{"name":"x","type":"A","content":"192.0.2.1","ttl":2147483648}`, nil, 400, []string{"error.details.0.field=ttl"}},
		{"too long in a change", "POST", "/changes", strings.Replace(change("example.com", "x", ""), `"ttl":0`, `"ttl":2147483648`, 1), nil, 400, []string{"error.details.0.field=zones[0].edits[0].ttl"}},
	})
}

func TestASlashAtTheEnd(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"of a list", "GET", "/zones/", "", nil, 200, []string{"data.zones.#=1"}},
		{"before a query", "GET", "/zones/?limit=1", "", nil, 200, []string{"data.limit=1"}},
		{"of what makes a zone", "POST", "/zones/", `{"name":"b.test"}`, nil, 201, nil},
		{"of one", "GET", "/zones/$zone/", "", nil, 200, []string{"data.zone.name=example.com"}},
		{"of a method that is none", "DELETE", "/zones/", "", nil, 405, []string{"header:Allow=GET, POST"}},
		{"two of them", "GET", "/zones//", "", nil, 404, nil},
		{"one of a name stays", "GET", "/aliases/a%2F", "", nil, 200, []string{"data.chain.name=a/."}},
	})
}

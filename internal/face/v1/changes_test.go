package v1

import (
	"strings"
	"testing"
)

func TestAChangeOverManyZones(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"make a zone and use it in another, in one change", "POST", "/changes", `{"reason":"a new platform","zones":[
			{"zone":"example.com","edits":[{"op":"add","name":"www","type":"CNAME","ttl":300,"contents":["main.example.net"]},{"op":"add","name":"@","type":"MX","records":[{"content":"mail.example.net","priority":10,"comment":"post"}]}]},
			{"zone":"example.net","create":{},"edits":[{"op":"add","name":"main","type":"A","contents":["192.0.2.1","192.0.2.2"]},{"op":"add","name":"mail","type":"A","contents":["192.0.2.3"]}]}]}`,
			[]string{"User-Agent: tests/1"}, 201, []string{"data.change.reason=a new platform", "data.change.zones.#=2", "data.change.zones.0.name=example.com", "data.change.zones.0.sets.0.type=MX",
				"data.change.zones.0.sets.0.after.records.0.comment=post", "data.change.zones.1.kind=create", "data.change.author.via=v1", "data.change.author.agent=tests/1", "data.change.author.address=192.0.2.77", "!data.warnings", "id:=data.change.id", "rev:=data.change.revision"}},
		{"from A to CNAME in one change, in the wrong order", "POST", "/changes?dry_run=true", `{"zones":[{"zone":"example.net","edits":[
			{"op":"add","name":"mail","type":"CNAME","contents":["main.example.net"]},{"op":"remove","name":"mail","type":"A"}]}]}`, nil, 200, []string{"data.change.zones.0.sets.#=2", "data.warnings.0.code=mx-target-is-alias", "data.warnings.0.source~RFC 2181", "data.warnings.0.fixes.0.zones.0.edits.0.op=remove"}},
		{"a refusal says what it would be warned of", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"www","type":"TXT","contents":["x"]},{"op":"add","name":"lost","type":"CNAME","contents":["gone.example.net"]}]}]}`, nil, 409,
			[]string{"error.findings.#=1", "error.findings.0.code=cname-and-other-data", "error.warnings.#=1", "error.warnings.0.code=dangling-target", "error.warnings.0.severity=warning"}},
		{"a dry run", "POST", "/changes",
			`{"dry_run":true,"zones":[{"zone":"example.net","delete":true}]}`, nil, 200, []string{"data.dry_run=true", "data.change.zones.0.kind=delete"}},
		{"nothing to do", "POST", "/changes",
			`{"zones":[{"zone":"example.com","edits":[{"op":"put","name":"www","type":"CNAME","ttl":300,"contents":["main.example.net."]}]}]}`, nil, 200,
			[]string{"!data.change"}},
		{"by its id", "GET", "/changes/$id", "", nil, 200, []string{"data.change.id=$id", "data.change.zones.1.sets.#~"}},
		{"by its revision", "GET", "/changes/$rev", "", nil, 200, []string{"data.change.id=$id"}},
		{"none of that id", "GET", "/changes/nope", "", nil, 404, []string{"error.code=CHANGE_NOT_FOUND"}},
		{"the log", "GET", "/changes?limit=1",
			"", nil, 200, []string{"data.changes.#=1", "data.changes.0.id=$id", "!data.changes.0.zones.0.sets", "next:=data.next"}},
		{"the next part", "GET", "/changes?limit=1&cursor=$next", "", nil, 200, []string{"data.changes.#=1", "data.changes.0.zones.0.kind=create", "!data.next"}},
		{"of a zone, with records", "GET", "/changes?zone=example.net&sets=true",
			"", nil, 200, []string{"data.changes.#=1", "data.changes.0.zones.#=1", "data.changes.0.zones.0.sets.0.name=example.net."}},
		{"of somebody else", "GET", "/changes?account=11111111-1111-4111-8111-111111111111", "", nil, 200, []string{"data.changes.#=0"}},
		{"undo", "POST", "/changes/$id/undo", `{"reason":"not yet"}`, nil, 201, []string{"data.change.reverts=$rev", "data.change.reason=not yet"}},
		{"the zone is gone again", "GET", "/zones/example.net", "", nil, 404, nil},
		{"undo what is undone", "POST", "/changes/$id/undo", "", nil, 409, []string{"error.details.0.code=changed-since"}},
	})
}

func TestChangesThatCannotBe(t *testing.T) {
	refuseChanges(t, []refusedChange{
		{"no zones", `{}`, 400, "zones"},
		{"a zone that is none", `{"zones":[{"zone":"a..b"}]}`, 400, "zones[0].zone"},
		{"an operation that is none", `{"zones":[{"zone":"example.com","edits":[{"op":"move","name":"a","type":"A"}]}]}`, 400, "zones[0].edits[0].op"},
		{"a type that is none",
			`{"zones":[{"zone":"example.com","edits":[{"op":"remove","name":"a","type":"A"},{"op":"add","name":"a","type":"?"}]}]}`, 400,
			"zones[0].edits[1].type"},
		{"a content that is none",
			`{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"a","type":"A","contents":["192.0.2.1","x"]}]}]}`, 400,
			"zones[0].edits[0].contents[1]"},
		{"a comment without end",
			`{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"a","type":"A","records":[{"content":"192.0.2.1","comment":"` + strings.Repeat("x", 501) + `"}]}]}]}`,
			400, "zones[0].edits[0].records[0].comment"},
		{"put nothing", `{"zones":[{"zone":"example.com","edits":[{"op":"put","name":"a","type":"A"}]}]}`, 400, "zones[0].edits[0].contents"},
		{"remove what is not there", `{"zones":[{"zone":"example.com","edits":[{"op":"remove","name":"a","type":"A"}]}]}`, 404, "zones[0].edits[0]"},
		{"a zone twice", `{"zones":[{"zone":"example.com","edits":[]},{"zone":"example.com","edits":[]}]}`, 409, "zones[1]"},
		{"an old serial", `{"zones":[{"zone":"example.com","if_match":1,"edits":[{"op":"add","name":"a","type":"A","contents":["192.0.2.1"]}]}]}`, 412, "zones[0]"},
		{"a serial beyond 32 bits", `{"zones":[{"zone":"example.com","if_match":4294967296}]}`, 400, ""},
	})
}

func TestDifferencesAndTheWayBack(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"before", "GET", "/zones/$zone", "", nil, 200, []string{"s0:=data.zone.serial"}},
		{"one", "POST", "/zones/$zone/records", `{"name":"a","type":"A","content":"192.0.2.1"}`, nil, 201, nil},
		{"between", "GET", "/zones/$zone", "", nil, 200, []string{"s1:=data.zone.serial"}},
		{"two", "POST", "/zones/$zone/records", `{"name":"b","type":"A","content":"192.0.2.2"}`, nil, 201, nil},
		{"all that changed", "GET", "/zones/$zone/diff?from=$s0",
			"", nil, 200, []string{"data.diff.sets.#=2", "data.diff.sets.0.name=a.example.com.", "!data.diff.sets.0.before"}},
		{"the first half", "GET", "/zones/$zone/diff?from=$s0&to=$s1", "", nil, 200, []string{"data.diff.sets.#=1"}},
		{"the way back", "GET", "/zones/$zone/diff?from=$s1&to=$s0", "", nil, 200, []string{"data.diff.sets.#=1", "!data.diff.sets.0.after"}},
		{"from where?", "GET", "/zones/$zone/diff", "", nil, 400, []string{"error.details.0.field=from"}},
		{"a serial that it never had", "GET", "/zones/$zone/diff?from=7", "", nil, 404, []string{"error.code=SERIAL_NOT_FOUND"}},
		{"one name back", "POST", "/zones/$zone/restore", `{"serial":$s0,"name":"a"}`, nil, 201, []string{"data.change.zones.0.sets.#=1"}},
		{"only that", "GET", "/zones/$zone/records?type=A", "", nil, 200, []string{"data.records.#=1", "data.records.0.name=b.example.com."}},
		{"the whole zone, as a rehearsal", "POST", "/zones/$zone/restore?dry_run=true", `{"serial":$s1}`, nil, 200, []string{"data.change.zones.0.sets.#=2"}},
		{"with a serial that it has no more", "POST", "/zones/$zone/restore", `{"serial":$s1}`, []string{`If-Match: "$s1"`}, 412, []string{"error.code=PRECONDITION_FAILED"}},
		{"the whole zone", "POST", "/zones/$zone/restore", `{"serial":$s1}`, nil, 201, nil},
		{"is as it was", "GET", "/zones/$zone/records?type=A", "", nil, 200, []string{"data.records.#=1", "data.records.0.name=a.example.com."}},
		{"to when?", "POST", "/zones/$zone/restore", `{"serial":1,"revision":1}`, nil, 400, []string{"error.code=INVALID_INPUT"}},
	})
}

// followers is a desk where three names in two zones follow main.example.net.
func followers(t *testing.T) *desk {
	d := zoned(t)
	d.run([]step{{"followers", "POST", "/changes", `{"zones":[
		{"zone":"example.net","create":{},"edits":[{"op":"add","name":"main","type":"A","ttl":600,"contents":["192.0.2.1"]},{"op":"add","name":"next","type":"A","contents":["192.0.2.2"]}]},
		{"zone":"example.com","edits":[{"op":"add","name":"a","type":"CNAME","contents":["main.example.net"]},{"op":"add","name":"b","type":"CNAME","contents":["main.example.net"]},
			{"op":"add","name":"@","type":"ALIAS","contents":["main.example.net"]}]}]}`, nil, 201, nil}})
	return d
}

func TestWhoFollowsAName(t *testing.T) {
	d := followers(t)
	d.run([]step{
		{"the chain", "GET", "/aliases/a.example.com",
			"", nil, 200, []string{
				"data.chain.links.#=1", "data.chain.links.0.kind=CNAME", "data.chain.links.0.target=main.example.net.",
				"data.chain.links.0.zone=example.com", "data.chain.end=addresses", "data.chain.last=main.example.net.", "data.chain.depth=1",
			}},
		{"a type that no chain leads to", "GET", "/aliases/a.example.com?type=CNAME", "", nil, 400, nil},
		{"who follows", "GET", "/aliases/main.example.net./dependents",
			"", nil, 200, []string{
				"data.dependents.#=3", "data.dependents.0.depth=1", "data.dependents.0.follows=true", "data.dependents.0.path.#=2",
				"data.dependents.0.zone=example.com", "data.name=main.example.net.",
			}},
		{"in parts", "GET", "/aliases/main.example.net/dependents?limit=2", "", nil, 200, []string{"data.dependents.#=2", "next:=data.next"}},
		{"the rest", "GET", "/aliases/main.example.net/dependents?limit=2&cursor=$next", "", nil, 200, []string{"data.dependents.#=1", "!data.next"}},
		{"a cursor that is none", "GET", "/aliases/main.example.net/dependents?cursor=!", "", nil, 400, []string{"error.code=INVALID_INPUT"}},
		{"a name that is none", "GET", "/aliases/a..b", "", nil, 400, []string{"error.details.0.field=name"}},
	})
}

func TestAPlanIsMadeAndApplied(t *testing.T) {
	d := followers(t)
	d.run([]step{
		{"a plan", "POST", "/plans", `{"kind":"retarget","from":"main.example.net","to":"next.example.net","reason":"moving"}`, nil, 201,
			[]string{"data.plan.diff.#=1", "data.plan.records=3", "data.plan.affected_total=3", "data.plan.errors=0", "data.plan.request.from=main.example.net.", "plan:=data.plan.id", "digest:=data.plan.digest"}},
		{"it can be read", "GET", "/plans/$plan", "", nil, 200, []string{"data.plan.digest=$digest"}},
		{"and rehearsed", "POST", "/plans/$plan/apply?dry_run=true", "", nil, 200, []string{"data.dry_run=true"}},
		{"something moves", "POST", "/zones/example.com/records", `{"name":"c","type":"CNAME","content":"main.example.net"}`, nil, 201, nil},
		{"so it is refused", "POST", "/plans/$plan/apply", "", nil, 412, []string{"error.code=PRECONDITION_FAILED", "error.details.0.code=plan-moved"}},
		{"another plan", "POST", "/plans", `{"kind":"retarget","from":"main.example.net","to":"next.example.net"}`, nil, 201, []string{"plan:=data.plan.id"}},
		{"applied", "POST", "/plans/$plan/apply", `{"reason":"go"}`, nil, 201, []string{"data.change.reason=go", "data.change.zones.0.sets.#=4"}},
		{"all follow the new name", "GET", "/aliases/next.example.net/dependents", "", nil, 200, []string{"data.dependents.#=4"}},
		{"a kind that is none", "POST", "/plans", `{"kind":"destroy"}`, nil, 400, []string{"error.code=INVALID_INPUT"}},
		{"no such plan", "GET", "/plans/xyz", "", nil, 404, []string{"error.code=PLAN_NOT_FOUND"}},
	})
}

func TestSearchAndActivity(t *testing.T) {
	d := followers(t)
	d.run([]step{
		{"by name of a zone", "GET", "/search?q=ample.n", "", nil, 200, []string{"data.hits.0.kind=zone", "data.hits.0.zone=example.net"}},
		{"by content", "GET", "/search?q=192.0.2.2",
			"", nil, 200, []string{
				"data.hits.#=1", "data.hits.0.kind=record", "data.hits.0.record.name=next.example.net.", "data.hits.0.record.content=192.0.2.2",
			}},
		{"in parts", "GET", "/search?q=main.example&limit=1", "", nil, 200, []string{"data.hits.#=1", "next:=data.next"}},
		{"the next", "GET", "/search?q=main.example&limit=1&cursor=$next", "", nil, 200, []string{"data.hits.#=1"}},
		{"too short", "GET", "/search?q=a", "", nil, 400, []string{"error.details.0.field=q"}},
		{"a cursor that is none", "GET", "/search?q=abc&cursor=x", "", nil, 400, []string{"error.details.0.field=cursor"}},
		{"what was done", "GET", "/activity",
			"", nil, 200, []string{"data.items.#=3", "data.meta.limit=50", "data.meta.offset=0", "data.items.0.ip_address=192.0.2.77"}},
		{"to zones", "GET", "/activity?resource=zone&action=create", "", nil, 200, []string{"data.items.#=2"}},
		{"to records", "GET", "/activity?resource=record", "", nil, 200, []string{"data.items.#=1", "data.items.0.action=update"}},
		{"a part", "GET", "/activity?limit=1&offset=2", "", nil, 200, []string{"data.items.#=1", "data.items.0.new_values.zone=example.com"}},
		{"later", "GET", "/activity?start_time=2999-01-01T00:00:00Z", "", nil, 200, []string{"data.items.#=0"}},
		{"a time that is none", "GET", "/activity?end_time=now", "", nil, 400, []string{"error.details.0.field=end_time"}},
	})
}

package v1

import "testing"

func TestSettingsOfARecord(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"nothing is said", "POST", "/zones/$zone/records", `{"name":"www","type":"CNAME","content":"host.example.net"}`, nil, 201,
			[]string{"!data.record.settings", "!data.warnings", "id:=data.record.id"}},
		{"a CNAME is a CNAME", "GET", "/aliases/www.example.com", "", nil, 200, []string{"data.chain.links.0.kind=CNAME"}},
		{"it is flattened", "PUT", "/zones/$zone/records/$id", `{"name":"www","type":"CNAME","content":"host.example.net","settings":{"flatten_cname":true}}`, nil, 200,
			[]string{"data.record.type=CNAME", "data.record.id=$id", "data.record.settings.flatten_cname=true", "!data.record.settings.on_failure"}},
		{"and is an ALIAS to the DNS", "GET", "/aliases/www.example.com", "", nil, 200, []string{"data.chain.links.0.kind=ALIAS"}},
		{"it may stand beside mail", "POST", "/zones/$zone/records", `{"name":"www","type":"MX","content":"10 mail.example.net"}`, nil, 201, nil},
		{"what is left out stays", "PUT", "/zones/$zone/records/$id", `{"name":"www","type":"CNAME","content":"next.example.net","ttl":60}`, nil, 200,
			[]string{"data.record.settings.flatten_cname=true", "id:=data.record.id"}},
		{"another target by POST", "POST", "/zones/$zone/records", `{"name":"www","type":"CNAME","content":"last.example.net"}`, nil, 201,
			[]string{"data.record.settings.flatten_cname=true", "id:=data.record.id"}},
		{"all of it", "PUT", "/zones/$zone/records/by-name/www/CNAME", `{"content":"last.example.net","settings":{"flatten_cname":true,"on_failure":"fallback","fallback":["192.0.2.1","2001:DB8::1"]}}`, nil, 200,
			[]string{"data.record.settings.on_failure=fallback", "data.record.settings.fallback.#=2", "data.record.settings.fallback.1=2001:db8::1", "!data.record.settings.max_stale"}},
		{"it is listed", "GET", "/zones/$zone/records?name=www&type=CNAME", "", nil, 200, []string{"data.records.0.settings.fallback.0=192.0.2.1"}},
		{"other settings replace all of them", "PUT", "/zones/$zone/records/$id", `{"name":"www","type":"CNAME","content":"last.example.net","settings":{"flatten_cname":true,"on_failure":"stale","max_stale":0}}`, nil, 200,
			[]string{"data.record.settings.on_failure=stale", "data.record.settings.max_stale=0", "!data.record.settings.fallback"}},
		{"a dry run shows them", "PUT", "/zones/$zone/records/$id?dry_run=true", `{"name":"www","type":"CNAME","content":"last.example.net","settings":{"flatten_cname":true}}`, nil, 200,
			[]string{"data.change.zones.0.sets.0.before.records.0.settings.on_failure=stale", "data.change.zones.0.sets.0.after.records.0.settings.flatten_cname=true"}},
		{"it cannot be plain beside mail", "PUT", "/zones/$zone/records/$id", `{"name":"www","type":"CNAME","content":"last.example.net","settings":{}}`, nil, 409,
			[]string{"error.details.0.code=cname-and-other-data"}},
		{"nor stand beside an ALIAS", "POST", "/zones/$zone/records", `{"name":"www","type":"ALIAS","content":"host.example.net"}`, nil, 409, []string{"error.details.0.code=cname-and-alias"}},
		{"the mail goes", "DELETE", "/zones/$zone/records/by-name/www/MX", "", nil, 204, nil},
		{"empty settings are none", "PUT", "/zones/$zone/records/$id", `{"name":"www","type":"CNAME","content":"last.example.net","settings":{}}`, nil, 200, []string{"!data.record.settings"}},
	})
}

func TestSettingsByChanges(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"two targets, each with its own", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"a","type":"ALIAS","records":[
			{"content":"one.example.net","comment":"first","settings":{"on_failure":"nodata"}},{"content":"two.example.net"}]}]}]}`, nil, 201,
			[]string{"data.change.zones.0.sets.0.after.records.0.settings.on_failure=nodata", "!data.change.zones.0.sets.0.after.records.1.settings"}},
		{"a comment leaves them alone", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[{"op":"put","name":"a","type":"ALIAS","records":[{"content":"one.example.net","comment":"other"},{"content":"two.example.net"}]}]}]}`, nil, 201,
			[]string{"data.change.zones.0.sets.0.after.records.0.comment=other", "data.change.zones.0.sets.0.after.records.0.settings.on_failure=nodata"}},
		{"no effect is told", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"c","type":"CNAME","records":[{"content":"x.example.net","settings":{"on_failure":"nodata"}}]}]}]}`, nil, 201,
			[]string{"data.warnings.0.code=setting-without-effect", "data.warnings.0.message~on_failure is of no effect"}},
	})
	refuseChanges(t, []refusedChange{
		{"a wrong word", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"c","type":"ALIAS","records":[{"content":"x.example.net","settings":{"on_failure":"x"}}]}]}]}`, 400, "zones[0].edits[0].records[0].settings"},
		{"a wrong address", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"c","type":"ALIAS","records":[{"content":"x.example.net","settings":{"on_failure":"fallback","fallback":["x"]}}]}]}]}`, 400, "zones[0].edits[0].records[0].settings.fallback"},
		{"a setting that is none", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"c","type":"ALIAS","records":[{"content":"x.example.net","settings":{"onfailure":"stale"}}]}]}]}`, 400, ""},
	})
}

func TestFlatteningAllOfAZone(t *testing.T) {
	for _, way := range []struct {
		name, method, path, on, off string
		status                      int
	}{
		{"by PUT", "PUT", "/zones/$zone", `{"name":"example.com","settings":{"flatten_all_cnames":true}}`, `{"name":"example.com","settings":{"flatten_all_cnames":false}}`, 200},
		{"by a change", "POST", "/changes", `{"zones":[{"zone":"$zone","props":{"flatten_all_cnames":true}}]}`, `{"zones":[{"zone":"$zone","props":{"flatten_all_cnames":false}}]}`, 201},
	} {
		t.Run(way.name, func(t *testing.T) {
			d := zoned(t)
			d.run([]step{
				{"www", "POST", "/zones/$zone/records", `{"name":"www","type":"CNAME","content":"host.example.net"}`, nil, 201, nil},
				{"a proof", "POST", "/zones/$zone/records", `{"name":"_acme-challenge","type":"CNAME","content":"proof.example.net"}`, nil, 201, []string{"proof:=data.record.id"}},
				{"it is off", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.settings.flatten_all_cnames=false", "!data.zone.settings.kept_cnames"}},
				{"what it would do", way.method, way.path + "?dry_run=true", d.expand(way.on), nil, 200, []string{"data.dry_run=true", "data.flattening.#=1", "data.flattening.0.zone=example.com", "data.flattening.0.on=true",
					"data.flattening.0.turns.count=1", "data.flattening.0.turns.names.0.name=www.example.com.", "data.flattening.0.turns.names.0.target=host.example.net.", "!data.flattening.0.turns.names.0.why",
					"data.flattening.0.stays.count=1", "data.flattening.0.stays.names.0.name=_acme-challenge.example.com.", "data.flattening.0.stays.names.0.why~RFC 8552"}},
				{"on", way.method, way.path, d.expand(way.on), nil, way.status, []string{"data.warnings.0.code=kept-cname", "data.warnings.0.message~_acme-challenge.example.com."}},
				{"it is on", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.settings.flatten_all_cnames=true", "data.zone.settings.kept_cnames.count=1",
					"data.zone.settings.kept_cnames.names.0.name=_acme-challenge.example.com.", "data.zone.settings.kept_cnames.names.0.why~RFC 8552"}},
				{"lists leave the names out", "GET", "/zones", "", nil, 200, []string{"data.zones.0.settings.flatten_all_cnames=true", "!data.zones.0.settings.kept_cnames"}},
				{"www is flat", "GET", "/aliases/www.example.com", "", nil, 200, []string{"data.chain.links.0.kind=ALIAS"}},
				{"and kept as a CNAME", "GET", "/zones/$zone/records?name=www", "", nil, 200, []string{"data.records.0.type=CNAME"}},
				{"the proof is not", "GET", "/aliases/_acme-challenge.example.com", "", nil, 200, []string{"data.chain.links.0.kind=CNAME"}},
				{"unless it says so", "PUT", "/zones/$zone/records/$proof", `{"name":"_acme-challenge","type":"CNAME","content":"proof.example.net","settings":{"flatten_cname":true}}`, nil, 200, []string{"data.warnings.0.code=flattened-proof"}},
				{"then it is", "GET", "/aliases/_acme-challenge.example.com", "", nil, 200, []string{"data.chain.links.0.kind=ALIAS"}},
				{"and is not listed", "GET", "/zones/$zone", "", nil, 200, []string{"data.zone.settings.kept_cnames.count=0", "data.zone.settings.kept_cnames.names.#=0"}},
				{"what else is set stays", "PUT", "/zones/$zone", `{"name":"example.com","region":"GLOBAL"}`, nil, 200, []string{"data.zone.settings.flatten_all_cnames=true"}},
				{"off", way.method, way.path, d.expand(way.off), nil, way.status, []string{"!data.warnings"}},
				{"www is plain", "GET", "/aliases/www.example.com", "", nil, 200, []string{"data.chain.links.0.kind=CNAME"}},
				{"the last change has the properties", "GET", "/changes?zone=example.com&limit=1", "", nil, 200, []string{"data.changes.0.zones.0.before.flatten_all_cnames=true", "!data.changes.0.zones.0.after.flatten_all_cnames"}},
			})
		})
	}
}

func TestAZoneThatBeginsFlattened(t *testing.T) {
	d := newDesk(t)
	d.run([]step{
		{"by POST", "POST", "/zones", `{"name":"example.com","settings":{"flatten_all_cnames":true}}`, nil, 201, []string{"data.zone.settings.flatten_all_cnames=true", "data.zone.settings.kept_cnames.count=0"}},
		{"by a change", "POST", "/changes", `{"zones":[{"zone":"example.net","create":{},"props":{"flatten_all_cnames":true,"default_ttl":60},"edits":[{"op":"add","name":"www","type":"CNAME","contents":["host.example.org"]}]}]}`, nil, 201,
			[]string{"data.change.zones.0.sets.1.name=www.example.net.", "data.change.zones.0.after.flatten_all_cnames=true"}},
		{"its CNAME is flat", "GET", "/aliases/www.example.net", "", nil, 200, []string{"data.chain.links.0.kind=ALIAS"}},
	})
}

func TestACNAMEAtTheApex(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"it becomes ALIAS", "POST", "/zones/$zone/records", `{"name":"@","type":"CNAME","content":"host.example.net"}`, nil, 201,
			[]string{"data.record.type=ALIAS", "data.record.name=example.com.", "data.warnings.0.code=apex-cname", "id:=data.record.id"}},
		{"as its id says", "GET", "/zones/$zone/records/$id", "", nil, 200, []string{"data.record.type=ALIAS"}},
		{"the same again is no conflict", "POST", "/zones/$zone/records", `{"name":"@","type":"CNAME","content":"host.example.net"}`, nil, 201, []string{"data.record.id=$id"}},
		{"another replaces it", "POST", "/zones/$zone/records", `{"name":"@","type":"CNAME","content":"next.example.net"}`, nil, 201, []string{"id:=data.record.id"}},
		{"there is one", "GET", "/zones/$zone/records?name=@&type=ALIAS", "", nil, 200, []string{"data.records.#=1"}},
		{"PUT by id in either type", "PUT", "/zones/$zone/records/$id", `{"name":"@","type":"CNAME","content":"third.example.net"}`, nil, 200, []string{"data.record.type=ALIAS", "id:=data.record.id"}},
		{"PUT by name in either type", "PUT", "/zones/$zone/records/by-name/@/CNAME", `{"content":"fourth.example.net","settings":{"on_failure":"nodata"}}`, nil, 200, []string{"data.record.type=ALIAS", "data.record.settings.on_failure=nodata"}},
		{"an address may come to an ALIAS", "POST", "/zones/$zone/records", `{"name":"@","type":"AAAA","content":"2001:db8::1"}`, nil, 201, nil},
		{"but no CNAME to an address", "POST", "/zones/$zone/records", `{"name":"@","type":"CNAME","content":"host.example.net"}`, nil, 409,
			[]string{"error.details.0.code=cname-at-apex", "error.findings.0.conflicts.0=ALIAS host.example.net.", "error.findings.0.conflicts.1=AAAA 2001:db8::1"}},
		{"DELETE by name in either type", "DELETE", "/zones/$zone/records/by-name/@/CNAME", "", nil, 204, nil},
		{"it is gone", "GET", "/zones/$zone/records?name=@&type=ALIAS", "", nil, 200, []string{"data.records.#=0"}},
	})
}

func TestATextWithACNAMEAtTheApex(t *testing.T) {
	d := newDesk(t)
	const head = "@ 300 SOA ns1 hostmaster 1 2 3 4 5\n@ 300 NS ns1.example.net.\n@ 300 NS ns2.example.net.\n"
	d.run([]step{
		{"a zone", "POST", "/zones", `{"name":"example.com"}`, nil, 201, nil},
		{"it is checked", "POST", "/check?zone=example.com", head + "@ 300 CNAME host.example.net.\n", []string{"Content-Type", "text/dns"}, 200, []string{"data.errors=0", "data.findings.0.code=apex-cname", "data.findings.0.line=4"}},
		{"it is imported", "POST", "/zones/example.com/import", head + "@ 300 CNAME host.example.net.\n", []string{"Content-Type", "text/dns"}, 200, []string{"data.warnings.0.code=apex-cname", "data.warnings.0.line=4"}},
		{"as ALIAS", "GET", "/zones/example.com/records?type=ALIAS", "", nil, 200, []string{"data.records.0.content=host.example.net."}},
		{"not beside an address", "POST", "/zones/example.com/import", head + "@ 300 CNAME host.example.net.\n@ 300 A 192.0.2.1\n", []string{"Content-Type", "text/dns"}, 409,
			[]string{"error.findings.0.code=cname-at-apex", "error.findings.0.code=cname-at-apex"}},
	})
}

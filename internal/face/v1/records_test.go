package v1

import "testing"

func TestRecordsAreCreatedReadChangedAndDeleted(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"relative name, content without dot", "POST", "/zones/$zone/records", `{"name":"www","type":"CNAME","content":"Main.example.NET","ttl":300}`, nil, 201,
			[]string{"data.record.name=www.example.com.", "data.record.type=CNAME", "data.record.content=main.example.net.", "data.record.ttl=300", "data.record.priority=null",
				"data.record.disabled=false", "data.record.comment=null", "data.message=Record created successfully", "id:=data.record.id", "header:ETag~\""}},
		{"it is there", "GET", "/zones/$zone/records/$id", "", nil, 200, []string{"data.record.id=$id", "data.record.content=main.example.net.", "!data.message"}},
		{"by the name of the zone", "GET", "/zones/example.com/records/$id", "", nil, 200, []string{"data.record.id=$id"}},
		{"with padding, as some clients send ids", "GET", "/zones/$zone/records/$id==", "", nil, 200, []string{"data.record.id=$id"}},
		{"PUT with another value has another id", "PUT", "/zones/$zone/records/$id", `{"name":"www.example.com","type":"CNAME","content":"other.example.net."}`, nil, 200,
			[]string{"data.record.content=other.example.net.", "data.record.ttl=3600", "new:=data.record.id"}},
		{"the old id is gone", "GET", "/zones/$zone/records/$id", "", nil, 404, []string{"error.code=RECORD_NOT_FOUND"}},
		{"PUT keeps name and type", "PUT", "/zones/$zone/records/$new",
			`{"name":"web","type":"CNAME","content":"other.example.net."}`, nil, 400, []string{"error.code=INVALID_INPUT", "error.details.0.field=name"}},
		{"DELETE", "DELETE", "/zones/$zone/records/$new", "", nil, 204, nil},
		{"it is gone", "DELETE", "/zones/$zone/records/$new", "", nil, 404, []string{"error.code~NOT_FOUND"}},
		{"an id that is none", "GET", "/zones/$zone/records/!!!", "", nil, 404, []string{"error.code=RECORD_NOT_FOUND"}},
	})
}

func TestFormsOfNamesAndContents(t *testing.T) {
	tests := []struct {
		name, body, owner, content string
	}{
		{"the apex as @", `{"name":"@","type":"A","content":"192.0.2.1"}`, "example.com.", "192.0.2.1"},
		{"the apex by its name", `{"name":"example.com","type":"AAAA","content":"2001:DB8::1"}`, "example.com.", "2001:db8::1"},
		{"fully qualified with a dot", `{"name":"a.example.com.","type":"A","content":"192.0.2.1"}`, "a.example.com.", "192.0.2.1"},
		{"fully qualified without a dot", `{"name":"B.Example.com","type":"A","content":"192.0.2.1"}`, "b.example.com.", "192.0.2.1"},
		{"relative with dots", `{"name":"_acme-challenge.c","type":"TXT","content":"abc"}`, "_acme-challenge.c.example.com.", "abc"},
		{"a wildcard", `{"name":"*.d","type":"A","content":"192.0.2.1"}`, "*.d.example.com.", "192.0.2.1"},
		{"a name in another script", `{"name":"bücher","type":"A","content":"192.0.2.1"}`, "xn--bcher-kva.example.com.", "192.0.2.1"},
		{"MX with a priority field", `{"name":"m1","type":"MX","content":"mail.example.net","priority":5}`, "m1.example.com.", "5 mail.example.net."},
		{"MX with a priority in the content", `{"name":"m2","type":"MX","content":"20 mail.example.net.","priority":20}`, "m2.example.com.", "20 mail.example.net."},
		{"MX without a priority", `{"name":"m3","type":"MX","content":"mail.example.net"}`, "m3.example.com.", "0 mail.example.net."},
		{"null MX", `{"name":"m4","type":"MX","content":"."}`, "m4.example.com.", "0 ."},
		{"SRV in four fields",
			`{"name":"_s1._tcp","type":"SRV","content":"10 5 5060 sip.example.net","priority":0}`, "_s1._tcp.example.com.", "10 5 5060 sip.example.net."},
		{"SRV in three fields and a priority",
			`{"name":"_s2._tcp","type":"SRV","content":"5 5060 sip.example.net","priority":7}`, "_s2._tcp.example.com.", "7 5 5060 sip.example.net."},
		{"SRV with a target only", `{"name":"_s3._tcp","type":"SRV","content":"sip.example.net","priority":7}`, "_s3._tcp.example.com.", "7 0 0 sip.example.net."},
		{"CAA", `{"name":"@","type":"CAA","content":"0 issue \"letsencrypt.org\""}`, "example.com.", `0 issue "letsencrypt.org"`},
		{"TXT without quotes",
			`{"name":"t1","type":"TXT","content":"v=spf1 include:_spf.example.net -all; \\ \"x\" y"}`, "t1.example.com.",
			`v=spf1 include:_spf.example.net -all; \ "x" y`},
		{"TXT in quotes", `{"name":"t2","type":"TXT","content":"\"two \" \"strings\""}`, "t2.example.com.", "two strings"},
		{"TXT beyond ASCII", `{"name":"t3","type":"TXT","content":"Grüße"}`, "t3.example.com.", "Grüße"},
		{"empty TXT", `{"name":"t4","type":"TXT","content":"\"\""}`, "t4.example.com.", `""`},
		{"a target of @", `{"name":"c1","type":"CNAME","content":"@"}`, "c1.example.com.", "example.com."},
		{"ALIAS at the apex", `{"name":"@","type":"ALIAS","content":"main.example.net"}`, "example.com.", "main.example.net."},
		{"HTTPS", `{"name":"h1","type":"HTTPS","content":"1 svc.example.net alpn=h2"}`, "h1.example.com.", `1 svc.example.net. alpn="h2"`},
		{"TLSA",
			`{"name":"_443._tcp","type":"TLSA","content":"3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}`,
			"_443._tcp.example.com.", "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := zoned(t)
			a := d.send("POST", "/zones/$zone/records", test.body)
			if owner, _ := a.at("data.record.name"); owner != test.owner {
				t.Fatalf("%d, owner %q: %s", a.status, owner, a.raw)
			}
			if got, _ := a.at("data.record.content"); got != test.content {
				t.Errorf("content %q, not %q", got, test.content)
			}
			id, _ := a.at("data.record.id")
			if again := d.send("GET", "/zones/$zone/records/"+id, ""); again.status != 200 {
				t.Errorf("it is not found by its id: %s", again.raw)
			}
			if gone := d.send("DELETE", "/zones/$zone/records/"+id, ""); gone.status != 204 {
				t.Errorf("it cannot be deleted by its id: %s", gone.raw)
			}
		})
	}
}

func TestRecordsThatCannotBe(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		code, word string
	}{
		{"no name", `{"type":"A","content":"192.0.2.1"}`, 400, "INVALID_INPUT", "name is empty"},
		{"no type", `{"name":"a","content":"192.0.2.1"}`, 400, "INVALID_INPUT", "type is empty"},
		{"no content", `{"name":"a","type":"A"}`, 400, "INVALID_INPUT", "content is empty"},
		{"a type that is none", `{"name":"a","type":"BOGUS","content":"x"}`, 400, "INVALID_INPUT", "BOGUS"},
		{"an address that is none", `{"name":"a","type":"A","content":"300.1.1.1"}`, 400, "INVALID_INPUT", "300.1.1.1"},
		{"an address with more behind it", `{"name":"a","type":"A","content":"192.0.2.1\n192.0.2.2"}`, 400, "INVALID_INPUT", "content"},
		{"a target that is one word", `{"name":"a","type":"CNAME","content":"main"}`, 400, "INVALID_INPUT", "main.example.com."},
		{"a name of another zone", `{"name":"a.example.net.","type":"A","content":"192.0.2.1"}`, 400, "INVALID_INPUT", "not in the zone"},
		{"a label that is too long",
			`{"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","type":"A","content":"192.0.2.1"}`, 400, "INVALID_INPUT",
			"63"},
		{"a negative TTL", `{"name":"a","type":"A","content":"192.0.2.1","ttl":-1}`, 400, "INVALID_INPUT", "TTL"},
		{"a TTL beyond all bounds", `{"name":"a","type":"A","content":"192.0.2.1","ttl":4294967295}`, 400, "INVALID_INPUT", "TTL"},
		{"a TTL that is no number", `{"name":"a","type":"A","content":"192.0.2.1","ttl":"300"}`, 400, "INVALID_INPUT", "ttl"},
		{"a fraction of a second", `{"name":"a","type":"A","content":"192.0.2.1","ttl":1.5}`, 400, "INVALID_INPUT", "ttl"},
		{"two priorities", `{"name":"a","type":"MX","content":"10 mail.example.net","priority":20}`, 400, "INVALID_INPUT", "priority"},
		{"a priority out of range", `{"name":"a","type":"MX","content":"mail.example.net","priority":70000}`, 400, "INVALID_INPUT", "priority"},
		{"a type to be asked for only", `{"name":"a","type":"ANY","content":"\\# 0"}`, 400, "INVALID_INPUT", "ANY"},
		{"a second SOA", `{"name":"www","type":"SOA","content":"a. b. 1 2 3 4 5"}`, 400, "INVALID_INPUT", "SOA"},
		{"settings of no kind", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"on_failure":"retry"}}`, 400, "INVALID_INPUT", "stale, servfail, nodata or fallback"},
		{"a fallback without addresses", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"on_failure":"fallback"}}`, 400, "INVALID_INPUT", "no addresses to fall back to"},
		{"addresses without fallback", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"fallback":["192.0.2.1"]}}`, 400, "INVALID_INPUT", "on_failure is stale"},
		{"a fallback that is no address", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"on_failure":"fallback","fallback":["x.example"]}}`, 400, "INVALID_INPUT", "x.example"},
		{"a fallback with a zone", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"on_failure":"fallback","fallback":["fe80::1%eth0"]}}`, 400, "INVALID_INPUT", "no address that a record can have"},
		{"a max_stale that is too long", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"max_stale":2592001}}`, 400, "INVALID_INPUT", "30 days"},
		{"a max_stale that is negative", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"max_stale":-1}}`, 400, "INVALID_INPUT", "max_stale"},
		{"a max_stale of what is not stale", `{"name":"a","type":"ALIAS","content":"x.example.net","settings":{"on_failure":"nodata","max_stale":60}}`, 400, "INVALID_INPUT", "nodata"},
		{"a policy of an address", `{"name":"a","type":"A","content":"192.0.2.1","settings":{"on_failure":"nodata"}}`, 400, "INVALID_INPUT", "ALIAS records and flattened CNAMEs"},
		{"CNAME that leads to itself", `{"name":"a","type":"CNAME","content":"a.example.com"}`, 409, "CONFLICT", "a.example.com."},
	}
	d := zoned(t)
	before := d.head()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := d.send("POST", "/zones/$zone/records", test.body)
			code, _ := a.at("error.code")
			if a.status != test.status || code != test.code {
				t.Fatalf("%d %s: %s", a.status, code, a.raw)
			}
			d.expect(test.name, a, "error.message~"+test.word)
			if d.head() != before {
				t.Error("something has changed")
			}
		})
	}
}

func TestWhatGoesTogetherAtOneName(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"an address", "POST", "/zones/$zone/records",
			`{"name":"www","type":"A","content":"192.0.2.1","ttl":300,"comment":"first"}`, nil, 201, []string{"data.record.comment=first"}},
		{"the same again", "POST", "/zones/$zone/records",
			`{"name":"www","type":"A","content":"192.0.2.1"}`, nil, 409, []string{"error.code=CONFLICT", "error.details.0.code=record-exists"}},
		{"a second one changes the TTL of both", "POST", "/zones/$zone/records",
			`{"name":"www","type":"A","content":"192.0.2.2","ttl":600}`, nil, 201, []string{"data.record.comment=first"}},
		{"as the list shows", "GET", "/zones/$zone/records?name=www",
			"", nil, 200, []string{"data.records.#=2", "data.records.0.ttl=600", "data.records.1.ttl=600", "data.pagination.total=2"}},
		{"CNAME beside addresses", "POST", "/zones/$zone/records", `{"name":"www","type":"CNAME","content":"main.example.net"}`, nil, 409,
			[]string{"error.code=CONFLICT", "error.findings.0.code=cname-and-other-data", "error.details.0.code=cname-and-other-data", "error.details.0.source~RFC", "error.findings.0.fixes.0.zones.0.zone=example.com."}},
		{"a CNAME", "POST", "/zones/$zone/records", `{"name":"cdn","type":"CNAME","content":"one.example.net"}`, nil, 201, []string{"one:=data.record.id"}},
		{"the same CNAME again is no conflict", "POST", "/zones/$zone/records",
			`{"name":"cdn","type":"CNAME","content":"one.example.net"}`, nil, 201, []string{"data.record.id=$one"}},
		{"another CNAME replaces it", "POST", "/zones/$zone/records", `{"name":"cdn","type":"CNAME","content":"two.example.net"}`, nil, 201, nil},
		{"and is alone", "GET", "/zones/$zone/records?name=cdn.example.com.&type=cname",
			"", nil, 200, []string{"data.records.#=1", "data.records.0.content=two.example.net."}},
		{"addresses beside a CNAME", "POST", "/zones/$zone/records", `{"name":"cdn","type":"A","content":"192.0.2.1"}`, nil, 409, []string{"error.code=CONFLICT"}},
		{"an empty comment takes it away", "PUT", "/zones/$zone/records/by-name/www/A?content=192.0.2.2",
			`{"content":"192.0.2.2","ttl":600,"comment":""}`, nil, 200, []string{"data.record.comment=null"}},
		{"from both", "GET", "/zones/$zone/records?name=www", "", nil, 200, []string{"data.records.0.comment=null", "data.records.1.comment=null"}},
		{"a disabled record", "POST", "/zones/$zone/records",
			`{"name":"off","type":"A","content":"192.0.2.9","disabled":true}`, nil, 201, []string{"data.record.disabled=true", "off:=data.record.id"}},
		{"is enabled by PUT", "PUT", "/zones/$zone/records/$off",
			`{"name":"off","type":"A","content":"192.0.2.9"}`, nil, 200, []string{"data.record.disabled=false", "data.record.id=$off"}},
	})
}

func TestRecordsByName(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"one", "POST", "/zones/$zone/records", `{"name":"txt","type":"TXT","content":"one value","ttl":120}`, nil, 201, nil},
		{"two", "POST", "/zones/$zone/records", `{"name":"txt","type":"TXT","content":"two & more","ttl":120}`, nil, 201, nil},
		{"which one?", "PUT", "/zones/$zone/records/by-name/txt/TXT", `{"content":"three"}`, nil, 409, []string{"error.code=CONFLICT", "error.message~content="}},
		{"that one", "PUT", "/zones/$zone/records/by-name/txt.example.com/TXT?content=one+value",
			`{"content":"three"}`, nil, 200, []string{"data.record.content=three", "data.record.ttl=3600"}},
		{"none of that content", "PUT", "/zones/$zone/records/by-name/txt/TXT?content=one", `{"content":"four"}`, nil, 404, []string{"error.code=RECORD_NOT_FOUND"}},
		{"empty content is no way to say all", "DELETE", "/zones/$zone/records/by-name/txt/TXT?content=", "", nil, 400, []string{"error.code=INVALID_INPUT"}},
		{"delete one", "DELETE", "/zones/$zone/records/by-name/txt/txt?content=two%20%26%20more", "", nil, 204, nil},
		{"one is left, and needs no content", "PUT", "/zones/$zone/records/by-name/txt/TXT", `{"content":"five"}`, nil, 200, []string{"data.record.content=five"}},
		{"delete all", "DELETE", "/zones/$zone/records/by-name/txt.example.com./TXT", "", nil, 204, nil},
		{"there is none", "DELETE", "/zones/$zone/records/by-name/txt/TXT", "", nil, 404, []string{"error.code=RECORD_NOT_FOUND"}},
		{"the apex", "POST", "/zones/$zone/records", `{"name":"@","type":"A","content":"192.0.2.1"}`, nil, 201, nil},
		{"by its sign", "DELETE", "/zones/$zone/records/by-name/@/A", "", nil, 204, nil},
	})
}

func TestListOfRecordsInParts(t *testing.T) {
	d := zoned(t)
	for _, host := range []string{"a", "b", "c"} {
		d.run([]step{{host, "POST", "/zones/$zone/records", `{"name":"` + host + `","type":"A","content":"192.0.2.1"}`, nil, 201, nil}})
	}
	d.run([]step{ // SOA, two NS, three A
		{"all", "GET", "/zones/$zone/records?managed=true", "", nil, 200, []string{"data.records.#=6", "data.items.#=6", "data.pagination.total=6", "data.pagination.limit=50", "data.pagination.count=6", "data.pagination.has_more=false",
			"data.total=6", "data.limit=50", "data.offset=0", "data.records.0.type=SOA"}},
		{"a part", "GET", "/zones/$zone/records?managed=true&offset=2&limit=2",
			"", nil, 200, []string{
				"data.records.#=2", "data.records.0.type=NS", "data.records.1.name=a.example.com.", "data.pagination.has_more=true",
				"data.pagination.offset=2",
			}},
		{"the last part", "GET", "/zones/$zone/records?managed=true&offset=5&limit=2",
			"", nil, 200, []string{"data.records.#=1", "data.records.0.name=c.example.com.", "data.pagination.has_more=false"}},
		{"behind the end", "GET", "/zones/$zone/records?managed=true&offset=100", "", nil, 200, []string{"data.records.#=0", "data.pagination.count=0"}},
		{"more than the most", "GET", "/zones/$zone/records?managed=true&limit=100000", "", nil, 200, []string{"data.pagination.limit=1000"}},
		{"none at all", "GET", "/zones/$zone/records?limit=0", "", nil, 400, []string{"error.code=INVALID_INPUT", "error.details.0.field=limit"}},
		{"no number", "GET", "/zones/$zone/records?managed=true&offset=x", "", nil, 400, []string{"error.details.0.field=offset"}},
		{"by type", "GET", "/zones/$zone/records?type=A&limit=2",
			"", nil, 200, []string{"data.records.#=2", "data.pagination.total=3", "data.pagination.has_more=true"}},
	})
}

func TestTheSOACanBeEdited(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"it is a record", "GET", "/zones/$zone/records?type=SOA", "", nil, 200, []string{"soa:=data.records.0.id", "data.records.#=1"}},
		{"with other numbers", "PUT", "/zones/$zone/records/$soa", `{"name":"@","type":"SOA","content":"ns1.host.test. hostmaster.example.com. 1 7200 900 1209600 300","ttl":900}`, nil, 200,
			[]string{"data.record.content~ 7200 900 1209600 300", "data.record.ttl=900"}},
		{"its id survives a new serial", "POST", "/zones/$zone/records", `{"name":"x","type":"A","content":"192.0.2.1"}`, nil, 201, nil},
		{"but it cannot go", "DELETE", "/zones/$zone/records/by-name/@/SOA", "", nil, 400, []string{"error.code=INVALID_INPUT"}},
	})
}

package v1

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/truename-dns/truename/api"
)

// client speaks to d over HTTP, with all the time that it needs.
func (d *desk) client() *api.Client {
	s := httptest.NewServer(d.Server)
	d.Cleanup(s.Close)
	c, err := api.NewClient(s.URL, d.token, api.WithHTTP(s.Client()), api.WithRetries(0, 0))
	if err != nil {
		d.Fatal(err)
	}
	return c
}

func TestFindingsOfStoredZones(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"nothing is wrong", "GET", "/check", "", nil, 200, []string{"data.findings.#=0", "data.judged=1", "data.pending=0", "data.left_out=0", "data.rules.#=0", "data.zones.#=0", "data.pagination.total=0"}},
		{"a target that is missing, and who follows", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[
			{"op":"add","name":"www","type":"CNAME","contents":["gone.example.com"]},{"op":"add","name":"shop","type":"CNAME","contents":["www.example.com"]},{"op":"add","name":"end","type":"A","contents":["192.0.2.1"]},
			{"op":"add","name":"a","type":"CNAME","contents":["end.example.com"]},{"op":"add","name":"b","type":"CNAME","contents":["a.example.com"]}]}]}`, nil, 201, []string{"s:=data.change.zones.0.to"}},
		{"they are listed, worst first", "GET", "/check", "", nil, 200, []string{"data.findings.#=3", "data.warnings=3", "data.errors=0",
			"data.findings.0.code=dangling-target", "data.findings.0.severity=warning", "data.findings.0.owner=www.example.com.", "data.findings.0.name=www.example.com", "data.findings.0.zone=example.com",
			"data.findings.0.zone_id=$zone", "data.findings.0.serial=$s", "data.findings.0.type=CNAME", "data.findings.0.followers=1", "data.findings.0.message~does not exist",
			"data.findings.0.conflicts.#=0", "!data.findings.0.read_only", "data.zones.#=1", "data.zones.0.name=example.com", "data.zones.0.warnings=3"}},
		{"with fixes", "GET", "/check?rule=alias-chain", "", nil, 200, []string{"data.findings.#=2", "data.findings.1.fixes.0.title~point", "data.findings.1.fixes.0.zones.0.zone=example.com.",
			"data.findings.1.fixes.0.zones.0.edits.0.op=remove", "data.rules.#=2", "data.pagination.total=2"}},
		{"of a zone, by its name", "GET", "/zones/example.com/check?severity=warning", "", nil, 200, []string{"data.findings.#=3"}},
		{"of a zone, by its id", "GET", "/check?zone=$zone&severity=error", "", nil, 200, []string{"data.findings.#=0", "data.errors=0", "data.warnings=0", "data.judged=1"}},
		{"a part", "GET", "/check?limit=1&offset=1", "", nil, 200, []string{"data.findings.#=1", "data.pagination.total=3", "data.pagination.offset=1", "data.pagination.has_more=true"}},
		{"a zone that is none", "GET", "/check?zone=nowhere.test", "", nil, 404, []string{"error.code=ZONE_NOT_FOUND"}},
		{"a severity that is none", "GET", "/check?severity=bad", "", nil, 400, []string{"error.details.0.field=severity"}},
		{"a rule that is none", "GET", "/check?rule=bad", "", nil, 400, []string{"error.details.0.field=rule"}},
		{"a parameter that is none", "GET", "/check?rules=bad", "", nil, 400, nil},
	})
}

// TestAFixOfAFindingCanBePosted sends it to /changes as it is, with the serial that was judged.
func TestAFixOfAFindingCanBePosted(t *testing.T) {
	d := zoned(t)
	d.run([]step{{"a chain", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"end","type":"A","contents":["192.0.2.1"]},
		{"op":"add","name":"a","type":"CNAME","contents":["end.example.com"]},{"op":"add","name":"b","type":"CNAME","contents":["a.example.com"]}]}]}`, nil, 201, nil}})
	client := d.client()
	found, err := client.CheckStored(t.Context(), api.FindingQuery{Rule: "alias-chain"}, 10)
	if err != nil || len(found.Findings) != 1 || len(found.Findings[0].Fixes) != 1 {
		t.Fatalf("%v, %+v", err, found)
	}
	f := found.Findings[0]
	zones := f.Fixes[0].Zones
	zones[0].IfMatch = &f.Serial
	body, err := json.Marshal(api.ChangeRequest{Zones: zones})
	if err != nil {
		t.Fatal(err)
	}
	d.run([]step{
		{"the fix", "POST", "/changes", string(body), nil, 201, []string{"data.change.zones.#=1"}},
		{"it is gone", "GET", "/check", "", nil, 200, []string{"data.findings.#=0"}},
		{"the fix again", "POST", "/changes", string(body), nil, 412, nil},
	})
}

// TestClientsListAllFindings goes through several pages.
func TestClientsListAllFindings(t *testing.T) {
	d := zoned(t)
	var edits []api.RecordEdits
	for i := range 1200 {
		edits = append(edits, api.RecordEdits{Op: api.OpAdd, Name: "n" + strconv.Itoa(i), Type: "CNAME", Contents: []string{"gone" + strconv.Itoa(i%2) + ".example.com"}})
		edits = append(edits, api.RecordEdits{Op: api.OpAdd, Name: "m" + strconv.Itoa(i), Type: "MX", Contents: []string{"10 n" + strconv.Itoa(i) + ".example.com"}})
	}
	body, err := json.Marshal(api.ChangeRequest{Zones: []api.ZoneChange{{Zone: "example.com", Edits: edits}}})
	if err != nil {
		t.Fatal(err)
	}
	d.run([]step{{"many", "POST", "/changes", string(body), nil, 201, nil}})
	client := d.client()
	found, err := client.CheckStored(t.Context(), api.FindingQuery{Zone: "example.com"}, 1)
	if err != nil || found.Warnings != 2400 || found.LeftOut != 400 {
		t.Fatalf("%v, %d warnings, %d left out", err, found.Warnings, found.LeftOut)
	}
	n := 0
	for f, err := range client.Findings(t.Context(), api.FindingQuery{}) {
		if err != nil || f.Zone != "example.com" {
			t.Fatal(err, f)
		}
		n++
	}
	if n != 2000 {
		t.Errorf("%d findings in all pages", n)
	}
}

// TestTheDoctorOffersFixes applies what it offers; a CNAME that is flattened is edited as one.
func TestTheDoctorOffersFixes(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"two names that lead nowhere", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"plain","type":"CNAME","contents":["gone.example.com"]},
			{"op":"add","name":"flat","type":"CNAME","records":[{"content":"gone.example.com","settings":{"flatten_cname":true}}]}]}]}`, nil, 201, nil},
		{"a CNAME", "GET", "/doctor?name=plain.example.com", "", nil, 200, []string{"data.diagnosis.verdicts.2.id=target-does-not-resolve", "data.diagnosis.verdicts.2.status=problem",
			"data.diagnosis.verdicts.2.record.type=CNAME", "data.diagnosis.verdicts.2.record.zone_id=$zone", "data.diagnosis.verdicts.2.record.name=plain.example.com", "data.diagnosis.verdicts.2.record.content=gone.example.com.",
			"data.diagnosis.verdicts.2.fixes.#=1", "data.diagnosis.verdicts.0.fixes.#=0"}},
		{"one that is flattened", "GET", "/doctor?name=flat.example.com", "", nil, 200, []string{"data.diagnosis.verdicts.2.record.type=CNAME", "data.diagnosis.verdicts.2.fixes.0.zones.0.edits.0.type=CNAME"}},
	})
	client := d.client()
	for _, name := range []string{"plain.example.com", "flat.example.com"} {
		found, err := client.Doctor(t.Context(), name, api.DoctorQuery{})
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(api.ChangeRequest{Zones: found.Verdicts[2].Fixes[0].Zones})
		if err != nil {
			t.Fatal(err)
		}
		d.run([]step{
			{"the fix", "POST", "/changes", string(body), nil, 201, nil},
			{"is no more", "GET", "/zones/$zone/records?name=" + name, "", nil, 200, []string{"data.records.#=0"}},
		})
	}
}

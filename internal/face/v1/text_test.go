package v1

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const zoneText = `$TTL 300
@ IN SOA ns1 hostmaster 7 3600 600 86400 60
@ IN NS ns1
ns1 IN A 192.0.2.53
main IN A 192.0.2.1
www IN CNAME main
`

const asText = "Content-Type: text/dns"

func TestImportAndExport(t *testing.T) {
	d := newDesk(t)
	d.run([]step{
		{"for which zone?", "POST", "/import", zoneText, []string{asText}, 400, []string{"error.details.0.field=zone"}},
		{"a dry run", "POST", "/import?zone=example.com&dry_run=true",
			zoneText, []string{asText}, 200, []string{"data.dry_run=true", "data.records=5", "!data.zone"}},
		{"as JSON", "POST", "/import?zone=example.com", zoneText, []string{"Content-Type: application/json"}, 415, nil},
		{"with what would become of the records", "POST", "/import?zone=example.com&dry_run=true&sets=true",
			zoneText, []string{asText}, 200, []string{"data.change.zones.0.sets.#=4"}},
		{"for good", "POST", "/import?zone=example.com&reason=a+move",
			zoneText, []string{asText}, 201, []string{
				"data.zone.name=example.com", "data.records=5", "data.zone.record_count=4", "data.zone.serial=7", "data.change.zones.0.kind=create",
				"data.change.reason=a move", "!data.change.zones.0.sets", "zone:=data.zone.id",
			}},
		{"the zone is there", "POST", "/import?zone=example.com", zoneText, []string{asText}, 409, []string{"error.code=CONFLICT"}},
		{"replace", "POST", "/zones/$zone/import",
			strings.Replace(zoneText, "www IN CNAME main", "web IN CNAME main", 1), []string{"Content-Type: text/plain; charset=utf-8"}, 200, nil},
		{"has replaced", "GET", "/zones/$zone/records?name=www", "", nil, 200, []string{"data.records.#=0", "header:ETag=\"8\""}},
		{"merge", "POST", "/zones/$zone/import?mode=merge", "new 60 IN A 192.0.2.9\n", []string{asText, `If-Match: "8"`}, 200, []string{"data.records=1"}},
		{"has merged", "GET", "/zones/$zone/records?type=A", "", nil, 200, []string{"data.records.#=3"}},
		{"of an old serial", "POST", "/zones/$zone/import", zoneText, []string{asText, `If-Match: "8"`}, 412, nil},
		{"in a way that is none", "POST", "/zones/$zone/import?mode=paint", zoneText, []string{asText}, 400, []string{"error.details.0.field=mode"}},
		{"with a key", "POST", "/zones/$zone/import", zoneText, []string{asText, "Idempotency-Key: x"}, 400, []string{"error.details.0.field=Idempotency-Key"}},
		{"what is wrong has lines", "POST", "/zones/$zone/import",
			zoneText + "bad IN A 300.1.1.1\nworse IN\n", []string{asText}, 400,
			[]string{"error.code=INVALID_INPUT", "error.findings.0.line=7", "error.findings.0.column~", "error.details.0.at~:7:"}},
		{"a broken rule has lines", "POST", "/zones/$zone/import",
			zoneText + "www IN A 192.0.2.1\n", []string{asText}, 409, []string{"error.code=CONFLICT", "error.findings.0.code=cname-and-other-data"}},
	})
	out := d.send("GET", "/zones/$zone/export", "")
	if out.status != 200 || !strings.HasPrefix(out.header.Get("Content-Type"), "text/dns") || !strings.Contains(out.header.Get("Content-Disposition"), "example.com.zone") {
		t.Errorf("%d %v", out.status, out.header)
	}
	for _, line := range []string{"web.example.com.", "new.example.com.", "192.0.2.9"} {
		if !bytes.Contains(out.raw, []byte(line)) {
			t.Errorf("no %s in\n%s", line, out.raw)
		}
	}
	d.run([]step{{"what is exported can be imported", "POST", "/zones/$zone/import", string(out.raw), []string{asText}, 200, nil},
		{"and changes nothing but the serial", "GET", "/zones/$zone/records?type=A", "", nil, 200, []string{"data.records.#=3"}}})
}

func TestImportOfAForm(t *testing.T) {
	d := newDesk(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, part := range [][2]string{{"proxied", ""}, {"file", "example.com.zone"}} {
		w, err := form.CreateFormFile(part[0], part[1])
		if part[1] == "" {
			w, err = form.CreateFormField(part[0])
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, zoneText); err != nil {
			t.Fatal(err)
		}
	}
	form.Close()
	a := d.send("POST", "/import?zone=example.com", body.String(), "Content-Type: "+form.FormDataContentType())
	if a.status != 201 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	empty := "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--x--\r\n"
	d.run([]step{{"without a file", "POST", "/zones/example.com/import", empty, []string{"Content-Type: multipart/form-data; boundary=x"}, 400, []string{"error.message~file"}}})
}

func TestImportWithProgress(t *testing.T) {
	d := newDesk(t)
	srv := httptest.NewServer(d)
	defer srv.Close()
	var text strings.Builder
	text.WriteString(zoneText)
	for i := range 20_000 {
		fmt.Fprintf(&text, "host%d IN A 192.0.2.1\n", i)
	}
	tests := []struct {
		name, text, stages, last string
		records                  int
	}{
		{"what is wrong comes as the last line", text.String() + "bad IN A x\n", " read", "error", 0},
		{"and so does what is right", text.String(), " read check write", "success", 20_005},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest("POST", srv.URL+"/v1/import?zone=example.com", strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+adminSecret)
			r.Header.Set("Accept", "application/x-ndjson")
			a, err := srv.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			var line struct {
				Status string
				Data   struct {
					Records int
					Stage   string
				}
			}
			lines, stages := 0, ""
			for dec := json.NewDecoder(a.Body); ; lines++ {
				if err := dec.Decode(&line); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				if line.Status == "progress" && line.Data.Records > 20_006 {
					t.Errorf("%d records read", line.Data.Records)
				}
				if stage := line.Data.Stage; line.Status == "progress" && !strings.HasSuffix(stages, stage) {
					stages += " " + stage
				}
			}
			if stages != test.stages || line.Status != test.last || test.records > 0 && line.Data.Records != test.records {
				t.Errorf("%d lines, %q, the last is %+v", lines, stages, line)
			}
		})
	}
}

func TestCheckOfText(t *testing.T) {
	d := zoned(t)
	before := d.head()
	d.run([]step{
		{"good", "POST", "/check?zone=example.net", zoneText, []string{asText}, 200, []string{"data.errors=0"}},
		{"bad", "POST", "/check?zone=example.net",
			zoneText + "www IN A 192.0.2.1\n", []string{asText}, 200,
			[]string{"data.errors=1", "data.findings.1.code=cname-and-other-data", "data.findings.1.line=6", "data.findings.1.severity=error"}},
		{"no zone file", "POST", "/check?zone=example.net", "www IN A x\n", []string{asText}, 200, []string{"data.findings.0.line=1"}},
		{"of which zone?", "POST", "/check", zoneText, []string{asText}, 400, []string{"error.details.0.field=zone"}},
	})
	if d.head() != before {
		t.Error("something has changed")
	}
}

func TestATextThatIsTooLarge(t *testing.T) {
	d := zoned(t)
	for i := range d.routes { // the routes themselves take a gibibyte
		if d.routes[i].Text {
			d.routes[i].MaxBody = 100
		}
	}
	long := zoneText + strings.Repeat("; more\n", 20)
	d.run([]step{
		{"as its length says", "POST", "/zones/$zone/import", long, []string{asText}, 413, []string{"error.code=TOO_LARGE"}},
		{"in a check", "POST", "/check?zone=example.com", long, []string{asText}, 413, []string{"error.code=TOO_LARGE"}},
	})
	r := httptest.NewRequest("POST", "/v1/zones/example.com/import", io.MultiReader(strings.NewReader(long))) // of no known length
	r.Header.Set("Authorization", "Bearer "+adminSecret)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	if a := d.read(w.Result()); a.status != 413 {
		t.Errorf("as it turns out: %d %s", a.status, a.raw)
	}
}

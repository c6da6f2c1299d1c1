package v1

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// into decodes an answer as a client does.
func (d *desk) into(a *said, v any) {
	d.Helper()
	if a.status >= 300 {
		d.Fatalf("%d %s", a.status, a.raw)
	}
	if err := json.Unmarshal(a.raw, v); err != nil {
		d.Fatalf("%v in %s", err, a.raw)
	}
}

// The flow and the structures of dnscaleou/certbot-dns-dnscale: zones from the
// top of the answer, a record named in full without a final dot, and its
// deletion by name and content.
func TestClientCertbot(t *testing.T) {
	d := zoned(t)
	var list struct {
		Zones []struct{ ID, Name string }
	}
	d.into(d.send("GET", "/zones?offset=0&limit=100", ""), &list)
	if len(list.Zones) != 1 || list.Zones[0].Name != "example.com" {
		t.Fatalf("%+v", list)
	}
	base := "/zones/" + list.Zones[0].ID + "/records"
	const value = "LHDhK3oGRvkiefQnx7OOczTY5Tic_xZ6HcMOc_gmtoM"
	d.run([]step{
		{"first", "POST", base,
			`{"name": "_acme-challenge.www.example.com", "type": "TXT", "content": "` + value + `", "ttl": 120}`, nil, 201,
			[]string{"data.record.ttl=120", "data.record.content=" + value}},
		{"for the wildcard too", "POST", base, `{"name": "_acme-challenge.www.example.com", "type": "TXT", "content": "other", "ttl": 120}`, nil, 201, nil},
		{"cleaned up", "DELETE", base + "/by-name/_acme-challenge.www.example.com/TXT?content=" + url.QueryEscape(value), "", nil, 204, nil},
		{"one is left", "GET", base + "?name=_acme-challenge.www", "", nil, 200, []string{"data.records.#=1", "data.records.0.content=other"}},
	})
}

// The flow and the structures of dnscaleou/terraform-provider-dnscale: what is
// read back must be what was planned, with the numbers of MX cut off.
func TestClientTerraform(t *testing.T) {
	d := newDesk(t)
	var zone struct {
		Data struct {
			Zone struct {
				ID, Name, Type, Region, Status string
				CreatedAt                      time.Time `json:"created_at"`
			}
		}
	}
	d.into(d.send("POST", "/zones", `{"name":"example.com","type":"master","region":"EU"}`), &zone)
	if z := zone.Data.Zone; z.Name != "example.com" || z.Type != "master" || z.Region != "EU" || z.CreatedAt.IsZero() {
		t.Fatalf("%+v", z)
	}
	type record struct {
		ID, Name, Type, Content string
		TTL                     int
		Priority                *int
		Disabled                bool
	}
	tests := []struct{ planned, content string }{
		{`{"name":"www.example.com.","type":"A","content":"192.0.2.1","ttl":300}`, "192.0.2.1"},
		{`{"name":"cdn.example.com.","type":"CNAME","content":"example.com.","ttl":3600}`, "example.com."},
		{`{"name":"example.com.","type":"MX","content":"mail.example.com.","ttl":3600,"priority":10}`, "mail.example.com."},
		{`{"name":"example.com.","type":"TXT","content":"v=spf1 include:_spf.example.com -all","ttl":3600}`, "v=spf1 include:_spf.example.com -all"},
		{`{"name":"example.com.","type":"CAA","content":"0 issue \"letsencrypt.org\"","ttl":3600}`, `0 issue "letsencrypt.org"`},
		{`{"name":"_sip._tcp.example.com.","type":"SRV","content":"10 5 5060 sip.example.com.","ttl":3600,"priority":0}`, "10 5 5060 sip.example.com."},
	}
	base := "/zones/" + zone.Data.Zone.ID + "/records"
	for _, test := range tests {
		var made, read struct{ Data struct{ Record record } }
		d.into(d.send("POST", base, test.planned), &made)
		d.into(d.send("GET", base+"/"+made.Data.Record.ID, ""), &read)
		content := read.Data.Record.Content
		if number, rest, found := strings.Cut(content, " "); found && read.Data.Record.Type == "MX" && number == "10" {
			content = rest
		}
		if content != test.content || read.Data.Record.Priority != nil {
			t.Errorf("%s is read back as %+v", test.planned, read.Data.Record)
		}
	}
	var list struct {
		Data struct {
			Records    []record
			Pagination struct{ Total int }
		}
	}
	d.into(d.send("GET", base+"?offset=0&limit=100", ""), &list)
	if len(list.Data.Records) != list.Data.Pagination.Total || list.Data.Pagination.Total != len(tests)+1 { // the SOA
		t.Errorf("%d of %d records", len(list.Data.Records), list.Data.Pagination.Total)
	}
}

// The flow and the structures of dnscaleou/dnscontrol: all zones and records in
// one answer, names relative, targets without a final dot, priority a number.
func TestClientDNSControl(t *testing.T) {
	d := newDesk(t)
	d.run([]step{
		{"validate", "GET", "/zones?limit=1000", "", nil, 200, []string{"data.zones.#=0"}},
		{"create", "POST", "/zones", `{"name":"example.com","region":"EU","type":"primary"}`, nil, 201, []string{"zone:=data.zone.id"}},
		{"mail", "POST", "/zones/$zone/records", `{"content":"mail.example.com","name":"@","priority":10,"ttl":300,"type":"MX"}`, nil, 201, nil},
		{"alias", "POST", "/zones/$zone/records", `{"content":"main.example.net","name":"@","ttl":300,"type":"ALIAS"}`, nil, 201, nil},
		{"change", "POST", "/zones/$zone/records", `{"content":"one.example.net","name":"www","ttl":300,"type":"CNAME"}`, nil, 201, []string{"id:=data.record.id"}},
		{"changed", "PUT", "/zones/$zone/records/$id", `{"content":"two.example.net","name":"www","ttl":600,"type":"CNAME"}`, nil, 200, nil},
	})
	var all struct {
		Status string
		Data   struct {
			Records []struct {
				ID, Name, Type, Content string
				TTL                     int
				Priority                int
				Disabled                bool
			}
		}
	}
	d.into(d.send("GET", "/zones/$zone/records?limit=1000", ""), &all)
	found := make(map[string]string)
	for _, r := range all.Data.Records {
		if r.Priority != 0 {
			t.Errorf("it would take %q for a target: %+v", r.Content, r)
		}
		found[strings.TrimSuffix(r.Name, "example.com.")+" "+r.Type] = r.Content
	}
	for key, want := range map[string]string{" MX": "10 mail.example.com.", " ALIAS": "main.example.net.", "www. CNAME": "two.example.net."} {
		if found[key] != want {
			t.Errorf("%s is %q, not %q", key, found[key], want)
		}
	}
}

// The flow of dnscaleou/external-dns-webhook-dnscale: pages until has_more is
// false, values kept by the id that a write returned.
func TestClientExternalDNS(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"an owner's mark", "POST", "/zones/$zone/records", `{"name":"cname-app.example.com","type":"TXT","content":"\"heritage=external-dns,external-dns/owner=default\"","ttl":300}`, nil, 201,
			[]string{"data.record.content=heritage=external-dns,external-dns/owner=default", "mark:=data.record.id"}},
		{"an endpoint", "POST", "/zones/$zone/records",
			`{"name":"app.example.com","type":"CNAME","content":"lb.example.net","ttl":300}`, nil, 201, []string{"app:=data.record.id"}},
		{"moved by another client", "POST", "/zones/$zone/records",
			`{"name":"app.example.com","type":"CNAME","content":"lb2.example.net","ttl":300}`, nil, 201, []string{"moved:=data.record.id"}},
		{"its old value is gone", "PUT", "/zones/$zone/records/$app",
			`{"name":"app.example.com","type":"CNAME","content":"lb3.example.net","ttl":300}`, nil, 404, []string{"error.code~NOT_FOUND"}},
		{"its new one is there", "PUT", "/zones/$zone/records/$moved",
			`{"name":"app.example.com","type":"CNAME","content":"lb3.example.net","ttl":300}`, nil, 200, []string{"last:=data.record.id"}},
		{"addresses in its place", "POST", "/zones/$zone/records",
			`{"name":"app.example.com","type":"A","content":"192.0.2.1","ttl":300}`, nil, 409, []string{"error.code=CONFLICT"}},
		{"deleted", "DELETE", "/zones/$zone/records/$last", "", nil, 204, nil},
		{"and the mark", "DELETE", "/zones/$zone/records/$mark", "", nil, 204, nil},
	})
	seen := 0
	for offset, more := 0, true; more; {
		var part struct {
			Data struct {
				Records    []struct{ ID string }
				Pagination struct {
					Count   int
					HasMore bool `json:"has_more"`
				}
			}
		}
		d.into(d.send("GET", "/zones/$zone/records?limit=2&offset="+strconv.Itoa(offset), ""), &part)
		seen += len(part.Data.Records)
		offset, more = offset+part.Data.Pagination.Count, part.Data.Pagination.HasMore
	}
	if seen != 1 { // the SOA
		t.Errorf("%d records in all parts", seen)
	}
}

package cloudflare

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// shape is how the DNS sees the target of owner: as CNAME, as ALIAS, as both, or not.
func (d *desk) shape(owner string) (out string) {
	d.Helper()
	for _, t := range []rr.Type{rr.TypeCNAME, rr.TypeALIAS} {
		if d.served("example.com.", owner, t) != "" {
			out += t.String()
		}
	}
	return out
}

func (d *desk) shapes(want map[string]string) {
	d.Helper()
	for owner, shape := range want {
		if got := d.shape(owner + ".example.com."); got != shape {
			d.Errorf("%s is served as %q, not %q", owner, got, shape)
		}
	}
}

func TestARecordIsFlattened(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	a := d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"www","content":"host.example.net","ttl":120,"settings":{"flatten_cname":true}}`).ok()
	a.want("result/type", "CNAME", "result/settings/flatten_cname", true, "messages", "[]")
	if have := d.served("example.com.", "www.example.com.", rr.TypeALIAS); have != "www.example.com. 120 IN ALIAS host.example.net.\n" {
		t.Error(have)
	}
	d.shapes(map[string]string{"www": "ALIAS"})
	path := zone + "/dns_records/" + a.text("result/id")
	d.do("PATCH", path, `{"ttl":600}`).ok().want("result/settings/flatten_cname", true)
	d.do("PATCH", path, `{"content":"other.example.net"}`).ok().want("result/type", "CNAME", "result/content", "other.example.net")
	d.shapes(map[string]string{"www": "ALIAS"})
	d.do("GET", zone+"/dns_records?type=CNAME", nil).ok().want("result_info/total_count", 1)
	d.do("PATCH", path, `{"settings":{"flatten_cname":false}}`).ok().want("result/settings/flatten_cname", false, "result/ttl", 600)
	d.shapes(map[string]string{"www": "CNAME"})
	d.do("PATCH", path, `{"settings":{"flatten_cname":true}}`).ok()
	d.do("PUT", path, `{"type":"A","name":"www","content":"192.0.2.1"}`).ok()
	d.shapes(map[string]string{"www": ""})
}

// The original refuses these, though to the DNS an ALIAS may stand beside them.
func TestAFlattenedCNAMEStandsAloneHere(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.record(zone, `{"type":"CNAME","name":"www","content":"host.example.net","settings":{"flatten_cname":true}}`)
	d.record(zone, `{"type":"TXT","name":"txt","content":"x"}`)
	for _, c := range []struct {
		name, body string
		code       int
	}{
		{"an address beside it", `{"type":"A","name":"www","content":"192.0.2.1"}`, 81054},
		{"text beside it", `{"type":"TXT","name":"www","content":"x"}`, 81054},
		{"a second one", `{"type":"CNAME","name":"www","content":"b.example.net","settings":{"flatten_cname":true}}`, 81053},
		{"the same again", `{"type":"CNAME","name":"www","content":"host.example.net","settings":{"flatten_cname":true}}`, 81058},
		{"beside text", `{"type":"CNAME","name":"txt","content":"b.example.net","settings":{"flatten_cname":true}}`, 81053},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			d.do("POST", zone+"/dns_records", c.body).fails(400, c.code, "")
		})
	}
	d.TB = t
	d.record(zone, `{"type":"CNAME","name":"@","content":"host.example.net"}`)
	d.record(zone, `{"type":"TXT","name":"@","content":"x"}`)
	d.do("POST", zone+"/dns_records", `{"type":"A","name":"@","content":"192.0.2.1"}`).fails(400, 81054, "")
}

func TestAZoneIsFlattened(t *testing.T) {
	for _, way := range []struct{ name, path, on, off string }{
		{"by dns_settings", "/dns_settings", `{"flatten_all_cnames":true}`, `{"flatten_all_cnames":false}`},
		{"by cname_flattening", "/settings/cname_flattening", `{"value":"flatten_all"}`, `{"value":"flatten_at_root"}`},
	} {
		t.Run(way.name, func(t *testing.T) {
			d := newDesk(t)
			zone := d.make("example.com")
			for name, settings := range map[string]string{
				"www": ``, "*.wild": ``, "_acme-challenge": ``, "_f.www": ``, "proof": ``,
				"stays": `,"settings":{"flatten_cname":false}`, "_dmarc": `,"settings":{"flatten_cname":true}`,
			} {
				target := "host.example.net"
				if name == "proof" {
					target = "x.acm-validations.aws"
				}
				d.record(zone, `{"type":"CNAME","name":"`+name+`","content":"`+target+`"`+settings+`}`)
			}
			a := d.do("PATCH", zone+way.path, way.on).ok()
			text := a.text("messages/0/message")
			for _, name := range []string{"4 names", "_acme-challenge.example.com.", "RFC 8552", "proof.example.com.", "AWS Certificate Manager", "stays.example.com.", "flatten_cname of its record to true"} {
				if !strings.Contains(text, name) {
					t.Errorf("the message says nothing of %s: %s", name, text)
				}
			}
			d.shapes(map[string]string{"www": "ALIAS", "*.wild": "ALIAS", "_acme-challenge": "CNAME", "_f.www": "CNAME", "proof": "CNAME", "stays": "CNAME", "_dmarc": "ALIAS"})
			made := d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"new","content":"host.example.net"}`).ok()
			made.want("result/type", "CNAME", "messages", "[]")
			d.shapes(map[string]string{"new": "ALIAS"})
			d.do("POST", zone+"/dns_records", `{"type":"TXT","name":"new","content":"x"}`).fails(400, 81054, "")
			d.do("PATCH", zone+way.path, way.off).ok().want("messages", "[]")
			d.shapes(map[string]string{"www": "CNAME", "*.wild": "CNAME", "_acme-challenge": "CNAME", "proof": "CNAME", "_dmarc": "ALIAS", "new": "CNAME"})
		})
	}
}

// Failures of a target are no word of this API: what is said of them elsewhere stays.
func TestAPolicyStaysWithARecordThatIsOverwritten(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	path := d.record(zone, `{"type":"CNAME","name":"@","content":"host.example.net"}`)
	owner := dname.MustParse("example.com.")
	said := control.Edit{Op: control.Put, Owner: owner, Type: rr.TypeALIAS, Records: []control.RecordEdit{{Data: dname.MustParse("host.example.net."), Alias: &change.Alias{OnFailure: "nodata"}}}}
	if _, err := d.control.Apply(t.Context(), d.admin, &control.Request{Zones: []control.ZoneEdit{{Zone: control.Ref{Apex: owner}, Edits: []control.Edit{said}}}}); err != nil {
		t.Fatal(err)
	}
	policy := func() string {
		set, err := d.control.RRset(t.Context(), d.admin, control.Ref{Apex: owner}, owner, rr.TypeALIAS)
		if err != nil || len(set.Records) != 1 {
			t.Fatal(err, set)
		}
		return set.Records[0].Note.OnFailure
	}
	d.do("PUT", path, `{"type":"CNAME","name":"@","content":"next.example.net","ttl":60}`).ok()
	if policy() != "nodata" {
		t.Error("PUT has taken it away")
	}
	d.do("PATCH", path, `{"content":"last.example.net","settings":{"flatten_cname":true}}`).ok()
	if policy() != "nodata" {
		t.Error("PATCH has taken it away")
	}
	d.do("PUT", path, `{"type":"A","name":"www","content":"192.0.2.1"}`).ok()
}

func TestSettingsWithoutEffect(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	for _, c := range []struct{ name, body, word string }{
		{"of an address", `{"type":"A","name":"a","content":"192.0.2.1","settings":{"flatten_cname":true}}`, "flatten_cname has no effect on A"},
		{"of the apex", `{"type":"CNAME","name":"@","content":"host.example.net","settings":{"flatten_cname":false}}`, "at the apex"},
		{"of a proxy", `{"type":"CNAME","name":"b","content":"host.example.net","settings":{"ipv4_only":true}}`, "proxy"},
		{"of both families", `{"type":"A","name":"c","content":"192.0.2.1","settings":{"ipv6_only":true}}`, "proxy"},
		{"of a proof", `{"type":"CNAME","name":"_acme-challenge","content":"host.example.net","settings":{"flatten_cname":true}}`, "flattened-proof"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			a := d.do("POST", zone+"/dns_records", c.body).ok()
			if text := a.text("messages/0/message"); !strings.Contains(text, c.word) {
				t.Errorf("the message is %q", text)
			} else if owner := "example.com.: "; strings.Count(text, owner) > 1 {
				t.Errorf("the message says twice where: %q", text)
			}
		})
	}
	d.TB = t
	d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"d","content":"host.example.net","settings":{"flatten_cname":false,"ipv4_only":false}}`).ok().want("messages", "[]")
}

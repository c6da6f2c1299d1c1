package cloudflare

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestSettingsOfTheDNS(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	path := zone + "/dns_settings"
	d.do("GET", path, nil).ok().want("result/flatten_all_cnames", false, "result/soa/mname", "ns1.host.test", "result/soa/refresh", 7200, "result/zone_mode", "dns_only", "result/ns_ttl", 3600)
	d.do("PATCH", path, `{"flatten_all_cnames":true,"multi_provider":true}`).ok().want("result/flatten_all_cnames", true, "result/multi_provider", true, "messages", "[]")
	d.do("GET", zone+"/settings/cname_flattening", nil).ok().want("result/value", "flatten_all")
	d.do("PATCH", path, `{"ns_ttl":7200}`).ok().want("result/ns_ttl", 7200, "result/multi_provider", true)
	if have := d.served("example.com.", "example.com.", rr.TypeNS); strings.Count(have, " 7200 IN NS ") != 2 {
		t.Error(have)
	}
	d.do("PATCH", path, `{"soa":{"mname":"primary.example.net","rname":"dns.example.net.","refresh":1000,"retry":900,"expire":604800,"min_ttl":600,"ttl":1800}}`).ok().
		want("result/soa/mname", "primary.example.net", "result/soa/rname", "dns.example.net", "result/soa/refresh", 1000, "result/soa/min_ttl", 600, "result/soa/ttl", 1800)
	if have := d.served("example.com.", "example.com.", rr.TypeSOA); !strings.Contains(have, " 1800 IN SOA primary.example.net. dns.example.net. ") || !strings.Contains(have, " 1000 900 604800 600") {
		t.Error(have)
	}
	d.do("PATCH", path, `{"foundation_dns":false,"secondary_overrides":false,"zone_mode":"standard"}`).ok()
	for body, code := range map[string]int{
		`{"foundation_dns":true}`: 10005, `{"secondary_overrides":true}`: 10005, `{"zone_mode":"cdn_only"}`: 10005,
		`{"ns_ttl":5}`: 9021, `{"soa":{"retry":0}}`: 9021, `{"soa":{"mname":"a..b"}}`: 9000, `{"soa":3}`: 9207,
	} {
		d.do("PATCH", path, body).fails(400, code, "")
	}
	d.do("GET", path, nil).ok().want("result/soa/retry", 900, "result/ns_ttl", 7200)
}

func TestTheFlatteningSwitch(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.do("GET", zone+"/settings", nil).ok().want("result/0/id", "cname_flattening", "result/0/value", "flatten_at_root", "result/0/editable", true)
	path := zone + "/settings/cname_flattening"
	d.do("PATCH", path, `{"value":"flatten_all"}`).ok().want("result/value", "flatten_all", "messages", "[]")
	d.do("GET", path, nil).ok().want("result/value", "flatten_all")
	d.do("PATCH", path, `{"value":"flatten_at_root"}`).ok().want("result/value", "flatten_at_root")
	d.do("PATCH", path, `{"value":"flatten_none"}`).fails(400, 1007, "flatten_none")
	d.do("PATCH", zone+"/settings/ssl", `{"value":"off"}`).fails(404, 1003, "")
}

func TestSigningIsNotFeigned(t *testing.T) {
	d := newDesk(t)
	path := d.make("example.com") + "/dnssec"
	d.do("GET", path, nil).ok().want("result/status", "disabled", "result/ds", nil)
	d.do("PATCH", path, `{"status":"active"}`).fails(400, 10005, "cannot sign")
	d.do("PATCH", path, `{"dnssec_use_nsec3":true}`).fails(400, 10005, "cannot sign")
	d.do("PATCH", path, `{"status":"disabled"}`).ok().want("result/status", "disabled")
	d.do("DELETE", path, nil).ok()
	d.do("GET", path, nil).ok().want("result/status", "disabled")
}

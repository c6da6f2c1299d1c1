package cloudflare

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

func TestALifeOfARecord(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	made := d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"www.example.com","content":"main.example.net","ttl":120,"proxied":false,"comment":"a comment","tags":["b:2","a:1","a:1"],"unknown":[{}]}`).ok()
	made.want("result/name", "www.example.com", "result/type", "CNAME", "result/content", "main.example.net", "result/ttl", 120, "result/proxied", false, "result/proxiable", false,
		"result/comment", "a comment", "result/tags", "[a:1 b:2]", "result/settings/flatten_cname", false, "result/zone_name", "example.com", "result/zone_id", zone[len("/zones/"):])
	id := made.text("result/id")
	path := zone + "/dns_records/" + id
	d.do("GET", path, nil).ok().want("result/id", id, "result/content", "main.example.net")
	if have := d.served("example.com.", "www.example.com.", rr.TypeCNAME); have != "www.example.com. 120 IN CNAME main.example.net.\n" {
		t.Error(have)
	}

	d.do("PATCH", path, `{"content":"other.example.net."}`).ok().want("result/id", id, "result/content", "other.example.net", "result/comment", "a comment", "result/ttl", 120)
	d.do("PATCH", path, `{"comment":"","tags":null}`).ok().want("result/comment", nil, "result/tags", "[a:1 b:2]")
	d.do("PATCH", path, `{"tags":[]}`).ok().want("result/tags", "[]", "result/content", "other.example.net")
	d.do("PATCH", path, `{"ttl":1}`).ok().want("result/ttl", 1)
	d.do("PATCH", path, `{}`).ok().want("result/ttl", 1, "result/id", id)
	d.do("PATCH", path, `{"name":"web","ttl":600}`).ok().want("result/id", id, "result/name", "web.example.com", "result/ttl", 600)

	d.do("PUT", path, `{"type":"A","name":"web.example.com","content":"192.0.2.1"}`).ok().want("result/id", id, "result/type", "A", "result/ttl", 1, "result/comment", nil)
	if have := d.served("example.com.", "web.example.com.", rr.TypeA); have != "web.example.com. 300 IN A 192.0.2.1\n" {
		t.Error(have)
	}
	d.do("PUT", path, `{"type":"A","name":"web.example.com","content":"192.0.2.1"}`).ok().want("result/id", id)
	d.do("DELETE", path, nil).ok().want("result/id", id)
	d.do("DELETE", path, nil).fails(404, 81044, "Record does not exist.")
	d.do("GET", zone+"/dns_records/usage", nil).ok().want("result/record_quota", nil)
}

func TestNamesOfRecords(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	for i, c := range []struct{ in, out string }{
		{"@", "example.com"}, {"example.com", "example.com"}, {"example.com.", "example.com"}, {"EXAMPLE.com", "example.com"},
		{"www", "www.example.com"}, {"www.example.com", "www.example.com"}, {"WWW.Example.Com.", "www.example.com"},
		{"*", "*.example.com"}, {"a.b", "a.b.example.com"}, {"_dmarc", "_dmarc.example.com"}, {"www.example.net", "www.example.net.example.com"},
		{"notexample.com", "notexample.com.example.com"},
	} {
		body := object{{"type", "TXT"}, {"name", c.in}, {"content", strings.Repeat("x", i+1)}}
		d.do("POST", zone+"/dns_records", body).ok().want("result/name", c.out)
	}
	for _, name := range []string{"", "a..b", strings.Repeat("x", 64), strings.Repeat("long.", 60), "www.example.net."} {
		d.do("POST", zone+"/dns_records", object{{"type", "TXT"}, {"name", name}, {"content", "x"}}).fails(400, 9000, "DNS name is invalid").want("errors/0/source/pointer", "/name")
	}
}

func TestContentOfEveryType(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	for _, c := range []struct {
		name, in, content, data string
	}{
		{"A", `"type":"A","content":"192.0.2.1"`, "192.0.2.1", ""},
		{"AAAA in a long form", `"type":"AAAA","content":"2001:DB8:0:0:0:0:0:1"`, "2001:db8::1", ""},
		{"CNAME with a dot", `"type":"CNAME","content":"Host.Example.NET."`, "host.example.net", ""},
		{"CNAME to the apex", `"type":"CNAME","content":"@"`, "example.com", ""},
		{"NS", `"type":"NS","content":"ns.example.net"`, "ns.example.net", ""},
		{"PTR", `"type":"PTR","content":"host.example.net"`, "host.example.net", ""},
		{"MX", `"type":"MX","content":"mail.example.net","priority":10`, "mail.example.net", ""},
		{"MX to nowhere", `"type":"MX","content":".","priority":0`, ".", ""},
		{"MX with the priority in the content", `"type":"MX","content":"20 mail.example.net"`, "mail.example.net", ""},
		{"TXT without quotes", `"type":"TXT","content":"v=spf1 -all"`, `v=spf1 -all`, ""},
		{"TXT with quotes", `"type":"TXT","content":"\"v=spf1\" \" -all\""`, `"v=spf1" " -all"`, ""},
		{"TXT with a quote within", `"type":"TXT","content":"say \"hi\" now"`, `say "hi" now`, ""},
		{"TXT with a backslash", `"type":"TXT","content":"a\\b"`, `a\b`, ""},
		{"TXT that is long", `"type":"TXT","content":"` + strings.Repeat("x", 300) + `"`, strings.Repeat("x", 300), ""},
		{"TXT that is long, in quotes", `"type":"TXT","content":"\"` + strings.Repeat("x", 255) + `\" \"y\""`, `"` + strings.Repeat("x", 255) + `" "y"`, ""},
		{"TXT in letters of the world", `"type":"TXT","content":"grüße"`, "grüße", ""},
		{"CAA by data", `"type":"CAA","content":"","data":{"flags":0,"tag":"issue","value":"ca.example.net; x=\"y\""}`, `0 issue "ca.example.net; x=\"y\""`, `{"flags":0,"tag":"issue","value":"ca.example.net; x=\"y\""}`},
		{"CAA by content", `"type":"CAA","content":"128 iodef \"mailto:a@b.example\""`, `128 iodef "mailto:a@b.example"`, `{"flags":128,"tag":"iodef","value":"mailto:a@b.example"}`},
		{"SRV by data", `"type":"SRV","content":"sip.example.net.","data":{"service":"_sip","proto":"_tcp","name":"example.com","priority":10,"weight":5,"port":5060,"target":"sip.example.net"}`, "10 5 5060 sip.example.net", `{"priority":10,"weight":5,"port":5060,"target":"sip.example.net"}`},
		{"SRV with the priority beside", `"type":"SRV","priority":7,"data":{"weight":5.0,"port":"5060","target":"sip.example.net."}`, "7 5 5060 sip.example.net", `{"priority":7,"weight":5,"port":5060,"target":"sip.example.net"}`},
		{"SRV by content", `"type":"SRV","content":"1 2 3 sip.example.net"`, "1 2 3 sip.example.net", `{"priority":1,"weight":2,"port":3,"target":"sip.example.net"}`},
		{"SRV by content, priority beside", `"type":"SRV","content":"2\t3\tsip.example.net","priority":1`, "1 2 3 sip.example.net", `{"priority":1,"weight":2,"port":3,"target":"sip.example.net"}`},
		{"SRV to nowhere", `"type":"SRV","data":{"priority":0,"weight":0,"port":0,"target":false}`, "0 0 0 .", `{"priority":0,"weight":0,"port":0,"target":"."}`},
		{"HTTPS by data", `"type":"HTTPS","data":{"priority":1,"target":".","value":"alpn=\"h3,h2\" ipv4hint=192.0.2.1"}`, `1 . alpn="h3,h2" ipv4hint="192.0.2.1"`, `{"priority":1,"target":".","value":"alpn=\"h3,h2\" ipv4hint=\"192.0.2.1\""}`},
		{"HTTPS in alias mode", `"type":"HTTPS","data":{"priority":0,"target":"host.example.net","value":""}`, `0 host.example.net.`, `{"priority":0,"target":"host.example.net","value":""}`},
		{"SVCB by content", `"type":"SVCB","content":"1 host.example.net port=8443"`, `1 host.example.net. port="8443"`, `{"priority":1,"target":"host.example.net","value":"port=\"8443\""}`},
		{"NAPTR", `"type":"NAPTR","data":{"order":100,"preference":50,"flags":"S","service":"SIP+D2U","regex":"!^.*$!sip:a\\1!","replacement":"."}`, `100 50 "S" "SIP+D2U" "!^.*$!sip:a\\1!" .`, `{"order":100,"preference":50,"flags":"S","service":"SIP+D2U","regex":"!^.*$!sip:a\\1!","replacement":"."}`},
		{"NAPTR by content", `"type":"NAPTR","content":"100 50 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.net"`, `100 50 "s" "SIP+D2U" "" _sip._udp.example.net.`, `{"order":100,"preference":50,"flags":"s","service":"SIP+D2U","regex":"","replacement":"_sip._udp.example.net."}`},
		{"TLSA", `"type":"TLSA","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"2bb183af5f22588179a53b0a98631fad1a292118f22588179a53b0a98631fad1"}`, "3 1 1 2bb183af5f22588179a53b0a98631fad1a292118f22588179a53b0a98631fad1", `{"usage":3,"selector":1,"matching_type":1,"certificate":"2bb183af5f22588179a53b0a98631fad1a292118f22588179a53b0a98631fad1"}`},
		{"SMIMEA", `"type":"SMIMEA","data":{"usage":3,"selector":0,"matching_type":0,"certificate":"2bb1"}`, "3 0 0 2bb1", `{"usage":3,"selector":0,"matching_type":0,"certificate":"2bb1"}`},
		{"SSHFP", `"type":"SSHFP","data":{"algorithm":1,"type":1,"fingerprint":"2bb183af5f22588179a53b0a98631fad1a292118"}`, "1 1 2BB183AF5F22588179A53B0A98631FAD1A292118", `{"algorithm":1,"type":1,"fingerprint":"2BB183AF5F22588179A53B0A98631FAD1A292118"}`},
		{"DNSKEY", `"type":"DNSKEY","name":"@","data":{"flags":257,"protocol":3,"algorithm":13,"public_key":"GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb"}`, "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb", `{"flags":257,"protocol":3,"algorithm":13,"public_key":"GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb"}`},
		{"CERT", `"type":"CERT","data":{"type":3,"key_tag":0,"algorithm":8,"certificate":"GojIhhXU"}`, "PGP 0 RSASHA256 GojIhhXU", `{"type":3,"key_tag":0,"algorithm":8,"certificate":"GojIhhXU"}`},
		{"URI", `"type":"URI","priority":10,"data":{"weight":1,"target":"https://www.example.net/"}`, `1 "https://www.example.net/"`, `{"priority":10,"weight":1,"target":"https://www.example.net/"}`},
		{"LOC", `"type":"LOC","data":{"altitude":10,"lat_degrees":37,"lat_direction":"N","lat_minutes":46,"lat_seconds":46.5,"long_degrees":122,"long_direction":"W","long_minutes":23,"long_seconds":35.25,"precision_horz":10000,"precision_vert":10,"size":1}`,
			"37 46 46.500 N 122 23 35.250 W 10m 1m 10000m 10m", `{"lat_degrees":37,"lat_minutes":46,"lat_seconds":46.5,"lat_direction":"N","long_degrees":122,"long_minutes":23,"long_seconds":35.25,"long_direction":"W","altitude":10,"size":1,"precision_horz":10000,"precision_vert":10}`},
		{"OPENPGPKEY", `"type":"OPENPGPKEY","content":"GojIhhXUN/u4"`, "GojIhhXUN/u4", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			body := "{" + c.in + "}"
			if !strings.Contains(c.in, `"name":"@"`) {
				body = `{"name":"host",` + c.in + "}"
			}
			made := d.do("POST", zone+"/dns_records", body).ok()
			made.want("result/content", c.content)
			id := made.text("result/id")
			var out struct {
				Result struct{ Data json.RawMessage }
			}
			if err := json.Unmarshal(made.body, &out); err != nil || string(out.Result.Data) != c.data {
				t.Errorf("data %s, not %s", out.Result.Data, c.data)
			}
			// What is shown can be sent back, and is the same record.
			var whole struct{ Result json.RawMessage }
			if err := json.Unmarshal(made.body, &whole); err != nil {
				t.Fatal(err)
			}
			d.do("PUT", zone+"/dns_records/"+id, string(whole.Result)).ok().want("result/content", c.content, "result/id", id, "messages", "[]")
			d.do("PATCH", zone+"/dns_records/"+id, object{{"content", c.content}}).ok().want("result/content", c.content)
			d.do("DELETE", zone+"/dns_records/"+id, nil).ok()
		})
	}
}

// TestTXTIsShownAsItWasWritten: who holds its own list against ours compares what it
// has sent; in quotes or without is found by either.
func TestTXTIsShownAsItWasWritten(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	bare := d.do("POST", zone+"/dns_records", `{"type":"TXT","name":"a","content":"v=spf1 -all"}`).ok().text("result/id")
	quoted := d.do("POST", zone+"/dns_records", `{"type":"TXT","name":"b","content":"\"v=spf1 -all\""}`).ok().text("result/id")
	list := d.do("GET", zone+"/dns_records?type=TXT&order=name", nil).ok()
	list.want("result/0/id", bare, "result/0/content", "v=spf1 -all", "result/1/id", quoted, "result/1/content", `"v=spf1 -all"`)
	for _, query := range []string{"content=v%3Dspf1+-all", "content=%22v%3Dspf1+-all%22"} {
		d.do("GET", zone+"/dns_records?"+query, nil).ok().want("result_info/total_count", 2)
	}
	for _, c := range []struct{ name, patch, content string }{
		{"a comment leaves it", `{"comment":"x"}`, "v=spf1 -all"},
		{"in quotes from now on", `{"content":"\"v=spf1 -all\""}`, `"v=spf1 -all"`},
		{"a TTL leaves that", `{"ttl":600}`, `"v=spf1 -all"`},
		{"other text without", `{"content":"v=spf1 ~all"}`, "v=spf1 ~all"},
	} {
		d.do("PATCH", zone+"/dns_records/"+bare, c.patch).ok().want("result/content", c.content)
		d.do("GET", zone+"/dns_records/"+bare, nil).ok().want("result/content", c.content)
	}
	d.do("GET", zone+"/dns_records/"+bare, nil).ok().want("result/comment", "x")
}

func TestPriority(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	mx := d.record(zone, `{"type":"MX","name":"@","content":"mail.example.net","priority":10}`)
	d.do("PATCH", mx, `{"priority":20}`).ok().want("result/priority", 20, "result/content", "mail.example.net")
	d.do("PATCH", mx, `{"content":"mail2.example.net"}`).ok().want("result/priority", 20, "result/content", "mail2.example.net")
	d.do("PUT", mx, `{"type":"MX","name":"@","content":"mail3.example.net","priority":5}`).ok().want("result/priority", 5)
	d.do("POST", zone+"/dns_records", `{"type":"MX","name":"@","content":"x.example.net"}`).fails(400, 9101, "priority is a required data field")
	d.do("POST", zone+"/dns_records", `{"type":"MX","name":"@","content":"x.example.net","priority":70000}`).fails(400, 9009, "65535")
	a := d.do("POST", zone+"/dns_records", `{"type":"A","name":"a","content":"192.0.2.1","priority":0}`).ok()
	if a.at("result/priority") != nil {
		t.Errorf("an A record has a priority: %s", a.body)
	}
}

func TestRecordsThatCannotBe(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.record(zone, `{"type":"A","name":"a","content":"192.0.2.1"}`)
	d.record(zone, `{"type":"CNAME","name":"c","content":"a.example.com"}`)
	d.record(zone, `{"type":"NS","name":"sub","content":"ns.example.net"}`)
	d.record(zone, `{"type":"CNAME","name":"@","content":"host.example.net"}`)
	before := d.do("GET", zone+"/dns_records", nil).lines()
	for _, c := range []struct {
		name, body string
		code       int
		text       string
	}{
		{"no type", `"name":"x","content":"192.0.2.1"`, 9101, "type is a required data field"},
		{"a type that nobody knows", `"type":"WEB","name":"x","content":"x"`, 1004, "WEB"},
		{"a type that is only asked for", `"type":"ANY","name":"x","content":"x"`, 1004, "ANY"},
		{"SOA", `"type":"SOA","name":"@","content":"a. b. 1 2 3 4 5"`, 1004, "dns_settings"},
		{"ALIAS", `"type":"ALIAS","name":"@","content":"a.example"`, 1004, "CNAME"},
		{"no name", `"type":"A","content":"192.0.2.1"`, 9000, "Invalid or missing name"},
		{"no content", `"type":"A","name":"x"`, 9101, "content is a required data field"},
		{"A without an address", `"type":"A","name":"x","content":"host.example.net"`, 9005, "Content for A record must be a valid IPv4 address."},
		{"A with an IPv6 address", `"type":"A","name":"x","content":"2001:db8::1"`, 9005, "AAAA"},
		{"A with a prefix", `"type":"A","name":"x","content":"192.0.2.0/24"`, 9005, "prefix"},
		{"AAAA with an IPv4 address", `"type":"AAAA","name":"x","content":"192.0.2.1"`, 9006, "Content for AAAA record must be a valid IPv6 address."},
		{"AAAA with a zone", `"type":"AAAA","name":"x","content":"fe80::1%eth0"`, 9006, ""},
		{"CNAME to an address", `"type":"CNAME","name":"x","content":"192.0.2.1"`, 9007, "Content for CNAME record is invalid."},
		{"CNAME to a URL", `"type":"CNAME","name":"x","content":"https://www.example.net/"`, 9007, "URL"},
		{"CNAME to a path", `"type":"CNAME","name":"x","content":"www.example.net/a"`, 9007, ""},
		{"CNAME to two names", `"type":"CNAME","name":"x","content":"a.example b.example"`, 9007, ""},
		{"CNAME with a line break", `"type":"CNAME","name":"x","content":"a.example\nb"`, 9007, "control character"},
		{"CNAME to itself", `"type":"CNAME","name":"x","content":"X.example.com"`, 9039, "CNAME content cannot reference itself."},
		{"CNAME at the apex to itself", `"type":"CNAME","name":"@","content":"example.com"`, 9039, "CNAME content cannot reference itself."},
		{"CNAME in a circle", `"type":"CNAME","name":"a2","content":"b.example.com"},{`, 9207, ""},
		{"NS to an address", `"type":"NS","name":"x","content":"192.0.2.1"`, 9008, "NS"},
		{"MX to an address", `"type":"MX","name":"x","content":"192.0.2.1","priority":1`, 9009, "Content for MX record must be a hostname."},
		{"TTL too short", `"type":"A","name":"x","content":"192.0.2.1","ttl":2`, 9021, "Invalid TTL. Must be between"},
		{"TTL too long", `"type":"A","name":"x","content":"192.0.2.1","ttl":86401`, 9021, "1 for Automatic"},
		{"TTL of nothing", `"type":"A","name":"x","content":"192.0.2.1","ttl":0`, 9021, ""},
		{"proxied", `"type":"A","name":"x","content":"192.0.2.1","proxied":true`, 9041, "This DNS record cannot be proxied."},
		{"the same again", `"type":"A","name":"a","content":"192.0.2.1"`, 81058, "An identical record already exists."},
		{"a CNAME beside an A", `"type":"CNAME","name":"a","content":"b.example.net"`, 81053, "An A, AAAA, or CNAME record with that host already exists."},
		{"a second CNAME", `"type":"CNAME","name":"c","content":"b.example.net"`, 81053, "An A, AAAA, or CNAME record with that host already exists."},
		{"an A beside a CNAME", `"type":"A","name":"c","content":"192.0.2.1"`, 81054, "A CNAME record with that host already exists."},
		{"a TXT beside a CNAME", `"type":"TXT","name":"c","content":"x"`, 81054, "A CNAME record with that host already exists."},
		{"a CNAME beside NS", `"type":"CNAME","name":"sub","content":"b.example.net"`, 81056, "NS records with that host already exist."},
		{"an A beside the CNAME at the apex", `"type":"A","name":"@","content":"192.0.2.1"`, 81054, "A CNAME record with that host already exists."},
		{"an AAAA beside the CNAME at the apex", `"type":"AAAA","name":"@","content":"2001:db8::1"`, 81054, ""},
		{"a second CNAME at the apex", `"type":"CNAME","name":"@","content":"b.example.net"`, 81053, "An A, AAAA, or CNAME"},
		{"the same CNAME at the apex", `"type":"CNAME","name":"@","content":"host.example.net"`, 81058, ""},
		{"CAA without a value", `"type":"CAA","name":"x","data":{"flags":0,"tag":"issue"}`, 9101, "value is a required data field."},
		{"DS without its key tag", `"type":"DS","name":"x","data":{"algorithm":1}`, 9101, "key_tag is a required data field."},
		{"data of the wrong kind", `"type":"SRV","name":"x","data":{"priority":[],"weight":1,"port":1,"target":"x"}`, 1004, "priority"},
		{"data with a text for a number", `"type":"SRV","name":"x","data":{"priority":"high","weight":1,"port":1,"target":"x"}`, 1004, "priority is a number"},
		{"data with a space in a name", `"type":"SRV","name":"x","data":{"priority":1,"weight":1,"port":1,"target":"a b"}`, 1004, "target"},
		{"data with a boolean", `"type":"CAA","name":"x","data":{"flags":true,"tag":"issue","value":"x"}`, 1004, "flags"},
		{"data with a line break", `"type":"CAA","name":"x","data":{"flags":0,"tag":"issue","value":"x\ny"}`, 1004, "control character"},
		{"a number too large", `"type":"SRV","name":"x","data":{"priority":1,"weight":1,"port":99999,"target":"x"}`, 1004, "SRV"},
		{"a comment too long", `"type":"A","name":"x","content":"192.0.2.1","comment":"` + strings.Repeat("x", 501) + `"`, 1004, "501 characters"},
		{"a comment of two lines", `"type":"A","name":"x","content":"192.0.2.1","comment":"a\nb"`, 1004, "line break"},
		{"too many tags", `"type":"A","name":"x","content":"192.0.2.1","tags":["a:1","a:2","a:3","a:4","a:5","a:6","a:7","a:8","a:9","b:1","b:2","b:3","b:4","b:5","b:6","b:7","b:8","b:9","c:1","c:2","c:3"]`, 9300, "DNS record has 21 tags, exceeding the quota of 20."},
		{"a tag of the wrong form", `"type":"A","name":"x","content":"192.0.2.1","tags":["a b:c"]`, 1004, "name:value"},
		{"a TTL that is no number", `"type":"A","name":"x","content":"192.0.2.1","ttl":"long"`, 9207, "ttl"},
		{"proxied that is no boolean", `"type":"A","name":"x","content":"192.0.2.1","proxied":"no"`, 9207, "proxied cannot be a string"},
		{"a key twice", `"type":"A","type":"AAAA","name":"x","content":"192.0.2.1"`, 9207, `"type" is there twice`},
		{"too deep", `"type":"A","deep":` + strings.Repeat("[", 20) + strings.Repeat("]", 20), 9207, "levels deep"},
		{"not closed", `"type":"A"`[:8], 9207, "no JSON"},
		{"not UTF-8", "\"type\":\"A\",\"comment\":\"\xff\"", 9207, "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			d.do("POST", zone+"/dns_records", "{"+c.body+"}").fails(400, c.code, c.text)
		})
	}
	d.TB = t
	d.do("POST", zone+"/dns_records", "").fails(400, 9207, "")
	d.do("POST", zone+"/dns_records", "[]").fails(400, 9207, "")
	d.do("POST", zone+"/dns_records", "null").fails(400, 9101, "")
	d.do("POST", zone+"/dns_records", `{"comment":"`+strings.Repeat("x", maxBody)+`"}`).fails(413, 9207, "octets")
	if after := d.do("GET", zone+"/dns_records", nil).lines(); after != before {
		t.Errorf("what was refused has changed the zone:\n%s", after)
	}
}

func TestACircleIsRefused(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.record(zone, `{"type":"CNAME","name":"a","content":"b.example.com"}`)
	d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"b","content":"a.example.com"}`).fails(400, 9039, "CNAME content cannot reference itself.")
}

func TestWarningsTravelAlong(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	a := d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"www","content":"nothing-there.example.com"}`).ok()
	if !strings.Contains(a.text("messages/0/message"), "dangling-target") {
		t.Errorf("no warning: %s", a.body)
	}
}

func TestACNAMEAtTheApexIsKeptAsALIAS(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	made := d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"example.com","content":"host.example.net","ttl":300}`).ok()
	made.want("result/type", "CNAME", "result/name", "example.com", "result/content", "host.example.net", "result/settings/flatten_cname", false)
	path := zone + "/dns_records/" + made.text("result/id")
	if have := d.served("example.com.", "example.com.", rr.TypeALIAS); !strings.Contains(have, "host.example.net.") {
		t.Errorf("no ALIAS: %q", have)
	}
	d.do("GET", zone+"/dns_records?type=CNAME", nil).ok().want("result/0/content", "host.example.net", "result_info/total_count", 1)
	d.do("GET", zone+"/dns_records?type=CNAME&name=example.com", nil).ok().want("result_info/total_count", 1)
	d.do("PATCH", path, `{"content":"other.example.net"}`).ok().want("result/type", "CNAME", "result/content", "other.example.net", "result/id", made.text("result/id"))
	d.do("POST", zone+"/dns_records", `{"type":"MX","name":"@","content":"mail.example.net","priority":1}`).ok()

	// From the apex to elsewhere, and back, it becomes what it must be there.
	d.do("PATCH", path, `{"name":"www"}`).ok().want("result/name", "www.example.com", "result/settings/flatten_cname", false)
	if have := d.served("example.com.", "www.example.com.", rr.TypeCNAME); have == "" {
		t.Error("it is no CNAME")
	}
	d.do("PATCH", path, `{"name":"@"}`).ok().want("result/name", "example.com")
	d.do("PUT", path, `{"type":"A","name":"@","content":"192.0.2.1"}`).ok().want("result/type", "A")
	d.do("POST", zone+"/dns_records", `{"type":"CNAME","name":"@","content":"b.example.net"}`).fails(400, 81053, "An A, AAAA, or CNAME")
	d.do("PATCH", path, `{"type":"CNAME","content":"b.example.net"}`).ok().want("result/type", "CNAME")
}

func TestAllRecordsOfASetHaveOneTTL(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	first := d.record(zone, `{"type":"A","name":"www","content":"192.0.2.1"}`)
	d.do("GET", first, nil).want("result/ttl", 1)
	d.do("POST", zone+"/dns_records", `{"type":"A","name":"www","content":"192.0.2.2","ttl":600}`).ok().want("result/ttl", 600, "messages/0/code", envelope.CodeNotice)
	d.do("GET", first, nil).want("result/ttl", 600)
}

func TestRecordIDs(t *testing.T) {
	seen := make(map[string]bool)
	for _, n := range []uint64{1, 2, 3, 1 << 32, 1<<64 - 1} {
		id := recordID(n)
		if back, ok := parseRecordID(id); !ok || back != n || len(id) != 32 || seen[id] {
			t.Errorf("%d is %s is %d %v", n, id, back, ok)
		}
		seen[id] = true
	}
	for _, id := range []string{"", "x", strings.Repeat("0", 32), strings.Repeat("g", 32), recordID(0), recordID(1)[:31]} {
		if n, ok := parseRecordID(id); ok {
			t.Errorf("%q is the id of %d", id, n)
		}
	}
}

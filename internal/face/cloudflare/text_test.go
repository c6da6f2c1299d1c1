package cloudflare

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// form is a multipart body as curl -F makes it.
func (d *desk) form(fields ...string) string {
	d.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		part, err := w.CreateFormField(fields[i])
		if err != nil {
			d.Fatal(err)
		}
		fmt.Fprint(part, fields[i+1])
	}
	if err := w.Close(); err != nil {
		d.Fatal(err)
	}
	d.headers["Content-Type"] = w.FormDataContentType()
	return b.String()
}

const zoneText = `$ORIGIN example.com.
@ 3600 IN SOA ns.other.example. hostmaster.other.example. 1 2 3 4 5
@ IN NS ns.other.example.
@ IN CNAME host.example.net.
www 600 IN A 192.0.2.1
www 600 IN A 192.0.2.2
www 600 IN A 192.0.2.2
mail IN MX 10 mx.example.net.
t IN TXT "one" "two"
`

func TestImportAndExport(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.record(zone, `{"type":"A","name":"www","content":"192.0.2.1","comment":"was here","tags":["a:b"],"ttl":600}`)
	got := d.do("POST", zone+"/dns_records/import", d.form("proxied", "false", "file", zoneText)).ok()
	got.want("result/recs_added", 4, "result/total_records_parsed", 8)
	if got.at("timing/process_time") == nil {
		t.Errorf("no timing: %s", got.body)
	}
	const all = "example.com CNAME host.example.net\nmail.example.com MX mx.example.net\nt.example.com TXT \"one\" \"two\"\nwww.example.com A 192.0.2.1\nwww.example.com A 192.0.2.2\n"
	if have := d.do("GET", zone+"/dns_records", nil).lines(); have != all {
		t.Error(have)
	}
	d.do("GET", zone+"/dns_records?name=www.example.com&content=192.0.2.1", nil).ok().want("result/0/comment", "was here")
	if have := d.served("example.com.", "mail.example.com.", rr.TypeMX); have != "mail.example.com. 300 IN MX 10 mx.example.net.\n" {
		t.Error(have)
	}
	again := d.do("POST", zone+"/dns_records/import", d.form("file", zoneText)).ok()
	again.want("result/recs_added", 0, "result/total_records_parsed", 8)

	out := d.do("GET", zone+"/dns_records/export", nil)
	if kind := out.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
		t.Error(kind)
	}
	for _, line := range []string{"example.com. 300 IN CNAME host.example.net.", "www.example.com. 600 IN A 192.0.2.1 ; was here cf_tags=a:b", ";; Domain:     example.com.", "IN SOA ns1.host.test."} {
		if !strings.Contains(string(out.body), line) {
			t.Errorf("no %q in\n%s", line, out.body)
		}
	}
	copied := newDesk(t)
	zone = copied.make("example.com")
	copied.do("POST", zone+"/dns_records/import", copied.form("file", string(out.body))).ok().want("result/recs_added", 5)
	if have := copied.do("GET", zone+"/dns_records", nil).lines(); have != all {
		t.Errorf("what was exported is imported as\n%s", have)
	}
}

// No way in takes a comment that would be more than one line of the export.
func TestACommentIsNoLineOfTheExport(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	comment := "see\nevil 60 IN A 192.0.2.66 ;\r\x00\u0085end"
	_, err := d.control.Apply(t.Context(), d.admin, &control.Request{Zones: []control.ZoneEdit{{
		Zone: control.Ref{Apex: dname.MustParse("example.com.")},
		Edits: []control.Edit{{
			Op: control.Put, Owner: dname.MustParse("www.example.com."), Type: rr.TypeA,
			Records: []control.RecordEdit{{Data: []byte{192, 0, 2, 1}}}, Comment: &comment,
		}},
	}}})
	if err == nil {
		t.Error("a comment of several lines was taken")
	}
	d.record(zone, `{"type":"A","name":"www","content":"192.0.2.1","comment":"see ; evil 60 IN A 192.0.2.66"}`)
	out := string(d.do("GET", zone+"/dns_records/export", nil).body)
	if want := " ; see ; evil 60 IN A 192.0.2.66\n"; !strings.Contains(out, want) || strings.Contains(out, "\nevil") {
		t.Errorf("no %q in\n%s", want, out)
	}
}

func TestImportWithoutAForm(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.do("POST", zone+"/dns_records/import", "www A 192.0.2.1\n").ok().want("result/recs_added", 1)
	d.do("POST", zone+"/dns_records/import", "").ok().want("result/recs_added", 0, "result/total_records_parsed", 0)
}

func TestImportsThatFailChangeNothing(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	for _, c := range []struct {
		name, text   string
		status, code int
		says         string
	}{
		{"a line that cannot be read", "www A 192.0.2.1\nbad A nonsense\n", 400, 1004, "file:2:7"},
		{"an include", "$INCLUDE /etc/passwd\n", 400, 1004, "INCLUDE"},
		{"a CNAME and other data", "www A 192.0.2.1\nwww CNAME host.example.net.\n", 400, 81053, "www.example.com"},
		{"a name of another zone", "www.example.net. A 192.0.2.1\n", 400, 9000, "example.net"},
		{"too large", strings.Repeat("; a comment that says nothing at all\n", 10000), 413, 9207, "octets"},
		{"a generator without end", "$GENERATE 1-1000000 a$ A 192.0.2.1\n", 413, 81045, "Split it up"},
		{"a meta type", "www TYPE255 \\# 0\n", 400, 1004, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			d.do("POST", zone+"/dns_records/import", d.form("file", c.text)).fails(c.status, c.code, c.says)
		})
	}
	d.TB = t
	d.do("POST", zone+"/dns_records/import", d.form("proxied", "true", "file", zoneText)).fails(400, 9041, "proxied")
	d.do("POST", zone+"/dns_records/import", d.form("other", "x")).fails(400, 9207, "no file")
	d.do("POST", zone+"/dns_records/import", "--no form").fails(400, 9207, "form")
	d.do("GET", zone+"/dns_records", nil).ok().want("result", "[]")
}

package cloudflare

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
	"github.com/truename-dns/truename/internal/zone"
)

func TestALifeOfAZone(t *testing.T) {
	d := newDesk(t)
	account := d.do("GET", "/accounts", nil).text("result/0/id")
	made := d.do("POST", "/zones", object{{"name", "Example.COM."}, {"account", object{{"id", account}}}, {"type", "full"}, {"jump_start", false}}).ok()
	made.want("result/name", "example.com", "result/status", "active", "result/paused", false, "result/type", "full",
		"result/name_servers", "[ns1.host.test ns2.host.test]", "result/account/id", account, "result/account/name", "admin", "result/plan/legacy_id", "free",
		"result/original_name_servers", nil, "result/owner/email", email)
	path := "/zones/" + made.text("result/id")
	if len(made.text("result/id")) != 32 {
		t.Errorf("id %s", made.text("result/id"))
	}
	d.do("GET", path, nil).ok().want("result/name", "example.com", "result/tenant/id", nil)
	d.do("PUT", path+"/activation_check", nil).ok().want("result/id", made.text("result/id"))
	d.do("GET", path+"/pagerules?status=active", nil).ok().want("result", "[]")

	d.do("PATCH", path, `{"paused":true}`).ok().want("result/paused", true)
	if z, _ := d.control.Zone(d.admin, control.Ref{Apex: dname.MustParse("example.com.")}); !z.Paused() {
		t.Error("the zone is not paused")
	}
	d.do("PATCH", path, `{"paused":false,"type":"full","vanity_name_servers":[]}`).ok().want("result/paused", false)
	d.do("PATCH", path, `{"plan":{"id":"x"}}`).ok().want("messages/0/code", envelope.CodeNotice)
	d.do("PATCH", path, `{"vanity_name_servers":["ns1.example.com"]}`).fails(400, 10005, "vanity")
	d.do("PATCH", path, `{"type":"partial"}`).fails(400, 1097, "full").want("errors/0/source/pointer", "/type")

	d.do("DELETE", path, nil).ok().want("result/id", made.text("result/id"))
	d.do("GET", path, nil).fails(404, 7003, "")
	d.do("GET", "/zones?name=example.com", nil).ok().want("result", "[]", "result_info/total_count", 0)
}

func TestZonesThatCannotBeMade(t *testing.T) {
	d := newDesk(t)
	d.make("example.com")
	for _, c := range []struct {
		name, body string
		code       int
		text       string
	}{
		{"one that is there", `{"name":"EXAMPLE.com"}`, 1061, "example.com already exists. Use the zone that is there"},
		{"no name", `{}`, 1001, "Send the name of the zone"},
		{"an empty label", `{"name":"a..b"}`, 1001, "a..b"},
		{"the root", `{"name":"."}`, 1001, ""},
		{"an at sign", `{"name":"@"}`, 1001, ""},
		{"a wildcard", `{"name":"*.example.net"}`, 9000, ""},
		{"a secondary", `{"name":"example.net","type":"secondary"}`, 1097, "secondary"},
		{"no JSON", `name=example.net`, 9207, "Request body is invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			d.do("POST", "/zones", c.body).fails(400, c.code, c.text)
		})
	}
	d.TB = t
	d.do("GET", "/zones", nil).ok().want("result_info/total_count", 1)
}

func TestAZoneOfManyLettersIsShownInThem(t *testing.T) {
	d := newDesk(t)
	path := d.make("münchen.example")
	d.do("GET", path, nil).ok().want("result/name", "münchen.example")
	d.do("GET", "/zones?name=münchen.example", nil).ok().want("result/0/name", "münchen.example")
	d.do("GET", "/zones?name=xn--mnchen-3ya.example", nil).ok().want("result/0/name", "münchen.example")
	d.do("POST", path+"/dns_records", `{"type":"A","name":"bücher","content":"192.0.2.1"}`).ok().
		want("result/name", "xn--bcher-kva.xn--mnchen-3ya.example", "result/zone_name", "münchen.example")
}

func TestListsOfZones(t *testing.T) {
	d := newDesk(t)
	for _, name := range []string{"b.example", "a.example", "c.test"} {
		d.make(name)
	}
	account := d.do("GET", "/user", nil).text("result/id")
	names := func(a *answer) (all string) {
		for _, z := range a.ok().at("result").([]any) {
			all += z.(map[string]any)["name"].(string) + " "
		}
		return strings.TrimSpace(all)
	}
	for _, c := range []struct{ query, want string }{
		{"", "a.example b.example c.test"},
		{"name=a.example", "a.example"},
		{"name=A.Example.", "a.example"},
		{"name=d.example", ""},
		{"name=no%20name..", ""},
		{"name=equal:b.example", "b.example"},
		{"name=not_equal:b.example", "a.example c.test"},
		{"name=starts_with:c", "c.test"},
		{"name=ends_with:.EXAMPLE", "a.example b.example"},
		{"name=contains:.", "a.example b.example c.test"},
		{"name=a.example&status=pending", ""},
		{"name=a.example&status=pending&match=any", "a.example"},
		{"status=active", "a.example b.example c.test"},
		{"status=moved", ""},
		{"account.id=" + account, "a.example b.example c.test"},
		{"account.id=" + strings.Repeat("0", 32), ""},
		{"account.name=admin", "a.example b.example c.test"},
		{"account.name=contains:x", ""},
		{"type=full,partial", "a.example b.example c.test"},
		{"type=partial", ""},
		{"order=name&direction=desc", "c.test b.example a.example"},
		{"order=status", "a.example b.example c.test"},
		{"order=account.id", "a.example b.example c.test"},
		{"order=account.name&direction=asc", "a.example b.example c.test"},
		{"per_page=2", "a.example b.example"},
		{"per_page=2&page=2", "c.test"},
		{"per_page=2&page=3", ""},
	} {
		t.Run(c.query, func(t *testing.T) {
			d.TB = t
			if have := names(d.do("GET", "/zones?"+c.query, nil)); have != c.want {
				t.Errorf("%q, not %q", have, c.want)
			}
		})
	}
	d.TB = t
	d.do("GET", "/zones?per_page=2&page=2", nil).want("result_info/page", 2, "result_info/per_page", 2, "result_info/count", 1, "result_info/total_count", 3, "result_info/total_pages", 2)
	for _, query := range []string{"page=0", "per_page=x", "order=plan", "direction=up", "match=some", "status=gone", "page=-1", "page=99999999999999999999"} {
		d.do("GET", "/zones?"+query, nil).fails(400, 1004, "")
	}
}

func TestZonesOfOtherAccounts(t *testing.T) {
	d := newDesk(t)
	other, err := d.keeper.CreateAccount(context.Background(), d.admin, &access.AccountSpec{Name: "other", Email: "other@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	own := d.do("GET", "/user", nil).text("result/id")
	in := func(name, id string) object { return object{{"name", name}, {"account", object{{"id", id}}}} }
	d.do("POST", "/zones", in("example.net", strings.Repeat("7", 32))).fails(403, 9109, "There is no account 777").want("errors/0/source/pointer", "/account/id")
	d.do("POST", "/zones", in("example.net", other.ID)).ok().want("result/account/name", "other", "result/account/id", other.ID)
	d.do("GET", "/zones?account.name=other", nil).ok().want("result_info/total_count", 1)

	d.token(access.TokenSpec{Account: other.ID, Scopes: []string{"*"}})
	d.do("GET", "/zones", nil).ok().want("result_info/total_count", 1, "result/0/name", "example.net")
	d.do("POST", "/zones", in("example.org", own)).fails(403, 9109, "There is no account")
	d.do("POST", "/zones", in("example.org", other.ID)).ok().want("result/owner/email", "other@example.com")
}

// fromFile gives the desk a zone that comes from a file.
func (d *desk) fromFile(apex string, lines ...string) string {
	d.Helper()
	b := zone.NewBuilder(dname.MustParse(apex))
	for _, l := range append(lines, "@ SOA ns1.host.test. hostmaster.host.test. 1 2 3 4 5", "@ NS ns1.host.test.") {
		f := strings.SplitN(l, " ", 3)
		owner, err := dname.Parse(f[0], dname.MustParse(apex))
		if err != nil {
			d.Fatal(err)
		}
		typ, err := rr.ParseType(f[1])
		if err != nil {
			d.Fatal(err)
		}
		data, err := zonefile.AppendData(nil, typ, f[2], dname.MustParse(apex))
		if err != nil {
			d.Fatal(err)
		}
		b.Add(owner, typ, 3600, data, zone.Place{})
	}
	d.control.Files([]zone.Entry{{Apex: dname.MustParse(apex), Zone: b.Build().Snapshot}}, func(zone.Entry) { d.Fatal("clash") })
	return "/zones/" + d.do("GET", "/zones?name="+strings.TrimSuffix(apex, "."), nil).ok().text("result/0/id")
}

func TestAZoneFromAFileIsReadOnly(t *testing.T) {
	d := newDesk(t)
	path := d.fromFile("file.example.", "www A 192.0.2.1", "alias CNAME www")
	list := d.do("GET", path+"/dns_records", nil)
	if have := list.lines(); have != "alias.file.example CNAME www.file.example\nwww.file.example A 192.0.2.1\n" {
		t.Error(have)
	}
	record := path + "/dns_records/" + list.text("result/1/id")
	d.do("GET", record, nil).ok().want("result/content", "192.0.2.1", "result/id", list.text("result/1/id"))
	for _, c := range [][2]string{{"PATCH", `{"content":"192.0.2.2"}`}, {"PUT", `{"type":"A","name":"www","content":"192.0.2.2"}`}, {"DELETE", ""}} {
		d.do(c[0], record, c[1]).fails(403, 9109, "read-only")
	}
	d.do("POST", path+"/dns_records", `{"type":"A","name":"x","content":"192.0.2.2"}`).fails(403, 9109, "read-only")
	d.do("DELETE", path, nil).fails(403, 9109, "read-only")
	d.do("GET", path+"/settings/cname_flattening", nil).ok().want("result/editable", false)
	if have := fmt.Sprint(d.served("file.example.", "www.file.example.", rr.TypeA)); have != "www.file.example. 3600 IN A 192.0.2.1\n" {
		t.Error(have)
	}
}

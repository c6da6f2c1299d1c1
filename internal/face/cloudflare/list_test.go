package cloudflare

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
)

func listDesk(t *testing.T) (*desk, string) {
	d := newDesk(t)
	zone := d.make("example.com")
	for _, body := range []string{
		`{"type":"CNAME","name":"@","content":"host.example.net","ttl":300}`,
		`{"type":"MX","name":"@","content":"mail.example.net","priority":10}`,
		`{"type":"A","name":"a","content":"192.0.2.1","ttl":600,"comment":"The First","tags":["team:dns","env:prod"]}`,
		`{"type":"A","name":"b","content":"192.0.2.2","tags":["team:web"]}`,
		`{"type":"AAAA","name":"b","content":"2001:db8::2"}`,
		`{"type":"CNAME","name":"www","content":"a.example.com","ttl":60}`,
		`{"type":"TXT","name":"_acme-challenge","content":"abc_DEF"}`,
		`{"type":"NS","name":"sub","content":"ns1.host.test"}`,
		`{"type":"NS","name":"@","content":"ns.custom.example"}`,
	} {
		d.record(zone, body)
	}
	return d, zone
}

func TestFilters(t *testing.T) {
	d, zone := listDesk(t)
	const all = 11
	for _, c := range []struct {
		query string
		want  string // names and types
	}{
		{"type=A", "a.example.com A, b.example.com A"},
		{"type=a", "a.example.com A, b.example.com A"},
		{"type=A,AAAA", "a.example.com A, b.example.com A, b.example.com AAAA"},
		{"type=CNAME", "example.com CNAME, www.example.com CNAME"},
		{"type=CNAME&name=example.com", "example.com CNAME"},
		{"name=b.example.com", "b.example.com A, b.example.com AAAA"},
		{"name=B.EXAMPLE.COM.", "b.example.com A, b.example.com AAAA"},
		{"name.exact=b.example.com&type=AAAA", "b.example.com AAAA"},
		{"name=b", ""},
		{"name=b.example.net", ""},
		{"name.contains=CME", "_acme-challenge.example.com TXT"},
		{"name.startswith=W", "www.example.com CNAME"},
		{"name.endswith=.example.com&type=AAAA", "b.example.com AAAA"},
		{"content=192.0.2.1", "a.example.com A"},
		{"content=a.example.com", "www.example.com CNAME"},
		{"content.exact=a.example.com.", "www.example.com CNAME"},
		{"content=abc_DEF&type=TXT", "_acme-challenge.example.com TXT"},
		{"content=" + url.QueryEscape(`"abc_DEF"`), "_acme-challenge.example.com TXT"},
		{"content.contains=example.net", "example.com MX, example.com CNAME"},
		{"content.startswith=192.0", "a.example.com A, b.example.com A"},
		{"content.endswith=::2", "b.example.com AAAA"},
		{"comment=the+first", "a.example.com A"},
		{"comment.present", "a.example.com A"},
		{"comment.present=true&type=A", "a.example.com A"},
		{"comment.absent=true&type=A", "b.example.com A"},
		{"comment.contains=first", "a.example.com A"},
		{"tag=team:dns", "a.example.com A"},
		{"tag.exact=TEAM:web", "b.example.com A"},
		{"tag.present=team", "a.example.com A, b.example.com A"},
		{"tag.absent=team&type=A,AAAA", "b.example.com AAAA"},
		{"tag.contains=team:n", "a.example.com A"},
		{"tag.startswith=env:p", "a.example.com A"},
		{"tag=team:dns&tag=team:web", ""},
		{"tag=team:dns&tag=team:web&tag_match=any", "a.example.com A, b.example.com A"},
		{"tag=team:dns&tag=team:web&tag-match=any", "a.example.com A, b.example.com A"},
		{"search=first", "a.example.com A"},
		{"search=2001", "b.example.com AAAA"},
		{"search=acme", "_acme-challenge.example.com TXT"},
		{"proxied=true", ""},
		{"proxied=false&type=AAAA", "b.example.com AAAA"},
		{"type=AAAA&content=192.0.2.1&match=any", "a.example.com A, b.example.com AAAA"},
		{"name=a.example.com&name.contains=www&match=any", "a.example.com A, www.example.com CNAME"},
		{"type=MX&match=all&something=else", "example.com MX"},
	} {
		t.Run(c.query, func(t *testing.T) {
			d.TB = t
			a := d.do("GET", zone+"/dns_records?"+c.query, nil)
			var have []string
			for _, r := range a.ok().at("result").([]any) {
				have = append(have, fmt.Sprint(r.(map[string]any)["name"], " ", r.(map[string]any)["type"]))
			}
			if strings.Join(have, ", ") != c.want {
				t.Errorf("%v, not %s", have, c.want)
			}
			a.want("result_info/total_count", len(have), "result_info/count", len(have))
		})
	}
	d.TB = t
	d.do("GET", zone+"/dns_records", nil).ok().want("result_info/total_count", all, "result_info/per_page", 100)
	for _, query := range []string{"type=NOTHING", "type=ALIAS", "name.like=x", "content.regex=x", "comment.like=x", "tag.like=x", "match=none", "tag=x&tag_match=none", "order=age", "direction=up", "page=x", "per_page=0", strings.Repeat("search=x&", 51)} {
		d.do("GET", zone+"/dns_records?"+query, nil).fails(400, 1004, "Invalid")
	}
}

func TestOrders(t *testing.T) {
	d, zone := listDesk(t)
	for _, c := range []struct{ query, first, last string }{
		{"", "example.com", "www.example.com"},
		{"order=name", "_acme-challenge.example.com", "www.example.com"},
		{"order=name&direction=desc", "www.example.com", "_acme-challenge.example.com"},
		{"direction=desc", "www.example.com", "_acme-challenge.example.com"},
		{"order=type", "a.example.com", "_acme-challenge.example.com"},
		{"order=content", "a.example.com", "example.com"},
		{"order=ttl&direction=desc", "a.example.com", "sub.example.com"},
		{"order=proxied", "example.com", "www.example.com"},
	} {
		t.Run(c.query, func(t *testing.T) {
			d.TB = t
			a := d.do("GET", zone+"/dns_records?"+c.query, nil).ok()
			list := a.at("result").([]any)
			first, last := list[0].(map[string]any)["name"], list[len(list)-1].(map[string]any)["name"]
			if first != c.first || last != c.last {
				t.Errorf("from %v to %v in\n%s", first, last, a.lines())
			}
		})
	}
}

func TestPagesPutTogetherAreTheWhole(t *testing.T) {
	d, zone := listDesk(t)
	for _, query := range []string{"", "order=type", "name.contains=example", "match=any&type=A,CNAME,MX,NS,TXT,AAAA"} {
		whole := d.do("GET", zone+"/dns_records?"+query, nil).lines()
		for size := 1; size <= 13; size++ {
			var parts string
			for page := 1; ; page++ {
				a := d.do("GET", fmt.Sprintf("%s/dns_records?%s&page=%d&per_page=%d", zone, query, page, size), nil)
				if a.lines() == "" {
					a.want("result_info/count", 0, "result_info/page", page, "result_info/total_count", 11, "result_info/total_pages", (11+size-1)/size)
					break
				}
				parts += a.lines()
			}
			if parts != whole {
				t.Errorf("%q in pages of %d:\n%s\nin one:\n%s", query, size, parts, whole)
			}
		}
	}
	d.do("GET", zone+"/dns_records?per_page=5000000", nil).ok().want("result_info/per_page", maxRecordsPerPage)
}

func TestWhatTheServerNeedsIsNotListed(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.do("GET", zone+"/dns_records", nil).ok().want("result", "[]", "result_info/total_count", 0)
	d.do("GET", zone+"/dns_records?type=NS", nil).ok().want("result", "[]")
	d.do("GET", zone+"/dns_records?type=SOA", nil).ok().want("result", "[]")
	d.record(zone, `{"type":"NS","name":"@","content":"ns.custom.example"}`)
	d.do("GET", zone+"/dns_records?type=NS", nil).ok().want("result/0/content", "ns.custom.example", "result_info/total_count", 3)

	bare := newDesk(t, func(o *Options) { o.NameServers = nil })
	zone = bare.make("example.com")
	bare.do("GET", zone, nil).ok().want("result/name_servers", "[ns1.host.test ns2.host.test]")
	bare.do("GET", zone+"/dns_records", nil).ok().want("result", "[]")
}

func TestATokenOfOneZoneListsNoOther(t *testing.T) {
	d, _ := listDesk(t)
	d.token(access.TokenSpec{Scopes: []string{"*"}, Zones: []string{"example.org"}})
	d.do("GET", "/zones", nil).ok().want("result", "[]")
	d.do("GET", "/zones?name=example.com", nil).ok().want("result", "[]")
}

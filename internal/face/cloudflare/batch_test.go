package cloudflare

import (
	"fmt"
	"strings"
	"testing"
)

func id(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func TestABatchIsOneChange(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	a := d.record(zone, `{"type":"A","name":"www","content":"192.0.2.1","comment":"old"}`)
	b := d.record(zone, `{"type":"A","name":"b","content":"192.0.2.2","comment":"kept"}`)
	c := d.record(zone, `{"type":"A","name":"c","content":"192.0.2.3","comment":"lost"}`)
	before := d.changes()
	got := d.do("POST", zone+"/dns_records/batch", fmt.Sprintf(`{
		"posts":[{"type":"CNAME","name":"www","content":"main.example.net"},{"type":"TXT","name":"t","content":"x","ttl":120}],
		"puts":[{"id":%q,"type":"A","name":"c","content":"192.0.2.33"}],
		"patches":[{"id":%q,"content":"192.0.2.22"}],
		"deletes":[{"id":%q}]}`, id(c), id(b), id(a))).ok()
	got.want(
		"result/deletes/0/id", id(a), "result/deletes/0/content", "192.0.2.1",
		"result/patches/0/id", id(b), "result/patches/0/content", "192.0.2.22", "result/patches/0/comment", "kept",
		"result/puts/0/id", id(c), "result/puts/0/content", "192.0.2.33", "result/puts/0/comment", nil,
		"result/posts/0/type", "CNAME", "result/posts/1/content", "x", "result/posts/1/ttl", 120)
	if n := d.changes() - before; n != 1 {
		t.Errorf("the batch made %d changes", n)
	}
	if have := d.do("GET", zone+"/dns_records", nil).lines(); have != "b.example.com A 192.0.2.22\nc.example.com A 192.0.2.33\nt.example.com TXT x\nwww.example.com CNAME main.example.net\n" {
		t.Error(have)
	}
}

func TestABatchThatFailsChangesNothing(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	a := d.record(zone, `{"type":"A","name":"a","content":"192.0.2.1"}`)
	before := d.do("GET", zone+"/dns_records", nil).lines()
	good := `{"type":"A","name":"good","content":"192.0.2.9"}`
	for _, c := range []struct {
		name, body   string
		status, code int
		pointer      string
	}{
		{"content of a post", `"posts":[` + good + `,{"type":"A","name":"x","content":"x"}]`, 400, 9005, "/posts/1/content"},
		{"a rule that a post breaks", `"posts":[` + good + `,{"type":"CNAME","name":"a","content":"x.example.net"}]`, 400, 81053, "/posts/1"},
		{"an A beside a new CNAME", `"posts":[{"type":"CNAME","name":"n","content":"x.example.net"},{"type":"A","name":"n","content":"192.0.2.1"}]`, 400, 81054, "/posts/1"},
		{"a record that is there", `"posts":[` + good + `,{"type":"A","name":"a","content":"192.0.2.1"}]`, 400, 81058, "/posts/1"},
		{"a record twice", `"posts":[` + good + `,` + good + `]`, 400, 81058, "/posts/1"},
		{"a delete of nothing", `"deletes":[{"id":"` + strings.Repeat("0", 32) + `"}],"posts":[` + good + `]`, 404, 81044, "/deletes/0"},
		{"a patch of nothing", `"patches":[{"id":"x"}]`, 404, 81044, "/patches/0"},
		{"a put that is wrong", `"puts":[{"id":"` + id(a) + `","type":"A","name":"a","content":"x"}]`, 400, 9005, "/puts/0/content"},
		{"two CNAMEs at the apex", `"posts":[{"type":"CNAME","name":"@","content":"x.example.net"},{"type":"CNAME","name":"@","content":"y.example.net"}]`, 400, 81053, "/posts/0"},
		{"a CNAME and an A at the apex", `"posts":[{"type":"A","name":"@","content":"192.0.2.1"},{"type":"CNAME","name":"@","content":"y.example.net"}]`, 400, 81053, "/posts/1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			d.do("POST", zone+"/dns_records/batch", "{"+c.body+"}").fails(c.status, c.code, "").want("errors/0/source/pointer", c.pointer)
		})
	}
	d.TB = t
	d.do("POST", zone+"/dns_records/batch", `{"posts":[`+strings.Repeat(good+",", maxOperations)+good+`]}`).fails(400, 81045, "3500")
	d.do("POST", zone+"/dns_records/batch", `{"deletes":[{"id":"`+id(a)+`"}],"patches":[{"id":"`+id(a)+`","content":"192.0.2.7"}]}`).fails(400, 1004, "same record")
	d.do("POST", zone+"/dns_records/batch", `{"posts":{}}`).fails(400, 9207, "posts")
	if after := d.do("GET", zone+"/dns_records", nil).lines(); after != before {
		t.Errorf("what was refused has changed the zone:\n%s", after)
	}
}

func TestTheFinalStateOfABatchCounts(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	apex := d.record(zone, `{"type":"A","name":"@","content":"192.0.2.1"}`)
	got := d.do("POST", zone+"/dns_records/batch", `{"deletes":[{"id":"`+id(apex)+`"}],"posts":[{"type":"CNAME","name":"@","content":"host.example.net"}]}`).ok()
	alias := got.text("result/posts/0/id")
	d.do("POST", zone+"/dns_records/batch", `{"patches":[{"id":"`+alias+`","name":"www"}],"posts":[{"type":"AAAA","name":"@","content":"2001:db8::1"}]}`).ok()
	if have := d.do("GET", zone+"/dns_records", nil).lines(); have != "example.com AAAA 2001:db8::1\nwww.example.com CNAME host.example.net\n" {
		t.Error(have)
	}
}

func TestTTLsInABatch(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	got := d.do("POST", zone+"/dns_records/batch", `{"posts":[{"type":"A","name":"w","content":"192.0.2.1","ttl":1},{"type":"A","name":"w","content":"192.0.2.2","ttl":600}]}`).ok()
	got.want("result/posts/0/ttl", 600, "result/posts/1/ttl", 600)
}

func TestAnEmptyBatch(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.do("POST", zone+"/dns_records/batch", `{}`).ok().want("result/deletes", "[]", "result/posts", "[]")
}

package form

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// held is the zone example.com with that default TTL.
func held(ttl int) *control.ZoneInfo {
	return &control.ZoneInfo{Zone: change.Zone{Apex: apex, Settings: change.Settings{DefaultTTL: ttl}}}
}

func TestRecordsThatAreWanted(t *testing.T) {
	comment, long, empty := "why", strings.Repeat("x", maxComment+1), ""
	ten, far, below := 10, 65536, -1
	tests := []struct {
		name    string
		in      api.CreateRecordRequest
		content string // as it is shown; empty for an error
		field   string // that the error is about
	}{
		{"an address", api.CreateRecordRequest{Name: "www", Type: "A", Content: "192.0.2.1"}, "192.0.2.1", ""},
		{"a target in another case", api.CreateRecordRequest{Name: "www", Type: "CNAME", Content: "Main.Example.NET"}, "main.example.net.", ""},
		{"a target that is the zone", api.CreateRecordRequest{Name: "www", Type: "CNAME", Content: "@"}, "example.com.", ""},
		{"with a comment", api.CreateRecordRequest{Name: "www", Type: "A", Content: "192.0.2.1", Comment: &comment}, "192.0.2.1", ""},
		{"with an empty comment", api.CreateRecordRequest{Name: "www", Type: "A", Content: "192.0.2.1", Comment: &empty}, "192.0.2.1", ""},
		{"MX with a priority", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "mail.example.net", Priority: &ten}, "10 mail.example.net.", ""},
		{"MX with its own", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "5 mail.example.net"}, "5 mail.example.net.", ""},
		{"MX with its own, and the same", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "10 mail.example.net", Priority: &ten}, "10 mail.example.net.", ""},
		{"MX with its own, and none to say", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "5 mail.example.net", Priority: new(int)}, "5 mail.example.net.", ""},
		{"MX with its own, and another", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "5 mail.example.net", Priority: &ten}, "", "priority"},
		{"SRV with its own, and another", api.CreateRecordRequest{Name: "_x._tcp", Type: "SRV", Content: "5 0 53 x.example.net", Priority: &ten}, "", "priority"},
		{"SRV with its own, and the same", api.CreateRecordRequest{Name: "_x._tcp", Type: "SRV", Content: "10 0 53 x.example.net", Priority: &ten}, "10 0 53 x.example.net.", ""},
		{"a priority beside a weight", api.CreateRecordRequest{Name: "_x._tcp", Type: "SRV", Content: "5 53 x.example.net", Priority: &ten}, "10 5 53 x.example.net.", ""},
		{"MX to the zone itself", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "@", Priority: &ten}, "10 example.com.", ""},
		{"SRV with a priority", api.CreateRecordRequest{Name: "_s._tcp", Type: "SRV", Content: "0 443 a.example.net", Priority: &ten}, "10 0 443 a.example.net.", ""},
		{"text", api.CreateRecordRequest{Name: "t", Type: "TXT", Content: "a \"b\" c"}, `a "b" c`, ""},
		{"unknown data", api.CreateRecordRequest{Name: "t", Type: "TYPE65280", Content: `\# 2 abcd`}, `\# 2 ABCD`, ""},
		{"no name", api.CreateRecordRequest{Type: "A", Content: "192.0.2.1"}, "", "name"},
		{"no type", api.CreateRecordRequest{Name: "www", Content: "192.0.2.1"}, "", "type"},
		{"no content", api.CreateRecordRequest{Name: "www", Type: "A"}, "", "content"},
		{"content of another type", api.CreateRecordRequest{Name: "www", Type: "AAAA", Content: "192.0.2.1"}, "", "content"},
		{"a lone word", api.CreateRecordRequest{Name: "www", Type: "CNAME", Content: "main"}, "", "content"},
		{"a lone word behind a number", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "10 mail"}, "", "content"},
		{"a priority too high", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "mail.example.net", Priority: &far}, "", "priority"},
		{"a priority below zero", api.CreateRecordRequest{Name: "@", Type: "MX", Content: "mail.example.net", Priority: &below}, "", "priority"},
		{"a comment too long", api.CreateRecordRequest{Name: "www", Type: "A", Content: "192.0.2.1", Comment: &long}, "", "comment"},
		{"a TTL below zero", api.CreateRecordRequest{Name: "www", Type: "A", Content: "192.0.2.1", TTL: -1}, "", "ttl"},
		{"a TTL too long", api.CreateRecordRequest{Name: "www", Type: "A", Content: "192.0.2.1", TTL: rr.MaxTTL + 1}, "", "ttl"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, err := Want(&test.in, held(0))
			if test.content == "" {
				if about(err) != test.field {
					t.Errorf("it is about %q, not %q: %v", about(err), test.field, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := Content(w.Type, w.Data); !strings.EqualFold(got, test.content) || w.Comment != test.in.Comment {
				t.Errorf("%q %+v", got, w)
			}
		})
	}
}

func TestTTLOfARecord(t *testing.T) {
	tests := []struct {
		name      string
		zone, ask int
		want      uint32
	}{
		{"none and no default", 0, 0, control.DefaultTTL},
		{"none and a default", 120, 0, 120},
		{"one and a default", 120, 60, 60},
		{"the least", 0, 1, 1},
		{"the longest", 0, rr.MaxTTL, rr.MaxTTL},
	}
	for _, test := range tests {
		if got, err := timeToLive("ttl", test.ask, held(test.zone)); err != nil || got != test.want {
			t.Errorf("%s: %d, %v", test.name, got, err)
		}
	}
}

func TestEditsThatMakeARecord(t *testing.T) {
	comment := "c"
	w := &Wanted{Owner: apex, Type: rr.TypeA, Data: []byte{192, 0, 2, 1}, TTL: 60, Disabled: true, Comment: &comment}
	e := w.Edit(control.Set, 7)
	if e.Op != control.Set || e.ID != 7 || *e.TTL != 60 || *e.Comment != "c" || len(e.Records) != 1 || !*e.Records[0].Disabled {
		t.Errorf("%+v", e)
	}
}

func TestEditsAreRead(t *testing.T) {
	ttl, far, comment := uint32(60), uint32(rr.MaxTTL+1), "c"
	on := true
	tests := []struct {
		name    string
		in      api.RecordEdits
		op      control.Op
		records int
		field   string // of the error; empty where it is fine
	}{
		{"add", api.RecordEdits{Op: "add", Name: "www", Type: "A", Contents: []string{"192.0.2.1", "192.0.2.2"}}, control.Add, 2, ""},
		{"put", api.RecordEdits{Op: "put", Name: "www", Type: "A", TTL: &ttl, Records: []api.RecordEdit{{Content: "192.0.2.1", Disabled: &on, Comment: &comment}}}, control.Put, 1, ""},
		{"both lists", api.RecordEdits{Op: "add", Name: "www", Type: "A", Contents: []string{"192.0.2.1"}, Records: []api.RecordEdit{{Content: "192.0.2.2"}}}, control.Add, 2, ""},
		{"remove some", api.RecordEdits{Op: "remove", Name: "www", Type: "A", Contents: []string{"192.0.2.1"}}, control.Remove, 1, ""},
		{"remove all", api.RecordEdits{Op: "remove", Name: "www", Type: "A"}, control.Remove, 0, ""},
		{"another TTL alone", api.RecordEdits{Op: "add", Name: "www", Type: "A", TTL: &ttl}, control.Add, 0, ""},
		{"another comment alone", api.RecordEdits{Op: "add", Name: "www", Type: "A", Comment: &comment}, control.Add, 0, ""},
		{"add nothing", api.RecordEdits{Op: "add", Name: "www", Type: "A"}, 0, 0, "e.contents"},
		{"put nothing", api.RecordEdits{Op: "put", Name: "www", Type: "A", TTL: &ttl}, 0, 0, "e.contents"},
		{"no operation", api.RecordEdits{Name: "www", Type: "A"}, 0, 0, "e.op"},
		{"an operation in capitals", api.RecordEdits{Op: "ADD", Name: "www", Type: "A"}, 0, 0, "e.op"},
		{"no name", api.RecordEdits{Op: "remove", Type: "A"}, 0, 0, "e.name"},
		{"no type", api.RecordEdits{Op: "remove", Name: "www"}, 0, 0, "e.type"},
		{"a TTL too long", api.RecordEdits{Op: "add", Name: "www", Type: "A", TTL: &far}, 0, 0, "e.ttl"},
		{"a content that is none", api.RecordEdits{Op: "add", Name: "www", Type: "A", Contents: []string{"192.0.2.1", "x"}}, 0, 0, "e.contents[1]"},
		{"a record that is none", api.RecordEdits{Op: "add", Name: "www", Type: "A", Records: []api.RecordEdit{{Content: ""}}}, 0, 0, "e.records[0]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var e control.Edit
			err := ReadEdit("e", &test.in, apex, &e)
			if about(err) != test.field {
				t.Fatalf("it is about %q, not %q: %v", about(err), test.field, err)
			}
			if err == nil && (e.Op != test.op || len(e.Records) != test.records || e.Owner.String() != "www.example.com.") {
				t.Errorf("%+v", e)
			}
			for _, r := range e.Records {
				if test.name == "put" && (r.Comment == nil || *r.Comment != "c" || !*r.Disabled) {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

package rr_test

import (
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

func TestLowerNames(t *testing.T) {
	for _, c := range []struct{ kind, in, want, names string }{
		{"CNAME", "WWW.Example.COM.", "www.example.com.", "www.example.com."},
		{"ALIAS", "WWW.Example.COM.", "www.example.com.", "www.example.com."},
		{"MX", "10 Mail.Example.", "10 mail.example.", "mail.example."},
		{"SRV", "1 2 3 Host.Example.", "1 2 3 host.example.", "host.example."},
		{"SOA", "NS.A. Host.B. 1 2 3 4 5", "ns.a. host.b. 1 2 3 4 5", "ns.a. host.b."},
		{"NAPTR", `1 2 "S" "SIP+D2U" "" Rep.Example.`, `1 2 "S" "SIP+D2U" "" rep.example.`, "rep.example."},
		{"HTTPS", `1 Svc.Example. alpn="H2"`, `1 svc.example. alpn="H2"`, "svc.example."},
		{"SVCB", "0 Svc.Example.", "0 svc.example.", "svc.example."},
		{"TXT", `"Keep Case"`, `"Keep Case"`, ""},
		{"CAA", `0 issue "LetsEncrypt.org"`, `0 issue "LetsEncrypt.org"`, ""},
		{"A", "192.0.2.1", "192.0.2.1", ""},
	} {
		t.Run(c.kind, func(t *testing.T) {
			kind, err := rr.ParseType(c.kind)
			if err != nil {
				t.Fatal(err)
			}
			data, err := zonefile.AppendData(nil, kind, c.in, nil)
			if err != nil {
				t.Fatal(err)
			}
			length := len(data)
			rr.LowerNames(kind, data)
			if got := string(rr.AppendDataText(nil, kind, data)); got != c.want || len(data) != length {
				t.Errorf("%s, want %s", got, c.want)
			}
			var names []byte
			rr.EachName(kind, data, func(n dname.Name) { names = append(n.AppendText(names), ' ') })
			if got := string(slices.Clip(names)); got != c.names+" "[:min(len(c.names), 1)] {
				t.Errorf("names %q, want %q", got, c.names)
			}
		})
	}
}

func TestReplaceName(t *testing.T) {
	from, to := dname.MustParse("old.example."), dname.MustParse("a.longer.name.example.")
	for _, c := range []struct{ name, kind, in, want string }{
		{"alias", "CNAME", "OLD.example.", "a.longer.name.example."},
		{"exchange", "MX", "10 old.example.", "10 a.longer.name.example."},
		{"service", "SRV", "1 2 3 old.example.", "1 2 3 a.longer.name.example."},
		{"service binding with parameters", "HTTPS", `1 old.example. alpn="h2"`, `1 a.longer.name.example. alpn="h2"`},
		{"both names", "RP", "old.example. old.example.", "a.longer.name.example. a.longer.name.example."},
		{"second name", "MINFO", "x.example. old.example.", "x.example. a.longer.name.example."},
		{"a name below", "CNAME", "www.old.example.", ""},
		{"no name at all", "TXT", `"old.example."`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind, _ := rr.ParseType(c.kind)
			data, err := zonefile.AppendData(make([]byte, 0, 100), kind, c.in, nil)
			if err != nil {
				t.Fatal(err)
			}
			before := string(data)
			out, ok := rr.ReplaceName(kind, data, from, to)
			if ok != (c.want != "") || string(data) != before {
				t.Fatalf("%x, %v, data now %x", out, ok, data)
			}
			if got := string(rr.AppendDataText(nil, kind, out)); ok && got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

package access

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestScopes(t *testing.T) {
	for _, c := range []struct {
		have string
		asks Scope
		want bool
	}{
		{"", ZonesRead, false},
		{"zones:read", ZonesRead, true},
		{"zones:read", ZonesWrite, false},
		{"zones:read", RecordsRead, false},
		{"zones:write", ZonesRead, false},
		{"zones:*", ZonesWrite, true},
		{"zones:*", RecordsWrite, false},
		{"zone:*", ZonesRead, false},
		{"zones:read records:*", RecordsWrite, true},
		{"*", TokensWrite, true},
		{":*", ZonesRead, false},
		{"zones", ZonesRead, false},
		{"*:read", ZonesRead, false},
		{"zones:read", "zones:*", false},
		{"zones:*", "*", false},
	} {
		p := &Principal{}
		for text := range strings.FieldsSeq(c.have) {
			p.Limits.Scopes = append(p.Limits.Scopes, Scope(text))
		}
		if got := p.Has(c.asks); got != c.want {
			t.Errorf("%q has %s: %v, want %v", c.have, c.asks, got, c.want)
		}
	}
}

func TestHavingAddsScopesAndNothingElse(t *testing.T) {
	p := &Principal{Account: "a", Limits: Limits{Scopes: []Scope{UsageRead}, Zones: []string{"a.test"}}}
	more := p.Having(ZonesRead)
	if !more.Has(ZonesRead) || !more.Has(UsageRead) || more.Has(RecordsRead) || p.Has(ZonesRead) {
		t.Errorf("%v of %v", more.Limits.Scopes, p.Limits.Scopes)
	}
	if more.Account != "a" || len(more.Limits.Zones) != 1 {
		t.Errorf("%+v", more)
	}
}

func TestMayNamesTheFirstMissingScope(t *testing.T) {
	p := &Principal{Limits: Limits{Scopes: []Scope{ZonesRead}}}
	if err := p.May(ZonesRead); err != nil {
		t.Error(err)
	}
	var d *Denied
	if err := p.May(ZonesRead, RecordsWrite, ActivityRead); !errors.As(err, &d) || d.Scope != RecordsWrite || !strings.Contains(err.Error(), "records:write") {
		t.Error(err)
	}
}

func TestSees(t *testing.T) {
	z := &change.Zone{ID: change.NewZoneID(), Apex: dname.MustParse("example.com."), Account: "a"}
	for _, c := range []struct {
		situation string
		p         Principal
		want      bool
	}{
		{"its own", Principal{Account: "a"}, true},
		{"another's", Principal{Account: "b"}, false},
		{"another's, as an admin", Principal{Account: "b", Admin: true}, true},
		{"by id", Principal{Account: "a", Limits: Limits{Zones: []string{z.ID.String()}}}, true},
		{"by id without dashes", Principal{Account: "a", Limits: Limits{Zones: []string{z.ID.Hex()}}}, true},
		{"by another id", Principal{Account: "a", Limits: Limits{Zones: []string{change.NewZoneID().String()}}}, false},
		{"by apex", Principal{Account: "a", Limits: Limits{Zones: []string{"example.net", "Example.COM"}}}, true},
		{"by apex with its dot", Principal{Account: "a", Limits: Limits{Zones: []string{"example.com."}}}, true},
		{"by the apex above", Principal{Account: "a", Limits: Limits{Zones: []string{"com."}}}, false},
		{"limited to what cannot be read", Principal{Account: "a", Limits: Limits{Zones: []string{"..", "", "@"}}}, false},
		{"limited, as an admin", Principal{Admin: true, Limits: Limits{Zones: []string{"example.net"}}}, false},
		{"listed, but another's", Principal{Account: "b", Limits: Limits{Zones: []string{"example.com"}}}, false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			if got := c.p.Sees(z); got != c.want {
				t.Errorf("sees it: %v, want %v", got, c.want)
			}
		})
	}
}

func TestMayWrite(t *testing.T) {
	name := dname.MustParse
	for _, c := range []struct {
		situation string
		limits    Limits
		owner     string
		rtype     rr.Type
		targets   []string
		denied    string // part of the error; empty: allowed
	}{
		{"no limits", Limits{}, "example.com.", rr.TypeNS, []string{"ns.example.net."}, ""},
		{"an owner it may", Limits{Owners: []string{"_acme-challenge", "*.dyn"}}, "a.dyn.example.com.", rr.TypeA, nil, ""},
		{"an owner it may not", Limits{Owners: []string{"_acme-challenge", "*.dyn"}}, "www.example.com.", rr.TypeA, nil, "www.example.com."},
		{"owners that cannot be read", Limits{Owners: []string{"a.**", ".."}}, "a.b.example.com.", rr.TypeA, nil, "may not write at"},
		{"a type it may", Limits{Types: []string{"TXT", "cname"}}, "www.example.com.", rr.TypeCNAME, nil, ""},
		{"a type it may not", Limits{Types: []string{"TXT"}}, "www.example.com.", rr.TypeA, nil, "records of type A"},
		{"types that cannot be read", Limits{Types: []string{"NONSENSE"}}, "www.example.com.", rr.TypeA, nil, "records of type A"},
		{"a target at the suffix", Limits{Targets: []string{"example.net"}}, "www.example.com.", rr.TypeCNAME, []string{"EXAMPLE.net."}, ""},
		{"a target below it", Limits{Targets: []string{"example.net."}}, "www.example.com.", rr.TypeCNAME, []string{"a.b.example.net."}, ""},
		{"a target beside it", Limits{Targets: []string{"example.net"}}, "www.example.com.", rr.TypeCNAME, []string{"notexample.net."}, "notexample.net."},
		{"one target of two", Limits{Targets: []string{"example.net"}}, "www.example.com.", rr.TypeMX, []string{"a.example.net.", "b.example.org."}, "b.example.org."},
		{"targets that cannot be read", Limits{Targets: []string{"@"}}, "www.example.com.", rr.TypeCNAME, []string{"a.example.net."}, "may not point at"},
		{"no targets, but a limit of them", Limits{Targets: []string{"example.net"}}, "www.example.com.", rr.TypeA, nil, ""},
		{"all of them", Limits{Owners: []string{"www"}, Types: []string{"CNAME"}, Targets: []string{"example.net"}}, "www.example.com.", rr.TypeCNAME, []string{"a.example.net."}, ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			var targets []dname.Name
			for _, text := range c.targets {
				targets = append(targets, name(text))
			}
			for _, p := range []*Principal{{Limits: c.limits}, {Limits: c.limits, rules: compile(&c.limits)}} {
				err := p.MayWrite(name("example.com."), name(c.owner), c.rtype, targets)
				var d *Denied
				switch {
				case c.denied == "" && err != nil:
					t.Error(err)
				case c.denied != "" && (!errors.As(err, &d) || d.Scope != "" || !strings.Contains(err.Error(), c.denied)):
					t.Errorf("error %v, want a *Denied that has %q", err, c.denied)
				}
			}
		})
	}
}

func TestErrorsStayShort(t *testing.T) {
	var owners []string
	for i := range 500 {
		owners = append(owners, fmt.Sprint("host-", i))
	}
	p := &Principal{Limits: Limits{Owners: owners}}
	err := p.MayWrite(dname.MustParse("example.com."), dname.MustParse("www.example.com."), rr.TypeA, nil)
	if err == nil || len(err.Error()) > 300 || !strings.Contains(err.Error(), "and 492 more") {
		t.Error(err)
	}
}

func BenchmarkMayWriteAmong500(b *testing.B) {
	l := Limits{}
	for i := range 500 {
		l.Owners = append(l.Owners, fmt.Sprintf("*.host-%d", i))
	}
	p := &Principal{Limits: l, rules: compile(&l)}
	apex, owner := dname.MustParse("example.com."), dname.MustParse("a.host-499.example.com.")
	for b.Loop() {
		if err := p.MayWrite(apex, owner, rr.TypeA, nil); err != nil {
			b.Fatal(err)
		}
	}
}

package access

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestASpecBecomesLimitsInTheirOneForm(t *testing.T) {
	c := newClock()
	spec := TokenSpec{
		Scopes:   []string{" zones:read ", "records:*", "zones:read"},
		Zones:    []string{"Example.COM", "example.com.", "0123456789ABCDEF0123456789abcdef", "bücher.example"},
		Owners:   []string{"@", "_ACME-challenge.*", `\*`, "**.dyn", "bücher"},
		Types:    []string{"cname", "CNAME", "aname", "type1", "TYPE65280"},
		Targets:  []string{"Example.NET", "example.net."},
		Networks: []string{"192.0.2.77/24", "198.51.100.1", "2001:db8::1", "2001:db8:ff::/40", "::ffff:203.0.113.0/120"},
		Expires:  c.at.Add(time.Hour + time.Millisecond).In(time.FixedZone("", 3600)),
	}
	l, err := spec.limits(c.at)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(l.Scopes, l.Zones, l.Owners, l.Types, l.Targets, l.Networks, l.Expires)
	want := fmt.Sprintln(
		"[zones:read records:*]", "[example.com. 01234567-89ab-cdef-0123-456789abcdef xn--bcher-kva.example.]",
		`[@ _acme-challenge.* \* **.dyn xn--bcher-kva]`, "[CNAME ALIAS A TYPE65280]", "[example.net.]",
		"[192.0.2.0/24 198.51.100.1/32 2001:db8::1/128 2001:db8::/40 203.0.113.0/24]", "2026-03-01 13:00:00 +0000 UTC")
	if got != want {
		t.Errorf("limits\n%s\nwant\n%s", got, want)
	}
	again := TokenSpec{Scopes: texts(l.Scopes), Zones: l.Zones, Owners: l.Owners, Types: l.Types, Targets: l.Targets, Networks: texts(l.Networks), Expires: l.Expires}
	if m, err := again.limits(c.at); err != nil || !reflect.DeepEqual(l, m) {
		t.Errorf("what was kept is not kept again: %+v, %v", m, err)
	}
}

func texts[T any](list []T) []string {
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

func TestSpecsThatAreWrong(t *testing.T) {
	h := newHouse(t)
	many := func(n int, format string) []string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(format, i))
		}
		return all
	}
	good := func(change func(*TokenSpec)) TokenSpec {
		s := TokenSpec{Name: "x", Scopes: []string{"*"}}
		change(&s)
		return s
	}
	for _, c := range []struct {
		situation, field, says string
		spec                   TokenSpec
	}{
		{"no name", "name", "empty", good(func(s *TokenSpec) { s.Name = " " })},
		{"a long name", "name", "100", good(func(s *TokenSpec) { s.Name = strings.Repeat("ü", 101) })},
		{"a name with a line break", "name", "control", good(func(s *TokenSpec) { s.Name = "a\nb" })},
		{"a name that is no UTF-8", "name", "UTF-8", good(func(s *TokenSpec) { s.Name = "\xff" })},
		{"no scopes", "scopes", "zones:read, zones:write", good(func(s *TokenSpec) { s.Scopes = nil })},
		{"an unknown scope", "scopes", `"zones:delete"; choose of zones:read`, good(func(s *TokenSpec) { s.Scopes = []string{"zones:delete"} })},
		{"all of an unknown resource", "scopes", `"dogs:*"`, good(func(s *TokenSpec) { s.Scopes = []string{"dogs:*"} })},
		{"a zone that is no name", "zones", `"a..b"`, good(func(s *TokenSpec) { s.Zones = []string{"a..b"} })},
		{"a zone that is the sign of an apex", "zones", `"@"`, good(func(s *TokenSpec) { s.Zones = []string{"@"} })},
		{"an empty zone", "zones", `""`, good(func(s *TokenSpec) { s.Zones = []string{""} })},
		{"too many zones", "zones", "501", good(func(s *TokenSpec) { s.Zones = many(501, "z%d.example") })},
		{"an owner that is no pattern", "owners", `"a.**"`, good(func(s *TokenSpec) { s.Owners = []string{"a.**"} })},
		{"an empty owner", "owners", `""`, good(func(s *TokenSpec) { s.Owners = []string{""} })},
		{"too many owners", "owners", "500", good(func(s *TokenSpec) { s.Owners = many(501, "host-%d") })},
		{"a flood of an owner", "owners", "longer", good(func(s *TokenSpec) { s.Owners = []string{strings.Repeat("a.", 1000)} })},
		{"a type that does not exist", "types", `"CNAMES"`, good(func(s *TokenSpec) { s.Types = []string{"CNAMES"} })},
		{"a type of questions only", "types", `"ANY"`, good(func(s *TokenSpec) { s.Types = []string{"ANY"} })},
		{"a target that is no name", "targets", `".example"`, good(func(s *TokenSpec) { s.Targets = []string{".example"} })},
		{"a target that is all names", "targets", `"@"`, good(func(s *TokenSpec) { s.Targets = []string{"@"} })},
		{"a network that is none", "networks", `"192.0.2"`, good(func(s *TokenSpec) { s.Networks = []string{"192.0.2"} })},
		{"a network with a zone", "networks", `"fe80::1%eth0"`, good(func(s *TokenSpec) { s.Networks = []string{"fe80::1%eth0"} })},
		{"a network over both families", "networks", "::ffff:0.0.0.0/90", good(func(s *TokenSpec) { s.Networks = []string{"::ffff:0.0.0.0/90"} })},
		{"an end in the past", "expires", "2026-03-01T12:00:00Z", good(func(s *TokenSpec) { s.Expires = h.clock.at })},
	} {
		t.Run(c.situation, func(t *testing.T) {
			before := h.shelf.text()
			_, secret, err := h.CreateToken(t.Context(), h.admin, &c.spec)
			e := wantError(t, err, Invalid, "bad-"+c.field)
			if e.Field != c.field || !strings.Contains(e.Error(), c.says) {
				t.Errorf("the error of %s is %v; want it to say %q", e.Field, e, c.says)
			}
			if secret != "" || h.shelf.text() != before {
				t.Error("something was made")
			}
		})
	}
}

func TestATokenThatFitsNoDocument(t *testing.T) {
	h := newHouse(t)
	var long []string
	for i := range 500 {
		label := strings.Repeat(`\255`, 60)
		long = append(long, fmt.Sprintf("a%d.%s.%s.%s", i, label, label, label))
	}
	_, _, err := h.CreateToken(t.Context(), h.admin, &TokenSpec{Name: "x", Scopes: []string{"*"}, Owners: long})
	wantError(t, err, Invalid, "bad-limits")
}

func FuzzSpec(f *testing.F) {
	f.Add("zones:read", "example.com", "**.dyn", "A", "example.net", "192.0.2.0/24")
	f.Add("*", "0123456789abcdef0123456789abcdef", `\042.@`, "TYPE65280", "bücher.example", "::ffff:192.0.2.1")
	f.Fuzz(func(t *testing.T, scope, zone, owner, rtype, target, network string) {
		c := newClock()
		spec := TokenSpec{Scopes: []string{scope}, Zones: []string{zone}, Owners: []string{owner}, Types: []string{rtype}, Targets: []string{target}, Networks: []string{network}}
		l, err := spec.limits(c.at)
		if err != nil {
			return
		}
		r := compile(&l)
		if len(r.ids)+len(r.apexes) != 1 || len(r.owners) != 1 || len(r.types) != 1 || len(r.targets) != 1 {
			t.Fatalf("what was accepted is not understood: %+v", l)
		}
		if err := l.within(&l); err != nil {
			t.Errorf("not within itself: %v", err)
		}
		if r.targets[0].IsRoot() && strings.TrimSpace(target) != "." {
			t.Errorf("target %q became the root", target)
		}
	})
}

package access

import (
	"net/netip"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"pgregory.net/rapid"
)

func TestATokenMayNoMoreThanItsMaker(t *testing.T) {
	h := newHouse(t)
	end := h.clock.at.Add(time.Hour)
	maker := TokenSpec{
		Name: "maker", Scopes: []string{"apikeys:write", "zones:*", "records:read"}, Zones: []string{"example.com", "0123456789abcdef0123456789abcdef"},
		Owners: []string{"**.dyn", "www"}, Types: []string{"A", "CNAME"}, Targets: []string{"example.net"},
		Networks: []string{"192.0.2.0/24", "2001:db8::/32"}, Expires: end,
	}
	p, _ := h.make(t, h.admin, maker)
	same := func(edit func(*TokenSpec)) TokenSpec {
		s := maker
		s.Name = "new"
		edit(&s)
		return s
	}
	for _, c := range []struct {
		situation, field string // field that goes beyond; empty: made
		spec             TokenSpec
	}{
		{"the same", "", same(func(*TokenSpec) {})},
		{"one scope of all of a resource", "", same(func(s *TokenSpec) { s.Scopes = []string{"zones:write"} })},
		{"a scope it has not", "scopes", same(func(s *TokenSpec) { s.Scopes = []string{"records:write"} })},
		{"all of a resource of which it has one", "scopes", same(func(s *TokenSpec) { s.Scopes = []string{"records:*"} })},
		{"all scopes", "scopes", same(func(s *TokenSpec) { s.Scopes = []string{"*"} })},
		{"one of its zones, in another form", "", same(func(s *TokenSpec) { s.Zones = []string{"01234567-89AB-cdef-0123-456789abcdef"} })},
		{"another zone", "zones", same(func(s *TokenSpec) { s.Zones = []string{"example.com", "example.org"} })},
		{"a zone below its zone", "zones", same(func(s *TokenSpec) { s.Zones = []string{"sub.example.com"} })},
		{"all zones", "zones", same(func(s *TokenSpec) { s.Zones = nil })},
		{"a narrower owner", "", same(func(s *TokenSpec) { s.Owners = []string{"home.dyn", "*.a.dyn"} })},
		{"the name above its owners", "owners", same(func(s *TokenSpec) { s.Owners = []string{"dyn"} })},
		{"any label where it has one", "owners", same(func(s *TokenSpec) { s.Owners = []string{"*"} })},
		{"all owners", "owners", same(func(s *TokenSpec) { s.Owners = nil })},
		{"one of its types", "", same(func(s *TokenSpec) { s.Types = []string{"type1"} })},
		{"another type", "types", same(func(s *TokenSpec) { s.Types = []string{"A", "AAAA"} })},
		{"all types", "types", same(func(s *TokenSpec) { s.Types = nil })},
		{"a target below its own", "", same(func(s *TokenSpec) { s.Targets = []string{"a.EXAMPLE.net"} })},
		{"a target above its own", "targets", same(func(s *TokenSpec) { s.Targets = []string{"net"} })},
		{"all targets", "targets", same(func(s *TokenSpec) { s.Targets = nil })},
		{"a part of its networks", "", same(func(s *TokenSpec) { s.Networks = []string{"192.0.2.128/25", "2001:db8::1"} })},
		{"a wider network", "networks", same(func(s *TokenSpec) { s.Networks = []string{"192.0.2.0/23"} })},
		{"the other family", "networks", same(func(s *TokenSpec) { s.Networks = []string{"::/0"} })},
		{"all networks", "networks", same(func(s *TokenSpec) { s.Networks = nil })},
		{"an earlier end", "", same(func(s *TokenSpec) { s.Expires = end.Add(-time.Minute) })},
		{"a later end", "expires", same(func(s *TokenSpec) { s.Expires = end.Add(time.Second) })},
		{"no end", "expires", same(func(s *TokenSpec) { s.Expires = time.Time{} })},
		{"a key for all", "scopes", TokenSpec{Name: "key", Key: true, Scopes: []string{"*"}}},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_, secret, err := h.CreateToken(t.Context(), p, &c.spec)
			if c.field == "" {
				if err != nil || secret == "" {
					t.Error(err)
				}
				return
			}
			if e := wantError(t, err, Forbidden, "beyond-own-rights"); e.Field != c.field || secret != "" {
				t.Errorf("the error is about %q: %v", e.Field, e)
			}
		})
	}
}

// Whatever a token may that was made within the limits of another, that one may
// too: over all that a Principal is ever asked. Each dimension stands for itself,
// so that only one of them is limited at a time.
func TestWithinIsNoMore(t *testing.T) {
	limits := func(t *rapid.T, dimension, whose string) Limits {
		list := func(of string, from ...string) []string {
			if of != dimension {
				return nil
			}
			return rapid.SliceOfN(rapid.SampledFrom(from), 0, 2).Draw(t, whose+" "+of)
		}
		l := Limits{
			Zones:   list("zones", "a.", "B", "b.a."),
			Owners:  list("owners", "@", "*", "**", "b", "**.b", "b.a.", "*.a.", "**."),
			Types:   list("types", "A", "a", "CNAME"),
			Targets: list("targets", "a", "b.a.", "."),
		}
		for _, s := range list("scopes", "*", "zones:*", "zones:read", "records:write") {
			l.Scopes = append(l.Scopes, Scope(s))
		}
		for _, n := range list("networks", "192.0.2.0/24", "192.0.2.0/31", "0.0.0.0/0", "::/0") {
			l.Networks = append(l.Networks, netip.MustParsePrefix(n))
		}
		for _, hours := range list("expires", "1h", "2h", "3h") {
			d, err := time.ParseDuration(hours)
			if err != nil {
				t.Fatal(err)
			}
			l.Expires = newClock().at.Add(d)
		}
		return l
	}
	held := 0
	rapid.Check(t, func(t *rapid.T) {
		dimension := rapid.SampledFrom([]string{"scopes", "zones", "owners", "types", "targets", "networks", "expires"}).Draw(t, "dimension")
		narrow, wide := limits(t, dimension, "narrow"), limits(t, dimension, "wide")
		if narrow.within(&wide) != nil {
			return
		}
		held++
		a, b := &Principal{Limits: narrow}, &Principal{Limits: wide}
		for _, s := range append(Scopes, AllScopes) {
			if a.Has(s) && !b.Has(s) {
				t.Fatalf("only the narrow one has %s", s)
			}
		}
		apex := nameOf(rapid.SampledFrom([][]string{{"a"}, {"b"}, {"b", "a"}, nil}).Draw(t, "apex"))
		owner := append(dname.Name{}, apex...)
		for _, label := range names(3).Draw(t, "owner") {
			owner = append(append(dname.Name{}, dname.MustParse(label + ".")[:2]...), owner...)
		}
		target := nameOf(names(3).Draw(t, "target"))
		rtype := rapid.SampledFrom([]rr.Type{rr.TypeA, rr.TypeCNAME, rr.TypeMX}).Draw(t, "type")
		if a.Sees(&change.Zone{Apex: apex}) && !b.Sees(&change.Zone{Apex: apex}) {
			t.Fatalf("only the narrow one sees %s", apex)
		}
		if a.MayWrite(apex, owner, rtype, []dname.Name{target}) == nil && b.MayWrite(apex, owner, rtype, []dname.Name{target}) != nil {
			t.Fatalf("only the narrow one may write %s %s %s in %s", owner, rtype, target, apex)
		}
		from := netip.MustParseAddr(rapid.SampledFrom([]string{"192.0.2.1", "192.0.2.9", "198.51.100.1", "2001:db8::1"}).Draw(t, "from"))
		at := newClock().at.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "hour")) * time.Hour)
		if admitted(t, narrow, from, at) && !admitted(t, wide, from, at) {
			t.Fatalf("only the narrow one is let in from %s at %s", from, at)
		}
	})
	if held < 5 {
		t.Errorf("limits were within others %d times: too few to mean anything", held)
	}
}

func admitted(t *rapid.T, l Limits, from netip.Addr, at time.Time) bool {
	k, err := New(t.Context(), newShelf())
	if err != nil {
		t.Fatal(err)
	}
	k.now = func() time.Time { return at }
	e := newTokenEntry(&Token{Limits: l}, digest{}, 0).bind(&Account{})
	_, err = k.admit(e, from)
	return err == nil
}

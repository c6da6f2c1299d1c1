package access

import (
	"errors"
	"testing"
	"time"
)

func TestAVisitorActsForItsAccount(t *testing.T) {
	h := newHouse(t)
	agency, _ := h.member(t, "agency")
	ended := false
	for _, test := range []struct {
		name, account string
		admin         bool
	}{
		{"of the first account", FirstAccount, true},
		{"of another", agency.ID, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := h.Visitor(&Visit{Account: test.account, Person: "one", Name: "Jo", Scopes: []Scope{ZonesRead}, Ended: func() bool { return ended }})
			if err != nil {
				t.Fatal(err)
			}
			if p.Account != test.account || p.Admin != test.admin || !p.Person || p.Token != "one" || p.Name != "Jo" || !p.Has(ZonesRead) || p.Has(ZonesWrite) {
				t.Errorf("%+v", p)
			}
			if p.Ended() {
				t.Error("it has ended")
			}
			ended = true
			if !p.Ended() {
				t.Error("it goes on")
			}
			ended = false
		})
	}
	_, err := h.Visitor(&Visit{Account: "nope"})
	wantError(t, err, Missing, "account-not-found")
	if h.AccountName(agency.ID) != "agency" || h.AccountName("nope") != "" {
		t.Error("the names are wrong")
	}
	if h.admin.Ended() {
		t.Error("a token ends like a session")
	}
}

func TestWhoOperates(t *testing.T) {
	for _, test := range []struct {
		name string
		p    Principal
		want bool
	}{
		{"the admin's token", Principal{Admin: true, Limits: Limits{Scopes: []Scope{AllScopes}}}, true},
		{"an owner of the admin's account", Principal{Admin: true, Person: true, Limits: Limits{Scopes: []Scope{AllScopes}}}, true},
		{"one with all scopes by name", Principal{Admin: true, Limits: Limits{Scopes: Scopes}}, true},
		{"one with all of some resources", Principal{Admin: true, Limits: Limits{Scopes: []Scope{"users:*", "apikeys:*"}}}, true},
		{"a viewer of the admin's account", Principal{Admin: true, Person: true, Limits: Limits{Scopes: []Scope{ZonesRead, RecordsRead, AccountsRead}}}, false},
		{"an editor of it", Principal{Admin: true, Person: true, Limits: Limits{Scopes: []Scope{ZonesWrite, RecordsWrite, AccountsRead}}}, false},
		{"a token of it for members only", Principal{Admin: true, Limits: Limits{Scopes: []Scope{AccountsWrite}}}, false},
		{"a token of it for one zone", Principal{Admin: true, Limits: Limits{Scopes: []Scope{AllScopes}, Zones: []string{"example.com."}}}, false},
		{"an owner of another account", Principal{Limits: Limits{Scopes: []Scope{AllScopes}}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.p.Operates(); got != test.want {
				t.Error(got)
			}
		})
	}
}

// What a person lacks is told in the words of people.
func TestWhatAVisitorLacks(t *testing.T) {
	h := newHouse(t)
	p, err := h.Visitor(&Visit{Account: FirstAccount, Person: "one", Name: "Jo", Scopes: []Scope{ZonesRead}})
	if err != nil {
		t.Fatal(err)
	}
	var denied *Denied
	if err := p.May(ZonesRead, ZonesWrite); !errors.As(err, &denied) || denied.Scope != ZonesWrite || err.Error() != "your role does not have the right zones:write; ask an owner of the account" {
		t.Errorf("%v", err)
	}
	_, _, err = h.CreateToken(t.Context(), p, &TokenSpec{Name: "t", Scopes: []string{"zones:read"}})
	e := wantError(t, err, Forbidden, "denied")
	if !errors.As(e, &denied) || !denied.Person {
		t.Errorf("%v", e)
	}
}

func TestWhatAPrincipalMayGive(t *testing.T) {
	h := newHouse(t)
	narrow, _ := h.make(t, h.admin, TokenSpec{Scopes: []string{"zones:*"}, Zones: []string{"example.com"}})
	all := &Limits{Scopes: []Scope{AllScopes}}
	if err := h.admin.MayGive(all); err != nil {
		t.Error(err)
	}
	wantError(t, narrow.MayGive(all), Forbidden, "beyond-own-rights")
	wantError(t, narrow.MayGive(&Limits{Scopes: []Scope{ZonesRead}}), Forbidden, "beyond-own-rights")
	if err := narrow.MayGive(&Limits{Scopes: []Scope{ZonesRead}, Zones: []string{"example.com"}}); err != nil {
		t.Error(err)
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, bad := range []string{"", " ", "jo", "@", "jo@", "@example.org", "jo@a@b", "jo @example.org", "jö@example.org", "jo@exa\x00mple.org"} {
		_, err := CheckEmail(bad)
		wantError(t, err, Invalid, "bad-email")
	}
	if email, err := CheckEmail(" Jo@example.org\n"); email != "Jo@example.org" || err != nil {
		t.Errorf("%q, %v", email, err)
	}
}

func TestLimiterTakesBackWhatDidNotCount(t *testing.T) {
	l, c := newTestLimiter(1, 3, 10)
	for range 100 {
		if ok, wait := l.Allow("a", 1); !ok {
			t.Fatal(wait)
		}
		l.Return("a", 1)
	}
	l.Return("a", 50) // no more than there was
	l.Return("b", 50) // nothing was taken
	for _, key := range []string{"a", "b"} {
		if ok, _ := l.Allow(key, 3); !ok {
			t.Errorf("%s has less than the burst", key)
		}
		if ok, _ := l.Allow(key, 1); ok {
			t.Errorf("%s has more than the burst", key)
		}
	}
	c.pass(time.Second)
	if ok, _ := l.Allow("a", 1); !ok {
		t.Error("it is not earned back")
	}
	none, _ := newTestLimiter(0, 1, 1)
	none.Return("a", 1)
	if q := none.Ask("a", 1); !q.OK {
		t.Error("without a limit there is one")
	}
}

package people_test

import (
	"net/netip"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/store/sqlite"
)

// The same over the store that a server really has, and over its restart.
func TestOverSQLite(t *testing.T) {
	dir, from := t.TempDir(), &people.From{Address: netip.MustParseAddr("192.0.2.1")}
	open := func() (*sqlite.Store, *access.Keeper, *people.Keeper) {
		s, err := sqlite.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		accounts, err := access.New(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		k, err := people.New(t.Context(), accounts, s, password.Cost{Memory: 64, Time: 1, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		return s, accounts, k
	}
	s, accounts, k := open()
	if _, _, err := accounts.EnsureAdmin(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	code, err := k.EnsureSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.Setup(t.Context(), &people.Newcomer{Code: code, Email: "jo@example.org", Name: "Jo", Password: "otter sings below ice"}, from)
	if err != nil {
		t.Fatal(err)
	}
	al, invite, err := k.Invite(t.Context(), c.Principal, &people.Invitation{Email: "al@example.org", Role: people.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Invite(t.Context(), c.Principal, &people.Invitation{Email: "gone@example.org", Role: people.Viewer}); err != nil {
		t.Fatal(err)
	}
	other, err := k.SignIn(t.Context(), "jo@example.org", "otter sings below ice", from)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.SignOut(t.Context(), c.Person.ID, other.Session.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, accounts, k = open()
	defer s.Close()
	if again, err := k.EnsureSetup(t.Context()); again != "" || err != nil {
		t.Errorf("another setup code: %v", err)
	}
	now, err := k.Current(c.Secret, true)
	if err != nil || !now.Principal.Admin || now.Person.Name != "Jo" || now.CSRF != c.CSRF {
		t.Errorf("%+v, %v", now, err)
	}
	if _, err := k.Current(other.Secret, true); err != people.ErrSession {
		t.Errorf("a session that was ended: %v", err)
	}
	in, err := k.Join(t.Context(), &people.Newcomer{Code: invite.Text, Password: "seven brass umbrellas"}, from)
	if err != nil || in.Person.ID != al.ID || accounts.AccountName(in.Person.Account) != "admin" {
		t.Errorf("%+v, %v", in, err)
	}
	if all, err := k.Members(t.Context(), now.Principal, ""); err != nil || len(all) != 3 {
		t.Errorf("%d members, %v", len(all), err)
	}
}

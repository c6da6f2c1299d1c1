package access_test

import (
	"net/netip"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/store/sqlite"
)

// The same over the store that a server really has.
func TestOverSQLite(t *testing.T) {
	dir := t.TempDir()
	from := netip.MustParseAddr("192.0.2.1")
	open := func() (*sqlite.Store, *access.Keeper) {
		s, err := sqlite.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		k, err := access.New(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return s, k
	}
	s, k := open()
	root, made, err := k.EnsureAdmin(t.Context(), "")
	if err != nil || !made {
		t.Fatal(made, err)
	}
	admin, err := k.Authenticate(t.Context(), root, from)
	if err != nil {
		t.Fatal(err)
	}
	account, err := k.CreateAccount(t.Context(), admin, &access.AccountSpec{Name: "agency", Email: "agency@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	token, secret, err := k.CreateToken(t.Context(), admin, &access.TokenSpec{Account: account.ID, Name: "key", Key: true, Scopes: []string{"zones:*", "records:*"}})
	if err != nil {
		t.Fatal(err)
	}
	spare, _, err := k.CreateToken(t.Context(), admin, &access.TokenSpec{Name: "spare", Scopes: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.RevokeToken(t.Context(), admin, spare.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, k = open()
	defer s.Close()
	if _, made, err := k.EnsureAdmin(t.Context(), ""); made || err != nil {
		t.Error(made, err)
	}
	p, err := k.AuthenticateKey(t.Context(), "agency@example.com", secret, from)
	if err != nil || p.Token != token.ID || p.Account != account.ID || p.Admin || p.May(access.RecordsWrite) != nil {
		t.Errorf("%+v, %v", p, err)
	}
	if tokens, err := k.Tokens(t.Context(), admin, ""); err != nil || len(tokens) != 2 {
		t.Errorf("%v, %v", tokens, err)
	}
}

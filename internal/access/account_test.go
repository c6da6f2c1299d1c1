package access

import (
	"errors"
	"strings"
	"testing"
)

func TestWhoSeesWhichAccounts(t *testing.T) {
	h := newHouse(t)
	a, inA := h.member(t, "a")
	b, _ := h.member(t, "b")
	weak, _ := h.make(t, inA, TokenSpec{Scopes: []string{"records:read"}})
	for _, c := range []struct {
		situation string
		p         *Principal
		want      int
	}{{"an admin", h.admin, 3}, {"a member", inA, 1}} {
		if all, err := h.Accounts(t.Context(), c.p); err != nil || len(all) != c.want {
			t.Errorf("%s sees %v, %v", c.situation, all, err)
		}
	}
	_, err := h.Accounts(t.Context(), weak)
	wantError(t, err, Forbidden, "denied")
	if own, err := h.Account(t.Context(), weak, a.ID); err != nil || own.Name != "a" {
		t.Errorf("its own: %v, %v", own, err)
	}
	_, err = h.Account(t.Context(), inA, b.ID)
	wantError(t, err, Missing, "account-not-found")
	_, err = h.Account(t.Context(), weak, b.ID)
	wantError(t, err, Forbidden, "denied")
}

func TestAccountsThatAreWrong(t *testing.T) {
	h := newHouse(t)
	h.member(t, "taken")
	for _, c := range []struct {
		situation string
		spec      AccountSpec
		class     Class
		code      string
	}{
		{"no name", AccountSpec{}, Invalid, "bad-name"},
		{"no address but a word", AccountSpec{Name: "x", Email: "word"}, Invalid, "bad-email"},
		{"nobody at a domain", AccountSpec{Name: "x", Email: "@example.com"}, Invalid, "bad-email"},
		{"somebody at no domain", AccountSpec{Name: "x", Email: "a@"}, Invalid, "bad-email"},
		{"two signs", AccountSpec{Name: "x", Email: "a@b@example.com"}, Invalid, "bad-email"},
		{"a line break in the address", AccountSpec{Name: "x", Email: "a@example.com\nX: y"}, Invalid, "bad-email"},
		{"a long address", AccountSpec{Name: "x", Email: strings.Repeat("a", 250) + "@example.com"}, Invalid, "bad-email"},
		{"an address that is taken", AccountSpec{Name: "x", Email: "TAKEN@example.com"}, Conflict, "email-taken"},
		{"no such role", AccountSpec{Name: "x", Role: "king"}, Invalid, "bad-role"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			before := h.shelf.text()
			a, err := h.CreateAccount(t.Context(), h.admin, &c.spec)
			wantError(t, err, c.class, c.code)
			if a != nil || h.shelf.text() != before {
				t.Error("something was made")
			}
		})
	}
}

func TestOnlyAdminsChangeAccounts(t *testing.T) {
	h := newHouse(t)
	a, member := h.member(t, "a")
	reader, _ := h.make(t, h.admin, TokenSpec{Scopes: []string{"users:read"}})
	for _, p := range []*Principal{member, reader} {
		_, made := h.CreateAccount(t.Context(), p, &AccountSpec{Name: "x"})
		_, changed := h.UpdateAccount(t.Context(), p, a.ID, &AccountPatch{})
		for _, err := range []error{made, changed, h.DeleteAccount(t.Context(), p, a.ID)} {
			wantError(t, err, Forbidden, "denied")
		}
	}
}

func TestARoleComesToLifeAtOnce(t *testing.T) {
	h := newHouse(t)
	a, before := h.member(t, "a")
	_, secret := h.make(t, before, TokenSpec{})
	admin, member := Admin, Member
	if _, err := h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Role: &admin}); err != nil {
		t.Fatal(err)
	}
	if before.Admin {
		t.Error("a Principal changed under the hands of its request")
	}
	if p := h.enter(t, secret); !p.Admin {
		t.Error("not an admin's yet")
	}
	if _, err := h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Role: &member}); err != nil {
		t.Fatal(err)
	}
	if p := h.enter(t, secret); p.Admin {
		t.Error("still an admin's")
	}
}

// A token of an admin that is limited must not make itself an admin without limits.
func TestNobodyLiftsAnAccountAboveHimself(t *testing.T) {
	h := newHouse(t)
	a, _ := h.member(t, "a")
	limited, _ := h.make(t, h.admin, TokenSpec{Scopes: []string{"users:*", "apikeys:*"}})
	zoned, _ := h.make(t, h.admin, TokenSpec{Scopes: []string{"*"}, Zones: []string{"example.com"}})
	admin := Admin
	for _, p := range []*Principal{limited, zoned} {
		_, err := h.UpdateAccount(t.Context(), p, a.ID, &AccountPatch{Role: &admin})
		wantError(t, err, Forbidden, "beyond-own-rights")
		_, err = h.CreateAccount(t.Context(), p, &AccountSpec{Name: "x", Role: Admin})
		wantError(t, err, Forbidden, "beyond-own-rights")
		if _, err := h.CreateAccount(t.Context(), p, &AccountSpec{Name: "x"}); err != nil {
			t.Errorf("a member: %v", err)
		}
	}
}

func TestUpdateAccount(t *testing.T) {
	h := newHouse(t)
	a, p := h.member(t, "a")
	h.member(t, "b")
	name, email, taken, member := "new", "New@example.com", "b@example.com", Member
	got, err := h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Name: &name, Email: &email})
	if err != nil || got.Name != name || got.Email != email || got.ID != a.ID || got.Role != Member || got.Created != a.Created {
		t.Fatal(got, err)
	}
	if same, err := h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Email: &email}); err != nil || same.Email != email {
		t.Errorf("its own address is taken: %v", err)
	}
	_, err = h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Email: &taken})
	wantError(t, err, Conflict, "email-taken")
	_, err = h.UpdateAccount(t.Context(), h.admin, "nobody", &AccountPatch{})
	wantError(t, err, Missing, "account-not-found")
	_, err = h.UpdateAccount(t.Context(), h.admin, FirstAccount, &AccountPatch{Role: &member})
	wantError(t, err, Conflict, "first-account")
	if _, err := h.CreateAccount(t.Context(), h.admin, &AccountSpec{Name: "c", Email: "a@example.com"}); err != nil {
		t.Errorf("an address that was given up is still taken: %v", err)
	}
	if tokens, err := h.Tokens(t.Context(), p, ""); err != nil || len(tokens) != 1 {
		t.Errorf("the tokens are %v, %v", tokens, err)
	}
}

func TestDeleteAccount(t *testing.T) {
	h := newHouse(t)
	a, p := h.member(t, "a")
	_, secret := h.make(t, p, TokenSpec{})
	wantError(t, h.DeleteAccount(t.Context(), h.admin, "nobody"), Missing, "account-not-found")
	wantError(t, h.DeleteAccount(t.Context(), h.admin, FirstAccount), Conflict, "first-account")
	other, err := h.CreateAccount(t.Context(), h.admin, &AccountSpec{Name: "other admin", Role: Admin})
	if err != nil {
		t.Fatal(err)
	}
	inOther, _ := h.make(t, h.admin, TokenSpec{Account: other.ID})
	wantError(t, h.DeleteAccount(t.Context(), inOther, other.ID), Conflict, "own-account")
	if err := h.DeleteAccount(t.Context(), inOther, a.ID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := h.Authenticate(t.Context(), secret, here); !errors.Is(err, ErrUnknown) {
			t.Errorf("a token of an account that is gone: %v", err)
		}
		_, err := h.Account(t.Context(), h.admin, a.ID)
		wantError(t, err, Missing, "account-not-found")
		if strings.Contains(h.shelf.text(), a.ID) {
			t.Error("it is still on the shelf")
		}
		h.restart(t)
	}
	if _, err := h.CreateAccount(t.Context(), h.admin, &AccountSpec{Name: "a", Email: "a@example.com"}); err != nil {
		t.Errorf("its address is still taken: %v", err)
	}
}

// A server that dies while it deletes leaves an account that can be deleted again.
func TestADeletionThatIsCutShort(t *testing.T) {
	h := newHouse(t)
	a, p := h.member(t, "a")
	h.make(t, p, TokenSpec{})
	puts := h.shelf.puts
	for left := 0; left < 3; left++ {
		h.shelf.fail = failAfter(h.shelf, puts+left)
		if err := h.DeleteAccount(t.Context(), h.admin, a.ID); err == nil {
			t.Fatal("the shelf did not fail")
		}
		h.restart(t)
	}
	h.shelf.fail = nil
	if err := h.DeleteAccount(t.Context(), h.admin, a.ID); err != nil || strings.Contains(h.shelf.text(), a.ID) {
		t.Error(err)
	}
}

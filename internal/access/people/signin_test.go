package people

import (
	"context"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
)

func TestSigningInByAPassword(t *testing.T) {
	h, c := owned(t)
	in, err := h.SignIn(t.Context(), "  JO@example.org ", ownersWord, there)
	if err != nil {
		t.Fatal(err)
	}
	if in.Person.ID != c.Person.ID || in.Secret == c.Secret || in.CSRF == c.CSRF || in.Secret == "" || in.CSRF == "" {
		t.Errorf("%+v", in)
	}
	if in.Session.Address != "198.51.100.1" || in.Session.Agent != "another browser" || len(h.Sessions(c.Person.ID)) != 2 {
		t.Errorf("%+v", h.Sessions(c.Person.ID))
	}
}

func TestAWrongSignInTellsNothing(t *testing.T) {
	h, c := owned(t)
	if _, _, err := h.Invite(t.Context(), c.Principal, &Invitation{Email: "al@example.org", Role: Viewer}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, email, password string }{
		{"a wrong password", ownersEmail, otherWord},
		{"no password", ownersEmail, ""},
		{"an address of nobody", "eve@example.org", ownersWord},
		{"no address", "", ownersWord},
		{"neither", "", ""},
		{"one who has not joined", "al@example.org", ""},
		{"one who has not joined, with a password", "al@example.org", ownersWord},
		{"a very long address", strings.Repeat("x", 10_000) + ownersEmail, ownersWord},
		{"a very long password", ownersEmail, strings.Repeat(ownersWord, 10)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := h.SignIn(t.Context(), test.email, test.password, there); err != ErrSignIn {
				t.Errorf("%v", err)
			}
		})
	}
	if n := len(h.Sessions(c.Person.ID)); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestSignInTakesTheSessionThatWasThere(t *testing.T) {
	h, c := owned(t)
	in, err := h.SignIn(t.Context(), ownersEmail, ownersWord, &From{Address: here.Address, Secret: c.Secret})
	if err != nil {
		t.Fatal(err)
	}
	if h.isOpen(c.Secret) || !h.isOpen(in.Secret) || h.shelf.count(sessionKind) != 1 {
		t.Error("the old session is open")
	}
}

func TestWhoIsRightIsNotHeldBack(t *testing.T) {
	h, _ := owned(t)
	for range 3 * networkAtOnce {
		if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPasswordGetsTheDigestOfToday(t *testing.T) {
	h, c := owned(t)
	before := h.people[c.Person.ID].password
	h.hasher = password.New(password.Cost{Memory: 128, Time: 1, Threads: 1})
	for range 2 {
		if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, here); err != nil {
			t.Fatal(err)
		}
		after := h.people[c.Person.ID].password
		if after == before || !strings.Contains(after, "m=128,") || !strings.Contains(h.shelf.text(), "m=128,") {
			t.Fatalf("%q", after)
		}
		h.restart()
		h.hasher = password.New(password.Cost{Memory: 128, Time: 1, Threads: 1})
	}
	if _, err := h.SignIn(t.Context(), ownersEmail, otherWord, here); err != ErrSignIn {
		t.Error(err)
	}
}

func TestWhyAPasswordWasNotChecked(t *testing.T) {
	wantError(t, unhashed(password.ErrBusy), access.TooMany, "too-many-attempts")
	h, _ := owned(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.SignIn(ctx, ownersEmail, ownersWord, there)
	wantError(t, err, access.Unavailable, "store-unavailable")
}

func TestSigningInOverABrokenDisk(t *testing.T) {
	h, c := owned(t)
	h.shelf.broken()
	_, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there)
	wantError(t, err, access.Unavailable, "store-unavailable")
	wantError(t, h.SignOut(t.Context(), c.Person.ID, c.Session.ID), access.Unavailable, "store-unavailable")
	if !h.isOpen(c.Secret) || len(h.Sessions(c.Person.ID)) != 1 {
		t.Error("something has changed")
	}
	h.shelf.mended()
	if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != nil {
		t.Error(err)
	}
}

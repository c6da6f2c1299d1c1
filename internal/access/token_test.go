package access

import (
	"errors"
	"fmt"
	"testing"
)

func TestWhoSeesWhichTokens(t *testing.T) {
	h := newHouse(t)
	a, inA := h.member(t, "a")
	b, inB := h.member(t, "b")
	reader, _ := h.make(t, inA, TokenSpec{Scopes: []string{"records:read"}})
	count := func(p *Principal, account string) string {
		tokens, err := h.Tokens(t.Context(), p, account)
		var e *Error
		if errors.As(err, &e) {
			return e.Code
		}
		for i := 1; i < len(tokens); i++ {
			if byAge(tokens[i-1].Created, tokens[i-1].ID, tokens[i].Created, tokens[i].ID) >= 0 {
				t.Error("not in order")
			}
		}
		return fmt.Sprint(len(tokens))
	}
	for _, c := range []struct {
		situation string
		p         *Principal
		account   string
		want      string
	}{
		{"an admin, all", h.admin, "", "4"},
		{"an admin, of an account", h.admin, a.ID, "2"},
		{"an admin, of no account", h.admin, "nobody", "account-not-found"},
		{"a member, all", inA, "", "2"},
		{"a member, its own", inA, a.ID, "2"},
		{"a member, of another account", inA, b.ID, "account-not-found"},
		{"without the scope", reader, "", "denied"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			if got := count(c.p, c.account); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if own, err := h.Token(t.Context(), reader, reader.Token); err != nil || own.ID != reader.Token {
		t.Errorf("its own token: %v", err)
	}
	_, err := h.Token(t.Context(), reader, inA.Token)
	wantError(t, err, Forbidden, "denied")
	_, err = h.Token(t.Context(), inB, inA.Token)
	wantError(t, err, Missing, "token-not-found")
	if got, err := h.Token(t.Context(), h.admin, inB.Token); err != nil || got.Account != b.ID {
		t.Error(got, err)
	}
}

func TestWhoMakesTokensForWhom(t *testing.T) {
	h := newHouse(t)
	a, inA := h.member(t, "a")
	b, _ := h.member(t, "b")
	writer, _ := h.make(t, inA, TokenSpec{Scopes: []string{"zones:*"}})
	for _, c := range []struct {
		situation string
		p         *Principal
		account   string
		class     Class
		code      string
	}{
		{"a member for itself", inA, "", 0, ""},
		{"a member for itself by id", inA, a.ID, 0, ""},
		{"a member for another", inA, b.ID, Missing, "account-not-found"},
		{"a member for the admin", inA, FirstAccount, Missing, "account-not-found"},
		{"an admin for a member", h.admin, a.ID, 0, ""},
		{"an admin for nobody", h.admin, "nobody", Missing, "account-not-found"},
		{"without the scope", writer, "", Forbidden, "denied"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			token, secret, err := h.CreateToken(t.Context(), c.p, &TokenSpec{Account: c.account, Name: " x ", Scopes: []string{"*"}})
			if c.code != "" {
				wantError(t, err, c.class, c.code)
				return
			}
			if err != nil || token.Account != a.ID || token.Name != "x" {
				t.Fatal(token, err)
			}
			if p := h.enter(t, secret); p.Admin || p.Account != a.ID || p.Name != "x" {
				t.Errorf("it acts as %+v", p)
			}
		})
	}
}

func TestRevokeToken(t *testing.T) {
	h := newHouse(t)
	_, inA := h.member(t, "a")
	_, inB := h.member(t, "b")
	weak, secret := h.make(t, inA, TokenSpec{Scopes: []string{"records:read"}})
	wantError(t, h.RevokeToken(t.Context(), weak, inA.Token), Forbidden, "denied")
	wantError(t, h.RevokeToken(t.Context(), inB, inA.Token), Missing, "token-not-found")
	wantError(t, h.RevokeToken(t.Context(), inB, "nothing"), Missing, "token-not-found")
	if err := h.RevokeToken(t.Context(), weak, weak.Token); err != nil {
		t.Errorf("its own: %v", err)
	}
	if _, err := h.Authenticate(t.Context(), secret, here); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	wantError(t, h.RevokeToken(t.Context(), inA, weak.Token), Missing, "token-not-found")
	h.restart(t)
	if _, err := h.Authenticate(t.Context(), secret, here); !errors.Is(err, ErrUnknown) {
		t.Errorf("it is back after a restart: %v", err)
	}
}

// A request that was let in may outlive its token.
func TestARevokedTokenMakesNoOthers(t *testing.T) {
	h := newHouse(t)
	_, p := h.member(t, "a")
	if err := h.RevokeToken(t.Context(), h.admin, p.Token); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.CreateToken(t.Context(), p, &TokenSpec{Name: "x", Scopes: []string{"*"}}); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestAnAccountHasSoManyTokensAndNoMore(t *testing.T) {
	h := newHouse(t)
	_, p := h.member(t, "a")
	for range MaxTokens - 1 {
		h.make(t, p, TokenSpec{})
	}
	_, _, err := h.CreateToken(t.Context(), p, &TokenSpec{Name: "x", Scopes: []string{"*"}})
	wantError(t, err, Conflict, "too-many-tokens")
	h.make(t, h.admin, TokenSpec{}) // another account is free to
}

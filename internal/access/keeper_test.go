package access

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/store"
)

func TestTheFirstStartMakesAnAdminOnce(t *testing.T) {
	h := newHouse(t)
	if !isOurs(h.secret) || len(h.secret) != len("truename_")+43 {
		t.Errorf("the secret has the form %q", h.secret)
	}
	if p := h.admin; !p.Admin || p.May(Scopes...) != nil || p.Account != FirstAccount || p.Token != FirstToken {
		t.Errorf("the admin is %+v", p)
	}
	h.restart(t)
	secret, made, err := h.EnsureAdmin(t.Context(), "")
	if secret != "" || made || err != nil {
		t.Errorf("the second start: %q, %v, %v", secret, made, err)
	}
	h.enter(t, h.secret)
}

func TestTheAdminFollowsTheChosenSecret(t *testing.T) {
	h := newHouse(t)
	const first, second = "correct-horse-battery", "staple-battery-horse"
	for _, step := range []struct {
		secret string
		made   bool
	}{{first, true}, {first, false}, {"", false}, {second, true}} {
		h.restart(t)
		printed, made, err := h.EnsureAdmin(t.Context(), step.secret)
		if printed != "" || made != step.made || err != nil {
			t.Fatalf("%q: printed %q, made %v, %v", step.secret, printed, made, err)
		}
	}
	for _, old := range []string{h.secret, first} {
		if _, err := h.Authenticate(t.Context(), old, here); !errors.Is(err, ErrUnknown) {
			t.Errorf("a secret that was replaced: %v", err)
		}
	}
	p := h.enter(t, second)
	if token, err := h.Token(t.Context(), p, p.Token); err != nil || token.Prefix != "" || !token.Chosen {
		t.Errorf("the token shows %+v, %v", token, err)
	}
}

func TestARevokedAdminComesBackByAChosenSecretOnly(t *testing.T) {
	h := newHouse(t)
	if err := h.RevokeToken(t.Context(), h.admin, FirstToken); err != nil {
		t.Fatal(err)
	}
	h.restart(t)
	if secret, made, err := h.EnsureAdmin(t.Context(), ""); secret != "" || made || err != nil {
		t.Errorf("it came back by itself: %v, %v", made, err)
	}
	if _, made, err := h.EnsureAdmin(t.Context(), "correct-horse-battery"); !made || err != nil {
		t.Fatal(made, err)
	}
	h.enter(t, "correct-horse-battery")
}

func TestSecretsThatCannotBeChosen(t *testing.T) {
	h := newHouse(t)
	_, taken := h.make(t, h.admin, TokenSpec{})
	for _, c := range []struct{ situation, secret, code string }{
		{"too short", "seven-7", "bad-secret"},
		{"too long", strings.Repeat("x", 257), "bad-secret"},
		{"with a space", "correct horse battery", "bad-secret"},
		{"with a line break", "correct-horse-battery\n", "bad-secret"},
		{"not in ASCII", "korrektes-Pferd-Büro", "bad-secret"},
		{"of another token", taken, "secret-taken"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_, made, err := h.EnsureAdmin(t.Context(), c.secret)
			var e *Error
			if made || !errors.As(err, &e) || e.Code != c.code {
				t.Fatal(made, err)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, e), c.secret) {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
	h.enter(t, h.secret)
}

// A server may die between any two writes of its first start.
func TestAFirstStartThatIsCutShort(t *testing.T) {
	for writes := range 3 {
		s, c := newShelf(), newClock()
		s.fail = func(*store.Document) error {
			if s.puts >= writes {
				return errors.New("the disk is gone")
			}
			return nil
		}
		secret, made, err := open(t, s, c).EnsureAdmin(t.Context(), "")
		if writes < 2 {
			wantError(t, err, Unavailable, "store-unavailable")
		}
		s.fail = nil
		k := open(t, s, c)
		if !made {
			if secret, made, err = k.EnsureAdmin(t.Context(), ""); !made || err != nil {
				t.Fatalf("after %d writes nobody gets in any more: %v", writes, err)
			}
		}
		if _, err := k.Authenticate(t.Context(), secret, here); err != nil {
			t.Errorf("after %d writes: %v", writes, err)
		}
	}
}

func TestAllIsThereAfterARestart(t *testing.T) {
	h := newHouse(t)
	a, _ := h.member(t, "agency")
	_, secret := h.make(t, h.admin, TokenSpec{
		Account: a.ID, Name: "dyndns", Scopes: []string{"records:*", "zones:read"}, Zones: []string{"Example.COM"},
		Owners: []string{"**.dyn"}, Types: []string{"a", "aaaa"}, Targets: []string{"example.net"},
		Networks: []string{"192.0.2.0/24"}, Expires: h.clock.at.Add(time.Hour),
	})
	before := h.enter(t, secret)
	tokens, err := h.Tokens(t.Context(), h.admin, "")
	if err != nil || len(tokens) != 3 {
		t.Fatal(tokens, err)
	}
	h.writeBack(t.Context())
	h.restart(t)
	if after := h.enter(t, secret); !reflect.DeepEqual(before, after) {
		t.Errorf("the Principal was %+v and is %+v", before, after)
	}
	if again, err := h.Tokens(t.Context(), h.admin, ""); err != nil || !reflect.DeepEqual(tokens, again) {
		t.Errorf("the tokens were %+v and are %+v (%v)", tokens, again, err)
	}
	if got, err := h.Account(t.Context(), h.admin, a.ID); err != nil || !reflect.DeepEqual(got, a) {
		t.Errorf("the account was %+v and is %+v (%v)", a, got, err)
	}
}

func TestADocumentThatCannotBeRead(t *testing.T) {
	for _, kind := range []string{accountKind, tokenKind} {
		for _, body := range []string{"", "{", `{"id":"other"}`, `{"id":"x","sha256":"abcd"}`, `[]`} {
			if kind == accountKind && strings.Contains(body, `"x"`) {
				continue
			}
			s := newShelf()
			s.docs[kind+" x"] = store.Document{Kind: kind, ID: "x", Version: 1, Body: []byte(body)}
			if _, err := New(t.Context(), s); err == nil || !strings.Contains(err.Error(), kind+" x") {
				t.Errorf("%s %q: %v", kind, body, err)
			}
		}
	}
}

func TestNothingIsChangedWhenTheShelfFails(t *testing.T) {
	h := newHouse(t)
	a, p := h.member(t, "agency")
	before := h.shelf.text()
	for _, c := range []struct {
		situation string
		err       error
		class     Class
		code      string
	}{
		{"the disk is gone", errors.New("no space left on device"), Unavailable, "store-unavailable"},
		{"another server wrote", store.ErrConflict, Conflict, "changed-meanwhile"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			h.shelf.fail = func(*store.Document) error { return c.err }
			defer func() { h.shelf.fail = nil }()
			name := "other"
			_, _, made := h.CreateToken(t.Context(), p, &TokenSpec{Name: "x", Scopes: []string{"*"}})
			_, created := h.CreateAccount(t.Context(), h.admin, &AccountSpec{Name: "x"})
			_, updated := h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Name: &name})
			for _, err := range []error{made, created, updated, h.RevokeToken(t.Context(), p, p.Token), h.DeleteAccount(t.Context(), h.admin, a.ID)} {
				if e := wantError(t, err, c.class, c.code); !errors.Is(e, c.err) {
					t.Errorf("the cause is lost: %v", err)
				}
			}
		})
	}
	if h.shelf.text() != before {
		t.Error("the shelf has changed")
	}
	if tokens, err := h.Tokens(t.Context(), p, ""); err != nil || len(tokens) != 1 {
		t.Errorf("the tokens are %v, %v", tokens, err)
	}
	if got, err := h.Account(t.Context(), p, a.ID); err != nil || got.Name != "agency" {
		t.Errorf("the account is %+v, %v", got, err)
	}
}

func TestAWriteOfAClientThatLeftIsNotBegun(t *testing.T) {
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := h.CreateToken(ctx, h.admin, &TokenSpec{Name: "x", Scopes: []string{"*"}})
	if e := wantError(t, err, Unavailable, "store-unavailable"); !errors.Is(e, context.Canceled) {
		t.Error(err)
	}
}

func TestTheTimeOfUseIsWrittenBack(t *testing.T) {
	h := newHouse(t)
	p, secret := h.make(t, h.admin, TokenSpec{})
	h.clock.pass(time.Hour)
	h.enter(t, secret)
	used := h.clock.at
	puts := h.shelf.puts
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if h.shelf.puts != puts+2 { // the admin has been in as well
		t.Errorf("%d writes at the end of Run, want 2", h.shelf.puts-puts)
	}
	if h.writeBack(t.Context()); h.shelf.puts != puts+2 {
		t.Error("what is known is written again")
	}
	h.restart(t)
	token, err := h.Token(t.Context(), h.admin, p.Token)
	if err != nil || !token.LastUsed.Equal(used) {
		t.Errorf("last used %v (%v), want %v", token.LastUsed, err, used)
	}
	if err := h.RevokeToken(t.Context(), h.admin, p.Token); err != nil {
		t.Error(err)
	}
	if err := h.writeUse(t.Context(), p.Token); err != nil || strings.Contains(h.shelf.text(), p.Token) {
		t.Error("a revoked token was written back", err)
	}
}

// Many come and go at once: whoever has a token gets in, whoever has not does not.
func TestManyAtOnce(t *testing.T) {
	h := newHouse(t)
	a, _ := h.member(t, "agency")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				token, secret, err := h.CreateToken(t.Context(), h.admin, &TokenSpec{Account: a.ID, Name: "x", Scopes: []string{"*"}})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := h.Authenticate(t.Context(), secret, here); err != nil {
					t.Error(err)
				}
				name := token.ID
				if _, err := h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Name: &name}); err != nil {
					t.Error(err)
				}
				h.writeBack(t.Context())
				if err := h.RevokeToken(t.Context(), h.admin, token.ID); err != nil {
					t.Error(err)
				}
				if _, err := h.Authenticate(t.Context(), secret, netip.MustParseAddr("2001:db8::1")); err == nil {
					t.Error("a revoked token is let in")
				}
			}
		})
	}
	wg.Wait()
	if tokens, err := h.Tokens(t.Context(), h.admin, a.ID); err != nil || len(tokens) != 1 {
		t.Errorf("left over: %v, %v", tokens, err)
	}
	if len(h.byDigest) != len(h.tokens) || len(h.tokens) != 2 {
		t.Errorf("%d digests, %d tokens", len(h.byDigest), len(h.tokens))
	}
}

package access

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestAuthenticate(t *testing.T) {
	h := newHouse(t)
	_, good := h.make(t, h.admin, TokenSpec{Name: "good"})
	_, short := h.make(t, h.admin, TokenSpec{Name: "short", Expires: h.clock.at.Add(time.Minute)})
	_, home := h.make(t, h.admin, TokenSpec{Name: "home", Networks: []string{"192.0.2.0/24", "2001:db8::1"}})
	revoked, gone := h.make(t, h.admin, TokenSpec{Name: "gone"})
	if err := h.RevokeToken(t.Context(), h.admin, revoked.Token); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(time.Minute)
	for _, c := range []struct {
		situation, secret string
		from              string
		class             Class
		code              string // empty: let in
	}{
		{"a good token", good, "203.0.113.9", 0, ""},
		{"another case", strings.ToUpper(good), "203.0.113.9", Unauthenticated, "token-unknown"},
		{"a character less", good[:len(good)-1], "203.0.113.9", Unauthenticated, "token-unknown"},
		{"a character more", good + "x", "203.0.113.9", Unauthenticated, "token-unknown"},
		{"nothing", "", "203.0.113.9", Unauthenticated, "token-unknown"},
		{"a flood of characters", strings.Repeat("x", 1<<20), "203.0.113.9", Unauthenticated, "token-unknown"},
		{"at the second it ends", short, "203.0.113.9", Unauthenticated, "token-expired"},
		{"revoked", gone, "203.0.113.9", Unauthenticated, "token-unknown"},
		{"from its network", home, "192.0.2.200", 0, ""},
		{"from its network, as IPv4 in IPv6", home, "::ffff:192.0.2.200", 0, ""},
		{"from its single address", home, "2001:db8::1", 0, ""},
		{"from beside its single address", home, "2001:db8::2", Forbidden, "network-denied"},
		{"from another network", home, "198.51.100.1", Forbidden, "network-denied"},
		{"from nowhere", home, "", Forbidden, "network-denied"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			var from netip.Addr
			if c.from != "" {
				from = netip.MustParseAddr(c.from)
			}
			p, err := h.Authenticate(t.Context(), c.secret, from)
			if c.code == "" {
				if err != nil || p == nil {
					t.Fatal(err)
				}
				return
			}
			wantError(t, err, c.class, c.code)
			if p != nil || errors.Is(err, ErrUnknown) != (c.code == "token-unknown") {
				t.Error(p, err)
			}
		})
	}
	if _, err := h.Authenticate(t.Context(), short, here); !strings.Contains(err.Error(), "2026-03-01T12:01:00Z") {
		t.Errorf("the error does not say when it ended: %v", err)
	}
}

func TestAuthenticateKey(t *testing.T) {
	h := newHouse(t)
	a, _ := h.member(t, "agency")
	_, p := h.member(t, "other")
	_, key := h.make(t, h.admin, TokenSpec{Account: a.ID, Key: true})
	_, plain := h.make(t, h.admin, TokenSpec{Account: a.ID})
	if len(key) != 37 || strings.Trim(key, "0123456789abcdef") != "" {
		t.Errorf("the key has the form %q", key)
	}
	for _, c := range []struct {
		situation, email, key string
		in                    bool
	}{
		{"address and key", "agency@example.com", key, true},
		{"address in another case", "Agency@Example.COM", key, true},
		{"address and the secret of a token", "agency@example.com", plain, true},
		{"another account's address", "other@example.com", key, false},
		{"nobody's address", "nobody@example.com", key, false},
		{"no address", "", key, false},
		{"a flood of an address", strings.Repeat("a", 1<<20), key, false},
		{"another key", "agency@example.com", newKey(), false},
		{"no key", "agency@example.com", "", false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			p, err := h.AuthenticateKey(t.Context(), c.email, c.key, here)
			if c.in && (err != nil || p.Account != a.ID) {
				t.Error(p, err)
			}
			if !c.in && (p != nil || !errors.Is(err, ErrUnknown)) {
				t.Error(p, err)
			}
		})
	}
	none := ""
	if _, err := h.UpdateAccount(t.Context(), h.admin, a.ID, &AccountPatch{Email: &none}); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"", "agency@example.com"} {
		if _, err := h.AuthenticateKey(t.Context(), email, key, there); !errors.Is(err, ErrUnknown) {
			t.Errorf("an account without an address lets %q in: %v", email, err)
		}
	}
	if q, err := h.AuthenticateKey(t.Context(), "admin@truename.invalid", h.secret, there); err != nil || !q.Admin || p.Admin {
		t.Errorf("the first admin by key: %v, %v", q, err)
	}
}

func TestTheFirstAccountHasNoAddressYet(t *testing.T) {
	h := newHouse(t)
	_, _ = h.member(t, "agency")
	for email, in := range map[string]bool{"me@example.org": true, "Admin@Truename.invalid": true, "agency@example.com": false, "": false} {
		if p, err := h.AuthenticateKey(t.Context(), email, h.secret, here); (err == nil) != in || in && !p.Admin {
			t.Errorf("%q: %v, %v", email, p, err)
		}
	}
	mine := "me@example.net"
	if _, err := h.UpdateAccount(t.Context(), h.admin, FirstAccount, &AccountPatch{Email: &mine}); err != nil {
		t.Fatal(err)
	}
	for email, in := range map[string]bool{mine: true, "me@example.org": false, firstEmail: false} {
		if _, err := h.AuthenticateKey(t.Context(), email, h.secret, there); (err == nil) != in {
			t.Errorf("with an address of its own, %q: %v", email, err)
		}
	}
}

func TestGuessing(t *testing.T) {
	h := newHouse(t)
	const chosen = "correct-horse-battery"
	_, random := h.make(t, h.admin, TokenSpec{})
	if _, _, err := h.EnsureAdmin(t.Context(), chosen); err != nil {
		t.Fatal(err)
	}
	neighbour, stranger := netip.MustParseAddr("192.0.2.77"), there
	for i := range failuresAtOnce {
		_, err := h.Authenticate(t.Context(), fmt.Sprint("guess ", i), here)
		wantError(t, err, Unauthenticated, "token-unknown")
	}
	_, err := h.Authenticate(t.Context(), "one more", neighbour)
	e := wantError(t, err, TooMany, "too-many-failures")
	if RetrySeconds(e.RetryAfter) != 1 {
		t.Errorf("wait %v, want 1 s", e.RetryAfter)
	}
	_, err = h.AuthenticateKey(t.Context(), "admin@truename.invalid", "one more", neighbour)
	wantError(t, err, TooMany, "too-many-failures")
	_, err = h.Authenticate(t.Context(), chosen, neighbour)
	wantError(t, err, TooMany, "too-many-failures") // else guesses would not be limited at all
	if _, err := h.Authenticate(t.Context(), chosen, stranger); err != nil {
		t.Errorf("another network is held back: %v", err)
	}
	if _, err := h.Authenticate(t.Context(), random, neighbour); err != nil {
		t.Errorf("a secret that cannot be guessed is held back by its neighbours: %v", err)
	}
	h.clock.pass(e.RetryAfter)
	if _, err := h.Authenticate(t.Context(), chosen, neighbour); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// What is printed, logged, listed or kept has no secret in it, nor its digest
// where that has no business.
func TestSecretsStayHidden(t *testing.T) {
	h := newHouse(t)
	const chosen = "correct-horse-battery"
	p, secret := h.make(t, h.admin, TokenSpec{})
	_, key := h.make(t, h.admin, TokenSpec{Key: true})
	if _, _, err := h.EnsureAdmin(t.Context(), chosen); err != nil {
		t.Fatal(err)
	}
	tokens, err := h.Tokens(t.Context(), h.admin, "")
	if err != nil || len(tokens) != 3 {
		t.Fatal(tokens, err)
	}
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, nil))
	for _, token := range tokens {
		log.Info("token", "token", token)
		fmt.Fprintf(&out, "%v %+v %#v\n", *token, *token, *token)
	}
	fmt.Fprintf(&out, "%v %+v\n", p, *p)
	_, err = h.Authenticate(t.Context(), secret+"x", here)
	fmt.Fprintf(&out, "%v %+v\n", err, err)
	digestText := fmt.Sprintf("%x", digestOf(secret))
	for _, hidden := range []string{secret, key, chosen, h.secret, secret[:len(secret)-10], key[:20], digestText} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("shown: %s", hidden)
		}
		if hidden != digestText && strings.Contains(h.shelf.text(), hidden) {
			t.Errorf("kept: %s", hidden)
		}
	}
	if !strings.Contains(h.shelf.text(), digestText) {
		t.Error("the digest is not on the shelf: the test looks for the wrong thing")
	}
	if !strings.Contains(out.String(), secret[:len("truename_")+4]) {
		t.Error("lists do not show how the secret begins")
	}
}

func TestSecretsAreOfTheirForms(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		for _, s := range []string{newSecret(), newKey(), newID()} {
			if seen[s] {
				t.Fatal("made twice")
			}
			seen[s] = true
		}
		if s, k := newSecret(), newKey(); !isOurs(s) || !isOurs(k) || len(s) != 52 || len(k) != 37 || len(newID()) != 32 {
			t.Fatal(s, k)
		}
	}
	for _, s := range []string{"", "truename_", "truename_" + strings.Repeat("-", 43), strings.Repeat("g", 37), strings.Repeat("a", 36), "correct-horse-battery"} {
		if isOurs(s) || shown(s) != "" {
			t.Errorf("%q passes for one of ours", s)
		}
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	k, err := New(b.Context(), newShelf())
	if err != nil {
		b.Fatal(err)
	}
	secret, _, err := k.EnsureAdmin(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := k.Authenticate(ctx, secret, here); err != nil {
				b.Error(err)
			}
		}
	})
}

package people

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/people/passkeytest"
)

var site = &Site{Domain: "dns.example.org", Origin: "https://dns.example.org"}

// addPasskey gives who has the session c a passkey.
func (h *house) addPasskey(c *Current, change ...func(*passkeytest.Device)) *passkeytest.Device {
	h.Helper()
	d, err := passkeytest.New()
	if err != nil {
		h.Fatal(err)
	}
	for _, f := range change {
		f(d)
	}
	if _, err := h.AddPasskey(h.Context(), c, site, "my key", h.create(c, d)); err != nil {
		h.Fatal(err)
	}
	return d
}

// create is what a device says when it is asked for a passkey.
func (h *house) create(c *Current, d *passkeytest.Device) json.RawMessage {
	h.Helper()
	options, err := h.BeginPasskey(c, site)
	if err != nil {
		h.Fatal(err)
	}
	said, err := d.Create(options, site.Origin)
	if err != nil {
		h.Fatal(err)
	}
	return said
}

// sign is what a device says when it is asked to sign in.
func (h *house) sign(d *passkeytest.Device, at *Site, origin string) json.RawMessage {
	h.Helper()
	options, err := h.BeginSignIn(at)
	if err != nil {
		h.Fatal(err)
	}
	said, err := d.Sign(options, origin)
	if err != nil {
		h.Fatal(err)
	}
	return said
}

func TestSigningInByAPasskey(t *testing.T) {
	h, c := owned(t)
	d := h.addPasskey(c)
	h.restart()
	in, err := h.SignInByPasskey(t.Context(), site, h.sign(d, site, site.Origin), there)
	if err != nil {
		t.Fatal(err)
	}
	if in.Person.ID != c.Person.ID || !h.isOpen(in.Secret) || len(in.Person.Passkeys) != 1 {
		t.Errorf("%+v", in.Person)
	}
	if p := in.Person.Passkeys[0]; p.Name != "my key" || p.Count != 2 || p.Used.IsZero() || p.Site != site.Domain {
		t.Errorf("%+v", p)
	}
	if _, err := h.SignInByPasskey(t.Context(), site, h.sign(d, site, site.Origin), there); err != nil {
		t.Errorf("for the second time: %v", err)
	}
}

func TestAPasskeyThatDoesNotCount(t *testing.T) {
	h, c := owned(t)
	d := h.addPasskey(c, func(d *passkeytest.Device) { d.Count, d.Flags = 0, d.Flags|passkeytest.Syncable|passkeytest.Synced })
	for range 3 {
		in, err := h.SignInByPasskey(t.Context(), site, h.sign(d, site, site.Origin), there)
		if err != nil {
			t.Fatal(err)
		}
		if p := in.Person.Passkeys[0]; !p.Synced || !p.Syncable || p.Count != 0 {
			t.Errorf("%+v", p)
		}
	}
}

func TestPasskeysThatAreRefused(t *testing.T) {
	elsewhere := &Site{Domain: "evil.example", Origin: "https://evil.example"}
	for _, test := range []struct {
		name   string
		lie    func(*passkeytest.Device)
		at     *Site
		origin string
		code   string
	}{
		{"a copy that lags behind", func(d *passkeytest.Device) { d.Count = 0; d.Count-- }, site, site.Origin, "passkey-copied"},
		{"its user was not verified", func(d *passkeytest.Device) { d.Flags = passkeytest.Present }, site, site.Origin, "passkey-failed"},
		{"nobody was present", func(d *passkeytest.Device) { d.Flags = passkeytest.Verified }, site, site.Origin, "passkey-failed"},
		{"it became one that is synced", func(d *passkeytest.Device) { d.Flags |= passkeytest.Syncable }, site, site.Origin, "passkey-failed"},
		{"at a page of others", func(*passkeytest.Device) {}, site, "https://evil.example", "passkey-failed"},
		{"at a page without HTTPS", func(*passkeytest.Device) {}, site, "http://dns.example.org", "passkey-failed"},
		{"for another domain", func(d *passkeytest.Device) { d.Site = "evil.example" }, site, site.Origin, "passkey-failed"},
		{"at another site altogether", func(*passkeytest.Device) {}, elsewhere, elsewhere.Origin, "passkey-failed"},
		{"of another person", func(d *passkeytest.Device) { d.Handle = []byte("0123456789abcdef") }, site, site.Origin, "passkey-failed"},
		{"of nobody", func(d *passkeytest.Device) { d.Handle = nil }, site, site.Origin, "passkey-failed"},
		{"with another id", func(d *passkeytest.Device) { d.ID = []byte("0123456789abcdef") }, site, site.Origin, "passkey-failed"},
		{"with another key", func(d *passkeytest.Device) { other, _ := passkeytest.New(); d.Key = other.Key }, site, site.Origin, "passkey-failed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, c := owned(t)
			d := h.addPasskey(c, func(d *passkeytest.Device) { d.Count = 10 })
			honest := *d
			test.lie(d)
			if d.Count == ^uint32(0) {
				d.Count = 5
			}
			_, err := h.SignInByPasskey(t.Context(), test.at, h.sign(d, test.at, test.origin), there)
			wantError(t, err, access.Unauthenticated, test.code)
			if _, err := h.SignInByPasskey(t.Context(), site, h.sign(&honest, site, site.Origin), there); err != nil {
				t.Errorf("the honest one: %v", err)
			}
		})
	}
}

func TestAnAnswerOfAPasskeyIsUsedOnce(t *testing.T) {
	h, c := owned(t)
	d := h.addPasskey(c, func(d *passkeytest.Device) { d.Count = 0 })
	said := h.sign(d, site, site.Origin)
	if _, err := h.SignInByPasskey(t.Context(), site, said, there); err != nil {
		t.Fatal(err)
	}
	_, err := h.SignInByPasskey(t.Context(), site, said, there)
	wantError(t, err, access.Invalid, "bad-credential")
	other, err := passkeytest.New()
	if err != nil {
		t.Fatal(err)
	}
	made := h.create(c, other)
	if _, err := h.AddPasskey(t.Context(), c, site, "", made); err != nil {
		t.Fatal(err)
	}
	_, err = h.AddPasskey(t.Context(), c, site, "", made)
	wantError(t, err, access.Invalid, "bad-credential")
}

func TestAPasskeyTakesFiveMinutesAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		d := h.addPasskey(c)
		said := h.sign(d, site, site.Origin)
		time.Sleep(challengeLasts - time.Second)
		if _, err := h.SignInByPasskey(t.Context(), site, said, there); err != nil {
			t.Errorf("in time: %v", err)
		}
		said = h.sign(d, site, site.Origin)
		time.Sleep(challengeLasts)
		_, err := h.SignInByPasskey(t.Context(), site, said, there)
		wantError(t, err, access.Invalid, "bad-credential")
	})
}

// What was made to add a passkey is of no use to sign in, nor to another person,
// nor after a restart.
func TestAChallengeIsForOnePurpose(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer})
	d, err := passkeytest.New()
	if err != nil {
		t.Fatal(err)
	}
	made := h.create(c, d)
	_, err = h.AddPasskey(t.Context(), al, site, "", made)
	wantError(t, err, access.Invalid, "bad-credential")
	_, err = h.SignInByPasskey(t.Context(), site, made, there)
	wantError(t, err, access.Invalid, "bad-credential")
	h.restart()
	_, err = h.AddPasskey(t.Context(), c, site, "", made)
	wantError(t, err, access.Invalid, "bad-credential")
}

func TestWhatIsNoPasskey(t *testing.T) {
	h, c := owned(t)
	for _, said := range []string{"", "null", "{}", "[]", `"x"`, `{"id":"","response":{}}`, strings.Repeat("[", 10000), `{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZQ"}}`} {
		_, err := h.AddPasskey(t.Context(), c, site, "", []byte(said))
		wantError(t, err, access.Invalid, "bad-credential")
		_, err = h.SignInByPasskey(t.Context(), site, []byte(said), &From{Address: here.Address})
		wantError(t, err, access.Invalid, "bad-credential")
	}
}

func TestASiteThatCannotHavePasskeys(t *testing.T) {
	h, c := owned(t)
	for _, s := range []*Site{{"192.0.2.1", "https://192.0.2.1"}, {"2001:db8::1", "https://[2001:db8::1]"}, {"", "https://"}} {
		_, err := h.BeginSignIn(s)
		wantError(t, err, access.Invalid, "bad-host")
		_, err = h.BeginPasskey(c, s)
		wantError(t, err, access.Invalid, "bad-host")
	}
	if _, err := h.BeginSignIn(&Site{"localhost", "http://localhost:8053"}); err != nil {
		t.Error(err)
	}
}

func TestPasskeysComeAndGo(t *testing.T) {
	h, c := owned(t)
	d := h.addPasskey(c)
	id := func(i int) string { return h.person(c).Passkeys[i].ID() }
	for range MaxPasskeys - 1 {
		h.addPasskey(c)
	}
	one, err := passkeytest.New()
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.AddPasskey(t.Context(), c, site, "", h.create(c, one))
	wantError(t, err, access.Conflict, "too-many-passkeys")
	first := id(0)
	wantError(t, h.RemovePasskey(t.Context(), c.Person.ID, "nope"), access.Missing, "passkey-not-found")
	if err := h.RemovePasskey(t.Context(), c.Person.ID, first); err != nil {
		t.Fatal(err)
	}
	_, err = h.SignInByPasskey(t.Context(), site, h.sign(d, site, site.Origin), there)
	wantError(t, err, access.Unauthenticated, "passkey-failed")
	if n := len(h.person(c).Passkeys); n != MaxPasskeys-1 || len(h.byCredential) != n {
		t.Errorf("%d are left, %d can be found", n, len(h.byCredential))
	}
	again := *d
	_, err = h.AddPasskey(t.Context(), c, site, " ", h.create(c, &again))
	if err != nil || h.person(c).Passkeys[MaxPasskeys-1].Name != "Passkey" {
		t.Errorf("once more: %v", err)
	}
}

// person is who has the session c as they are now.
func (h *house) person(c *Current) *Person {
	h.Helper()
	all, err := h.Members(h.Context(), h.admin, c.Person.Account)
	if err != nil {
		h.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p *Person) bool { return p.ID == c.Person.ID })
	return all[i]
}

func TestNobodyTakesThePasskeyOfAnother(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer})
	stolen := *h.addPasskey(c)
	_, err := h.AddPasskey(t.Context(), al, site, "", h.create(al, &stolen))
	wantError(t, err, access.Conflict, "passkey-exists")
}

func TestARemovedMembersPasskeyIsGone(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer})
	d := h.addPasskey(al)
	said := h.sign(d, site, site.Origin)
	if err := h.Remove(t.Context(), c.Principal, al.Person.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignInByPasskey(t.Context(), site, said, there); !errors.Is(err, ErrPasskey) {
		t.Error(err)
	}
}

func TestUsedChallengesAreForgottenInTime(t *testing.T) {
	c, now := newChallenges(), time.Unix(1_000_000, 0)
	for i := range 100 {
		at := now.Add(time.Duration(i) * time.Minute)
		challenge := c.issue("x", at)
		if !c.known(challenge, "x", at) || c.known(challenge, "y", at) || !c.use(challenge, at) || c.use(challenge, at) || c.known(challenge, "x", at) {
			t.Fatalf("after %d minutes", i)
		}
		if len(c.had) > int(challengeLasts/time.Minute)+1 {
			t.Fatalf("%d are remembered", len(c.had))
		}
	}
	for _, bad := range [][]byte{nil, make([]byte, challengeSize), make([]byte, challengeSize-1), newChallenges().issue("x", now)} {
		if c.known(bad, "x", now) {
			t.Errorf("%x is known", bad)
		}
	}
}

func FuzzPasskey(f *testing.F) {
	f.Add([]byte(`{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZQ","authenticatorData":"AAAA","signature":"AAAA","userHandle":"AAAA"}}`))
	f.Add([]byte(`{"response":{"clientDataJSON":"eyJjaGFsbGVuZ2UiOiIifQ"}}`))
	shelf := newShelf()
	accounts, err := access.New(f.Context(), shelf)
	if err != nil {
		f.Fatal(err)
	}
	k, err := New(f.Context(), accounts, shelf, cheap)
	if err != nil {
		f.Fatal(err)
	}
	k.throttle.networks = access.NewLimiter(0, 1, 1) // none
	c := &Current{Person: &Person{ID: newID()}, Principal: new(access.Principal)}
	f.Fuzz(func(t *testing.T, said []byte) {
		if _, err := k.SignInByPasskey(t.Context(), site, said, here); err == nil {
			t.Error("somebody is in")
		}
		if _, err := k.AddPasskey(t.Context(), c, site, "", said); err == nil {
			t.Error("it was added")
		}
	})
}

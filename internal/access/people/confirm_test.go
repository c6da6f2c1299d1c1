package people

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

func TestASignInCountsForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		look := func() *Current {
			t.Helper()
			now, err := h.Current(c.Secret, true)
			if err != nil {
				t.Fatal(err)
			}
			return now
		}
		time.Sleep(Confirmation - time.Second)
		if !look().IsConfirmed() {
			t.Error("it has ended early")
		}
		time.Sleep(time.Second)
		if look().IsConfirmed() {
			t.Error("it goes on")
		}
		now, err := h.Confirm(t.Context(), look(), ownersWord, here)
		if err != nil || !now.IsConfirmed() || !look().IsConfirmed() || now.CSRF != c.CSRF {
			t.Errorf("%+v, %v", now, err)
		}
		h.restart()
		if got := look(); !got.IsConfirmed() || !got.Session.Created.Equal(c.Session.Created) {
			t.Errorf("after a restart: %+v", got.Session)
		}
		time.Sleep(Confirmation)
		if look().IsConfirmed() {
			t.Error("a confirmation goes on")
		}
	})
}

func TestConfirmationsThatAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		time.Sleep(Confirmation)
		var e *access.Error
		for range laneAtOnce {
			if _, err := h.Confirm(t.Context(), c, "not "+ownersWord, here); !errors.As(err, &e) || e.Field != "password" || e.Class != access.Invalid {
				t.Fatalf("%v", err)
			}
		}
		if _, err := h.Confirm(t.Context(), c, ownersWord, here); !errors.As(err, &e) || e.Class != access.TooMany {
			t.Errorf("after many attempts: %v", err)
		}
		if now, _ := h.Current(c.Secret, false); now.IsConfirmed() {
			t.Error("one of them counted")
		}
		time.Sleep(time.Hour)
		if err := h.SignOut(t.Context(), c.Person.ID, c.Session.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Confirm(t.Context(), c, ownersWord, here); !errors.Is(err, ErrSession) {
			t.Errorf("of a session that has ended: %v", err)
		}
	})
}

func TestConfirmationByThePasskeyOfThePerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		device := h.addPasskey(c)
		other := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Owner})
		theirs := h.addPasskey(other)
		time.Sleep(Confirmation)
		if _, err := h.ConfirmByPasskey(t.Context(), c, site, h.sign(theirs, site, site.Origin), here); !errors.Is(err, ErrPasskey) {
			t.Errorf("by the passkey of somebody else: %v", err)
		}
		signed := h.sign(device, site, site.Origin)
		now, err := h.ConfirmByPasskey(t.Context(), c, site, signed, here)
		if err != nil || !now.IsConfirmed() || !now.Session.Passkey {
			t.Fatalf("%+v, %v", now, err)
		}
		if _, err := h.ConfirmByPasskey(t.Context(), c, site, slices.Clone(signed), here); err == nil {
			t.Error("it counted twice")
		}
		word := "nine wooden ladders"
		if _, err := h.SetProfile(t.Context(), c, &Profile{Password: &word}, here); err == nil {
			t.Error("a session as it was before has set a password")
		}
		if _, err := h.SetProfile(t.Context(), now, &Profile{Password: &word}, here); err != nil {
			t.Errorf("a password after a passkey: %v", err)
		}
		if _, err := h.SignIn(t.Context(), c.Person.Email, word, here); err != nil {
			t.Errorf("with the new password: %v", err)
		}
	})
}

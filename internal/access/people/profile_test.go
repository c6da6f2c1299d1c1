package people

import (
	"testing"
	"testing/synctest"

	"github.com/truename-dns/truename/internal/access"
)

func text(s string) *string { return &s }

func TestANewPasswordEndsAllSessions(t *testing.T) {
	h, c := owned(t)
	other, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there)
	if err != nil {
		t.Fatal(err)
	}
	now, err := h.SetProfile(t.Context(), c, &Profile{Name: text("Johanna"), Password: text(otherWord), Present: ownersWord}, here)
	if err != nil {
		t.Fatal(err)
	}
	if h.isOpen(c.Secret) || h.isOpen(other.Secret) || !h.isOpen(now.Secret) || now.CSRF == c.CSRF || now.Person.Name != "Johanna" {
		t.Errorf("%+v", now)
	}
	if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != ErrSignIn {
		t.Errorf("the old password: %v", err)
	}
	if _, err := h.SignIn(t.Context(), ownersEmail, otherWord, there); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestANewNameLeavesTheSession(t *testing.T) {
	h, c := owned(t)
	now, err := h.SetProfile(t.Context(), c, &Profile{Name: text(" Johanna ")}, here)
	if err != nil || now.Person.Name != "Johanna" || now.Secret != c.Secret || !h.isOpen(c.Secret) {
		t.Errorf("%+v, %v", now, err)
	}
	again, err := h.Current(c.Secret, true)
	if err != nil || again.Principal.Name != "Johanna" {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestProfilesThatAreRefused(t *testing.T) {
	h, c := owned(t)
	for _, test := range []struct {
		name string
		set  Profile
		code string
	}{
		{"no name", Profile{Name: text("")}, "bad-name"},
		{"without the present password", Profile{Password: text(otherWord)}, "bad-current-password"},
		{"with another one", Profile{Password: text(otherWord), Present: otherWord}, "bad-current-password"},
		{"a short one", Profile{Password: text("short"), Present: ownersWord}, "bad-password"},
		{"an empty one", Profile{Password: text(""), Present: ownersWord}, "bad-password"},
		{"the name beside a wrong password", Profile{Name: text("Eve"), Password: text(otherWord)}, "bad-current-password"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := h.SetProfile(t.Context(), c, &test.set, here)
			wantError(t, err, access.Invalid, test.code)
			if now, err := h.Current(c.Secret, true); err != nil || now.Person.Name != "Jo" {
				t.Errorf("%+v, %v", now, err)
			}
		})
	}
	if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != nil {
		t.Error(err)
	}
}

// Who has got hold of a session cannot find out the password by it.
func TestThePresentPasswordIsGuessedOnlySoOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		for range laneAtOnce {
			_, err := h.SetProfile(t.Context(), c, &Profile{Password: text(otherWord), Present: "wrong"}, here)
			wantError(t, err, access.Invalid, "bad-current-password")
		}
		_, err := h.SetProfile(t.Context(), c, &Profile{Password: text(otherWord), Present: ownersWord}, here)
		wantError(t, err, access.TooMany, "too-many-attempts")
	})
}

func TestASessionThatHasEndedChangesNothing(t *testing.T) {
	h, c := owned(t)
	if err := h.SignOut(t.Context(), c.Person.ID, c.Session.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SetProfile(t.Context(), c, &Profile{Password: text(otherWord), Present: ownersWord}, here); err != ErrSession {
		t.Error(err)
	}
	if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != nil {
		t.Error(err)
	}
}

func TestAProfileOverABrokenDisk(t *testing.T) {
	h, c := owned(t)
	h.shelf.broken()
	_, err := h.SetProfile(t.Context(), c, &Profile{Name: text("Eve")}, here)
	wantError(t, err, access.Unavailable, "store-unavailable")
	_, err = h.SetProfile(t.Context(), c, &Profile{Password: text(otherWord), Present: ownersWord}, here)
	wantError(t, err, access.Unavailable, "store-unavailable")
	h.shelf.mended()
	if now, err := h.Current(c.Secret, true); err != nil || now.Person.Name != "Jo" {
		t.Errorf("%+v, %v", now, err)
	}
	if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != nil {
		t.Error(err)
	}
}

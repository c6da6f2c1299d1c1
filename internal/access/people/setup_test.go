package people

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/truename-dns/truename/internal/access"
)

func TestTheSetupCodeMakesTheFirstOwner(t *testing.T) {
	h := newHouse(t)
	if !regexp.MustCompile(`^([A-Z2-7]{4}-){6}[A-Z2-7]{4}$`).MatchString(h.code) {
		t.Fatalf("the code is %q", h.code)
	}
	if !h.Empty() {
		t.Error("somebody is there already")
	}
	c, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: " Jo@Example.org", Name: " Jo ", Password: ownersWord}, here)
	if err != nil {
		t.Fatal(err)
	}
	p := c.Principal
	if c.Person.Email != "Jo@Example.org" || c.Person.Name != "Jo" || c.Person.Role != Owner || h.Empty() {
		t.Errorf("%+v", c.Person)
	}
	if p.Account != access.FirstAccount || !p.Admin || !p.Person || p.Name != "Jo" || p.Token != c.Person.ID || !p.Has(access.TokensWrite) {
		t.Errorf("%+v", p)
	}
	if !h.isOpen(c.Secret) {
		t.Error("the session is not open")
	}
	_, err = h.Setup(t.Context(), &Newcomer{Code: h.code, Email: "eve@example.org", Name: "Eve", Password: ownersWord}, here)
	wantError(t, err, access.Conflict, "setup-done")
	if code, err := h.EnsureSetup(t.Context()); code != "" || err != nil {
		t.Errorf("another code: %q, %v", code, err)
	}
	for _, secret := range []string{h.code, ownersWord, c.Secret, c.CSRF} {
		if strings.Contains(h.shelf.text(), secret) {
			t.Errorf("the shelf holds %q", secret)
		}
	}
}

func TestTheSetupCodeAsPeopleTypeIt(t *testing.T) {
	for name, typed := range map[string]func(string) string{
		"in small letters":       strings.ToLower,
		"without hyphens":        func(c string) string { return strings.ReplaceAll(c, "-", "") },
		"with spaces":            func(c string) string { return "  " + strings.ReplaceAll(c, "-", " ") + "\n" },
		"with zeros for an O":    func(c string) string { return strings.ReplaceAll(c, "O", "0") },
		"as it was shown":        func(c string) string { return c },
		"hyphens somewhere else": func(c string) string { return "-" + strings.ReplaceAll(c, "-", "") + "--" },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			if _, err := h.Setup(t.Context(), &Newcomer{Code: typed(h.code), Email: ownersEmail, Name: "Jo", Password: ownersWord}, here); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestASetupThatIsRefused(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Newcomer)
		code   string
	}{
		{"no code", func(n *Newcomer) { n.Code = "" }, "bad-code"},
		{"another code", func(n *Newcomer) { n.Code = newCode() }, "bad-code"},
		{"most of the code", func(n *Newcomer) { n.Code = n.Code[:len(n.Code)-1] }, "bad-code"},
		{"more than the code", func(n *Newcomer) { n.Code += "A" }, "bad-code"},
		{"a very long code", func(n *Newcomer) { n.Code = strings.Repeat("-", 1000) + n.Code }, "bad-code"},
		{"a sign that is in no code", func(n *Newcomer) { n.Code = "!" + n.Code[1:] }, "bad-code"},
		{"no e-mail address", func(n *Newcomer) { n.Email = "jo" }, "bad-email"},
		{"no name", func(n *Newcomer) { n.Name = " " }, "bad-name"},
		{"a short password", func(n *Newcomer) { n.Password = "otter" }, "bad-password"},
		{"a common password", func(n *Newcomer) { n.Password = "Password2026!" }, "bad-password"},
		{"the e-mail address as the password", func(n *Newcomer) { n.Password = ownersEmail }, "bad-password"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			n := &Newcomer{Code: h.code, Email: ownersEmail, Name: "Jo", Password: ownersWord}
			test.change(n)
			_, err := h.Setup(t.Context(), n, here)
			wantError(t, err, access.Invalid, test.code)
			if !h.Empty() || h.shelf.count(personKind)+h.shelf.count(sessionKind) != 0 {
				t.Error("something has changed")
			}
			if _, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: ownersEmail, Name: "Jo", Password: ownersWord}, here); err != nil {
				t.Errorf("the code is used up: %v", err)
			}
		})
	}
}

func TestTheSetupCodeSurvivesARestart(t *testing.T) {
	h := newHouse(t)
	h.restart()
	if code, err := h.EnsureSetup(t.Context()); code != "" || err != nil {
		t.Fatalf("another code: %q, %v", code, err)
	}
	if _, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: ownersEmail, Name: "Jo", Password: ownersWord}, here); err != nil {
		t.Fatal(err)
	}
	h.restart()
	if code, err := h.EnsureSetup(t.Context()); code != "" || err != nil {
		t.Errorf("another code: %q, %v", code, err)
	}
	_, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: "eve@example.org", Name: "Eve", Password: ownersWord}, here)
	wantError(t, err, access.Conflict, "setup-done")
}

func TestTheSetupCodeIsUsedOnce(t *testing.T) {
	h := newHouse(t)
	var together sync.WaitGroup
	won := make(chan string, 8)
	for i := range cap(won) {
		together.Go(func() {
			email := string(rune('a'+i)) + "@example.org"
			if c, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: email, Name: "Jo", Password: ownersWord}, here); err == nil {
				won <- c.Person.Email
			}
		})
	}
	together.Wait()
	if len(won) != 1 || h.shelf.count(personKind) != 1 {
		t.Errorf("%d owners, %d people", len(won), h.shelf.count(personKind))
	}
}

func TestTheSetupCodeCannotBeGuessed(t *testing.T) {
	h := newHouse(t)
	for range networkAtOnce {
		_, err := h.Setup(t.Context(), &Newcomer{Code: newCode(), Email: ownersEmail, Name: "Jo", Password: ownersWord}, there)
		wantError(t, err, access.Invalid, "bad-code")
	}
	n := &Newcomer{Code: newCode(), Email: ownersEmail, Name: "Jo", Password: ownersWord}
	_, err := h.Setup(t.Context(), n, there)
	wantError(t, err, access.TooMany, "too-many-attempts")
	_, err = h.Setup(t.Context(), n, here)
	wantError(t, err, access.Invalid, "bad-code")
}

// Where the code is lost the admin's token makes an owner, and the code is gone.
func TestAnInvitedOwnerEndsTheSetup(t *testing.T) {
	h := newHouse(t)
	c := h.member(h.admin, Invitation{Email: ownersEmail, Role: Owner})
	if c.Principal.Account != access.FirstAccount || h.shelf.count(setupKind) != 0 {
		t.Errorf("%+v, %d codes", c.Principal, h.shelf.count(setupKind))
	}
	_, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: "eve@example.org", Name: "Eve", Password: ownersWord}, here)
	wantError(t, err, access.Conflict, "setup-done")
}

// People of other accounts do not end the setup, but they can sign in meanwhile.
func TestTheSetupIsOfTheFirstAccount(t *testing.T) {
	h := newHouse(t)
	a, err := h.accounts.CreateAccount(t.Context(), h.admin, &access.AccountSpec{Name: "agency"})
	if err != nil {
		t.Fatal(err)
	}
	if c := h.member(h.admin, Invitation{Account: a.ID, Email: "al@example.org", Role: Owner}); c.Principal.Admin || h.Empty() {
		t.Errorf("%+v", c.Principal)
	}
	if _, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: ownersEmail, Name: "Jo", Password: ownersWord}, here); err != nil {
		t.Error(err)
	}
}

func TestASetupOverABrokenDisk(t *testing.T) {
	h := newHouse(t)
	h.shelf.broken()
	n := &Newcomer{Code: h.code, Email: ownersEmail, Name: "Jo", Password: ownersWord}
	_, err := h.Setup(t.Context(), n, here)
	wantError(t, err, access.Unavailable, "store-unavailable")
	h.shelf.mended()
	if !h.Empty() {
		t.Error("somebody is there who is not on the disk")
	}
	if _, err := h.Setup(t.Context(), n, here); err != nil {
		t.Error(err)
	}
}

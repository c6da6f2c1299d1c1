package people

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

func TestAnInvitationIsTaken(t *testing.T) {
	h, c := owned(t)
	p, code, err := h.Invite(t.Context(), c.Principal, &Invitation{Email: "Al@Example.org", Role: Editor})
	if err != nil {
		t.Fatal(err)
	}
	if p.Active() || p.Name != "Al" || p.Role != Editor || p.Account != c.Person.Account || !p.CodeEnds.Equal(code.Ends) {
		t.Errorf("%+v", p)
	}
	h.restart()
	in, err := h.Join(t.Context(), &Newcomer{Code: strings.ToLower(code.Text), Name: "Albert", Password: otherWord}, there)
	if err != nil {
		t.Fatal(err)
	}
	if !in.Person.Active() || in.Person.Name != "Albert" || !in.Person.CodeEnds.IsZero() || !in.Principal.Has(access.RecordsWrite) || in.Principal.Has(access.TokensRead) {
		t.Errorf("%+v, %+v", in.Person, in.Principal)
	}
	_, err = h.Join(t.Context(), &Newcomer{Code: code.Text, Password: ownersWord}, there)
	wantError(t, err, access.Invalid, "bad-code")
	if _, err := h.SignIn(t.Context(), "al@example.org", otherWord, there); err != nil {
		t.Error(err)
	}
	if strings.Contains(h.shelf.text(), code.Text) || strings.Contains(h.shelf.text(), strings.ReplaceAll(code.Text, "-", "")) {
		t.Error("the shelf holds the code")
	}
}

func TestACodeLastsSoLong(t *testing.T) {
	for _, test := range []struct {
		name        string
		valid, wait time.Duration
		good        bool
	}{
		{"the usual one", 0, UsualCode - time.Second, true},
		{"the usual one, too late", 0, UsualCode, false},
		{"of a day", 24 * time.Hour, 24*time.Hour - time.Second, true},
		{"of a day, too late", 24 * time.Hour, 24 * time.Hour, false},
		{"of a week", LongestCode, LongestCode - time.Second, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				_, code, err := h.Invite(t.Context(), h.admin, &Invitation{Email: "al@example.org", Role: Owner, Valid: test.valid})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(test.wait)
				if _, err = h.Join(t.Context(), &Newcomer{Code: code.Text, Password: otherWord}, there); (err == nil) != test.good {
					t.Error(err)
				}
			})
		})
	}
}

func TestInvitationsThatAreRefused(t *testing.T) {
	h, c := owned(t)
	agency, err := h.accounts.CreateAccount(t.Context(), h.admin, &access.AccountSpec{Name: "agency"})
	if err != nil {
		t.Fatal(err)
	}
	boss := h.member(c.Principal, Invitation{Account: agency.ID, Email: "boss@example.org", Role: Owner})
	editor := h.member(c.Principal, Invitation{Email: "ed@example.org", Role: Editor})
	narrow := h.token(access.TokenSpec{Name: "narrow", Scopes: []string{"*"}, Zones: []string{"example.com"}})
	staff := h.token(access.TokenSpec{Name: "staff", Scopes: []string{"users:*", "zones:*", "records:*", "activity:read"}})
	for _, test := range []struct {
		name  string
		by    *access.Principal
		in    Invitation
		class access.Class
		code  string
	}{
		{"no address", c.Principal, Invitation{Role: Viewer}, access.Invalid, "bad-email"},
		{"an address that is none", c.Principal, Invitation{Email: "x@", Role: Viewer}, access.Invalid, "bad-email"},
		{"no role", c.Principal, Invitation{Email: "x@example.org"}, access.Invalid, "bad-role"},
		{"a role of its own", c.Principal, Invitation{Email: "x@example.org", Role: "admin"}, access.Invalid, "bad-role"},
		{"a name of two lines", c.Principal, Invitation{Email: "x@example.org", Name: "a\nb", Role: Viewer}, access.Invalid, "bad-name"},
		{"for too long", c.Principal, Invitation{Email: "x@example.org", Role: Viewer, Valid: LongestCode + 1}, access.Invalid, "bad-valid_days"},
		{"for a time that is over", c.Principal, Invitation{Email: "x@example.org", Role: Viewer, Valid: -1}, access.Invalid, "bad-valid_days"},
		{"one who is a member", c.Principal, Invitation{Email: "ED@example.org", Role: Viewer}, access.Conflict, "member-exists"},
		{"one of another account", boss.Principal, Invitation{Email: "ed@example.org", Role: Viewer}, access.Conflict, "email-taken"},
		{"into an account of others", boss.Principal, Invitation{Account: access.FirstAccount, Email: "x@example.org", Role: Viewer}, access.Missing, "account-not-found"},
		{"into no account", c.Principal, Invitation{Account: "nope", Email: "x@example.org", Role: Viewer}, access.Missing, "account-not-found"},
		{"by an editor", editor.Principal, Invitation{Email: "x@example.org", Role: Viewer}, access.Forbidden, ""},
		{"an owner, by a token for one zone", narrow, Invitation{Email: "x@example.org", Role: Owner}, access.Forbidden, "beyond-own-rights"},
		{"a viewer, by a token for one zone", narrow, Invitation{Email: "x@example.org", Role: Viewer}, access.Forbidden, "beyond-own-rights"},
		{"an owner, by a token that may not do all", staff, Invitation{Email: "x@example.org", Role: Owner}, access.Forbidden, "beyond-own-rights"},
	} {
		t.Run(test.name, func(t *testing.T) {
			people := h.shelf.count(personKind)
			_, _, err := h.Invite(t.Context(), test.by, &test.in)
			if denied, is := err.(*access.Denied); test.code == "" && is {
				if denied.Scope != access.AccountsWrite || !strings.Contains(denied.Error(), "role") {
					t.Error(denied)
				}
			} else {
				wantError(t, err, test.class, test.code)
			}
			if h.shelf.count(personKind) != people {
				t.Error("somebody was invited")
			}
		})
	}
	if _, _, err := h.Invite(t.Context(), staff, &Invitation{Email: "x@example.org", Role: Editor}); err != nil {
		t.Errorf("an editor, by a token that may do as much: %v", err)
	}
}

// token is who acts by a token of the admin.
func (h *house) token(spec access.TokenSpec) *access.Principal {
	h.Helper()
	_, secret, err := h.accounts.CreateToken(h.Context(), h.admin, &spec)
	if err != nil {
		h.Fatal(err)
	}
	p, err := h.accounts.Authenticate(h.Context(), secret, here.Address)
	if err != nil {
		h.Fatal(err)
	}
	return p
}

func TestWhatEachRoleMayDo(t *testing.T) {
	h, c := owned(t)
	for role, may := range map[Role][]access.Scope{
		Owner:  access.Scopes,
		Editor: {access.ZonesRead, access.ZonesWrite, access.RecordsRead, access.RecordsWrite, access.ActivityRead, access.AccountsRead},
		Viewer: {access.ZonesRead, access.RecordsRead, access.ActivityRead, access.AccountsRead},
	} {
		p := h.member(c.Principal, Invitation{Email: string(role) + "@example.org", Role: role}).Principal
		for _, s := range access.Scopes {
			if p.Has(s) != slices.Contains(may, s) {
				t.Errorf("%s: %s is %v", role, s, p.Has(s))
			}
		}
	}
}

func TestARoleCountsAtOnce(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer})
	if _, err := h.SetRole(t.Context(), c.Principal, al.Person.ID, Editor); err != nil {
		t.Fatal(err)
	}
	now, err := h.Current(al.Secret, true)
	if err != nil || !now.Principal.Has(access.RecordsWrite) || now.Person.Role != Editor {
		t.Errorf("%+v, %v", now, err)
	}
	_, err = h.SetRole(t.Context(), c.Principal, al.Person.ID, "admin")
	wantError(t, err, access.Invalid, "bad-role")
	_, err = h.SetRole(t.Context(), c.Principal, "nope", Viewer)
	wantError(t, err, access.Missing, "member-not-found")
}

func TestTheLastOwnerStays(t *testing.T) {
	h, c := owned(t)
	id := c.Person.ID
	if _, _, err := h.Invite(t.Context(), c.Principal, &Invitation{Email: "al@example.org", Role: Owner}); err != nil {
		t.Fatal(err)
	}
	_, err := h.SetRole(t.Context(), c.Principal, id, Editor) // al has not joined
	wantError(t, err, access.Conflict, "last-owner")
	wantError(t, h.Remove(t.Context(), h.admin, id), access.Conflict, "last-owner")
	bo := h.member(c.Principal, Invitation{Email: "bo@example.org", Role: Owner})
	if _, err := h.SetRole(t.Context(), bo.Principal, id, Editor); err != nil {
		t.Fatal(err)
	}
	wantError(t, h.Remove(t.Context(), h.admin, bo.Person.ID), access.Conflict, "last-owner")
	if err := h.Remove(t.Context(), bo.Principal, id); err != nil {
		t.Error(err)
	}
}

func TestARemovedMemberIsOut(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Owner})
	if err := h.Remove(t.Context(), c.Principal, al.Person.ID); err != nil {
		t.Fatal(err)
	}
	if h.isOpen(al.Secret) || !al.Principal.Ended() || h.shelf.count(personKind) != 1 || h.shelf.count(sessionKind) != 1 {
		t.Error("something of them is left")
	}
	if _, err := h.SignIn(t.Context(), "al@example.org", otherWord, there); err != ErrSignIn {
		t.Error(err)
	}
	_, _, err := h.Invite(t.Context(), al.Principal, &Invitation{Email: "x@example.org", Role: Viewer})
	if err != ErrSession {
		t.Errorf("they invite somebody: %v", err)
	}
	h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer}) // the address is free again
}

// People of an account are none of the business of others, admins excepted.
func TestMembersOfOthersAreNotThere(t *testing.T) {
	h, c := owned(t)
	agency, err := h.accounts.CreateAccount(t.Context(), h.admin, &access.AccountSpec{Name: "agency"})
	if err != nil {
		t.Fatal(err)
	}
	boss := h.member(c.Principal, Invitation{Account: agency.ID, Email: "boss@example.org", Role: Owner})
	id := c.Person.ID
	_, err = h.SetRole(t.Context(), boss.Principal, id, Viewer)
	wantError(t, err, access.Missing, "member-not-found")
	wantError(t, h.Remove(t.Context(), boss.Principal, id), access.Missing, "member-not-found")
	_, _, err = h.NewCode(t.Context(), boss.Principal, id, 0)
	wantError(t, err, access.Missing, "member-not-found")
	_, err = h.Members(t.Context(), boss.Principal, access.FirstAccount)
	wantError(t, err, access.Missing, "account-not-found")
	for account, want := range map[string]int{"": 1, agency.ID: 1} {
		if all, err := h.Members(t.Context(), boss.Principal, account); err != nil || len(all) != want || all[0].ID != boss.Person.ID {
			t.Errorf("%+v, %v", all, err)
		}
	}
	if all, err := h.Members(t.Context(), c.Principal, agency.ID); err != nil || len(all) != 1 {
		t.Errorf("the admin sees %+v, %v", all, err)
	}
}

func TestANewCodeSetsANewPassword(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer})
	_, first, err := h.NewCode(t.Context(), c.Principal, al.Person.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := h.NewCode(t.Context(), c.Principal, al.Person.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(t.Context(), "al@example.org", otherWord, there); err != nil || !h.isOpen(al.Secret) {
		t.Errorf("before the code was used: %v", err)
	}
	_, err = h.Join(t.Context(), &Newcomer{Code: first.Text, Password: ownersWord}, there)
	wantError(t, err, access.Invalid, "bad-code")
	if _, err := h.Join(t.Context(), &Newcomer{Code: second.Text, Password: ownersWord}, there); err != nil {
		t.Fatal(err)
	}
	if h.isOpen(al.Secret) {
		t.Error("the old session is open")
	}
	if _, err := h.SignIn(t.Context(), "al@example.org", otherWord, there); err != ErrSignIn {
		t.Errorf("the old password: %v", err)
	}
	if _, err := h.SignIn(t.Context(), "al@example.org", ownersWord, there); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestTheCodeOfNobodyIsNotGuessed(t *testing.T) {
	h, _ := owned(t)
	for range networkAtOnce {
		_, err := h.Join(t.Context(), &Newcomer{Code: newCode(), Password: otherWord}, there)
		wantError(t, err, access.Invalid, "bad-code")
	}
	_, err := h.Join(t.Context(), &Newcomer{Code: newCode(), Password: otherWord}, there)
	wantError(t, err, access.TooMany, "too-many-attempts")
}

func TestAWeakPasswordLeavesTheCode(t *testing.T) {
	h, c := owned(t)
	_, code, err := h.Invite(t.Context(), c.Principal, &Invitation{Email: "albertine@example.org", Role: Viewer})
	if err != nil {
		t.Fatal(err)
	}
	for _, weak := range []string{"", "short", "password12345", "albertine!"} {
		_, err := h.Join(t.Context(), &Newcomer{Code: code.Text, Password: weak}, there)
		wantError(t, err, access.Invalid, "bad-password")
	}
	_, err = h.Join(t.Context(), &Newcomer{Code: code.Text, Name: "\x00", Password: otherWord}, there)
	wantError(t, err, access.Invalid, "bad-name")
	if _, err := h.Join(t.Context(), &Newcomer{Code: code.Text, Password: otherWord}, there); err != nil {
		t.Error(err)
	}
}

func TestAnAccountHasOnlySoManyMembers(t *testing.T) {
	h, c := owned(t)
	for i := range MaxMembers - 1 {
		if _, _, err := h.Invite(t.Context(), c.Principal, &Invitation{Email: fmt.Sprintf("p%d@example.org", i), Role: Viewer}); err != nil {
			t.Fatal(i, err)
		}
	}
	_, _, err := h.Invite(t.Context(), c.Principal, &Invitation{Email: "last@example.org", Role: Viewer})
	wantError(t, err, access.Conflict, "too-many-members")
}

func TestThePeopleOfADeletedAccountAreGone(t *testing.T) {
	h, c := owned(t)
	agency, err := h.accounts.CreateAccount(t.Context(), h.admin, &access.AccountSpec{Name: "agency"})
	if err != nil {
		t.Fatal(err)
	}
	boss := h.member(c.Principal, Invitation{Account: agency.ID, Email: "boss@example.org", Role: Owner})
	if err := h.accounts.DeleteAccount(t.Context(), h.admin, agency.ID); err != nil {
		t.Fatal(err)
	}
	if h.isOpen(boss.Secret) {
		t.Error("their session is open")
	}
	if _, err := h.SignIn(t.Context(), "boss@example.org", otherWord, there); err == nil {
		t.Error("they can sign in")
	}
	h.sweep(t.Context())
	if h.shelf.count(personKind) != 1 || !h.isOpen(c.Secret) {
		t.Errorf("%d people", h.shelf.count(personKind))
	}
}

// A member whose account becomes an admin's acts for all at once, and no longer
// when it is none any more.
func TestAnAccountThatBecomesAnAdmins(t *testing.T) {
	h, c := owned(t)
	agency, err := h.accounts.CreateAccount(t.Context(), h.admin, &access.AccountSpec{Name: "agency"})
	if err != nil {
		t.Fatal(err)
	}
	boss := h.member(c.Principal, Invitation{Account: agency.ID, Email: "boss@example.org", Role: Editor})
	for _, role := range []access.Role{access.Admin, access.Member} {
		if _, err := h.accounts.UpdateAccount(t.Context(), h.admin, agency.ID, &access.AccountPatch{Role: &role}); err != nil {
			t.Fatal(err)
		}
		if now, err := h.Current(boss.Secret, true); err != nil || now.Principal.Admin != (role == access.Admin) {
			t.Errorf("%s: %+v, %v", role, now, err)
		}
	}
}

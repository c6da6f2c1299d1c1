package people

import (
	"context"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/store"
)

func TestWhatIsNoSession(t *testing.T) {
	h, c := owned(t)
	for _, secret := range []string{"", "x", c.Secret[1:], c.Secret + "A", newSecret(), c.CSRF, c.Session.ID, strings.Repeat("A", 1<<20)} {
		if h.isOpen(secret) {
			t.Errorf("%.50q opens a session", secret)
		}
	}
	if now, err := h.Current(c.Secret, true); err != nil || now.CSRF != c.CSRF || now.Secret != "" || now.Person.Name != "Jo" {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestASessionEnds(t *testing.T) {
	for _, test := range []struct {
		name  string
		every time.Duration // it is used
		times int
		open  bool
	}{
		{"used at once", 0, 1, true},
		{"just before it would end", Idle - time.Second, 1, true},
		{"not used for long", Idle, 1, false},
		{"used all the time", Idle / 2, 30, true},
		{"used for too long", Idle / 2, 60 * 2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, c := owned(t)
				var err error
				for range test.times {
					time.Sleep(test.every)
					_, err = h.Current(c.Secret, true)
				}
				if (err == nil) != test.open || c.Principal.Ended() == test.open {
					t.Errorf("%v, ended %v", err, c.Principal.Ended())
				}
			})
		})
	}
}

func TestLookingAtASessionDoesNotMakeItLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		time.Sleep(Idle - time.Second)
		if !h.isOpen(c.Secret) {
			t.Fatal("it has ended early")
		}
		time.Sleep(time.Second)
		if h.isOpen(c.Secret) {
			t.Error("it goes on")
		}
	})
}

func TestSessionsSurviveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- h.Keeper.Run(ctx) }()
		time.Sleep(Idle - time.Minute)
		if _, err := h.Current(c.Secret, true); err != nil {
			t.Fatal(err)
		}
		cancel() // and for the last time
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		h.restart()
		time.Sleep(Idle - time.Minute)
		now, err := h.Current(c.Secret, false)
		if err != nil || now.Person.ID != c.Person.ID || now.CSRF != c.CSRF {
			t.Errorf("%+v, %v", now, err)
		}
	})
}

// A process that dies takes no more than the last minutes with it.
func TestUseIsWrittenDownFromTimeToTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		go func() { _ = h.Keeper.Run(t.Context()) }()
		time.Sleep(Idle / 2)
		if _, err := h.Current(c.Secret, true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(sweepEvery + time.Second)
		puts := h.shelf.writes()
		time.Sleep(10 * sweepEvery)
		if h.shelf.writes() != puts {
			t.Errorf("%d writes for nothing", h.shelf.writes()-puts)
		}
		h.restart()
		time.Sleep(Idle / 2)
		if !h.isOpen(c.Secret) {
			t.Error("the use is lost")
		}
	})
}

func TestSessionsThatHaveEndedAreTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		go func() { _ = h.Keeper.Run(t.Context()) }()
		time.Sleep(Idle + sweepEvery)
		synctest.Wait()
		if n := h.shelf.count(sessionKind); n != 0 || len(h.sessions)+len(h.byDigest) != 0 {
			t.Errorf("%d on the shelf, %d in memory", n, len(h.sessions))
		}
		if h.person(c).SignedIn.IsZero() {
			t.Error("it is forgotten when they were here")
		}
	})
}

func TestTheListOfOnesSessions(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer})
	in, err := h.SignIn(t.Context(), ownersEmail, ownersWord, &From{Address: netip.MustParseAddr("2001:db8::1"), Agent: strings.Repeat("ä", 300) + "\xff"})
	if err != nil {
		t.Fatal(err)
	}
	all := h.Sessions(c.Person.ID)
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	for _, s := range all {
		if s.Person != c.Person.ID || s.ID == in.Session.ID && (len(s.Agent) > maxAgent || !strings.HasPrefix(s.Agent, "ää") || s.Address != "2001:db8::1") {
			t.Errorf("%+v", s)
		}
	}
	wantError(t, h.SignOut(t.Context(), al.Person.ID, in.Session.ID), access.Missing, "session-not-found")
	if err := h.SignOut(t.Context(), c.Person.ID, in.Session.ID); err != nil {
		t.Fatal(err)
	}
	if h.isOpen(in.Secret) || !h.isOpen(c.Secret) || !in.Principal.Ended() || c.Principal.Ended() {
		t.Error("the wrong one was ended")
	}
}

func TestSigningOutOthers(t *testing.T) {
	h, c := owned(t)
	al := h.member(c.Principal, Invitation{Email: "al@example.org", Role: Viewer})
	var others []*Current
	for range 3 {
		in, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there)
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, in)
	}
	if err := h.SignOutOthers(t.Context(), c.Person.ID, c.Session.ID); err != nil {
		t.Fatal(err)
	}
	for _, o := range others {
		if h.isOpen(o.Secret) {
			t.Error("another one is open")
		}
	}
	if !h.isOpen(c.Secret) || !h.isOpen(al.Secret) {
		t.Error("too many were ended")
	}
}

func TestThereAreOnlySoManySessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		for range MaxSessions - 1 {
			time.Sleep(time.Second)
			if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != nil {
				t.Fatal(err)
			}
		}
		oldest := h.Sessions(c.Person.ID)[MaxSessions-1]
		if oldest.ID != c.Session.ID {
			t.Fatalf("%+v", oldest)
		}
		if _, err := h.Current(c.Secret, true); err != nil { // now it is the last used
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, there); err != nil {
			t.Fatal(err)
		}
		if n := h.shelf.count(sessionKind); n != MaxSessions || !h.isOpen(c.Secret) {
			t.Errorf("%d sessions, the one in use is open: %v", n, h.isOpen(c.Secret))
		}
	})
}

// A token that somebody makes whose session has just ended is not made.
func TestAnEndedSessionMakesNoToken(t *testing.T) {
	h, c := owned(t)
	spec := &access.TokenSpec{Name: "t", Scopes: []string{"*"}}
	if _, _, err := h.accounts.CreateToken(t.Context(), c.Principal, spec); err != nil {
		t.Fatal(err)
	}
	if err := h.SignOut(t.Context(), c.Person.ID, c.Session.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.accounts.CreateToken(t.Context(), c.Principal, spec); err != access.ErrUnknown {
		t.Errorf("%v", err)
	}
}

func TestShelvesThatCannotBeRead(t *testing.T) {
	for _, test := range []struct{ name, kind, id, body string }{
		{"a person that is no JSON", personKind, "x", "nonsense"},
		{"a person with another id", personKind, "x", `{"id":"y"}`},
		{"a person with half a code", personKind, "x", `{"id":"x","code_sha256":"abcd"}`},
		{"a session that is no JSON", sessionKind, "x", "[]"},
		{"a session with another id", sessionKind, "x", `{"id":"y","sha256":"` + strings.Repeat("00", 32) + `"}`},
		{"a session without a digest", sessionKind, "x", `{"id":"x"}`},
		{"a setup code that is no JSON", setupKind, setupID, "nonsense"},
		{"a setup code without a digest", setupKind, setupID, `{}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			h.shelf.docs[test.kind+" "+test.id] = store.Document{Kind: test.kind, ID: test.id, Version: 1, Body: []byte(test.body)}
			if _, err := New(t.Context(), h.accounts, h.shelf, cheap); err == nil || !strings.Contains(err.Error(), "backup") {
				t.Errorf("%v", err)
			}
		})
	}
}

// What is kept of a session can be shown to its person: neither its secret nor
// the digest is in it.
func TestAViewOfASessionHasNoSecret(t *testing.T) {
	h, c := owned(t)
	text, err := json.Marshal(h.Sessions(c.Person.ID))
	if err != nil {
		t.Fatal(err)
	}
	sum := digestOf(c.Secret)
	for _, secret := range []string{c.Secret, c.CSRF, string(sum[:])} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s", text)
		}
	}
}

package people

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
)

// stranger is in a network of their own.
func stranger(n int) *From {
	return &From{Address: netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n >> 16), byte(n >> 8), byte(n), 15: 1})}
}

// wrong has so many attempts of from fail.
func (h *house) wrong(n int, email string, from *From) {
	h.Helper()
	for i := range n {
		if _, err := h.SignIn(h.Context(), email, otherWord, from); err != ErrSignIn {
			h.Fatalf("attempt %d: %v", i, err)
		}
	}
}

// refused demands that not even the right password is taken.
func (h *house) refused(from *From) {
	h.Helper()
	_, err := h.SignIn(h.Context(), ownersEmail, ownersWord, from)
	wantError(h.T, err, access.TooMany, "too-many-attempts")
}

// enters demands that the right password is taken, within that time.
func (h *house) enters(from *From, within time.Duration) *Current {
	h.Helper()
	begin := time.Now()
	c, err := h.SignIn(h.Context(), ownersEmail, ownersWord, from)
	if took := time.Since(begin); err != nil || took > within {
		h.Fatalf("%v after %v", err, took)
	}
	return c
}

func TestAnAddressIsGuessedAtOnlySoOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := owned(t)
		for i := range laneAtOnce { // each from a network of its own
			h.wrong(1, ownersEmail, stranger(i))
		}
		_, err := h.SignIn(t.Context(), strings.ToUpper(ownersEmail), ownersWord, stranger(100))
		wantError(t, err, access.TooMany, "too-many-attempts")
		var e *access.Error
		if errors.As(err, &e); e.RetryAfter != laneGap || e.Fix != "try again in 5 seconds" {
			t.Errorf("%v: %s", e.RetryAfter, e.Fix)
		}
		h.wrong(1, "al@example.org", stranger(100))
		time.Sleep(laneGap - laneWait)
		h.enters(stranger(100), laneWait+laneChance)
	})
}

// A stranger who guesses all day keeps nobody out: neither who comes from where they
// have been before, nor who comes from somewhere new.
func TestGuessesElsewhereShutNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		if err := h.SignOut(t.Context(), c.Person.ID, c.Session.ID); err != nil {
			t.Fatal(err)
		}
		h.restart() // what is known is on the shelf
		compared := h.flood(4*time.Hour, time.Second, there)
		for day := range 8 {
			time.Sleep(27 * time.Minute)
			h.enters(here, 0)
			h.enters(stranger(day), laneGap+laneChance)
		}
		time.Sleep(time.Hour)
		if n, most := compared(), int64(networkAtOnce+4*3600*networkPerSecond+1); n < networkAtOnce || n > most {
			t.Errorf("the stranger had %d guesses, of at most %d", n, most)
		}
	})
}

// flood has somebody guess for so long, again as soon as they are refused; compared
// is how many guesses they had.
func (h *house) flood(long, every time.Duration, from *From) (compared func() int64) {
	var n atomic.Int64
	end := time.Now().Add(long)
	go func() {
		for time.Now().Before(end) {
			if _, err := h.SignIn(h.Context(), ownersEmail, otherWord, from); err == ErrSignIn {
				n.Add(1)
			}
			time.Sleep(every)
		}
	}()
	return n.Load
}

// A stranger in the very network of the owner, as all are behind a proxy of which the
// server does not know, can make the owner wait, but in a browser that is known not
// even that; and has few guesses.
func TestGuessesInTheSameNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := owned(t)
		var all []func() int64
		for i := range 5 {
			all = append(all, h.flood(time.Hour, time.Duration(i+1)*10*time.Millisecond, &From{Address: here.Address}))
		}
		time.Sleep(10 * time.Minute)
		browser := &From{Address: here.Address, Secret: c.Secret}
		for range 5 {
			browser.Secret = h.enters(browser, 0).Secret
		}
		tries := 1
		for ; tries < 400; tries++ { // once in six would be fair
			if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, &From{Address: here.Address}); err == nil {
				break
			}
			time.Sleep(time.Second)
		}
		if tries == 400 {
			t.Error("the owner has no chance")
		}
		time.Sleep(2 * time.Hour)
		var n int64
		for _, compared := range all {
			n += compared()
		}
		if most := int64(laneAtOnce + time.Hour/laneGap + 10); n > most {
			t.Errorf("%d guesses, of at most %d", n, most)
		}
	})
}

func TestWhatIsKnownOfAPerson(t *testing.T) {
	other := &From{Address: netip.MustParseAddr("192.0.2.200")} // in the network of here
	for _, test := range []struct {
		name   string
		after  func(h *house, c *Current)
		from   func(c *Current) *From
		enters bool
	}{
		{"a browser whose session is open", func(*house, *Current) {}, func(c *Current) *From { return &From{Address: there.Address, Secret: c.Secret} }, true},
		{"a browser whose session has ended", func(h *house, _ *Current) { time.Sleep(2 * Idle); h.sweep(h.Context()) },
			func(c *Current) *From { return &From{Address: there.Address, Secret: c.Secret} }, true},
		{"a browser after a restart", func(h *house, _ *Current) { h.restart() }, func(c *Current) *From { return &From{Address: there.Address, Secret: c.Secret} }, true},
		{"a network", func(h *house, c *Current) { _ = h.SignOut(h.Context(), c.Person.ID, c.Session.ID) }, func(*Current) *From { return other }, true},
		{"a network, nearly three months later", func(*house, *Current) { time.Sleep(KnownFor - time.Hour) }, func(*Current) *From { return other }, true},
		{"a network after more than that", func(*house, *Current) { time.Sleep(KnownFor) }, func(*Current) *From { return other }, false},
		{"a browser after more than that", func(*house, *Current) { time.Sleep(KnownFor) }, func(c *Current) *From { return &From{Address: there.Address, Secret: c.Secret} }, false},
		{"a secret that was made up", func(*house, *Current) {}, func(*Current) *From { return &From{Address: there.Address, Secret: newSecret()} }, false},
		{"the browser of somebody else", func(*house, *Current) {}, nil, false},
		{"another network", func(*house, *Current) {}, func(*Current) *From { return there }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, c := owned(t)
				var from *From
				if test.from == nil {
					al := h.member(h.admin, Invitation{Email: "al@example.org", Role: Viewer})
					from = &From{Address: stranger(9).Address, Secret: al.Secret}
				} else {
					from = test.from(c)
				}
				test.after(h, c)
				for i := range laneAtOnce {
					h.wrong(1, ownersEmail, stranger(100+i))
				}
				if test.enters {
					h.enters(from, 0)
				} else {
					h.refused(from)
				}
			})
		})
	}
}

// What is known is bounded, and the latest stays.
func TestNotes(t *testing.T) {
	now := time.Now()
	var list []seen
	for i := range 3 * maxKnown {
		list = note(list, fmt.Sprint(i), "", now.Add(time.Duration(i)*time.Minute))
	}
	if len(list) != maxKnown || list[0].Key != fmt.Sprint(3*maxKnown-1) || list[maxKnown-1].Key != fmt.Sprint(2*maxKnown) {
		t.Errorf("%v", list)
	}
	before := slices.Clone(list)
	if after := note(list, "new", list[1].Key, now.Add(time.Hour)); len(after) != maxKnown || after[0].Key != "new" || isKnown(after, list[1].Key) || !slices.Equal(before, list) {
		t.Errorf("%v", after)
	}
	if after := note(list, list[3].Key, "", now.Add(time.Hour)); len(after) != maxKnown || after[0].Key != list[3].Key {
		t.Errorf("%v", after)
	}
	if after := note(list, "new", "", now.Add(2*KnownFor)); len(after) != 1 {
		t.Errorf("%v", after)
	}
	if after := note(list, "", "", now); !slices.Equal(after, list) {
		t.Errorf("somebody without an address: %v", after)
	}
}

func TestTheShelfHasNoSecretOfABrowser(t *testing.T) {
	h, c := owned(t)
	if text := h.shelf.text(); strings.Contains(text, c.Secret) || !strings.Contains(text, digestOf(c.Secret).text()) || !strings.Contains(text, "192.0.2.0/24") {
		t.Error(text)
	}
}

func TestANetworkGuessesOnlySoOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := owned(t)
		for i := range networkAtOnce {
			h.wrong(1, fmt.Sprintf("p%d@example.org", i), there)
		}
		h.refused(&From{Address: netip.MustParseAddr("198.51.100.99")})
		h.enters(here, 0)
		time.Sleep(time.Minute)
		h.enters(there, 0)
	})
}

// Who has a code that nobody can guess is not held back by those who try.
func TestCodesAreTakenWhateverOthersTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		refused := func() (err error) {
			for range networkAtOnce + 1 {
				_, err = h.Setup(t.Context(), &Newcomer{Code: newCode(), Email: ownersEmail, Name: "Eve", Password: ownersWord}, here)
			}
			return err
		}
		wantError(t, refused(), access.TooMany, "too-many-attempts")
		c, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: ownersEmail, Name: "Jo", Password: ownersWord}, here)
		if err != nil {
			t.Fatal(err)
		}
		_, code, err := h.Invite(t.Context(), c.Principal, &Invitation{Email: "al@example.org", Role: Viewer})
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.Join(t.Context(), &Newcomer{Code: newCode(), Password: otherWord}, here)
		wantError(t, err, access.TooMany, "too-many-attempts")
		if _, err := h.Join(t.Context(), &Newcomer{Code: code.Text, Password: otherWord}, here); err != nil {
			t.Error(err)
		}
	})
}

// Attempts that come together are counted before any of them is looked at.
func TestAttemptsTogetherCountToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := owned(t)
		var together sync.WaitGroup
		var wrong atomic.Int64
		for range 3 * laneAtOnce {
			together.Go(func() {
				if _, err := h.SignIn(t.Context(), ownersEmail, otherWord, there); err == ErrSignIn {
					wrong.Add(1)
				}
			})
		}
		together.Wait()
		if n := wrong.Load(); n != laneAtOnce {
			t.Errorf("%d passwords were compared", n)
		}
	})
}

// Of all who wait for the same turn one has it, and how many wait is bounded.
func TestThoseWhoWaitForATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := owned(t)
		h.wrong(laneAtOnce, ownersEmail, there)
		time.Sleep(laneGap - laneWait)
		var in, late, atOnce atomic.Int64
		begin := time.Now()
		for i := range 2 * maxWaiting {
			go func() {
				_, err := h.SignIn(t.Context(), ownersEmail, ownersWord, stranger(i))
				switch {
				case err == nil:
					in.Add(1)
				case time.Since(begin) == 0:
					atOnce.Add(1)
				default:
					late.Add(1)
				}
			}()
		}
		time.Sleep(time.Minute)
		// Each that is right gives its turn back, for the next one.
		if in.Load() == 0 || in.Load()+late.Load() != maxWaiting || atOnce.Load() != maxWaiting {
			t.Errorf("%d in, %d sent away late, %d at once", in.Load(), late.Load(), atOnce.Load())
		}
	})
}

// Strangers who fill the line in which digests are made are sent away; who is known
// does not stand in it.
func TestAFullLineIsNotThatOfWhoIsKnown(t *testing.T) {
	h, _ := owned(t)
	h.hasher = password.New(password.Cost{Memory: 4096, Time: 1, Threads: 1})
	var refused, number atomic.Int64
	var strangers sync.WaitGroup
	done := make(chan struct{})
	for range 100 {
		strangers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				n := int(number.Add(1))
				if _, err := h.SignIn(t.Context(), fmt.Sprintf("p%d@example.org", n), otherWord, stranger(n)); err != ErrSignIn {
					refused.Add(1)
				}
			}
		})
	}
	for range 5 {
		for before := refused.Load(); refused.Load() == before; {
			time.Sleep(time.Millisecond)
		}
		if _, err := h.SignIn(t.Context(), ownersEmail, ownersWord, here); err != nil {
			t.Error(err)
		}
	}
	close(done)
	strangers.Wait()
}

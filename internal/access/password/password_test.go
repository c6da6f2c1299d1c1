package password

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

// cheap is a Cost for tests that do not look at it.
var cheap = Cost{Memory: 64, Time: 1, Threads: 1}

func TestAPasswordFitsItsOwnDigest(t *testing.T) {
	h := New(cheap)
	hash, err := h.Hash(t.Context(), "four words of mine")
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Hash(t.Context(), "four words of mine")
	if err != nil || again == hash {
		t.Errorf("two digests are the same: %q, %v", again, err)
	}
	for _, test := range []struct {
		name, hash, password string
		fits                 bool
	}{
		{"itself", hash, "four words of mine", true},
		{"by the other salt", again, "four words of mine", true},
		{"another", hash, "four words of yours", false},
		{"in capitals", hash, "Four words of mine", false},
		{"with a space behind it", hash, "four words of mine ", false},
		{"empty", hash, "", false},
		{"no digest", "", "four words of mine", false},
		{"no digest and no password", "", "", false},
		{"a digest cut short", hash[:len(hash)-1], "four words of mine", false},
		{"another algorithm", strings.Replace(hash, "argon2id", "argon2i", 1), "four words of mine", false},
		{"another version", strings.Replace(hash, "v=19", "v=16", 1), "four words of mine", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if fits, _, err := h.Verify(t.Context(), test.hash, test.password); err != nil || fits != test.fits {
				t.Errorf("%v, %v", fits, err)
			}
		})
	}
}

// The digest of all zeros that an unknown person is compared with fits nothing,
// though somebody may know it.
func TestTheDigestOfNobodyFitsNothing(t *testing.T) {
	h := New(cheap)
	d := digest{cost: cheap, salt: make([]byte, saltSize)}
	sum, err := h.sum(t.Context(), "known", &d)
	if err != nil {
		t.Fatal(err)
	}
	h.never = sum
	if fits, _, err := h.Verify(t.Context(), "", "known"); fits || err != nil {
		t.Errorf("%v, %v", fits, err)
	}
}

func TestADigestOfAnotherCostIsStale(t *testing.T) {
	hash, err := New(cheap).Hash(t.Context(), "four words of mine")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		cost  Cost
		stale bool
	}{
		{"the same", cheap, false},
		{"more memory", Cost{Memory: 128, Time: 1, Threads: 1}, true},
		{"more passes", Cost{Memory: 64, Time: 2, Threads: 1}, true},
		{"more threads", Cost{Memory: 64, Time: 1, Threads: 2}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			fits, stale, err := New(test.cost).Verify(t.Context(), hash, "four words of mine")
			if err != nil || !fits || stale != test.stale {
				t.Errorf("fits %v, stale %v, %v", fits, stale, err)
			}
		})
	}
}

// A digest that costs what RFC 9106 recommends; its own test vectors are those
// of the library.
func TestTheRecommendedCost(t *testing.T) {
	h := New(Recommended)
	hash, err := h.Hash(t.Context(), "four words of mine")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Fatal(hash, err)
	}
	if fits, stale, err := h.Verify(t.Context(), hash, "four words of mine"); !fits || stale || err != nil {
		t.Error(fits, stale, err)
	}
}

func TestDigestsThatCannotBeRead(t *testing.T) {
	const salt, sum = "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, text := range []string{
		"", "$", "$$$$$", "plain text", "$argon2id$v=19$m=64,t=1,p=1$" + salt, "$argon2id$v=19$m=64,t=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + sum + "$", "$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + sum, "$argon2id$v=19$m=64,t=1000,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + sum, "$argon2id$v=19$m=7,t=1,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=1,p=256$" + salt + "$" + sum, "$argon2id$v=19$m=64,t=1,p=1$" + salt + "=$" + sum,
		"$argon2id$v=19$m=-64,t=1,p=1$" + salt + "$" + sum, "$argon2id$v=19$m=64,t=1,p=1$" + salt[1:] + "$" + sum,
	} {
		if _, ok := parse(text); ok {
			t.Errorf("%q was read", text)
		}
	}
	if _, ok := parse("$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + sum); !ok {
		t.Error("a good one was not read")
	}
}

func FuzzDigest(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2Fs$")
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := parse(text)
		if !ok {
			return
		}
		again, ok := parse(d.String())
		if !ok || again.String() != d.String() || d.cost.Memory > mostMemory || d.cost.Time > mostTime {
			t.Errorf("%q became %q", text, d.String())
		}
	})
}

// While all slots are taken others wait, and those for whom there is no room in
// the line are sent away at once.
func TestAFloodIsSentAway(t *testing.T) {
	h := New(cheap)
	for range atOnce {
		h.slots <- struct{}{}
		h.line <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range inLine {
		waiting.Go(func() {
			if _, err := h.Hash(ctx, "four words of mine"); !errors.Is(err, context.Canceled) {
				t.Errorf("one that waits: %v", err)
			}
		})
	}
	for len(h.line) < cap(h.line) {
		if t.Context().Err() != nil {
			t.Fatal("they do not wait")
		}
	}
	if _, _, err := h.Verify(t.Context(), "", "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	if _, _, err := h.Kept().Verify(t.Context(), "", "x"); err != nil {
		t.Errorf("one who is known: %v", err)
	}
	cancel()
	waiting.Wait()
	for range atOnce {
		<-h.slots
		<-h.line
	}
	if _, err := h.Hash(t.Context(), "four words of mine"); err != nil {
		t.Errorf("when it is over: %v", err)
	}
	if len(h.line)+len(h.slots) != 0 {
		t.Error("somebody has not left")
	}
}

// Those who are known have no more places than others.
func TestTheKeptLineIsBounded(t *testing.T) {
	h := New(cheap).Kept()
	for range atOnce + inLine {
		h.line <- struct{}{}
	}
	if _, err := h.Kept().Hash(t.Context(), "four words of mine"); !errors.Is(err, ErrBusy) {
		t.Error(err)
	}
}

func BenchmarkVerify(b *testing.B) {
	h := New(Recommended)
	for b.Loop() {
		if _, _, err := h.Verify(b.Context(), "", "four words of mine"); err != nil {
			b.Fatal(err)
		}
	}
}

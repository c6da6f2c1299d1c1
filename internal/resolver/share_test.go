package resolver

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// slow gives all servers that delay.
func (n *internet) slow(delay time.Duration) *internet {
	for _, h := range n.hosts {
		h.delay = delay
	}
	return n
}

// A and AAAA go the same way down, and only part where they must.
func TestBothShareTheirWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t).slow(50 * time.Millisecond)
		r := n.resolver(t)
		start := time.Now()
		a, aaaa := r.ResolveBoth(t.Context(), dname.MustParse("www.example.com."))
		if told(a) != "www.example.com. A 60 192.0.2.1" || told(aaaa) != "www.example.com. AAAA 60 2001:db8::1" || time.Since(start) != 200*time.Millisecond {
			t.Errorf("got %s and %s after %v", told(a), told(aaaa), time.Since(start))
		}
		asked := strings.Split(questions(n.seen()), ", ")
		slices.Sort(asked)
		if want := []string{". NS", "com. A", "example.com. A", "www.example.com. A", "www.example.com. AAAA"}; !slices.Equal(asked, want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
		for _, res := range []*Result{a, aaaa} {
			took := time.Duration(0)
			for _, s := range res.Chain {
				took += s.Took
			}
			if took != 200*time.Millisecond {
				t.Errorf("the steps took %v", took)
			}
		}
	})
}

// Many names of a zone that nobody knows yet do not each ask who has it.
func TestHerd(t *testing.T) {
	const names = 100
	synctest.Test(t, func(t *testing.T) {
		n := usual(t).slow(50 * time.Millisecond)
		r := n.resolver(t)
		results := make(chan *Result)
		for i := range names {
			go func() { results <- ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA) }()
		}
		for range names {
			if res := <-results; res.Rcode != code.NoError || len(res.Answer) != 1 {
				t.Errorf("got %s", told(res))
			}
		}
		if asked := n.seen(); len(asked) != names+4 {
			t.Errorf("%d messages, want one for each name and four for the way", len(asked))
		}
	})
}

// A server that is silent is so for all who wait, and all go on to the next.
func TestHerdAtADeadServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t).slow(10 * time.Millisecond)
		n.hosts["10.0.1.1"].dead = true
		r := n.resolver(t)
		results := make(chan *Result)
		for i := range 20 {
			go func() { results <- ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA) }()
		}
		for range 20 {
			if res := <-results; res.Rcode != code.NoError || len(res.Answer) != 1 {
				t.Errorf("got %s", told(res))
				fatalChain(t, res)
			}
		}
	})
}

// Who asks first may lose patience; who shares the message need not.
func TestSharedMessageOutlivesItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t).slow(200 * time.Millisecond)
		r := n.resolver(t)
		impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		done := make(chan *Result)
		go func() {
			done <- r.Resolve(impatient, Question{dname.MustParse("www.example.com."), rr.TypeA})
		}()
		if res := ask(t, r, "mail.example.com.", rr.TypeMX); res.Rcode != code.NoError {
			t.Errorf("got %s", told(res))
		}
		if res := <-done; res.Rcode != code.ServFail || res.EDE != code.NoReachable {
			t.Errorf("the impatient one got %s", told(res))
		}
		if r.Close(); len(r.asks.open) != 0 {
			t.Errorf("%d messages are still under way", len(r.asks.open))
		}
	})
}

// Who shares the messages to a dead server gives up when they are over, not after as
// many of its own.
func TestSharedSilenceIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := chained(t, 0, time.Millisecond)
		n.hosts["10.1.0.1"].dead = true
		r := n.resolver(t)
		done := make(chan *Result)
		for _, name := range []string{"www.sub.z0.", "mail.sub.z0."} { // both ask for sub.z0. first
			go func() { done <- ask(t, r, name, rr.TypeA) }()
		}
		<-done
		<-done
		asked := 0
		for _, line := range n.seen() {
			if strings.HasPrefix(line, "10.1.0.1 sub.z0.") {
				asked++
			}
		}
		if asked != 2 {
			t.Errorf("the part was asked for %d times, want 2", asked)
		}
	})
}

package resolver

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// A burst of names of a lone server that nobody knows yet is answered whole.
func TestBurst(t *testing.T) {
	const names = 300
	synctest.Test(t, func(t *testing.T) {
		n := chained(t, 0, 50*time.Millisecond)
		n.host("10.1.0.1", []string{"z0.", "z0. NS ns.z0.", "*.z0. A 192.0.2.1"}).delay = 50 * time.Millisecond
		r := n.resolver(t)
		done := make(chan *Result)
		for i := range names {
			go func() { done <- ask(t, r, fmt.Sprintf("n%d.z0.", i), rr.TypeA) }()
		}
		for range names {
			if res := <-done; res.Rcode != code.NoError {
				t.Errorf("got %s %q", told(res), res.Text)
			}
		}
	})
}

// Of the questions for one zone only so many are worked on; that is not remembered
// as a failure of the name.
func TestPerZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.PerZone = 3 })
		ask(t, r, "www.example.com.", rr.TypeA)
		n.slow(100 * time.Millisecond)
		done := make(chan *Result)
		for i := range 5 {
			go func() { done <- ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA) }()
		}
		refused := 0
		for range 5 {
			if res := <-done; res.Rcode == code.ServFail {
				refused++
				if res.EDE != code.Other || res.Text != "too much to do: 3 questions for names of example.com. at a time are as many as allowed" {
					t.Errorf("got %s %q", res.EDE, res.Text)
				}
			}
		}
		if got := metrics(t, r)["busy_total zone"]; refused != 2 || got != 2 {
			t.Errorf("%d were refused, %v told", refused, got)
		}
		for i := range 5 {
			if res := ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA); len(res.Answer) != 1 {
				t.Errorf("afterwards: %s %q", told(res), res.Text)
			}
		}
		if open, _ := r.zones.Count(); open != 0 {
			t.Errorf("still counted: %d zones", open)
		}
	})
}

// A limit of ours that keeps the address of a server from being found is no failure of
// the name either.
func TestBusyIsNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.PerServer = 1 })
		ask(t, r, "www.example.org.", rr.TypeA)
		n.hosts["10.0.1.1"].dead = true
		n.hosts["10.0.1.2"].dead = true
		for range 3 {
			r.missed(servers("10.0.1.1")[0], r.servers.Standing(servers("10.0.1.1")[0]).Epoch)
		}
		go ask(t, r, "n1.example.org.", rr.TypeA)
		synctest.Wait()
		res := ask(t, r, "n2.example.org.", rr.TypeA)
		if res.EDE != code.Other || !strings.HasPrefix(res.Text, "too much to do: 1 message to 10.0.1.1:53 under way already") {
			t.Errorf("got %s %q", res.EDE, res.Text)
		}
		if at := r.servers.Standing(servers("10.0.1.1")[0]); at.Silences != 3 {
			t.Errorf("it is held against the server: %+v", at)
		}
		n.hosts["10.0.1.1"].dead = false
		time.Sleep(20 * time.Second)
		if res := ask(t, r, "n2.example.org.", rr.TypeA); res.Rcode != code.NXDomain {
			t.Errorf("remembered: %s %q", res.EDE, res.Text)
		}
	})
}

// Clients do not take all questions that may be worked on.
func TestRoomForRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t).slow(300 * time.Millisecond)
		r := n.resolver(t, func(o *Options) { o.Walks = 8 })
		for i := range 20 {
			go ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA)
		}
		synctest.Wait()
		if res := ask(t, r, "mail.example.com.", rr.TypeMX); res.EDE != code.Other {
			t.Errorf("one too many: %s", told(res))
		}
		if res := r.Renew(t.Context(), Question{dname.MustParse("www.example.com."), rr.TypeA}, time.Minute); len(res.Answer) != 1 {
			t.Errorf("renewed: %s %q", told(res), res.Text)
		}
	})
}

package serve

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"
	"github.com/prometheus/client_golang/prometheus"
	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/resolver"
)

// crowd has every network in turn take places until none gets one more.
func crowd(p *places, networks int) (held []int) {
	held = make([]int, networks)
	for more := true; more; {
		more = false
		for n := range held {
			if _, ok := p.take(netip.AddrFrom4([4]byte{198, 51, byte(n), byte(held[n])})); ok {
				held[n]++
				more = true
			}
		}
	}
	return held
}

// However many networks want all they can get, each gets the same, and one that comes
// new gets some.
func TestPlacesAreShared(t *testing.T) {
	for networks, want := range map[int]int{1: 4096, 2: 2730, 3: 2048, 7: 1024, 31: 256} {
		p := newPlaces()
		for n, got := range crowd(p, networks) {
			if got < want-1 || got > want+1 {
				t.Errorf("%d networks: number %d got %d places, want %d", networks, n, got, want)
			}
		}
		left := int(p.room - p.taken.Load())
		got := 0
		for peer := netip.MustParseAddr("192.0.2.1"); ; got++ {
			if _, ok := p.take(peer); !ok {
				break
			}
		}
		if got < left/2-1 || left < want-networks {
			t.Errorf("%d networks: a new one got %d of %d that were left", networks, got, left)
		}
	}
}

// A network is a /24, or a /56.
func TestNetworksOfPlaces(t *testing.T) {
	for _, c := range []struct {
		one, other string
		same       bool
	}{
		{"192.0.2.1", "192.0.2.254", true},
		{"192.0.2.1", "::ffff:192.0.2.9", true},
		{"192.0.2.1", "192.0.3.1", false},
		{"2001:db8:0:1::1", "2001:db8:0:ff:2::2", true},
		{"2001:db8:0:1::1", "2001:db8:0:100::1", false},
	} {
		seed := newSeed()
		if same := networkOf(seed, netip.MustParseAddr(c.one)) == networkOf(seed, netip.MustParseAddr(c.other)); same != c.same {
			t.Errorf("%s and %s: %v", c.one, c.other, same)
		}
		if networkOf(seed, netip.MustParseAddr(c.one)) == networkOf(seed+1, netip.MustParseAddr(c.one)) {
			t.Errorf("%s does not depend on the seed", c.one)
		}
	}
}

// A network that gets a place holds no more than are left, and what is given back is
// nobody's any more.
func TestPlacesModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPlaces()
		p.room = int64(rapid.IntRange(1, 64).Draw(t, "room"))
		held := make(map[netip.Addr][]place)
		taken := 0
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if int(p.taken.Load()) != taken {
					t.Fatalf("%d are taken, and %d counted", taken, p.taken.Load())
				}
			},
			"take": func(t *rapid.T) {
				peer := netip.AddrFrom4([4]byte{198, 51, byte(rapid.IntRange(0, 9).Draw(t, "network")), 1})
				one, ok := p.take(peer)
				if mine, left := len(held[peer])+1, int(p.room)-taken-1; ok != (mine <= max(left, 1)) {
					t.Fatalf("it is %v that a network gets its place number %d while %d are left", ok, mine, left)
				}
				if ok {
					held[peer], taken = append(held[peer], one), taken+1
				}
			},
			"give back": func(t *rapid.T) {
				peer := netip.AddrFrom4([4]byte{198, 51, byte(rapid.IntRange(0, 9).Draw(t, "network")), 1})
				n := len(held[peer])
				if n == 0 {
					t.Skip("nothing is held")
				}
				p.giveBack(held[peer][n-1])
				held[peer], taken = held[peer][:n-1], taken-1
			},
		})
		for _, list := range held {
			for _, one := range list {
				p.giveBack(one)
			}
		}
		for i := range p.counts {
			for n := range p.counts[i] {
				if left := p.counts[i][n].Load(); left != 0 {
					t.Fatalf("counter %d has %d at the end", n, left)
				}
			}
		}
	})
}

func TestPlacesAtOneTime(t *testing.T) {
	p := newPlaces()
	p.room = 100
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			peer := netip.AddrFrom4([4]byte{198, 51, byte(n % 3), byte(n)})
			for range 2000 {
				if one, ok := p.take(peer); ok {
					p.giveBack(one)
				}
			}
		})
	}
	all.Wait()
	if p.taken.Load() != 0 {
		t.Errorf("%d are taken at the end", p.taken.Load())
	}
}

// crowded is what s tells of queries that were turned away.
func crowded(t *testing.T, s *Server) float64 {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(s)
	families, err := r.Gather()
	if err != nil || len(families) != 1 {
		t.Fatalf("%v, %d metrics", err, len(families))
	}
	return families[0].Metric[0].GetCounter().GetValue()
}

// One network that asks for what nobody answers does not keep others from asking.
func TestACrowdDoesNotKeepOthersOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := new(outside)
		r := o.recursion("0.0.0.0/0")
		resolve := r.Resolve
		r.Resolve = func(ctx context.Context, q resolver.Question) *resolver.Result {
			if strings.HasPrefix(q.Name.String(), "bad") {
				<-ctx.Done()
			}
			return resolve(ctx, q)
		}
		b := serving(t, Config{Recursion: r}, example)
		b.places.room = 40
		b.in.ReplyTo(func([]byte) {})
		refused := 0
		for n := range 40 {
			b.from(fmt.Sprintf("198.51.100.%d:1", n))
			if got := b.ask(t, edns(query(fmt.Sprintf("bad%d.test.", n), dns.TypeA), 1232)); got != nil {
				if refused++; describe(got) != "SERVFAIL rd ra opt/1232 ede0(too many queries are waiting already)" {
					t.Fatalf("turned away with %s", describe(got))
				}
			}
		}
		if got := crowded(t, b.Server); refused != 20 || got != 20 {
			t.Errorf("%d of 40 were turned away, %v counted", refused, got)
		}
		b.from("203.0.113.1:1")
		now, later := b.held(t, query("new.test.", dns.TypeA))
		if now != nil {
			t.Fatalf("another network: %s", describe(now))
		}
		if got := <-later; lines(got.Answer) != "new.test. 33 IN A 198.51.100.1" {
			t.Errorf("another network: %s", describe(got))
		}
		b.Close()
		if b.places.taken.Load() != 0 {
			t.Errorf("%d places are taken at the end", b.places.taken.Load())
		}
	})
}

package pace

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// servers are those at port 53 of the addresses.
func servers(addresses ...string) (list []exchange.Server) {
	for _, a := range addresses {
		list = append(list, exchange.Server{Addr: netip.AddrPortFrom(netip.MustParseAddr(a), 53)})
	}
	return list
}

func TestServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := NewServers(time.Now)
		list := servers("192.0.2.1", "192.0.2.2", "192.0.2.3")
		for range 10 {
			i.Answered(list[0], 20*time.Millisecond)
			i.Answered(list[1], 500*time.Millisecond)
		}
		if got := i.Order(list); got[0] != list[0] || got[1] != list[2] || got[2] != list[1] {
			t.Errorf("the fast one, the unknown one, the slow one: got %v", got)
		}
		if at := i.Standing(list[0]); at.Estimate < 15*time.Millisecond || at.Estimate > 25*time.Millisecond || at.Wait != leastTimeout {
			t.Errorf("after ten times 20 ms: %v, wait %v", at.Estimate, at.Wait)
		}
		for range 10 {
			i.Silent(list[0], i.Standing(list[0]).Epoch)
			i.Silent(list[0], i.Standing(list[0]).Epoch-1) // was under way at the same time
		}
		if at := i.Standing(list[0]); at.Estimate < 30*time.Second || at.Wait != MostTimeout {
			t.Errorf("after ten silences: %v, wait %v", at.Estimate, at.Wait)
		}
		i.Answered(list[0], 20*time.Millisecond)
		if at := i.Standing(list[0]); at.Estimate > 25*time.Millisecond || at.Wait != leastTimeout {
			t.Errorf("after an answer: %v, wait %v", at.Estimate, at.Wait)
		}
		i.Silent(list[0], i.Standing(list[0]).Epoch)
		if at := i.Standing(list[0]); at.Wait != 2*leastTimeout {
			t.Errorf("after one more silence: wait %v", at.Wait)
		}
		k := Lame{list[2], "\x03com\x00", rr.TypeA}
		i.SetLame(k)
		if !i.IsLame(k) || i.IsLame(Lame{list[2], "\x03com\x00", rr.TypeAAAA}) {
			t.Error("lame is lame for its zone and type")
		}
		time.Sleep(memoryTime + time.Second)
		if at := i.Standing(list[0]); at.Estimate != unknownRTT || i.IsLame(k) {
			t.Error("nothing is forgotten")
		}
		for n := range mostServers + 100 {
			s := servers(fmt.Sprintf("10.%d.%d.1", n>>8, n&255))[0]
			i.Answered(s, time.Millisecond)
			i.SetLame(Lame{s, "", rr.TypeA})
		}
		if len(i.known) > mostServers || len(i.lame) > mostServers {
			t.Errorf("%d and %d are remembered", len(i.known), len(i.lame))
		}
	})
}

// Messages that were under way together are one silence, and what was sent before
// the last answer is none.
func TestSilencesFollowOneAnother(t *testing.T) {
	i := NewServers(time.Now)
	s := servers("192.0.2.1")[0]
	i.Answered(s, time.Millisecond)
	first := i.Standing(s)
	for range 50 {
		i.Silent(s, first.Epoch)
	}
	if at := i.Standing(s); at.Silences != 1 || at.Doubted || at.Dead {
		t.Errorf("after one wave: %+v", at)
	}
	for want := 2; want <= deadSilences; want++ {
		i.Silent(s, i.Standing(s).Epoch)
		if at := i.Standing(s); at.Silences != want || !at.Doubted || at.Dead != (want == deadSilences) {
			t.Errorf("after %d: %+v", want, at)
		}
	}
	before := i.Standing(s)
	i.Answered(s, time.Millisecond)
	if i.Silent(s, before.Epoch); i.Standing(s).Silences != 0 {
		t.Error("what was asked before the answer counts as silence")
	}
}

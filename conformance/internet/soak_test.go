package internet

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

var soakTime = flag.Duration("soak", 20*time.Second, "how long targets flap under load")

const (
	soakTargets = 12
	soakAliases = 20 // of each target
	soakClients = 4
	soakPause   = 2 * time.Millisecond // between two questions of a client
)

// soakWorld is an internet of targets with short lives, and the aliases of them.
func soakWorld() (zones []Zone, own string) {
	var aliases strings.Builder
	for i := range soakTargets {
		zones = append(zones, Zone{Origin: fmt.Sprintf("t%d.com.", i), Servers: []string{fmt.Sprintf("s%d", i)}, Text: soakZone(i, 0)})
		for j := range soakAliases {
			fmt.Fprintf(&aliases, "a%d-%d %d ALIAS www.t%d.com.\n", i, j, 1+j, i)
		}
	}
	return zones, aliases.String()
}

// soakZone is the zone of a target that has moved so many times.
func soakZone(target, moves int) string {
	return fmt.Sprintf("www %d CNAME edge\nedge %d A 192.0.%d.%d\n", 1+target%3, 1+target%5, moves%256, target)
}

// flaws are what may be wrong with a target's server for a while.
var flaws = []string{
	"silent", "silent", "rcode SERVFAIL", "rcode REFUSED", "loss 60", "delay 1500ms 1s", "upward", "id", "question",
	"over udp\ntruncate\n", "silent tcp\ntruncate", "noedns FORMERR",
}

// TestSoak: while targets come and go, move and lie, and are asked for all the time, every
// ALIAS goes on being answered with addresses that its target had.
func TestSoak(t *testing.T) {
	t.Parallel()
	zones, own := soakWorld()
	n := Build(t, zones)
	p := n.StartTruename(t, ours(own))
	load := &soakLoad{addr: p.Addr}
	load.warm(t)
	ctx, cancel := context.WithTimeout(t.Context(), *soakTime)
	defer cancel()
	var all sync.WaitGroup
	flaps := 0
	all.Go(func() { flaps = flap(ctx, n) })
	for range soakClients {
		all.Go(func() { load.run(ctx) })
	}
	all.Wait()
	t.Logf("%v: %d flaps, %d questions, %d answers stale, the slowest after %v", *soakTime, flaps, load.asked.Load(), load.stale.Load(), time.Duration(load.slowest.Load()))
	for _, wrong := range load.wrong {
		t.Error(wrong)
	}
	if load.stale.Load() == 0 || load.stale.Load() == load.asked.Load() || flaps == 0 {
		t.Errorf("%d of %d answers were stale after %d flaps: the targets did not come and go", load.stale.Load(), load.asked.Load(), flaps)
	}
}

// flap lets targets fail, move and heal until ctx ends, and returns how often. Half of
// them are well at a time, in the mean.
func flap(ctx context.Context, n *Internet) (count int) {
	moves := make([]int, soakTargets)
	for ; ctx.Err() == nil; count++ {
		target := rand.IntN(soakTargets)
		host := n.hosts[fmt.Sprintf("s%d", target)]
		host.Heal()
		switch rand.IntN(4) {
		case 0: // it is well
		case 1:
			moves[target]++
			if err := n.Change(fmt.Sprintf("t%d.com.", target), soakZone(target, moves[target])); err != nil {
				panic(err)
			}
		default:
			fault, err := ParseFault(strings.Split(flaws[rand.IntN(len(flaws))], "\n"))
			if err != nil {
				panic(err)
			}
			host.Add(fault)
		}
		select {
		case <-time.After(rand.N(400 * time.Millisecond)):
		case <-ctx.Done():
		}
	}
	return count
}

// soakLoad asks for the aliases and judges the answers.
type soakLoad struct {
	addr                  string
	asked, stale, slowest atomic.Int64

	mu    sync.Mutex
	wrong []string // the first few
}

// warm waits until every alias has been answered once.
func (l *soakLoad) warm(t *testing.T) {
	t.Helper()
	for i := range soakTargets {
		for j := range soakAliases {
			begin := time.Now()
			for wrong := "not asked"; wrong != ""; wrong = l.ask(i, j) {
				if time.Since(begin) > 10*time.Second {
					t.Fatalf("a%d-%d: %s", i, j, wrong)
				}
			}
		}
	}
	l.asked.Store(0)
	l.stale.Store(0)
	l.slowest.Store(0)
}

func (l *soakLoad) run(ctx context.Context) {
	for ctx.Err() == nil {
		target, alias := rand.IntN(soakTargets), rand.IntN(soakAliases)
		if wrong := l.ask(target, alias); wrong != "" {
			l.mu.Lock()
			if len(l.wrong) < 10 {
				l.wrong = append(l.wrong, fmt.Sprintf("a%d-%d: %s", target, alias, wrong))
			}
			l.mu.Unlock()
		}
		time.Sleep(soakPause)
	}
}

// ask puts one question and returns what is wrong with the answer, or "".
func (l *soakLoad) ask(target, alias int) string {
	query := new(dns.Msg).SetQuestion(fmt.Sprintf("a%d-%d.ours.test.", target, alias), dns.TypeA)
	query.SetEdns0(1232, false)
	begin := time.Now()
	reply, err := (&subject.Server{Addr: l.addr}).Ask("udp", query)
	if err != nil {
		return err.Error()
	}
	l.asked.Add(1)
	if took := int64(time.Since(begin)); took > l.slowest.Load() {
		l.slowest.Store(took)
	}
	if isStale(reply) {
		l.stale.Add(1)
	}
	if len(reply.Answer) != 1 {
		return "no address: " + told(reply)
	}
	a, ok := reply.Answer[0].(*dns.A)
	if !ok || a.A.To4()[3] != byte(target) {
		return "an address that the target never had: " + told(reply)
	}
	if most := min(1+alias, 1+target%3, 1+target%5); !isStale(reply) && a.Hdr.Ttl > uint32(most) {
		return "a TTL that is too long: " + a.String()
	}
	return ""
}

func isStale(m *dns.Msg) bool {
	opt := m.IsEdns0()
	return opt != nil && slices.ContainsFunc(opt.Option, func(o dns.EDNS0) bool {
		ede, ok := o.(*dns.EDNS0_EDE)
		return ok && ede.InfoCode == dns.ExtendedErrorCodeStaleAnswer
	})
}

package internet

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

// chainOf makes zones z1 to zN, each on a server of its own. The names cK lead from one to
// the next and end at an address, so that a chain of n links begins in the zone n before
// the last.
func chainOf(zones, chains int) []Zone {
	all := make([]Zone, 0, zones)
	for i := 1; i <= zones; i++ {
		var b strings.Builder
		for c := range chains {
			if i == zones {
				fmt.Fprintf(&b, "c%d A 192.0.2.1\nc%[1]d AAAA 2001:db8::1\n", c)
			} else {
				fmt.Fprintf(&b, "c%d CNAME c%[1]d.z%d.com.\n", c, i+1)
			}
		}
		all = append(all, Zone{Origin: fmt.Sprintf("z%d.com.", i), Servers: []string{fmt.Sprintf("z%d", i)}, Text: b.String()})
	}
	return all
}

// delays are those of the servers in a chain, one try after another. Where this machine is
// so busy that it takes long for an answer of its own, that is less of a longer delay. Five
// of the longest fit into the 1.5 s that an ALIAS is waited for, and none is as long as the
// 400 ms that a server nobody knows is given.
var delays = []time.Duration{
	80 * time.Millisecond, 80 * time.Millisecond, 80 * time.Millisecond, 160 * time.Millisecond, 160 * time.Millisecond,
	160 * time.Millisecond, 240 * time.Millisecond, 240 * time.Millisecond, 240 * time.Millisecond, 240 * time.Millisecond,
}

// delay gives all servers of a chain that delay.
func (n *Internet) delay(d time.Duration) {
	n.Heal()
	for name, h := range n.hosts {
		if strings.HasPrefix(name, "z") {
			h.Add(&Fault{left: -1, delay: d})
		}
	}
}

// timed asks for a name and returns how long the answer took, and whether it is an address.
func timed(t *testing.T, addr, name string) (time.Duration, bool) {
	t.Helper()
	begin := time.Now()
	reply, err := (&subject.Server{Addr: addr}).Ask("udp", new(dns.Msg).SetQuestion(name, dns.TypeA))
	took := time.Since(begin)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return took, len(reply.Answer) > 0 && reply.Answer[len(reply.Answer)-1].Header().Rrtype == dns.TypeA
}

// within reports whether have is no more than want, but for 15 percent. It cannot be less.
func within(have, want time.Duration) bool { return have.Seconds() < 1.15*want.Seconds() }

// A chain through n zones that nobody has asked for costs what its n servers cost. Other
// work of the machine can only add to that: of each length the best of many tries counts.
func TestColdChainCostsItsServers(t *testing.T) {
	const zones = 10
	lengths := []int{1, 2, 5, 10}
	n := Build(t, chainOf(zones, zones+1))
	for _, one := range delays {
		n.delay(one)
		p := n.StartTruename(t, Settings{Args: []string{"--recursion", "127.0.0.0/8"}})
		lengths = slices.DeleteFunc(lengths, func(length int) bool {
			took, ok := timed(t, p.Addr, fmt.Sprintf("c%d.z%d.com.", length, zones-length+1))
			t.Logf("a server takes %v; a chain through %d takes %v: %.2f of them", one, length, took, took.Seconds()/one.Seconds())
			if !ok || took < time.Duration(length)*one {
				t.Errorf("a cold chain through %d servers of %v has an address: %v, after %v", length, one, ok, took)
			}
			return within(took, time.Duration(length)*one)
		})
		if len(lengths) == 0 {
			return
		}
	}
	t.Errorf("cold chains through %v servers never cost what their servers cost", lengths)
}

// The first answer for an ALIAS over such a chain costs no more, although both families
// are looked for: side by side.
func TestColdAliasCostsItsServers(t *testing.T) {
	const zones = 5
	n := Build(t, chainOf(zones, 1))
	for _, one := range delays {
		n.delay(one)
		p := n.StartTruename(t, ours("c0 300 ALIAS c0.z1.com.\n"))
		took, ok := timed(t, p.Addr, "c0.ours.test.") // not, where the client was told to wait no longer
		t.Logf("a server takes %v; an ALIAS over %d takes %v: %v", one, zones, took, ok)
		if ok && within(took, zones*one) {
			return
		}
	}
	t.Errorf("an ALIAS over %d servers never cost what its servers cost", zones)
}

package internet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

// distant is the delay of the servers in a chain: far above what this machine takes
// itself for an answer.
const distant = 80 * time.Millisecond

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

// delayed is the internet of chainOf, whose servers are distant.
func delayed(t *testing.T, zones, chains int) *Internet {
	t.Helper()
	n := Build(t, chainOf(zones, chains))
	for i := 1; i <= zones; i++ {
		h, err := n.Host(fmt.Sprintf("z%d", i))
		if err != nil {
			t.Fatal(err)
		}
		h.Add(&Fault{left: -1, delay: distant})
	}
	return n
}

// timed asks for a name and returns how long the answer took, which must hold an address.
func timed(t *testing.T, addr, name string) time.Duration {
	t.Helper()
	begin := time.Now()
	reply, err := (&subject.Server{Addr: addr}).Ask("udp", new(dns.Msg).SetQuestion(name, dns.TypeA))
	took := time.Since(begin)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(reply.Answer) == 0 || reply.Answer[len(reply.Answer)-1].Header().Rrtype != dns.TypeA {
		t.Fatalf("%s: no address in %v", name, reply)
	}
	return took
}

// tries is how often a measurement is repeated on a machine that does other things too.
const tries = 3

// within reports whether have is want, but for 15 percent.
func within(have, want time.Duration) bool {
	return have.Seconds() > 0.85*want.Seconds() && have.Seconds() < 1.15*want.Seconds()
}

// A chain through n zones that nobody has asked for costs what its n servers cost.
func TestColdChainCostsItsServers(t *testing.T) {
	const zones = 10
	lengths := []int{1, 2, 5, 10}
	n := delayed(t, zones, tries*len(lengths))
	p := n.StartTruename(t, Settings{Args: []string{"--recursion", "127.0.0.0/8"}})
	for try := range tries {
		one := timed(t, n.hosts["z10"].Addr.String(), "c0.z10.com.") // a server as it is asked directly
		wrong := ""
		for i, length := range lengths {
			took := timed(t, p.Addr, fmt.Sprintf("c%d.z%d.com.", try*len(lengths)+i, zones-length+1))
			t.Logf("a server takes %v; a chain through %d takes %v: %.2f of them", one, length, took, took.Seconds()/one.Seconds())
			if !within(took, time.Duration(length)*one) {
				wrong = fmt.Sprintf("a cold chain through %d servers of %v took %v", length, one, took)
			}
		}
		if wrong == "" {
			return
		}
		if try == tries-1 {
			t.Error(wrong)
		}
	}
}

// The first answer for an ALIAS over such a chain costs no more, although both families
// are looked for: side by side.
func TestColdAliasCostsItsServers(t *testing.T) {
	const zones = 5
	n := delayed(t, zones, tries)
	var text strings.Builder
	for try := range tries {
		fmt.Fprintf(&text, "c%d 300 ALIAS c%[1]d.z1.com.\n", try)
	}
	for try := range tries {
		one := timed(t, n.hosts["z5"].Addr.String(), "c0.z5.com.")
		p := n.StartTruename(t, ours(text.String()))
		took := timed(t, p.Addr, fmt.Sprintf("c%d.ours.test.", try))
		t.Logf("a server takes %v; an ALIAS over %d takes %v", one, zones, took)
		if took < time.Duration(1.15*zones*float64(one)) {
			return
		}
		if try == tries-1 {
			t.Errorf("an ALIAS over %d servers of %v took %v", zones, one, took)
		}
	}
}

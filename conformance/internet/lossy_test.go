package internet

import (
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

const (
	lossyNames   = 240
	lossyClients = 40
	lossyShare   = 0.05 // of the names that may be given up, at a fifth of all messages lost
)

// Where every fifth message is lost, names are found all the same: three times at most may
// a server be asked the same over UDP (RFC 9520, Section 3.1), and so few are given up.
func TestLossyServers(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	for _, kind := range w.kinds() {
		if !subject.Installed(subject.Kind(kind)) {
			t.Skipf("%s is not installed: scripts/install-test-deps.sh", kind)
		}
	}
	n := Build(t, w.zones)
	truth := n.StartTruename(t, Settings{Args: []string{"--recursion", "127.0.0.0/8"}})
	names := found(w, truth.Addr)
	for _, h := range n.hosts {
		h.Add(&Fault{left: -1, loss: 20, jitter: 20 * time.Millisecond})
	}
	p := n.StartTruename(t, Settings{Args: []string{"--recursion", "127.0.0.0/8"}})
	var mu sync.Mutex
	var all sync.WaitGroup
	givenUp, silent, begin := 0, 0, time.Now()
	for c := range lossyClients {
		all.Go(func() {
			for i := c; i < len(names); i += lossyClients {
				m, err := patiently(p.Addr, names[i])
				mu.Lock()
				if err != nil {
					silent++
				} else if m.Rcode == dns.RcodeServerFailure {
					givenUp++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	t.Logf("%d names in %v: %d given up, %d without an answer", len(names), time.Since(begin), givenUp, silent)
	if silent > 0 || float64(givenUp) > lossyShare*float64(len(names)) {
		t.Errorf("of %d names %d were given up, and %d had no answer", len(names), givenUp, silent)
	}
}

// found are names that can be found while nothing is lost.
func found(w *world, addr string) (names []string) {
	seen := map[string]bool{}
	for range 10 * lossyNames {
		name, _ := w.question()
		if seen[name] || len(names) == lossyNames {
			continue
		}
		seen[name] = true
		if m, err := patiently(addr, name); err == nil && m.Rcode != dns.RcodeServerFailure {
			names = append(names, name)
		}
	}
	return names
}

// patiently asks for the addresses of a name and waits longer than a resolver may.
func patiently(addr, name string) (*dns.Msg, error) {
	client := dns.Client{Timeout: 20 * time.Second}
	m, _, err := client.Exchange(new(dns.Msg).SetQuestion(name, dns.TypeA), addr)
	return m, err
}

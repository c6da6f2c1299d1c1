package internet

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
)

var (
	besideSeed      = flag.Uint64("beside.seed", 1, "seed of the world asked beside unbound; 0 for another in every run")
	besideQuestions = flag.Int("beside.questions", 4000, "questions put to both")
)

// TestBesideUnbound asks a real unbound and us the same questions about the same
// internet: rcode and answers are the same, but for differences that are known.
func TestBesideUnbound(t *testing.T) {
	NeedPort53(t)
	if _, err := exec.LookPath("unbound"); err != nil {
		t.Skip("unbound is not installed: apt-get install unbound (or scripts/install-test-deps.sh)")
	}
	seed := *besideSeed
	if seed == 0 {
		seed = rand.Uint64N(1 << 32)
	}
	w := newWorld(seed)
	for _, kind := range w.kinds() {
		if !subject.Installed(subject.Kind(kind)) {
			t.Skipf("%s is not installed: scripts/install-test-deps.sh", kind)
		}
	}
	n := Build(t, w.zones)
	theirs := n.StartUnbound(t, "")
	ours := n.StartTruename(t, Settings{Args: []string{"--recursion", "127.0.0.0/8"}})
	known, failed := map[string]int{}, 0
	for range *besideQuestions {
		name, rtype := w.question()
		c := askBoth(t, name, rtype, ours.Addr, theirs.Addr)
		why := c.difference()
		if why == "" {
			continue
		}
		if reason := c.known(); reason != "" {
			known[reason]++
			continue
		}
		if failed++; failed <= 10 {
			t.Errorf("seed %d: %s %s: %s\n  we:      %s\n  unbound: %s", seed, name, rtype, why, told(c.ours), told(c.theirs))
		}
	}
	t.Logf("seed %d: %d questions, %d answered otherwise; known differences: %v", seed, *besideQuestions, failed, known)
}

// besidePatience is longer than either remembers that servers did not answer in time.
const besidePatience = 15 * time.Second

// askBoth asks both, and again where they differ in an unknown way: on a busy machine one
// may have given up a server that the other heard.
func askBoth(t *testing.T, name, rtype, ours, theirs string) compared {
	t.Helper()
	for begin := time.Now(); ; time.Sleep(time.Second) {
		c := compared{name: name, rtype: rtype, theirs: mustAsk(t, theirs, name, rtype), ours: mustAsk(t, ours, name, rtype)}
		if c.difference() == "" || c.known() != "" || time.Since(begin) > besidePatience {
			return c
		}
	}
}

func mustAsk(t *testing.T, addr, name, rtype string) *dns.Msg {
	t.Helper()
	number, ok := dns.StringToType[rtype]
	if !ok {
		number = 1000
	}
	query := new(dns.Msg).SetQuestion(name, number)
	query.SetEdns0(1232, false)
	server := &subject.Server{Addr: addr}
	for _, network := range []string{"udp", "udp", "tcp"} {
		m, err := server.Ask(network, query)
		if err == nil && !m.Truncated {
			return m
		}
	}
	t.Fatalf("%s does not answer for %s %s", addr, name, rtype)
	return nil
}

// compared is a question and what both said.
type compared struct {
	name, rtype  string
	ours, theirs *dns.Msg
}

// difference is how the answers differ in what matters, or "".
func (c compared) difference() string {
	if c.ours.Rcode != c.theirs.Rcode {
		return "another rcode"
	}
	if !reply.Of(c.ours.Answer).Equal(reply.Of(c.theirs.Answer)) {
		return "other answers"
	}
	return ""
}

// known is why a difference is as it should be, or "".
func (c compared) known() string {
	switch {
	case links(c.theirs) == 11 && c.ours.Rcode == dns.RcodeServerFailure:
		return "a chain of eleven links: our limit is ten"
	case c.rtype == "CNAME" && has(c.ours, dns.TypeDNAME) && reply.Of(c.ours.Answer).Within(reply.Of(c.theirs.Answer)):
		return "CNAME asked for below a DNAME: the one that is made is the answer (rfc6672/section_2_and_3.txt)"
	}
	return ""
}

func has(m *dns.Msg, rtype uint16) bool {
	return slices.ContainsFunc(m.Answer, func(r dns.RR) bool { return r.Header().Rrtype == rtype })
}

func links(m *dns.Msg) (count int) {
	for _, r := range m.Answer {
		if r.Header().Rrtype == dns.TypeCNAME {
			count++
		}
	}
	return count
}

func told(m *dns.Msg) string {
	lines := slices.Concat([]string{dns.RcodeToString[m.Rcode]}, reply.Of(m.Answer))
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if ede, ok := o.(*dns.EDNS0_EDE); ok {
				lines = append(lines, fmt.Sprintf("(EDE %d %s)", ede.InfoCode, ede.ExtraText))
			}
		}
	}
	return strings.Join(lines, "; ")
}

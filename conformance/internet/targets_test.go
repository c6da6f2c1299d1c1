package internet

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

// ours is a zone of the server under test, from a file.
func ours(lines string) Settings {
	z := Zone{Origin: "ours.test.", Text: lines}
	return Settings{Zones: []subject.Zone{{Origin: z.Origin, Text: z.complete(1, []netip.Addr{netip.MustParseAddr("192.0.2.53")})}}}
}

// address is the first that name has; "" without any.
func address(addr, name string) string {
	m, err := (&subject.Server{Addr: addr}).Ask("udp", new(dns.Msg).SetQuestion(name, dns.TypeA))
	if err != nil || len(m.Answer) == 0 {
		return ""
	}
	if a, ok := m.Answer[0].(*dns.A); ok {
		return a.A.String()
	}
	return ""
}

// tries is how often a measurement is repeated on a machine that does other things too.
const tries = 5

// A target that moves is followed within its TTL and a second.
func TestMovedTargetIsFollowed(t *testing.T) {
	t.Parallel()
	ttls := []int{1, 2, 5}
	text := func(last int) string {
		var b strings.Builder
		for _, ttl := range ttls {
			fmt.Fprintf(&b, "t%d %[1]d CNAME edge%[1]d\nedge%[1]d %[1]d A 192.0.2.%[2]d\n", ttl, last)
		}
		return b.String()
	}
	var own strings.Builder
	for _, ttl := range ttls {
		fmt.Fprintf(&own, "a%d 3600 ALIAS t%[1]d.cdn.net.\n", ttl)
	}
	n := Build(t, []Zone{{Origin: "cdn.net.", Servers: []string{"a"}, Text: text(1)}})
	p := n.StartTruename(t, ours(own.String()))
	follow(p.Addr, ttls, "192.0.2.1") // all are known before anything moves
	for try := range tries {
		if err := n.Change("cdn.net.", text(try+2)); err != nil {
			t.Fatal(err)
		}
		late := ""
		for ttl, took := range follow(p.Addr, ttls, fmt.Sprintf("192.0.2.%d", try+2)) {
			t.Logf("a target with a TTL of %d s was followed after %v", ttl, took)
			if took > time.Duration(ttl+1)*time.Second {
				late = fmt.Sprintf("a target with a TTL of %d s was followed after %v", ttl, took)
			}
		}
		if late == "" {
			return
		}
		if try == tries-1 {
			t.Error(late)
		}
	}
}

// follow is how long it takes for the alias of each TTL to have that address.
func follow(addr string, ttls []int, want string) map[int]time.Duration {
	begin, took := time.Now(), map[int]time.Duration{}
	for len(took) < len(ttls) && time.Since(begin) < 30*time.Second {
		for _, ttl := range ttls {
			if _, done := took[ttl]; !done && address(addr, fmt.Sprintf("a%d.ours.test.", ttl)) == want {
				took[ttl] = time.Since(begin)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	for _, ttl := range ttls {
		if _, done := took[ttl]; !done {
			took[ttl] = time.Since(begin)
		}
	}
	return took
}

// Bounds of what many dead targets may cost.
const (
	deadTargets = 20_000
	deadMemory  = 300e6 // octets of the whole server
	deadTraffic = 6000  // questions a second to their server, at the most
	deadTime    = 5 * time.Second
)

// Tens of thousands of targets whose server is silent cost a bounded amount of memory and
// traffic, and nobody else's time.
func TestDeadTargets(t *testing.T) {
	t.Parallel()
	n := Build(t, []Zone{{Origin: "dead.net.", Servers: []string{"dead"}, Text: "www A 192.0.2.1\n"}, {Origin: "live.com.", Servers: []string{"live"}, Text: "www 1 A 192.0.2.2\n"}})
	n.hosts["dead"].Add(&Fault{left: -1, silent: []string{"udp", "tcp"}})
	var own strings.Builder
	for i := range deadTargets {
		fmt.Fprintf(&own, "d%d ALIAS t%[1]d.dead.net.\n", i)
	}
	begin := time.Now() // most is asked at once, and hardly anything of who is known to be dead
	p := n.StartTruename(t, ours(own.String()+"live ALIAS www.live.com.\nplain A 192.0.2.3\n"))
	for address(p.Addr, "live.ours.test.") == "" && time.Since(begin) < startPatience { // who comes first may wait in vain
	}
	wrong := make([]string, 2)
	var all sync.WaitGroup
	for i, c := range []struct{ name, want string }{{"live.ours.test.", "192.0.2.2"}, {"plain.ours.test.", "192.0.2.3"}} {
		all.Go(func() { wrong[i] = steadily(p.Addr, c.name, c.want) })
	}
	all.Wait()
	for _, w := range wrong {
		if w != "" {
			t.Error(w)
		}
	}
	resident, rate := residentSize(t, p), float64(len(n.hosts["dead"].Asked()))/time.Since(begin).Seconds()
	t.Logf("%d dead targets: %.0f MB, %.0f questions a second", deadTargets, resident/1e6, rate)
	if resident > deadMemory || rate > deadTraffic || rate == 0 {
		t.Errorf("%.0f MB, want at most %.0f; %.0f questions a second, want 1 to %d", resident/1e6, deadMemory/1e6, rate, deadTraffic)
	}
}

// steadily asks for a name for a while and returns what was wrong once.
func steadily(addr, name, want string) string {
	for begin := time.Now(); time.Since(begin) < deadTime; time.Sleep(10 * time.Millisecond) {
		if got := address(addr, name); got != want {
			return fmt.Sprintf("%s after %v: %q, want %s", name, time.Since(begin), got, want)
		}
	}
	return ""
}

// residentSize is the memory of the program, in octets.
func residentSize(t *testing.T, p *Program) float64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Skip("the size of a process cannot be read here: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return float64(kib) * 1024
		}
	}
	t.Fatal("no VmRSS in ", string(text))
	return 0
}

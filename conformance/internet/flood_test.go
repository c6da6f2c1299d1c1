package internet

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const (
	floodNames = 3000
	floodBurst = 50
)

// Thousands of questions that have to wait at the same time are all answered, and none of
// them, nor of those that need not wait, is lost.
func TestFloodOfColdTargets(t *testing.T) {
	t.Parallel()
	n := Build(t, []Zone{{Origin: "dead.net.", Servers: []string{"dead"}, Text: "www A 192.0.2.1\n"}})
	n.hosts["dead"].Add(&Fault{left: -1, silent: []string{"udp", "tcp"}})
	var own strings.Builder
	for i := range floodNames {
		fmt.Fprintf(&own, "d%d ALIAS t%[1]d.dead.net.\n", i)
	}
	p := n.StartTruename(t, ours(own.String()+"plain A 192.0.2.3\n"))
	kinds := map[string]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for from := 0; from < floodNames; from += floodBurst {
		conn, err := net.Dial("udp", p.Addr) // a socket for each burst: one alone could not hold all answers
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		read := make(chan struct{})
		all.Go(func() {
			for _, reply := range gather(conn, floodBurst, read) {
				mu.Lock()
				kinds[reply]++
				mu.Unlock()
			}
		})
		if err := burst(conn, from); err != nil {
			t.Fatal(err)
		}
		<-read // else a socket that nobody has read for a while holds no more
		if got := address(p.Addr, "plain.ours.test."); got != "192.0.2.3" {
			t.Errorf("a plain name after %d questions: %q", from, got)
		}
	}
	all.Wait()
	if len(kinds) != 1 || kinds["SERVFAIL 22"] != floodNames {
		t.Errorf("the answers to %d questions: %v", floodNames, kinds)
	}
}

// lastID is that of the question behind a burst, for a plain name.
const lastID = 65535

// burst asks for the names from that number on, and for one that need not wait.
func burst(conn net.Conn, from int) error {
	for i := from; i <= from+floodBurst; i++ {
		query := new(dns.Msg).SetQuestion(fmt.Sprintf("d%d.ours.test.", i), dns.TypeA)
		query.Id = uint16(i)
		if i == from+floodBurst {
			query.SetQuestion("plain.ours.test.", dns.TypeA)
			query.Id = lastID
		}
		query.SetEdns0(1232, false)
		octets, err := query.Pack()
		if err != nil {
			return err
		}
		if _, err := conn.Write(octets); err != nil {
			return err
		}
	}
	return nil
}

// gather collects rcode and extended error of so many replies, by ID, or of those that come
// while any do. It closes read when the question behind the burst is answered: by then the
// server, which reads a socket in order, has read all of it.
func gather(conn net.Conn, count int, read chan<- struct{}) map[uint16]string {
	all, once := map[uint16]string{}, sync.OnceFunc(func() { close(read) })
	defer once()
	for buf := make([]byte, 4096); len(all) < count; {
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // a closed one shows in Read
		n, err := conn.Read(buf)
		if err != nil {
			break
		}
		m := new(dns.Msg)
		if m.Unpack(buf[:n]) != nil {
			continue
		}
		if m.Id == lastID {
			once()
			continue
		}
		all[m.Id] = dns.RcodeToString[m.Rcode]
		if opt := m.IsEdns0(); opt != nil && len(opt.Option) == 1 {
			if ede, ok := opt.Option[0].(*dns.EDNS0_EDE); ok {
				all[m.Id] += fmt.Sprintf(" %d", ede.InfoCode)
			}
		}
	}
	return all
}

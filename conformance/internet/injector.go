package internet

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// Injector stands at the address of an authority, before the server that knows the
// answers: it notes what is asked, and adds what is wrong on the way.
type Injector struct {
	Addr    netip.AddrPort
	backend string

	mu     sync.Mutex
	faults []*Fault
	asked  []Asked

	udp     net.PacketConn
	streams []net.Listener
	conns   map[net.Conn]bool
	closed  bool
	ended   chan struct{}
	work    sync.WaitGroup
}

// Asked is a question that has reached an authority.
type Asked struct {
	Name      string // as it was written
	Type      uint16
	Transport string // udp, tcp or tls
	EDNS      bool
	At        time.Time
}

// backendPatience is how long the server behind an Injector may take.
const backendPatience = 5 * time.Second

// Inject listens at addr over UDP and TCP and asks backend, a host:port, until the
// test ends.
func Inject(t testing.TB, addr netip.AddrPort, backend string) *Injector {
	t.Helper()
	i := &Injector{Addr: addr, backend: backend, conns: map[net.Conn]bool{}, ended: make(chan struct{})}
	var err error
	if i.udp, err = net.ListenPacket("udp", addr.String()); err != nil {
		t.Fatalf("no address for an authority: %v", err)
	}
	i.work.Go(i.serveUDP)
	t.Cleanup(i.close)
	listener, err := net.Listen("tcp", addr.String())
	if err != nil {
		t.Fatalf("no address for an authority: %v", err)
	}
	i.serveStreams(listener, "tcp")
	return i
}

// InjectTLS listens over TLS too, at a port of its own, which it returns.
func (i *Injector) InjectTLS(t testing.TB, config *tls.Config) int {
	t.Helper()
	listener, err := tls.Listen("tcp", netip.AddrPortFrom(i.Addr.Addr(), 0).String(), config)
	if err != nil {
		t.Fatal(err)
	}
	i.serveStreams(listener, "tls")
	return listener.Addr().(*net.TCPAddr).Port
}

// Add makes something wrong, beside what is wrong already.
func (i *Injector) Add(f *Fault) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults = append(i.faults, f)
}

// Heal takes all faults away.
func (i *Injector) Heal() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults = nil
}

// Asked is what was asked since the start or the last Forget, in order.
func (i *Injector) Asked() []Asked {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]Asked(nil), i.asked...)
}

// Forget begins a new account of questions.
func (i *Injector) Forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = nil
}

func (i *Injector) close() {
	i.mu.Lock()
	i.closed = true
	close(i.ended)
	i.udp.Close()
	for _, l := range i.streams {
		l.Close()
	}
	for conn := range i.conns {
		conn.Close()
	}
	i.mu.Unlock()
	i.work.Wait()
}

// note writes a question down and returns what is wrong with its answer.
func (i *Injector) note(query *dns.Msg, transport string) []*Fault {
	q := query.Question[0]
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, Asked{q.Name, q.Qtype, transport, query.IsEdns0() != nil, time.Now()})
	var concerned []*Fault
	for _, f := range i.faults {
		if f.concerns(q, transport) {
			f.left--
			concerned = append(concerned, f)
		}
	}
	return concerned
}

func (i *Injector) serveUDP() {
	buf := make([]byte, 65535)
	for {
		n, from, err := i.udp.ReadFrom(buf)
		if err != nil {
			return
		}
		query := new(dns.Msg)
		if query.Unpack(buf[:n]) != nil || len(query.Question) != 1 {
			continue
		}
		faults := i.note(query, "udp") // here: in the order in which they come
		i.work.Go(func() { i.answerUDP(query, from, faults) })
	}
}

func (i *Injector) answerUDP(query *dns.Msg, from net.Addr, faults []*Fault) {
	for _, f := range faults {
		if f.spoof.IsValid() {
			i.forge(f, query, from)
		}
	}
	if reply := i.reply("udp", query, faults); reply != nil {
		_, _ = i.udp.WriteTo(reply, from) // a client that is gone, or the end of the test
	}
}

func (i *Injector) forge(f *Fault, query *dns.Msg, to net.Addr) {
	for _, m := range forgeries(f, query) {
		if octets, err := m.Pack(); err == nil {
			_, _ = i.udp.WriteTo(octets, to) // nobody waits for it
		}
	}
	if !f.uncased {
		fromElsewhere(f, query, to)
	}
}

// reply is the answer with all that is wrong; nil for none.
func (i *Injector) reply(transport string, query *dns.Msg, faults []*Fault) []byte {
	var wait time.Duration
	for _, f := range faults {
		if f.swallows(transport, query) {
			return nil
		}
		wait += f.wait()
	}
	if !i.sleep(wait) {
		return nil
	}
	if refusal := refuseEDNS(query, faults); refusal != nil {
		return refusal
	}
	raw, err := i.ask(transport, query)
	if err != nil {
		return nil
	}
	return edited(raw, query, faults)
}

// sleep holds an answer back; false where the test ends first.
func (i *Injector) sleep(d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-i.ended:
		return false
	}
}

// refuseEDNS is what a server says that does not like EDNS, without any (RFC 6891,
// Section 7); nil where it does not mind.
func refuseEDNS(query *dns.Msg, faults []*Fault) []byte {
	if query.IsEdns0() == nil {
		return nil
	}
	for _, f := range faults {
		rcode, ok := dns.StringToRcode[f.noEDNS]
		if !ok {
			continue
		}
		m := new(dns.Msg).SetRcode(query, rcode)
		if rcode == dns.RcodeBadVers {
			m.SetEdns0(1232, false)
		}
		octets, _ := m.Pack()
		return octets
	}
	return nil
}

func edited(raw []byte, query *dns.Msg, faults []*Fault) []byte {
	m, touched := new(dns.Msg), false
	if m.Unpack(raw) != nil {
		return raw
	}
	for _, f := range faults {
		if f.noEDNS == "ignore" {
			m.Extra, touched = withoutEDNS(m.Extra), true
		}
		for _, change := range f.edits {
			change(query, m)
			touched = true
		}
	}
	if touched {
		m.Compress = true
		octets, err := m.Pack()
		if err != nil {
			return nil
		}
		raw = octets
	}
	for _, f := range faults {
		for _, garble := range f.garbles {
			raw = garble(query, raw)
		}
	}
	return raw
}

func withoutEDNS(records []dns.RR) []dns.RR {
	var rest []dns.RR
	for _, r := range records {
		if r.Header().Rrtype != dns.TypeOPT {
			rest = append(rest, r)
		}
	}
	return rest
}

// ask asks the server behind, over TCP where the client did not come by UDP.
func (i *Injector) ask(transport string, query *dns.Msg) ([]byte, error) {
	if transport != "udp" {
		transport = "tcp"
	}
	conn, err := net.DialTimeout(transport, i.backend, backendPatience)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(backendPatience)); err != nil {
		return nil, err
	}
	octets, err := query.Pack()
	if err != nil {
		return nil, err
	}
	if transport == "tcp" {
		if err := writeFrame(conn, octets, 0); err != nil {
			return nil, err
		}
		return readFrame(conn)
	}
	if _, err := conn.Write(octets); err != nil {
		return nil, err
	}
	buf := make([]byte, 65535)
	n, err := conn.Read(buf)
	return buf[:n], err
}

func (a Asked) String() string {
	return fmt.Sprintf("%s %s %s", strings.ToLower(a.Name), dns.Type(a.Type), a.Transport)
}

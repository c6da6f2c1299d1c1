package internet

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

// behind is a server that answers every question for an address with 192.0.2.1.
func behind(t *testing.T) string {
	t.Helper()
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		m := falseAnswer(query, netip.MustParseAddr("192.0.2.1"))
		if query.IsEdns0() != nil {
			m.SetEdns0(1232, false)
		}
		_ = w.WriteMsg(m)
	})
	for _, network := range []string{"udp", "tcp"} {
		up, ended := make(chan struct{}), make(chan error, 1)
		s := &dns.Server{Addr: addr, Net: network, Handler: handler, NotifyStartedFunc: func() { close(up) }}
		go func() { ended <- s.ListenAndServe() }()
		select {
		case <-up:
		case err := <-ended:
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return addr
}

// before is an Injector before it, with these faults, each in lines.
func before(t *testing.T, faults ...string) *Injector {
	t.Helper()
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	i := Inject(t, netip.MustParseAddrPort(addr), behind(t))
	for _, text := range faults {
		f, err := ParseFault(strings.Split(text, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		i.Add(f)
	}
	return i
}

// An answer that must come is waited for as long as it takes; one that must not, for as
// long as all others take on a machine at rest, and some more.
const (
	answerPatience  = 20 * time.Second
	silencePatience = 300 * time.Millisecond
)

func askInjector(i *Injector, network, name string, edns bool, patience time.Duration) (*dns.Msg, error) {
	query := new(dns.Msg).SetQuestion(name, dns.TypeA)
	if edns {
		query.SetEdns0(1232, false)
	}
	client := dns.Client{Net: network, Timeout: patience}
	m, _, err := client.Exchange(query, i.Addr.String())
	return m, err
}

// awaitAsked waits until n questions are noted, which may be after their silence.
func awaitAsked(t *testing.T, i *Injector, n int) []Asked {
	t.Helper()
	for begin := time.Now(); len(i.Asked()) < n && time.Since(begin) < answerPatience; {
		time.Sleep(time.Millisecond)
	}
	return i.Asked()
}

func TestFaults(t *testing.T) {
	t.Parallel()
	right := func(m *dns.Msg) bool {
		return len(m.Answer) == 1 && m.Answer[0].(*dns.A).A.String() == "192.0.2.1" && m.Answer[0].Header().Ttl == 86400
	}
	rcode := func(want int) func(*dns.Msg) bool {
		return func(m *dns.Msg) bool { return m.Rcode == want && len(m.Answer) == 0 && !m.Authoritative }
	}
	for situation, c := range map[string]struct {
		fault, network, name string
		edns                 bool
		want                 func(*dns.Msg) bool // nil: no answer
	}{
		"nothing wrong":               {"", "udp", "a.", true, right},
		"nothing wrong over TCP":      {"", "tcp", "a.", true, right},
		"another name":                {"only b.\nsilent", "udp", "a.", false, right},
		"this name":                   {"only a.\nsilent", "udp", "a.", false, nil},
		"another type":                {"only a. AAAA\nsilent", "udp", "a.", false, right},
		"another transport":           {"over tcp\nsilent", "udp", "a.", false, right},
		"silent":                      {"silent", "udp", "a.", false, nil},
		"silent over TCP only":        {"silent tcp", "tcp", "a.", false, nil},
		"silent over TCP, asked UDP":  {"silent tcp", "udp", "a.", false, right},
		"all lost":                    {"loss 100", "udp", "a.", false, nil},
		"none lost over TCP":          {"loss 100", "tcp", "a.", false, right},
		"lame":                        {"rcode REFUSED", "udp", "a.", true, rcode(dns.RcodeRefused)},
		"to the root":                 {"upward", "udp", "a.", false, func(m *dns.Msg) bool { return len(m.Ns) == 1 && m.Ns[0].Header().Name == "." }},
		"cut short":                   {"truncate", "udp", "a.", false, func(m *dns.Msg) bool { return m.Truncated && len(m.Answer) == 0 }},
		"another ID":                  {"id", "udp", "a.", false, nil},
		"another question":            {"question", "udp", "a.", false, func(m *dns.Msg) bool { return m.Question[0].Name == "other.a." }},
		"in lower case":               {"lower", "udp", "aBc.", false, func(m *dns.Msg) bool { return m.Question[0].Name == "abc." && m.Answer[0].Header().Name == "abc." }},
		"nothing in it":               {"bare", "udp", "a.", true, func(m *dns.Msg) bool { return len(m.Answer) == 0 && m.IsEdns0() != nil }},
		"another TTL":                 {"ttl 5", "udp", "a.", true, func(m *dns.Msg) bool { return m.Answer[0].Header().Ttl == 5 && m.IsEdns0().UDPSize() == 1232 }},
		"a record more":               {"additional b. 5 A 192.0.2.2", "udp", "a.", false, func(m *dns.Msg) bool { return len(m.Extra) == 1 }},
		"an NS more":                  {"authority b. 5 NS c.", "udp", "a.", false, func(m *dns.Msg) bool { return len(m.Ns) == 1 }},
		"an answer more":              {"answer b. 5 A 192.0.2.2", "udp", "a.", false, func(m *dns.Msg) bool { return len(m.Answer) == 2 }},
		"no EDNS":                     {"noedns FORMERR", "udp", "a.", true, func(m *dns.Msg) bool { return m.Rcode == dns.RcodeFormatError && m.IsEdns0() == nil }},
		"no EDNS, asked without":      {"noedns FORMERR", "udp", "a.", false, right},
		"EDNS ignored":                {"noedns ignore", "udp", "a.", true, func(m *dns.Msg) bool { return right(m) && m.IsEdns0() == nil }},
		"silent on EDNS":              {"noedns silent", "udp", "a.", true, nil},
		"silent on EDNS, asked plain": {"noedns silent", "udp", "a.", false, right},
		"too late":                    {"delay 10s", "udp", "a.", false, nil},
		"late":                        {"delay 10ms 10ms", "udp", "a.", false, right},
		"drop by drop":                {"drip 1ms", "tcp", "a.", false, right},
	} {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			var faults []string
			if c.fault != "" {
				faults = []string{c.fault}
			}
			i, patience := before(t, faults...), answerPatience
			if c.want == nil {
				patience = silencePatience
			}
			m, err := askInjector(i, c.network, c.name, c.edns, patience)
			if (err == nil) != (c.want != nil) {
				t.Fatalf("got %v, %v", m, err)
			}
			if err == nil && !c.want(m) {
				t.Errorf("got %v", m)
			}
			if asked := awaitAsked(t, i, 1); len(asked) != 1 || asked[0].Transport != c.network || asked[0].EDNS != c.edns {
				t.Errorf("it noted %v", asked)
			}
		})
	}
}

func TestFaultsThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		"quiet": "unknown fault", "rcode MAYBE": "unknown response code", "delay soon": "invalid duration", "spoof here": "ParseAddr",
		"only": "write `only", "loss some": "invalid syntax", "noedns never": "write `noedns", "answer a. A nowhere": "bad A", "ttl -1": "invalid syntax",
	} {
		if _, err := ParseFault([]string{text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestFaultsEndAndAddUp(t *testing.T) {
	t.Parallel()
	i := before(t, "next 1\nsilent", "ttl 7")
	if _, err := askInjector(i, "udp", "a.", false, silencePatience); err == nil {
		t.Error("an answer to the first question")
	}
	if m, err := askInjector(i, "udp", "a.", false, answerPatience); err != nil || m.Answer[0].Header().Ttl != 7 {
		t.Errorf("second question: %v, %v", m, err)
	}
	i.Heal()
	if m, err := askInjector(i, "udp", "a.", false, answerPatience); err != nil || m.Answer[0].Header().Ttl != 86400 {
		t.Errorf("healed: %v, %v", m, err)
	}
	if got := len(i.Asked()); got != 3 {
		t.Errorf("%d questions noted, want 3", got)
	}
	i.Forget()
	if got := len(i.Asked()); got != 0 {
		t.Errorf("%d questions noted after all, want none", got)
	}
}

// received is all that comes, up to the answer that is true: the forgeries come before it.
func received(t *testing.T, conn net.Conn) (all []*dns.Msg) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(answerPatience)); err != nil {
		t.Fatal(err)
	}
	for buf := make([]byte, 4096); ; {
		n, err := conn.Read(buf)
		m := new(dns.Msg)
		if err != nil || m.Unpack(buf[:n]) != nil {
			t.Fatalf("after %d messages %x: %v", len(all), buf[:n], err)
		}
		if all = append(all, m); m.Answer[0].(*dns.A).A.String() == "192.0.2.1" {
			return all
		}
	}
}

func TestForgeriesDifferInOneTrait(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]func(query, m *dns.Msg) bool{
		"spoof 203.0.113.66": func(query, m *dns.Msg) bool {
			return (m.Id != query.Id) != (m.Question[0].Name != query.Question[0].Name)
		},
		"uncased 203.0.113.66": func(query, m *dns.Msg) bool {
			return m.Id == query.Id && m.Question[0].Name != query.Question[0].Name && strings.EqualFold(m.Question[0].Name, query.Question[0].Name)
		},
	} {
		t.Run(fault, func(t *testing.T) {
			i := before(t, fault)
			conn, err := net.Dial("udp", i.Addr.String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			query := new(dns.Msg).SetQuestion("a-Name.", dns.TypeA)
			octets, err := query.Pack()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Write(octets); err != nil {
				t.Fatal(err)
			}
			all := received(t, conn)
			if len(all) < 2 {
				t.Fatalf("%d messages came", len(all))
			}
			for _, m := range all[:len(all)-1] {
				if m.Answer[0].(*dns.A).A.String() != "203.0.113.66" || !want(query, m) {
					t.Errorf("a forgery: %v", m)
				}
			}
			if last := all[len(all)-1]; last.Id != query.Id || last.Answer[0].(*dns.A).A.String() != "192.0.2.1" {
				t.Errorf("the true answer: %v", last)
			}
		})
	}
}

func TestOverTLS(t *testing.T) {
	ca := newCA(t)
	i := before(t)
	port := i.InjectTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.issue(t, "resolver.test")}})
	text, err := os.ReadFile(ca.file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatal("no certificate in the file")
	}
	address := netip.AddrPortFrom(i.Addr.Addr(), uint16(port)).String()
	query := new(dns.Msg).SetQuestion("a.", dns.TypeA)
	client := dns.Client{Net: "tcp-tls", Timeout: answerPatience, TLSConfig: &tls.Config{RootCAs: roots, ServerName: "resolver.test"}}
	if m, _, err := client.Exchange(query, address); err != nil || len(m.Answer) != 1 {
		t.Errorf("%v, %v", m, err)
	}
	client.TLSConfig.ServerName = "other.test"
	if _, _, err := client.Exchange(query, address); err == nil {
		t.Error("the certificate is good for another name")
	}
	if asked := i.Asked(); len(asked) != 1 || asked[0].String() != "a. A tls" {
		t.Errorf("it noted %v", asked)
	}
}

// What is changed at an authority is what it says from then on, whoever serves it.
func TestChange(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"truename", "nsd", "bind"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			n := Build(t, []Zone{{Origin: "one.com.", Servers: []string{"a"}, Kind: kind, Text: "www A 192.0.2.1\n"}})
			for _, address := range []string{"192.0.2.2", "192.0.2.3"} {
				if err := n.Change("one.com.", "www A "+address+"\n"); err != nil {
					t.Fatal(err)
				}
				server := &subject.Server{Addr: n.hosts["a"].Injector.Addr.String()}
				m, err := server.Ask("udp", new(dns.Msg).SetQuestion("www.one.com.", dns.TypeA))
				if err != nil || len(m.Answer) != 1 || m.Answer[0].(*dns.A).A.String() != address {
					t.Errorf("%v, %v; want %s", m, err, address)
				}
			}
			if err := n.Change("two.com.", ""); err == nil {
				t.Error("a zone that is not there was changed")
			}
		})
	}
}

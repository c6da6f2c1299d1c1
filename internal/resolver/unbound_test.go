package resolver

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/message"
)

const unboundConfig = `server:
	interface: 127.0.0.9@%d
	port: %[1]d
	do-daemonize: no
	use-syslog: no
	username: ""
	chroot: ""
	directory: %[2]q
	pidfile: ""
	module-config: "iterator"
	do-ip6: no
	do-not-query-localhost: no
	outgoing-port-avoid: 0-1023
	local-zone: "test." nodefault
remote-control:
	control-enable: no
stub-zone:
	name: "."
	stub-addr: %[3]s
`

// freePort is a port of 127.0.0.9 that nobody had a moment ago. Nobody gets it meanwhile
// either: clients of the tests beside this one connect from 127.0.0.1.
func freePort(t *testing.T) int {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.9:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).Port
}

// unbound starts one whose root is at that address, and returns where it listens.
func unbound(t *testing.T, root string) string {
	t.Helper()
	binary, err := exec.LookPath("unbound")
	if err != nil {
		t.Skip("unbound is not installed")
	}
	dir, port := t.TempDir(), freePort(t)
	file := filepath.Join(dir, "unbound.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, unboundConfig, port, dir, root), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-c", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address := fmt.Sprint("127.0.0.9:", port)
	for range 400 {
		if _, err := dns.Exchange(new(dns.Msg).SetQuestion(".", dns.TypeNS), address); err == nil {
			return address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Skip("unbound did not come up")
	return ""
}

// On the same internet, over real sockets, unbound and we say the same, with
// the same TTLs.
func TestBesideUnbound(t *testing.T) {
	n := newInternet(t)
	n.net = "127.83"
	n.usual()
	for address, h := range n.hosts {
		serve(t, h, address, port)
	}
	root := n.net + ".0.1"
	peer := unbound(t, root)
	client := exchange.New(exchange.Options{})
	defer client.Close()
	r := New(Options{Network: client, Cache: cache.New(cache.Options{}), NoIPv6: true,
		Routes: []Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.AddrPortFrom(netip.MustParseAddr(root), port)}}}}})
	defer r.Close()
	names := []string{"www", "mail", "alias", "self", "loop", "gone", "nowhere", "x.wild", "a.b.wild", "old", "www.old", "x.old", "deep.down.under", "under", "ns1", "new", "edge", "back", "x.to"}
	domains := []string{"example.com.", "example.net.", "example.org.", "nowhere.com.", "nowhere."}
	count := 0
	for _, domain := range append(domains, domains...) { // the second time from the caches
		for _, name := range append([]string{""}, names...) {
			full := strings.TrimPrefix(name+"."+domain, ".")
			for _, rtype := range []rr.Type{rr.TypeA, rr.TypeAAAA, rr.TypeMX, rr.TypeNS, rr.TypeCNAME, rr.TypeDS, rr.TypeSOA} {
				beside(t, r, peer, Question{dname.MustParse(full), rtype})
				count++
			}
		}
	}
	t.Logf("%d questions", count)
}

func beside(t *testing.T, r *Resolver, peer string, q Question) {
	t.Helper()
	query := new(dns.Msg).SetQuestion(q.Name.String(), uint16(q.Type))
	theirs, _, err := (&dns.Client{Timeout: 20 * time.Second}).Exchange(query, peer)
	if err != nil {
		t.Fatal(err)
	}
	ours := r.Resolve(t.Context(), q)
	have, want := shownItems(ours.Answer, false), shownRecords(theirs.Answer, false)
	if ours.Rcode != code.Rcode(theirs.Rcode) || !slices.Equal(have, want) {
		t.Errorf("%s %s: we say %s %q, unbound %s %q", q.Name, q.Type, ours.Rcode, have, dns.RcodeToString[theirs.Rcode], want)
		for _, s := range ours.Chain {
			t.Log(s)
		}
	}
	for _, rec := range theirs.Answer {
		h := rec.Header()
		set := message.Find(ours.Answer, dname.MustParse(h.Name), rr.Type(h.Rrtype))
		made := h.Rrtype == dns.TypeCNAME && h.Ttl == 0 // from a DNAME; ours has the TTL of that (RFC 6672, Section 3.1)
		if !set.Empty() && !made && (h.Ttl > set.TTL()+5 || h.Ttl+5 < set.TTL()) {
			t.Errorf("%s %s: %s has %d s with us, %d s with unbound", q.Name, q.Type, h.Name, set.TTL(), h.Ttl)
		}
	}
}

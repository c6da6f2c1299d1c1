// Package internet is a private internet on loopback for tests: a root, top levels and
// authorities, all of them real servers (Truename, NSD, BIND) behind addresses at which
// delay, loss, lies, lameness and death can be put on the way; and a player of scenarios
// on it. README.md describes the format of scenarios.
package internet

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/truename-dns/truename/conformance/subject"
)

// Internet is a set of authorities that refer to each other.
type Internet struct {
	Port  uint16
	Hints string // a file of root hints

	net       byte // the second octet of all addresses
	hosts     map[string]*Host
	zones     []Zone // with the root and the top levels
	serial    int
	placement *strings.Replacer
}

// Host is one server, by its name in the scenario.
type Host struct {
	*Injector
	server *subject.Server
	addr   netip.Addr
}

// networks counts the networks of this process: tests that run side by side share no address.
var networks atomic.Uint32

// Build starts an internet of these zones and stops it when the test ends. The root and
// top levels that are not among them are made. Texts may name the address of a server as
// $NAME.
func Build(t testing.TB, zones []Zone) *Internet {
	t.Helper()
	n := &Internet{Port: Port(t), net: byte(10 + networks.Add(1)%200), hosts: map[string]*Host{}, serial: 1}
	n.zones = hierarchy(zones)
	n.place()
	for i := range n.zones {
		n.zones[i].Text = n.complete(n.zones[i])
	}
	if err := n.delegate(); err != nil {
		t.Fatal(err)
	}
	for _, name := range n.names() {
		n.start(t, name)
	}
	n.Hints = n.writeHints(t)
	return n
}

// Host is the server of that name.
func (n *Internet) Host(name string) (*Host, error) {
	if h := n.hosts[name]; h != nil {
		return h, nil
	}
	return nil, fmt.Errorf("there is no server %q", name)
}

// Heal takes all faults away.
func (n *Internet) Heal() {
	for _, h := range n.hosts {
		h.Heal()
	}
}

// Expand replaces $NAME by the address of the server of that name.
func (n *Internet) Expand(text string) string { return n.placement.Replace(text) }

// Change replaces a zone at all its servers and returns when they answer from it.
func (n *Internet) Change(origin, text string) error {
	i := slices.IndexFunc(n.zones, func(z Zone) bool { return z.Origin == origin })
	if i < 0 {
		return fmt.Errorf("there is no zone %q", origin)
	}
	n.serial++
	z := n.zones[i]
	_, delegations, _ := strings.Cut(z.Text, delegates)
	z.Text = text + "\n" + delegates + delegations
	for _, name := range z.Servers {
		if err := n.hosts[name].server.Change(subject.Zone{Origin: origin, Text: n.complete(z)}); err != nil {
			return err
		}
	}
	return nil
}

// names are those of all servers, in the order of the zones.
func (n *Internet) names() []string {
	var names []string
	for _, z := range n.zones {
		for _, name := range z.Servers {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// place gives every server its address.
func (n *Internet) place() {
	var pairs []string
	for i, name := range n.names() {
		addr := netip.AddrFrom4([4]byte{127, n.net, byte(i >> 8), byte(i) + 1})
		n.hosts[name] = &Host{addr: addr}
		pairs = append(pairs, "$"+name, addr.String())
	}
	// A name must not be taken for the beginning of a longer one.
	longer := func(a, b []string) int { return len(b[0]) - len(a[0]) }
	sorted := slices.Collect(slices.Chunk(pairs, 2))
	slices.SortStableFunc(sorted, longer)
	n.placement = strings.NewReplacer(slices.Concat(sorted...)...)
}

func (n *Internet) complete(z Zone) string {
	z.Text = n.Expand(z.Text)
	var addresses []netip.Addr
	for _, name := range z.Servers {
		addresses = append(addresses, n.hosts[name].addr)
	}
	return z.complete(n.serial, addresses)
}

// delegates begins what is added to a zone.
const delegates = "; what is below\n"

func delegatesItself(text, origin string) bool {
	return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(origin) + `\s.*\bNS\s`).MatchString(text)
}

// delegate adds to every zone the delegations of those right below it, where it has none
// written with the full name.
func (n *Internet) delegate() error {
	var origins []string
	for _, z := range n.zones {
		origins = append(origins, z.Origin)
	}
	for _, z := range n.zones {
		parent := slices.Index(origins, above(z.Origin, origins))
		if parent < 0 {
			continue
		}
		lines, err := delegation(z.Origin, z.Text)
		if err != nil {
			return fmt.Errorf("zone %s: %w", z.Origin, err)
		}
		if p := &n.zones[parent]; !delegatesItself(p.Text, z.Origin) {
			p.Text += delegates + lines
		}
	}
	return nil
}

// start brings the server of that name up, with all zones that it has a say in.
func (n *Internet) start(t testing.TB, name string) {
	t.Helper()
	var zones []subject.Zone
	var kind subject.Kind
	for i, z := range n.zones {
		if !slices.Contains(z.Servers, name) {
			continue
		}
		zones = append(zones, subject.Zone{Origin: z.Origin, Text: z.Text})
		if kind == "" || z.Kind != "" {
			kind = chooseKind(z.Kind, i)
		}
	}
	h := n.hosts[name]
	h.server = subject.Start(t, kind, zones)
	h.Injector = Inject(t, netip.AddrPortFrom(h.addr, n.Port), h.server.Addr)
}

// chooseKind takes the servers that are installed in turn where none is asked for.
func chooseKind(asked string, turn int) subject.Kind {
	if asked != "" {
		return subject.Kind(asked)
	}
	kinds := []subject.Kind{subject.Truename, subject.NSD, subject.BIND}
	kinds = slices.DeleteFunc(kinds, func(k subject.Kind) bool { return !subject.Installed(k) })
	return kinds[turn%len(kinds)]
}

func (n *Internet) writeHints(t testing.TB) string {
	t.Helper()
	for _, z := range n.zones {
		if z.Origin != "." {
			continue
		}
		lines, err := delegation(".", z.Text)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "root.hints")
		if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Fatal("an internet without a root")
	return ""
}

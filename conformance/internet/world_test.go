package internet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// world generates an internet of a dozen domains whose names lead to each other in all
// the ways there are, and questions about it. The same seed gives the same world.
type world struct {
	rand   *rand.Rand
	zones  []Zone
	owners []string // of all zones
}

var worldKinds = []string{"truename", "nsd", "bind"}

// newWorld makes the root, three top levels, twelve domains and a zone below each second
// of them, every zone on a server of its own, the kinds of servers in turn.
func newWorld(seed uint64) *world {
	w := &world{rand: rand.New(rand.NewPCG(seed, 1034))}
	for i := range 12 {
		origin := fmt.Sprintf("d%d.%s.", i, []string{"com", "net", "org"}[i%3])
		w.add(origin, i)
		if i%2 == 0 {
			w.add("sub."+origin, i+1)
		}
	}
	for i := range w.zones {
		w.fill(&w.zones[i])
	}
	for i, top := range []string{"com", "net", "org"} {
		w.zones = append(w.zones, Zone{Origin: top + ".", Servers: []string{top}, Kind: worldKinds[i]})
	}
	w.zones = append(w.zones, Zone{Origin: ".", Servers: []string{"root"}, Kind: "nsd"})
	return w
}

func (w *world) add(origin string, turn int) {
	server := strings.ReplaceAll(strings.TrimSuffix(origin, "."), ".", "_")
	w.zones = append(w.zones, Zone{Origin: origin, Servers: []string{server}, Kind: worldKinds[turn%3]})
	for _, kind := range []string{"h", "a", "b", "m"} {
		for i := range 6 {
			w.owners = append(w.owners, fmt.Sprintf("%s%d.%s", kind, i, origin))
		}
	}
	for _, name := range []string{"", "x.w.", "a.b.v.", "q.s.", "e.", "d.e.", "deep.d.e.", "t.", "h0.t.", "u.", "a0.u.", "www.h0."} {
		w.owners = append(w.owners, name+origin)
	}
}

// fill gives z hosts, aliases, wildcards, redirections and an empty non-terminal; every
// third domain has a server more, which knows nothing of it or is not there.
func (w *world) fill(z *Zone) {
	var b strings.Builder
	if w.rand.IntN(3) == 0 && !strings.HasPrefix(z.Origin, "sub.") {
		fmt.Fprintf(&b, "@ NS ns1\nns1 A $%s\n", z.Servers[0])
		if other := w.zone(); !strings.HasSuffix(other, z.Origin) { // BIND wants the addresses of those that it knows
			fmt.Fprintf(&b, "@ NS h0.%s\n", other)
		}
	}
	for i := range 6 {
		fmt.Fprintf(&b, "h%d A 192.0.2.%d\n", i, w.rand.IntN(256))
		if i%2 == 0 {
			fmt.Fprintf(&b, "h%d AAAA 2001:db8::%x\nh%[1]d TXT \"%[1]d\"\n", i, w.rand.IntN(65536))
		}
		fmt.Fprintf(&b, "a%d CNAME %s\n", i, w.any())
		fmt.Fprintf(&b, "b%d CNAME %s\n", i, w.host())
		fmt.Fprintf(&b, "m%d MX 10 %s\nm%[1]d SRV 1 2 3 %[2]s\nm%[1]d CAA 0 issue \"ca.example\"\n", i, w.host())
	}
	fmt.Fprintf(&b, "*.w A 192.0.2.250\n*.v CNAME %s\n*.s TXT wild\ndeep.d.e A 192.0.2.251\n", w.host())
	fmt.Fprintf(&b, "t DNAME %s\nu DNAME %s\n@ A 192.0.2.252\n@ HTTPS 0 %s\n", w.zone(), w.zone(), w.host())
	z.Text = b.String()
}

// zone is the origin of any domain, or now and then of none.
func (w *world) zone() string {
	if w.rand.IntN(10) == 0 {
		return "nowhere.net."
	}
	return w.zones[w.rand.IntN(len(w.zones))].Origin
}

// host is a name that exists, mostly.
func (w *world) host() string {
	return fmt.Sprintf("h%d.%s", w.rand.IntN(7), strings.TrimPrefix(w.zone(), "."))
}

// any is any name.
func (w *world) any() string {
	switch w.rand.IntN(8) {
	case 0:
		return "nothing." + strings.TrimPrefix(w.zone(), ".")
	case 1:
		return w.zone()
	}
	return w.owners[w.rand.IntN(len(w.owners))]
}

var worldTypes = []string{"A", "A", "A", "AAAA", "AAAA", "TXT", "MX", "SRV", "CAA", "HTTPS", "CNAME", "DNAME", "NS", "SOA", "DS", "TYPE1000"}

// question is about a name that is there, or beside, above or below one.
func (w *world) question() (name, rtype string) {
	name = w.any()
	switch w.rand.IntN(10) {
	case 0:
		name = "x." + strings.TrimPrefix(name, ".")
	case 1:
		name = "x.y." + strings.TrimPrefix(name, ".")
	case 2:
		if _, parent, _ := strings.Cut(name, "."); parent != "" {
			name = parent
		}
	}
	return name, worldTypes[w.rand.IntN(len(worldTypes))]
}

// kinds are those of its servers.
func (w *world) kinds() []string {
	var kinds []string
	for _, z := range w.zones {
		if !slices.Contains(kinds, z.Kind) {
			kinds = append(kinds, z.Kind)
		}
	}
	return kinds
}

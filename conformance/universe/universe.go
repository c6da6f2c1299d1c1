// Package universe generates sets of zones that refer to each other, and queries that
// probe them: nested names, empty non-terminals, wildcards, aliases, DNAMEs, delegations
// with and without glue, occluded data. The same seed gives the same universe. Zones are
// valid for every implementation: no CNAME beside other data, nothing below a DNAME, no NS
// or DNAME at a wildcard.
package universe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/truename-dns/truename/conformance/subject"
)

// Query is one question to put to every server.
type Query struct{ Name, Type string }

// Universe is a handful of zones below the label uN, and queries for them.
type Universe struct {
	Zones   []subject.Zone
	Queries []Query
}

// Generate makes the universe of the given number. Zones of different numbers are
// disjoint, so that many universes can be loaded at once.
func Generate(seed uint64, number, queries int) Universe {
	g := &generator{rand: rand.New(rand.NewPCG(seed, uint64(number)))}
	top := fmt.Sprintf("u%d.", number)
	g.zones = []*zone{newZone("example." + top), newZone("other." + top)}
	if g.chance(50) {
		g.zones = append(g.zones, newZone("kid.example."+top))
	}
	if len(g.zones) > 2 && g.chance(80) {
		g.delegateTo(g.zones[2].origin, g.zones[0])
	}
	for _, z := range g.zones {
		g.fill(z)
	}
	var u Universe
	for _, z := range g.zones {
		u.Zones = append(u.Zones, subject.Zone{Origin: z.origin, Text: z.text()})
	}
	for range queries {
		u.Queries = append(u.Queries, g.query())
	}
	return u
}

// delegateTo puts a proper cut for a zone that is held as well into its parent.
func (g *generator) delegateTo(child string, parent *zone) {
	parent.add(child, "NS", "ns."+child)
	parent.add("ns."+child, "A", "192.0.2.1")
	if g.chance(50) {
		parent.add(child, "DS", "1 13 2 "+strings.Repeat("cd", 32))
	}
}

type generator struct {
	rand  *rand.Rand
	zones []*zone
}

func (g *generator) chance(percent int) bool { return g.rand.IntN(100) < percent }

func pick[T any](g *generator, from []T) T { return from[g.rand.IntN(len(from))] }

var labels = []string{"a", "b", "c", "d", "www", "mail", "x", "ns"}

// relative makes a name of one to three labels below origin; wild may put "*" in front.
func (g *generator) relative(origin string, wild bool) string {
	name := origin
	for range 1 + g.rand.IntN(3) {
		name = pick(g, labels) + "." + name
	}
	if wild && g.chance(20) {
		name = "*." + name
	}
	if g.chance(2) {
		name = pick(g, labels) + ".*." + origin
	}
	return name
}

// fill puts an apex and some twenty nodes into a zone. What would break a rule is left out.
func (g *generator) fill(z *zone) {
	z.add(z.origin, "SOA", "ns."+z.origin+" host."+z.origin+" 1 7200 3600 1209600 300")
	z.add(z.origin, "NS", "ns."+z.origin)
	z.add("ns."+z.origin, "A", "192.0.2.1")
	if g.chance(40) {
		// Not any target: BIND refuses a name server of the zone that is in it without address.
		z.add(z.origin, "NS", pick(g, []string{"ns.other." + z.universe(), "ns.elsewhere."}))
	}
	if g.chance(40) {
		g.data(z, z.origin)
	}
	for range 8 + g.rand.IntN(16) {
		g.node(z)
	}
}

// node adds one owner of a random kind.
func (g *generator) node(z *zone) {
	name := g.relative(z.origin, true)
	switch n := g.rand.IntN(100); {
	case n < 50:
		g.data(z, name)
	case n < 72:
		z.add(name, "CNAME", g.target(z))
	case n < 80:
		z.add(name, "DNAME", g.dnameTarget(z))
	default:
		g.delegation(z, name)
	}
}

// data adds one or two RRsets.
func (g *generator) data(z *zone, name string) {
	for range 1 + g.rand.IntN(2) {
		switch g.rand.IntN(7) {
		case 0, 1:
			z.add(name, "A", fmt.Sprintf("192.0.2.%d", g.rand.IntN(256)))
		case 2:
			z.add(name, "AAAA", fmt.Sprintf("2001:db8::%x", g.rand.IntN(65536)))
		case 3:
			z.add(name, "TXT", fmt.Sprintf("%q", pick(g, labels)))
		case 4:
			z.add(name, "MX", fmt.Sprintf("%d %s", g.rand.IntN(100), g.target(z)))
		case 5:
			z.add(name, "SRV", fmt.Sprintf("1 2 %d %s", g.rand.IntN(65536), g.target(z)))
		case 6:
			z.add(name, "CAA", `0 issue "ca.example"`)
		}
	}
}

// delegation adds a cut with one to three name servers, some of them below it with or
// without glue, and now and then occluded data.
func (g *generator) delegation(z *zone, name string) {
	if strings.HasPrefix(name, "*.") {
		return
	}
	for range 1 + g.rand.IntN(3) {
		server := g.target(z)
		if g.chance(60) {
			server = "ns" + fmt.Sprint(g.rand.IntN(3)) + "." + name
		}
		z.add(name, "NS", server)
		if strings.HasSuffix(server, "."+name) && g.chance(80) {
			z.add(server, pick(g, []string{"A", "AAAA"}), "")
		}
	}
	if g.chance(25) {
		z.add(name, "DS", "1 13 2 "+strings.Repeat("ab", 32))
	}
	if g.chance(30) {
		z.add(pick(g, labels)+"."+name, pick(g, []string{"TXT", "NS", "A"}), "")
	}
}

// target chooses what an alias, an exchange or a name server points at: a name that exists
// or not, here, in another zone, or nowhere.
func (g *generator) target(z *zone) string {
	other := pick(g, g.zones)
	switch n := g.rand.IntN(100); {
	case n < 45 && len(z.owners) > 0:
		return strings.Replace(pick(g, z.owners), "*.", "w.", 1)
	case n < 65:
		return g.relative(z.origin, false)
	case n < 80 && len(other.owners) > 0:
		return strings.Replace(pick(g, other.owners), "*.", "w.", 1)
	case n < 90:
		return g.relative(other.origin, false)
	}
	return pick(g, labels) + ".elsewhere."
}

func (g *generator) dnameTarget(z *zone) string {
	if g.chance(30) {
		return pick(g, g.zones).origin
	}
	return g.target(z)
}

var queryTypes = []string{"A", "A", "AAAA", "TXT", "CNAME", "NS", "SOA", "MX", "SRV", "DNAME", "DS", "CAA", "TYPE1000"}

// query takes an owner and asks for it, beside, above or below it.
func (g *generator) query() Query {
	z := pick(g, g.zones)
	name := pick(g, z.owners)
	switch n := g.rand.IntN(100); {
	case n < 35:
	case n < 50:
		name = strings.Replace(name, "*.", "w.", 1)
	case n < 65:
		name = pick(g, labels) + "." + name
	case n < 75:
		name = pick(g, labels) + "." + pick(g, labels) + "." + name
	case n < 85:
		if name != z.origin {
			_, name, _ = strings.Cut(name, ".")
		}
	default:
		name = g.relative(z.origin, true)
	}
	return Query{name, pick(g, queryTypes)}
}

// zone collects records and keeps the rules between them.
type zone struct {
	origin string
	lines  []string
	owners []string            // in order of appearance
	types  map[string][]string // by owner
}

func newZone(origin string) *zone { return &zone{origin: origin, types: map[string][]string{}} }

// add adds a record unless that would break a rule of the zone. Empty rdata is filled in.
func (z *zone) add(name, rtype, rdata string) {
	if !z.allows(name, rtype) {
		return
	}
	if rdata == "" {
		rdata = map[string]string{"A": "192.0.2.53", "AAAA": "2001:db8::53", "TXT": `"occluded"`, "NS": "deep.elsewhere."}[rtype]
	}
	line := name + " 3600 IN " + rtype + " " + rdata
	if slices.Contains(z.lines, line) {
		return
	}
	z.lines = append(z.lines, line)
	if len(z.types[name]) == 0 {
		z.owners = append(z.owners, name)
	}
	if !slices.Contains(z.types[name], rtype) {
		z.types[name] = append(z.types[name], rtype)
	}
}

func (z *zone) allows(name, rtype string) bool {
	have := z.types[name]
	belowCut := z.hasAbove(name, "NS")
	switch {
	case len(name) > 200, z.hasAbove(name, "DNAME"):
		return false
	case slices.Contains(have, "CNAME"):
		return false
	case rtype == "CNAME":
		return len(have) == 0 && !belowCut
	case rtype == "DNAME":
		return !strings.HasPrefix(name, "*.") && !strings.Contains(name, ".*.") && !belowCut && !z.hasBelow(name) &&
			!slices.Contains(have, "DNAME") && (name == z.origin || !slices.Contains(have, "NS"))
	case rtype == "DS":
		return slices.Contains(have, "NS")
	case rtype == "NS":
		return !slices.Contains(have, "DNAME")
	}
	return true
}

// hasAbove reports whether an owner between name and the apex has the type; an NS at the apex is no cut.
func (z *zone) hasAbove(name, rtype string) bool {
	for parent := name; parent != z.origin; {
		_, parent, _ = strings.Cut(parent, ".")
		if slices.Contains(z.types[parent], rtype) && (rtype != "NS" || parent != z.origin) {
			return true
		}
	}
	return false
}

func (z *zone) hasBelow(name string) bool {
	return slices.ContainsFunc(z.owners, func(owner string) bool { return strings.HasSuffix(owner, "."+name) })
}

// universe is the last label of the origin.
func (z *zone) universe() string {
	return z.origin[strings.LastIndex(strings.TrimSuffix(z.origin, "."), ".")+1:]
}

func (z *zone) text() string { return strings.Join(z.lines, "\n") + "\n" }

package internet

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Zone is a zone and the servers that have a say in it, by name.
type Zone struct {
	Origin  string
	Servers []string // empty for a zone of the server under test
	Kind    string   // which server; "" for any
	Text    string   // a master file; SOA and NS of the apex are added where they are not there
}

var (
	hasSOA    = regexp.MustCompile(`(?m)^(@|\S+\.)\s.*\bSOA\s`)
	hasApexNS = regexp.MustCompile(`(?m)^@\s+(\d+\s+)?(IN\s+)?NS\s`)
)

// complete gives the zone what every zone needs. The servers are called ns1, ns2 and so
// on in it, at those addresses.
func (z Zone) complete(serial int, addresses []netip.Addr) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$ORIGIN %s\n$TTL 3600\n", z.Origin)
	if !hasSOA.MatchString(z.Text) {
		fmt.Fprintf(&b, "@ SOA ns1 host %d 7200 3600 1209600 300\n", serial)
	}
	if !hasApexNS.MatchString(z.Text) {
		for i, a := range addresses {
			fmt.Fprintf(&b, "@ NS ns%d\nns%[1]d A %s\n", i+1, a)
		}
	}
	return b.String() + z.Text
}

// delegation is what the zone above must say of the zone with that text: its NS set,
// and glue where the names of servers are in it.
func delegation(origin, text string) (string, error) {
	records, err := parseZone(origin, text)
	if err != nil {
		return "", err
	}
	var lines []string
	servers := map[string]bool{}
	for _, r := range records {
		if ns, ok := r.(*dns.NS); ok && dns.CanonicalName(r.Header().Name) == origin {
			servers[dns.CanonicalName(ns.Ns)] = true
			lines = append(lines, r.String())
		}
	}
	for _, r := range records {
		t := r.Header().Rrtype
		if servers[dns.CanonicalName(r.Header().Name)] && (t == dns.TypeA || t == dns.TypeAAAA) {
			lines = append(lines, r.String())
		}
	}
	return strings.Join(lines, "\n") + "\n", nil
}

func parseZone(origin, text string) ([]dns.RR, error) {
	parser := dns.NewZoneParser(strings.NewReader(text), origin, origin)
	var records []dns.RR
	for r, ok := parser.Next(); ok; r, ok = parser.Next() {
		records = append(records, r)
	}
	return records, parser.Err()
}

// above is the nearest of the origins above origin, the root last; "" for the root itself.
func above(origin string, origins []string) string {
	for parent := origin; parent != "."; {
		if _, parent, _ = strings.Cut(parent, "."); parent == "" {
			parent = "."
		}
		if slices.Contains(origins, parent) {
			return parent
		}
	}
	return ""
}

// topLevel is the last label of a name, as a name.
func topLevel(name string) string {
	labels := dns.SplitDomainName(name)
	return labels[len(labels)-1] + "."
}

// hierarchy completes zones with the root and the top levels that they are below, each
// with a server of that name.
func hierarchy(zones []Zone) []Zone {
	all := slices.Clone(zones)
	has := func(origin string) bool {
		return slices.ContainsFunc(all, func(z Zone) bool { return z.Origin == origin })
	}
	for _, z := range zones {
		if z.Origin == "." {
			continue
		}
		if top := topLevel(z.Origin); !has(top) {
			all = append(all, Zone{Origin: top, Servers: []string{strings.TrimSuffix(top, ".")}})
		}
	}
	if !has(".") {
		all = append(all, Zone{Origin: ".", Servers: []string{"root"}})
	}
	return all
}

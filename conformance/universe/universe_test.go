package universe

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/subject"
)

func TestMain(m *testing.M) { os.Exit(subject.Main(m)) }

func TestTheSameSeedGivesTheSameUniverse(t *testing.T) {
	if a, b := Generate(7, 3, 50), Generate(7, 3, 50); !reflect.DeepEqual(a, b) {
		t.Error("two universes of one seed differ")
	}
	if a, b := Generate(7, 3, 50), Generate(8, 3, 50); reflect.DeepEqual(a, b) {
		t.Error("universes of two seeds are equal")
	}
}

// rules of RFC 1034, RFC 2181 and RFC 6672 that every generated zone keeps.
func TestZonesKeepTheRules(t *testing.T) {
	for number := range 200 {
		for _, z := range Generate(1, number, 0).Zones {
			checkZone(t, z)
		}
	}
}

func checkZone(t *testing.T, z subject.Zone) {
	t.Helper()
	types := map[string]map[uint16]int{}
	parser := dns.NewZoneParser(strings.NewReader(z.Text), z.Origin, "")
	for record, ok := parser.Next(); ok; record, ok = parser.Next() {
		h := record.Header()
		if !dns.IsSubDomain(z.Origin, h.Name) {
			t.Errorf("%s is outside %s", h.Name, z.Origin)
		}
		if types[h.Name] == nil {
			types[h.Name] = map[uint16]int{}
		}
		types[h.Name][h.Rrtype]++
	}
	if err := parser.Err(); err != nil {
		t.Fatalf("zone %s: %v\n%s", z.Origin, err, z.Text)
	}
	if types[z.Origin][dns.TypeSOA] != 1 || types[z.Origin][dns.TypeNS] == 0 {
		t.Errorf("zone %s: apex has %v", z.Origin, types[z.Origin])
	}
	for name, have := range types {
		if have[dns.TypeCNAME] > 0 && (len(have) > 1 || have[dns.TypeCNAME] > 1) {
			t.Errorf("CNAME and other data at %s:\n%s", name, z.Text)
		}
		for other := range types {
			if have[dns.TypeDNAME] > 0 && other != name && dns.IsSubDomain(name, other) {
				t.Errorf("%s is below the DNAME at %s:\n%s", other, name, z.Text)
			}
		}
	}
}

func TestUniversesHoldEveryKindOfNode(t *testing.T) {
	seen := map[string]int{}
	for number := range 100 {
		for _, z := range Generate(2, number, 0).Zones {
			for line := range strings.Lines(z.Text) {
				fields := strings.Fields(line)
				seen[fields[3]]++
				if strings.HasPrefix(fields[0], "*.") {
					seen["wildcard"]++
				}
			}
		}
	}
	for _, kind := range []string{"CNAME", "DNAME", "NS", "DS", "A", "AAAA", "TXT", "MX", "SRV", "wildcard"} {
		if seen[kind] < 20 {
			t.Errorf("%s: only %d in 100 universes", kind, seen[kind])
		}
	}
}

func TestEveryPeerLoadsThem(t *testing.T) {
	var zones []subject.Zone
	for number := range 50 {
		zones = append(zones, Generate(3, number, 0).Zones...)
	}
	for _, kind := range []subject.Kind{subject.NSD, subject.Knot, subject.BIND} {
		t.Run(string(kind), func(t *testing.T) { subject.Start(t, kind, zones) })
	}
}

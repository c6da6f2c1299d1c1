package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
)

// held is a set of zones to be counted.
type held struct{ *zone.Set }

func (h held) Zones() *zone.Set { return h.Set }

func snapshot(t *testing.T, apex string, serial uint32) *zone.Snapshot {
	t.Helper()
	b := zone.NewBuilder(dname.MustParse(apex))
	soa, err := zonefile.AppendData(nil, rr.TypeSOA, fmt.Sprintf("ns.example.net. h.example.net. %d 1 2 3 4", serial), nil)
	if err != nil {
		t.Fatal(err)
	}
	b.Add(b.Apex(), rr.TypeSOA, 300, soa, zone.Place{})
	return b.Build().Snapshot
}

// exposed is what Prometheus would scrape.
func exposed(t *testing.T, set *zone.Set) string {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(zonesCollector{held{set}})
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestZonesAreCounted(t *testing.T) {
	set := new(zone.Set).With(
		zone.Entry{Apex: dname.MustParse("example.com."), Zone: snapshot(t, "example.com.", 7)},
		zone.Entry{Apex: dname.MustParse("example.org."), Zone: snapshot(t, "example.org.", 4294967295)},
		zone.Entry{Apex: dname.MustParse("bad.example."), Reason: "its file is broken"},
	)
	got := exposed(t, set)
	for _, want := range []string{
		`truename_zone_records 2`, `truename_zone_serial{zone="example.com."} 7`,
		`truename_zone_serial{zone="example.org."} 4.294967295e+09`,
		`truename_zones{state="not_ready"} 1`, `truename_zones{state="served"} 2`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestNoZonesAreCounted(t *testing.T) {
	if got := exposed(t, new(zone.Set)); !strings.Contains(got, `truename_zones{state="served"} 0`) || strings.Contains(got, "truename_zone_serial{") {
		t.Errorf("got\n%s", got)
	}
}

func TestSerialsOfVeryManyZonesAreLeftOut(t *testing.T) {
	entries := make([]zone.Entry, maxSerials+1)
	for i := range entries {
		apex := fmt.Sprintf("c%d.example.", i)
		entries[i] = zone.Entry{Apex: dname.MustParse(apex), Zone: snapshot(t, apex, 1)}
	}
	if got := exposed(t, new(zone.Set).With(entries...)); strings.Contains(got, "truename_zone_serial{") || !strings.Contains(got, fmt.Sprintf(`truename_zones{state="served"} %d`, len(entries))) {
		t.Errorf("got %.2000s", got)
	}
}

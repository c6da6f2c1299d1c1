package conformance

import (
	"fmt"
	"testing"

	"github.com/truename-dns/truename/api"
)

// Many zones of few records, in few Changes.
const (
	manyZones   = 2000
	zoneRecords = 10
	zonesAtOnce = 500
)

func manyZone(i int) string { return fmt.Sprintf("site%d.many.test", i) }

// manyText is the content of the nth TXT record of zone i.
func manyText(i, n int) string { return fmt.Sprintf("text %d of zone %d", n, i) }

// TestKilledServerComesBackWithManyZones: all zones of a store are served after
// a start, also one that follows a kill.
func TestKilledServerComesBackWithManyZones(t *testing.T) {
	if *subjectName != "truename" {
		t.Skip("only Truename has a store")
	}
	dir := t.TempDir()
	l := born(t, dir)
	defer func() { l.kill() }()
	for first := 0; first < manyZones; first += zonesAtOnce {
		if _, err := l.client.Change(noDeadline, manyChange(first), ""); err != nil {
			t.Fatal(err)
		}
	}
	l.kill()
	l = born(t, dir)
	zones := 0
	for z, err := range l.client.Zones(noDeadline) {
		if err != nil {
			t.Fatal(err)
		}
		if zones++; z.RecordCount < zoneRecords {
			t.Fatalf("%s has %d records", z.Name, z.RecordCount)
		}
	}
	if zones != manyZones {
		t.Errorf("%d zones of %d", zones, manyZones)
	}
	for i := range manyZones {
		n := i % zoneRecords
		got, err := l.txt(fmt.Sprintf("n%d.%s.", n, manyZone(i)))
		if err != nil || len(got) != 1 || got[0] != manyText(i, n) {
			t.Fatalf("record %d of %s: %q, %v", n, manyZone(i), got, err)
		}
	}
}

// manyChange makes the zones from first on.
func manyChange(first int) api.ChangeRequest {
	r := api.ChangeRequest{Reason: "many zones"}
	for i := first; i < first+zonesAtOnce; i++ {
		z := api.ZoneChange{Zone: manyZone(i), Create: &api.NewZone{}}
		for n := range zoneRecords {
			z.Edits = append(z.Edits, api.RecordEdits{Op: api.OpPut, Name: fmt.Sprintf("n%d", n), Type: "TXT", Contents: []string{manyText(i, n)}})
		}
		r.Zones = append(r.Zones, z)
	}
	return r
}

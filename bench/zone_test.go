package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// small has the proportions of servedLayout at a thousandth of its size.
var small = layout{origin: "bench.example.", hosts: 100, dual: true, aliases: 50, chains: 10, wildcards: 3}

func zoneText(l layout) string {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	l.write(w)
	w.Flush()
	return b.String()
}

// zoneRecords reads a generated zone back: type by type, owner to data.
func zoneRecords(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	records := map[string]map[string]string{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "$") {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 4 || f[1] != "IN" {
			t.Fatalf("line %q is no record", line)
		}
		if records[f[2]] == nil {
			records[f[2]] = map[string]string{}
		}
		if _, twice := records[f[2]][f[0]]; twice {
			t.Fatalf("%s has two %s records", f[0], f[2])
		}
		records[f[2]][f[0]] = f[3]
	}
	return records
}

func TestZoneHoldsWhatItsLayoutSays(t *testing.T) {
	records := zoneRecords(t, zoneText(small))
	for rtype, want := range map[string]int{"SOA": 1, "NS": 1, "A": 100, "AAAA": 100, "CNAME": 63} {
		if got := len(records[rtype]); got != want {
			t.Errorf("%d %s records, want %d", got, rtype, want)
		}
	}
	total := 0
	for _, owners := range records {
		total += len(owners)
	}
	if total != small.records() {
		t.Errorf("the zone has %d records, its layout says %d", total, small.records())
	}
}

func TestZoneWithoutAAAA(t *testing.T) {
	l := small
	l.dual = false
	if n := len(zoneRecords(t, zoneText(l))["AAAA"]); n != 0 {
		t.Errorf("%d AAAA records, want none", n)
	}
}

func TestEveryAliasEndsAtAnAddressInTheStepsOfItsKind(t *testing.T) {
	records := zoneRecords(t, zoneText(small))
	steps := map[byte]int{'a': 1, 'c': 2, '*': 1}
	for owner := range records["CNAME"] {
		name, followed := owner, 0
		for records["CNAME"][name] != "" {
			name = records["CNAME"][name]
			followed++
		}
		if followed != steps[owner[0]] {
			t.Errorf("%s takes %d steps, want %d", owner, followed, steps[owner[0]])
		}
		if records["A"][name] == "" || records["AAAA"][name] == "" {
			t.Errorf("%s ends at %s, which has no address", owner, name)
		}
	}
}

func TestServedLayoutIsTheZoneOfTheBar(t *testing.T) {
	l := servedLayout
	if l.hosts != 100_000 || !l.dual || l.aliases != 50_000 || l.chains != 10_000 || l.wildcards != 100 {
		t.Errorf("the served zone is %+v", l)
	}
	if got := l.records(); got != 260_102 {
		t.Errorf("the served zone has %d records, want 260,102", got)
	}
}

func TestLoadedLayoutIsAMillionRecordsHalfOfThemAliases(t *testing.T) {
	l := loadedLayout
	if l.hosts != l.aliases || l.records() != 1_000_000+apexRecords {
		t.Errorf("the loaded zone is %+v with %d records", l, l.records())
	}
}

func TestAddressesAreDistinctUpToTheLargestHost(t *testing.T) {
	seen := map[string]bool{}
	for _, host := range []int{0, 1, 255, 256, 65_535, 65_536, loadedLayout.hosts - 1} {
		seen[address4(host).String()] = true
		seen[address6(host).String()] = true
	}
	if len(seen) != 14 {
		t.Errorf("14 addresses are %d distinct ones", len(seen))
	}
}

func TestWriteZoneIsTheSameFileEveryTime(t *testing.T) {
	first, err := writeZone(t.TempDir(), small)
	if err != nil {
		t.Fatal(err)
	}
	second, err := writeZone(t.TempDir(), small)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := os.ReadFile(first.path)
	b, _ := os.ReadFile(second.path)
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Error("two zones of one layout differ")
	}
	if filepath.Base(first.path) != "bench.example.zone" {
		t.Errorf("the file is called %s", filepath.Base(first.path))
	}
	if first.probe.name != "a49.bench.example." || first.probe.answers != 2 {
		t.Errorf("the probe is %+v", first.probe)
	}
}

func TestWriteFileInAFolderThatCannotBe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(filepath.Join(path, "below"), func(*bufio.Writer) {}); err == nil {
		t.Error("a file was written below a file")
	}
}

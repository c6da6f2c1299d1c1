package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

func changesBench(t *testing.T, list string) bench {
	t.Helper()
	peers, err := choosePeers(list, "/root")
	if err != nil {
		t.Fatal(err)
	}
	return bench{root: "/root", peers: peers, rounds: 1, length: time.Second, suites: map[string]bool{"changes": true}}
}

func TestServersOfTheChangesSuite(t *testing.T) {
	var names []string
	for _, w := range changesBench(t, "echo,truename,nsd,pdns").writables() {
		if (w.before == nil) == (w.after == nil) || w.dialect == nil || w.alive == "" {
			t.Errorf("%s is not complete", w.peer.name)
		}
		names = append(names, w.peer.name)
	}
	if strings.Join(names, ",") != "truename,pdns" {
		t.Errorf("got %v", names)
	}
}

func TestPDNSIsToldOfItsDatabase(t *testing.T) {
	s := site{dir: t.TempDir(), port: 5301, http: 8054}
	args, err := pdnsStorePeer().configure(s)
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(s.dir, "pdns.conf"))
	if err != nil || len(args) != 1 || args[0] != "--config-dir="+s.dir {
		t.Fatal(args, err)
	}
	for _, want := range []string{"gsqlite3-database=" + s.dir + "/pdns.db", "local-port=5301", "webserver-port=8054", "api-key=" + secret} {
		if !strings.Contains(string(config), want+"\n") {
			t.Errorf("without %s", want)
		}
	}
}

// count reads a master file and says how many records it has.
func count(t *testing.T, origin string, write func(*bufio.Writer)) (records int) {
	t.Helper()
	var text strings.Builder
	w := bufio.NewWriter(&text)
	write(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	err := zonefile.Parse(strings.NewReader(text.String()), "zone", zonefile.Options{Origin: dname.MustParse(origin)}, func(*zonefile.Record) error {
		records++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestZonesOfTheChangesSuite(t *testing.T) {
	if n := count(t, smallLayout.origin, smallLayout.write); n != 10 || smallLayout.records() != 10 {
		t.Errorf("the small zone has %d records", n)
	}
	if n := count(t, herdHub, writeHub); n != herdZones+3 {
		t.Errorf("the hub has %d records", n)
	}
}

func TestHerdFollowsItsHub(t *testing.T) {
	c := herdChange(herdBatch)
	if len(c.Zones) != herdBatch || c.Zones[0].Zone+"." != herdZone(herdBatch) {
		t.Fatalf("%d zones from %s on", len(c.Zones), c.Zones[0].Zone)
	}
	for _, z := range c.Zones {
		main := 0
		for _, e := range z.Edits {
			if !strings.HasSuffix(e.Contents[0], "."+herdHub) {
				t.Errorf("%s %s points at %s", z.Zone, e.Name, e.Contents[0])
			}
			if e.Contents[0] == "main."+herdHub {
				main++
			}
		}
		if len(z.Edits) != herdAliases || main != 1 || z.Create == nil {
			t.Fatalf("%s has %d aliases, %d of them of main", z.Zone, len(z.Edits), main)
		}
	}
}

func TestParseGraph(t *testing.T) {
	for _, c := range []struct {
		situation, output string
		want              float64
	}{
		{"two shapes", "BenchmarkUpdate/wide-2 \t 100\t 6100 ns/op\nBenchmarkUpdate/deep-2 \t 100\t 7900.5 ns/op\t 3 B/op\n", 7.9005},
		{"none", "PASS\n", 0},
	} {
		if got := parseGraph(c.output); got != c.want {
			t.Errorf("%s: %f", c.situation, got)
		}
	}
}

// sampleChanges is results as a run makes them: the least of each bar is kept,
// but for the rate of one connection in the large zone.
func sampleChanges(t *testing.T) changesResults {
	r := changesResults{bench: changesBench(t, "truename,pdns"), host: host{date: "2026-01-02", versions: map[string]string{}},
		floors: []float64{2000, 3000}, tallies: map[string][]tally{}, graph: 8}
	for _, p := range r.phases() {
		for _, peer := range []string{"truename", "pdns"} {
			n := 1200 * min(p.connections, 5)
			if peer == "pdns" {
				n = 600
			} else if p.connections == 1 && p.zone == loadedLayout.origin {
				n = 999
			}
			one := tally{phase: p, changes: n, wall: time.Second, server: time.Duration(n) * 100 * time.Microsecond,
				load: "1.00", acks: []time.Duration{time.Millisecond, 2 * time.Millisecond}}
			if p.look {
				one.seen = []time.Duration{time.Millisecond, 9 * time.Millisecond}
			}
			r.tallies[peer] = append(r.tallies[peer], one)
		}
	}
	r.imports = []importRun{{read: time.Second, check: 2 * time.Second, write: 3 * time.Second, whole: 6 * time.Second, records: 1e6}}
	r.herd = herdRun{ran: true, starts: []stageRun{{wall: 3 * time.Second, pss: 300e6}}, pages: []time.Duration{4 * time.Millisecond}, found: herdFollowers}
	return r
}

func TestReportOfChanges(t *testing.T) {
	text := sampleChanges(t).markdown()
	for _, want := range []string{
		"| truename | 10 | 1 | 1200 | 1200 | 2.00 | 0.48 | 100 |", // server, zone, connections, rate, best, beside pdns, beside the disk, CPU
		"| pdns | 1000002 | 32 | 600 | 600 | 1.00 | 0.24 |",
		"| truename | 10 | 32 | 6000 | 9.000 | 9.000 |", // seen
		"| 1 | 6.00 | 1.00 | 2.00 | 3.00 |",             // import
		"| 1 | 3.00 | – | 300.0 | 3000 |",               // start
		"changes a second, zone of 10, 32 connections: 6000 (at least 5000): kept",
		"changes a second, zone of 1000002, 1 connections: 999 (at least 1000): MISSED",
		"seconds to import a million records: 6.00 (at most 15.00): kept",
		"share of the graph in the least core time of a change: 0.08 (at most 0.20): kept",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Contains(text, "Other programs") {
		t.Error("a quiet run is called disturbed")
	}
	if strings.Count(text, "MISSED") != 1 {
		t.Errorf("bars missed:\n%s", text)
	}
}

func TestDisturbedRun(t *testing.T) {
	r := sampleChanges(t)
	r.tallies["pdns"][0].other = 0.5
	if text := r.text(); !strings.Contains(text, "took up to 50 % of the cores, and more than 5 % in 1 of 16") {
		t.Errorf("the report does not warn:\n%s", text)
	}
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// The herd: many small zones of aliases that all follow names of one zone, one
// of them followed by an alias in every zone.
const (
	herdZones   = 100_000
	herdAliases = 10 // a zone, beside SOA and NS
	herdBatch   = 1000
	herdHub     = "herd.example."

	// An alias of every zone, and the NS record of the hub itself.
	herdFollowers = herdZones + 1
)

// herdRun is what was measured with it.
type herdRun struct {
	ran    bool
	fill   time.Duration // 100 Changes of 1000 zones
	starts []stageRun    // from exec to the first right answer
	pages  []time.Duration
	all    time.Duration // all pages
	found  int
}

// herd fills a store with the herd, starts a server over it as often as there
// are rounds, and asks who follows the hub's main name.
func (b bench) herd(ctx context.Context) (herdRun, error) {
	run := herdRun{}
	var w *writable
	for _, one := range b.writables() {
		if one.after != nil {
			w = &one
		}
	}
	if w == nil {
		return run, nil
	}
	data := b.work("herd")
	w.peer = truenameStore(b.root, data)
	if err := os.RemoveAll(data); err != nil {
		return run, err
	}
	defer os.RemoveAll(data)
	run.ran = true
	var err error
	if run.fill, err = b.fillHerd(ctx, w); err != nil {
		return run, err
	}
	b.progress("herd of %d zones written in %.1f s", herdZones, run.fill.Seconds())
	for range b.rounds {
		if err := run.start(ctx, b, w); err != nil {
			return run, err
		}
	}
	return run, nil
}

func (b bench) fillHerd(ctx context.Context, w *writable) (time.Duration, error) {
	hub := zoneFile{origin: herdHub, path: b.work("zones/herd"), probe: hubQuery()}
	if err := writeFile(hub.path, writeHub); err != nil {
		return 0, err
	}
	s, err := w.start(ctx, b.siteDir(w.peer), []zoneFile{hub})
	if err != nil {
		return 0, err
	}
	defer s.stop()
	c, err := s.client()
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	for first := 0; first < herdZones; first += herdBatch {
		if _, err := c.Change(ctx, herdChange(first), ""); err != nil {
			return 0, fmt.Errorf("writing zones %d to %d: %w", first, first+herdBatch, err)
		}
	}
	return time.Since(begin), nil
}

func hubQuery() query {
	return query{"main." + herdHub, rr.TypeA, noError, 1, address4(herdZones)}
}

// writeHub is the zone that all others follow: main, and a host for each of them.
func writeHub(w *bufio.Writer) {
	fmt.Fprintf(w, "$ORIGIN %s\n$TTL 3600\n@ IN SOA main hostmaster 1 7200 900 1209600 300\n@ IN NS main\nmain IN A %s\n", herdHub, address4(herdZones))
	for i := range herdZones {
		fmt.Fprintf(w, "h%d IN A %s\n", i, address4(i))
	}
}

func herdZone(i int) string { return fmt.Sprintf("site%d.example.", i) }

// herdChange makes herdBatch zones from first on.
func herdChange(first int) api.ChangeRequest {
	r := api.ChangeRequest{Reason: "herd"}
	for i := first; i < first+herdBatch; i++ {
		z := api.ZoneChange{Zone: strings.TrimSuffix(herdZone(i), "."), Create: &api.NewZone{}}
		for n := range herdAliases {
			target := fmt.Sprintf("h%d.%s", (i*7919+n)%herdZones, herdHub)
			if n == 0 {
				target = "main." + herdHub
			}
			z.Edits = append(z.Edits, api.RecordEdits{Op: api.OpPut, Name: fmt.Sprintf("a%d", n), Type: "CNAME", Contents: []string{target}})
		}
		r.Zones = append(r.Zones, z)
	}
	return r
}

// start times a server over the herd from exec to the first right answer, and
// asks for the followers.
func (run *herdRun) start(ctx context.Context, b bench, w *writable) error {
	// The answer leaves the zone of the alias for one that the server holds too.
	probe := zoneFile{probe: query{"a0." + herdZone(herdZones-1), rr.TypeA, noError, 2, address4(herdZones)}}
	one, err := (loading{bench: b, zone: probe}).firstAnswerAnd(ctx, w.peer, func(s *server) error { return run.followers(ctx, s) })
	if err != nil {
		return err
	}
	run.starts = append(run.starts, one)
	b.progress("herd served after %.2f s, CPU %.2f s, PSS %.1f MB; first page %.2f ms of %d, all in %.2f s",
		one.wall.Seconds(), one.cpu.Seconds(), megabytes(one.pss), quantile(run.pages, .5), run.found, run.all.Seconds())
	return nil
}

// firstPages is how often the first page is asked for.
const firstPages = 20

// followers times the first page of those who follow main, and all pages.
func (run *herdRun) followers(ctx context.Context, s *server) error {
	w, err := dialWire(s.api())
	if err != nil {
		return err
	}
	defer w.close()
	request := appendRequest(nil, "GET /v1/aliases/main."+herdHub+"/dependents?limit=100", "Authorization: Bearer "+secret, "")
	for range firstPages {
		begin := time.Now()
		if _, err := w.do(request); err != nil {
			return err
		}
		run.pages = append(run.pages, time.Since(begin))
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	run.found = 0
	begin := time.Now()
	for page, err := range c.Dependents(ctx, "main."+herdHub, api.DependentQuery{Limit: 1000}) {
		if err != nil {
			return err
		}
		run.found += len(page.Dependents)
	}
	run.all = time.Since(begin)
	if run.found != herdFollowers {
		return fmt.Errorf("%d followers were found, there are %d", run.found, herdFollowers)
	}
	return nil
}

const graphBenchmark = "BenchmarkUpdate"

var graphForm = regexp.MustCompile(graphBenchmark + `\S*\s+\d+\s+([\d.]+) ns/op`)

// graphUpdate is the time of one update of the alias graph beside a million
// edges, in microseconds: of the slowest shape that the Go benchmark has.
func graphUpdate(ctx context.Context, root string) (float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^"+graphBenchmark+"$", "-benchtime", "0.5s", "./internal/zone/graph")
	cmd.Dir = root
	output, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("go test -bench %s: %w\n%s", graphBenchmark, err, output)
	}
	return parseGraph(string(output)), nil
}

func parseGraph(output string) (slowest float64) {
	for _, m := range graphForm.FindAllStringSubmatch(output, -1) {
		ns, _ := strconv.ParseFloat(m[1], 64)
		slowest = max(slowest, ns/1e3)
	}
	return slowest
}

// Bench compares Truename with other nameservers on one machine in one run:
// see README.md beside it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench is what the command line asks for.
type bench struct {
	root   string // top of the source tree, absolute
	out    string // folder of the results, absolute
	rounds int
	length time.Duration // of one measurement, whole seconds
	load   perfLoad
	peers  []peer
	suites map[string]bool
}

var suiteNames = []string{"udp", "tcp", "load", "changes", "recursion", "alias", "counting"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		if ctx.Err() != nil {
			err = errors.New("interrupted; all servers are stopped")
		}
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	b, err := parseFlags(args)
	if err != nil {
		return err
	}
	if b.suites["udp"] || b.suites["tcp"] || b.suites["load"] {
		if err := b.queries(ctx); err != nil {
			return err
		}
	}
	if b.suites["changes"] {
		r, err := b.changes(ctx)
		if err != nil {
			return err
		}
		if err := b.report(r.host.date+"-changes.md", r.text(), r.markdown()); err != nil {
			return err
		}
	}
	return b.contests(ctx)
}

// contests runs and reports the suites that set few servers beside each other.
func (b bench) contests(ctx context.Context) error {
	for suite, measure := range map[string]func(context.Context) (contestResults, error){"recursion": b.recursion, "alias": b.aliases, "counting": b.counting} {
		if !b.suites[suite] {
			continue
		}
		r, err := measure(ctx)
		if err != nil {
			return err
		}
		if err := b.report(r.host.date+"-"+suite+".md", r.text(), r.markdown()); err != nil {
			return err
		}
	}
	return nil
}

// queries runs and reports the suites about queries.
func (b bench) queries(ctx context.Context) error {
	if slices.ContainsFunc(b.peers, func(p peer) bool { return p.floor }) {
		if err := buildEcho(ctx, b.root); err != nil {
			return err
		}
	}
	if err := require(b.peers); err != nil {
		return err
	}
	r, err := b.measure(ctx)
	if err != nil {
		return err
	}
	return b.report(r.host.date+".md", r.text(), r.markdown())
}

// report prints text and writes markdown to the file of that name among the results.
func (b bench) report(name, text, markdown string) error {
	fmt.Print(text)
	path := filepath.Join(b.out, name)
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(markdown), 0o644); err != nil {
		return err
	}
	fmt.Printf("\nwritten to %s\n", path)
	return nil
}

// measure runs the chosen suites.
func (b bench) measure(ctx context.Context) (results, error) {
	r := results{bench: b, host: describeHost(ctx, b), records: loadedLayout.records()}
	var err error
	if b.suites["udp"] || b.suites["tcp"] {
		if r.visits, err = b.serve(ctx); err != nil {
			return r, err
		}
	}
	if b.suites["load"] {
		zone, err := writeZone(b.work("zones"), loadedLayout)
		if err != nil {
			return r, err
		}
		if r.stages, err = (loading{b, zone}).run(ctx); err != nil {
			return r, err
		}
		r.publish, err = publishTime(ctx, b.root)
		return r, err
	}
	return r, nil
}

// serve runs the udp and tcp suites.
func (b bench) serve(ctx context.Context) (map[string][]visit, error) {
	zone, mix, err := b.writeServed()
	if err != nil {
		return nil, err
	}
	return serving{bench: b, zone: zone, file: mix.file, queries: mix.queries}.run(ctx)
}

// writeServed makes the zone that is served and the mix that is asked.
func (b bench) writeServed() (zoneFile, questions, error) {
	mix := questions{name: "mix", file: b.work("queries"), queries: makeQueries(servedLayout, servedQueries)}
	zone, err := writeZone(b.work("zones"), servedLayout)
	if err != nil {
		return zone, mix, err
	}
	return zone, mix, writeQueries(mix.file, mix.queries)
}

func parseFlags(args []string) (bench, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 3, "how often each server is measured")
	seconds := flags.Int("seconds", 5, "how long each measurement takes")
	clients := flags.Int("clients", 4, "source ports or connections of dnsperf")
	outstanding := flags.Int("outstanding", 100, "queries that dnsperf keeps under way")
	peers := flags.String("peers", strings.Join(peerNames, ","), "servers to measure")
	suites := flags.String("suite", strings.Join(suiteNames, ","), "suites to run")
	out := flags.String("out", "bench/results", "folder of the results, relative to the top of the source tree")
	if err := flags.Parse(args); err != nil {
		return bench{}, err
	}
	if *rounds < 1 || *seconds < 1 || *clients < 1 || *outstanding < *clients {
		return bench{}, errors.New("-rounds, -seconds and -clients must be at least 1, -outstanding at least -clients")
	}
	root, err := findRoot()
	if err != nil {
		return bench{}, err
	}
	b := bench{root: root, out: *out, rounds: *rounds, load: perfLoad{*clients, *outstanding}}
	b.length = time.Duration(*seconds) * time.Second
	if !filepath.IsAbs(b.out) {
		b.out = filepath.Join(root, b.out)
	}
	if b.suites, err = chooseSuites(*suites); err != nil {
		return bench{}, err
	}
	b.peers, err = choosePeers(*peers, root)
	return b, err
}

func chooseSuites(list string) (map[string]bool, error) {
	suites := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(suiteNames, name) {
			return nil, fmt.Errorf("unknown suite %q: choose from %s", name, strings.Join(suiteNames, ","))
		}
		suites[name] = true
	}
	return suites, nil
}

// findRoot climbs from the working folder to the one that holds this program's source.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		_, source := os.Stat(filepath.Join(dir, "bench", "zone.go"))
		_, module := os.Stat(filepath.Join(dir, "go.mod"))
		if source == nil && module == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("run this inside Truename's source tree")
		}
		dir = filepath.Dir(dir)
	}
}

// work is a path below the folder of everything that is generated.
func (b bench) work(name string) string { return filepath.Join(b.root, "bench", "work", name) }

func (b bench) siteDir(p peer) string { return filepath.Join(b.work("run"), p.name) }

// command is the command line that repeats this run.
func (b bench) command() string {
	var peers, suites []string
	for _, p := range b.peers {
		peers = append(peers, p.name)
	}
	for _, name := range suiteNames {
		if b.suites[name] {
			suites = append(suites, name)
		}
	}
	return fmt.Sprintf("go run ./bench -rounds %d -seconds %.0f -clients %d -outstanding %d -peers %s -suite %s",
		b.rounds, b.length.Seconds(), b.load.clients, b.load.outstanding, strings.Join(peers, ","), strings.Join(suites, ","))
}

// progress tells on the standard error what was just measured.
func (b bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

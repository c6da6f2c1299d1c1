package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// settle is the time between the first answer and the reading of the memory.
const settle = time.Second

// stage is one thing that is done with the million-record zone, and what it
// took in each round.
type stage struct {
	name string
	runs []stageRun
}

type stageRun struct {
	wall time.Duration
	cpu  time.Duration // user + system, over all cores
	pss  int64         // bytes; 0 where the program has ended
}

// checkStage is the stage that the others are compared with.
const checkStage = "nsd-checkzone"

// loading holds what the load suite needs.
type loading struct {
	bench bench
	zone  zoneFile
}

// step is a stage that can be run.
type step struct {
	name string
	run  func(context.Context) (stageRun, error)
}

// steps lists the stages of one round for the chosen peers.
func (l loading) steps() []step {
	var steps []step
	for _, p := range l.bench.peers {
		switch p.name {
		case baseline:
			argv := []string{sbin("nsd-checkzone"), l.zone.origin, l.zone.path}
			steps = append(steps, step{checkStage, func(ctx context.Context) (stageRun, error) { return timed(ctx, argv) }})
		case "truename":
			argv := []string{p.program, "zone", "check", l.zone.path}
			steps = append(steps, step{"truename zone check", func(ctx context.Context) (stageRun, error) { return timed(ctx, argv) }})
		}
	}
	for _, p := range l.bench.peers {
		if !p.floor {
			steps = append(steps, step{p.name + " to first answer", func(ctx context.Context) (stageRun, error) { return l.firstAnswer(ctx, p) }})
		}
	}
	return steps
}

// run goes through all stages once a round.
func (l loading) run(ctx context.Context) ([]stage, error) {
	steps := l.steps()
	stages := make([]stage, len(steps))
	for round := range l.bench.rounds {
		for i, step := range steps {
			run, err := step.run(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", step.name, err)
			}
			stages[i].name = step.name
			stages[i].runs = append(stages[i].runs, run)
			l.bench.progress("load %d/%d  %-24s %6.3f s", round+1, l.bench.rounds, step.name, run.wall.Seconds())
		}
	}
	return stages, nil
}

// timed runs a program to its end, on all cores, as an operator would.
func timed(ctx context.Context, argv []string) (stageRun, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	started := time.Now()
	if err := cmd.Run(); err != nil {
		return stageRun{}, fmt.Errorf("%w\n%s", err, output.Bytes())
	}
	state := cmd.ProcessState
	return stageRun{wall: time.Since(started), cpu: state.UserTime() + state.SystemTime()}, nil
}

// firstAnswer times one server from exec to the first right answer for a name
// near the end of the zone file, on all cores.
func (l loading) firstAnswer(ctx context.Context, p peer) (stageRun, error) {
	return l.firstAnswerAnd(ctx, p, func(*server) error { return nil })
}

// firstAnswerAnd does something with the server when all is measured.
func (l loading) firstAnswerAnd(ctx context.Context, p peer, then func(*server) error) (stageRun, error) {
	srv, err := startServer(p, l.bench.siteDir(p), l.zone, false)
	if err != nil {
		return stageRun{}, err
	}
	defer srv.stop()
	if err := srv.ready(ctx); err != nil {
		return stageRun{}, err
	}
	run := stageRun{wall: time.Since(srv.started)}
	times, err := readCPU(srv.cmd.Process.Pid)
	if err != nil {
		return run, err
	}
	if run.cpu, err = times.since(nil); err != nil {
		return run, err
	}
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return run, ctx.Err()
	}
	if run.pss, err = readPSS(srv.cmd.Process.Pid); err != nil {
		return run, err
	}
	return run, then(srv)
}

const publishBenchmark = "BenchmarkPublishOneRecord"

var publishForm = regexp.MustCompile(publishBenchmark + `\S*\s+\d+\s+([\d.]+) ns/op`)

// publishTime runs the Go benchmark of a one-record change to a zone of a
// million records. Zero means that the source tree has no such benchmark.
func publishTime(ctx context.Context, root string) (time.Duration, error) {
	if _, err := os.Stat(filepath.Join(root, "internal", "zone")); err != nil {
		return 0, nil
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^"+publishBenchmark+"$", "./internal/zone")
	cmd.Dir = root
	output, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("go test -bench %s: %w\n%s", publishBenchmark, err, output)
	}
	return parsePublish(string(output)), nil
}

// parsePublish reads the time of one operation from what go test prints.
func parsePublish(output string) time.Duration {
	m := publishForm.FindStringSubmatch(output)
	if m == nil {
		return 0
	}
	ns, _ := strconv.ParseFloat(m[1], 64)
	return time.Duration(ns)
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/truename-dns/truename/api"
)

// smallLayout is a zone of ten records.
var smallLayout = layout{origin: "small.example.", hosts: 4, aliases: 4}

// writable is a server whose zones are changed through its API.
type writable struct {
	peer    peer
	dialect dialect
	alive   string // a path of its API that answers when it is up
	// fill puts the zones in before the server runs, or after; only one is set.
	before func(context.Context, site, []zoneFile) error
	after  func(context.Context, *server, []zoneFile) error
}

func (s *server) api() string { return fmt.Sprintf("127.0.0.1:%d", s.site.http) }

// truenameStore is Truename with its data in a folder that outlives the site.
func truenameStore(root, data string) peer {
	p := truenamePeer(root)
	p.env = []string{"TRUENAME_ADMIN_TOKEN=" + secret}
	p.configure = func(s site) ([]string, error) {
		return []string{"serve", "--data", data, "--dns", fmt.Sprintf("127.0.0.1:%d", s.port),
			"--http", fmt.Sprintf("127.0.0.1:%d", s.http), "--rrl=off"}, nil
	}
	return p
}

// writables are the servers of the changes suite.
func (b bench) writables() []writable {
	var all []writable
	for _, p := range b.peers {
		switch p.name {
		case "truename":
			w := writable{dialect: appendTruename, alive: "/v1/health", after: importZones}
			w.peer = truenameStore(b.root, filepath.Join(b.siteDir(p), "data"))
			all = append(all, w)
		case "pdns":
			all = append(all, writable{peer: pdnsStorePeer(), dialect: appendPDNS, alive: "/api/v1/servers/localhost", before: fillPDNS})
		}
	}
	return all
}

// start brings w up with zones in it.
func (w writable) start(ctx context.Context, dir string, zones []zoneFile) (*server, error) {
	p := w.peer
	if w.before != nil {
		p.configure = func(s site) ([]string, error) {
			args, err := w.peer.configure(s)
			if err == nil {
				err = w.before(ctx, s, zones)
			}
			return args, err
		}
	}
	s, err := startServer(p, dir, zoneFile{}, false)
	if err != nil {
		return nil, err
	}
	if err = s.awaitAPI(ctx, w.alive); err == nil && w.after != nil {
		err = w.after(ctx, s, zones)
	}
	for _, z := range zones {
		if err == nil {
			s.site.zone = z
			err = s.ready(ctx)
		}
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return s, nil
}

// awaitAPI asks for path until it is answered.
func (s *server) awaitAPI(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := s.askAPI(ctx, path)
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("the server ended; its log %s ends:\n%s", s.log, tail(s.log))
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *server) askAPI(ctx context.Context, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.api()+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-API-Key", secret)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return errors.New(a.Status)
	}
	return nil
}

// client speaks to Truename's API at s.
func (s *server) client() (*api.Client, error) { return api.NewClient("http://"+s.api(), secret) }

// importZones puts zones in through the API.
func importZones(ctx context.Context, s *server, zones []zoneFile) error {
	for _, z := range zones {
		if _, err := importTimed(ctx, s, z); err != nil {
			return fmt.Errorf("importing %s: %w", z.origin, err)
		}
	}
	return nil
}

// importRun is an import with the time of its stages.
type importRun struct {
	read, check, write, whole time.Duration
	cpu                       time.Duration
	records                   int
}

// importTimed makes a new zone of a master file and times the stages as the
// server tells of them.
func importTimed(ctx context.Context, s *server, z zoneFile) (importRun, error) {
	var run importRun
	c, err := s.client()
	if err != nil {
		return run, err
	}
	text, err := os.Open(z.path)
	if err != nil {
		return run, err
	}
	defer text.Close()
	before, err := readCPU(s.cmd.Process.Pid)
	if err != nil {
		return run, err
	}
	stage, since := "read", time.Now()
	begin, spent := since, map[string]time.Duration{}
	turn := func(next string) {
		spent[stage] += time.Since(since)
		stage, since = next, time.Now()
	}
	data, err := c.Import(ctx, api.ImportRequest{Zone: z.origin, Create: true, Text: text}, func(p api.ImportProgress) {
		if p.Stage != stage {
			turn(p.Stage)
		}
	})
	turn("")
	if err != nil {
		return run, err
	}
	run = importRun{read: spent["read"], check: spent["check"], write: spent["write"], whole: time.Since(begin), records: data.Records}
	after, err := readCPU(s.cmd.Process.Pid)
	if err != nil {
		return run, err
	}
	run.cpu, err = after.since(before)
	return run, err
}

// command runs a helper program of a peer.
func command(ctx context.Context, stdin []byte, argv ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin = bytes.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(argv[0]), err, out[max(0, len(out)-500):])
	}
	return nil
}

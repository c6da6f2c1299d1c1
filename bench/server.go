package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	serverCore = "0" // the server under test
	clientCore = "1" // dnsperf
)

// startLimit bounds the time from exec to the first right answer.
const startLimit = 2 * time.Minute

// stopLimit is how long a server may take to end after SIGTERM.
const stopLimit = 20 * time.Second

// server is a running peer.
type server struct {
	peer    peer
	site    site
	cmd     *exec.Cmd
	log     string
	started time.Time     // just before exec
	done    chan struct{} // closed when the process has ended
}

func (s *server) addr() string { return fmt.Sprintf("127.0.0.1:%d", s.site.port) }

// startServer makes the site anew and starts the peer there; pinned puts it on
// the server core from its first instruction on. The caller stops it.
func startServer(p peer, dir string, zone zoneFile, pinned bool) (*server, error) {
	s := &server{peer: p, site: site{dir: dir, zone: zone}, done: make(chan struct{})}
	args, err := s.prepare()
	if err != nil {
		return nil, err
	}
	argv := append([]string{p.program}, args...)
	if pinned {
		argv = append([]string{"taskset", "-c", serverCore}, argv...)
	}
	s.log = filepath.Join(dir, "log")
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd = exec.Command(argv[0], argv[1:]...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, log, log
	s.cmd.Env = append(os.Environ(), p.env...)
	// A group of its own keeps Ctrl-C at the terminal from ending the server
	// before the harness has stopped it in order.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.started = time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", p.name, err)
	}
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	return s, nil
}

// prepare empties the site's folder, picks the ports and writes the configuration.
func (s *server) prepare() ([]string, error) {
	if err := os.RemoveAll(s.site.dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.site.dir, 0o755); err != nil {
		return nil, err
	}
	var err error
	if s.site.port, err = freePort(); err != nil {
		return nil, err
	}
	if s.site.http, err = freePort(); err != nil {
		return nil, err
	}
	return s.peer.configure(s.site)
}

// freePort finds a port of 127.0.0.1 that is free for TCP and UDP.
func freePort() (int, error) {
	for range 100 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		tcp.Close()
		if err == nil {
			udp.Close()
			return tcp.Addr().(*net.TCPAddr).Port, nil
		}
	}
	return 0, errors.New("no port of 127.0.0.1 is free for both TCP and UDP")
}

// ready waits for the first right answer.
func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go func() {
		select {
		case <-s.done:
			fail(errors.New("the server ended"))
		case <-ctx.Done():
		}
	}()
	accept := s.site.zone.probe.judge
	if s.peer.floor {
		accept = func(reply) error { return nil }
	}
	if err := awaitAnswer(ctx, s.addr(), s.site.zone.probe, accept); err != nil {
		return fmt.Errorf("waiting for %s to answer: %w; its log %s ends:\n%s", s.peer.name, err, s.log, tail(s.log))
	}
	return nil
}

// pin moves every thread to the server core: Knot, for one, spreads its own
// threads over all cores whatever core it was started on.
func (s *server) pin() error {
	processes, err := family(s.cmd.Process.Pid)
	if err != nil {
		return err
	}
	for _, p := range processes {
		output, err := exec.Command("taskset", "-a", "-c", "-p", serverCore, strconv.Itoa(p.pid)).CombinedOutput()
		if err != nil {
			return fmt.Errorf("pinning %s: %w: %s", s.peer.name, err, output)
		}
	}
	return nil
}

// stop ends the server and waits for it: SIGTERM to the process, and where that
// is not enough SIGKILL to its group.
func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(stopLimit):
	}
	// Children that outlive their parent are still in its group.
	syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	<-s.done
}

// tail gives the last lines of a log.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// Package subject starts a real nameserver on loopback with a set of zones, for tests
// that compare what servers answer. Truename and its peers (NSD, Knot DNS, BIND) are
// started the same way, with free ports, in a directory of their own, without rate
// limiting, and are stopped by their process id when the test ends.
package subject

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Kind names an implementation.
type Kind string

// The implementations that can be started.
const (
	Truename Kind = "truename"
	NSD      Kind = "nsd"
	Knot     Kind = "knot"
	BIND     Kind = "bind"
)

// Kinds lists every Kind, Truename first.
func Kinds() []Kind { return []Kind{Truename, NSD, Knot, BIND} }

// ParseKind reads the name of an implementation, as given on a command line.
func ParseKind(name string) (Kind, error) {
	for _, kind := range Kinds() {
		if string(kind) == name {
			return kind, nil
		}
	}
	return "", fmt.Errorf("unknown subject %q: use one of %v", name, Kinds())
}

// Zone is one zone to serve: its origin, fully qualified, and its master file.
type Zone struct {
	Origin string
	Text   string
}

// launcher knows how to bring up one implementation.
type launcher interface {
	// prepare writes configuration into dir and returns the command to start.
	prepare(plan plan) (*exec.Cmd, error)
	// ready reports whether the server answers for every zone.
	ready(server *Server, zones []Zone) error
}

// plan is what a launcher needs to know: where to live, where to listen, what to serve.
type plan struct {
	dir   string
	port  int
	http  int
	zones []Zone
}

func (p plan) zoneFile(zone Zone) string {
	return filepath.Join(p.dir, "zones", fileName(zone.Origin))
}

// fileName is <origin>.zone without the trailing dot; the root is "root.zone".
func fileName(origin string) string {
	base := strings.TrimSuffix(origin, ".")
	if base == "" {
		base = "root"
	}
	return base + ".zone"
}

var launchers = map[Kind]launcher{
	Truename: truenameLauncher{},
	NSD:      nsdLauncher{},
	Knot:     knotLauncher{},
	BIND:     bindLauncher{},
}

// Start brings up kind with zones and stops it when the test ends. It skips the test,
// naming the Debian package, when a peer is not installed; it fails the test with the
// server's log when the server does not come up. A port that another process takes
// between choosing and listening is answered by trying again with another.
func Start(t testing.TB, kind Kind, zones []Zone) *Server {
	t.Helper()
	requireInstalled(t, kind)
	var failures []error
	for range 3 {
		server, err := launch(kind, zones)
		if err == nil {
			t.Cleanup(func() { server.stopAndReport(t) })
			return server
		}
		failures = append(failures, err)
		if !errors.Is(err, errEnded) {
			break
		}
	}
	t.Fatalf("%s does not start: %v", kind, errors.Join(failures...))
	return nil
}

func launch(kind Kind, zones []Zone) (*Server, error) {
	// Not t.TempDir: Knot's control socket lies here and its path is limited to 108 octets.
	dir, err := os.MkdirTemp("", "tn-"+string(kind)+"-")
	if err != nil {
		return nil, err
	}
	server, err := launchIn(dir, kind, zones)
	if err != nil {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return server, err
}

func launchIn(dir string, kind Kind, zones []Zone) (*Server, error) {
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	p := plan{dir: dir, port: ports[0], http: ports[1], zones: zones}
	if err := writeZones(p); err != nil {
		return nil, err
	}
	cmd, err := launchers[kind].prepare(p)
	if err != nil {
		return nil, err
	}
	server, err := run(kind, p, cmd)
	if err != nil {
		return nil, err
	}
	if err := server.await(launchers[kind], zones); err != nil {
		server.stop()
		return nil, fmt.Errorf("%w\n%s", err, server.Log())
	}
	return server, nil
}

func writeZones(p plan) error {
	if err := os.Mkdir(filepath.Join(p.dir, "zones"), 0o755); err != nil {
		return err
	}
	for _, zone := range p.zones {
		if err := os.WriteFile(p.zoneFile(zone), []byte(zone.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// startupLimit bounds the wait for a server that hangs; a server that ends early is noticed at once.
const startupLimit = 30 * time.Second

// refused reports that BIND has given up on a zone: waiting longer does not help.
func (s *Server) refused() bool {
	return s.Kind == BIND && strings.Contains(s.fullLog(), "not loaded due to errors")
}

// displaced reports that somebody else has the port: BIND and Knot then go on without.
func (s *Server) displaced() bool {
	log := s.fullLog()
	return strings.Contains(log, "interface ignored") || strings.Contains(log, "already in use")
}

// errEnded marks a server that ended while starting: its port may have been taken meanwhile.
var errEnded = errors.New("the server ended before it was ready")

func (s *Server) await(l launcher, zones []Zone) error {
	deadline := time.Now().Add(startupLimit)
	for {
		err := l.ready(s, zones)
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return errEnded
		case <-time.After(10 * time.Millisecond):
		}
		if s.displaced() {
			return errEnded
		}
		if time.Now().After(deadline) || s.refused() {
			return fmt.Errorf("%s is not ready: %w", s.Kind, err)
		}
	}
}

package subject

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a running nameserver. Addr takes DNS over UDP and TCP.
type Server struct {
	Kind Kind
	Addr string // "127.0.0.1:port"
	HTTP string // "127.0.0.1:port"; only Truename listens there

	dir   string
	cmd   *exec.Cmd
	ended chan struct{}
}

func run(kind Kind, p plan, cmd *exec.Cmd) (*Server, error) {
	log, err := os.Create(filepath.Join(p.dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Dir = p.dir
	cmd.Stdout, cmd.Stderr = log, log
	// Children (NSD forks its workers) form a group of their own, so that all of them can be ended.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	server := &Server{Kind: kind, Addr: loopback(p.port), HTTP: loopback(p.http),
		dir: p.dir, cmd: cmd, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // the log tells why it ended
		close(server.ended)
	}()
	return server, nil
}

// Log is what the server has written so far, at most its last 4000 octets.
func (s *Server) Log() string {
	const limit = 4000
	text := s.fullLog()
	if len(text) > limit {
		text = text[len(text)-limit:]
	}
	return text
}

func (s *Server) fullLog() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (s *Server) stopAndReport(t testing.TB) {
	if t.Failed() {
		t.Logf("log of %s:\n%s", s.Kind, s.Log())
	}
	s.stop()
	if err := os.RemoveAll(s.dir); err != nil {
		t.Logf("directory of %s stays behind: %v", s.Kind, err)
	}
}

// stop asks the process group to end and insists after a while.
func (s *Server) stop() {
	group := -s.cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM) // gone already is as good
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
	}
	_ = syscall.Kill(group, syscall.SIGKILL)
	<-s.ended
}

func loopback(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// freePorts finds n ports that are free for UDP and TCP alike on loopback.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range 100 * n {
		port, closeBoth, err := freePort()
		if err != nil {
			continue
		}
		defer closeBoth()
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, fmt.Errorf("no %d ports free for UDP and TCP on 127.0.0.1", n)
}

func freePort() (int, func(), error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, nil, err
	}
	packets, err := net.ListenPacket("udp", listener.Addr().String())
	if err != nil {
		listener.Close()
		return 0, nil, err
	}
	closeBoth := func() { listener.Close(); packets.Close() }
	return listener.Addr().(*net.TCPAddr).Port, closeBoth, nil
}

// debianPackage names where a peer's binary comes from.
var debianPackage = map[Kind]struct{ binary, pkg string }{
	NSD:  {"nsd", "nsd"},
	Knot: {"knotd", "knot"},
	BIND: {"named", "bind9"},
}

// lookPath also searches the directories of daemons, which are not in everybody's PATH.
func lookPath(binary string) (string, error) {
	if path, err := exec.LookPath(binary); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, binary)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", binary)
}

// Installed reports whether kind can be started here; Truename always can.
func Installed(kind Kind) bool {
	peer, ok := debianPackage[kind]
	if !ok {
		return true
	}
	_, err := lookPath(peer.binary)
	return err == nil
}

func requireInstalled(t testing.TB, kind Kind) {
	t.Helper()
	if !Installed(kind) {
		t.Skipf("%s is not installed: apt-get install %s (or scripts/install-test-deps.sh)",
			kind, debianPackage[kind].pkg)
	}
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

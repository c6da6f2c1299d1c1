package internet

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Program is a resolver under test: our binary, or a real peer. Its addresses outlive
// a restart.
type Program struct {
	Addr string // DNS, host:port
	HTTP string // of Truename's API

	dir   string
	args  []string
	env   []string
	ready func() error
	cmd   *exec.Cmd
	ended chan struct{}
}

// startPatience bounds the wait for a program to be ready, stopPatience that for its end.
const (
	startPatience = 30 * time.Second
	stopPatience  = 10 * time.Second
)

// launch starts the program, whose first argument is its path, and stops it when the
// test ends.
func (p *Program) launch(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		p.stop(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("log of %s:\n%s", filepath.Base(p.args[0]), p.Log())
		}
	})
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
}

// start runs the program and returns when it is ready.
func (p *Program) start() error {
	log, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	cmd.Env = append(os.Environ(), p.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	p.cmd, p.ended = cmd, ended
	go func() {
		_ = cmd.Wait() // the log tells why it ended
		close(ended)
	}()
	return p.await()
}

func (p *Program) await() error {
	begin := time.Now()
	for {
		err := p.ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended\n%s", p.args[0], p.Log())
		case <-time.After(5 * time.Millisecond):
		}
		if time.Since(begin) > startPatience {
			return fmt.Errorf("%s is not ready: %w\n%s", p.args[0], err, p.Log())
		}
	}
}

// stop ends the program by signal and insists after a while.
func (p *Program) stop(signal syscall.Signal) {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(signal) // gone already is as good
	select {
	case <-p.ended:
	case <-time.After(stopPatience):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// Restart stops the program, by signal, and starts it again.
func (p *Program) Restart(signal syscall.Signal) error {
	p.stop(signal)
	return p.start()
}

func (p *Program) logFile() string { return filepath.Join(p.dir, "log") }

// Log is the end of what the program has written.
func (p *Program) Log() string {
	const limit = 4000
	text, err := os.ReadFile(p.logFile())
	if err != nil {
		return err.Error()
	}
	return strings.ToValidUTF8(string(text[max(0, len(text)-limit):]), "")
}

// The ports of programs lie below those that systems give to whoever asks for any, so
// that no socket of somebody else takes one between the search and the start; none is
// given twice.
const (
	firstPort = 20_000
	lastPort  = 32_000
)

var lastGiven atomic.Uint32

// freeAddr is an address of 127.0.0.1 that is free for UDP and TCP. In a network of our own
// all that were not given are: to try one would take it for as long as a program that is
// being started holds what was open when this process was forked.
func freeAddr() (string, error) {
	for range lastPort - firstPort {
		port := firstPort + (uint32(os.Getpid())*61+lastGiven.Add(1))%(lastPort-firstPort)
		if addr := fmt.Sprintf("127.0.0.1:%d", port); inOwnNetwork || isFree(addr) {
			return addr, nil
		}
	}
	return "", errors.New("no port of 127.0.0.1 is free for both UDP and TCP")
}

func isFree(addr string) bool {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	defer listener.Close()
	packets, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	packets.Close()
	return true
}

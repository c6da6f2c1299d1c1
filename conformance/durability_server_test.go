package conformance

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/conformance/subject"
)

const durableToken = "durability-of-changes"

// life is one run of the server over a data directory.
type life struct {
	cmd    *exec.Cmd
	errs   *bytes.Buffer // what it logged; to be read when it is dead
	dns    *dns.Conn
	base   string // of the API
	http   *http.Client
	client *api.Client
}

// launchOn starts the server over dir and does not wait.
func launchOn(t *testing.T, dir string) (*life, io.Reader) {
	t.Helper()
	binary, err := subject.Binary()
	if err != nil {
		t.Fatal(err)
	}
	l := &life{errs: new(bytes.Buffer)}
	l.cmd = exec.Command(binary, "serve", "--data", dir, "--dns", "127.0.0.1:0", "--http", "127.0.0.1:0", "--forward", "127.0.0.1:1", "--rrl=off")
	l.cmd.Env = append(os.Environ(), "TRUENAME_ADMIN_TOKEN="+durableToken)
	l.cmd.Stderr = l.errs
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return l, out
}

var greeting = regexp.MustCompile(`(?s)answers DNS at (\S+).*API is at (\S+)/v1,`)

// born starts the server over dir and waits until it answers.
func born(t *testing.T, dir string) *life {
	t.Helper()
	l, out := launchOn(t, dir)
	var said string
	lines := bufio.NewScanner(out)
	for found := []string(nil); found == nil; found = greeting.FindStringSubmatch(said) {
		if !lines.Scan() {
			l.kill()
			t.Fatalf("the server does not start:\n%s%s", said, l.errs)
		}
		said += lines.Text() + "\n"
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	at := greeting.FindStringSubmatch(said)
	var err error
	if l.dns, err = dns.DialTimeout("udp", at[1], time.Second); err != nil {
		t.Fatal(err)
	}
	l.base = at[2] + "/v1"
	l.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * durableWriters}}
	if l.client, err = api.NewClient(at[2], durableToken, api.WithHTTP(l.http), api.WithRetries(0, 0)); err != nil {
		t.Fatal(err)
	}
	return l
}

// kill ends the server as a power cut of the process would: it cannot clean up.
func (l *life) kill() {
	_ = l.cmd.Process.Kill() // gone already is as good
	_ = l.cmd.Wait()         // says that it was killed
	if l.dns != nil {
		l.dns.Close()
		l.http.CloseIdleConnections()
	}
}

// stillborn starts the server over dir and kills it while it starts.
func stillborn(t *testing.T, dir string, random *rand.Rand) {
	t.Helper()
	l, _ := launchOn(t, dir)
	time.Sleep(time.Duration(random.IntN(25_000)) * time.Microsecond) // nothing is expected of the time
	l.kill()
}

// txt is the contents of name's TXT records as the server answers them.
func (l *life) txt(name string) ([]string, error) {
	client := dns.Client{Timeout: 5 * time.Second}
	reply, _, err := client.ExchangeWithConn(plainQuery(name, dns.TypeTXT), l.dns)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, r := range reply.Answer {
		if t, ok := r.(*dns.TXT); ok {
			found = append(found, t.Txt...)
		}
	}
	return found, nil
}

// guard keeps the first of the errors that several goroutines meet.
type guard struct {
	mu  sync.Mutex
	err error
}

func (g *guard) note(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		g.err = err
	}
}

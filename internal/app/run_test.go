package app

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const zoneText = "@ 300 SOA ns.example.net. h.example.net. 7 7200 900 1209600 300\n@ 300 NS ns.example.net.\nwww 300 A 192.0.2.1\n"

// text may be read while it is written.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// running is an App under way.
type running struct {
	*testing.T
	out, log text
	stop     context.CancelFunc
	done     chan error
}

func start(t *testing.T, zones string, more map[string]string) *running {
	t.Helper()
	flags := map[string][]string{"zones": {zones}, "data": {t.TempDir()}, "dns": {"127.0.0.1:0"}, "http": {"127.0.0.1:0"}}
	for k, v := range more {
		flags[k] = []string{v}
	}
	c, err := Read(flags, "")
	if err != nil {
		t.Fatal(err)
	}
	r := &running{T: t, done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		r.done <- New(c, slog.New(slog.NewTextHandler(&r.log, nil)), &r.out).Run(ctx)
	}()
	t.Cleanup(func() { // before its directories are removed
		cancel()
		<-gone
	})
	return r
}

// ended waits for the end of Run.
func (r *running) ended() error {
	r.Helper()
	select {
	case err := <-r.done:
		return err
	case <-time.After(20 * time.Second):
		r.Fatalf("Run did not end; log:\n%s", r.log.String())
		return nil
	}
}

// find waits for what re says in the output or the log.
func (r *running) find(re string) string {
	r.Helper()
	var found []string
	until(r.T, re, func() bool {
		found = regexp.MustCompile(re).FindStringSubmatch(r.out.String() + r.log.String())
		return found != nil
	})
	return found[1]
}

func (r *running) http() string { return "http://" + r.find(`msg="serving http" address=(\S+)`) }
func (r *running) dns() string  { return r.find(`answers DNS at (\S+) `) }

// get is the status and the body of url; the status is 0 where nobody answers.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := c.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

// slowZone is a directory whose one zone file, a pipe, is not read to its end
// before release is called; from then on it is an ordinary file. read waits
// until reading has begun.
func slowZone(t *testing.T) (dir string, read, release func()) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, "example.com.zone")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	var pipe *os.File
	read = func() {
		until(t, "the reader of the zone file", func() (ok bool) {
			var err error
			pipe, err = os.OpenFile(path, os.O_WRONLY|unix.O_NONBLOCK, 0) // fails without a reader
			return err == nil
		})
	}
	return dir, read, func() {
		plain := filepath.Join(dir, "plain")
		if err := os.WriteFile(plain, []byte(zoneText), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(plain, path); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(pipe, zoneText); err != nil {
			t.Fatal(err)
		}
		pipe.Close()
	}
}

func TestReadyWhileZonesAreServed(t *testing.T) {
	dir, read, release := slowZone(t)
	r := start(t, dir, nil)
	read()
	if status, body := get(t, r.http()+"/readyz"); status != 503 {
		t.Errorf("while loading: %d %s", status, body)
	}
	if status, _ := get(t, r.http()+"/healthz"); status != 200 {
		t.Errorf("/healthz while loading: %d", status)
	}
	release()
	until(t, "readiness", func() bool { s, _ := get(t, r.http()+"/readyz"); return s == 200 })
	slow := r.busyPeer()
	defer slow.Close()
	r.stop()
	until(t, "the end of readiness", func() bool { s, _ := get(t, r.http()+"/readyz"); return s == 503 })
	if err := r.ended(); err != nil {
		t.Error(err)
	}
	if status, _ := get(t, r.http()+"/healthz"); status != 0 {
		t.Errorf("HTTP after the end: %d", status)
	}
}

// busyPeer is a TCP connection that has sent one query and the half of another, which the
// server waits for before it ends.
func (r *running) busyPeer() net.Conn {
	r.Helper()
	c, err := net.Dial("tcp", r.dns())
	if err != nil {
		r.Fatal(err)
	}
	query := []byte("\x00\x21\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x01\x00\x01")
	if _, err := c.Write(append(query, query[:20]...)); err != nil {
		r.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err != nil { // both came in one segment
		r.Fatal(err)
	}
	return c
}

func TestStopWhileLoading(t *testing.T) {
	dir, read, release := slowZone(t)
	r := start(t, dir, nil)
	read()
	r.stop()
	release()
	if err := r.ended(); err != nil {
		t.Errorf("a stop is no failure: %v", err)
	}
	if strings.Contains(r.out.String(), "answers DNS") {
		t.Error("greeted after the stop")
	}
}

func TestMetricsOfARunningServer(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "example.com.zone"), []byte(zoneText), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, dir, nil)
	c, err := net.Dial("udp", r.dns())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x01\x00\x01")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 512)); err != nil {
		t.Fatal(err)
	}
	var body string
	until(t, "the query to be counted", func() bool {
		_, body = get(t, r.http()+"/metrics")
		return strings.Contains(body, `truename_dns_queries_total{rcode="NOERROR",transport="udp",type="A"} 1`)
	})
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"truename_dns_queries_total", "truename_dns_response_seconds", "truename_dns_dropped_total",
		"truename_zones", "truename_zone_serial", "truename_zone_loads_total", "truename_zone_records",
		"truename_udp_problems_total", "truename_tcp_events_total", "truename_tcp_connections",
		"go_goroutines", "process_resident_memory_bytes",
	} {
		if f := families[name]; f == nil || len(f.Metric) == 0 || f.GetHelp() == "" {
			t.Errorf("no %s", name)
		}
	}
	r.stop()
	if err := r.ended(); err != nil {
		t.Error(err)
	}
}

func TestASecondServerAtTheSameAddress(t *testing.T) {
	r := start(t, t.TempDir(), nil)
	for _, c := range []struct{ flag, addr, want string }{
		{"dns", r.dns(), "address already in use; another server has this port"},
		{"http", strings.TrimPrefix(r.http(), "http://"), "choose another address or port, or off for none"},
	} {
		second := start(t, t.TempDir(), map[string]string{c.flag: c.addr})
		if err := second.ended(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("--%s: %v", c.flag, err)
		}
	}
	r.stop()
	if err := r.ended(); err != nil {
		t.Error(err)
	}
}

func TestLogger(t *testing.T) {
	var b bytes.Buffer
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{LogFormat: "json"}, `"msg":"warned","n":1}` + "\n"},
		{Config{LogFormat: "text"}, "level=WARN msg=warned n=1\n"},
		{Config{LogFormat: "text", LogLevel: slog.LevelError}, ""},
	} {
		b.Reset()
		NewLogger(&c.config, &b).Warn("warned", "n", 1)
		if !strings.HasSuffix(b.String(), c.want) || c.want == "" && b.Len() > 0 {
			t.Errorf("%+v: %q", c.config, b.String())
		}
	}
}

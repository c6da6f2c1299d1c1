package files

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// published is what a follower publishes to.
type published struct {
	set  atomic.Pointer[zone.Set]
	swap atomic.Int64
}

func (p *published) Zones() *zone.Set { return p.set.Load() }
func (p *published) Publish(entries []zone.Entry) {
	p.swap.Add(1)
	p.set.Store(p.set.Load().With(entries...))
}

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

// scene is a directory with its follower.
type scene struct {
	*testing.T
	dir   string
	zones *published
	log   *text
	f     *Follower
}

func newScene(t *testing.T) *scene {
	t.Helper()
	return sceneIn(t, t.TempDir())
}

func sceneIn(t *testing.T, dir string) *scene {
	s := &scene{T: t, dir: dir, zones: new(published), log: new(text)}
	s.zones.set.Store(new(zone.Set))
	s.f = New(dir, s.zones, slog.New(slog.NewTextHandler(s.log, nil)))
	return s
}

// zoneText is a zone of one serial with one address, 192.0.2.n, at www.
func zoneText(serial, n int) string {
	return fmt.Sprintf("@ 300 SOA ns.example.net. h.example.net. %d 7200 900 1209600 300\n"+
		"@ 300 NS ns.example.net.\nwww 300 A 192.0.2.%d\n", serial, n)
}

const broken = "@ 300 SOA ns.example.net. h.example.net. 9 7200 900 1209600 300\n@ 300 NS ns.example.net.\nwww 300 A nonsense\n"

func (s *scene) write(name, text string) {
	s.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// replace is a write that nobody sees half done.
func (s *scene) replace(name, text string) {
	s.Helper()
	s.write(".new", text)
	if err := os.Rename(filepath.Join(s.dir, ".new"), filepath.Join(s.dir, name)); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) remove(name string) {
	s.Helper()
	if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) load() {
	s.Helper()
	if err := s.f.Load(context.Background()); err != nil {
		s.Fatal(err)
	}
}

// run follows until the test ends.
func (s *scene) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.f.Run(ctx) }()
	s.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			s.Error(err)
		}
	})
}

// zone is what is published for the apex: "-" for no zone, "!" and the reason
// for one that is not ready, else the address of www.
func (s *scene) zone(apex string) string {
	var k dname.Key
	k.Set(dname.MustParse(apex))
	e := s.zones.Zones().Exact(&k, k.Depth())
	switch {
	case e == nil:
		return "-"
	case e.Zone == nil:
		return "!" + e.Reason
	}
	k.Set(dname.MustParse("www." + apex))
	set := e.Zone.Find(&k).Node.Set(rr.TypeA)
	if set.Empty() {
		return "without www"
	}
	first, _ := set.Next()
	return string(rr.AppendDataText(nil, rr.TypeA, first.Data()))
}

func (s *scene) want(apex, what string) {
	s.Helper()
	if got := s.zone(apex); got != what {
		s.Errorf("%s is %q, want %q; log:\n%s", apex, got, what, s.log)
	}
}

// becomes waits until apex is what it should be.
func (s *scene) becomes(apex, what string) {
	s.Helper()
	s.until(apex+" to become "+what, func() bool { return s.zone(apex) == what })
}

func (s *scene) until(what string, condition func() bool) {
	s.Helper()
	for end := time.Now().Add(20 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("waited in vain for %s; log:\n%s", what, s.log)
		}
	}
}

package files

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/serve"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/zone"

	"log/slog"
)

func TestChangesAreFollowed(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*scene)
		want   string
	}{
		{"written in place", func(s *scene) { s.write("example.com.zone", zoneText(2, 2)) }, "192.0.2.2"},
		{"renamed over it", func(s *scene) { s.replace("example.com.zone", zoneText(2, 2)) }, "192.0.2.2"},
		{"removed", func(s *scene) { s.remove("example.com.zone") }, "-"},
		{"removed and made again", func(s *scene) {
			s.remove("example.com.zone")
			s.becomes("example.com.", "-")
			s.write("example.com.zone", zoneText(2, 2))
		}, "192.0.2.2"},
		{"broken and repaired", func(s *scene) {
			s.write("example.com.zone", broken)
			s.until("a failure", func() bool { return s.f.Counts().Failures.Load() > 0 })
			s.want("example.com.", "192.0.2.1")
			s.write("example.com.zone", zoneText(10, 2))
		}, "192.0.2.2"},
		{"moved away with the directory, and another put there", func(s *scene) {
			if err := os.Rename(s.dir, s.dir+".old"); err != nil {
				s.Fatal(err)
			}
			if err := os.Mkdir(s.dir, 0o700); err != nil {
				s.Fatal(err)
			}
			s.write("example.com.zone", zoneText(2, 2))
		}, "192.0.2.2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sceneIn(t, filepath.Join(t.TempDir(), "zones"))
			if err := os.Mkdir(s.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			s.write("example.com.zone", zoneText(1, 1))
			s.load()
			s.run()
			c.change(s)
			s.becomes("example.com.", c.want)
		})
	}
}

func TestChangeBetweenLoadAndRun(t *testing.T) {
	s := newScene(t)
	s.load()
	s.write("example.com.zone", zoneText(1, 1))
	s.run()
	s.becomes("example.com.", "192.0.2.1")
}

func TestReload(t *testing.T) {
	s := newScene(t)
	s.load()
	s.run()
	s.write("example.com.zone", zoneText(1, 1))
	for range 10 {
		s.f.Reload() // never blocks
	}
	s.becomes("example.com.", "192.0.2.1")
	s.until("the log", func() bool { return strings.Contains(s.log.String(), "reloading zone files") })
}

func TestIncludedFileElsewhere(t *testing.T) {
	s := newScene(t)
	other := filepath.Join(t.TempDir(), "more")
	if err := os.WriteFile(other, []byte("www 300 A 192.0.2.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.write("example.com.zone", strings.Replace(zoneText(1, 1), "www 300 A 192.0.2.1", "$INCLUDE "+other, 1))
	s.load()
	s.run()
	s.becomes("example.com.", "192.0.2.1")
	if err := os.WriteFile(other, []byte("www 300 A 192.0.2.2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.becomes("example.com.", "192.0.2.2")
}

func TestIncludedFileThatComesLater(t *testing.T) {
	s := newScene(t)
	dir := t.TempDir()
	empty, missing := filepath.Join(dir, "empty"), filepath.Join(t.TempDir(), "missing")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	head := strings.TrimSuffix(zoneText(1, 1), "www 300 A 192.0.2.1\n")
	s.write("example.com.zone", head+"$INCLUDE "+empty+"\n")
	s.write("example.net.zone", head+"$INCLUDE "+missing+"\n")
	s.load()
	s.run()
	s.becomes("example.com.", "without www")
	for _, path := range []string{empty, missing} {
		if err := os.WriteFile(path, []byte("www 300 A 192.0.2.2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.becomes("example.com.", "192.0.2.2")
	s.becomes("example.net.", "192.0.2.2")
}

// swap points the symbolic link at path elsewhere, in one step.
func (s *scene) swap(path, target string) {
	s.Helper()
	if err := os.Symlink(target, path+".tmp"); err != nil {
		s.Fatal(err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		s.Fatal(err)
	}
}

// version makes a directory with one zone file in it.
func version(t *testing.T, dir string, n int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "example.com.zone"), []byte(zoneText(n, n)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLinks(t *testing.T) {
	for _, c := range []struct {
		name string
		// make builds what dir holds for version 1 and returns the directory of zone files
		make   func(s *scene, dir string) string
		change func(s *scene, dir string) // to version n
	}{
		{"a mounted ConfigMap", func(s *scene, dir string) string {
			version(s.T, dir+"/..1", 1)
			s.swap(dir+"/..data", "..1")
			s.swap(dir+"/example.com.zone", "..data/example.com.zone")
			return dir
		}, func(s *scene, dir string) {
			version(s.T, dir+"/..2", 2)
			s.swap(dir+"/..data", "..2")
			_ = os.RemoveAll(dir + "/..1")
		}},
		{"the directory is a link to a release", func(s *scene, dir string) string {
			version(s.T, dir+"/releases/1", 1)
			s.swap(dir+"/zones", "releases/1")
			return dir + "/zones"
		}, func(s *scene, dir string) {
			version(s.T, dir+"/releases/2", 2)
			s.swap(dir+"/zones", dir+"/releases/2")
		}},
		{"a link further up", func(s *scene, dir string) string {
			version(s.T, dir+"/releases/1/etc/zones", 1)
			s.swap(dir+"/current", "./releases//1/")
			return dir + "/current/etc/zones"
		}, func(s *scene, dir string) {
			version(s.T, dir+"/releases/2/etc/zones", 2)
			s.swap(dir+"/current", "releases/2")
		}},
		{"a file is a link to one that is written in place", func(s *scene, dir string) string {
			version(s.T, dir+"/repository", 1)
			if err := os.Mkdir(dir+"/zones", 0o700); err != nil {
				s.Fatal(err)
			}
			s.swap(dir+"/zones/example.com.zone", "../repository/example.com.zone")
			return dir + "/zones"
		}, func(s *scene, dir string) { version(s.T, dir+"/repository", 2) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := sceneIn(t, dir)
			s.f.dir = c.make(s, dir)
			s.load()
			s.run()
			s.becomes("example.com.", "192.0.2.1")
			c.change(s, dir)
			s.becomes("example.com.", "192.0.2.2")
			// what was made anew is followed too
			real, err := filepath.EvalSymlinks(s.f.dir + "/example.com.zone")
			if err != nil {
				t.Fatal(err)
			}
			version(t, filepath.Dir(real), 3)
			s.becomes("example.com.", "192.0.2.3")
		})
	}
}

func TestLinksOnTheWay(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := sceneIn(t, dir)
	version(t, dir+"/a/b", 1)
	s.swap(dir+"/one", "a")
	s.swap(dir+"/two", dir+"/one/b")
	s.swap(dir+"/round", "round")
	for _, c := range []struct {
		at, path string
		want     []string
	}{
		{"", dir + "/a/b", []string{"/a/b"}},
		{"", dir + "//one/b/", []string{"/one", "/a/b"}},
		{"", dir + "/two", []string{"/two", "/one", "/a/b"}},
		{"", dir + "/two/../x", []string{"/x"}}, // as the shell and filepath.Clean read it
		{dir, "two", []string{"/two", "/one", "/a/b"}},
		{dir, "missing", []string{"/missing"}},
	} {
		got := links(c.at, c.path)
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], dir)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("links(%q, %q) = %v, want %v", c.at, c.path, got, c.want)
		}
	}
	if n := len(links(dir, "round")); n != maxLinks+1 {
		t.Errorf("a loop gave %d links", n)
	}
}

// TestADirectoryThatIsNeverQuiet: changes are read although others go on.
func TestADirectoryThatIsNeverQuiet(t *testing.T) {
	s := newScene(t)
	s.load()
	s.run()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				_ = os.WriteFile(filepath.Join(s.dir, "noise"), []byte{byte(n)}, 0o600)
			}
		}
	})
	s.write("example.com.zone", zoneText(1, 1))
	s.becomes("example.com.", "192.0.2.1")
	close(stop)
	wg.Wait()
}

// TestManyChangesWhileRunning ends with what was written last, in a real server.
func TestManyChangesWhileRunning(t *testing.T) {
	s := newScene(t)
	srv := serve.New(serve.Config{}, cookie.NewJar(cookie.NewSecret()), new(stats.Queries), nil)
	s.f = New(s.dir, served{srv}, slog.New(slog.NewTextHandler(s.log, nil)))
	s.load()
	s.run()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := 1; n <= 60; n++ {
				name := fmt.Sprintf("c%d.example.zone", i)
				if n%10 == 0 {
					_ = os.Remove(filepath.Join(s.dir, name))
				}
				_ = os.WriteFile(filepath.Join(s.dir, name), []byte(zoneText(n, n)), 0o600)
				s.f.Reload()
			}
		})
	}
	wg.Wait()
	s.until("all zones to be the last ones", func() bool {
		last := 0
		for e := range srv.Zones().All {
			if e.Zone != nil && e.Zone.Serial() == 60 {
				last++
			}
		}
		return last == 4
	})
}

// served lets a follower publish to a server.
type served struct{ *serve.Server }

func (s served) Publish(entries []zone.Entry) { s.Server.Publish(s.Zones().With(entries...)) }

func TestRunEndsWithItsContext(t *testing.T) {
	s := newScene(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.f.Run(ctx); err != nil {
		t.Error(err)
	}
}

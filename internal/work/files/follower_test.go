package files

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoadBringsZonesUpToDate(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", zoneText(1, 1))
	s.write("example.org.zone", zoneText(1, 2))
	s.write("notes.txt", "not a zone file")
	s.write(".hidden.zone", "neither")
	s.load()
	s.want("example.com.", "192.0.2.1")
	s.want("example.org.", "192.0.2.2")
	s.replace("example.com.zone", zoneText(2, 3))
	s.remove("example.org.zone")
	s.load()
	s.want("example.com.", "192.0.2.3")
	s.want("example.org.", "-")
	if n := s.zones.Zones().Len(); n != 1 {
		t.Errorf("%d zones", n)
	}
}

// settled makes the files of s so old that their stamps can be trusted.
func (s *scene) settled() {
	for _, k := range s.f.files {
		if err := os.Chtimes(k.path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			s.Fatal(err)
		}
	}
	s.load()
}

func TestWhatDidNotChangeIsLeftAlone(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", zoneText(1, 1))
	s.write("example.org.zone", broken)
	s.load()
	s.settled()
	loads, swaps := s.f.Counts().Loads.Load(), s.zones.swap.Load()
	s.load()
	if s.f.Counts().Loads.Load() != loads || s.zones.swap.Load() != swaps {
		t.Error("loaded or published without a change")
	}
}

func TestAChangeIsSeenWhateverTheStampShows(t *testing.T) {
	hourAgo := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		name   string
		change func(*scene)
	}{
		{"another file of the same size and time renamed over it", func(s *scene) {
			s.write(".new", zoneText(1, 2))
			s.touch(".new", hourAgo)
			if err := os.Rename(filepath.Join(s.dir, ".new"), filepath.Join(s.dir, "example.com.zone")); err != nil {
				s.Fatal(err)
			}
		}},
		{"an older time", func(s *scene) {
			s.write("example.com.zone", zoneText(1, 2))
			s.touch("example.com.zone", hourAgo.Add(-time.Hour))
		}},
		{"another size at the same time", func(s *scene) {
			s.write("example.com.zone", zoneText(1, 2)+"\n")
			s.touch("example.com.zone", hourAgo)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.write("example.com.zone", zoneText(1, 1))
			s.touch("example.com.zone", hourAgo)
			s.load()
			c.change(s)
			s.load()
			s.want("example.com.", "192.0.2.2")
		})
	}
}

func (s *scene) touch(name string, at time.Time) {
	if err := os.Chtimes(filepath.Join(s.dir, name), at, at); err != nil {
		s.Fatal(err)
	}
}

// While a file is read, time goes by: a change may be as old as the end of that.
func TestAChangeWhileAFileIsRead(t *testing.T) {
	begin := time.Now()
	read := [2]time.Time{begin, begin.Add(time.Second)}
	for _, c := range []struct {
		name  string
		after time.Duration // of the beginning
		want  bool
	}{
		{"long before", -time.Second, false},
		{"right before", -tick / 2, true},
		{"meanwhile", time.Second / 2, true},
		{"at the end", time.Second + tick/2, true},
		{"in a future that somebody wrote down", time.Hour, false},
	} {
		if got := (stamp{modified: begin.Add(c.after)}).within(read); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestTwoChangesInOneTick(t *testing.T) {
	s := newScene(t)
	for n := 1; n < 50; n++ {
		s.write("example.com.zone", zoneText(1, n%9+1))
		s.load()
		s.want("example.com.", fmt.Sprintf("192.0.2.%d", n%9+1))
	}
}

func TestTheLastGoodVersionStays(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", zoneText(1, 1))
	s.load()
	for _, bad := range []string{broken, "", "$ORIGIN example.net.\n" + broken, strings.ReplaceAll(zoneText(1, 1), "www", "www.example.net.")} {
		s.replace("example.com.zone", bad)
		s.load()
		s.want("example.com.", "192.0.2.1")
		s.want("example.net.", "-")
	}
	if !strings.Contains(s.log.String(), "the version before goes on being served") {
		t.Errorf("log:\n%s", s.log)
	}
	s.replace("example.com.zone", zoneText(2, 2))
	s.load()
	s.want("example.com.", "192.0.2.2")
}

func TestBrokenFromTheStart(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", broken)
	s.write("example.org.zone", "")
	s.write("nonsense", "")
	s.load()
	s.want("example.com.", "!zone file example.com.zone could not be loaded")
	s.want("example.org.", "!zone file example.org.zone could not be loaded")
	if !strings.Contains(s.log.String(), "example.com.zone:3:11 code=") {
		t.Errorf("no place in the log:\n%s", s.log)
	}
	s.replace("example.com.zone", zoneText(1, 1))
	s.remove("example.org.zone")
	s.load()
	s.want("example.com.", "192.0.2.1")
	s.want("example.org.", "-")
}

func TestAFileThatComesToHoldAnotherZone(t *testing.T) {
	s := newScene(t)
	s.write("db.zone", "$ORIGIN example.com.\n"+zoneText(1, 1))
	s.load()
	s.want("example.com.", "192.0.2.1")
	s.replace("db.zone", "$ORIGIN example.org.\n"+zoneText(1, 2))
	s.load()
	s.want("example.com.", "-")
	s.want("example.org.", "192.0.2.2")
}

func TestTwoFilesOfOneZone(t *testing.T) {
	other := "$ORIGIN example.com.\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"the one named after the zone", map[string]string{"a.zone": other + zoneText(1, 2), "example.com.zone": zoneText(1, 1)}, "192.0.2.1"},
		{"the first by name", map[string]string{"a.zone": other + zoneText(1, 2), "b.zone": other + zoneText(1, 3)}, "192.0.2.2"},
		{"the good one, whatever its name", map[string]string{"z.zone": other + zoneText(1, 2), "example.com.zone": broken}, "192.0.2.2"},
		{"the good one before a broken other", map[string]string{"a.zone": other + broken, "example.com.zone": zoneText(1, 1)}, "192.0.2.1"},
		{"two broken ones", map[string]string{"a.zone": other + broken, "example.com.zone": broken}, "!zone file example.com.zone could not be loaded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			for name, text := range c.files {
				s.write(name, text)
			}
			s.load()
			s.want("example.com.", c.want)
		})
	}
}

func TestTheOtherFileTakesOver(t *testing.T) {
	s := newScene(t)
	s.write("a.zone", "$ORIGIN example.com.\n"+zoneText(1, 2))
	s.write("example.com.zone", zoneText(1, 1))
	s.load()
	s.want("example.com.", "192.0.2.1")
	if !strings.Contains(s.log.String(), "another file holds the same zone") {
		t.Errorf("log:\n%s", s.log)
	}
	s.remove("example.com.zone")
	s.load()
	s.want("example.com.", "192.0.2.2")
}

func TestIncludedFilesBelongToTheZone(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", zoneText(1, 1)+"$INCLUDE more\n")
	s.load()
	s.want("example.com.", "!zone file example.com.zone could not be loaded")
	s.write("more", "x 300 A nonsense\n")
	s.load()
	s.want("example.com.", "!zone file example.com.zone could not be loaded")
	s.write("more", "x 300 A 192.0.2.7\n")
	s.load()
	s.want("example.com.", "192.0.2.1")
	s.write("more", "x 300 A nonsense again\n")
	s.load()
	if s.f.Counts().Failures.Load() < 3 {
		t.Error("a broken include was not seen")
	}
	s.want("example.com.", "192.0.2.1")
}

func TestAnIncludedFileThatIsEmptyForAMoment(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", strings.Replace(zoneText(1, 1), "www 300 A 192.0.2.1", "$INCLUDE more", 1))
	s.write("more", "www 300 A 192.0.2.9\n")
	s.touch("example.com.zone", time.Now().Add(-time.Hour))
	s.load()
	for n := 1; n < 4; n++ {
		s.write("more", "")
		s.load()
		s.want("example.com.", "without www")
		s.write("more", fmt.Sprintf("www 300 A 192.0.2.%d\n", n))
		s.load()
		s.want("example.com.", fmt.Sprintf("192.0.2.%d", n))
	}
}

func TestAnIncludedFileThatWasEmptyAtFirst(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", strings.Replace(zoneText(1, 1), "www 300 A 192.0.2.1", "$INCLUDE more", 1))
	s.write("more", "; nothing yet\n")
	s.settled()
	s.want("example.com.", "without www")
	s.write("more", "www 300 A 192.0.2.5\n")
	s.load()
	s.want("example.com.", "192.0.2.5")
}

func TestAFileThatCannotBeOpened(t *testing.T) {
	s := newScene(t)
	target := filepath.Join(t.TempDir(), "target")
	if err := os.Symlink(target, filepath.Join(s.dir, "example.com.zone")); err != nil {
		t.Fatal(err)
	}
	s.load()
	s.load()
	s.want("example.com.", "!zone file example.com.zone could not be loaded")
	if n := s.f.Counts().Failures.Load(); n != 1 {
		t.Errorf("%d failures counted of one", n)
	}
	if err := os.WriteFile(target, []byte(zoneText(1, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.load()
	s.want("example.com.", "192.0.2.1")
}

func TestPermissionGivenLater(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	s := newScene(t)
	s.write("example.com.zone", zoneText(1, 1))
	path := filepath.Join(s.dir, "example.com.zone")
	for _, mode := range []os.FileMode{0, 0o600} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		s.load()
	}
	s.want("example.com.", "192.0.2.1")
}

func TestManyFiles(t *testing.T) {
	s := newScene(t)
	const files = 2000
	for i := range files {
		s.write(fmt.Sprintf("c%d.example.zone", i), zoneText(1, i%250))
	}
	s.write("bad.example.zone", broken)
	s.load()
	if n := s.zones.Zones().Len(); n != files+1 || s.f.Counts().Loads.Load() != files {
		t.Fatalf("%d zones", n)
	}
	if n := s.zones.swap.Load(); n != 1 {
		t.Errorf("published %d times, want all at once", n)
	}
	for i := 0; i < files; i += 97 {
		s.want(fmt.Sprintf("c%d.example.", i), fmt.Sprintf("192.0.2.%d", i%250))
	}
	log := s.log.String()
	if !strings.Contains(log, "good=2000 refused=1") || strings.Contains(log, `msg="zone loaded"`) {
		t.Errorf("log of many files:\n%.2000s", log)
	}
}

func TestLoadOfADirectoryThatIsNotThere(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", zoneText(1, 1))
	s.load()
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if err := s.f.Load(context.Background()); err == nil {
		t.Error("no error")
	}
	s.want("example.com.", "192.0.2.1")
}

func TestLoadThatIsCutShort(t *testing.T) {
	s := newScene(t)
	for i := range 20 {
		s.write(fmt.Sprintf("c%d.example.zone", i), zoneText(1, 1))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.f.Load(ctx); err == nil {
		t.Error("no error")
	}
	s.load()
	if n := s.zones.Zones().Len(); n != 20 {
		t.Errorf("%d zones after the next load", n)
	}
}

func TestSerialThatDoesNotGrow(t *testing.T) {
	const warning = "zone changed without a newer SOA serial"
	for _, c := range []struct {
		name, before, after string
		warned              bool
	}{
		{"newer", zoneText(1, 1), zoneText(2, 2), false},
		{"the same", zoneText(1, 1), zoneText(1, 2), true},
		{"older", zoneText(5, 1), zoneText(4, 1), true},
		{"newer past the end of the numbers", zoneText(4294967295, 1), zoneText(3, 2), false},
		{"the same with the same records", zoneText(1, 1), zoneText(1, 1) + "; a comment\n", false},
		{"one record more", zoneText(1, 1), zoneText(1, 1) + "www 300 TXT x\n", true},
		{"another owner", zoneText(1, 1), strings.ReplaceAll(zoneText(1, 1), "www", "w"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.write("example.com.zone", c.before)
			s.load()
			s.replace("example.com.zone", c.after)
			s.load()
			if got := strings.Contains(s.log.String(), warning); got != c.warned {
				t.Errorf("warned: %v; log:\n%s", got, s.log)
			}
		})
	}
}

var _ Zones = (*published)(nil)

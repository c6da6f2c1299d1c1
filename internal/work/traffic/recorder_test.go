package traffic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/store/sqlite"
)

func TestMinutesHoursAndDays(t *testing.T) {
	d := newDesk(t, newShelf())
	d.ask(3, "www.example.")
	d.ask(1, "nowhere.example.")
	d.ask(2, "elsewhere.")
	d.want(Minute, map[string]uint64{"12:00 all": 6, "12:00 example.": 4})
	d.now = d.now.Add(time.Minute)
	d.ask(5, "www.example.")
	d.now = d.now.Add(time.Hour)
	d.ask(7, "www.test.")
	d.want(Minute, map[string]uint64{"12:00 all": 6, "12:00 example.": 4, "13:01 all": 12, "13:01 example.": 5, "13:01 test.": 7})
	d.want(Hour, map[string]uint64{"12:00 all": 6, "12:00 example.": 4, "13:00 all": 12, "13:00 example.": 5, "13:00 test.": 7})
	d.want(Day, map[string]uint64{"00:00 all": 18, "00:00 example.": 9, "00:00 test.": 7})
	day := d.Buckets(t.Context(), Day, d.now, d.now.Add(time.Hour))[0]
	example := Zone{Apex: "example."}
	if ours := day.Ours(); ours.Total() != 16 || day.Elsewhere.Rcode(code.Refused) != 2 {
		t.Errorf("%d ours, %d elsewhere", ours.Total(), day.Elsewhere.Total())
	}
	if day.Names[Name{"www.example.", example}] != 8 || day.Missing[Name{"nowhere.example.", example}] != 1 || len(day.Names) != 2 {
		t.Errorf("names %v, missing %v", day.Names, day.Missing)
	}
	if c := day.Sum(func(z Zone) bool { return z == example }); c.Total() != 9 || c.Rcode(code.NXDomain) != 1 {
		t.Errorf("%v", c.ByRcode())
	}
}

// What was asked while the clock of a test jumped to and fro is where it was then.
func TestClockGoesBack(t *testing.T) {
	d := newDesk(t, newShelf())
	for _, minutes := range []int{0, 90, 0, -24 * 60, 90, 0} {
		d.now = noon.Add(time.Duration(minutes) * time.Minute)
		d.ask(1, "www.example.")
		d.told(Minute)
		d.save(t.Context())
	}
	d.now = noon.Add(2 * time.Hour)
	d.want(Hour, map[string]uint64{"12:00 all": 3, "12:00 example.": 3, "13:00 all": 2, "13:00 example.": 2})
}

// A zone that changes hands leaves its past behind.
func TestZoneOfAnotherAccount(t *testing.T) {
	d := newDesk(t, newShelf())
	d.account["example."] = "ann"
	d.ask(1, "www.example.")
	d.told(Minute)
	d.account["example."] = "bob"
	d.now = d.now.Add(time.Minute)
	d.told(Minute) // who it belongs to is looked up every minute
	d.ask(2, "www.example.")
	d.want(Day, map[string]uint64{"00:00 all": 3, "00:00 example.ann": 1, "00:00 example.bob": 2})
}

func TestBucketsThatAreGivenOutDoNotChange(t *testing.T) {
	d := newDesk(t, newShelf())
	d.ask(1, "www.example.")
	before := d.Buckets(t.Context(), Hour, noon, noon.Add(1))[0]
	d.now = noon.Add(time.Hour)
	d.told(Hour)
	past := d.Buckets(t.Context(), Hour, noon, noon.Add(1))[0]
	d.now = noon
	d.ask(5, "www.example.")
	d.want(Hour, map[string]uint64{"12:00 all": 6, "12:00 example.": 6})
	for _, b := range []*Bucket{before, past} {
		if n := b.Zones[Zone{Apex: "example."}].Total(); n != 1 || b.All.Total() != 1 || b.Names[Name{"www.example.", Zone{Apex: "example."}}] != 1 {
			t.Errorf("it became %d", n)
		}
	}
}

func TestRestart(t *testing.T) {
	dir := t.TempDir()
	for start := range 3 {
		s, err := sqlite.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		d := newDesk(t, s)
		d.now = noon.Add(time.Duration(start) * 40 * time.Second)
		d.ask(10, "www.example.")
		d.ask(1, "nowhere.example.")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Run(ctx); err != nil { // it ends at once, and writes what there is
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := newDesk(t, s)
	d.now = noon.Add(2 * time.Minute)
	d.want(Minute, map[string]uint64{"12:00 all": 22, "12:00 example.": 22, "12:01 all": 11, "12:01 example.": 11})
	d.want(Day, map[string]uint64{"00:00 all": 33, "00:00 example.": 33})
	day := d.Buckets(t.Context(), Day, noon, noon.Add(1))[0]
	if day.Names[Name{"www.example.", Zone{Apex: "example."}}] != 30 || day.Missing[Name{"nowhere.example.", Zone{Apex: "example."}}] != 3 {
		t.Errorf("names %v, missing %v", day.Names, day.Missing)
	}
}

// Without a last word, at most half a minute is lost; and where nothing is asked,
// nothing is written.
func TestRunWritesByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		d := newDesk(t, s)
		d.options.Clock = time.Now
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(500 * time.Millisecond)
		d.ask(4, "www.example.")
		time.Sleep(saveEvery + tick)
		synctest.Wait()
		other := newDesk(t, s) // another that was killed would find this
		other.now = time.Now()
		if got := other.told(Day); got["00:00 example."] != 4 {
			t.Errorf("after %s: %v", saveEvery, got)
		}
		puts := s.puts
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if s.puts != puts {
			t.Errorf("%d times written though nothing was asked", s.puts-puts)
		}
		d.ask(1, "www.example.")
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := newDeskAt(t, s).told(Day); got["00:00 example."] != 5 {
			t.Errorf("after the end: %v", got)
		}
	})
}

func newDeskAt(t *testing.T, s *shelf) *desk {
	d := newDesk(t, s)
	d.now = time.Now()
	return d
}

// A store that fails for a while costs nothing but the wait.
func TestStoreThatFails(t *testing.T) {
	s := newShelf()
	d := newDesk(t, s)
	d.ask(1, "www.example.")
	d.told(Minute)
	s.fail(errors.New("no space left on device"))
	for range 5 {
		d.save(t.Context())
		d.now = d.now.Add(time.Minute)
		d.ask(1, "www.example.")
		d.told(Minute)
	}
	if len(s.docs) != 0 {
		t.Fatalf("%v was written", s.docs)
	}
	s.fail(nil)
	d.save(t.Context())
	if got := s.ids(Minute); !slices.Equal(got, []string{"2026-03-31T12:00", "2026-03-31T12:01", "2026-03-31T12:02", "2026-03-31T12:03", "2026-03-31T12:04", "2026-03-31T12:05"}) {
		t.Errorf("%v", got)
	}
	d.save(t.Context())
	if puts := s.puts; puts != 6+1+1 {
		t.Errorf("%d times written", puts)
	}
	for range 2 * maxLate {
		d.now = d.now.Add(time.Minute)
		d.ask(1, "www.example.")
		d.told(Minute)
	}
	if len(d.late) > maxLate {
		t.Errorf("%d wait to be written", len(d.late))
	}
}

func TestDocumentThatIsDamaged(t *testing.T) {
	s := newShelf()
	for _, body := range []string{"", "no gzip", "\x1f\x8b\x08"} {
		s.docs["traffic-day 2026-03-31"] = store.Document{Kind: "traffic-day", ID: "2026-03-31", Version: 1, Body: []byte(body)}
		d := newDesk(t, s)
		d.ask(1, "www.example.")
		d.want(Day, map[string]uint64{"00:00 all": 1, "00:00 example.": 1})
	}
}

func TestWhatIsOldIsTakenAway(t *testing.T) {
	s := newShelf()
	d := newDesk(t, s)
	step := 25 * time.Minute
	for range 40 {
		d.ask(1, "www.example.")
		d.told(Minute)
		d.save(t.Context())
		d.now = d.now.Add(step)
	}
	d.now = d.now.Add(-step)
	d.sweep(t.Context())
	for _, id := range s.ids(Minute) {
		if at, _ := time.Parse("2006-01-02T15:04", id); d.now.Sub(at) > 3*time.Hour+time.Minute {
			t.Errorf("minute %s is still there at %s", id, d.now)
		}
	}
	if n := len(s.ids(Hour)); n != 17 {
		t.Errorf("%d hours are there: %v", n, s.ids(Hour))
	}
	d.now = d.now.Add(91 * 24 * time.Hour)
	d.sweep(t.Context())
	if len(s.ids(Minute))+len(s.ids(Hour)) != 0 || len(s.ids(Day)) != 2 {
		t.Errorf("%v %v %v", s.ids(Minute), s.ids(Hour), s.ids(Day))
	}
}

// A server that always runs takes each document away when its time has come.
func TestRunningServerForgets(t *testing.T) {
	s := newShelf()
	d := newDesk(t, s)
	for range 4 * 60 {
		d.ask(1, "www.example.")
		d.told(Minute)
		d.save(t.Context())
		d.now = d.now.Add(time.Minute)
	}
	if n := len(s.ids(Minute)); n < 180 || n > 183 {
		t.Errorf("%d minutes are there", n)
	}
}

// Whatever is asked, memory and documents are bounded.
func TestManyZonesAndNames(t *testing.T) {
	s := newShelf()
	d := newDesk(t, s)
	for i := range 30 {
		sum := &stats.Sum{Zones: map[string]stats.Counts{}}
		for j := range 1000 {
			apex := dname.MustParse(fmt.Sprintf("zone%d-%d.%s.test.", i, j, strings.Repeat("x", 50)))
			name := dname.MustParse(fmt.Sprintf("%d-%d.%s.test.", i, j, strings.Repeat("y", 60)))
			var c stats.Counts
			c.Count(1, code.NoError, uint64(j+1))
			sum.All.Add(&c)
			sum.Zones[string(apex)] = c
			sum.Names = append(sum.Names, stats.Name{Name: string(name), Zone: string(apex), Count: uint64(j)})
			sum.Missing = append(sum.Missing, stats.Name{Name: string(name), Zone: string(apex), Count: uint64(j)})
		}
		d.mu.Lock()
		d.turn(t.Context())
		for l, b := range d.open {
			b.addCounts(sum, d.zone)
			b.addNames(sum, d.zone)
			d.dirty[l] = true
		}
		d.mu.Unlock()
	}
	b := d.Buckets(t.Context(), Hour, noon, noon.Add(1))[0]
	total := b.Other.Total()
	for _, n := range b.Zones {
		total += n.Total()
	}
	if len(b.Zones) > 2*mostZones || len(b.Names) > 2*mostNames || len(b.Missing) > 2*mostNames || total != b.All.Total() {
		t.Errorf("%d zones, %d names, %d missing; %d of %d counted", len(b.Zones), len(b.Names), len(b.Missing), total, b.All.Total())
	}
	d.save(t.Context())
	doc, err := s.Get(t.Context(), "traffic-hour", "2026-03-31T12")
	if err != nil || len(doc.Body) > store.MaxDocument {
		t.Fatalf("%v, %d octets", err, len(doc.Body))
	}
	back, err := decode(doc.Body)
	if err != nil || back.All != b.All || len(back.Zones) == 0 || len(back.Zones) > mostZones {
		t.Errorf("%v, %d zones", err, len(back.Zones))
	}
	for i := range 200 { // each of the past is as large as this
		c := b.clone()
		c.Start = noon.Add(-time.Duration(i) * time.Hour)
		d.cache.put(Hour, c)
	}
	if d.cache.size > maxCached+b.weight() || len(d.cache.held) > 200 {
		t.Errorf("the cache holds %d", d.cache.size)
	}
}

func FuzzDecode(f *testing.F) {
	b := newBucket(noon)
	var c stats.Counts
	c.Count(1, code.NoError, 5)
	b.All, b.Zones[Zone{"example.", "ann"}] = c, &c
	body, err := b.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := decode(body)
		if err != nil {
			return
		}
		again, err := b.clone().encode()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := decode(again); err != nil || back.All != b.All {
			t.Fatalf("%v: %v became %v", err, b, back)
		}
	})
}

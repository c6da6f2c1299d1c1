package alias

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// says is what the world says to a question, and how long it takes. Text is one
// of: addresses, separated by spaces; "nodata"; "nxdomain"; "bare" for nothing at all; "servfail"; "stale";
// "silence", which lasts until nobody waits any more.
type says struct {
	text string
	ttl  uint32
	took time.Duration
}

// world is a Resolver over what tests make of it.
type world struct {
	mu      sync.Mutex
	names   map[string]says // by "name" or "name TYPE"
	other   says            // for all other names
	asked   map[string]int  // by "name TYPE"
	total   int
	times   []time.Time
	running atomic.Int64
	peak    atomic.Int64
}

func newWorld() *world {
	return &world{names: make(map[string]says), asked: make(map[string]int), other: says{text: "servfail", took: time.Millisecond}}
}

func (w *world) set(name string, s says) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names[name] = s
}

// all sets what the world says to all names that are not set.
func (w *world) all(s says) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.other = s
}

// count is how often the name was asked for with the type.
func (w *world) count(name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[name]
}

func (w *world) sum() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.total
}

func (w *world) note(q resolver.Question) says {
	w.mu.Lock()
	defer w.mu.Unlock()
	full := q.Name.String() + " " + q.Type.String()
	w.asked[full]++
	w.total++
	if len(w.times) < 10_000 {
		w.times = append(w.times, time.Now())
	}
	if s, ok := w.names[full]; ok {
		return s
	}
	if s, ok := w.names[q.Name.String()]; ok {
		return s
	}
	return w.other
}

func (w *world) Renew(ctx context.Context, q resolver.Question, _ time.Duration) *resolver.Result {
	w.peak.Store(max(w.peak.Load(), w.running.Add(1)))
	defer w.running.Add(-1)
	s := w.note(q)
	if s.text == "silence" {
		<-ctx.Done()
	} else {
		select {
		case <-time.After(s.took):
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return &resolver.Result{Rcode: code.ServFail, Text: "the time to wait is over"}
	}
	return s.result(q)
}

func (s says) result(q resolver.Question) *resolver.Result {
	r := &resolver.Result{TTL: s.ttl, EDE: code.NoEDE}
	switch s.text {
	case "servfail":
		return &resolver.Result{Rcode: code.ServFail, Text: "no server answered"}
	case "bare", "bare nxdomain": // no SOA
		if r.TTL = 0; s.text != "bare" {
			r.Rcode = code.NXDomain
		}
		return r
	case "nxdomain":
		r.Rcode = code.NXDomain
		fallthrough
	case "nodata":
		r.Authority = []resolver.Item{{Owner: dname.Root, Set: rr.AppendRecord(nil, rr.TypeSOA, s.ttl, nil)}}
		return r
	case "stale":
		r.Stale = true
		return r
	}
	var set rr.Set
	for _, text := range strings.Fields(s.text) {
		if a := netip.MustParseAddr(text); a.Is4() == (q.Type == rr.TypeA) {
			set = rr.AppendRecord(set, q.Type, s.ttl, a.AsSlice())
		}
	}
	if set.Empty() {
		r.Authority = []resolver.Item{{Owner: dname.Root, Set: rr.AppendRecord(nil, rr.TypeSOA, s.ttl, nil)}}
		return r
	}
	r.Answer = []resolver.Item{{Owner: q.Name, Set: set}}
	return r
}

// scene is a Table with a world around it.
type scene struct {
	testing.TB
	table *Table
	world *world
	zones atomic.Pointer[zone.Set]
	stop  func()
	o     Options
}

func newScene(t testing.TB, change ...func(*Options)) *scene {
	s := &scene{TB: t, world: newWorld()}
	s.zones.Store(new(zone.Set))
	s.o = Options{
		Resolver: s.world, Zones: s.zones.Load,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, c := range change {
		c(&s.o)
	}
	s.table = New(s.o)
	return s
}

// run runs the table until the returned function is called, which waits for it.
func (s *scene) run() {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.table.Run(ctx) }()
	s.stop = func() {
		s.Helper()
		cancel()
		if err := <-ended; err != nil {
			s.Error(err)
		}
	}
}

// again is the next process, with the same world, zones and memory.
func (s *scene) again() {
	s.Helper()
	s.table = New(s.o)
	if err := s.table.Load(context.Background()); err != nil {
		s.Fatal(err)
	}
	s.run()
}

// publish puts zones of these origins and texts in place of those of their
// apexes; a text of "" takes the zone out.
func (s *scene) publish(texts map[string]string) {
	s.Helper()
	set := s.zones.Load()
	for origin, text := range texts {
		e := zone.Entry{Apex: dname.MustParse(origin)}
		if text != "" {
			e.Zone = snapshot(s, origin, text)
		}
		set = set.With(e)
	}
	s.zones.Store(set)
	s.table.Notify()
}

const head = "$TTL 300\n@ 3600 SOA ns1 admin 1 7200 900 1209600 60\n@ NS ns1\nns1 A 192.0.2.53\n"

func snapshot(t testing.TB, origin, text string) *zone.Snapshot {
	t.Helper()
	b := zone.NewBuilder(dname.MustParse(origin))
	err := zonefile.Parse(strings.NewReader(head+text), origin, zonefile.Options{Origin: dname.MustParse(origin)},
		func(r *zonefile.Record) error {
			b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return b.Build().Snapshot
}

func keyOf(name string) *dname.Key {
	k := new(dname.Key)
	k.Set(dname.MustParse(name))
	return k
}

// flat is what the table says of "name" or "name TYPE" now.
func (s *scene) flat(what string) answer.Flat {
	name, text, _ := strings.Cut(what, " ")
	t := rr.TypeA
	if text == "AAAA" {
		t = rr.TypeAAAA
	}
	return s.table.Flatten(keyOf(name), t, s.table.now())
}

// short is f in one line: state, addresses or "-", TTL of what is fresh.
func short(f answer.Flat) string {
	text := stateNames[f.State]
	for set := f.Set; !set.Empty(); {
		var r rr.Record
		r, set = set.Next()
		text += " " + string(rr.AppendDataText(nil, r.Type(), r.Data()))
	}
	if f.Gone {
		text += " gone"
	}
	if f.State == answer.Fresh {
		text += fmt.Sprintf(" %d", f.TTL)
	}
	if f.Since != 0 {
		text += " since " + time.Unix(0, f.Since).UTC().Format(time.TimeOnly)
	}
	return text
}

// want waits until all is quiet, and holds what the table says against want.
func (s *scene) want(what, want string) {
	s.Helper()
	synctest.Wait()
	if got := short(s.flat(what)); got != want {
		s.Errorf("%s: %s: got %q, want %q", time.Now().UTC().Format(time.TimeOnly), what, got, want)
	}
}

// bubble runs f with virtual time, which begins at midnight.
func bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

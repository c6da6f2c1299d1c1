package traffic

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is documents in memory, which can be made to fail.
type shelf struct {
	mu     sync.Mutex
	docs   map[string]store.Document // by kind and id
	broken error
	puts   int
}

func newShelf() *shelf { return &shelf{docs: map[string]store.Document{}} }

func (s *shelf) Get(_ context.Context, kind, id string) (store.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.docs[kind+" "+id]
	if !ok {
		return d, errors.Join(s.broken, store.ErrNotFound)
	}
	return d, s.broken
}

func (s *shelf) Put(_ context.Context, d store.Document) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := d.Kind + " " + d.ID
	switch {
	case s.broken != nil:
		return 0, s.broken
	case len(d.Body) > store.MaxDocument:
		return 0, errors.New("too large")
	case s.docs[key].Version != d.Version:
		return 0, store.ErrConflict
	}
	s.puts++
	if d.Version++; d.Body == nil {
		delete(s.docs, key)
		return d.Version, nil
	}
	s.docs[key] = d
	return d.Version, nil
}

func (s *shelf) Documents(_ context.Context, kind string) iter.Seq2[store.Document, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := maps.Clone(s.docs)
	return func(yield func(store.Document, error) bool) {
		for _, d := range all {
			if d.Kind == kind && !yield(d, nil) {
				return
			}
		}
	}
}

// ids is the documents of a kind in order.
func (s *shelf) ids(l Level) (ids []string) {
	for d := range s.Documents(context.Background(), l.kind()) {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return ids
}

func (s *shelf) fail(err error) {
	s.mu.Lock()
	s.broken = err
	s.mu.Unlock()
}

// noon is when the clock of these tests starts.
var noon = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

// desk is a Recorder by hand: its clock stands until it is moved.
type desk struct {
	t testing.TB
	*Recorder
	queries *stats.Queries
	worker  *stats.Worker
	now     time.Time
	account map[string]string
}

func newDesk(t testing.TB, s store.Shelf) *desk {
	d := &desk{t: t, now: noon, queries: new(stats.Queries), account: map[string]string{}}
	d.worker = d.queries.Worker()
	d.Recorder = New(Options{
		Queries: d.queries, Shelf: s, Log: slog.New(slog.DiscardHandler),
		Clock:   func() time.Time { return d.now },
		Account: func(apex dname.Name) string { return d.account[apex.String()] },
	})
	return d
}

// ask has n queries for name, in the zone below its first label; a name that begins
// with no is missing.
func (d *desk) ask(n int, name string) {
	full := dname.MustParse(name)
	apex := full.Parent()
	r := code.NoError
	if strings.HasPrefix(name, "no") {
		r = code.NXDomain
	}
	if apex.IsRoot() {
		apex, r = nil, code.Refused
	}
	for range n {
		d.worker.Query(rr.TypeA, r, false)
		if d.worker.Zone(apex, rr.TypeA, r) {
			d.worker.Name(apex, full, r == code.NXDomain)
		}
	}
	d.worker.Done(n, time.Microsecond)
}

// told is what the Buckets of the last day say: the zones with their totals.
func (d *desk) told(l Level) map[string]uint64 {
	m := map[string]uint64{}
	for _, b := range d.Buckets(context.Background(), l, d.now.Add(-48*time.Hour), d.now.Add(time.Hour)) {
		at := b.Start.Format("15:04 ")
		m[at+"all"] = b.All.Total()
		for z, n := range b.Zones {
			m[at+z.Apex+z.Account] = n.Total()
		}
	}
	return m
}

func (d *desk) want(l Level, want map[string]uint64) {
	d.t.Helper()
	if got := d.told(l); !maps.Equal(got, want) {
		d.t.Errorf("got %v, want %v", got, want)
	}
}

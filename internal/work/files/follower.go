// Package files follows a directory of zone files: it loads them, publishes
// the zones that are good, and goes on serving the last good version of those
// that are not.
package files

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"sort"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/load"
)

// Zones is where the follower publishes.
type Zones interface {
	// Publish puts each of the entries in place of the one of its apex, all at
	// once; one without zone and reason takes its apex out.
	Publish(entries []zone.Entry)
}

// Follower follows one directory. Load once, then Run.
type Follower struct {
	dir    string
	zones  Zones
	log    *slog.Logger
	counts Counts
	files  map[string]*file
	reload chan struct{}
	level  slog.Level // of the line about a file that is good
	places places     // what Run watches
}

// New is a follower of dir.
func New(dir string, zones Zones, log *slog.Logger) *Follower {
	return &Follower{dir: dir, zones: zones, log: log, files: make(map[string]*file), reload: make(chan struct{}, 1)}
}

// Counts is the live counters.
func (f *Follower) Counts() *Counts { return &f.counts }

// Reload asks Run to look at all files again, as SIGHUP does.
func (f *Follower) Reload() {
	select {
	case f.reload <- struct{}{}:
	default: // one is asked for already
	}
}

// Load brings what is published up to date with the directory: files that are
// new or changed are loaded, and zones whose files are gone are withdrawn. The
// error is that of reading the directory; a bad file is logged and counted.
func (f *Follower) Load(ctx context.Context) error {
	paths, err := load.Dir(f.dir)
	if err != nil {
		return err
	}
	touched := f.gone(paths)
	stale := f.stale(paths)
	f.level = slog.LevelInfo
	if len(stale) > manyFiles {
		f.level = slog.LevelDebug
		defer f.progress(len(stale))()
	}
	for _, apex := range f.loadAll(ctx, stale) {
		touched[string(apex)] = apex
	}
	f.publish(touched)
	return ctx.Err()
}

// gone forgets the files that are not in paths and returns the apexes they had.
func (f *Follower) gone(paths []string) map[string]dname.Name {
	touched := make(map[string]dname.Name)
	there := make(map[string]bool, len(paths))
	for _, p := range paths {
		there[p] = true
	}
	for p, known := range f.files {
		if !there[p] {
			delete(f.files, p)
			f.log.Info("zone file is gone", "file", p)
			if known.apex != nil {
				touched[string(known.apex)] = known.apex
			}
		}
	}
	return touched
}

// stale is the files among paths that are new or have changed, with what they include.
func (f *Follower) stale(paths []string) []*file {
	var stale []*file
	for _, p := range paths {
		known := f.files[p]
		if known == nil {
			known = &file{path: p}
			f.files[p] = known
			stale = append(stale, known)
		} else if known.changed() {
			stale = append(stale, known)
		}
	}
	return stale
}

// loadAll loads files side by side and returns the apexes they had or have.
func (f *Follower) loadAll(ctx context.Context, stale []*file) []dname.Name {
	var (
		mu      sync.Mutex
		touched []dname.Name
		wg      sync.WaitGroup
	)
	next := make(chan *file)
	for range min(len(stale), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for k := range next {
				was := k.apex
				f.loadOne(k)
				mu.Lock()
				touched = append(touched, was, k.apex)
				mu.Unlock()
			}
		})
	}
	for _, k := range stale {
		if ctx.Err() != nil {
			break
		}
		next <- k
	}
	close(next)
	wg.Wait()
	return touched
}

// loadOne loads k's present version and says what came of it.
func (f *Follower) loadOne(k *file) {
	r := k.load()
	f.counts.loaded(r)
	f.report(k, r)
	if r.Snapshot == nil {
		k.fault = "zone file " + filepath.Base(k.path) + " could not be loaded"
		return
	}
	k.good, k.fault = r.Snapshot, ""
}

// publish settles the zones of the apexes touched, all in one swap.
func (f *Follower) publish(touched map[string]dname.Name) {
	holders := make(map[string][]*file)
	for _, k := range f.files {
		if k.apex != nil && touched[string(k.apex)] != nil {
			holders[string(k.apex)] = append(holders[string(k.apex)], k)
		}
	}
	var entries []zone.Entry
	for key, apex := range touched {
		if apex != nil {
			entries = append(entries, f.settle(apex, holders[key]))
		}
	}
	if len(entries) > 0 {
		f.zones.Publish(entries)
	}
}

// settle decides which of the files that hold the zone apex is served: a good
// one before a broken one, then the one named after the zone, then by name.
func (f *Follower) settle(apex dname.Name, holders []*file) zone.Entry {
	e := zone.Entry{Apex: apex}
	sort.Slice(holders, func(i, j int) bool {
		a, b := holders[i], holders[j]
		if (a.good != nil) != (b.good != nil) {
			return a.good != nil
		}
		if an, bn := namedAfter(a, apex), namedAfter(b, apex); an != bn {
			return an
		}
		return a.path < b.path
	})
	for i, k := range holders {
		switch {
		case i > 0 && k.good != nil:
			f.log.Error("zone file is not served: another file holds the same zone; remove one of the two",
				"zone", apex.String(), "file", k.path, "served", holders[0].path)
		case i > 0:
		case k.good != nil:
			e.Zone = k.good
		default:
			e.Reason = k.fault
		}
	}
	return e
}

func namedAfter(k *file, apex dname.Name) bool {
	n := load.NameOf(k.path)
	return n != nil && n.Equal(apex)
}

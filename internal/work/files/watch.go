package files

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settleTime is how long a directory must be quiet before its files are
	// read: a file that is being written comes in several events.
	settleTime = 200 * time.Millisecond
	// patience is how long a directory that is never quiet keeps its changes.
	patience = 2 * time.Second
)

// Run follows the directory until ctx ends: it loads anew when a file changes
// and when Reload asks for it.
func (f *Follower) Run(ctx context.Context) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		f.log.Warn("zone files are not watched; send SIGHUP after changing one", "error", err)
		return f.loop(ctx, &fsnotify.Watcher{})
	}
	defer w.Close()
	return f.loop(ctx, w)
}

func (f *Follower) loop(ctx context.Context, w *fsnotify.Watcher) error {
	f.watch(w)
	var quiet settling
	quiet.timer = time.NewTimer(0) // what changed between Load and watch is found at once
	defer quiet.timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-w.Events:
			if f.concerns(event) {
				quiet.event(time.Now())
			}
		case err := <-w.Errors:
			f.log.Warn("watching zone files", "error", err)
			quiet.event(time.Now())
		case <-f.reload:
			f.log.Info("reloading zone files", "dir", f.dir)
			quiet.first = time.Time{}
			f.again(ctx, w, &quiet)
		case <-quiet.timer.C:
			quiet.first = time.Time{}
			f.again(ctx, w, &quiet)
		}
	}
}

// settling waits for the last of a row of events, but not for ever.
type settling struct {
	timer *time.Timer
	first time.Time // of the events not yet acted upon
}

func (s *settling) event(now time.Time) {
	if s.first.IsZero() {
		s.first = now
	}
	s.timer.Reset(max(0, min(settleTime, patience-now.Sub(s.first))))
}

// concerns reports whether an event may be about zone files: of what happens
// beside the directory only what happens to the directory itself does.
func (f *Follower) concerns(e fsnotify.Event) bool {
	if f.places.names[e.Name] || f.places.has(e.Name) {
		return true
	}
	dir := filepath.Dir(e.Name)
	return f.places.dirs[dir] || !f.places.has(dir)
}

// again loads and watches what there is now. What changed in a directory after it
// was read and before it was watched is found by one more look.
func (f *Follower) again(ctx context.Context, w *fsnotify.Watcher, quiet *settling) {
	if err := f.Load(ctx); err != nil && ctx.Err() == nil {
		f.log.Error("zone directory cannot be read; zones already loaded go on being served", "dir", f.dir, "error", err)
	}
	if f.watch(w) {
		quiet.event(time.Now())
	}
}

// watch watches the directories in which a change may change a zone, by their
// real paths, and no others, and reports whether some are new. Those already
// watched cost nothing.
func (f *Follower) watch(w *fsnotify.Watcher) (more bool) {
	if w.Events == nil {
		return false
	}
	f.places = f.look()
	watched := make(map[string]bool)
	for _, dir := range w.WatchList() {
		watched[dir] = true
		if !f.places.has(dir) {
			_ = w.Remove(dir) // it may be gone already
		}
	}
	for dir := range f.places.dirs {
		if watched[dir] {
			continue
		}
		if err := w.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			f.log.Warn("directory is not watched; send SIGHUP after a change in it", "dir", dir, "error", err)
		} else if err == nil {
			more = true
		}
	}
	return more
}

package files

import (
	"os"
	"syscall"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/load"
)

// file is what is known of a zone file.
type file struct {
	path   string
	stamp  stamp
	extra  map[string]stamp // files it includes, with those that are not there
	read   time.Time        // when it was last looked into
	closed bool             // it, or a file it includes, could not be opened
	apex   dname.Name       // of the zone it holds or claims to; nil if unknown
	good   *zone.Snapshot   // its last good version
	fault  string           // why its present version is not good
}

// stamp tells versions of a file apart; it is zero for one that is not there.
type stamp struct {
	modified time.Time
	size     int64
	inode    uint64 // another file may be renamed to its path
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	s := stamp{modified: info.ModTime(), size: info.Size()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.inode = sys.Ino
	}
	return s
}

// tick is longer than the steps in which file systems count the time of a change.
const tick = 20 * time.Millisecond

// within reports whether s is of a change so close to t that another one right
// after t could have the same stamp.
func (s stamp) within(t time.Time) bool {
	d := t.Sub(s.modified)
	return -tick < d && d < tick
}

// changed reports whether k or what it includes may be another than was read.
func (k *file) changed() bool {
	if k.stamp.within(k.read) || stampOf(k.path) != k.stamp {
		return true
	}
	for path, was := range k.extra {
		if was.within(k.read) || stampOf(path) != was {
			return true
		}
	}
	return k.closed && k.opens()
}

// opens reports whether permission to read k or its includes, which no stamp
// shows, was given meanwhile.
func (k *file) opens() bool {
	for path := range k.extra {
		if !canOpen(path) {
			return false
		}
	}
	return canOpen(k.path)
}

func canOpen(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// load reads k's present version; if that is not good the last good one stays.
func (k *file) load() *load.Result {
	k.read = time.Now()
	was := k.stamp
	k.stamp = stampOf(k.path) // before reading: a change meanwhile makes it stale again
	if k.stamp != was {
		k.extra = nil
	}
	for path := range k.extra {
		k.extra[path] = stampOf(path)
	}
	r := load.File(k.path, load.Options{})
	k.include(r)
	switch {
	case r.Snapshot != nil:
		k.apex = r.Apex
	case k.good != nil:
		// A version that is refused claims nothing: the zone served stays where it is.
	case r.Apex != nil:
		k.apex = r.Apex
	default:
		k.apex = load.NameOf(k.path)
	}
	return r
}

// include notes the files other than k that had a part in r. Those that it
// included before stay while k is the same: r does not name one that was empty
// for a moment because it is being written.
func (k *file) include(r *load.Result) {
	k.closed = false
	for _, path := range r.Included {
		k.also(path)
	}
	for _, f := range r.Findings {
		k.also(f.File)
		if f.Code == "unreadable-file" || f.Code == "include-failed" {
			k.closed = true
		}
	}
}

func (k *file) also(path string) {
	if path == "" || path == k.path {
		return
	}
	if k.extra == nil {
		k.extra = make(map[string]stamp)
	}
	if _, ok := k.extra[path]; !ok {
		k.extra[path] = stampOf(path)
	}
}

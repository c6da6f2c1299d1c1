package files

import (
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
	"github.com/truename-dns/truename/internal/zone/load"
)

// file is what is known of a zone file.
type file struct {
	path   string
	stamp  stamp
	extra  map[string]stamp // files it includes, with those that are not there
	read   [2]time.Time     // from when to when it was last looked into
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

// within reports whether s is of a change so close to that time that another one right
// after it could have the same stamp.
func (s stamp) within(read [2]time.Time) bool {
	return read[0].Sub(s.modified) < tick && s.modified.Sub(read[1]) < tick
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
	k.read[0] = time.Now()
	k.extra = nil
	k.stamp = stampOf(k.path) // before reading, as of all files: a change meanwhile makes it stale again
	r := load.Served(k.path, load.Options{Include: k.include})
	k.read[1] = time.Now()
	k.closed = closed(r)
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

// include notes a file that k includes, whether or not it is there, before it is read.
func (k *file) include(path string) {
	if k.extra == nil {
		k.extra = make(map[string]stamp)
	}
	if _, ok := k.extra[path]; !ok {
		k.extra[path] = stampOf(path)
	}
}

// closed reports whether a file that had a part in r could not be opened.
func closed(r *load.Result) bool {
	return slices.ContainsFunc(r.Findings, func(f lint.Finding) bool {
		return f.Code == "unreadable-file" || f.Code == "include-failed"
	})
}

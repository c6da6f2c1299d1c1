package files

import (
	"os"
	"path/filepath"
	"strings"
)

// places is where a change may change a zone, by real paths.
type places struct {
	dirs  map[string]bool // true: all that happens there counts; false: only what happens to names
	names map[string]bool
}

func (p places) has(dir string) bool {
	_, ok := p.dirs[dir]
	return ok
}

// look finds the places of f: the directory of the zone files, those of files
// that they include or are symbolic links to, and those in which the directory,
// or a link on the way to it, can be replaced by another.
func (f *Follower) look() places {
	p := places{dirs: make(map[string]bool), names: make(map[string]bool)}
	way := links("", f.dir)
	for _, name := range way {
		p.dirs[filepath.Dir(name)] = false
		p.names[name] = true
	}
	dir := way[len(way)-1]
	p.dirs[dir] = true
	for _, k := range f.files {
		p.add(links(dir, filepath.Base(k.path)))
		for path := range k.extra {
			p.add(links("", path))
		}
	}
	return p
}

func (p places) add(way []string) {
	for _, name := range way {
		p.dirs[filepath.Dir(name)] = true
	}
}

// maxLinks is how many symbolic links the system follows in one path.
const maxLinks = 40

// links is the real path of every symbolic link on the way from the directory
// at, itself a real path, along path, and last that of what lies at its end,
// which need not be there. A path that is absolute starts at the root, and one
// without at at the working directory.
func links(at, path string) []string {
	if at == "" {
		path, _ = filepath.Abs(path)
	}
	var way []string
	rest := path
	for rest != "" {
		if strings.HasPrefix(rest, "/") {
			at = "/"
		}
		var step string
		step, rest, _ = strings.Cut(strings.TrimLeft(rest, "/"), "/")
		rest = strings.TrimLeft(rest, "/")
		next := filepath.Join(at, step) // at is real, so that ".." may be taken literally
		target, err := os.Readlink(next)
		if err != nil || len(way) == maxLinks {
			at = next
			continue
		}
		way = append(way, next)
		rest = target + "/" + rest
	}
	return append(way, at)
}

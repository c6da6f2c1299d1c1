package offline

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
	"github.com/truename-dns/truename/internal/zone/load"
)

// zoneFiles replaces directories by the zone files in them and below, none twice.
// What cannot be opened stays, to become a finding.
func zoneFiles(args []string) ([]string, error) {
	var paths []string
	for _, a := range args {
		if info, err := os.Stat(a); err != nil || !info.IsDir() {
			paths = append(paths, filepath.Clean(a))
			continue
		}
		in, err := filesBelow(a)
		if err != nil {
			return nil, err
		}
		if len(in) == 0 {
			return nil, verb.Usagef("%s: holds no *.zone file, in it or below", a)
		}
		paths = append(paths, in...)
	}
	seen := make(map[string]bool)
	return slices.DeleteFunc(paths, func(p string) bool {
		had := seen[p]
		seen[p] = true
		return had
	}), nil
}

// filesBelow lists the zone files in dir and the directories below; what starts
// with a dot is left alone.
func filesBelow(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != dir && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return filepath.SkipDir
			}
		case !e.IsDir() && strings.HasSuffix(e.Name(), ".zone"):
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

// readAll reads the files, two at a time.
func readAll(paths []string, bar *term.Progress) []*load.Draft {
	drafts := make([]*load.Draft, len(paths))
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for i, path := range paths {
		slots <- struct{}{}
		wg.Go(func() {
			drafts[i] = load.Read(path, load.Options{Progress: bar.File()})
			<-slots
		})
	}
	wg.Wait()
	return drafts
}

// survey is what truename check found.
type survey struct {
	files            []*load.Result
	errors, warnings int
}

// judgeTogether judges each zone among all of them.
func judgeTogether(drafts []*load.Draft, maxChain int, quiet bool) *survey {
	world, twice := worldOf(drafts)
	s := &survey{}
	circles := make(map[string]bool)
	for i, d := range drafts {
		r := d.Judge(lint.Options{World: world, MaxChain: maxChain})
		if first, ok := twice[i]; ok {
			addFinding(r, zoneTwice(r, drafts[first]))
		}
		onceEach(r, circles)
		if quiet {
			r.Findings = slices.DeleteFunc(r.Findings, func(f lint.Finding) bool { return f.Severity != lint.Error })
		}
		s.files = append(s.files, r)
		s.errors += r.Errors
		s.warnings += r.Warnings
	}
	return s
}

// worldOf is the set of the zones read; twice tells the files whose zone stands
// in a file before, by number, and which.
func worldOf(drafts []*load.Draft) (world *zone.Set, twice map[int]int) {
	twice = make(map[int]int)
	first := make(map[string]int)
	var entries []zone.Entry
	for i, d := range drafts {
		z := d.Snapshot()
		if z == nil {
			continue
		}
		if before, ok := first[string(z.Apex())]; ok {
			twice[i] = before
			continue
		}
		first[string(z.Apex())] = i
		entries = append(entries, zone.Entry{Apex: z.Apex(), Zone: z})
	}
	return new(zone.Set).With(entries...), twice
}

const codeZoneTwice = "zone-twice"

func zoneTwice(r *load.Result, first *load.Draft) lint.Finding {
	return lint.Finding{
		Severity: lint.Error, Code: codeZoneTwice, File: r.Path, Owner: r.Apex.String(),
		Message: fmt.Sprintf("the zone %s stands in %s, too", r.Apex, first.Path()),
		Fix:     "keep one of the files: a zone is served from one",
	}
}

func addFinding(r *load.Result, f lint.Finding) {
	r.Findings = append([]lint.Finding{f}, r.Findings...)
	r.Errors++
}

// onceEach takes out of r the circles of aliases that another zone has reported.
func onceEach(r *load.Result, circles map[string]bool) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f lint.Finding) bool {
		if f.Code != "cname-loop" {
			return false
		}
		if circles[f.Message] {
			r.Errors--
			return true
		}
		circles[f.Message] = true
		return false
	})
}

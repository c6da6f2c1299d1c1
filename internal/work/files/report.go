package files

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
	"github.com/truename-dns/truename/internal/zone/load"
)

// Findings of one file are logged up to these numbers.
const (
	maxErrors   = 1000
	maxWarnings = 20
)

// manyFiles are too many for a line about each that is good.
const manyFiles = 100

// progressStep is how often loading many files says how far it is.
const progressStep = 5 * time.Second

// progress logs how far the loading of many files is until the function
// returned is called, and then what came of it.
func (f *Follower) progress(total int) func() {
	begin, good, bad := time.Now(), f.counts.Loads.Load(), f.counts.Failures.Load()
	done := func() (int, int) {
		return int(f.counts.Loads.Load() - good), int(f.counts.Failures.Load() - bad)
	}
	f.log.Info("loading zone files", "dir", f.dir, "files", total)
	ticker, stop := time.NewTicker(progressStep), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				loaded, refused := done()
				f.log.Info("loading zone files", "done", loaded+refused, "files", total)
			}
		}
	})
	return func() {
		ticker.Stop()
		close(stop)
		wg.Wait()
		loaded, refused := done()
		f.log.Info("zone files loaded", "good", loaded, "refused", refused, "took", time.Since(begin).Round(time.Millisecond/10))
	}
}

// report logs what came of loading k.
func (f *Follower) report(k *file, r *load.Result) {
	f.findings(k, r)
	summary := []any{"file", k.path, "errors", r.Errors, "warnings", r.Warnings}
	switch {
	case r.Snapshot == nil && k.good != nil:
		f.log.Error("zone file refused; the version before goes on being served",
			append(summary, "zone", k.apex.String(), "serial", k.good.Serial())...)
	case r.Snapshot == nil && k.apex != nil:
		f.log.Error("zone file refused", append(summary, "zone", k.apex.String())...)
	case r.Snapshot == nil:
		f.log.Error("zone file refused", summary...)
	default:
		f.loadedZone(k, r, summary)
	}
}

// findings logs what is wrong with k, each with its place.
func (f *Follower) findings(k *file, r *load.Result) {
	errors, warnings := 0, 0
	for i := range r.Findings {
		finding := &r.Findings[i]
		switch {
		case finding.Severity == lint.Error && errors < maxErrors:
			errors++
			f.log.Error(finding.Message, attributes(finding)...)
		case finding.Severity == lint.Warning && warnings < maxWarnings:
			warnings++
			f.log.Warn(finding.Message, attributes(finding)...)
		}
	}
	if left := r.Errors + r.Warnings - errors - warnings; left > 0 {
		f.log.Warn("more findings are not logged; see: truename zone check", "file", k.path, "left", left)
	}
}

func attributes(f *lint.Finding) []any {
	args := []any{"at", f.At(), "code", f.Code}
	if f.Owner != "" {
		args = append(args, "owner", f.Owner)
	}
	if len(f.Conflicts) > 0 {
		args = append(args, "conflicts", strings.Join(f.Conflicts, "; "))
	}
	if f.Fix != "" {
		args = append(args, "fix", f.Fix)
	}
	return args
}

func (f *Follower) loadedZone(k *file, r *load.Result, summary []any) {
	s := r.Snapshot
	summary = append(summary, "zone", s.Apex().String(), "serial", s.Serial(), "records", s.Records(), "took", r.Elapsed.Round(time.Millisecond/10))
	if k.good != nil && !s.Serial().Newer(k.good.Serial()) && k.good.Apex().Equal(s.Apex()) && !same(k.good, s) {
		f.log.Warn("zone changed without a newer SOA serial; secondaries will not notice: raise the serial with every change",
			"file", k.path, "zone", s.Apex().String(), "was", k.good.Serial(), "is", s.Serial())
	}
	f.log.Log(context.Background(), f.level, "zone loaded", summary...)
}

// same reports whether two versions of a zone hold the same records.
func same(a, b *zone.Snapshot) bool {
	if a.Records() != b.Records() || a.Names() != b.Names() {
		return false
	}
	var k dname.Key
	for owner, n := range a.All() {
		k.Set(owner)
		other := b.Node(&k, k.Depth())
		if other == nil || !sameSets(n, other) {
			return false
		}
	}
	return true
}

func sameSets(a, b zone.Node) bool {
	for set, next := a.Next(0); !set.Empty(); set, next = a.Next(next) {
		if !bytes.Equal(set, b.Set(set.Type())) {
			return false
		}
	}
	return true
}

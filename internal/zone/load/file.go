// Package load turns master files into checked zones.
package load

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Options govern loading. The zero value is good.
type Options struct {
	Origin   dname.Name        // before the first $ORIGIN; nil: the file's name
	Progress func(bytes int64) // called now and then with the octets read so far
	Include  func(path string) // called before a file that $INCLUDE names is opened, there or not; not from two goroutines at once
}

// Result is what came of a file.
type Result struct {
	Path     string
	Apex     dname.Name     // from the SOA, else from the file's name; nil where neither tells
	Snapshot *zone.Snapshot // nil where there was an error
	Findings []lint.Finding // sorted by place
	Errors   int            // how many there are in truth; Findings may hold fewer
	Warnings int
	Records  int // that the file gave, whether or not they were taken
	Elapsed  time.Duration
}

// File reads the master file at path, builds its zone and checks it as one to be
// served. The apex is the owner of the first SOA record.
func File(path string, o Options) *Result { return Read(path, o).Judge(lint.Options{Load: true}) }

// Served is File for a server: a CNAME at the apex, where no zone can have one, is no
// error but becomes an ALIAS with a warning, if nothing else stands in its way.
func Served(path string, o Options) *Result {
	d := Read(path, o)
	d.l.flattenApex()
	return d.Judge(lint.Options{Load: true})
}

// Draft is a master file that is read and not yet judged, for those who judge
// many of them together.
type Draft struct{ l *loader }

// Read reads the master file at path and builds its zone.
func Read(path string, o Options) *Draft {
	start := time.Now()
	l := &loader{result: &Result{Path: path}}
	if o.Origin == nil {
		o.Origin = NameOf(path)
	}
	err := l.read(o)
	l.parseErrors(err)
	if l.builder != nil {
		l.built = l.builder.Build()
	}
	l.result.Elapsed = time.Since(start)
	return &Draft{l}
}

// Path is the path of the file.
func (d *Draft) Path() string { return d.l.result.Path }

// Snapshot is the zone as far as it could be read; nil where there is none.
func (d *Draft) Snapshot() *zone.Snapshot {
	if d.l.built == nil {
		return nil
	}
	return d.l.built.Snapshot
}

// Judge checks the zone; Place and Partial of o are d's own affair. The Draft is used up.
func (d *Draft) Judge(o lint.Options) *Result {
	start := time.Now()
	l := d.l
	l.judge(o)
	l.sort()
	if l.result.Errors > 0 {
		l.result.Snapshot = nil
	}
	l.result.Elapsed += time.Since(start)
	return l.result
}

// loader makes one Result.
type loader struct {
	result  *Result
	builder *zone.Builder // nil until the SOA is read
	early   []batch       // what stood before the SOA
	files   []string      // by zone.Place.File, which starts at 1
	partial bool          // some records could not be read
	built   *zone.Build   // nil where there was no SOA
}

// judge checks the zone, its name too.
func (l *loader) judge(o lint.Options) {
	if l.built == nil {
		l.result.Apex, _ = claim(l.result.Path)
		l.noSOA()
		return
	}
	l.result.Apex, l.result.Snapshot = l.builder.Apex(), l.built.Snapshot
	o.Place, o.Partial = l.place, l.partial
	r := lint.CheckBuild(l.built, o)
	l.result.Findings = append(l.result.Findings, r.Findings...)
	l.result.Errors += r.Errors
	l.result.Warnings += r.Warnings
	if f, bad := checkName(l.result.Path, l.result.Apex); bad {
		if at, ok := l.built.Locate(l.result.Apex, rr.TypeSOA, 0); ok {
			f.File, f.Line, f.Column = l.place(at)
		}
		l.add(f)
	}
}

// flattenApex makes the CNAME of the apex an ALIAS.
func (l *loader) flattenApex() {
	if l.built == nil {
		return
	}
	apex := l.builder.Apex()
	flat, done := flatten.Apex(l.built.Snapshot)
	if !done {
		return
	}
	l.built.Snapshot = flat
	f := lint.ByCode("apex-cname").Finding(fmt.Sprintf("%s is the apex of the zone and has a CNAME record, which is served as ALIAS", apex))
	f.Owner = apex.String()
	at, _ := l.built.Locate(apex, rr.TypeCNAME, 0)
	f.File, f.Line, f.Column = l.place(at)
	l.add(f)
}

func (l *loader) noSOA() {
	if l.unreadable() {
		return
	}
	f := lint.ByCode("missing-soa").Finding("the file has no SOA record that could be read")
	f.File, f.Line, f.Column = l.result.Path, 1, 1
	l.add(f)
}

// unreadable reports whether the file could not even be opened.
func (l *loader) unreadable() bool {
	return len(l.result.Findings) == 1 && l.result.Findings[0].Code == codeUnreadable
}

func (l *loader) add(f lint.Finding) {
	l.result.Findings = append(l.result.Findings, f)
	if f.Severity == lint.Error {
		l.result.Errors++
	} else {
		l.result.Warnings++
	}
}

func (l *loader) place(p zone.Place) (file string, line, column int) {
	if p.File == 0 {
		return l.result.Path, 0, 0
	}
	return l.files[p.File-1], int(p.Line), int(p.Column)
}

const codeUnreadable = "unreadable-file"

// parseErrors makes findings of what the parser returned.
func (l *loader) parseErrors(err error) {
	if err == nil {
		return
	}
	l.partial = true
	var wrong zonefile.Errors
	if !errors.As(err, &wrong) {
		l.add(unreadable(l.result.Path, err))
		return
	}
	for _, e := range wrong {
		l.add(lint.Finding{
			Severity: lint.Error, Code: strings.ReplaceAll(e.Code, "_", "-"),
			File: e.Pos.File, Line: e.Pos.Line, Column: e.Pos.Column,
			Message: e.Message, Fix: e.Fix,
		})
	}
}

func unreadable(path string, err error) lint.Finding {
	why := err
	var at *fs.PathError
	if errors.As(err, &at) {
		why = at.Err // the path is that of the finding
	}
	f := lint.Finding{Severity: lint.Error, Code: codeUnreadable, File: path, Message: "the file cannot be read: " + why.Error(),
		Fix: "see that it is a regular file that this user may read"}
	if errors.Is(err, fs.ErrNotExist) {
		f.Fix = "check the path: there is no such file"
	}
	return f
}

// sort puts the findings in order of place: the file itself, then those that it includes as they came.
func (l *loader) sort() {
	rank := map[string]int{l.result.Path: -1}
	for i, f := range l.files {
		if _, ok := rank[f]; !ok {
			rank[f] = i
		}
	}
	slices.SortStableFunc(l.result.Findings, func(a, b lint.Finding) int {
		if a.File != b.File {
			return rank[a.File] - rank[b.File]
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

// Package lint judges zones by a list of rules, each in a file of its own: a zone
// that a zone.Builder built, by itself or among all zones held, and a Change, by
// what it touches and who points there.
package lint

import (
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// What is said of zones; see package finding.
type (
	Severity = finding.Severity
	Finding  = finding.Finding
	Report   = finding.Report
	Fix      = finding.Fix
	Edit     = finding.Edit
)

// The words of findings and of their patches.
const (
	Error       = finding.Error
	Warning     = finding.Warning
	Silent      = finding.Silent
	OpAdd       = finding.OpAdd
	OpRemove    = finding.OpRemove
	OpReplace   = finding.OpReplace
	MaxFindings = finding.Most
)

// located is a finding that remembers its place for sorting.
type located struct {
	Finding
	at     zone.Place
	circle *reach.Circle // that it is about; nil of others
}

// parts are what findings are sorted by.
func (l *located) parts() (zone.Place, *Finding) { return l.at, &l.Finding }

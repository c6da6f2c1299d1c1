// Package lint judges zones by a list of rules, each in a file of its own: a zone
// that a zone.Builder built, by itself or among all zones held, and a Change, by
// what it touches and who points there.
package lint

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/zone"
)

// Severity tells what keeps a zone from being served from what does not.
type Severity string

const (
	// Error: the zone is refused.
	Error Severity = "error"
	// Warning: the zone is served, and most likely does not do what it should.
	Warning Severity = "warning"
	// Silent, in Rule.Load: advice, not worth saying whenever a server starts.
	Silent Severity = "silent"
)

// Finding is one thing wrong with a zone.
type Finding struct {
	Severity  Severity `json:"severity"`
	Code      string   `json:"code"`             // stable, of the Rule or of the parser
	File      string   `json:"file,omitempty"`   // empty where the zone came from no file
	Line      int      `json:"line,omitempty"`   // from 1; 0 where the place is not known
	Column    int      `json:"column,omitempty"` // from 1, in octets
	Owner     string   `json:"owner,omitempty"`  // presentation form with a final dot
	Message   string   `json:"message"`          // what is wrong
	Fix       string   `json:"fix,omitempty"`    // what to do
	Source    string   `json:"source,omitempty"` // the RFC section that says so
	Conflicts []string `json:"conflicts"`        // the records that do not go together, with their lines
	Fixes     []Fix    `json:"fixes"`            // ready patches, each of which takes the finding away
}

// MarshalJSON writes lists that are empty as such, so that they are always there.
func (f Finding) MarshalJSON() ([]byte, error) {
	type plain Finding
	if f.Conflicts == nil {
		f.Conflicts = []string{}
	}
	if f.Fixes == nil {
		f.Fixes = []Fix{}
	}
	return json.Marshal(plain(f))
}

// At is the place of f as far as it is known: file:line:column.
func (f Finding) At() string {
	at := f.File
	for _, n := range [...]int{f.Line, f.Column} {
		if n > 0 {
			at += ":" + strconv.Itoa(n)
		}
	}
	return at
}

// Error is the text of f on one line.
func (f Finding) Error() string {
	at := f.At()
	if at != "" {
		at += ": "
	}
	return at + string(f.Severity) + ": " + f.Message + " [" + f.Code + "]"
}

// String is Error with the conflicts and the fix on lines of their own.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.Error())
	for _, c := range f.Conflicts {
		b.WriteString("\n    " + c)
	}
	if f.Fix != "" {
		b.WriteString("\n  fix: " + f.Fix)
	}
	return b.String()
}

// MaxFindings is how many findings of one severity a Report keeps.
const MaxFindings = 10_000

// Report is the outcome of a check: the findings sorted by place, at most
// MaxFindings of either severity, and how many there are in truth.
type Report struct {
	Findings []Finding
	Errors   int
	Warnings int
}

// located is a finding that remembers its place for sorting.
type located struct {
	Finding
	at     zone.Place
	circle *circle // that it is about; nil of others
}

// sorted puts findings in order of place and keeps the first ones.
func sorted(found []located) []Finding {
	slices.SortStableFunc(found, func(a, b located) int {
		if a.at.File != b.at.File {
			return int(a.at.File) - int(b.at.File)
		}
		if a.at.Line != b.at.Line {
			return int(a.at.Line) - int(b.at.Line)
		}
		if a.at.Column != b.at.Column {
			return int(a.at.Column) - int(b.at.Column)
		}
		return strings.Compare(a.Owner, b.Owner)
	})
	out := make([]Finding, 0, len(found))
	kept := make(map[Severity]int)
	for i := range found {
		s := found[i].Severity
		if kept[s]++; kept[s] <= MaxFindings {
			out = append(out, found[i].Finding)
		}
	}
	return out
}

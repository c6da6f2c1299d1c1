// Package finding is what is said about zones: findings, and the patches that take
// them away.
package finding

import (
	"cmp"
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

// Most is how many findings of one severity a Report keeps.
const Most = 10_000

// Report is the outcome of a check: the findings sorted by place, at most
// Most of either severity, and how many there are in truth.
type Report struct {
	Findings []Finding
	Errors   int
	Warnings int
}

// Sorted is the findings of found in order of place, the first Most of each severity.
func Sorted[T any](found []T, parts func(*T) (zone.Place, *Finding)) []Finding {
	order := make([]*T, len(found))
	for i := range found {
		order[i] = &found[i]
	}
	slices.SortStableFunc(order, func(a, b *T) int {
		p, f := parts(a)
		q, g := parts(b)
		return cmp.Or(int(p.File)-int(q.File), int(p.Line)-int(q.Line), int(p.Column)-int(q.Column), strings.Compare(f.Owner, g.Owner))
	})
	out := make([]Finding, 0, len(found))
	kept := make(map[Severity]int)
	for _, one := range order {
		_, f := parts(one)
		if kept[f.Severity]++; kept[f.Severity] <= Most {
			out = append(out, *f)
		}
	}
	return out
}

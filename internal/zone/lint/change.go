package lint

import (
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// What a Change is about, and who knows who points where.
type (
	Pointers = reach.Pointers
	Touched  = reach.Touched
)

// MaxPointers is how many records that point at a touched name, or below it, are judged.
const MaxPointers = reach.MaxPointers

// Change is what CheckChange judges: the zones before and after, and the names
// at which they differ.
type Change struct {
	Old, New *zone.Set
	Touched  []Touched
	Pointers Pointers // nil: nothing points anywhere
	MaxChain int      // as in Options
}

// CheckChange judges the state after a Change, never the order in which it came
// about. Errors count where they are new: not those that stood there before
// with the same code, owner and message. Warnings are all those of touched names,
// and the new ones of names that point at them. The cost depends on the Change and on
// what points at its names, not on the size of the zones; a zone that the
// Change creates is judged as a whole.
func CheckChange(c Change) *Report {
	if c.Pointers == nil {
		c.Pointers = noPointers{}
	}
	j := &judgement{Change: c, whom: reach.Of(c.Old, c.New, c.Touched, c.Pointers)}
	j.judge()
	slices.SortStableFunc(j.report.Findings, func(a, b Finding) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	return &j.report
}

type noPointers struct{}

func (noPointers) To(dname.Name, func(_, _ dname.Name, _ rr.Type) bool)    {}
func (noPointers) Below(dname.Name, func(_, _ dname.Name, _ rr.Type) bool) {}

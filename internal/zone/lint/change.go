package lint

import (
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Pointers knows which records point at a name, over all zones held. Whether it
// is of before or of after a Change is all the same: what the Change itself
// touches is judged anyway.
type Pointers interface {
	// To yields the records whose target is exactly target, until yield returns false.
	To(target dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool)
	// Below does so with those whose target lies below name.
	Below(name dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool)
}

// Change is what CheckChange judges: the zones before and after, and the names
// at which they differ.
type Change struct {
	Old, New *zone.Set
	Touched  []Touched
	Pointers Pointers // nil: nothing points anywhere
	MaxChain int      // as in Options
}

// Touched is a name of which RRsets differ. A zone that came or went is touched
// at its apex, whatever else is.
type Touched struct{ Apex, Owner dname.Name }

// MaxPointers is how many records that point at a touched name, or below it, are judged.
const MaxPointers = 1000

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
	j := &judgement{Change: c, known: make(map[string]int)}
	for _, t := range j.own() {
		j.touch(t)
	}
	for _, apex := range j.entered {
		j.followers(apex, true, false)
	}
	j.judge()
	slices.SortStableFunc(j.report.Findings, func(a, b Finding) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	return &j.report
}

type noPointers struct{}

func (noPointers) To(dname.Name, func(_, _ dname.Name, _ rr.Type) bool)    {}
func (noPointers) Below(dname.Name, func(_, _ dname.Name, _ rr.Type) bool) {}

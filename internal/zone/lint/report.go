package lint

import (
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
)

// counted counts a finding of the rule at work and reports whether there is room to keep it.
func (c *check) counted(s Severity) bool {
	count := &c.report.Warnings
	if s == Error {
		count = &c.report.Errors
	}
	*count++
	return *count <= MaxFindings
}

// severity is what the rule at work weighs in this check.
func (c *check) severity() Severity {
	if c.options.Load && c.rule.Load != "" {
		return c.rule.Load
	}
	return c.rule.Severity
}

// locate is where record nth of the owner's set of type t stood. An ALIAS may have
// stood there as a CNAME that is flattened.
func (c *check) locate(owner dname.Name, t rr.Type, nth int) (at zone.Place, ok bool) {
	if c.build == nil || !owner.IsAtOrBelow(c.apex) {
		return at, false
	}
	if at, ok = c.build.Locate(owner, t, nth); !ok && t == rr.TypeALIAS {
		return c.build.Locate(owner, rr.TypeCNAME, nth)
	}
	return at, ok
}

// add is a finding of the rule at work at a place that is known.
func (c *check) add(at zone.Place, owner dname.Name, format string, args ...any) *Finding {
	return c.addAs(c.severity(), at, owner, fmt.Sprintf(format, args...))
}

func (c *check) addAs(s Severity, at zone.Place, owner dname.Name, message string) *Finding {
	if !c.counted(s) {
		return &Finding{}
	}
	f := c.rule.Finding(message)
	f.Severity = s
	f.Owner = owner.String()
	if c.options.Place != nil {
		f.File, f.Line, f.Column = c.options.Place(at)
	}
	c.found = append(c.found, located{Finding: f, at: at})
	return &c.found[len(c.found)-1].Finding
}

// at is a finding at record nth of the owner's set of type t.
func (c *check) at(owner dname.Name, t rr.Type, nth int, format string, args ...any) *Finding {
	if c.full() {
		c.counted(c.severity())
		return &Finding{}
	}
	at, _ := c.locate(owner, t, nth)
	return c.add(at, owner, format, args...)
}

// remarks shows what the builder remarked of that kind, and counts what it did not keep.
func (c *check) remarks(kind zone.Kind, show func(zone.Remark)) {
	if c.build == nil {
		return
	}
	lost := c.build.Count(kind)
	for _, r := range c.build.Remarks {
		if r.Kind == kind {
			lost--
			show(r)
		}
	}
	if c.severity() == Error {
		c.report.Errors += lost
	} else {
		c.report.Warnings += lost
	}
}

func (c *check) full() bool {
	if c.severity() == Error {
		return c.report.Errors >= MaxFindings
	}
	return c.report.Warnings >= MaxFindings
}

// records lists the records of s at owner with their lines, for Finding.Conflicts.
func (c *check) records(owner dname.Name, s rr.Set) []string {
	const most = 20
	t := s.Type()
	var out []string
	for nth := 0; len(s) > 0; nth++ {
		if nth == most {
			return append(out, fmt.Sprintf("and %d more of type %s", s.Count(), t))
		}
		var r rr.Record
		r, s = s.Next()
		out = append(out, c.line(owner, r, nth))
	}
	return out
}

// line is r, record nth of its set at owner, with where it stood.
func (c *check) line(owner dname.Name, r rr.Record, nth int) string {
	t := r.Type()
	line := t.String() + " " + finding.Text(t, r.Data())
	if at, ok := c.locate(owner, t, nth); ok && c.options.Place != nil {
		if file, n, _ := c.options.Place(at); n > 0 {
			line += fmt.Sprintf("  (%s:%d)", file, n)
		}
	}
	return line
}

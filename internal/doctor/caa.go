package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
)

// CAA says which certification authorities may issue for a name (RFC 8659).
type CAA struct {
	Name      dname.Name
	At        dname.Name // where the relevant set was found; nil where there is none
	Target    dname.Name // where an alias at At led to; nil for none
	Set       rr.Set     // the relevant set
	Issue     []string   // who may issue for the name, with parameters
	IssueWild []string   // who may issue for wildcards
	Anybody   bool       // nothing restricts who may issue for the name
	AnyWild   bool       // nothing restricts who may issue for wildcards
	Reports   []string
	Unknown   []string // critical properties that nobody knows
	Climb     []CAAStep
	Error     string // a name that could not be looked up, so that nobody may issue
	End       End    // why that was, where there is an Error
}

// CAAStep is one name that was asked.
type CAAStep struct {
	Name    dname.Name
	Aliases []dname.Name
	Found   int
	Rcode   code.Rcode
}

// caa climbs from name to the root until there are CAA records: an alias at each
// name is followed, but the climb goes on above the name, not above its target
// (RFC 8659, Section 3). A wildcard is judged as the name above it.
func (d *Doctor) caa(ctx context.Context, who *Caller, name dname.Name) *CAA {
	c := &CAA{Name: name, Anybody: true, AnyWild: true}
	if name.IsWildcard() {
		name = name.Parent()
	}
	for ; !name.IsRoot(); name = name.Parent() {
		e := d.explain(ctx, who, Question{Name: name, Type: rr.TypeCAA})
		step := CAAStep{Name: name, Aliases: servers.Aliases(e.Items, name), Rcode: e.Rcode}
		at := name
		if n := len(step.Aliases); n > 0 {
			at = step.Aliases[n-1]
		}
		set := servers.SetOf(e.Items, at, rr.TypeCAA)
		step.Found = set.Count()
		c.Climb = append(c.Climb, step)
		if e.Rcode != code.NoError && e.Rcode != code.NXDomain || e.End == EndTooLong {
			c.End = e.End
			c.Error, c.Anybody, c.AnyWild = fmt.Sprintf("the CAA records of %s could not be had: %s", name, e.Why), false, false
			return c
		}
		if !set.Empty() {
			c.relevant(name, at, set)
			return c
		}
	}
	return c
}

// relevant reads the set that decides.
func (c *CAA) relevant(at, target dname.Name, set rr.Set) {
	c.At, c.Set = at, set
	if !target.Equal(at) {
		c.Target = target
	}
	wild := false
	for rest := set; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		critical, tag, value := property(rec.Data())
		switch tag {
		case "issue":
			c.Issue, c.Anybody = appendIssuer(c.Issue, value), false
		case "issuewild":
			c.IssueWild, c.AnyWild, wild = appendIssuer(c.IssueWild, value), false, true
		case "iodef":
			c.Reports = append(c.Reports, value)
		case "issuemail", "issuevmc", "contactemail", "contactphone": // RFC 9495, and the CA/Browser Forum
		default:
			if critical {
				c.Unknown = append(c.Unknown, tag)
			}
		}
	}
	if !wild { // issuewild, where there is one, is all that counts for wildcards (RFC 8659, Section 4.3)
		c.IssueWild, c.AnyWild = c.Issue, c.Anybody
	}
	if len(c.Unknown) > 0 { // RFC 8659, Section 4.5
		c.Anybody, c.AnyWild, c.Issue, c.IssueWild = false, false, nil, nil
	}
}

// property takes the RDATA of a CAA record apart (RFC 8659, Section 4.1).
func property(data []byte) (critical bool, tag, value string) {
	if len(data) < 2 || len(data) < 2+int(data[1]) {
		return false, "", ""
	}
	n := int(data[1])
	return data[0]&0x80 != 0, strings.ToLower(string(data[2 : 2+n])), printable(data[2+n:])
}

// printable is what a stranger wrote, fit to be shown.
func printable(text []byte) string {
	const most = 500
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return '?'
		}
		return r
	}, string(text[:min(most, len(text))]))
}

// appendIssuer adds the issuer that value names: none where it has no domain
// name (RFC 8659, Section 4.2).
func appendIssuer(list []string, value string) []string {
	domain, _, _ := strings.Cut(value, ";")
	if strings.TrimSpace(domain) == "" {
		return list
	}
	return append(list, strings.TrimSpace(value))
}

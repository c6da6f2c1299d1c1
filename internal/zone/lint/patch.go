package lint

import (
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// Fix is a patch that takes a finding away. Where there are several, any one does.
type Fix struct {
	Title string `json:"title"` // what it does, in the imperative
	Edits []Edit `json:"edits"` // all or none of them
}

// Operations of an Edit.
const (
	OpAdd     = "add"     // Data is added
	OpRemove  = "remove"  // the records Old are removed, however often they stand there
	OpReplace = "replace" // the records Old are removed as by OpRemove, and Data is added
)

// Edit is a change of one RRset.
type Edit struct {
	Op    string   `json:"op"`
	Zone  string   `json:"zone"`           // its apex, presentation form with a final dot
	Owner string   `json:"owner"`          // presentation form with a final dot
	Type  string   `json:"type"`           // mnemonic, or TYPE123
	TTL   uint32   `json:"ttl,omitempty"`  // of Data, in seconds
	Data  []string `json:"data,omitempty"` // new RDATA, presentation form
	Old   []string `json:"old,omitempty"`  // old RDATA, presentation form
}

func (c *check) edit(op string, owner dname.Name, t rr.Type) Edit {
	return Edit{Op: op, Zone: c.apex.String(), Owner: owner.String(), Type: t.String()}
}

// fix is a Fix of one Edit.
func fix(title string, edits ...Edit) Fix { return Fix{Title: title, Edits: edits} }

// removal removes all records of s at owner.
func (c *check) removal(owner dname.Name, s rr.Set) Edit {
	e := c.edit(OpRemove, owner, s.Type())
	e.Old = texts(s)
	return e
}

// addition adds a record at owner.
func (c *check) addition(owner dname.Name, t rr.Type, ttl uint32, data string) Edit {
	e := c.edit(OpAdd, owner, t)
	e.TTL, e.Data = ttl, []string{data}
	return e
}

// removals offers to remove the set of type t at owner.
func (c *check) removals(owner dname.Name, t rr.Type) []Fix {
	c.key.Set(owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil {
		return nil // a wildcard or a DNAME stands for it
	}
	s := n.Set(t)
	if s.Empty() {
		return nil
	}
	return []Fix{fix("remove the "+t.String()+" record of "+owner.String(), c.removal(owner, s))}
}

// removalOf offers to remove record nth of the set of type t at owner.
func (c *check) removalOf(owner dname.Name, t rr.Type, nth int) []Fix {
	c.key.Set(owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil || n.Set(t).Empty() || n.Set(t).Count() == 1 {
		return c.removals(owner, t)
	}
	e := c.edit(OpRemove, owner, t)
	e.Old = texts(n.Set(t))[nth : nth+1]
	return []Fix{fix("remove "+t.String()+" "+e.Old[0]+" of "+owner.String(), e)}
}

// retarget offers to let the record of p point to target instead.
func (c *check) retarget(p *pointer, target dname.Name) []Fix {
	old, t := p.record.Data(), p.record.Type()
	skip := form.TargetAt(t)
	data := append(append(append([]byte(nil), old[:skip]...), target...), old[skip+len(p.target):]...)
	return []Fix{c.replaced("point "+p.owner.String()+" "+t.String()+" to "+target.String(), p.owner, p.record, data)}
}

func text(t rr.Type, data []byte) string { return string(rr.AppendDataText(nil, t, data)) }

// texts is the RDATA of all records of s.
func texts(s rr.Set) []string {
	var out []string
	t := s.Type()
	for len(s) > 0 {
		var r rr.Record
		r, s = s.Next()
		out = append(out, text(t, r.Data()))
	}
	return out
}

// replaced replaces the record r of owner with one of that RDATA.
func (c *check) replaced(title string, owner dname.Name, r rr.Record, data []byte) Fix {
	e := c.edit(OpReplace, owner, r.Type())
	e.TTL, e.Old, e.Data = r.TTL(), []string{text(r.Type(), r.Data())}, []string{text(r.Type(), data)}
	return fix(title, e)
}

// withTTL gives the set s of owner another TTL.
func (c *check) withTTL(owner dname.Name, s rr.Set, ttl uint32) Fix {
	e := c.edit(OpReplace, owner, s.Type())
	e.TTL, e.Old = ttl, texts(s)
	e.Data = e.Old
	return fix(fmt.Sprintf("give %s %s the TTL %d", owner, s.Type(), ttl), e)
}

// keepOne offers, for each of the records of type t at owner with that RDATA, to keep it and remove the others.
func (c *check) keepOne(owner dname.Name, t rr.Type, data []string) []Fix {
	const most = 5
	var fixes []Fix
	for _, keep := range data[:min(len(data), most)] {
		e := c.edit(OpRemove, owner, t)
		for _, d := range data {
			if d != keep {
				e.Old = append(e.Old, d)
			}
		}
		fixes = append(fixes, fix("keep "+t.String()+" "+keep, e))
	}
	return fixes
}

// rewritten offers to write the set that r is about as the zone has taken it:
// each record once, with the TTL of the first. Nothing is offered where it has been
// taken as another type, as a CNAME is that is served as ALIAS.
func (c *check) rewritten(title string, r zone.Remark) []Fix {
	c.key.Set(r.Owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil || n.Set(r.Type).Empty() || c.full() {
		return nil
	}
	f := c.withTTL(r.Owner, n.Set(r.Type), n.Set(r.Type).TTL())
	f.Title = title
	return []Fix{f}
}

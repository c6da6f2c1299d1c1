package finding

import (
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
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

// Author writes patches for the zone of that apex.
type Author struct{ Apex dname.Name }

// Edit is an Edit that is still to be filled in.
func (a Author) Edit(op string, owner dname.Name, t rr.Type) Edit {
	return Edit{Op: op, Zone: a.Apex.String(), Owner: owner.String(), Type: t.String()}
}

// Patch is a Fix of those Edits.
func Patch(title string, edits ...Edit) Fix { return Fix{Title: title, Edits: edits} }

// Removal removes all records of s at owner.
func (a Author) Removal(owner dname.Name, s rr.Set) Edit {
	e := a.Edit(OpRemove, owner, s.Type())
	e.Old = Texts(s)
	return e
}

// Addition adds a record at owner.
func (a Author) Addition(owner dname.Name, t rr.Type, ttl uint32, data string) Edit {
	e := a.Edit(OpAdd, owner, t)
	e.TTL, e.Data = ttl, []string{data}
	return e
}

// Text is RDATA of type t in presentation form.
func Text(t rr.Type, data []byte) string { return string(rr.AppendDataText(nil, t, data)) }

// Texts is the RDATA of all records of s.
func Texts(s rr.Set) []string {
	var out []string
	t := s.Type()
	for len(s) > 0 {
		var r rr.Record
		r, s = s.Next()
		out = append(out, Text(t, r.Data()))
	}
	return out
}

// Replaced replaces the record r of owner with one of that RDATA.
func (a Author) Replaced(title string, owner dname.Name, r rr.Record, data []byte) Fix {
	e := a.Edit(OpReplace, owner, r.Type())
	e.TTL, e.Old, e.Data = r.TTL(), []string{Text(r.Type(), r.Data())}, []string{Text(r.Type(), data)}
	return Patch(title, e)
}

// WithTTL gives the set s of owner another TTL.
func (a Author) WithTTL(owner dname.Name, s rr.Set, ttl uint32) Fix {
	e := a.Edit(OpReplace, owner, s.Type())
	e.TTL, e.Old = ttl, Texts(s)
	e.Data = e.Old
	return Patch(fmt.Sprintf("give %s %s the TTL %d", owner, s.Type(), ttl), e)
}

// KeepOne offers, for each of the records of type t at owner with that RDATA, to keep it and remove the others.
func (a Author) KeepOne(owner dname.Name, t rr.Type, data []string) []Fix {
	const most = 5
	var fixes []Fix
	for _, keep := range data[:min(len(data), most)] {
		e := a.Edit(OpRemove, owner, t)
		for _, d := range data {
			if d != keep {
				e.Old = append(e.Old, d)
			}
		}
		fixes = append(fixes, Patch("keep "+t.String()+" "+keep, e))
	}
	return fixes
}

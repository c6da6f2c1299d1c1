package cloudflare

import (
	"errors"
	"net/http"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// To the DNS an ALIAS may stand beside addresses, and beside another of its
// kind. Here it is a CNAME, of which a name has one, and no address beside it,
// and below the apex nothing else: clients count on being told so, flattened or not.

// crowd is what is at one name.
type crowd struct {
	aliases   map[string]bool // by their data
	cname     bool            // one of them is below the apex
	addresses int
	others    int
}

// fits reports whether all of it may stand at one name.
func (n *crowd) fits() bool {
	return len(n.aliases) == 0 || len(n.aliases) == 1 && n.addresses == 0 && (n.others == 0 || !n.cname)
}

// checkFlat refuses edits that would leave an ALIAS with others at its name.
func (c *call) checkFlat(edits []control.Edit) error {
	seen := make(map[string]bool)
	for i := range edits {
		e := &edits[i]
		if e.Op != control.Add && e.Op != control.Set || seen[string(e.Owner)] || !c.isCrowded(e) {
			continue
		}
		seen[string(e.Owner)] = true
		n, err := c.crowd(e.Owner, edits)
		if err != nil {
			return err
		}
		name := content.Undotted(e.Owner)
		switch {
		case n.fits():
		case shownType(e.Type) == rr.TypeCNAME:
			return pointed(envelope.Wrong(envelope.CodeTaken, "An A, AAAA, or CNAME record with that host already exists. Delete what "+name+" has, in the same batch if you like, or change it instead."), edits, i)
		default:
			return pointed(envelope.Wrong(envelope.CodeCNAME, "A CNAME record with that host already exists. Delete the CNAME of "+name+", in the same batch if you like, or change it instead."), edits, i)
		}
	}
	return nil
}

// isCrowded reports whether e puts an ALIAS somewhere, or another record where one
// is. A CNAME that stays one is a matter of the rules.
func (c *call) isCrowded(e *control.Edit) bool {
	switch e.Type {
	case rr.TypeALIAS:
		return true
	case rr.TypeCNAME:
		n := e.Records[0].Note
		if c.zone.Settings.FlattenAll || n != nil && n.Flatten == change.Yes {
			return true
		}
	}
	return !servedSet(c.zone, e.Owner, rr.TypeALIAS).Empty()
}

// crowd is what will be at owner after edits.
func (c *call) crowd(owner dname.Name, edits []control.Edit) (crowd, error) {
	n := crowd{aliases: make(map[string]bool)}
	gone := make(map[uint64]bool)
	for i := range edits {
		e := &edits[i]
		if e.ID != 0 {
			gone[e.ID] = true
		}
		if e.Op != control.Drop && e.Owner.Equal(owner) {
			for _, r := range e.Records {
				n.add(e.Type, r.Data)
			}
		}
	}
	for set, err := range c.Control.RRsets(c.ctx, c.p, c.ref(), control.Range{Owner: owner}) {
		if err != nil {
			return n, err
		}
		for i := range set.Records {
			if !gone[set.Records[i].ID] {
				n.add(set.Type, set.Records[i].Data)
			}
		}
	}
	return n, nil
}

func (n *crowd) add(t rr.Type, data []byte) {
	switch t {
	case rr.TypeCNAME, rr.TypeALIAS:
		n.aliases[string(dname.Name(data).Lower())] = true
		n.cname = n.cname || t == rr.TypeCNAME
	case rr.TypeA, rr.TypeAAAA:
		n.addresses++
		n.others++
	default:
		n.others++
	}
}

// placed is an error of control as a fault that says which of edits is at fault.
func placed(err error, edits []control.Edit) error {
	var e *control.Error
	if !errors.As(err, &e) {
		return err
	}
	i := e.Edit
	if e.Class == control.Refused && len(e.Findings) > 0 {
		i = blamed(e.Findings[0].Owner, edits)
	}
	if i < 0 || i >= len(edits) {
		return envelope.Explain(e)
	}
	if e.Class != control.Refused {
		return pointed(envelope.Explain(e), edits, i)
	}
	return pointed(envelope.Refusal(e, shownType(edits[i].Type).String()), edits, i)
}

// blamed is the last of edits that writes at the owner of that text, or else the
// last one that writes at all.
func blamed(owner string, edits []control.Edit) int {
	last := -1
	for i := range edits {
		if edits[i].Op == control.Drop {
			continue
		}
		if edits[i].Owner.String() == owner {
			return lastAt(edits[i].Owner, edits)
		}
		last = i
	}
	return last
}

func lastAt(owner dname.Name, edits []control.Edit) int {
	for i := len(edits) - 1; i >= 0; i-- {
		if edits[i].Op != control.Drop && edits[i].Owner.Equal(owner) {
			return i
		}
	}
	return -1
}

// misplaced is a fault of one of the edits of a Change; a batch says where that
// stood in its body.
type misplaced struct {
	*envelope.Fault
	edit int
}

func (m *misplaced) Unwrap() error { return m.Fault }

func pointed(f *envelope.Fault, edits []control.Edit, i int) error {
	if len(edits) == 1 {
		return f
	}
	if f.Status == http.StatusNotFound && f.Problems[0].Code == envelope.CodeIdentifier {
		return f // it is about the zone
	}
	return &misplaced{f, i}
}

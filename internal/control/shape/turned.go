package shape

import (
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Turned is what becomes of the CNAME records of a zone that begins or ceases to
// flatten all of them.
type Turned struct {
	Apex  dname.Name
	On    bool  // it begins
	Turns Names // served in the other form from now on
	Stays Names // in spite of the switch
}

// Names is how many names there are, and the first of them in canonical order.
type Names struct {
	Count int
	Some  []Name
}

// Name is a name with a CNAME record.
type Name struct {
	Owner, Target dname.Name
	Why           string // it stays; empty for one that turns
}

// MaxTurned is how many of Names are named.
const MaxTurned = 100

func (n *Names) add(name Name) {
	if n.Count++; n.Count <= MaxTurned {
		n.Some = append(n.Some, name)
	}
}

// ownSetting is why a name stays that is none of those that prove something.
const ownSetting = "its own setting says so"

// Turned is what the switch makes of the names of z; nil where z does not switch.
func (z *Zone) Turned() *Turned {
	if z.After == nil || z.flattened() == z.After.Settings.FlattenAll {
		return nil
	}
	t := &Turned{Apex: z.After.Apex, On: z.After.Settings.FlattenAll, Stays: z.stays}
	for i := range z.Shown {
		d := &z.Shown[i]
		if s := held.After(d); d.Type() == rr.TypeCNAME {
			t.take(z, d, &s)
		}
	}
	if !t.On {
		return t
	}
	for _, k := range flatten.KeptIn(z.After.Snapshot) {
		t.Stays.add(Name{k.Owner, z.target(k.Owner), k.Why})
	}
	return t
}

// flattened reports whether the zone has flattened all until now.
func (z *Zone) flattened() bool { return z.Before != nil && z.Before.Settings.FlattenAll }

// take notes what becomes of s, the CNAME RRset after d.
func (t *Turned) take(z *Zone, d *change.SetDiff, s *change.RRset) {
	is, name := flatten.Form(&z.After.Zone, s), nameOf(s)
	switch {
	case name.Target == nil:
	case is != z.ServedType(d) && (is == rr.TypeALIAS) == t.On:
		t.Turns.add(name)
	case is == rr.TypeALIAS && !t.On:
		name.Why = ownSetting
		t.Stays.add(name)
	}
}

// nameOf is the name of the CNAME RRset s; without a target where none of its records
// is served.
func nameOf(s *change.RRset) Name {
	n := Name{Owner: s.Owner}
	for i := range s.Records {
		if r := &s.Records[i]; !r.Disabled {
			n.Target = dname.Name(r.Data)
			break
		}
	}
	return n
}

// target is where the CNAME of owner leads that is served.
func (z *Zone) target(owner dname.Name) dname.Name {
	return held.Set(z.After.Snapshot, owner, rr.TypeCNAME).Target().Clone()
}

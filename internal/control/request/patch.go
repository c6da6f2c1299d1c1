package request

import "github.com/truename-dns/truename/internal/change"

// Patch is new values for properties; nil keeps one.
type Patch struct {
	Type     *string
	Region   *string
	Status   *string
	Account  *string
	SOA      []byte // RDATA; its serial is not looked at
	SOATTL   *uint32
	Settings *change.Settings
}

// PatchOf is a patch that brings a zone to the properties of z, where those of
// from are others.
func PatchOf(z, from *change.Zone) *Patch {
	b, p := *z, new(Patch)
	for _, f := range []struct {
		to        **string
		want, was *string
	}{{&p.Type, &b.Type, &from.Type}, {&p.Region, &b.Region, &from.Region}, {&p.Status, &b.Status, &from.Status}, {&p.Account, &b.Account, &from.Account}} {
		if *f.want != *f.was {
			*f.to = f.want
		}
	}
	if string(b.SOA) != string(from.SOA) {
		p.SOA = b.SOA
	}
	if b.SOATTL != from.SOATTL {
		p.SOATTL = &b.SOATTL
	}
	if b.Settings != from.Settings {
		p.Settings = &b.Settings
	}
	return p
}

// Onto writes what p says onto z, but for its SOA.
func (p *Patch) Onto(z *change.Zone) {
	for _, f := range []struct{ to, from *string }{{&z.Type, p.Type}, {&z.Region, p.Region}, {&z.Status, p.Status}, {&z.Account, p.Account}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if p.Settings != nil {
		z.Settings = *p.Settings
	}
	if p.SOATTL != nil {
		z.SOATTL = *p.SOATTL
	}
}

// Holds reports whether z is as p would make it.
func (p *Patch) Holds(z *change.Zone) bool {
	is := func(want *string, has string) bool { return want == nil || *want == has }
	return is(p.Type, z.Type) && is(p.Region, z.Region) && is(p.Status, z.Status) && is(p.Account, z.Account) &&
		(p.SOA == nil || string(p.SOA) == string(z.SOA)) && (p.SOATTL == nil || *p.SOATTL == z.SOATTL) && (p.Settings == nil || *p.Settings == z.Settings)
}

// SameProps reports whether a and b have the same properties; their times are none.
func SameProps(a, b *change.Zone) bool {
	return a.Type == b.Type && a.Region == b.Region && a.Status == b.Status && a.Account == b.Account &&
		a.SOATTL == b.SOATTL && string(a.SOA) == string(b.SOA) && a.Settings == b.Settings
}

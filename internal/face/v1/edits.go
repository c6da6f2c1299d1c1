package v1

import (
	"fmt"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// zoneEdit reads what a request says of one zone; path is where it stands.
func (c *call) zoneEdit(path string, in *api.ZoneChange) (*control.ZoneEdit, error) {
	ref, err := form.ParseRef(in.Zone)
	if err != nil {
		return nil, envelope.Invalid(path+".zone", "%q is neither the id nor the name of a zone", envelope.Shorten(in.Zone, 100))
	}
	apex, err := c.apex(path, ref, in)
	if err != nil {
		return nil, err
	}
	e := &control.ZoneEdit{Zone: ref, Delete: in.Delete}
	if in.IfMatch != nil {
		s := change.Serial(*in.IfMatch)
		e.IfMatch = &s
	}
	if in.Create != nil {
		account, err := c.account(in.Create.Account)
		if err != nil {
			return nil, err
		}
		e.Create = &control.NewZone{Account: account, Type: in.Create.Type, Region: in.Create.Region, Status: in.Create.Status, Bare: in.Create.Bare}
	}
	if in.Props != nil {
		if e.Props, err = c.patch(path+".props", in.Props, ref, apex); err != nil {
			return nil, err
		}
	}
	e.Edits = make([]control.Edit, len(in.Edits))
	for i := range in.Edits {
		if err := form.ReadEdit(fmt.Sprintf("%s.edits[%d]", path, i), &in.Edits[i], apex, &e.Edits[i]); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// apex is the apex of a zone that is there or shall be made.
func (c *call) apex(path string, ref control.Ref, in *api.ZoneChange) (dname.Name, error) {
	switch {
	case ref.Apex != nil:
		return ref.Apex, nil
	case in.Create != nil:
		return nil, envelope.Invalid(path+".zone", "a zone that is to be created needs its name, not an id")
	}
	z, err := c.Control.Zone(c.who, ref)
	if err != nil {
		return nil, err
	}
	return z.Apex, nil
}

func (c *call) patch(path string, in *api.ZonePatch, ref control.Ref, apex dname.Name) (*control.ZonePatch, error) {
	p := &control.ZonePatch{Type: in.Type, Region: in.Region, Status: in.Status, SOATTL: in.SOATTL}
	if in.Account != nil {
		account, err := c.account(*in.Account)
		if err != nil {
			return nil, err
		}
		p.Account = &account
	}
	if in.SOA != nil {
		data, err := form.ParseContent(path+".soa", rr.TypeSOA, *in.SOA, nil, apex)
		if err != nil {
			return nil, err
		}
		p.SOA = data
	}
	if in.DefaultTTL == nil {
		return p, nil
	}
	if *in.DefaultTTL < 0 || *in.DefaultTTL > rr.MaxTTL {
		return nil, envelope.Invalid(path+".default_ttl", "the TTL %d is not from 0 to %d seconds", *in.DefaultTTL, rr.MaxTTL)
	}
	z, err := c.Control.Zone(c.who, ref)
	if err != nil {
		return nil, err
	}
	settings := z.Settings
	settings.DefaultTTL = *in.DefaultTTL
	p.Settings = &settings
	return p, nil
}

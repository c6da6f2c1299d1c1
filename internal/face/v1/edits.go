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
func (c handler) zoneEdit(path string, in *api.ZoneChange) (*control.ZoneEdit, error) {
	ref, err := zoneRef(path, in)
	if err != nil {
		return nil, err
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
		if e.Create, err = c.newZone(path+".create", in.Create); err != nil {
			return nil, err
		}
	}
	if in.Props != nil {
		if e.Props, err = c.patch(path+".props", in.Props, ref, apex); err != nil {
			return nil, err
		}
	}
	ttl := c.defaultTTL(ref, in.Props)
	e.Edits = make([]control.Edit, len(in.Edits))
	for i := range in.Edits {
		if err := form.ReadEdit(fmt.Sprintf("%s.edits[%d]", path, i), &in.Edits[i], apex, &e.Edits[i]); err != nil {
			return nil, err
		}
		if given := e.Edits[i].TTL; given != nil && *given == 0 {
			e.Edits[i].TTL = &ttl
		}
	}
	return e, nil
}

// zoneRef is the zone that in names; one to be made needs a name that can be.
func zoneRef(path string, in *api.ZoneChange) (control.Ref, error) {
	ref, err := form.ParseRef(in.Zone)
	if err == nil {
		return ref, nil
	}
	if in.Create != nil {
		if _, why := form.ParseName(path+".zone", in.Zone); why != nil {
			return ref, why
		}
	}
	return ref, envelope.Invalid(path+".zone", "%q is neither the id nor the name of a zone", envelope.Shorten(in.Zone, 100))
}

func (c handler) newZone(path string, in *api.NewZone) (*control.NewZone, error) {
	account, err := c.Account(in.Account)
	if err != nil {
		return nil, err
	}
	region, err := form.ParseRegion(path+".region", in.Region)
	if err != nil {
		return nil, err
	}
	return &control.NewZone{Account: account, Type: in.Type, Region: region, Status: in.Status, Bare: in.Bare}, nil
}

// defaultTTL is what a TTL of 0 stands for in a zone, as its new properties say if
// they do.
func (c handler) defaultTTL(ref control.Ref, props *api.ZonePatch) uint32 {
	z, err := c.Control.Zone(c.Who, ref)
	switch {
	case props != nil && props.DefaultTTL != nil && *props.DefaultTTL > 0:
		return uint32(*props.DefaultTTL)
	case err != nil || props != nil && props.DefaultTTL != nil:
		return control.DefaultTTL
	}
	return form.DefaultTTL(z)
}

// apex is the apex of a zone that is there or shall be made.
func (c handler) apex(path string, ref control.Ref, in *api.ZoneChange) (dname.Name, error) {
	switch {
	case ref.Apex != nil:
		return ref.Apex, nil
	case in.Create != nil:
		return nil, envelope.Invalid(path+".zone", "a zone that is to be created needs its name, not an id")
	}
	z, err := c.Control.Zone(c.Who, ref)
	if err != nil {
		return nil, err
	}
	return z.Apex, nil
}

func (c handler) patch(path string, in *api.ZonePatch, ref control.Ref, apex dname.Name) (*control.ZonePatch, error) {
	p := &control.ZonePatch{Type: in.Type, Status: in.Status, SOATTL: in.SOATTL}
	if in.Region != nil {
		region, err := form.ParseRegion(path+".region", *in.Region)
		if err != nil {
			return nil, err
		}
		p.Region = given(region)
	}
	if in.Account != nil {
		account, err := c.Account(*in.Account)
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
	var err error
	p.Settings, err = c.switches(path, in, ref)
	return p, err
}

// switches are the settings of a zone as in changes them; nil where it does not.
func (c handler) switches(path string, in *api.ZonePatch, ref control.Ref) (*change.Settings, error) {
	if in.DefaultTTL == nil && in.FlattenAll == nil {
		return nil, nil
	}
	var s change.Settings
	if z, err := c.Control.Zone(c.Who, ref); err == nil { // else it is to be made, or its lack will be told
		s = z.Settings
	}
	if in.DefaultTTL != nil {
		if *in.DefaultTTL < 0 || *in.DefaultTTL > rr.MaxTTL {
			return nil, envelope.Invalid(path+".default_ttl", "the TTL %d is not from 0 to %d seconds", *in.DefaultTTL, rr.MaxTTL)
		}
		s.DefaultTTL = *in.DefaultTTL
	}
	if in.FlattenAll != nil {
		s.FlattenAll = *in.FlattenAll
	}
	return &s, nil
}

package v1

import (
	"fmt"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// zoneEdit reads what a request says of one zone; path is where it stands.
func (c *call) zoneEdit(path string, in *api.ZoneChange) (*control.ZoneEdit, error) {
	ref, err := parseRef(in.Zone)
	if err != nil {
		return nil, invalid(path+".zone", "%q is neither the id nor the name of a zone", shorten(in.Zone, 100))
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
		if err := readEdit(fmt.Sprintf("%s.edits[%d]", path, i), &in.Edits[i], apex, &e.Edits[i]); err != nil {
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
		return nil, invalid(path+".zone", "a zone that is to be created needs its name, not an id")
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
		data, err := parseContent(path+".soa", rr.TypeSOA, *in.SOA, nil, apex)
		if err != nil {
			return nil, err
		}
		p.SOA = data
	}
	if in.DefaultTTL == nil {
		return p, nil
	}
	if *in.DefaultTTL < 0 || *in.DefaultTTL > rr.MaxTTL {
		return nil, invalid(path+".default_ttl", "the TTL %d is not from 0 to %d seconds", *in.DefaultTTL, rr.MaxTTL)
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

var ops = map[string]control.Op{api.OpPut: control.Put, api.OpAdd: control.Add, api.OpRemove: control.Remove}

// readEdit reads the edit of one RRset of the zone of that apex into e.
func readEdit(path string, in *api.RecordEdits, apex dname.Name, e *control.Edit) error {
	op, known := ops[in.Op]
	if !known {
		return invalid(path+".op", "the operation %q is not known; use put, add or remove", shorten(in.Op, 40))
	}
	owner, err := parseOwner(path+".name", in.Name, apex)
	if err != nil {
		return err
	}
	t, err := parseType(path+".type", in.Type)
	if err != nil {
		return err
	}
	if in.TTL != nil && *in.TTL > rr.MaxTTL {
		return invalid(path+".ttl", "the TTL %d is not from 0 to %d seconds (RFC 2181, Section 8)", *in.TTL, rr.MaxTTL)
	}
	if err := checkComment(path+".comment", in.Comment); err != nil {
		return err
	}
	*e = control.Edit{Op: op, Owner: owner, Type: t, TTL: in.TTL, Comment: in.Comment}
	n := len(in.Contents) + len(in.Records)
	if op == control.Add && n == 0 && in.TTL == nil && in.Comment == nil || op == control.Put && n == 0 {
		return invalid(path+".contents", "there are no records; to take all of them away use the operation remove")
	}
	e.Records = make([]control.RecordEdit, 0, n)
	for i, text := range in.Contents {
		if err := readRecord(fmt.Sprintf("%s.contents[%d]", path, i), &api.RecordEdit{Content: text}, apex, e); err != nil {
			return err
		}
	}
	for i := range in.Records {
		if err := readRecord(fmt.Sprintf("%s.records[%d]", path, i), &in.Records[i], apex, e); err != nil {
			return err
		}
	}
	return nil
}

// readRecord adds one record to e.
func readRecord(path string, in *api.RecordEdit, apex dname.Name, e *control.Edit) error {
	data, err := parseContent(path, e.Type, in.Content, in.Priority, apex)
	if err != nil {
		return err
	}
	if err := checkComment(path+".comment", in.Comment); err != nil {
		return err
	}
	r := control.RecordEdit{Data: data, Disabled: in.Disabled}
	if in.Comment != nil {
		r.Note = &change.Note{Comment: *in.Comment}
	}
	e.Records = append(e.Records, r)
	return nil
}

package form

import (
	"fmt"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

var ops = map[string]control.Op{api.OpPut: control.Put, api.OpAdd: control.Add, api.OpRemove: control.Remove}

// ReadEdit reads the edit of one RRset of the zone of that apex into e. A TTL of 0,
// which stands for the default, stays 0.
func ReadEdit(path string, in *api.RecordEdits, apex dname.Name, e *control.Edit) error {
	op, known := ops[in.Op]
	if !known {
		return envelope.Invalid(path+".op", "the operation %q is not known; use put, add or remove", envelope.Shorten(in.Op, 40))
	}
	owner, err := ParseOwner(path+".name", in.Name, apex)
	if err != nil {
		return err
	}
	t, err := ParseType(path+".type", in.Type)
	if err != nil {
		return err
	}
	if in.TTL != nil && *in.TTL > rr.MaxTTL {
		return envelope.Invalid(path+".ttl", "the TTL %d is not from 0, for the default, to %d seconds (RFC 2181, Section 8)", *in.TTL, rr.MaxTTL)
	}
	if err := CheckComment(path+".comment", in.Comment); err != nil {
		return err
	}
	*e = control.Edit{Op: op, Owner: owner, Type: t, TTL: in.TTL, Comment: in.Comment}
	n := len(in.Contents) + len(in.Records)
	if op == control.Add && n == 0 && in.TTL == nil && in.Comment == nil || op == control.Put && n == 0 {
		return envelope.Invalid(path+".contents", "there are no records; to take all of them away use the operation remove")
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
	data, err := ParseContent(path, e.Type, in.Content, in.Priority, apex)
	if err != nil {
		return err
	}
	if err := CheckComment(path+".comment", in.Comment); err != nil {
		return err
	}
	r := control.RecordEdit{Data: data, Disabled: in.Disabled, Comment: in.Comment}
	if r.Alias, err = ParseSettings(path+".settings", in.Settings); err != nil {
		return err
	}
	e.Records = append(e.Records, r)
	return nil
}

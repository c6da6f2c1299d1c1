// Package form turns what requests say into names, RDATA and edits, and what
// control knows into the types of package api: which forms of names and contents
// are taken, and which are shown.
package form

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// Wanted is a record as a request says it shall be.
type Wanted struct {
	Owner    dname.Name
	Type     rr.Type
	Data     []byte // RDATA
	TTL      uint32
	Disabled bool
	Comment  *string       // nil keeps
	Alias    *change.Alias // nil keeps
	Stored   rr.Type       // under which it will be found: a CNAME at the apex is an ALIAS
}

// maxComment bounds a comment, in octets.
const maxComment = 500

// Want reads what a request says of a record.
func Want(in *api.CreateRecordRequest, z *control.ZoneInfo) (*Wanted, error) {
	w := &Wanted{Disabled: in.Disabled, Comment: in.Comment}
	var err error
	if w.Owner, err = ParseOwner("name", in.Name, z.Apex); err != nil {
		return nil, err
	}
	if w.Type, err = ParseType("type", in.Type); err != nil {
		return nil, err
	}
	if w.Data, err = ParseContent("content", w.Type, in.Content, in.Priority, z.Apex); err != nil {
		return nil, err
	}
	rr.LowerNames(w.Type, w.Data)
	w.Stored = flatten.StoredType(z.Apex, w.Owner, w.Type)
	if w.Alias, err = ParseSettings("settings", in.Settings); err != nil {
		return nil, err
	}
	if err := CheckComment("comment", in.Comment); err != nil {
		return nil, err
	}
	w.TTL, err = timeToLive("ttl", in.TTL, z)
	return w, err
}

// CheckComment refuses a comment that is too long; field is where it stands.
func CheckComment(field string, text *string) error {
	if text != nil && len(*text) > maxComment {
		return envelope.Invalid(field, "the comment has %d octets; at most %d are kept", len(*text), maxComment)
	}
	return nil
}

// timeToLive is the TTL that is asked for; 0 stands for the zone's default.
func timeToLive(field string, seconds int, z *control.ZoneInfo) (uint32, error) {
	switch {
	case seconds == 0:
		return DefaultTTL(z), nil
	case seconds < 0 || seconds > rr.MaxTTL:
		return 0, envelope.Invalid(field, "the TTL %d is not from 0, for the default, to %d seconds (RFC 2181, Section 8)", seconds, rr.MaxTTL)
	}
	return uint32(seconds), nil
}

// DefaultTTL is the TTL of records of z that are given none, in seconds.
func DefaultTTL(z *control.ZoneInfo) uint32 {
	if z.Settings.DefaultTTL > 0 {
		return uint32(z.Settings.DefaultTTL)
	}
	return control.DefaultTTL
}

// Edit is the edit that makes w of an RRset: op is Put or Add, or Set of the record id.
func (w *Wanted) Edit(op control.Op, id uint64) control.Edit {
	return control.Edit{
		Op: op, Owner: w.Owner, Type: w.Type, TTL: &w.TTL, ID: id, Comment: w.Comment,
		Records: []control.RecordEdit{{Data: w.Data, Disabled: &w.Disabled, Alias: w.Alias}},
	}
}

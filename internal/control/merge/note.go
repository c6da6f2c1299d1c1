package merge

import (
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// checkNotes checks what e writes down beside records.
func checkNotes(e *request.Edit) error {
	if e.Comment != nil {
		if err := fault.CheckText("comment", *e.Comment); err != nil {
			return err
		}
	}
	for i := range e.Records {
		if err := checkNote(e.Type, &e.Records[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkNote checks what r, a record of type t, has written down beside it.
func checkNote(t rr.Type, r *request.Record) error {
	if r.Comment != nil {
		if err := fault.CheckText("comment", *r.Comment); err != nil {
			return err
		}
	}
	if r.Note != nil {
		if err := fault.CheckText("comment", r.Note.Comment); err != nil {
			return err
		}
		if err := checkAlias(&r.Note.Alias); err != nil {
			return err
		}
	}
	switch {
	case r.Alias == nil:
		return nil
	case r.Alias.HasPolicy() && !held.IsFollowed(t):
		return fault.New(fault.Invalid, "bad-setting", "on_failure, max_stale and fallback are for ALIAS records and flattened CNAMEs, and this is "+t.String(), "leave them out")
	}
	return checkAlias(r.Alias)
}

func checkAlias(a *change.Alias) error {
	if message, fix := flatten.Check(a); message != "" {
		return fault.New(fault.Invalid, "bad-setting", message, fix)
	}
	return nil
}

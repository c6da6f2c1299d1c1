package control

import (
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// checkNotes checks what e writes down beside records.
func checkNotes(e *Edit) error {
	if e.Comment != nil {
		if err := checkText("comment", *e.Comment); err != nil {
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
func checkNote(t rr.Type, r *RecordEdit) error {
	if r.Comment != nil {
		if err := checkText("comment", *r.Comment); err != nil {
			return err
		}
	}
	if r.Note != nil {
		if err := checkText("comment", r.Note.Comment); err != nil {
			return err
		}
		if err := checkAlias(&r.Note.Alias); err != nil {
			return err
		}
	}
	switch {
	case r.Alias == nil:
		return nil
	case r.Alias.HasPolicy() && !isFollowed(t):
		return fault(Invalid, "bad-setting", "on_failure, max_stale and fallback are for ALIAS records and flattened CNAMEs, and this is "+t.String(), "leave them out")
	}
	return checkAlias(r.Alias)
}

func checkAlias(a *change.Alias) error {
	if message, fix := flatten.Check(a); message != "" {
		return fault(Invalid, "bad-setting", message, fix)
	}
	return nil
}

// isFollowed reports whether the server may follow records of type t by itself.
func isFollowed(t rr.Type) bool { return t == rr.TypeCNAME || t == rr.TypeALIAS }

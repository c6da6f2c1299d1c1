package held

import (
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Key names an RRset.
type Key struct {
	Zone  change.ZoneID // zero where all are of one
	Owner string        // wire form, lower case
	Type  rr.Type
}

// KeyOf is the key of s, an RRset of the zone id.
func KeyOf(id change.ZoneID, s *change.RRset) Key {
	return Key{Zone: id, Owner: string(s.Owner), Type: s.Type}
}

// SortSets puts sets into canonical order of their owners, then by type.
func SortSets(sets []change.RRset) {
	slices.SortFunc(sets, func(a, b change.RRset) int {
		if d := a.Owner.Compare(b.Owner); d != 0 {
			return d
		}
		return int(a.Type) - int(b.Type)
	})
}

// SameRecords compares what a person sees, not by which record it came.
func SameRecords(a, b *change.RRset) bool {
	if len(a.Records) != len(b.Records) || len(a.Records) > 0 && a.TTL != b.TTL {
		return false
	}
	for i := range a.Records {
		if !SameRecord(&a.Records[i], &b.Records[i]) {
			return false
		}
	}
	return true
}

// SameRecord compares what a person sees of records.
func SameRecord(a, b *change.Record) bool {
	return string(a.Data) == string(b.Data) && a.Disabled == b.Disabled && a.Note.Equal(&b.Note)
}

// After is what d makes of its RRset, with owner and type.
func After(d *change.SetDiff) change.RRset {
	s := d.After
	s.Owner, s.Type = d.Owner(), d.Type()
	return s
}

// CompareDiffs orders differences of one zone: by owner in canonical order, then by type.
func CompareDiffs(a, b change.SetDiff) int {
	if c := a.Owner().Compare(b.Owner()); c != 0 {
		return c
	}
	return int(a.Type()) - int(b.Type())
}

// IsFollowed reports whether the server may follow records of type t by itself.
func IsFollowed(t rr.Type) bool { return t == rr.TypeCNAME || t == rr.TypeALIAS }

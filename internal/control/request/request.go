// Package request is what somebody wants of zones and records, in the words that all
// rooms of control have in common.
package request

import (
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Request is what somebody wants to be changed: any number of zones, all or
// nothing. The order of its parts is of no matter; the final state is judged.
type Request struct {
	Zones   []Zone // each zone once
	Reason  string
	Origin  change.Origin  // Via, Address and Agent; the rest is taken from the Principal
	Repeat  change.Request // the client's Idempotency-Key with a digest of what it sent
	IfMatch *change.Serial // of the one zone that is restored, as Zone.IfMatch
	DryRun  bool           // judge and show, but write nothing
	Reverts change.Revision
}

// Zone is what a Request wants of one zone.
type Zone struct {
	Zone    Ref
	Create  *NewZone        // make the zone; its apex is Zone.Apex
	Delete  bool            // take it away with all it holds
	Props   *Patch          // new properties
	IfMatch *change.Serial  // refuse unless the zone has this serial (RFC 9110, Section 13.1.1)
	Head    change.Revision // refuse unless this is the revision of its last Change; 0 for no such condition
	Edits   []Edit

	State State // beside what Edits say
}

// State is how RRsets of a zone shall be in all they have: ids, notes, disabled
// records. Imports, plans, undo and restore come to one; it is not checked as Edits are.
type State struct {
	Sets      []RRset
	Upon      change.Revision // the head at which Was of all Sets was read
	Snapshot  *zone.Snapshot  // of the final state as its text has it, but for its serial; nil where it is to be built
	ApexCNAME bool            // the text of an import has a CNAME at the apex
}

// RRset is how one shall be.
type RRset struct {
	Want   change.RRset
	Expect *change.RRset // what a person must see there now; nil for no such condition
	Was    *change.RRset // what was read, at the head State.Upon: it must still be so, unless Expect says what must be; nil: it is looked up
}

// Ref names a zone by its id or, where that is zero, by its apex.
type Ref struct {
	ID   change.ZoneID
	Apex dname.Name
}

// String is the apex, or the id where that is not given.
func (r Ref) String() string {
	if r.Apex == nil {
		return r.ID.String()
	}
	return r.Apex.String()
}

// NewZone is the properties of a zone to be made. Zero fields get defaults.
type NewZone struct {
	Account string // whose it shall be; empty for the Principal's; others for admins only
	Type    string
	Region  string
	Status  string
	SOA     []byte // RDATA; nil for one made from the server's name servers
	SOATTL  uint32
	Serial  change.Serial // of the SOA; 0 for today's date with two digits more
	Restore *change.Zone  // a zone that was deleted, to come back under its id
	Bare    bool          // without the server's NS RRset
}

// Op is what an Edit does.
type Op uint8

const (
	// Put makes the RRset of Owner and Type consist of exactly Records. Those
	// that are there already keep their id, and their note where the edit has none.
	Put Op = iota
	// Add adds Records to the RRset of Owner and Type.
	Add
	// Remove takes the records with the data of Records away, or the whole
	// RRset where Records is empty.
	Remove
	// Set gives the record of id ID a new Owner, Type, TTL and Records[0], in place.
	Set
	// Drop takes the record of id ID away.
	Drop
)

// Edit is a step of a Zone.
type Edit struct {
	Op      Op
	Owner   dname.Name // absolute, any case
	Type    rr.Type
	TTL     *uint32 // of the whole RRset; nil keeps its TTL, or gives a new one the default
	ID      uint64  // for Set and Drop
	Records []Record
	Comment *string // of all records of the RRset; nil keeps
	Upsert  bool    // Add: a record that is there already is no error but edited; Remove and Drop: one that is not there is none
}

// Record is one record of an Edit.
type Record struct {
	Data     []byte        // RDATA in wire form, well formed for the type
	Disabled *bool         // nil keeps
	Note     *change.Note  // nil keeps, and is empty for a new record
	Comment  *string       // nil keeps that of Note
	Alias    *change.Alias // nil keeps that of Note
}

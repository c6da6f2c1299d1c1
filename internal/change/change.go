// Package change holds the first noun of the house: the Change, by which all
// names are written. A Change is a set of RRset differences over one or more
// zones with its author, reason and time; it is all or nothing. History, undo,
// watch and the served snapshots are read off the log of Changes.
package change

import (
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Revision is a position in the log: the first Change has 1, every later one
// a higher number, without gaps in a log that one store wrote. 0 is before all.
type Revision uint64

// Serial is an SOA serial number (RFC 1035, Section 3.3.13).
type Serial uint32

// Change is one entry of the log. Once appended it never changes.
type Change struct {
	Revision Revision // given by the store
	ID       string   // opaque, unique; also what an address of the API holds
	Time     time.Time
	Origin   Origin
	Reason   string     // why, in the author's words; up to MaxReason octets
	Reverts  Revision   // the Change that this one undoes; 0 for none
	Request  Request    // by which a repeated request is known again
	Zones    []ZoneDiff // each zone once, by apex in canonical order
}

// MaxReason bounds Change.Reason, in octets.
const MaxReason = 1000

// Origin tells who wrote a Change, and by which way it came in.
type Origin struct {
	Account string `json:"account,omitempty"` // its id; empty for the server itself
	Token   string `json:"token,omitempty"`   // the id of the token, never its secret
	Author  string `json:"author,omitempty"`  // the token's name
	Via     string `json:"via,omitempty"`     // v1, cloudflare, import, …
	Address string `json:"address,omitempty"` // the network address of the client
	Agent   string `json:"agent,omitempty"`   // what its User-Agent said, shortened
}

// Request identifies what a client asked for: the key it chose and a digest of
// what it sent, so that a repetition gets the first answer and another use of
// the same key an error. Empty where the client gave no key.
type Request struct {
	Key    string
	Digest string
}

// Kind says what a ZoneDiff does to its zone.
type Kind uint8

const (
	// Update: the zone was there before and is there after.
	Update Kind = iota
	// Create: the zone was not there before.
	Create
	// Delete: the zone is not there after; Sets holds all that it had.
	Delete
)

// String is the kind in lower case.
func (k Kind) String() string { return [...]string{"update", "create", "delete"}[k] }

// ZoneDiff is what a Change does to one zone.
type ZoneDiff struct {
	Kind   Kind
	ID     ZoneID
	Apex   dname.Name
	Base   Revision // the zone's head that the Change was made upon; 0 for Create
	From   Serial   // before; 0 for Create
	To     Serial   // after; 0 for Delete
	Before *Zone    // properties; nil for Create and where they stay as they are
	After  *Zone    // properties; nil for Delete and where they stay as they are
	Sets   []SetDiff
}

// SetDiff is what a Change does to one RRset. Both have the same owner and
// type; one without Records says that there is no such RRset.
type SetDiff struct {
	Before, After RRset
}

// Owner is the owner of the RRset.
func (d *SetDiff) Owner() dname.Name {
	if d.After.Owner != nil {
		return d.After.Owner
	}
	return d.Before.Owner
}

// Type is the type of the RRset.
func (d *SetDiff) Type() rr.Type {
	if d.After.Owner != nil {
		return d.After.Type
	}
	return d.Before.Type
}

// Inverse is the difference that takes d back.
func (d *SetDiff) Inverse() SetDiff { return SetDiff{Before: d.After, After: d.Before} }

// Records counts how many records more d leaves in the zone, disabled ones included.
func (d *SetDiff) Records() int { return len(d.After.Records) - len(d.Before.Records) }

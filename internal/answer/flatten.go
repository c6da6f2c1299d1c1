package answer

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Flattener knows what addresses the names of others lead to, without asking
// anybody: it is a lookup in a table that is kept warm.
type Flattener interface {
	// Flatten is what the name k leads to for t, which is A or AAAA, at now, in
	// nanoseconds since 1970. It may be called by many at once, allocates
	// nothing, and notes that the name is in use.
	Flatten(k *dname.Key, t rr.Type, now int64) Flat
}

// Flat is what is known of a name of others. Its octets never change.
type Flat struct {
	Set   rr.Set // the records, owner and TTL of no meaning; empty where the name has none
	Since int64  // Failing: when Set ran out, in nanoseconds since 1970; 0 where there never was an answer
	Why   string // Failing: what is wrong
	TTL   uint32 // left, in seconds: the least along the chain; of a denial, what is left of it
	State Known
	Gone  bool // Set is empty because the end of the chain does not exist (NXDOMAIN)
	// Endless: Failing, and it is certain that the chain has no end, for it comes back
	// to itself or is longer than allowed. Nothing older stands in for that.
	Endless bool
}

// Known is how much is known of a name.
type Known uint8

// What may be known.
const (
	Unasked  Known = iota // nobody has asked for it yet: worth waiting for
	Fresh                 // the answer holds
	Renewing              // it has run out just now, and is being asked for anew
	Failing               // it has run out, and nobody could be reached, or never could
)

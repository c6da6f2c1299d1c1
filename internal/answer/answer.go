// Package answer finds what is to be said to a question: the algorithm of
// RFC 1034, Section 4.3.2 over a set of zone snapshots. It is pure: it knows no
// socket, no store and no message, and allocates nothing once its scratch space
// has grown.
package answer

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Outcome is what became of a question, in one word.
type Outcome uint8

// The outcomes. After a chain of aliases the outcome is that of its end.
const (
	Refused    Outcome = iota // no zone of ours holds the name
	NotReady                  // its zone could not be loaded
	Hit                       // the records asked for
	NoData                    // the name exists without such records (RFC 2308, Section 2.2)
	NoName                    // the name does not exist (RFC 2308, Section 2.1)
	Delegation                // another server's, below a cut of ours
	Departed                  // a chain that leads out of our zones
	Exhausted                 // a chain longer than the limit
	Loop                      // a chain that comes back to itself
	Overflow                  // a DNAME made the name too long (RFC 6672, Section 2.2)
	Unresolved                // an ALIAS none of whose targets leads anywhere
)

var outcomeNames = [...]string{"refused", "not ready", "hit", "nodata", "nxdomain", "delegation", "departed", "exhausted", "loop", "overflow", "unresolved"}

func (o Outcome) String() string { return outcomeNames[o] }

// Question is what is asked, in class IN.
type Question struct {
	Name dname.Name // in the case it came in, which the answer keeps
	Type rr.Type
	// Minimal asks for one RRset only where Type is ANY (RFC 8482, Section 4.1).
	Minimal bool
	Now     int64 // in nanoseconds since 1970; matters where an ALIAS leads out of our zones
}

// Item is an RRset at an owner, as it goes into a section.
type Item struct {
	Owner dname.Name
	Set   rr.Set
	// Glue marks addresses without which a delegation cannot be followed, so
	// that a response without them is a truncated one (RFC 9471, Section 3.1).
	Glue bool
}

// Answer is what is to be said. It points into the question, the snapshots and
// the Finder that made it, and is valid until that one's next Find.
type Answer struct {
	Outcome       Outcome
	Rcode         code.Rcode
	Authoritative bool
	Answer        []Item
	Authority     []Item
	Additional    []Item
	EDE           code.EDE
	Text          []byte     // of the extended error
	Zone          dname.Name // the apex of the zone that had the last word; nil if none
	// Encloser is the name whose wildcard or DNAME stands for the name asked
	// for; nil if none does.
	Encloser dname.Name
	// Cold is names of others that nobody has asked for yet: once they are
	// resolved the answer may be a better one.
	Cold []Cold
}

// Cold is a name of others and the type of its addresses.
type Cold struct {
	Name dname.Name
	Type rr.Type // A or AAAA
}

func (a *Answer) reset() {
	*a = Answer{
		Answer: a.Answer[:0], Authority: a.Authority[:0], Additional: a.Additional[:0],
		Text: a.Text[:0], EDE: code.NoEDE, Cold: a.Cold[:0],
	}
}

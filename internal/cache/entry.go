package cache

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Kind is what an Entry says.
type Kind uint8

// The kinds.
const (
	Positive Kind = iota // the RRset
	NoData               // the name has no such records (RFC 2308, Section 2.2)
	NoName               // the name does not exist, whatever the type (RFC 2308, Section 2.1)
	Failed               // nobody could say (RFC 9520)
)

func (k Kind) String() string { return [...]string{"positive", "nodata", "noname", "failed"}[k] }

// Rank is how far an Entry is to be trusted (RFC 2181, Section 5.4.1). Less
// trusted data does not replace more trusted data that is alive.
type Rank uint8

// The ranks, least trusted first.
const (
	Hint          Rank = iota // came with the program or its configuration
	Glue                      // additional section
	Referral                  // authority section of an answer that is not authoritative
	Answer                    // answer section of one that is not authoritative
	Authority                 // authority section of an authoritative answer
	Authoritative             // answer section of an authoritative answer
	Secure                    // proven by signatures
)

// Entry is what is known of a name and type. It never changes once it was put;
// its names and sets are views that stay valid.
type Entry struct {
	Kind  Kind
	Rank  Rank
	Owner dname.Name // in lower case
	Type  rr.Type    // that was asked for; of a NoName any
	Set   rr.Set     // of Positive
	TTL   uint32     // in seconds, counted from when it was put
	Since int64      // when it was put, in Unix seconds
	// Apex and SOA let a denial be passed on; both may be empty.
	Apex dname.Name
	SOA  rr.Set
	// EDE and Text are what was said of a failure; without one, code.NoEDE.
	EDE  code.EDE
	Text string
	// Made says that Set was made of a DNAME above, which is to be shown with it.
	Made bool
	// Renew says that the entry was asked for from above to take the place of
	// one that ends soon: it replaces that one, alive and trusted as it is.
	Renew bool
}

// copyIn is e with octets of its own, in one piece.
func (e Entry) copyIn(owner dname.Name) Entry {
	b := make([]byte, 0, len(owner)+len(e.Set)+len(e.Apex)+len(e.SOA))
	cut := func(part []byte) []byte {
		if len(part) == 0 {
			return nil
		}
		start := len(b)
		b = append(b, part...)
		return b[start:len(b):len(b)]
	}
	e.Owner, e.Set, e.Apex, e.SOA = cut(owner), cut(e.Set), cut(e.Apex), cut(e.SOA)
	return e
}

// bookkeeping is what an entry costs beside its octets: the node, its place in
// the map, what the allocator rounds up.
const bookkeeping = 384

func (e *Entry) size() int {
	return bookkeeping + len(e.Owner) + len(e.Set) + len(e.Apex) + len(e.SOA) + len(e.Text)
}

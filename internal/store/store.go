// Package store is the contract of the log of Changes: what a backend must do
// for all names to be written down once, whole, and for good. store/sqlite is
// the embedded backend; store/storetest is the suite that each must pass.
package store

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Store is a log of Changes with the state that follows from it, and a shelf
// of small documents. All methods may be called from many goroutines at once.
//
// Durability: when Append or Put returns without an error, what it wrote
// survives the sudden death of the process and of the machine. What was not
// acknowledged may survive or not, but a Change never in part.
type Store interface {
	Log
	State
	Shelf
	Close() error
}

// Log is the Changes in order.
type Log interface {
	// Append adds the Changes to the log in order, gives each its Revision,
	// and brings the state up to date. Each is all or nothing: it is refused
	// with ErrConflict if the head of one of its zones is not its Base, if it
	// creates a zone whose apex or id exists, or if its Request.Key is taken
	// in its account, or its ID in the log; with another error if it cannot be
	// kept: data that is not well formed, a record id that another record has,
	// a Before with more or fewer records than are there. The number is how many
	// were appended; those behind the first that is refused are not looked at.
	// Callers that come together may share one write to disk. A Change belongs
	// to the store once it is appended and is not written to again.
	Append(ctx context.Context, changes []*change.Change) (int, error)
	// Head is the Revision of the last Change.
	Head(ctx context.Context) (change.Revision, error)
	// Changes yields Changes as q says. The error ends it.
	Changes(ctx context.Context, q Query) iter.Seq2[*change.Change, error]
	// Watch yields every Change after the given Revision, in order and without
	// gaps, waiting for those to come, until ctx ends, whose error it yields
	// then, or the store does, with ErrClosed. One who stopped resumes with the
	// last Revision seen. It yields ErrCompacted where the log does not reach
	// back so far: load the state anew then.
	Watch(ctx context.Context, after change.Revision) iter.Seq2[*change.Change, error]
}

// Query picks Changes out of the log. The zero Query is all, oldest first.
type Query struct {
	After   change.Revision // only those with a higher one
	Before  change.Revision // only those with a lower one; 0 for no bound
	Zone    change.ZoneID   // only those of this zone, and of them only its ZoneDiff; zero for all
	Account string          // only those whose Origin has it; empty for all
	ID      string          // only the one of that ID
	Key     string          // only the one of that Request.Key in Account
	Newest  bool            // newest first
	Limit   int             // at most so many; 0 for all
	Heads   bool            // without the Sets, but with all else: cheap
}

// State is what follows from the log: the zones and RRsets as they are now.
type State interface {
	// Zones yields all zones with all their RRsets, for the start of a
	// server: each zone is followed by its RRsets in the order of RRsets, to be
	// walked over at most once before the next zone is asked for; an error ends
	// both. The
	// Revision of the state is that of Head before the first write after it.
	Zones(ctx context.Context) iter.Seq2[ZoneState, error]
	// RRset is the RRset of that owner and type; without Records if there is none.
	RRset(ctx context.Context, id change.ZoneID, owner dname.Name, t rr.Type) (change.RRset, error)
	// RRsets yields the RRsets of a zone in canonical order of their owners
	// (RFC 4034, Section 6.1), then by type, as r says.
	RRsets(ctx context.Context, id change.ZoneID, r Range) iter.Seq2[change.RRset, error]
	// Record finds a record by its id: the RRset that it is in. ErrNotFound
	// if there is none.
	Record(ctx context.Context, id change.ZoneID, record uint64) (change.RRset, error)
	// Search yields the RRsets of all zones that s matches, zones by apex.
	Search(ctx context.Context, s Search) iter.Seq2[Hit, error]
}

// ZoneState is a zone as it is now.
type ZoneState struct {
	Zone    change.Zone
	Serial  change.Serial
	Head    change.Revision // of the last Change to it
	Changed time.Time       // of that Change
	Records int             // in all, disabled ones included, the SOA not
	RRsets  iter.Seq[change.RRset]
}

// Range picks RRsets of a zone. The zero Range is all.
type Range struct {
	Owner dname.Name // only those of this owner; nil for all
	Type  rr.Type    // only those of this type; 0 for all
	After Place      // only those behind this Owner and Type; its Apex is of no matter
	Skip  int        // leave out the first so many records; an RRset may come without its first ones
	Limit int        // at most so many records; an RRset may come without its last ones; 0 for all
}

// Search picks records by text.
type Search struct {
	Text  string // part of the owner, or of the data in presentation form; ASCII letters in any case
	Limit int    // at most so many RRsets
	After Place  // only those behind this one, for the next page
}

// Place is where a Hit stands in the order of a Search.
type Place struct {
	Apex  dname.Name
	Owner dname.Name
	Type  rr.Type
}

// Hit is an RRset that a Search found.
type Hit struct {
	Zone  change.ZoneID
	Apex  dname.Name
	RRset change.RRset
}

// Shelf holds small documents, up to MaxDocument octets each, by kind and id:
// accounts, tokens, and what else is no name.
type Shelf interface {
	// Get is the document, or ErrNotFound.
	Get(ctx context.Context, kind, id string) (Document, error)
	// Put writes d if the one that is there has d's Version (0: if there is
	// none), and returns its new Version; ErrConflict otherwise. A nil Body
	// removes it.
	Put(ctx context.Context, d Document) (version uint64, err error)
	// Documents yields all of a kind by id.
	Documents(ctx context.Context, kind string) iter.Seq2[Document, error]
}

// MaxDocument is the largest document, in octets.
const MaxDocument = 256 << 10

// Document is one thing on the shelf.
type Document struct {
	Kind, ID string
	Version  uint64
	Body     []byte
}

// Errors of a Store. Others are those of the disk or the network below it, and
// leave the state as it was.
var (
	ErrConflict  = errors.New("somebody else has changed it meanwhile")
	ErrNotFound  = errors.New("not found")
	ErrCompacted = errors.New("the log does not reach back so far")
	ErrClosed    = errors.New("the store is closed")
)

package resolver

import (
	"fmt"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Chain is what was done for a question, in order, and why it ended.
type Chain []Step

// Kind is what a step found, in one word.
type Kind uint8

// The kinds.
const (
	Found     Kind = iota // the records asked for
	CNAME                 // an alias
	DNAME                 // a redirection of all names below
	ALIAS                 // a name whose addresses are those of another; one step for each target
	NoData                // the name has no such records
	NoName                // the name does not exist
	Servers               // which servers to ask
	Refer                 // other servers, nearer to the name
	Fetch                 // the address of a server is wanted
	Silent                // a server that did not answer
	Lame                  // a server that has no say in the zone, or says nonsense
	Shown                 // a shorter name led no further: more of it is shown
	Loop                  // a chain that comes back to a name it has passed
	TooLong               // a chain of more links than allowed
	Exhausted             // all servers tried, or all work done that is allowed
	Unknown               // not in the cache, and nobody was to be asked
)

var kindNames = [...]string{
	"found", "cname", "dname", "alias", "nodata", "noname", "servers", "referral", "fetch",
	"silent", "lame", "shown", "loop", "too long", "exhausted", "unknown",
}

func (k Kind) String() string { return kindNames[k] }

// Source is where a step's knowledge came from.
type Source uint8

// The sources.
const (
	Live   Source = iota // a server, just now
	Cached               // the cache
	Stale                // the cache, expired
	Ours                 // our own zones, or the configuration
)

func (s Source) String() string { return [...]string{"live", "cache", "stale", "own"}[s] }

// Step is one step of a Chain.
type Step struct {
	Depth  int // 0 for the question itself, more for searches of servers' addresses
	Kind   Kind
	Owner  dname.Name
	Type   rr.Type
	Zone   dname.Name // whose servers were asked; nil where none were
	Server string     // that was asked; "" for none
	Source Source
	TTL    uint32        // left, in seconds
	Took   time.Duration // to answer; of a Silent server until the next was asked, while it may answer yet
	Target dname.Name    // of an alias or a referral; nil otherwise
	Why    string        // what is wrong with a server, why it ended
}

// String is the step in one line.
func (s Step) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s %s %s (%s", strings.Repeat("  ", s.Depth), s.Kind, s.Owner, s.Type, s.Source)
	if s.Server != "" {
		fmt.Fprintf(&b, " from %s", s.Server)
	}
	if s.Zone != nil {
		fmt.Fprintf(&b, " of %s", s.Zone)
	}
	if s.TTL > 0 {
		fmt.Fprintf(&b, ", %d s left", s.TTL)
	}
	b.WriteByte(')')
	if s.Target != nil {
		b.WriteString(" to " + s.Target.String())
	}
	if s.Why != "" {
		b.WriteString(": " + s.Why)
	}
	return b.String()
}

// maxSteps bounds a Chain whatever servers say.
const maxSteps = 256

func (w *walk) step(s Step) {
	if s.Owner == nil {
		s.Owner = w.name
	}
	if s.Type == 0 {
		s.Type = w.t
	}
	s.Depth = w.depth
	if len(w.root.chain) < maxSteps {
		w.root.chain = append(w.root.chain, s)
	}
}

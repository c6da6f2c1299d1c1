// Package propagation asks the servers of a zone, and some resolvers, what they say of
// a name, and holds that against what they ought to say.
package propagation

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/resolver"
)

// Nobody is a TTL that nobody knows.
const Nobody = servers.Nobody

// publicResolvers are those of the best known, by who runs them. All of them
// answer for everybody and change nothing.
var publicResolvers = []struct {
	addr netip.AddrPort
	name string
}{
	{netip.MustParseAddrPort("1.1.1.1:53"), "Cloudflare"},
	{netip.MustParseAddrPort("8.8.8.8:53"), "Google"},
	{netip.MustParseAddrPort("9.9.9.10:53"), "Quad9"},
	{netip.MustParseAddrPort("208.67.222.222:53"), "OpenDNS"},
	{netip.MustParseAddrPort("94.140.14.140:53"), "AdGuard"},
	{netip.MustParseAddrPort("76.76.2.0:53"), "Control D"},
}

// PublicResolvers is the resolvers that are asked unless others are named.
func PublicResolvers() (out []netip.AddrPort) {
	for _, p := range publicResolvers {
		out = append(out, p.addr)
	}
	return out
}

// resolverName is who runs the resolver at a, where that is well known.
func resolverName(a netip.AddrPort) string {
	for _, p := range publicResolvers {
		if p.addr == a {
			return p.name
		}
	}
	return ""
}

// Role is what a server is to a name.
type Role string

// The roles.
const (
	Authoritative Role = "authoritative" // a server of the zone
	Recursive     Role = "resolver"      // a resolver for everybody
	Ourselves     Role = "ours"          // what this server itself would say
)

// State is how what a server says compares with what is expected.
type State string

// The states.
const (
	Matches State = "matches"
	Differs State = "differs"
	Errs    State = "error" // no answer, or one that says nothing of the records
)

// Row is what one server says.
type Row struct {
	Server  string // address and port
	Name    string
	Role    Role
	State   State
	Heard   bool // there was a response: Rcode is its code
	Rcode   code.Rcode
	Aliases []dname.Name
	Records []string // sorted
	Left    int64    // how long it says so, in seconds, or Nobody
	Serial  *uint32
	Took    time.Duration
	Why     string

	view servers.View
}

// Answered reports whether r says something of the records.
func (r *Row) Answered() bool { return r.Why == "" }

// Expected is what servers are held against.
type Expected struct {
	Data [][]byte // RDATA that every server should have; nil for what the zone's servers say
	Gone bool     // no records
}

// Report is who says what of a name.
type Report struct {
	resolver.Question
	Zone                     dname.Name // nil where it was not found
	Ours                     bool
	Expect                   []string
	From                     string // given, ours, authoritative, resolvers, or none
	Rows                     []Row
	Matches, Differs, Errors int
	Done                     bool
	Left                     int64 // until the last that differs forgets; Nobody where nobody knows
	Warnings                 []string
	Took                     time.Duration
}

// Show takes what v says over.
func (r *Row) Show(v servers.View) {
	r.view, r.Heard, r.Rcode, r.Aliases, r.Left, r.Why = v, v.Heard, v.Rcode, v.Aliases, v.Left, v.Why
	if r.Records = servers.Contents(v.Set); r.Records == nil {
		r.Records = []string{}
	}
	slices.Sort(r.Records)
}

// Title is the server by name and address.
func (r *Row) Title() string {
	if r.Name != "" {
		return r.Name + " (" + r.Server + ")"
	}
	return r.Server
}

// Says is the answer of a server in words.
func (r *Row) Says() string {
	switch {
	case len(r.Records) > 0:
		return strings.Join(r.Records, ", ")
	case len(r.Aliases) > 0:
		return "that it is an alias of " + servers.Join(r.Aliases)
	}
	return "that there are none (" + r.Rcode.String() + ")"
}

// Remaining is how long r goes on to say so, in words.
func (r *Row) Remaining() string {
	if r.Left == Nobody {
		return ", nobody knows for how long"
	}
	return fmt.Sprintf(", for %d s", r.Left)
}

// Version is the serial number of the zone that r has, in words, if it told.
func (r *Row) Version() string {
	if r.Serial == nil {
		return ""
	}
	return fmt.Sprintf(", with serial %d of the zone", *r.Serial)
}

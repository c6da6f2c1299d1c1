package doctor

import (
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/resolver"
)

// Kind is what a Step found, in one word.
type Kind string

// The kinds: records, links, ends, and what befell servers.
const (
	Exact     Kind = "exact"    // the name has the records itself
	Wildcard  Kind = "wildcard" // a wildcard stands for it
	CNAME     Kind = "CNAME"
	DNAME     Kind = "DNAME"
	ALIAS     Kind = "ALIAS"
	HTTPS     Kind = "HTTPS"    // in AliasMode (RFC 9460, Section 2.4.2)
	SVCB      Kind = "SVCB"     // in AliasMode
	NoData    Kind = "nodata"   // the name has no such records
	NXDomain  Kind = "nxdomain" // the name does not exist
	Departed  Kind = "departed" // the name is with others, and nobody is to be asked
	Servers   Kind = "servers"
	Referral  Kind = "referral"
	Fetch     Kind = "fetch"
	Silent    Kind = "silent"
	Lame      Kind = "lame"
	Shown     Kind = "shown"
	Loop      Kind = "loop"
	TooLong   Kind = "too-long"
	Exhausted Kind = "exhausted"
	Unknown   Kind = "unknown"
)

var kindsOfResolver = map[resolver.Kind]Kind{
	resolver.Found: Exact, resolver.CNAME: CNAME, resolver.DNAME: DNAME, resolver.ALIAS: ALIAS, resolver.NoData: NoData, resolver.NoName: NXDomain,
	resolver.Servers: Servers, resolver.Refer: Referral, resolver.Fetch: Fetch, resolver.Silent: Silent, resolver.Lame: Lame,
	resolver.Shown: Shown, resolver.Loop: Loop, resolver.TooLong: TooLong, resolver.Exhausted: Exhausted, resolver.Unknown: Unknown,
}

// links reports whether k leads from its owner to a target.
func (k Kind) links() bool {
	switch k {
	case CNAME, DNAME, ALIAS, HTTPS, SVCB:
		return true
	}
	return false
}

// says reports whether k is something that the answer is made of.
func (k Kind) says() bool {
	switch k {
	case Exact, Wildcard, NoData, NXDomain:
		return true
	}
	return k.links()
}

// Nobody is a TTL that nobody knows.
const Nobody = servers.Nobody

// Step is one step of a Chain: from a name to what it stands for, or to a server.
type Step struct {
	Depth   int // 0 on the way itself; more in searches for servers' addresses
	Kind    Kind
	Owner   dname.Name
	Type    rr.Type
	Via     dname.Name // the wildcard or DNAME that makes it; nil for none
	Zone    dname.Name // that holds Owner, or whose servers were asked; nil where none
	Server  string     // that was asked; "" for none
	Source  resolver.Source
	Ours    bool          // this server holds Zone
	TTL     int64         // as declared, in seconds, or Nobody
	Left    int64         // of it, or Nobody
	Took    time.Duration // to answer, or waited for in vain
	Target  dname.Name    // of a link or a referral; nil otherwise
	State   string        // of what is known of an ALIAS target of others
	Why     string
	Records []string // contents found, in presentation form
}

// End is why a Chain ended, in one word.
type End string

// The ends.
const (
	EndAnswered  End = "answered"
	EndNoData    End = "nodata"
	EndNXDomain  End = "nxdomain"
	EndDeparted  End = "departed"
	EndDelegated End = "delegated"
	EndLoop      End = "loop"
	EndTooLong   End = "too-long"
	EndOverflow  End = "overflow"
	EndRefused   End = "refused"
	EndFailed    End = "failed"
)

// Outcome is what is said to a question.
type Outcome struct {
	Items []Item // of the answer section: the chain in order, then the records
	Rcode code.Rcode
	EDE   code.EDE
	Text  string // of the EDE
	End   End
	Why   string // it ended so
	TTL   int64  // how long the whole is true, in seconds; Nobody where it is not to be kept
}

// records are the contents of type t in items, in presentation form.
func (o *Outcome) records(t rr.Type) (out []string) {
	for _, i := range o.Items {
		if i.Set.Type() == t {
			out = append(out, servers.Contents(i.Set)...)
		}
	}
	return out
}

// ofResolver is the step s of a resolver's Chain.
func ofResolver(s resolver.Step) Step {
	out := Step{
		Depth: s.Depth, Kind: kindsOfResolver[s.Kind], Owner: s.Owner, Type: s.Type, Zone: s.Zone, Server: s.Server,
		Source: s.Source, TTL: Nobody, Left: Nobody, Took: s.Took, Target: s.Target, Why: s.Why,
	}
	if out.Kind.says() || out.Kind == Referral {
		out.TTL, out.Left = int64(s.TTL), int64(s.TTL)
	}
	return out
}

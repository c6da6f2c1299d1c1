package call

import (
	"slices"
	"strconv"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// Handler does what an operation is for: it answers, or says why not. Without
// a Reply the answer has no body.
type Handler func(*Call) (*envelope.Reply, error)

// By is the Handler that a method of a room's own kind of Call is. Such a kind
// embeds the Call and nothing else: it is there to have the room's methods.
func By[K ~struct{ *Call }](method func(K) (*envelope.Reply, error)) Handler {
	return func(c *Call) (*envelope.Reply, error) { return method(K{c}) }
}

// Route is one operation of the API: how it is reached, what it needs, and
// what its description says.
type Route struct {
	Method, Path string // the path below Prefix, in the form of net/http
	ID           string // the operationId
	Tag          string
	Summary      string
	Description  string
	Scopes       []access.Scope
	Instead      access.Scope // that is enough by itself; empty for none
	Public       bool         // no token is needed
	Person       bool         // for a person who has signed in, and no token
	Confirmed    bool         // a person must have shown lately who they are; a token need not
	Queries      []Query
	Headers      []string // that it looks at: If-Match, Idempotency-Key
	Body         any      // a value of the type that is read as JSON; nil for none
	BodyOptional bool
	Text         bool   // the body is a zone file instead
	Status       int    // of success
	Answer       any    // a value of the type that is answered; nil for no body
	Lines        bool   // it can be answered in lines of JSON too
	Type         string // media type of the answer where it is not JSON
	MaxBody      int64  // in octets; 0 for DefaultBody
	Open         bool   // fields and parameters that are not known are passed over, as DNScale's clients need it
	Handle       Handler
}

// DefaultBody is how many octets a body may have.
const DefaultBody = 1 << 20

// HoldsSecret reports whether an answer may hold a secret: of a session, a
// token, or a code by which somebody joins.
func (r *Route) HoldsSecret() bool {
	switch r.Answer.(type) {
	case api.Response[api.SessionData], api.Response[api.APIKeyData], api.Response[api.InviteData]:
		return true
	}
	return false
}

// rehearses reports whether the operation knows a dry run.
func (r *Route) rehearses() bool {
	return slices.ContainsFunc(r.Queries, func(q Query) bool { return q.Name == DryRun.Name })
}

// parameters is the names of all parameters of the query.
func (r *Route) parameters() []string {
	names := make([]string, len(r.Queries))
	for i := range r.Queries {
		names[i] = r.Queries[i].Name
	}
	return names
}

// Query is a parameter of the query string.
type Query struct {
	Name, Type, Description string // Type is string, integer or boolean
	Default                 any
	Required                bool
}

// Scopes that operations of several rooms need.
var (
	ReadZones   = []access.Scope{access.ZonesRead}
	ReadRecords = []access.Scope{access.ZonesRead, access.RecordsRead}
)

// DryRun is the parameter of what can be rehearsed.
var DryRun = Query{Name: "dry_run", Type: "boolean", Description: "judge and show what would change, but write nothing; the answer is 200 with the change"}

// Page is the parameters of a list that comes in parts: of def, and of most at most.
func Page(def, most int) []Query {
	return []Query{
		{Name: "offset", Type: "integer", Description: "how many to leave out", Default: 0},
		{Name: "limit", Type: "integer", Description: "how many to list; more than the most is taken as the most: " + strconv.Itoa(most), Default: def},
	}
}

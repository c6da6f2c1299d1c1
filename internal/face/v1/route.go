package v1

import (
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// Route is one operation of the API: how it is reached, what it needs, and
// what its description says.
type Route struct {
	Method, Path string // the path below Prefix, in the form of net/http
	ID           string // the operationId
	Tag          string
	Summary      string
	Description  string
	Scopes       []access.Scope
	Public       bool // no token is needed
	Person       bool // for a person who has signed in, and no token
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

	handle func(*call) (*envelope.Reply, error)
}

// rehearses reports whether the operation knows a dry run.
func (r *Route) rehearses() bool {
	return slices.ContainsFunc(r.Queries, func(q Query) bool { return q.Name == dryRun.Name })
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

// Limits of bodies, in octets.
const (
	DefaultBody = 1 << 20
	changeBody  = 32 << 20
	ImportBody  = 1 << 30
)

var (
	readZones    = []access.Scope{access.ZonesRead}
	writeZones   = []access.Scope{access.ZonesRead, access.ZonesWrite}
	readRecords  = []access.Scope{access.ZonesRead, access.RecordsRead}
	writeRecords = []access.Scope{access.ZonesRead, access.RecordsRead, access.RecordsWrite}
	writeAll     = []access.Scope{access.ZonesRead, access.ZonesWrite, access.RecordsRead, access.RecordsWrite}
	readUsers    = []access.Scope{access.AccountsRead}
	writeUsers   = []access.Scope{access.AccountsRead, access.AccountsWrite}
	readTokens   = []access.Scope{access.TokensRead}
	writeTokens  = []access.Scope{access.TokensRead, access.TokensWrite}
)

var (
	writeHeaders = []string{envelope.IfMatch} // PUT and DELETE do the same when they are repeated
	postHeaders  = []string{envelope.IfMatch, envelope.IdempotencyKey}
	readHeaders  = []string{"If-None-Match"}
	repeatHeader = []string{envelope.IdempotencyKey}
)

var dryRun = Query{Name: "dry_run", Type: "boolean", Description: "judge and show what would change, but write nothing; the answer is 200 with the change"}

func page(def, most int) []Query {
	return []Query{
		{Name: "offset", Type: "integer", Description: "how many to leave out", Default: 0},
		{Name: "limit", Type: "integer", Description: "how many to list; more than the most is taken as the most: " + itoa(most), Default: def},
	}
}

var cursor = []Query{
	{Name: "limit", Type: "integer", Description: "how many to list", Default: 100},
	{Name: "cursor", Type: "string", Description: "next of the part before"},
}

// Routes is all operations, in the order in which they are described.
func Routes() []Route {
	var all []Route
	for _, group := range [...]struct {
		routes []Route
		open   bool
	}{
		{healthRoutes, true}, {zoneRoutes, true}, {recordRoutes, true}, {changeRoutes, false}, {planRoutes, false},
		{aliasRoutes, false}, {explainRoutes, false}, {textRoutes, false}, {searchRoutes, false}, {activityRoutes, false}, {userRoutes, false},
		{keyRoutes, false}, {sessionRoutes, false}, {passkeyRoutes, false}, {memberRoutes, false}, {usageRoutes, true}, {trafficRoutes, false}, {targetRoutes, false}, {dnssecRoutes, true}, {missingRoutes, true},
	} {
		for _, r := range group.routes {
			r.Open = group.open
			all = append(all, r)
		}
	}
	return all
}

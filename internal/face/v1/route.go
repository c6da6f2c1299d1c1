package v1

import (
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/checks"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/explain"
	"github.com/truename-dns/truename/internal/face/v1/people"
	"github.com/truename-dns/truename/internal/face/v1/targets"
	"github.com/truename-dns/truename/internal/face/v1/usage"
)

// Route is one operation of the API.
type Route = call.Route

// Query is a parameter of the query string of an operation.
type Query = call.Query

// Limits of bodies, in octets.
const (
	DefaultBody = call.DefaultBody
	changeBody  = 32 << 20
	ImportBody  = 1 << 30
)

var (
	writeZones   = []access.Scope{access.ZonesRead, access.ZonesWrite}
	writeRecords = []access.Scope{access.ZonesRead, access.RecordsRead, access.RecordsWrite}
	writeAll     = []access.Scope{access.ZonesRead, access.ZonesWrite, access.RecordsRead, access.RecordsWrite}
)

var (
	writeHeaders = []string{envelope.IfMatch} // PUT and DELETE do the same when they are repeated
	postHeaders  = []string{envelope.IfMatch, envelope.IdempotencyKey}
	readHeaders  = []string{"If-None-Match"}
	repeatHeader = []string{envelope.IdempotencyKey}
)

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
		{aliasRoutes, false}, {explain.Routes, false}, {textRoutes, false}, {searchRoutes, false}, {checks.Routes, false}, {activityRoutes, false}, {people.Routes, false},
		{usage.Routes, true}, {usage.TrafficRoutes, false}, {targets.Routes, false}, {dnssecRoutes, true}, {missingRoutes, true},
	} {
		for _, r := range group.routes {
			r.Open = group.open
			all = append(all, r)
		}
	}
	return all
}

package control

import (
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// The words in which changes are asked for.
type (
	Request    = request.Request
	ZoneEdit   = request.Zone
	Ref        = request.Ref
	NewZone    = request.NewZone
	ZonePatch  = request.Patch
	Op         = request.Op
	Edit       = request.Edit
	RecordEdit = request.Record
)

// What an Edit does.
const (
	Put    = request.Put
	Add    = request.Add
	Remove = request.Remove
	Set    = request.Set
	Drop   = request.Drop
)

// Result is what came of a Request.
type Result struct {
	Change   *change.Change // nil where all is as wanted already
	Warnings []lint.Finding
	Turned   []*shape.Turned // of zones that begin or cease to flatten all
	Replayed bool            // the Idempotency-Key is known: this is what came of it the first time
	DryRun   bool
}

package api

import (
	"encoding/json"
	"time"
)

// The codes of errors that clients act on. Others are those of rules and of
// the change's way, in upper case with underscores.
const (
	CodeInvalidInput   = "INVALID_INPUT"
	CodeInvalidJSON    = "INVALID_JSON"
	CodeInvalidZoneID  = "INVALID_ZONE_ID"
	CodeUnauthorized   = "UNAUTHORIZED"
	CodeForbidden      = "FORBIDDEN"
	CodeNotFound       = "NOT_FOUND"
	CodeZoneNotFound   = "ZONE_NOT_FOUND"
	CodeRecordNotFound = "RECORD_NOT_FOUND"
	CodeChangeNotFound = "CHANGE_NOT_FOUND"
	CodePlanNotFound   = "PLAN_NOT_FOUND"
	CodeBadMethod      = "METHOD_NOT_ALLOWED"
	CodeMediaType      = "UNSUPPORTED_MEDIA_TYPE"
	CodeTooLarge       = "TOO_LARGE"
	CodeTimeout        = "TIMEOUT"
	CodeConflict       = "CONFLICT"
	CodeMoved          = "PRECONDITION_FAILED"
	CodeRateLimited    = "RATE_LIMITED"
	CodeNotImplemented = "NOT_IMPLEMENTED"
	CodeUnavailable    = "UNAVAILABLE"
	CodeInternal       = "INTERNAL_ERROR"
)

// Error is why a request was not done. Nothing was changed by it.
type Error struct {
	Code     string              `json:"code" example:"INVALID_ZONE_ID"`
	Message  string              `json:"message" doc:"what is wrong, and what to do"`
	Details  []map[string]string `json:"details,omitempty" doc:"for each thing wrong: field, code, message, fix, conflict, source, as far as there are"`
	Findings []Finding           `json:"findings,omitempty" doc:"the rules that would be broken, with conflicts and ready fixes"`
	Warnings []Finding           `json:"warnings,omitempty" doc:"what the change would be warned of if it were done"`

	Status     int           `json:"-"` // of HTTP
	Request    string        `json:"-"` // its X-Request-ID
	RetryAfter time.Duration `json:"-"` // its Retry-After; 0 for none
}

func (e *Error) Error() string { return e.Message }

// Finding is a rule that is broken, or a place in a zone file that is wrong.
type Finding struct {
	Severity  string   `json:"severity" enum:"error,warning"`
	Code      string   `json:"code" example:"cname-and-other-data" doc:"the rule"`
	Message   string   `json:"message"`
	Fix       string   `json:"fix,omitempty" doc:"what to do, in words"`
	Source    string   `json:"source,omitempty" example:"RFC 1034, Section 3.6.2"`
	Owner     string   `json:"owner,omitempty" example:"www.example.com."`
	File      string   `json:"file,omitempty"`
	Line      int      `json:"line,omitempty" doc:"from 1, in posted zone text"`
	Column    int      `json:"column,omitempty" doc:"from 1, in octets"`
	Conflicts []string `json:"conflicts" doc:"the records that do not go together"`
	Fixes     []Fix    `json:"fixes" doc:"any one of them takes the finding away"`
}

// MarshalJSON writes lists that are empty as such, so that they are always there.
func (f Finding) MarshalJSON() ([]byte, error) {
	type plain Finding
	if f.Conflicts == nil {
		f.Conflicts = []string{}
	}
	if f.Fixes == nil {
		f.Fixes = []Fix{}
	}
	return json.Marshal(plain(f))
}

// Fix is a ready patch. For what is stored already, its zones can be posted to
// /changes as they are; for a change that was refused, they join the zones of
// that change.
type Fix struct {
	Title string       `json:"title"`
	Zones []ZoneChange `json:"zones"`
}

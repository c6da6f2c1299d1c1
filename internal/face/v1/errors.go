package v1

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// fail is an error with the message for the client.
func fail(status int, code, message string) *api.Error {
	return &api.Error{Status: status, Code: code, Message: message}
}

// invalid is what is wrong with a field of the request.
func invalid(field, format string, args ...any) *api.Error {
	e := fail(http.StatusBadRequest, api.CodeInvalidInput, fmt.Sprintf(format, args...))
	e.Details = []map[string]string{{"field": field, "message": e.Message}}
	return e
}

func internal() *api.Error {
	return fail(http.StatusInternalServerError, api.CodeInternal, "the server failed; nothing is known to have changed; its log says more under this request id")
}

func writeError(w http.ResponseWriter, e *api.Error) {
	body, err := json.Marshal(api.Failure{Status: api.Failed, Error: e})
	if err != nil { // strings and lists of them always can be written
		panic(err)
	}
	writeJSON(w, e.Status, body)
}

// statuses of the classes of control's errors, with the code that clients know.
var statuses = map[control.Class]struct {
	status int
	code   string // empty for that of the error itself
}{
	control.Invalid:     {http.StatusBadRequest, api.CodeInvalidInput},
	control.Denied:      {http.StatusForbidden, api.CodeForbidden},
	control.Missing:     {http.StatusNotFound, ""},
	control.Conflict:    {http.StatusConflict, api.CodeConflict},
	control.Refused:     {http.StatusConflict, api.CodeConflict},
	control.Moved:       {http.StatusPreconditionFailed, api.CodeMoved},
	control.TooLarge:    {http.StatusRequestEntityTooLarge, api.CodeTooLarge},
	control.Unavailable: {http.StatusServiceUnavailable, api.CodeUnavailable},
}

// translate is the error for the client.
func (c *call) translate(err error) *api.Error {
	var (
		ready *api.Error
		ours  *control.Error
	)
	if errors.As(err, &ready) {
		return ready
	}
	if d := deniedCode(err); d != nil {
		return d
	}
	switch {
	case errors.As(err, &ours):
		return c.ofControl(ours)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fail(http.StatusServiceUnavailable, api.CodeUnavailable, "the request was given up before it was done; look whether it was")
	}
	var known *access.Error
	if errors.As(err, &known) {
		return c.ofAccess(known)
	}
	c.Log.Error("a request failed", "method", c.r.Method, "path", c.r.URL.Path, "request", c.w.Header().Get("X-Request-ID"), "error", err)
	return internal()
}

// accessStatuses of the classes of access's errors.
var accessStatuses = map[access.Class]struct {
	status int
	code   string
}{
	access.Invalid:         {http.StatusBadRequest, api.CodeInvalidInput},
	access.Unauthenticated: {http.StatusUnauthorized, api.CodeUnauthorized},
	access.Forbidden:       {http.StatusForbidden, api.CodeForbidden},
	access.Missing:         {http.StatusNotFound, ""},
	access.Conflict:        {http.StatusConflict, api.CodeConflict},
	access.Unavailable:     {http.StatusServiceUnavailable, api.CodeUnavailable},
}

func (c *call) ofAccess(e *access.Error) *api.Error {
	if e.Class == access.TooMany {
		return c.wait(e.RetryAfter)
	}
	s, known := accessStatuses[e.Class]
	if !known {
		s = accessStatuses[access.Unavailable]
	}
	code := s.code
	if code == "" {
		code = upper(e.Code)
	}
	if s.status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="truename", error="invalid_token"`)
	}
	out := fail(s.status, code, e.Error())
	out.Details = []map[string]string{without(map[string]string{"code": e.Code, "field": e.Field, "message": e.Message, "fix": e.Fix})}
	return out
}

// upper is a code of ours as clients know them.
func upper(code string) string { return strings.ToUpper(strings.ReplaceAll(code, "-", "_")) }

func (c *call) ofControl(e *control.Error) *api.Error {
	s, known := statuses[e.Class]
	if !known {
		s = statuses[control.Unavailable]
	}
	code := s.code
	if code == "" {
		code = upper(e.Code)
	}
	out := fail(s.status, code, e.Error())
	if e.Class == control.Unavailable {
		c.Log.Error("the store is not available", "request", c.w.Header().Get("X-Request-ID"), "error", e)
		c.w.Header().Set("Retry-After", "2")
	}
	out.Findings = findings(e.Findings)
	out.Details = details(e)
	return out
}

// details is e as maps, for clients that know no findings.
func details(e *control.Error) []map[string]string {
	const most = 20
	if len(e.Findings) == 0 {
		return []map[string]string{without(map[string]string{"code": e.Code, "field": e.Path, "message": e.Message, "fix": e.Fix})}
	}
	var out []map[string]string
	for _, f := range e.Findings[:min(most, len(e.Findings))] {
		out = append(out, without(map[string]string{
			"code": f.Code, "field": e.Path, "owner": f.Owner, "message": f.Message, "fix": f.Fix,
			"source": f.Source, "conflict": strings.Join(f.Conflicts, "; "), "at": f.At(),
		}))
	}
	return out
}

// without leaves out what is empty.
func without(m map[string]string) map[string]string {
	for k, v := range m {
		if v == "" {
			delete(m, k)
		}
	}
	return m
}

// findings is what the rules say, in the API's form.
func findings(list []lint.Finding) []api.Finding {
	if len(list) == 0 {
		return nil
	}
	out := make([]api.Finding, len(list))
	for i, f := range list {
		out[i] = api.Finding{
			Severity: string(f.Severity), Code: f.Code, Message: f.Message, Fix: f.Fix, Source: f.Source, Owner: f.Owner,
			File: f.File, Line: f.Line, Column: f.Column, Conflicts: f.Conflicts,
		}
		for _, fix := range f.Fixes {
			out[i].Fixes = append(out[i].Fixes, patch(fix))
		}
	}
	return out
}

// patch is a fix as zones of a change.
func patch(f lint.Fix) api.Fix {
	out := api.Fix{Title: f.Title}
	at := make(map[string]int)
	for _, e := range f.Edits {
		i, seen := at[e.Zone]
		if !seen {
			i = len(out.Zones)
			at[e.Zone] = i
			out.Zones = append(out.Zones, api.ZoneChange{Zone: e.Zone})
		}
		z := &out.Zones[i]
		if e.Op != lint.OpAdd {
			z.Edits = append(z.Edits, api.RecordEdits{Op: api.OpRemove, Name: e.Owner, Type: e.Type, Contents: e.Old})
		}
		if e.Op != lint.OpRemove {
			add := api.RecordEdits{Op: api.OpAdd, Name: e.Owner, Type: e.Type, Contents: e.Data}
			if e.TTL != 0 {
				add.TTL = &e.TTL
			}
			z.Edits = append(z.Edits, add)
		}
	}
	return out
}

package envelope

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
)

// status of a class of errors, with the code that clients know; that is empty
// where the error's own code says more.
type status struct {
	status int
	code   string
}

var unavailable = status{http.StatusServiceUnavailable, api.CodeUnavailable}

var controlClasses = map[control.Class]status{
	control.Invalid:     {http.StatusBadRequest, api.CodeInvalidInput},
	control.Denied:      {http.StatusForbidden, api.CodeForbidden},
	control.Missing:     {http.StatusNotFound, ""},
	control.Conflict:    {http.StatusConflict, api.CodeConflict},
	control.Refused:     {http.StatusConflict, api.CodeConflict},
	control.Moved:       {http.StatusPreconditionFailed, api.CodeMoved},
	control.TooLarge:    {http.StatusRequestEntityTooLarge, api.CodeTooLarge},
	control.Unavailable: unavailable,
}

var accessClasses = map[access.Class]status{
	access.Invalid:         {http.StatusBadRequest, api.CodeInvalidInput},
	access.Unauthenticated: {http.StatusUnauthorized, api.CodeUnauthorized},
	access.Forbidden:       {http.StatusForbidden, api.CodeForbidden},
	access.Missing:         {http.StatusNotFound, ""},
	access.Conflict:        {http.StatusConflict, api.CodeConflict},
	access.TooMany:         {http.StatusTooManyRequests, api.CodeRateLimited},
	access.Unavailable:     unavailable,
}

// error is an error of that class whose own code is code.
func (s status) error(code, message string) *api.Error {
	if s.status == 0 {
		s = unavailable
	}
	if s.code == "" {
		s.code = strings.ToUpper(strings.ReplaceAll(code, "-", "_"))
	}
	return Fail(s.status, s.code, message)
}

// Error is err for the client. What no room has made an error of its own is the
// server's fault.
func Error(err error) *api.Error {
	var (
		ready  *api.Error
		denied *access.Denied
		change *control.Error
		tokens *access.Error
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &denied):
		return ofDenied(denied)
	case errors.As(err, &change):
		return ofControl(change)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Fail(http.StatusServiceUnavailable, api.CodeUnavailable, "the request was given up before it was done; look whether it was")
	case errors.As(err, &tokens):
		return ofAccess(tokens)
	}
	return Internal()
}

func ofDenied(d *access.Denied) *api.Error {
	e := Fail(http.StatusForbidden, api.CodeForbidden, d.Error())
	if d.Scope != "" {
		e.Details = []map[string]string{{"scope": string(d.Scope), "message": "the token lacks it"}}
	}
	return e
}

func ofAccess(e *access.Error) *api.Error {
	if e.Class == access.TooMany {
		return TooMany(e.RetryAfter)
	}
	out := accessClasses[e.Class].error(e.Code, e.Error())
	out.Details = []map[string]string{without(map[string]string{"code": e.Code, "field": e.Field, "message": e.Message, "fix": e.Fix})}
	return out
}

func ofControl(e *control.Error) *api.Error {
	out := controlClasses[e.Class].error(e.Code, e.Error())
	if out.Status == http.StatusServiceUnavailable {
		out.RetryAfter = 2 * time.Second
	}
	out.Findings, out.Warnings = Findings(e.Findings), Findings(e.Warnings)
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

// Package envelope is what holds for every request of the v1 API, whatever it is
// about: how much of a body is read and which JSON is taken, what parameters look
// like, how answers and errors are written, and which error of the rooms below is
// which error of the API.
package envelope

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/truename-dns/truename/api"
)

// Fail is an error with the message for the client.
func Fail(status int, code, message string) *api.Error {
	return &api.Error{Status: status, Code: code, Message: message}
}

// Invalid is what is wrong with a field of the request.
func Invalid(field, format string, args ...any) *api.Error {
	e := Fail(http.StatusBadRequest, api.CodeInvalidInput, fmt.Sprintf(format, args...))
	e.Details = []map[string]string{{"field": field, "message": e.Message}}
	return e
}

// Internal is the error of a fault of the program, whose cause the log has.
func Internal() *api.Error {
	return Fail(http.StatusInternalServerError, api.CodeInternal, "the server failed; nothing is known to have changed; its log says more under this request id")
}

func badJSON(format string, args ...any) *api.Error {
	return Fail(http.StatusBadRequest, api.CodeInvalidJSON, fmt.Sprintf(format, args...))
}

func badForm() *api.Error {
	return Fail(http.StatusBadRequest, api.CodeInvalidInput, "the body does not have the form that is expected: send a JSON object as the documentation shows it")
}

func tooLarge(most int64) *api.Error {
	return Fail(http.StatusRequestEntityTooLarge, api.CodeTooLarge, fmt.Sprintf("the body is larger than %d octets; split it up, or import a zone file", most))
}

func badMedia(text, instead string) *api.Error {
	return Fail(http.StatusUnsupportedMediaType, api.CodeMediaType, fmt.Sprintf("the Content-Type %q is not taken here; send %s", Shorten(text, 60), instead))
}

// Shorten bounds what a stranger wrote, in octets, before it is said back.
func Shorten(text string, most int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

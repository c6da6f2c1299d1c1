package envelope

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
)

// Reply is what is answered. A nil *Reply is 204 without a body.
type Reply struct {
	Status   int
	Data     any            // goes into the envelope
	Whole    []byte         // the whole body instead
	ETag     *change.Serial // of the zone
	Replayed bool           // the Idempotency-Key is known
}

// OK is 200 with data, Created 201.
func OK(data any) (*Reply, error) { return &Reply{Status: http.StatusOK, Data: data}, nil }

// Created is 201 with data.
func Created(data any) (*Reply, error) { return &Reply{Status: http.StatusCreated, Data: data}, nil }

// Streamed says that the handler has written the answer itself.
var Streamed = &Reply{}

type success struct {
	Status string `json:"status"`
	Data   any    `json:"data"`
}

// Write writes a as the answer to r. A client that has what a GET would give
// already gets 304 (RFC 9110, Section 13.1.2).
func Write(w http.ResponseWriter, r *http.Request, a *Reply) error {
	switch a {
	case Streamed:
		return nil
	case nil:
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if a.ETag != nil {
		tag := `"` + strconv.FormatUint(uint64(*a.ETag), 10) + `"`
		w.Header().Set("ETag", tag)
		if a.Status == http.StatusOK && has(r, tag) {
			w.Header().Set("Cache-Control", "private, no-cache")
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if a.Replayed {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	body := a.Whole
	if body == nil {
		var err error
		if body, err = json.Marshal(success{api.Success, a.Data}); err != nil {
			return err
		}
	}
	writeJSON(w, a.Status, body)
	return nil
}

// has reports whether the client of a GET has the entity of that tag already.
// The comparison is the weak one (RFC 9110, Section 8.8.3.2).
func has(r *http.Request, tag string) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	for _, line := range r.Header.Values("If-None-Match") {
		for one := range strings.SplitSeq(line, ",") {
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}

// WriteError writes e as the answer, with the headers that belong to it.
func WriteError(w http.ResponseWriter, e *api.Error) {
	h := w.Header()
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(access.RetrySeconds(e.RetryAfter)))
	}
	if e.Status == http.StatusUnauthorized { // RFC 9110, Section 11.6.1
		h.Set("WWW-Authenticate", `Bearer realm="truename"`)
	}
	body, err := json.Marshal(api.Failure{Status: api.Failed, Error: e})
	if err != nil { // strings and lists of them always can be written
		panic(err)
	}
	writeJSON(w, e.Status, body)
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
}

// List is the envelope of a part of a list, without its last brace: clients
// disagree on where a list stands, so it stands under its name and under items.
func List(name string, list []byte, p api.Pagination) []byte {
	body := make([]byte, 0, 2*len(list)+300)
	body = append(body, `{"status":"success","data":{"`+name+`":`...)
	body = append(append(body, list...), `,"items":`...)
	body = append(append(body, list...), `,"pagination":`...)
	meta, _ := json.Marshal(p) // numbers always can be written
	body = append(body, meta...)
	body = append(strconv.AppendInt(append(body, `,"total":`...), int64(p.Total), 10), `,"limit":`...)
	body = append(strconv.AppendInt(body, int64(p.Limit), 10), `,"offset":`...)
	return append(strconv.AppendInt(body, int64(p.Offset), 10), '}')
}

// Part says which part of a list this is.
func Part(total, offset, limit, count int) api.Pagination {
	return api.Pagination{Total: total, Offset: offset, Limit: limit, Count: count, HasMore: offset+count < total}
}

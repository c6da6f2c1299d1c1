// Package envelope is what holds for every request in the shape of Cloudflare's API:
// bodies and what they may hold, the envelope of answers, errors in its words.
package envelope

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

// Envelope is around every answer. The result comes first, for inadyn takes
// the first "id" that it sees.
type Envelope struct {
	Result   any         `json:"result"`
	Success  bool        `json:"success"`
	Errors   []Problem   `json:"errors"`
	Messages []Message   `json:"messages"`
	Info     *ResultInfo `json:"result_info,omitempty"`
	Timing   *Timing     `json:"timing,omitempty"`
}

// Message is what a client should know though its request was done.
type Message struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Problem is why a request was not done.
type Problem struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Source  *Source   `json:"source,omitempty"`
	Chain   []Message `json:"error_chain,omitempty"`
}

// Source points into the body of the request (RFC 6901).
type Source struct {
	Pointer string `json:"pointer"`
}

// ResultInfo is where in a list a page stands.
type ResultInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	TotalPages int `json:"total_pages"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
}

// Timing is how long an import took.
type Timing struct {
	Start   time.Time `json:"start_time"`
	End     time.Time `json:"end_time"`
	Process float64   `json:"process_time"` // seconds
}

// Say adds a message, once.
func (e *Envelope) Say(code int, text string) {
	m := Message{code, text}
	for _, have := range e.Messages {
		if have == m {
			return
		}
	}
	e.Messages = append(e.Messages, m)
}

// Send answers with result, or with what err is to clients.
func (e *Envelope) Send(w http.ResponseWriter, result any, err error) {
	h := w.Header()
	status := http.StatusOK
	e.Result, e.Success = result, err == nil
	if err != nil {
		f := Explain(err)
		status = f.Status
		*e = Envelope{Errors: f.Problems}
		if f.Retry > 0 {
			h.Set("Retry-After", strconv.Itoa(access.RetrySeconds(f.Retry)))
		}
	}
	if e.Errors == nil {
		e.Errors = []Problem{}
	}
	if e.Messages == nil {
		e.Messages = []Message{}
	}
	body := Encode(e)
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// Encode writes v without spaces, for acme.sh greps, and with <, > and & as they are.
func Encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // all that is encoded here can be
	return b.Bytes()
}

// Of says how many there are in all, and how many before and up to the end of the page.
func (i *ResultInfo) Of(total int) (from, to int) {
	i.TotalCount, i.TotalPages = total, (total+i.PerPage-1)/i.PerPage
	from = total
	if i.Page <= i.TotalPages {
		from = (i.Page - 1) * i.PerPage
	}
	to = min(from+i.PerPage, total)
	i.Count = to - from
	return from, to
}

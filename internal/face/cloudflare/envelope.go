package cloudflare

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

// envelope is around every answer. The result comes first, for inadyn takes
// the first "id" that it sees.
type envelope struct {
	Result   any         `json:"result"`
	Success  bool        `json:"success"`
	Errors   []problem   `json:"errors"`
	Messages []message   `json:"messages"`
	Info     *resultInfo `json:"result_info,omitempty"`
	Timing   *timing     `json:"timing,omitempty"`
}

// message is what a client should know though its request was done.
type message struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// problem is why a request was not done.
type problem struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Source  *source   `json:"source,omitempty"`
	Chain   []message `json:"error_chain,omitempty"`
}

// source points into the body of the request (RFC 6901).
type source struct {
	Pointer string `json:"pointer"`
}

// resultInfo is where in a list a page stands.
type resultInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	TotalPages int `json:"total_pages"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
}

// timing is how long an import took.
type timing struct {
	Start   time.Time `json:"start_time"`
	End     time.Time `json:"end_time"`
	Process float64   `json:"process_time"` // seconds
}

// say adds a message to the answer.
func (c *call) say(code int, text string) {
	m := message{code, text}
	for _, have := range c.out.Messages {
		if have == m {
			return
		}
	}
	c.out.Messages = append(c.out.Messages, m)
}

func (c *call) answer(w http.ResponseWriter, result any, err error) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if p, ok := result.(plain); ok && err == nil {
		h.Set("Content-Type", p.kind)
		h.Set("Content-Length", strconv.Itoa(len(p.body)))
		_, _ = w.Write(p.body)
		return
	}
	status := http.StatusOK
	out := &c.out
	out.Result, out.Success = result, err == nil
	if err != nil {
		f := explain(err)
		status = f.status
		*out = envelope{Errors: f.problems}
		if f.retry > 0 {
			h.Set("Retry-After", strconv.Itoa(access.RetrySeconds(f.retry)))
		}
	}
	if out.Errors == nil {
		out.Errors = []problem{}
	}
	if out.Messages == nil {
		out.Messages = []message{}
	}
	body := encode(out)
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// encode writes v without spaces, for acme.sh greps, and with <, > and & as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // all that is encoded here can be
	return b.Bytes()
}

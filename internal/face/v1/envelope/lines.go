package envelope

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
)

// NDJSON is the media type of answers in lines of JSON.
const NDJSON = "application/x-ndjson"

// Lines is an answer in lines of JSON, each with the envelope: those of status
// progress, then one of success or error. A nil *Lines stands for an answer in
// the usual form, and its methods do nothing but hand that on.
type Lines struct {
	w    http.ResponseWriter
	out  *bufio.Writer
	json *json.Encoder
}

// Lines is the answer in lines, or nil if the client does not ask for them.
func (c *Call) Lines() *Lines {
	if !strings.Contains(c.R.Header.Get("Accept"), NDJSON) {
		return nil
	}
	_ = http.NewResponseController(c.W).EnableFullDuplex() // HTTP/1: the body may still be read
	c.W.Header().Set("Content-Type", NDJSON)
	out := bufio.NewWriterSize(c.W, 32<<10)
	return &Lines{w: c.W, out: out, json: json.NewEncoder(out)}
}

// Add adds a line of status progress.
func (l *Lines) Add(data any) error {
	if l == nil {
		return nil
	}
	return l.json.Encode(success{api.Progress, data})
}

// Flush sends what has been added. A client that does not take it within
// Patience loses the connection.
func (l *Lines) Flush() error {
	if l == nil {
		return nil
	}
	control := http.NewResponseController(l.w)
	_ = control.SetWriteDeadline(time.Now().Add(Patience)) // not every ResponseWriter knows deadlines
	if err := l.out.Flush(); err != nil {
		return err
	}
	return control.Flush()
}

// Failed ends the answer with err.
func (l *Lines) Failed(err error) (*Reply, error) {
	if l == nil {
		return nil, err
	}
	_ = l.json.Encode(api.Failure{Status: api.Failed, Error: Error(err)}) // the client may be gone
	_ = l.Flush()
	return Streamed, nil
}

// Done ends the answer with a.
func (l *Lines) Done(a *Reply) (*Reply, error) {
	if l == nil {
		return a, nil
	}
	_ = l.json.Encode(success{api.Success, a.Data}) // the client may be gone
	_ = l.Flush()
	return Streamed, nil
}

package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// The modes of an import into a zone that is there.
const (
	ImportReplace = "replace" // the zone becomes what the text says
	ImportMerge   = "merge"   // what the text says joins what is there
)

// maxProgressLine bounds a line of a streamed answer, in octets; the last one
// holds the findings and differences of the whole import.
const maxProgressLine = maxDocument

// ImportRequest is a master file that goes in.
type ImportRequest struct {
	Zone   string    // id or name; of a new zone its name
	Create bool      // make the zone
	Text   io.Reader // is read once
	Mode   string    // ImportReplace or ImportMerge; empty for the server's choice
	DryRun bool      // also tells what would become of every record
	Reason string
}

// Import brings a master file in as one change. progress, if not nil, is told
// how far the server is.
func (c *Client) Import(ctx context.Context, r ImportRequest, progress func(ImportProgress)) (ImportData, error) {
	k := call{method: http.MethodPost, path: zonePath(r.Zone) + "/import", query: make(url.Values), text: r.Text}
	if r.Create {
		k.path = "/import"
		k.query.Set("zone", r.Zone)
	}
	for name, value := range map[string]string{"mode": r.Mode, "reason": r.Reason} {
		if value != "" {
			k.query.Set(name, value)
		}
	}
	if r.DryRun {
		k.query.Set("dry_run", "true")
		k.query.Set("sets", "true")
	}
	var data ImportData
	if progress == nil {
		err := c.do(ctx, k, &data)
		return data, err
	}
	k.accept = "application/x-ndjson"
	answer, err := c.send(ctx, k)
	if err != nil {
		return data, err
	}
	defer answer.Body.Close()
	return data, importLines(ctx, answer, &data, progress)
}

// statuses are those of errors that come in a line, after the status of the answer.
var statuses = map[string]int{
	CodeInvalidInput: http.StatusBadRequest,
	CodeForbidden:    http.StatusForbidden,
	CodeNotFound:     http.StatusNotFound,
	CodeZoneNotFound: http.StatusNotFound,
	CodeConflict:     http.StatusConflict,
	CodeMoved:        http.StatusPreconditionFailed,
	CodeTooLarge:     http.StatusRequestEntityTooLarge,
	CodeUnavailable:  http.StatusServiceUnavailable,
	CodeInternal:     http.StatusInternalServerError,
}

// importLine is a line of the streamed answer to an import.
type importLine struct {
	Status string          `json:"status"`
	Data   json.RawMessage `json:"data"`
	Error  *Error          `json:"error"`
}

// importLines reads lines until one says how it ended.
func importLines(ctx context.Context, answer *http.Response, into *ImportData, progress func(ImportProgress)) error {
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(make([]byte, 0, 64<<10), maxProgressLine)
	for lines.Scan() {
		var line importLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("the server answered a line that is no JSON: %w", err)
		}
		switch line.Status {
		case Progress:
			var p ImportProgress
			if err := json.Unmarshal(line.Data, &p); err != nil {
				return fmt.Errorf("the server answered progress that is none: %w", err)
			}
			progress(p)
		case Success:
			return json.Unmarshal(line.Data, into)
		case Failed:
			if line.Error == nil {
				line.Error = foreign(answer)
			}
			line.Error.Request = answer.Header.Get("X-Request-ID")
			line.Error.Status = statuses[line.Error.Code]
			return line.Error
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(errors.New("the answer broke off before it said how the import ended; look at the zone before you repeat it"), lines.Err())
}

// Export writes a zone to w as a master file in canonical form.
func (c *Client) Export(ctx context.Context, zone string, w io.Writer) error {
	r, err := c.send(ctx, call{method: http.MethodGet, path: zonePath(zone) + "/export", accept: "text/dns"})
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if _, err = io.Copy(w, r.Body); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Check asks what the rules say of a master file; nothing is written.
func (c *Client) Check(ctx context.Context, origin string, text io.Reader) (CheckData, error) {
	q := make(url.Values)
	if origin != "" {
		q.Set("zone", origin)
	}
	var data CheckData
	err := c.do(ctx, call{method: http.MethodPost, path: "/check", query: q, text: text}, &data)
	return data, err
}

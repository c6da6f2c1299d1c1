package v1

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
)

var importQueries = []Query{
	{Name: "mode", Type: "string", Description: "replace: the zone becomes what the text says; merge: names that the text does not have stay", Default: "replace"},
	dryRun, reasonQuery, setsQuery,
}

var (
	reasonQuery = Query{Name: "reason", Type: "string", Description: "why, for the log of changes"}
	setsQuery   = Query{Name: "sets", Type: "boolean", Description: "with what became of every record"}
)

const importText = "The body is a zone file (RFC 1035, Section 5), as text/dns, text/plain, or a file of multipart/form-data. It becomes one change. With Accept: application/x-ndjson the progress comes as lines, and the answer as the last one; its status is in the line then."

var textRoutes = []Route{{
	Method: "POST", Path: "/zones/{zone_id}/import", ID: "importZone", Tag: "Import and export", Summary: "Import a zone file into a zone", Scopes: writeAll,
	Description: importText, Queries: importQueries, Headers: []string{ifMatch}, Text: true, MaxBody: ImportBody,
	Status: 200, Answer: api.Response[api.ImportData]{}, handle: (*call).importZone,
}, {
	Method: "POST", Path: "/import", ID: "importNewZone", Tag: "Import and export", Summary: "Create a zone from a zone file", Scopes: writeAll,
	Description: importText, Queries: []Query{{Name: "zone", Type: "string", Description: "the name of the new zone", Required: true}, dryRun, reasonQuery, setsQuery}, Text: true, MaxBody: ImportBody,
	Status: 201, Answer: api.Response[api.ImportData]{}, handle: (*call).importNew,
}, {
	Method: "GET", Path: "/zones/{zone_id}/export", ID: "exportZone", Tag: "Import and export", Summary: "Export a zone as a zone file", Scopes: readRecords,
	Description: "In canonical order; disabled records stand in it as comments.", Status: 200, Type: "text/dns", handle: (*call).export,
}, {
	Method: "POST", Path: "/check", ID: "checkText", Tag: "Import and export", Summary: "Check a zone file against all rules and zones", Scopes: readZones,
	Description: "Nothing is changed. What is wrong comes as findings, with 200.",
	Queries:     []Query{{Name: "zone", Type: "string", Description: "the name of the zone", Required: true}}, Text: true, MaxBody: 64 << 20,
	Status: 200, Answer: api.Response[api.CheckData]{}, handle: (*call).check,
}}

// longest is how long an import or an export may take.
const longest = time.Hour

// text is the zone file that the body holds.
func (c *call) text() (io.Reader, error) {
	deadline := http.NewResponseController(c.w)
	_ = deadline.SetReadDeadline(time.Now().Add(longest)) // not every ResponseWriter knows deadlines
	_ = deadline.SetWriteDeadline(time.Now().Add(longest))
	if c.r.ContentLength > c.route.MaxBody {
		return nil, tooLarge(c.route.MaxBody)
	}
	body := &bounded{r: http.MaxBytesReader(c.w, c.r.Body, c.route.MaxBody)}
	c.bound = body
	text := c.r.Header.Get("Content-Type")
	if text == "" {
		return body, nil
	}
	kind, _, err := mime.ParseMediaType(text)
	switch {
	case err == nil && (kind == "text/dns" || kind == "text/plain" || kind == "application/octet-stream"):
		return body, nil
	case err == nil && kind == "multipart/form-data":
		c.r.Body = io.NopCloser(body)
		return c.file()
	}
	return nil, fail(http.StatusUnsupportedMediaType, api.CodeMediaType, fmt.Sprintf("the Content-Type %q is not taken here; send the zone file as text/dns, text/plain or multipart/form-data", shorten(text, 60)))
}

// bounded is a body that remembers whether it was larger than is taken.
type bounded struct {
	r    io.Reader
	over error
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		b.over = tooLarge(large.Limit)
	}
	return n, err
}

// unfit is why a text was not taken: err, unless it was too large.
func (c *call) unfit(err error) error {
	if c.bound != nil && c.bound.over != nil {
		return c.bound.over
	}
	return err
}

// file is the first file of a form.
func (c *call) file() (io.Reader, error) {
	const most = 32 // parts that are looked at
	form, err := c.r.MultipartReader()
	for range most {
		if err != nil {
			break
		}
		part, next := form.NextPart()
		if next == nil && (part.FileName() != "" || part.FormName() == "file") {
			return part, nil
		}
		err = next
	}
	return nil, fail(http.StatusBadRequest, api.CodeInvalidInput, "the form has no file; send the zone file as the part named file")
}

func (c *call) importZone() (*reply, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	r := control.ImportRequest{Zone: control.Ref{ID: z.ID}}
	switch mode := c.query("mode"); mode {
	case "", "replace":
	case "merge":
		r.Merge = true
	default:
		return nil, invalid("mode", "the mode %q is not known; use replace or merge", shorten(mode, 40))
	}
	return c.runImport(&r, http.StatusOK)
}

func (c *call) importNew() (*reply, error) {
	apex, err := parseName("zone", c.query("zone"))
	if err != nil {
		return nil, err
	}
	if _, err := c.Control.Zone(c.who, control.Ref{Apex: apex}); err == nil {
		return nil, fail(http.StatusConflict, api.CodeConflict, fmt.Sprintf("there is a zone %s already; import into it by %s/zones/%s/import", bare(apex), Prefix, bare(apex)))
	}
	return c.runImport(&control.ImportRequest{Zone: control.Ref{Apex: apex}, Create: &control.NewZone{}}, http.StatusCreated)
}

func (c *call) runImport(r *control.ImportRequest, status int) (*reply, error) {
	if c.r.Header.Get(idempotencyKey) != "" {
		return nil, invalid(idempotencyKey, "an import takes no Idempotency-Key; use If-Match with the serial of the zone, so that it is done once")
	}
	req, err := c.request()
	if err != nil {
		return nil, err
	}
	sets, err := c.boolean("sets")
	if err != nil {
		return nil, err
	}
	if reason := c.query("reason"); reason != "" {
		req.Reason = strings.ToValidUTF8(reason, "?")
	}
	if r.IfMatch, err = c.match(); err != nil {
		return nil, err
	}
	if r.Text, err = c.text(); err != nil {
		return nil, err
	}
	r.Request = *req
	lines := c.lines()
	out := api.ImportData{}
	r.Progress = func(p control.ImportProgress) {
		out.Records = p.Records
		lines.progress(api.ImportProgress{Stage: p.Stage, Octets: p.Octets, Records: p.Records})
	}
	res, err := c.Control.Import(c.ctx, c.who, *r)
	if err != nil {
		return lines.failed(c, c.unfit(err))
	}
	out.ChangeData = changeData(res, sets) // there may be a million of them
	return c.imported(r, res, &out, lines, status)
}

func (c *call) imported(r *control.ImportRequest, res *control.Result, out *api.ImportData, lines *lines, status int) (*reply, error) {
	a := &reply{status: status, data: out}
	if res.DryRun {
		a.status = http.StatusOK
	} else if z, err := c.Control.Zone(c.who, r.Zone); err == nil {
		zone := zoneOf(z)
		out.Zone, a.etag = &zone, &z.Serial
	}
	return lines.done(a)
}

// lines is an answer in lines of JSON; nil for one in the usual form.
type lines struct {
	w     http.ResponseWriter
	json  *json.Encoder
	last  time.Time
	stage string
}

func (c *call) lines() *lines {
	if !strings.Contains(c.r.Header.Get("Accept"), "application/x-ndjson") {
		return nil
	}
	_ = http.NewResponseController(c.w).EnableFullDuplex() // HTTP/1: the body is still being read
	c.w.Header().Set("Content-Type", "application/x-ndjson")
	return &lines{w: c.w, json: json.NewEncoder(c.w)}
}

// progress writes a line: at every stage, and a few times in a second at most.
func (l *lines) progress(p api.ImportProgress) {
	if l == nil || p.Stage == l.stage && time.Since(l.last) < 200*time.Millisecond {
		return
	}
	l.last, l.stage = time.Now(), p.Stage
	_ = l.json.Encode(envelope{api.Progress, p}) // the client may be gone; the import goes on
	_ = http.NewResponseController(l.w).Flush()
}

func (l *lines) failed(c *call, err error) (*reply, error) {
	if l == nil {
		return nil, err
	}
	_ = l.json.Encode(api.Failure{Status: api.Failed, Error: c.translate(err)})
	return streamed, nil
}

func (l *lines) done(a *reply) (*reply, error) {
	if l == nil {
		return a, nil
	}
	_ = l.json.Encode(envelope{api.Success, a.data})
	return streamed, nil
}

func (c *call) export() (*reply, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Now().Add(longest))
	h := c.w.Header()
	h.Set("Content-Type", "text/dns; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": bare(z.Apex) + ".zone"}))
	h.Set("ETag", fmt.Sprintf(`"%d"`, z.Serial))
	out := &counter{w: c.w}
	if err := c.Control.Export(c.ctx, c.who, control.Ref{ID: z.ID}, out); err != nil {
		if out.n == 0 {
			return nil, err
		}
		c.Log.Error("an export broke off", "zone", bare(z.Apex), "error", err)
		panic(http.ErrAbortHandler) // the client must not take it for the whole zone
	}
	return streamed, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (c *call) check() (*reply, error) {
	apex, err := parseName("zone", c.query("zone"))
	if err != nil {
		return nil, err
	}
	text, err := c.text()
	if err != nil {
		return nil, err
	}
	report, err := c.Control.CheckText(c.ctx, c.who, apex, text)
	if err != nil {
		return nil, c.unfit(err)
	}
	out := api.CheckData{Findings: findings(report.Findings), Errors: report.Errors, Warnings: report.Warnings}
	if out.Findings == nil {
		out.Findings = []api.Finding{}
	}
	return ok(out)
}

package v1

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/checks"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var importQueries = []Query{
	{Name: "mode", Type: "string", Description: "replace: the zone becomes what the text says; merge: names that the text does not have stay", Default: "replace"},
	call.DryRun, reasonQuery, setsQuery,
}

var (
	reasonQuery = Query{Name: "reason", Type: "string", Description: "why, for the log of changes"}
	setsQuery   = Query{Name: "sets", Type: "boolean", Description: "with what became of every record"}
)

const importText = "The body is a zone file (RFC 1035, Section 5), as text/dns, text/plain, or a file of multipart/form-data. It becomes one change. With Accept: application/x-ndjson the progress comes as lines, and the answer as the last one; its status is in the line then. An Idempotency-Key is refused, for the body is not kept: use If-Match with the serial of the zone, and an import that is repeated is done once; a new zone is made once by itself."

var textRoutes = []Route{{
	Method: "POST", Path: "/zones/{zone_id}/import", ID: "importZone", Tag: "Import and export", Summary: "Import a zone file into a zone", Scopes: writeAll,
	Description: importText, Queries: importQueries, Headers: []string{envelope.IfMatch}, Text: true, MaxBody: ImportBody,
	Status: 200, Answer: api.Response[api.ImportData]{}, Lines: true, Handle: call.By(handler.importZone),
}, {
	Method: "POST", Path: "/import", ID: "importNewZone", Tag: "Import and export", Summary: "Create a zone from a zone file", Scopes: writeAll,
	Description: importText, Queries: []Query{{Name: "zone", Type: "string", Description: "the name of the new zone", Required: true}, call.DryRun, reasonQuery, setsQuery}, Text: true, MaxBody: ImportBody,
	Status: 201, Answer: api.Response[api.ImportData]{}, Lines: true, Handle: call.By(handler.importNew),
}, {
	Method: "GET", Path: "/zones/{zone_id}/export", ID: "exportZone", Tag: "Import and export", Summary: "Export a zone as a zone file", Scopes: call.ReadRecords,
	Description: "In canonical order; disabled records stand in it as comments.", Status: 200, Type: "text/dns", Handle: call.By(handler.export),
}, {
	Method: "POST", Path: "/check", ID: "checkText", Tag: checks.Tag, Summary: "Check a zone file against all rules and zones", Scopes: call.ReadZones,
	Description: "Nothing is changed. What is wrong comes as findings, with 200.",
	Queries:     []Query{{Name: "zone", Type: "string", Description: "the name of the zone", Required: true}}, Text: true, MaxBody: 64 << 20,
	Status: 200, Answer: api.Response[api.CheckData]{}, Handle: call.By(handler.check),
}}

func (c handler) importZone() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	r := control.ImportRequest{Zone: control.Ref{ID: z.ID}}
	switch mode := c.Query("mode"); mode {
	case "", "replace":
	case "merge":
		r.Merge = true
	default:
		return nil, envelope.Invalid("mode", "the mode %q is not known; use replace or merge", envelope.Shorten(mode, 40))
	}
	return c.runImport(&r, http.StatusOK)
}

func (c handler) importNew() (*envelope.Reply, error) {
	apex, err := form.ParseName("zone", c.Query("zone"))
	if err != nil {
		return nil, err
	}
	if _, err := c.Control.Zone(c.Who, control.Ref{Apex: apex}); err == nil {
		return nil, envelope.Fail(http.StatusConflict, api.CodeConflict, fmt.Sprintf("there is a zone %s already; import into it by %s/zones/%s/import", form.Bare(apex), Prefix, form.Bare(apex)))
	}
	return c.runImport(&control.ImportRequest{Zone: control.Ref{Apex: apex}, Create: &control.NewZone{}}, http.StatusCreated)
}

func (c handler) runImport(r *control.ImportRequest, status int) (*envelope.Reply, error) {
	if c.R.Header.Get(envelope.IdempotencyKey) != "" {
		return nil, envelope.Invalid(envelope.IdempotencyKey, "an import takes no Idempotency-Key; use If-Match with the serial of the zone, so that it is done once")
	}
	req, err := c.Request()
	if err != nil {
		return nil, err
	}
	sets, err := c.Boolean("sets", false)
	if err != nil {
		return nil, err
	}
	if reason := c.Query("reason"); reason != "" {
		req.Reason = strings.ToValidUTF8(reason, "?")
	}
	if r.IfMatch, err = c.Match(); err != nil {
		return nil, err
	}
	if r.Text, err = c.Text(); err != nil {
		return nil, err
	}
	r.Request = *req
	lines := c.Lines()
	out := api.ImportData{}
	r.Progress = c.progress(lines, &out.Records)
	res, err := c.Control.Import(c.Ctx, c.Who, *r)
	if err != nil {
		return c.BrokenOff(lines, c.Unfit(err))
	}
	out.ChangeData = form.ChangeData(res, sets) // there may be a million of them
	return c.imported(r, res, &out, lines, status)
}

// progress counts the records, and writes a line at every stage and a few times
// in a second at most.
func (c handler) progress(lines *envelope.Lines, records *int) func(control.ImportProgress) {
	var (
		stage string
		last  time.Time
	)
	return func(p control.ImportProgress) {
		*records = p.Records
		if p.Stage == stage && time.Since(last) < 200*time.Millisecond {
			return
		}
		stage, last = p.Stage, time.Now()
		_ = lines.Add(api.ImportProgress{Stage: p.Stage, Octets: p.Octets, Records: p.Records}) // the client may be gone; the import goes on
		_ = lines.Flush()
	}
}

func (c handler) imported(r *control.ImportRequest, res *control.Result, out *api.ImportData, lines *envelope.Lines, status int) (*envelope.Reply, error) {
	a := &envelope.Reply{Status: status, Data: out}
	if res.DryRun {
		a.Status = http.StatusOK
	} else if z, err := c.Control.Zone(c.Who, r.Zone); err == nil {
		zone := form.Zone(z)
		out.Zone, a.ETag = &zone, &z.Serial
	}
	return lines.Done(a)
}

func (c handler) export() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	h := c.W.Header()
	h.Set("Content-Type", "text/dns; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": form.Bare(z.Apex) + ".zone"}))
	h.Set("ETag", fmt.Sprintf(`"%d"`, z.Serial))
	out := c.Download()
	if err := c.Control.Export(c.Ctx, c.Who, control.Ref{ID: z.ID}, out); err != nil {
		if out.N == 0 {
			return nil, err
		}
		c.Log.Error("an export broke off", "zone", form.Bare(z.Apex), "error", err)
		panic(http.ErrAbortHandler) // the client must not take it for the whole zone
	}
	return envelope.Streamed, nil
}

func (c handler) check() (*envelope.Reply, error) {
	apex, err := form.ParseName("zone", c.Query("zone"))
	if err != nil {
		return nil, err
	}
	text, err := c.Text()
	if err != nil {
		return nil, err
	}
	report, err := c.Control.CheckText(c.Ctx, c.Who, apex, text)
	if err != nil {
		return nil, c.Unfit(err)
	}
	out := api.CheckData{Findings: envelope.Findings(report.Findings), Errors: report.Errors, Warnings: report.Warnings}
	if out.Findings == nil {
		out.Findings = []api.Finding{}
	}
	return envelope.OK(out)
}

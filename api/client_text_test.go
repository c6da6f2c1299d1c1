package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestImportTellsHowFarItIs(t *testing.T) {
	const text = "www 300 CNAME main.example.net.\n"
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != text || r.Header.Get("Content-Type") != "text/dns" || r.Header.Get("Accept") != "application/x-ndjson" {
			t.Errorf("%q, %v, %v", body, r.Header, err)
		}
		for i := range 3 {
			fmt.Fprintf(w, `{"status":"progress","data":{"octets":%d,"records":%d}}`+"\n", 100*i, i)
			w.(http.Flusher).Flush()
		}
		fmt.Fprintln(w, `{"status":"success","data":{"change":{"id":"c1"},"records":3,"warnings":[{"code":"w"}]}}`)
	})
	var told []ImportProgress
	data, err := c.Import(t.Context(), ImportRequest{Zone: "z", Text: strings.NewReader(text)}, func(p ImportProgress) { told = append(told, p) })
	if err != nil || data.Change == nil || data.Change.ID != "c1" || data.Records != 3 || len(data.Warnings) != 1 {
		t.Errorf("%+v, %v", data, err)
	}
	if len(told) != 3 || told[2] != (ImportProgress{Octets: 200, Records: 2}) {
		t.Errorf("told %+v", told)
	}
}

func TestImportsThatFail(t *testing.T) {
	const progress = `{"status":"progress","data":{"octets":1}}` + "\n"
	for _, c := range []struct {
		name, body, want string
		code             string
		status           int
	}{
		{"at a rule", progress + `{"status":"error","error":{"code":"CONFLICT","message":"two CNAMEs","findings":[{"line":7}]}}` + "\n", "two CNAMEs", "CONFLICT", 409},
		{"without a reason", `{"status":"error"}` + "\n", "without saying why", "HTTP_ERROR", 0},
		{"in the middle", progress, "broke off", "", 0},
		{"in the middle of a line", progress + `{"status":"succ`, "no JSON", "", 0},
		{"with another language", "<html>\n", "no JSON", "", 0},
		{"with progress of another shape", `{"status":"progress","data":[]}` + "\n", "progress that is none", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := serving(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Request-ID", "r1")
				_, _ = io.WriteString(w, c.body)
			})
			_, err := client.Import(t.Context(), ImportRequest{Zone: "z", Text: strings.NewReader("")}, func(ImportProgress) {})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v", err)
			}
			var e *Error
			if errors.As(err, &e) != (c.code != "") || e != nil && (e.Code != c.code || e.Request != "r1" || e.Status != c.status) {
				t.Errorf("%+v", err)
			}
		})
	}
}

func TestExport(t *testing.T) {
	text := strings.Repeat("www 300 CNAME main.example.net.\n", 10_000)
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "text/dns" {
			t.Errorf("%v", r.Header)
		}
		_, _ = io.WriteString(w, text)
	})
	var b bytes.Buffer
	if err := c.Export(t.Context(), "z", &b); err != nil || b.String() != text {
		t.Errorf("%d octets, %v", b.Len(), err)
	}
}

func TestExportThatBreaksOff(t *testing.T) {
	c := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "www 300 CN")
	})
	if err := c.Export(t.Context(), "z", io.Discard); err == nil {
		t.Error("half a zone is no zone")
	}
}

func TestCheck(t *testing.T) {
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		answer(t, w, 200, CheckData{Findings: []Finding{{Message: string(body)}}, Errors: 1})
	})
	data, err := c.Check(t.Context(), "", strings.NewReader("x"))
	if err != nil || data.Errors != 1 || data.Findings[0].Message != "x" {
		t.Errorf("%+v, %v", data, err)
	}
}

package look

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
)

// fields are the lines of a pipe, each of which begins with what it is.
type fields struct{ *term.Table }

func fieldsTo(w io.Writer) fields { return fields{term.NewTable(w)} }

// line is a line of fields; one of which nobody knows anything is not left empty,
// so that readers may part them by blanks, too.
func (f fields) line(texts ...string) {
	for i, text := range texts {
		texts[i] = cmp.Or(text, "-")
	}
	_ = f.Row(term.Cells(texts...)...) // End has the error
}

func (f fields) step(s api.ExplainStep) {
	f.line("step", fmt.Sprint(s.Depth), s.Kind, s.Owner, s.Type, s.Zone, s.Server, s.Source,
		remote.SecondsOf(s.TTL), remote.SecondsOf(s.Left), number(s.TookMS), s.Target, s.Via, whyOf(s))
}

func (f fields) records(list []api.ExplainRecord) {
	for _, r := range list {
		f.line("record", r.Name, r.Type, fmt.Sprint(r.TTL), r.Content)
	}
}

// number is milliseconds as a field.
func number(ms float64) string { return strconv.FormatFloat(ms, 'f', 1, 64) }

func edeOf(e *api.ExplainError) string {
	if e == nil {
		return "-"
	}
	return strconv.Itoa(e.Code)
}

// joined is the texts that are not empty, with by between.
func joined(by string, texts ...string) string {
	kept := texts[:0]
	for _, t := range texts {
		if t != "" {
			kept = append(kept, t)
		}
	}
	return strings.Join(kept, by)
}

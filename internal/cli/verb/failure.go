package verb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
)

// Report tells on w why a command failed.
func Report(w io.Writer, err error) {
	var answer *api.Error
	switch {
	case err == nil || errors.Is(err, ErrFound):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "truename: interrupted")
	case errors.As(err, &answer):
		of := strings.TrimSuffix(err.Error(), answer.Error()) // what the request was about, if that was said
		fmt.Fprintln(w, "truename: "+of+failure(term.StyleOf(w), answer))
	case errors.Is(err, api.ErrUnreachable):
		fmt.Fprintf(w, "truename: %s; is it running (truename serve), and is the address right (--server, TRUENAME_SERVER)?\n", term.Clean(err.Error()))
	default:
		fmt.Fprintf(w, "truename: %v\n", err)
	}
}

// failure is what the server said, with what conflicts and what to do.
func failure(s term.Style, e *api.Error) string {
	var b strings.Builder
	b.WriteString(s.Paint(term.Red, term.Clean(headline(e))) + " [" + term.Clean(e.Code) + "]")
	if len(e.Findings) > 0 {
		b.WriteString("\n" + Findings(s, e.Findings))
	}
	if hint := hints[e.Status]; hint != "" {
		b.WriteString("\n  " + hint)
	}
	if e.Status >= 500 && e.Request != "" {
		b.WriteString("\n  the server's log knows it as request " + term.Clean(e.Request))
	}
	return b.String()
}

// headline is the message of e, unless it only repeats the first finding.
func headline(e *api.Error) string {
	if len(e.Findings) > 0 && strings.Contains(e.Message, e.Findings[0].Message) {
		if e.Status == http.StatusBadRequest {
			return term.Plural(len(e.Findings), "mistake") + "; nothing was changed"
		}
		return "refused by " + term.Plural(len(e.Findings), "rule") + "; nothing was changed"
	}
	return e.Message
}

// hints say what to do about a status whatever the request was.
var hints = map[int]string{
	http.StatusUnauthorized: "say who you are: truename login, TRUENAME_TOKEN or --token-file",
}

// Findings is list, one after the other. A fix that the next has too is said
// once, after the last of them.
func Findings(s term.Style, list []api.Finding) string {
	lines := make([]string, len(list))
	for i, f := range list {
		if i+1 < len(list) && list[i+1].Code == f.Code && list[i+1].Fix == f.Fix {
			f.Fix = ""
		}
		lines[i] = Finding(s, f)
	}
	return strings.Join(lines, "\n")
}

// Finding is what a rule says: message, conflicts, fix, and ready patches.
func Finding(s term.Style, f api.Finding) string {
	c := term.Yellow
	if f.Severity == "error" {
		c = term.Red
	}
	var b strings.Builder
	b.WriteString(s.Paint(c, term.Clean(placeOf(f)+fmt.Sprintf("%s: %s [%s]", f.Severity, f.Message, f.Code))))
	for _, text := range f.Conflicts {
		b.WriteString("\n    " + term.Clean(text))
	}
	if f.Fix != "" {
		b.WriteString("\n  " + s.Paint(term.Green, "fix: ") + term.Clean(f.Fix))
	}
	return b.String()
}

// placeOf is where in a zone file f is, as far as it is known: file:line:column.
func placeOf(f api.Finding) string {
	at := f.File
	for _, n := range [...]int{f.Line, f.Column} {
		if n > 0 {
			at += ":" + strconv.Itoa(n)
		}
	}
	if at != "" {
		at += ": "
	}
	return strings.TrimPrefix(at, ":")
}

package look

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// end says why a chain ended.
func (w *way) end(end, why string) []string {
	paint := term.Red
	switch exitOf(end) {
	case verb.OK:
		paint = term.Green
	case verb.Nothing:
		paint = term.Yellow
	case verb.Unseen:
		paint = term.Plain
	}
	return w.hanging(term.Clean(cmp.Or(end, "end"))+": ", cmp.Or(why, end), paint, term.Plain)
}

// failing is the response code and the extended error, as far as they say more
// than why it ended.
func (w *way) failing(rcode string, ede *api.ExplainError, why string) []string {
	switch {
	case ede == nil && (rcode == "NOERROR" || rcode == "NXDOMAIN" || rcode == ""):
		return nil
	case ede == nil:
		return []string{term.Clean(rcode)}
	}
	text := ede.Text
	if text == why {
		text = ""
	}
	return term.Wrap(term.Clean(joined(": ", fmt.Sprintf("%s, extended error %d", rcode, ede.Code), text)), w.width)
}

// authorities says which authorities may issue certificates.
func (w *way) authorities(c *api.CAA) []string {
	if c == nil {
		return nil
	}
	if c.Error != "" {
		return []string{w.Paint(term.Red, "authorities must not issue: ") + term.Clean(c.Error)}
	}
	at := "no name upwards has CAA records"
	if c.At != "" {
		at = "CAA records of " + c.At + " count"
	}
	return term.Wrap(term.Clean(fmt.Sprintf("%s: for the name %s may issue, for wildcards below it %s", at,
		issuers(c.Anybody, c.Issue), issuers(c.AnyWild, c.IssueWild))), w.width)
}

func issuers(anybody bool, list []string) string {
	switch {
	case anybody:
		return "anybody"
	case len(list) == 0:
		return "nobody"
	}
	return strings.Join(list, " and ")
}

// ttlOf is a TTL in a table; nothing where nobody knows it.
func ttlOf(n api.Seconds) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprint(int64(n))
}

// millis is a time for a person: 0.4ms, 12ms, 10.5s; nothing where none was taken.
func millis(ms float64) string {
	switch {
	case ms <= 0:
		return ""
	case ms < 0.05:
		return "<0.1ms"
	case ms < 9.95:
		return fmt.Sprintf("%.1fms", ms)
	case ms < 9999.5:
		return fmt.Sprintf("%.0fms", ms)
	}
	return fmt.Sprintf("%.1fs", ms/1000)
}

// hanging is text after lead, which is painted; the lines after the first stand
// below its beginning.
func (w *way) hanging(lead, text string, of, c term.Colour) []string {
	wide := utf8.RuneCountInString(lead)
	lines := term.Wrap(term.Clean(text), w.width-wide)
	for i, line := range lines {
		before := strings.Repeat(" ", wide)
		if i == 0 {
			before = w.Paint(of, lead)
		}
		lines[i] = before + w.Paint(c, line)
	}
	return lines
}

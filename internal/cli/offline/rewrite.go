package offline

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/zone/lint"
)

// sources are the lines of files, read when they are asked for.
type sources map[string][]string

func (s sources) lines(path string) []string {
	if _, ok := s[path]; !ok {
		text, err := os.ReadFile(path)
		if err != nil {
			text = nil // no fix then
		}
		s[path] = strings.Split(string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))), "\n")
	}
	return s[path]
}

// rewrite is fix as a change of the one line that f is about; ok is false where
// it is more than that, or where the line is not plainly the record meant.
func (s sources) rewrite(f lint.Finding, fix lint.Fix) (r sarifReplacement, ok bool) {
	if len(fix.Edits) != 1 || f.Line < 1 {
		return r, false
	}
	e := fix.Edits[0]
	lines := s.lines(f.File)
	if e.Op == lint.OpAdd || len(e.Old) != 1 || len(e.Data) > 1 || e.Owner != f.Owner || f.Line > len(lines) {
		return r, false
	}
	record, comment, plain := splitLine(lines[f.Line-1])
	if !plain || !spells(strings.Fields(record), e) {
		return r, false
	}
	r.Deleted = sarifRegion{StartLine: f.Line, StartColumn: 1, EndLine: f.Line + 1, EndColumn: 1}
	if len(e.Data) == 0 {
		next := strings.Join(lines[f.Line:min(f.Line+1, len(lines))], "")
		return r, !strings.HasPrefix(next, " ") && !strings.HasPrefix(next, "\t") // a line that takes over the owner
	}
	r.Inserted = &sarifText{fmt.Sprintf("%s %d %s %s%s\n", e.Owner, e.TTL, e.Type, e.Data[0], comment)}
	return r, true
}

// splitLine parts a line into record and comment; plain is false of what is
// quoted, of several lines, or no record.
func splitLine(line string) (record, comment string, plain bool) {
	if strings.ContainsAny(line, `"()`) || strings.HasPrefix(line, "$") {
		return "", "", false
	}
	record, comment, found := strings.Cut(line, ";")
	if found {
		comment = " ;" + comment
	}
	return record, comment, !strings.HasSuffix(record, `\`)
}

// spells reports whether the fields of a line end in the type and data that e takes away,
// names complete or relative to the zone.
func spells(fields []string, e lint.Edit) bool {
	want := strings.Fields(e.Old[0])
	n := len(fields) - len(want)
	if n < 1 || !strings.EqualFold(fields[n-1], e.Type) {
		return false
	}
	return slices.EqualFunc(fields[n:], want, func(got, want string) bool {
		relative := got + "." + strings.TrimPrefix(e.Zone, ".")
		return strings.EqualFold(got, want) || strings.EqualFold(relative, want) || got == "@" && want == e.Zone
	})
}

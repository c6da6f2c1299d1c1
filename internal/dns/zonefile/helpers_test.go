package zonefile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// lines parses text and gives every record as a line in canonical form.
func lines(text string, o Options) (out []string, err error) {
	err = Parse(strings.NewReader(text), "test.zone", o, func(r *Record) error {
		out = append(out, line(r))
		return nil
	})
	return out, err
}

func line(r *Record) string {
	return strings.TrimSuffix(string(AppendRecord(nil, r.Owner, rr.AppendRecord(nil, r.Type, r.TTL, r.Data))), "\n")
}

var example = Options{Origin: dname.MustParse("example.")}

func expectLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// files writes name, content, name, content... into a new directory.
func files(t *testing.T, namesAndContents ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := 0; i < len(namesAndContents); i += 2 {
		path := filepath.Join(dir, namesAndContents[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(namesAndContents[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fileLines parses the file and gives its records with line and column of each.
func fileLines(path string) (out []string, err error) {
	err = ParseFile(path, example, func(r *Record) error {
		name := filepath.Base(r.Pos.File)
		out = append(out, fmt.Sprintf("%s:%d:%d: %s", name, r.Pos.Line, r.Pos.Column, line(r)))
		return nil
	})
	return out, err
}

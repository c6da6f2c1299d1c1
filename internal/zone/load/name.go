package load

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone/lint"
)

const extension = ".zone"

// Dir lists the zone files in the directory at path, sorted by name: those that
// end in .zone and do not start with a dot.
func Dir(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("%w; name a directory of *.zone files", err)
	}
	var files []string
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, extension) && name[0] != '.' && !e.IsDir() {
			files = append(files, filepath.Join(path, name))
		}
	}
	return files, nil
}

// NameOf is the zone that the file at path holds if its name can be trusted: the
// file's name without .zone; nil where that is no name.
func NameOf(path string) dname.Name {
	base, ok := strings.CutSuffix(filepath.Base(path), extension)
	if !ok {
		return nil
	}
	ascii, err := dname.FromUnicode(base)
	if err != nil {
		return nil
	}
	n, err := dname.Parse(strings.TrimSuffix(ascii, ".")+".", nil)
	if err != nil {
		return nil
	}
	return n.Lower()
}

// claim is the domain name that the name of a zone file spells: without .zone
// it has two labels at least, the last of letters only or an A-label.
func claim(path string) (dname.Name, bool) {
	n := NameOf(path)
	if n == nil || n.Labels() < 2 || !isTopLevel(n.Suffix(1)) {
		return nil, false
	}
	return n, true
}

func isTopLevel(n dname.Name) bool {
	label := bytes.ToLower(n[1 : len(n)-1])
	if bytes.HasPrefix(label, []byte("xn--")) {
		return true
	}
	for _, c := range label {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return len(label) >= 2
}

// agrees reports whether a file that claims the domain n may hold the zone
// apex: they are equal, or the file's name goes on before it (db.example.com.zone)
// or behind it (example.com.raw.zone).
func agrees(n, apex dname.Name) bool {
	return n.IsAtOrBelow(apex) || bytes.HasPrefix(n, apex.Lower()[:len(apex)-1])
}

// checkName judges the name of the file against the apex of the zone in it.
func checkName(path string, apex dname.Name) (f lint.Finding, bad bool) {
	n, ok := claim(path)
	if !ok || agrees(n, apex) {
		return f, false
	}
	f = lint.ByCode("file-name").Finding(fmt.Sprintf("the file %s holds the zone %s", filepath.Base(path), apex))
	f.File, f.Owner = path, apex.String()
	f.Fix = fmt.Sprintf("rename the file to %s, or correct the owner of the SOA record to %s", strings.TrimSuffix(apex.String(), ".")+extension, n)
	return f, true
}

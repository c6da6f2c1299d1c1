package offline

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/cli/verb"
)

// house writes files below a directory and returns it.
func house(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWhichFilesAreChecked(t *testing.T) {
	dir := house(t, map[string]string{"a.zone": "", "b/c.zone": "", "b/notes.txt": "", ".git/d.zone": "", ".e.zone": "", "empty/x": ""})
	for _, c := range []struct {
		name string
		args []string
		want string // relative to dir
		code int
	}{
		{"a file", []string{"a.zone"}, "a.zone", verb.OK},
		{"a file by any name", []string{"b/notes.txt"}, "b/notes.txt", verb.OK},
		{"a file that is not there", []string{"none.zone"}, "none.zone", verb.OK},
		{"a directory and those below, none that are hidden", []string{""}, "a.zone b/c.zone", verb.OK},
		{"none twice", []string{"a.zone", "", "b", "b/../a.zone"}, "a.zone b/c.zone", verb.OK},
		{"a hidden one that is named", []string{".git"}, ".git/d.zone", verb.OK},
		{"a directory without any", []string{"empty"}, "", verb.WrongUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := make([]string, len(c.args))
			for i, a := range c.args {
				args[i] = dir + "/" + a
			}
			got, err := zoneFiles(args)
			for i := range got {
				got[i], _ = filepath.Rel(dir, got[i])
			}
			if strings.Join(got, " ") != c.want || verb.ExitCode(err) != c.code {
				t.Errorf("%v, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestPathsOfZoneCheck(t *testing.T) {
	dir := house(t, map[string]string{"a.zone": "", "b/c.zone": "", "empty/x": ""})
	for _, c := range []struct {
		name, arg, want string
		good            bool
	}{
		{"a directory, but not what is below", "", "a.zone", true},
		{"what is not there", "none", "none", true},
		{"a directory without any", "empty", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Paths([]string{filepath.Join(dir, c.arg)})
			if (err == nil) != c.good || c.good && !slices.Equal(got, []string{filepath.Join(dir, c.want)}) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// report is what truename check --json says.
type report struct {
	Files    []surveyed `json:"files"`
	Errors   int        `json:"errors"`
	Warnings int        `json:"warnings"`
}

// codes is the findings as "file code" in order.
func (r report) codes(dir string) (list []string) {
	for _, f := range r.Files {
		for _, x := range f.Findings {
			name, _ := filepath.Rel(dir, f.File)
			list = append(list, name+" "+x.Code)
		}
	}
	return list
}

func TestZonesAreJudgedTogether(t *testing.T) {
	zone := func(lines string) string { return checkHead + lines }
	for _, c := range []struct {
		name             string
		files            map[string]string
		args             []string
		code             int
		errors, warnings int
		want             []string
	}{
		{"nothing is wrong", map[string]string{"a.example.zone": zone("www A 192.0.2.1\n")}, nil, verb.OK, 0, 0, nil},
		{"a target in another zone that is not there", map[string]string{
			"a.example.zone": zone("www CNAME x.b.example.\n"), "b.example.zone": zone("")}, nil, verb.OK, 0, 1, []string{"a.example.zone dangling-target"}},
		{"a warning where none are allowed", map[string]string{
			"a.example.zone": zone("www CNAME x.b.example.\n"), "b.example.zone": zone("")}, []string{"--warnings-as-errors"}, verb.Failed, 0, 1, []string{"a.example.zone dangling-target"}},
		{"warnings are not told, but counted", map[string]string{
			"a.example.zone": zone("www CNAME x.b.example.\n"), "b.example.zone": zone("")}, []string{"-q"}, verb.OK, 0, 1, nil},
		{"a circle through two zones is told once", map[string]string{
			"a.example.zone": zone("x CNAME x.b.example.\n"), "b.example.zone": zone("x CNAME x.a.example.\n")}, nil, verb.Failed, 1, 0, []string{"a.example.zone cname-loop"}},
		{"two circles are two", map[string]string{
			"a.example.zone": zone("x CNAME x.b.example.\ny CNAME y\n"), "b.example.zone": zone("x CNAME x.a.example.\n")}, nil, verb.Failed, 2, 0,
			[]string{"a.example.zone cname-loop", "a.example.zone cname-loop"}},
		{"a zone in two files", map[string]string{"1/a.example.zone": zone(""), "2/a.example.zone": zone("")}, nil, verb.Failed, 1, 0, []string{"2/a.example.zone zone-twice"}},
		{"a chain within the limit that is given", map[string]string{"a.example.zone": zone("x CNAME y\ny CNAME z\nz A 192.0.2.1\n")}, []string{"--max-chain", "2"}, verb.OK, 0, 1, []string{"a.example.zone alias-chain"}},
		{"a chain beyond it", map[string]string{"a.example.zone": zone("x CNAME y\ny CNAME z\nz A 192.0.2.1\n")}, []string{"--max-chain", "1"}, verb.Failed, 1, 0, []string{"a.example.zone alias-chain-too-long"}},
		{"a file that cannot be read as a zone", map[string]string{"a.example.zone": "(", "b.example.zone": zone("")}, nil, verb.Failed, 1, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := house(t, c.files)
			var out, errs bytes.Buffer
			code := run(append(append([]string{"check", "--json"}, c.args...), dir), &out, &errs)
			var r report
			if err := json.Unmarshal(out.Bytes(), &r); err != nil {
				t.Fatalf("%v: %s%s", err, out.String(), errs.String())
			}
			if code != c.code || r.Errors < c.errors || r.Errors > 0 != (c.errors > 0) || r.Warnings != c.warnings || len(r.Files) != len(c.files) {
				t.Errorf("exit code %d, want %d; %d errors, %d warnings, %d files:\n%s", code, c.code, r.Errors, r.Warnings, len(r.Files), out.String())
			}
			if got := r.codes(dir); c.want != nil && !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func TestCheckCommandLine(t *testing.T) {
	for _, c := range []struct {
		name, args, want string
	}{
		{"no path", "check", "check needs at least one zone file or directory"},
		{"no such form", "check --format xml x", `--format "xml" is none of text, json, sarif`},
		{"two forms", "check --json --format sarif x", "--json and --format sarif exclude each other"},
		{"no chain at all", "check --max-chain 0 x", "--max-chain 0 is not from 1 to 64"},
		{"too long a chain", "check --max-chain 65 x", "--max-chain 65 is not from 1 to 64"},
		{"rules of a path", "check --rules x", "--rules takes no path"},
		{"an origin that is none", "zone check --origin a..b x", `--origin "a..b"`},
		{"two files to print", "zone print a b", "print takes one zone file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(strings.Fields(c.args), &out, &errs)
			if code != verb.WrongUsage || out.Len() > 0 || !strings.Contains(errs.String(), c.want) {
				t.Errorf("exit code %d, %q, %q", code, out.String(), errs.String())
			}
		})
	}
}

func TestRulesAreListed(t *testing.T) {
	for form, want := range map[string]string{"text": "\ncname-loop  ", "json": `"code": "cname-loop"`, "sarif": `"id": "cname-loop"`} {
		var out bytes.Buffer
		if code := run([]string{"check", "--rules", "--format", form}, &out, &out); code != verb.OK || !strings.Contains(strings.ReplaceAll(out.String(), "cname-loop   ", "cname-loop  "), want) {
			t.Errorf("%s: exit code %d\n%s", form, code, out.String())
		}
	}
}

func TestTextReport(t *testing.T) {
	dir := house(t, map[string]string{"a.example.zone": checkHead + "www CNAME missing\n", "b.example.zone": checkHead})
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"findings, a line for their file, a line for all", nil, "DIR/a.example.zone: zone a.example.: 4 records, 0 errors, 1 warning\n2 files, 2 zones, 7 records: 0 errors, 1 warning\n"},
		{"quiet", []string{"--quiet"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(append(append([]string{"check"}, c.args...), dir), &out, &out); code != verb.OK {
				t.Errorf("exit code %d", code)
			}
			if got := strings.ReplaceAll(out.String(), dir, "DIR"); !strings.HasSuffix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("printed\n%s", got)
			}
		})
	}
}

func TestLinesThatMayBeRewritten(t *testing.T) {
	for _, c := range []struct {
		line, record, comment string
		plain                 bool
	}{
		{"www CNAME a", "www CNAME a", "", true},
		{"www CNAME a ; why", "www CNAME a ", " ; why", true},
		{`www TXT "a;b"`, "", "", false},
		{"www CNAME ( a )", "", "", false},
		{"$ORIGIN x.", "", "", false},
		{`a\; CNAME b`, `a\`, " ; CNAME b", false},
	} {
		record, comment, plain := splitLine(c.line)
		if plain != c.plain || plain && (record != c.record || comment != c.comment) {
			t.Errorf("%s: %q, %q, %v", c.line, record, comment, plain)
		}
	}
}

func TestPathsInSARIF(t *testing.T) {
	m := &sarif{cwd: "/home/ops"}
	for path, want := range map[string]string{
		"/home/ops/zones/a b.zone": "zones/a%20b.zone",
		"/home/ops/..zone":         "..zone",
		"/home/other/a.zone":       "file:///home/other/a.zone",
	} {
		if got := m.uri(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

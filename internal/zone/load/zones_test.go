package load

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/zone/lint"
)

// cases is the directory of third-party cases; the test is skipped without it.
func cases(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TRUENAME_CASES")
	if dir == "" {
		dir = "../../../../shared/data"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no third-party cases: %v; set TRUENAME_CASES to their directory", err)
	}
	return dir
}

func TestZonesOfRealLifeHaveNoErrors(t *testing.T) {
	dir := cases(t)
	files, _ := filepath.Glob(dir + "/dnstest/zones/*.zone")
	files = append(files, dir+"/zones/is-a.dev.zone")
	for _, f := range files {
		r := File(f, Options{})
		t.Logf("%s: %d records, %d errors, %d warnings, %v", filepath.Base(f), r.Records, r.Errors, r.Warnings, r.Elapsed)
		if r.Errors > 0 || r.Snapshot == nil {
			t.Errorf("%s: %v", f, r.Findings[0])
		}
	}
}

func TestRawRegistryNamesEveryConflict(t *testing.T) {
	r := File(cases(t)+"/zones/is-a.dev.raw.zone", Options{})
	owners := make(map[string]int)
	for _, f := range r.Findings {
		if f.Severity == lint.Error {
			if f.Code != "cname-and-other-data" || len(f.Conflicts) < 2 {
				t.Errorf("%v", f)
			}
			owners[f.Owner]++
		}
	}
	if r.Errors != 107 || len(owners) != 107 {
		t.Errorf("%d errors at %d names, want 107", r.Errors, len(owners))
	}
}

func TestAdviceDoesNotDrownARealRegistry(t *testing.T) {
	r := Read(cases(t)+"/zones/is-a.dev.zone", Options{}).Judge(lint.Options{})
	for _, f := range r.Findings {
		t.Log(f.Error())
	}
	if r.Errors > 0 || r.Warnings > 20 {
		t.Errorf("%d errors and %d warnings about %d records", r.Errors, r.Warnings, r.Records)
	}
}

// wants are the codes of which one at least names the condition of a Ferret zone.
var wants = map[int][]string{
	1: {"duplicate-record"},
	2: {"missing-soa", "multiple-soas", "soa-not-at-apex"},
	3: {"out-of-zone"},
	4: {"cname-and-other-data", "multiple-cnames"},
	5: {"multiple-dnames"},
	6: {"dname-and-ns"},
	7: {"below-dname"},
	8: {"below-cut"},
	9: {"missing-glue"},
}

func lines(t *testing.T, path string, each func([]byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("no such cases: %v", err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 8<<20)
	for s.Scan() {
		each(s.Bytes())
	}
}

// notBroken are zones whose condition is lost in their text: what should be the
// same address twice are two addresses.
var notBroken = []string{"1-7", "1-57", "1-97"}

func TestFerretInvalid(t *testing.T) {
	named, all := 0, 0
	lines(t, cases(t)+"/ferret/invalid.jsonl", func(line []byte) {
		var c struct {
			ID, Means, Zonefile string
			Condition           int
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "case")
		if err := os.WriteFile(path, []byte(c.Zonefile), 0o600); err != nil {
			t.Fatal(err)
		}
		all++
		r := File(path, Options{})
		if slices.Contains(notBroken, c.ID) {
			if r.Errors > 0 {
				t.Errorf("%s: %v", c.ID, r.Findings)
			}
			return
		}
		if slices.ContainsFunc(r.Findings, func(f lint.Finding) bool { return slices.Contains(wants[c.Condition], f.Code) }) {
			named++
			return
		}
		t.Errorf("%s: %s is not named:\n%s%v", c.ID, c.Means, c.Zonefile, r.Findings)
	})
	t.Logf("%d of %d named; not broken: %v", named, all, notBroken)
}

func TestFerretValid(t *testing.T) {
	seen := make(map[string]bool)
	lines(t, cases(t)+"/ferret/cases.jsonl", func(line []byte) {
		var c struct{ ID, Zonefile string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if seen[c.Zonefile] {
			return
		}
		seen[c.Zonefile] = true
		path := filepath.Join(t.TempDir(), "case")
		if err := os.WriteFile(path, []byte(c.Zonefile), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := File(path, Options{}); r.Errors > 0 {
			t.Errorf("%s: %v\n%s", c.ID, r.Findings, c.Zonefile)
		}
	})
	t.Logf("%d zones", len(seen))
}

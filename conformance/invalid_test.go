package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
)

type invalidCase struct {
	ID        string `json:"id"`
	Condition int    `json:"condition"`
	Means     string `json:"means"`
	Zonefile  string `json:"zonefile"`
}

// codesOf lists by condition the codes of findings that name the broken rule.
var codesOf = map[int][]string{
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

// warningsOnly are the conditions under which a zone is still served.
var warningsOnly = []int{1, 8, 9}

type checkReport struct {
	Files []struct {
		File     string    `json:"file"`
		Findings []finding `json:"findings"`
	} `json:"files"`
}

type finding struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Line     int    `json:"line"`
	Message  string `json:"message"`
}

// TestFerretInvalidZones checks that `truename zone check` names the rule that each file breaks.
func TestFerretInvalidZones(t *testing.T) {
	if underTest(t) != subject.Truename {
		t.Skip("zone check is Truename's own")
	}
	cases := readCases[invalidCase](t, caseFile(t, "ferret", "invalid.jsonl"))
	findings := checkZones(t, cases)
	named := map[int]int{}
	for _, c := range cases {
		if c.Condition == 1 && !repeatsRecord(t, c) {
			t.Logf("case %s is not what it says: no record stands in it twice", c.ID)
			continue
		}
		got, ok := findings[c.ID]
		if !ok {
			t.Errorf("case %s: the report does not mention the file", c.ID)
			continue
		}
		found := slices.IndexFunc(got, func(f finding) bool { return slices.Contains(codesOf[c.Condition], f.Code) })
		if found < 0 {
			t.Errorf("case %s, %s: want a finding of %v, got %v\nzone:\n%s", c.ID, c.Means, codesOf[c.Condition], got, c.Zonefile)
			continue
		}
		named[c.Condition]++
		// The same SOA twice is one SOA, repeated: either severity will do for condition 2.
		if warns := slices.Contains(warningsOnly, c.Condition); c.Condition != 2 && warns != (got[found].Severity == "warning") {
			t.Errorf("case %s, %s: severity %q of %s", c.ID, c.Means, got[found].Severity, got[found].Code)
		}
	}
	t.Logf("broken rules named, by condition: %v", named)
}

// repeatsRecord reports whether a zone holds the same record twice, whatever its spelling.
func repeatsRecord(t *testing.T, c invalidCase) bool {
	t.Helper()
	var records []dns.RR
	parser := dns.NewZoneParser(strings.NewReader(c.Zonefile), ".", "")
	parser.SetDefaultTTL(500)
	for record, ok := parser.Next(); ok; record, ok = parser.Next() {
		records = append(records, record)
	}
	if err := parser.Err(); err != nil {
		t.Fatalf("case %s: %v", c.ID, err)
	}
	return len(reply.Of(records)) < len(records)
}

// checkZones checks all files in one run and returns the findings by case.
func checkZones(t *testing.T, cases []invalidCase) map[string][]finding {
	t.Helper()
	binary, err := subject.Binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"zone", "check", "--json"}
	for _, c := range cases {
		args = append(args, writeInvalidZone(t, dir, c))
	}
	cmd := exec.Command(binary, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("zone check: %v, want exit status 1\n%s", err, stderr.String())
	}
	var report checkReport
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatalf("zone check --json: %v\n%s\n%s", err, stdout.String(), stderr.String())
	}
	findings := map[string][]finding{}
	for _, file := range report.Files {
		id, _, _ := strings.Cut(strings.TrimPrefix(file.File, dir+string(filepath.Separator)), string(filepath.Separator))
		findings[id] = file.Findings
	}
	return findings
}

// writeInvalidZone writes DIR/<id>/<origin>.zone, since a file is named after its zone.
func writeInvalidZone(t *testing.T, dir string, c invalidCase) string {
	t.Helper()
	name := "unnamed"
	for line := range strings.Lines(c.Zonefile) {
		if f := strings.Fields(line); slices.Contains(f, "SOA") {
			name = f[0] + "zone"
			break
		}
	}
	path := filepath.Join(dir, c.ID, name)
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(c.Zonefile), 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

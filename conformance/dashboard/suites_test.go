package dashboard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/conformance/subject"
)

// patience bounds one run of node, which takes up to 40 s on a machine at rest.
const patience = 8 * time.Minute

// script is one of ui/package.json that runs tests: node, its options, and a pattern of files.
type script struct {
	options []string
	files   []string // relative to the copy of ui/
}

// readScript finds a script and its files, of which there must be some.
func readScript(dir, name string) (script, error) {
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return script{}, err
	}
	var described struct{ Scripts map[string]string }
	if err := json.Unmarshal(text, &described); err != nil {
		return script{}, err
	}
	words := strings.Fields(described.Scripts[name])
	if len(words) < 3 || words[0] != "node" {
		return script{}, fmt.Errorf("package.json: the script %s is %q, not of the form: node OPTION... FILES", name, described.Scripts[name])
	}
	last := len(words) - 1
	files, err := filepath.Glob(filepath.Join(dir, words[last]))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("package.json: the script %s finds no files", name)
	}
	return script{words[1:last], files}, err
}

// outcome is a test that ended, as reporter.mjs writes it.
type outcome struct {
	Path    []string
	Failed  bool
	Skipped *string // why
	Error   string
	Within  bool // it failed because one below it did
}

// readOutcomes reads what the reporter has written, each outcome after those below it.
func readOutcomes(in io.Reader) ([]outcome, error) {
	var all []outcome
	for dec := json.NewDecoder(in); ; {
		var one outcome
		switch err := dec.Decode(&one); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return all, err
		}
		all = append(all, one)
	}
}

// suite runs files of tests and makes each test in them one of t. What node wrote is
// shown if anything failed.
func suite(t *testing.T, dir string, options, files, variables []string) {
	t.Helper()
	reporter, err := filepath.Abs("reporter.mjs")
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "report")
	args := []string{"--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=" + reporter, "--test-reporter-destination=" + report}
	args = append(append(args, options...), files...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, runErr := run(ctx, dir, variables, "node", args...)
	written, err := os.Open(report)
	if err != nil {
		t.Fatalf("node reports nothing: %v, %v\n%s", err, runErr, out)
	}
	defer written.Close()
	outcomes, err := readOutcomes(written)
	if err != nil && runErr == nil {
		t.Errorf("the report cannot be read: %v", err)
	}
	tell(t, outcomes, runErr)
	if t.Failed() {
		t.Logf("node wrote:\n%s", out)
	}
}

// tell makes each outcome a test of t; err is how node ended.
func tell(t *testing.T, outcomes []outcome, err error) {
	t.Helper()
	failed := false
	for _, one := range outcomes {
		failed = failed || one.Failed
		if one.Within {
			continue
		}
		t.Run(strings.Join(one.Path, "/"), func(t *testing.T) {
			if one.Failed {
				t.Error(one.Error)
			} else if one.Skipped != nil {
				t.Skip(*one.Skipped)
			}
		})
	}
	if len(outcomes) == 0 || err != nil && !failed {
		t.Errorf("node reports %d tests, none of which failed, and ended so: %v", len(outcomes), err)
	}
}

func TestUnits(t *testing.T) {
	dir := prepared(t)
	found, err := readScript(dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	suite(t, dir, found.options, found.files, nil)
}

// chromium finds the browser: CHROMIUM where that is set, else Debian's.
func chromium() (string, error) {
	name := os.Getenv("CHROMIUM")
	if name == "" {
		name = "chromium"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w: it needs a browser: %w (Debian package chromium, or set CHROMIUM)", errMissing, err)
	}
	return path, nil
}

func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes minutes")
	}
	browser, err := chromium()
	orSkip(t, browser, err)
	dir := prepared(t)
	binary, err := subject.Binary()
	if err != nil {
		t.Fatal(err)
	}
	found, err := readScript(dir, "test:browser")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found.files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test.mjs"), func(t *testing.T) {
			suite(t, dir, found.options, []string{file}, []string{"TRUENAME=" + binary, "CHROMIUM=" + browser})
		})
	}
}

// The reporter is judged by a suite in which everything occurs.
func TestTheReporterTellsEverything(t *testing.T) {
	if err := tools(); err != nil {
		orSkip(t, 0, err)
	}
	dir := t.TempDir()
	text := `import { test } from 'node:test';
test('good', () => {});
test('not here', { skip: 'no such thing' }, () => {});
test('outer', async (t) => {
  await t.test('inner good', () => {});
  await t.test('inner bad', () => { throw new Error('1 is not 2'); });
});`
	if err := os.WriteFile(filepath.Join(dir, "x.test.mjs"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	reporter, err := filepath.Abs("reporter.mjs")
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(t.Context(), dir, nil, "node", "--test-reporter="+reporter, "--test-reporter-destination=stdout", "--test", "x.test.mjs")
	if err == nil {
		t.Error("a suite that fails ends well")
	}
	outcomes, err := readOutcomes(strings.NewReader(out))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got []string
	for _, one := range outcomes {
		line := fmt.Sprint(strings.Join(one.Path, "/"), " ", one.Failed, " ", one.Within)
		if one.Skipped != nil {
			line += " " + *one.Skipped
		}
		if !one.Within && one.Error != "" {
			line += " " + one.Error
		}
		got = append(got, line)
	}
	const want = "good false false\nnot here false false no such thing\nouter/inner good false false\nouter/inner bad true false 1 is not 2\nouter true true"
	if strings.Join(got, "\n") != want {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestReadScript(t *testing.T) {
	for _, c := range []struct {
		name, description string
		ok                bool
	}{
		{"options and files", `{"scripts":{"test":"node --test *.mjs"}}`, true},
		{"no files", `{"scripts":{"test":"node --test *.cjs"}}`, false},
		{"another program", `{"scripts":{"test":"deno --test *.mjs"}}`, false},
		{"no script", `{"scripts":{}}`, false},
		{"no JSON", `{`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"package.json": c.description, "a.mjs": ""} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := readScript(dir, "test")
			if (err == nil) != c.ok {
				t.Fatal(err)
			}
			if c.ok && (len(got.files) != 1 || len(got.options) != 1 || got.options[0] != "--test") {
				t.Errorf("%+v", got)
			}
		})
	}
}

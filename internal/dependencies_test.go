package internal_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// requirement is a module that go.mod requires.
type requirement struct {
	Path, Version string
	Indirect      bool
}

// direct is the version of every module that our code imports or runs as a tool.
func direct(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []requirement
		Tool    []struct{ Path string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	versions := make(map[string]string)
	for _, r := range mod.Require {
		isTool := slices.ContainsFunc(mod.Tool, func(tool struct{ Path string }) bool { return strings.HasPrefix(tool.Path, r.Path+"/") })
		if !r.Indirect || isTool {
			versions[r.Path] = r.Version
		}
	}
	return versions
}

// row is a line of a table of docs/dependencies.md that names a module.
var row = regexp.MustCompile(`(?m)^\| ([a-z][^ |]*\.[^ |]*) \| (v[^ |]+) \|`)

func TestDependenciesHaveTheirLine(t *testing.T) {
	page, err := os.ReadFile("../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string]string)
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		listed[m[1]] = m[2]
	}
	required := direct(t)
	if len(required) == 0 {
		t.Fatal("go.mod requires nothing")
	}
	for _, path := range slices.Sorted(maps.Keys(required)) {
		if listed[path] != required[path] {
			t.Errorf("docs/dependencies.md has %q for %s, go.mod %s: give it a line with its version and what it is for", listed[path], path, required[path])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(listed)) {
		if required[path] == "" {
			t.Errorf("docs/dependencies.md lists %s, which go.mod does not require directly", path)
		}
	}
}

package conformance

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/truename-dns/truename/conformance/scenario"
	"github.com/truename-dns/truename/conformance/subject"
)

// TestScenarios runs every file rfcNNNN/*.txt against the subject.
func TestScenarios(t *testing.T) {
	kind := underTest(t)
	if !subject.Installed(kind) {
		t.Skipf("%s is not installed", kind)
	}
	files, err := filepath.Glob("rfc*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenario files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			t.Parallel()
			readScenario(t, file).Run(t, kind)
		})
	}
}

func readScenario(t *testing.T, file string) scenario.Scenario {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read, err := scenario.Parse(file, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

package internet

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var subjectName = flag.String("subject", "truename", "resolver under test: truename or unbound")

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// TestScenarios plays every file of scenarios.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenario files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Parse(file, bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			s.Play(t, *subjectName)
		})
	}
}

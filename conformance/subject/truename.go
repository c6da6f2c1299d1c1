package subject

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Binary returns the path of the truename binary: TRUENAME_BIN where that is set, else
// one built from this repository, once per test process, static.
func Binary() (string, error) { return buildOnce() }

var buildOnce = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TRUENAME_BIN"); path != "" {
		return filepath.Abs(path)
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(buildDir, "truename")
	if buildDir == "" {
		return "", fmt.Errorf("call subject.Main from TestMain, or set TRUENAME_BIN")
	}
	cmd := exec.Command("go", "build", "-o", path, "./cmd/truename")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building truename: %w\n%s", err, out)
	}
	return path, nil
})

// buildDir holds the binary for the lifetime of one test process.
var buildDir string

// Main runs the tests of a package that starts Truename and removes the built binary afterwards.
func Main(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tn-build-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	buildDir = dir
	defer os.RemoveAll(dir)
	return m.Run()
}

// Root is the top directory of this repository, found by its go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working directory: run the tests inside the repository")
		}
		dir = parent
	}
}

type truenameLauncher struct{}

func (truenameLauncher) prepare(p plan) (*exec.Cmd, error) {
	binary, err := Binary()
	if err != nil {
		return nil, err
	}
	return exec.Command(binary, "serve",
		"--zones", filepath.Join(p.dir, "zones"),
		"--data", filepath.Join(p.dir, "data"),
		"--dns", loopback(p.port),
		"--http", loopback(p.http),
		"--forward", nobody,
		"--rrl=off"), nil
}

// nobody listens there: a test asks no servers of others.
const nobody = "127.0.0.1:1"

func (truenameLauncher) ready(server *Server, _ []Zone) error {
	client := http.Client{Timeout: time.Second}
	reply, err := client.Get("http://" + server.HTTP + "/readyz")
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("/readyz answers %s", reply.Status)
	}
	return nil
}

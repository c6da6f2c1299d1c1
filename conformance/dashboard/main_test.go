// Package dashboard_test runs what ui/ has of tests: the assets are those of the sources,
// the pure parts compute what they should, and Chromium does with the real binary what a
// person would. All of it happens in a copy outside of the tree, with the packages that
// the lock file names.
package dashboard_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/truename-dns/truename/conformance/subject"
)

// work is a directory for the lifetime of the test process.
var work string

func TestMain(m *testing.M) { os.Exit(inWork(m)) }

func inWork(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tn-ui-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	work = dir
	defer os.RemoveAll(dir)
	return subject.Main(m)
}

// errMissing is wrapped by what a machine lacks; its tests are skipped.
var errMissing = errors.New("the dashboard cannot be tested here")

// oldest is the Node that ui/package.json asks for.
const oldestMajor, oldestMinor = 20, 19

// tools reports what is missing of Node and npm.
var tools = sync.OnceValue(func() error {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return fmt.Errorf("%w: Node %d.%d or newer is needed: %w", errMissing, oldestMajor, oldestMinor, err)
	}
	if err := fitNode(strings.TrimSpace(string(out))); err != nil {
		return err
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return fmt.Errorf("%w: npm is needed: %w", errMissing, err)
	}
	return nil
})

// fitNode reports whether a version, such as v20.19.2, is new enough.
func fitNode(version string) error {
	var major, minor int
	if _, err := fmt.Sscanf(version, "v%d.%d", &major, &minor); err != nil {
		return fmt.Errorf("node --version says %q: %w", version, err)
	}
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return fmt.Errorf("%w: Node %d.%d or newer is needed, and this is %s", errMissing, oldestMajor, oldestMinor, version)
	}
	return nil
}

// sources is a copy of ui/ with its packages installed, made once.
var sources = sync.OnceValues(func() (string, error) {
	if err := tools(); err != nil {
		return "", err
	}
	root, err := subject.Root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(work, "ui")
	if err := copyTree(dir, filepath.Join(root, "ui")); err != nil {
		return "", err
	}
	return dir, install(dir)
})

// install brings the packages of the lock file, from npm's cache where it has them.
func install(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	out, err := run(ctx, dir, nil, "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	if err == nil {
		return nil
	}
	if unreachable(out) {
		return fmt.Errorf("%w: npm reaches no registry\n%s", errMissing, out)
	}
	return fmt.Errorf("npm ci: %w\n%s", err, out)
}

// unreachable reports whether npm failed because there is no network.
func unreachable(output string) bool {
	for _, code := range []string{"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "ETIMEDOUT", "ENOTCACHED"} {
		if strings.Contains(output, "code "+code) {
			return true
		}
	}
	return false
}

// copyTree copies the files below from, without what npm installs there.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == "node_modules" {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), content, 0o644)
	})
}

// orSkip fails the test with err, or skips it where err is something that is missing.
func orSkip[T any](t testing.TB, value T, err error) T {
	t.Helper()
	switch {
	case errors.Is(err, errMissing):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return value
}

// prepared is the copy of ui/, ready to build and test.
func prepared(t testing.TB) string {
	t.Helper()
	dir, err := sources()
	return orSkip(t, dir, err)
}

func TestWhatIsMissingIsToldFromWhatIsBroken(t *testing.T) {
	for _, c := range []struct {
		name, version string
		fit, missing  bool
	}{
		{"of Debian 12", "v18.20.4", false, true},
		{"just too old", "v20.18.3", false, true},
		{"the oldest", "v20.19.0", true, false},
		{"newer", "v24.1.0", true, false},
		{"of no version", "node", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := fitNode(c.version)
			if (err == nil) != c.fit || errors.Is(err, errMissing) != c.missing {
				t.Error(err)
			}
		})
	}
	if !unreachable("npm error code ENOTFOUND\nnpm error syscall getaddrinfo") {
		t.Error("a machine without a network is to be told")
	}
	if unreachable("npm error code EINTEGRITY") || unreachable("npm error code EUSAGE") {
		t.Error("a lock file that is wrong is not a lack of network")
	}
}

package login

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// atHome gives the test a configuration directory of its own and returns where
// the login file will be.
func atHome(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	return filepath.Join(dir, "truename", "login.json")
}

func TestLoginFile(t *testing.T) {
	path := atHome(t)
	if l, err := Read(); err != nil || l != (Login{}) {
		t.Fatalf("before any login: %+v, %v", l, err)
	}
	want := Login{Server: "https://dns.example.net", Token: "truename_secret"}
	for range 2 { // a second login replaces the first
		if got, err := want.Write(); err != nil || got != path {
			t.Fatalf("written to %s: %v", got, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || dir.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v", dir.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("the directory holds %v, %v", left, err)
	}
	if l, err := Read(); err != nil || l != want {
		t.Errorf("read: %+v, %v", l, err)
	}
	for _, want := range []bool{true, false} {
		if was, err := Forget(); err != nil || was != want {
			t.Errorf("forget: %v, %v; want %v", was, err, want)
		}
	}
}

func TestLoginFileThatIsNotGood(t *testing.T) {
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"others may read it", `{"server":"http://127.0.0.1:1","token":"x"}`, 0o644, "run: chmod 600"},
		{"it is no JSON", `token: x`, 0o600, "is not what truename login writes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := atHome(t)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v", err)
			}
		})
	}
}

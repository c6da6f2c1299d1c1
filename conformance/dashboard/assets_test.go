package dashboard_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/conformance/subject"
)

// hashes is the SHA-256 of each file below dir, by its path there.
func hashes(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		sum := sha256.Sum256(content)
		found[filepath.ToSlash(rel)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// plainName is the file of which name is a compressed form.
func plainName(name string) (string, bool) {
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext), ext == ".br" || ext == ".gz"
}

// differences compares what is committed with what was built, both as of hashes.
// Compressed forms are compared by being there: another release of a compressor may
// write other octets.
func differences(committed, built map[string]string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(built)) {
		_, isForm := plainName(name)
		switch sum, ok := committed[name]; {
		case !ok:
			all = append(all, name+" is not there")
		case !isForm && sum != built[name]:
			all = append(all, name+" is different")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(committed)) {
		if built[name] == "" {
			all = append(all, name+" is of no source")
		}
	}
	return all
}

// unpack prints, for each file named, the SHA-256 of what it holds and its name.
const unpack = `
const { brotliDecompressSync, gunzipSync } = require('node:zlib');
const { readFileSync } = require('node:fs');
for (const name of process.argv.slice(1)) {
  const open = name.endsWith('.br') ? brotliDecompressSync : gunzipSync;
  console.log(require('node:crypto').createHash('sha256').update(open(readFileSync(name))).digest('hex'), name);
}`

func TestAssetsAreThoseOfTheSources(t *testing.T) {
	ui := prepared(t)
	root, err := subject.Root()
	if err != nil {
		t.Fatal(err)
	}
	dist, dir := filepath.Join(root, "internal", "face", "web", "dist"), t.TempDir()
	if out, err := run(t.Context(), ui, nil, "npm", "run", "build", "--", "--outDir", dir, "--emptyOutDir"); err != nil {
		t.Fatalf("the sources do not build: %v\n%s", err, out)
	}
	committed, built := hashes(t, dist), hashes(t, dir)
	if len(built) == 0 {
		t.Fatal("a build leaves nothing")
	}
	if found := differences(committed, built); len(found) > 0 {
		t.Errorf("internal/face/web/dist is not what ui/ builds; run: make ui\n%s", strings.Join(found, "\n"))
	}
	checkForms(t, dist, committed)
}

// checkForms fails if a compressed form in dist holds anything else than its file.
func checkForms(t *testing.T, dist string, committed map[string]string) {
	t.Helper()
	args := []string{"-e", unpack}
	for name := range committed {
		if _, isForm := plainName(name); isForm {
			args = append(args, name)
		}
	}
	if len(args) == 2 {
		t.Fatal("nothing is compressed")
	}
	out, err := run(t.Context(), dist, nil, "node", args...)
	if err != nil {
		t.Fatalf("a compressed file cannot be read: %v\n%s", err, out)
	}
	for lines := bufio.NewScanner(strings.NewReader(out)); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), " ")
		if plain, _ := plainName(name); committed[plain] != sum {
			t.Errorf("%s holds something else than %s", name, plain)
		}
	}
}

func TestDifferences(t *testing.T) {
	files := func(list ...string) map[string]string {
		found := make(map[string]string)
		for _, file := range list {
			name, content, _ := strings.Cut(file, "=")
			found[name] = content
		}
		return found
	}
	committed := files("index.html=1", "a.js=1", "a.js.br=1")
	for _, c := range []struct {
		name  string
		built map[string]string
		want  []string
	}{
		{"the same", files("index.html=1", "a.js=1", "a.js.br=1"), nil},
		{"another compressor", files("index.html=1", "a.js=1", "a.js.br=2"), nil},
		{"another content", files("index.html=2", "a.js=1", "a.js.br=1"), []string{"index.html is different"}},
		{"another name", files("index.html=1", "b.js=1", "a.js.br=1"), []string{"b.js is not there", "a.js is of no source"}},
		{"no longer compressed", files("index.html=1", "a.js=1"), []string{"a.js.br is of no source"}},
		{"a form that is missing", files("index.html=1", "a.js=1", "a.js.br=1", "a.js.gz=1"), []string{"a.js.gz is not there"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := differences(committed, c.built); !slices.Equal(got, c.want) {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

package load

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

const (
	soa = "@ 3600 SOA ns1.example.net. hostmaster.example.net. 7 7200 900 1209600 300\n"
	ns  = "@ 3600 NS ns1.example.net.\n"
)

// write makes files in a new directory and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// brief is "file:line code" of each finding.
func brief(r *Result) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s:%d %s", filepath.Base(f.File), f.Line, f.Code))
	}
	return out
}

func TestFile(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		apex             string
		want             []string
	}{
		{"origin from the file's name", "example.com.zone", soa + ns, "example.com.", nil},
		{"origin in the file", "example.com.zone", "$ORIGIN example.com.\n" + soa + ns, "example.com.", nil},
		{"name in upper case", "Example.COM.zone", soa + ns, "example.com.", nil},
		{"records before the SOA", "example.com.zone", ns + "www 300 A 192.0.2.1\n" + soa, "example.com.", nil},
		{"no SOA", "example.com.zone", ns, "example.com.", []string{"example.com.zone:1 missing-soa"}},
		{"no SOA and no name", "zonefile", "example.com. 300 A 192.0.2.1\n", "", []string{"zonefile:1 missing-soa"}},
		{"empty", "example.com.zone", "", "example.com.", []string{"example.com.zone:1 missing-soa"}},
		{"another zone than the name says", "example.com.zone", "\n$ORIGIN example.org.\n" + soa + ns, "example.org.", []string{"example.com.zone:3 file-name"}},
		{"a name that says nothing", "db.zone", "$ORIGIN example.org.\n" + soa + ns, "example.org.", nil},
		{"another extension", "example.com.txt", "$ORIGIN example.org.\n" + soa + ns, "example.org.", nil},
		{"an unreadable line", "example.com.zone", soa + ns + "www 300 A 192.0.2.999\n", "example.com.", []string{"example.com.zone:3 *"}},
		{"an unreadable NS is not a missing one", "example.com.zone", soa + "@ 300 NS a..b.\nwww 300 CNAME mail\n", "example.com.", []string{"example.com.zone:2 *"}},
		{"an unreadable line and a conflict", "example.com.zone", soa + ns + "a 300 A x\nb 300 CNAME c\nb 300 TXT x\n", "example.com.",
			[]string{"example.com.zone:3 *", "example.com.zone:4 cname-and-other-data"}},
		{"a warning", "example.com.zone", soa + ns + "a 300 CNAME b\n", "example.com.", []string{"example.com.zone:3 dangling-target"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := File(filepath.Join(write(t, map[string]string{c.file: c.text}), c.file), Options{})
			got := brief(r)
			if !slices.EqualFunc(got, c.want, func(g, w string) bool {
				return g == w || strings.HasSuffix(w, "*") && strings.HasPrefix(g, w[:len(w)-1])
			}) {
				t.Errorf("got %v, want %v", r.Findings, c.want)
			}
			if apex := r.Apex; apex == nil && c.apex != "" || apex != nil && apex.String() != c.apex {
				t.Errorf("apex %v, want %s", apex, c.apex)
			}
			if (r.Snapshot == nil) != (r.Errors > 0) || r.Errors+r.Warnings != len(r.Findings) {
				t.Errorf("snapshot %v, %d errors, %d warnings", r.Snapshot, r.Errors, r.Warnings)
			}
		})
	}
}

func TestFileThatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "example.com.zone")
	r := File(path, Options{})
	if len(r.Findings) != 1 || r.Findings[0].Code != "unreadable-file" || r.Errors != 1 || r.Snapshot != nil {
		t.Fatalf("got %v", r.Findings)
	}
	if text := r.Findings[0].Error(); text != path+": error: the file cannot be read: no such file or directory [unreadable-file]" {
		t.Error(text)
	}
	if f := r.Findings[0]; f.File != path || !strings.Contains(f.Fix, "no such file") {
		t.Errorf("got %+v", f)
	}
	if r.Apex.String() != "example.com." {
		t.Errorf("apex %s", r.Apex)
	}
}

func TestFindingsOfIncludedFilesFollow(t *testing.T) {
	dir := write(t, map[string]string{
		"example.com.zone": soa + ns + "$INCLUDE hosts\nz 300 CNAME missing\n",
		"hosts":            "a 300 CNAME b.example.net.\na 300 TXT x\n",
	})
	r := File(filepath.Join(dir, "example.com.zone"), Options{})
	if got, want := brief(r), []string{"example.com.zone:4 dangling-target", "hosts:1 cname-and-other-data"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOriginOfTheCallerComesFirst(t *testing.T) {
	dir := write(t, map[string]string{"example.com.zone": soa + ns + "www 300 A 192.0.2.1\n"})
	r := File(filepath.Join(dir, "example.com.zone"), Options{Origin: dname.MustParse("sub.example.com.")})
	if r.Apex.String() != "sub.example.com." {
		t.Errorf("apex %s", r.Apex)
	}
}

func TestALargeFileArrivesWhole(t *testing.T) {
	const records = 20_000
	var read int64
	path := largeFile(t, records)
	r := File(path, Options{Progress: func(n int64) { read = n }})
	if r.Errors+r.Warnings > 0 || r.Records != records+2 || r.Snapshot.Records() != records+2 || r.Snapshot.Names() != records+1 {
		t.Fatalf("%d records of which %d in the zone; %v", r.Records, r.Snapshot.Records(), r.Findings)
	}
	if info, err := os.Stat(path); err != nil || read != info.Size() {
		t.Errorf("progress ends at %d of %v", read, info)
	}
	var k dname.Key
	for i := range records / 2 {
		k.Set(dname.MustParse(fmt.Sprintf("h%d.large.example.", i)))
		want := rr.AppendRecord(nil, rr.TypeA, 300, []byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if got := r.Snapshot.Find(&k).Node.Set(rr.TypeA); string(got) != string(want) {
			t.Fatalf("%s: %x", k.Name(), got)
		}
	}
}

func TestClaimAndAgreement(t *testing.T) {
	for _, c := range []struct {
		path, apex string
		claims     string // empty: the name claims nothing
		agrees     bool
	}{
		{"/etc/zones/example.com.zone", "example.com.", "example.com.", true},
		{"example.com.zone", "Example.Com.", "example.com.", true},
		{"example.com.zone", "example.org.", "example.com.", false},
		{"db.example.com.zone", "example.com.", "db.example.com.", true},
		{"notexample.com.zone", "example.com.", "notexample.com.", false},
		{"is-a.dev.raw.zone", "is-a.dev.", "is-a.dev.raw.", true},
		{"is-a.develop.zone", "is-a.dev.", "is-a.develop.", false},
		{"example.com.zone", "sub.example.com.", "example.com.", false},
		{"2.0.192.in-addr.arpa.zone", "2.0.192.in-addr.arpa.", "2.0.192.in-addr.arpa.", true},
		{"bücher.example.zone", "xn--bcher-kva.example.", "xn--bcher-kva.example.", true},
		{"beispiel.xn--vermgensberatung-pwb.zone", "other.", "beispiel.xn--vermgensberatung-pwb.", false},
		{"com.zone", "com.", "", true},
		{"db.1.zone", "example.com.", "", true},
		{"v1.2.zone", "example.com.", "", true},
		{"backup.x.zone", "example.com.", "", true},
		{"example.com.db", "example.org.", "", true},
		{"a..b.zone", "example.org.", "", true},
		{".zone", "example.org.", "", true},
	} {
		n, ok := claim(c.path)
		if ok != (c.claims != "") || ok && n.String() != c.claims {
			t.Errorf("%s claims %s, %v; want %q", c.path, n, ok, c.claims)
		}
		if f, bad := checkName(c.path, dname.MustParse(c.apex)); bad == c.agrees {
			t.Errorf("%s with %s: %v", c.path, c.apex, f)
		}
	}
	f, _ := checkName("example.com.zone", dname.MustParse("example.org."))
	if f.Severity != lint.Error || !strings.Contains(f.Fix, "example.org.zone") || !strings.Contains(f.Fix, "example.com.") {
		t.Errorf("got %v", f)
	}
}

func TestDir(t *testing.T) {
	dir := write(t, map[string]string{"b.example.zone": "", "a.example.zone": "", ".hidden.zone": "", "notes.txt": ""})
	if err := os.Mkdir(filepath.Join(dir, "sub.zone"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Dir(dir)
	want := []string{filepath.Join(dir, "a.example.zone"), filepath.Join(dir, "b.example.zone")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := Dir(filepath.Join(dir, "missing")); err == nil {
		t.Error("a directory that is not there is listed")
	}
}

func TestDraftsAreJudgedTogether(t *testing.T) {
	dir := write(t, map[string]string{
		"example.com.zone": soa + ns + "www 300 CNAME www.example.org.\n",
		"example.org.zone": soa + ns + "www 300 CNAME www.example.com.\n",
		"empty.zone":       "; nothing\n",
	})
	a, b := Read(filepath.Join(dir, "example.com.zone"), Options{}), Read(filepath.Join(dir, "example.org.zone"), Options{})
	world := new(zone.Set).With(zone.Entry{Apex: a.Snapshot().Apex(), Zone: a.Snapshot()}, zone.Entry{Apex: b.Snapshot().Apex(), Zone: b.Snapshot()})
	for path, d := range map[string]*Draft{"example.com.zone": a, "example.org.zone": b} {
		if d.Path() != filepath.Join(dir, path) {
			t.Errorf("path %s", d.Path())
		}
		r := d.Judge(lint.Options{World: world})
		if got, want := brief(r), path+":3 cname-loop"; !slices.Contains(got, want) || r.Errors != 1 || r.Snapshot != nil {
			t.Errorf("got %v, want %s as an error", r.Findings, want)
		}
	}
	if d := Read(filepath.Join(dir, "empty.zone"), Options{}); d.Snapshot() != nil || d.Judge(lint.Options{}).Errors != 1 {
		t.Error("a file without a zone has one")
	}
}

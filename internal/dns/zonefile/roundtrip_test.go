package zonefile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// expectReadsBack parses text, prints the records, parses what was printed and
// holds the second reading to the first.
func expectReadsBack(t interface{ Fatalf(string, ...any) }, text string, o Options) {
	o.RefuseInclude = true
	var first []string
	enough := errors.New("enough records")
	err := Parse(strings.NewReader(text), "test.zone", o, func(r *Record) error {
		if first = append(first, line(r)); len(first) == 20_000 {
			return enough
		}
		return nil
	})
	var wrong Errors
	if err != nil && err != enough && !errors.As(err, &wrong) {
		t.Fatalf("%q: %v", text, err)
	}
	again, err := lines(strings.Join(first, "\n"), Options{})
	if err != nil {
		t.Fatalf("%q was printed as\n%s\nwhich does not parse: %v", text, strings.Join(first, "\n"), err)
	}
	if strings.Join(first, "\n") != strings.Join(again, "\n") {
		t.Fatalf("%q was printed as\n%s\nthen as\n%s", text, strings.Join(first, "\n"), strings.Join(again, "\n"))
	}
}

func dataTypes() (types []rr.Type) {
	for n := range dns.TypeToRR {
		if t := rr.Type(n); !t.IsMeta() {
			types = append(types, t)
		}
	}
	return append(types, rr.TypeALIAS)
}

func TestEveryTypeReadsBack(t *testing.T) {
	for _, rtype := range dataTypes() {
		text := fmt.Sprintf("a 60 IN %s %s\n", rtype, rtype.Example())
		got, err := lines(text, example)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v", text, err)
			continue
		}
		expectReadsBack(t, text, example)
	}
}

// TestOracle holds owner, TTL, type and wire form to what package dns reads.
func TestOracle(t *testing.T) {
	for _, rtype := range dataTypes() {
		if rtype == rr.TypeALIAS || uint16(rtype) == dns.TypeNULL {
			continue // unknown to package dns, and without a text form there
		}
		example := rtype.Example()
		if uint16(rtype) == dns.TypeX25 || uint16(rtype) == dns.TypeGPOS {
			example = strings.ReplaceAll(example, `"`, "") // it refuses quotes there
		}
		for _, form := range []string{"a 60 IN %s %s\n", "A.B 1h %s ( %s\n ) ; x\n", "\\046\\@ IN 2w1d %s %s\n"} {
			text := "$ORIGIN example.\n" + fmt.Sprintf(form, rtype, example)
			z := dns.NewZoneParser(strings.NewReader(text), "", "")
			want, _ := z.Next()
			if z.Err() != nil {
				t.Fatalf("%s: oracle: %v", text, z.Err())
			}
			wire := make([]byte, 4096)
			n, err := dns.PackRR(want, wire, 0, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			err = Parse(strings.NewReader(text), "test.zone", Options{}, func(r *Record) error {
				got := rr.AppendRecord(r.Owner.Clone(), r.Type, r.TTL, r.Data)
				if owner := len(r.Owner); !bytes.EqualFold(got[:owner], wire[:owner]) || !bytes.Equal(got[owner:], wire[owner:n]) {
					t.Errorf("%sgot  %x\nwant %x", text, got, wire[:n])
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s%v", text, err)
			}
		}
	}
}

func TestAnyOwnerAndTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var owner dname.Name
		for _, label := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 15), 0, 6).Draw(t, "labels") {
			owner = append(append(owner, byte(len(label))), label...)
		}
		owner = append(owner, 0).Lower()
		var data []byte
		for _, s := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 30), 1, 4).Draw(t, "strings") {
			data = append(append(data, byte(len(s))), s...)
		}
		ttl := rapid.Uint32Range(0, rr.MaxTTL).Draw(t, "TTL")
		text := AppendRecord(nil, owner, rr.AppendRecord(nil, rr.TypeTXT, ttl, data))
		text = AppendRecord(text, owner, rr.AppendRecord(nil, rr.TypeCNAME, ttl, owner))
		seen := 0
		err := Parse(bytes.NewReader(text), "test.zone", Options{}, func(r *Record) error {
			want := data
			if r.Type == rr.TypeCNAME {
				want = owner
			}
			if seen++; !bytes.Equal(r.Owner, owner) || r.TTL != ttl || !bytes.Equal(r.Data, want) {
				t.Fatalf("%s became %q %d %q", text, []byte(r.Owner), r.TTL, r.Data)
			}
			return nil
		})
		if err != nil || seen != 2 {
			t.Fatalf("%s: %d records, %v", text, seen, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, rtype := range dataTypes() {
		f.Add(fmt.Appendf(nil, "a 60 IN %s %s\n", rtype, rtype.Example()))
	}
	o := example
	o.MaxErrors = 20
	f.Fuzz(func(t *testing.T, text []byte) {
		expectReadsBack(t, string(text), o)
	})
}

// TestRealZones reads the zones of the third-party cases, which are not part
// of the project.
func TestRealZones(t *testing.T) {
	root := os.Getenv("TRUENAME_CASES")
	if root == "" {
		root = "../../../../shared/data"
	}
	var paths []string
	for _, pattern := range []string{"zones/*.zone", "dnstest/zones/*.zone"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		t.Skipf("no cases in %s; set TRUENAME_CASES", root)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := lines(string(text), Options{}); err != nil || len(got) == 0 {
				t.Fatalf("%d records, %v", len(got), err)
			}
			expectReadsBack(t, string(text), Options{})
		})
	}
}

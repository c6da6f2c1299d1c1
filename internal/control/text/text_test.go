package text

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var apex = dname.MustParse("a.test.")

const head = "$TTL 300\n@ SOA ns.test. root.test. 1 2 3 4 5\n@ NS ns.test.\n"

func options() Options { return Options{Apex: apex, Name: "some file"} }

func read(t *testing.T, text string) *Zone {
	t.Helper()
	z, err := Read(strings.NewReader(text), options())
	if err != nil {
		t.Fatal(err)
	}
	return z
}

var errCut = errors.New("the line is cut")

func TestTextsThatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		name string
		text io.Reader
		code string
		want string
	}{
		{"a line that is none", strings.NewReader("$TTL 300\nwww A 192.0.2.300\n"), "zone-file", "some file:2:"},
		{"several", strings.NewReader("$TTL 300\nwww A x\nwww A y\n"), "zone-file", "(and 1 more)"},
		{"other files", strings.NewReader("$INCLUDE /etc/passwd\n"), "zone-file", "some file:1:"},
		{"an end before the end", io.MultiReader(strings.NewReader(head), failing{}), "unreadable", errCut.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(c.text, options())
			if !fault.Is(err, c.code) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s with %q", err, c.code, c.want)
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errCut }

func TestATextIsBounded(t *testing.T) {
	in := &reading{Options: options(), builder: zone.NewBuilder(apex), records: MaxRecords - 1}
	if err := in.read(strings.NewReader("a 300 A 192.0.2.1\nb 300 A 192.0.2.1\n")); !fault.Is(err, "too-many-records") {
		t.Error(err)
	}
}

func TestWhatATextLacks(t *testing.T) {
	data := held.NewSOA(apex, dname.MustParse("ns.default."))
	d := Default{SOA: rr.Set(rr.AppendRecord(nil, rr.TypeSOA, 60, data)), NS: rr.Set(rr.AppendRecord(nil, rr.TypeNS, 60, dname.MustParse("ns.default.")))}
	for _, c := range []struct {
		name, text string
		soa, ns    bool
	}{
		{"nothing", head, true, true},
		{"name servers", "@ 300 SOA ns.test. root.test. 1 2 3 4 5\n", true, false},
		{"all", "www 300 A 192.0.2.1\n", false, false},
		{"those of other names do not count", "sub 300 NS ns.test.\n", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options()
			o.Default = d
			z, err := Read(strings.NewReader(c.text), o)
			if err != nil || z.HasSOA != c.soa || z.HasNS != c.ns {
				t.Fatalf("%+v, %v", z, err)
			}
			if given := string(z.Snapshot.SOA().Data()) == string(data); given == c.soa {
				t.Error("the SOA is another's")
			}
			ns := held.Set(z.Snapshot, apex, rr.TypeNS)
			if given := string(ns.Target()) == string(dname.MustParse("ns.default.")); given == c.ns || ns.Count() != 1 {
				t.Errorf("%d name servers, given: %v", ns.Count(), given)
			}
		})
	}
}

func TestACNAMEAtTheApexOfAText(t *testing.T) {
	z := read(t, head+"@ CNAME shop.example.\n")
	if !z.ApexCNAME || held.Set(z.Snapshot, apex, rr.TypeALIAS).Empty() || len(z.Said) != 1 || z.Said[0].Line != 4 || z.Said[0].File != "some file" {
		t.Errorf("%+v", z.Said)
	}
	if err := z.Judge(nil); err != nil {
		t.Error(err)
	}
	if z := read(t, head+"@ CNAME shop.example.\n@ A 192.0.2.1\n"); z.ApexCNAME || z.Judge(nil) == nil {
		t.Error("it cannot be an ALIAS beside addresses")
	}
}

// TestATextIsJudgedAsItWillBeServed: a CNAME that its zone flattens may stand beside
// what it else could not.
func TestATextIsJudgedAsItWillBeServed(t *testing.T) {
	z := read(t, head+"www CNAME shop.example.\nwww TXT beside\n")
	err := z.Judge(nil)
	if !fault.Is(err, "cname-and-other-data") || !strings.HasPrefix(err.Error(), "some file:") {
		t.Error(err)
	}
	kept := &held.Zone{Zone: change.Zone{Apex: apex, Settings: change.Settings{FlattenAll: true}}, Snapshot: read(t, head).Snapshot}
	if err := z.Judge(kept); err != nil {
		t.Errorf("in a zone that flattens all: %v", err)
	}
	if held.Set(z.Snapshot, dname.MustParse("www.a.test."), rr.TypeCNAME).Empty() {
		t.Error("what is kept is no CNAME any more")
	}
	world := new(zone.Set)
	if r := z.Report(nil, world, 16); r.Errors != 1 {
		t.Errorf("%+v", r)
	}
	if r := z.Report(kept, world, 16); r.Errors != 0 {
		t.Errorf("%+v", r)
	}
}

func TestStages(t *testing.T) {
	var told []Progress
	o := options()
	o.Tell = func(p Progress) { told = append(told, p) }
	z, err := Read(strings.NewReader(head), o)
	if err != nil {
		t.Fatal(err)
	}
	z.Reach("check")
	want := Progress{Stage: "check", Octets: int64(len(head)), Records: 2, Total: 2}
	if last := told[len(told)-1]; last != want || !slices.ContainsFunc(told, func(p Progress) bool { return p.Stage == "read" && p.Total == 0 }) {
		t.Errorf("%+v", told)
	}
}

func TestWrittenAndReadAgain(t *testing.T) {
	sets := []change.RRset{
		{Owner: dname.MustParse("x.a.test."), Type: rr.TypeA, TTL: 60, Records: []change.Record{{Data: []byte{192, 0, 2, 1}}, {Data: []byte{192, 0, 2, 2}, Disabled: true}}},
		{Owner: dname.MustParse("y.a.test."), Type: rr.TypeTXT, TTL: 1, Records: []change.Record{{Data: []byte("\x03; \"")}}},
	}
	var b strings.Builder
	yields := func(end error) func(func(change.RRset, error) bool) {
		return func(yield func(change.RRset, error) bool) {
			for _, s := range sets {
				if !yield(s, nil) {
					return
				}
			}
			if end != nil {
				yield(change.RRset{}, end)
			}
		}
	}
	if err := Write(&b, yields(nil)); err != nil || !strings.Contains(b.String(), "; disabled: x.a.test.") || strings.Count(b.String(), "\n") != 3 {
		t.Fatalf("%v\n%s", err, b.String())
	}
	z := read(t, b.String())
	if got := held.Set(z.Snapshot, sets[0].Owner, rr.TypeA); got.Count() != 1 || got.TTL() != 60 {
		t.Errorf("%d records", got.Count())
	}
	if got := held.Set(z.Snapshot, sets[1].Owner, rr.TypeTXT); got.Count() != 1 {
		t.Errorf("%d records of text", got.Count())
	}
	if err := Write(io.Discard, yields(errCut)); !errors.Is(err, errCut) {
		t.Error(err)
	}
}

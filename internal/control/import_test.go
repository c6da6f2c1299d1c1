package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/graph"
)

func (d *desk) importText(r ImportRequest, lines ...string) (*Result, error) {
	r.Text = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if r.Zone.Apex == nil {
		r.Zone = ref("example.com.")
	}
	return d.Import(context.Background(), d.admin, r)
}

func (d *desk) mustImport(r ImportRequest, lines ...string) *Result {
	d.Helper()
	res, err := d.importText(r, lines...)
	if err != nil {
		d.Fatal(explain(err))
	}
	return res
}

const soaLine = "@ 300 SOA ns1.host.test. root.host.test. %d 2 3 4 5"

func TestImportMakesReplacesAndMerges(t *testing.T) {
	d := newDesk(t)
	d.mustImport(ImportRequest{Create: &NewZone{}}, "www 300 A 192.0.2.1", "old 300 A 192.0.2.2")
	d.has("example.com.", "old.example.com. A 192.0.2.2", "www.example.com. A 192.0.2.1")
	if z := d.zone("example.com."); z.Records != 4 || z.Serial == 0 {
		t.Errorf("without SOA and NS: %+v", z)
	}
	www := d.id("example.com.", "www.example.com.", "A", "192.0.2.1")
	s := d.zone("example.com.").Serial
	again := d.mustImport(ImportRequest{}, "www 300 A 192.0.2.1", "old 300 A 192.0.2.2")
	if again.Change != nil || d.zone("example.com.").Serial != s {
		t.Errorf("the same again made %+v", again.Change)
	}
	d.mustImport(ImportRequest{Merge: true}, "more 300 A 192.0.2.3", "alias 300 CNAME www")
	d.has("example.com.", "alias.example.com. CNAME www.example.com.", "more.example.com. A 192.0.2.3", "old.example.com. A 192.0.2.2", "www.example.com. A 192.0.2.1")
	d.mustImport(ImportRequest{}, "www 300 A 192.0.2.1", "www 300 A 192.0.2.7")
	d.has("example.com.", "www.example.com. A 192.0.2.1", "www.example.com. A 192.0.2.7")
	if d.id("example.com.", "www.example.com.", "A", "192.0.2.1") != www {
		t.Error("a record that stays has another id")
	}
	d.mustImport(ImportRequest{}, "@ 60 NS ns.example.", "www 300 A 192.0.2.1")
	if z := d.zone("example.com."); z.Records != 2 {
		t.Errorf("with name servers of its own %d records", z.Records)
	}
	d.agrees()
	d.reopen()
	d.agrees()
}

func TestImportLeavesWhatTheTextDoesNotSpeakOf(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.")
	off := true
	spare := d.edit(Add, "example.com.", "@", "NS", "spare.example.")
	spare.Records[0].Disabled = &off
	d.change("example.com.", spare)
	d.mustImport(ImportRequest{}, "www 300 A 192.0.2.1")
	if z := d.zone("example.com."); z.Disabled != 1 || z.Records != 4 {
		t.Errorf("%d records, %d disabled", z.Records, z.Disabled)
	}
	d.mustImport(ImportRequest{Merge: true}, "@ 3600 NS spare.example.")
	if z := d.zone("example.com."); z.Disabled != 0 || z.Records != 2 {
		t.Errorf("a text with name servers: %d records, %d disabled", z.Records, z.Disabled)
	}
	d.agrees()
}

func TestImportAndTheSerial(t *testing.T) {
	for _, c := range []struct {
		name         string
		is, in, want change.Serial
	}{
		{"a newer one is taken", 100, 200, 200},
		{"an older one is not", 100, 50, 101},
		{"the same goes on", 100, 100, 101},
		{"0 is none", 3_000_000_000, 0, 3_000_000_001},
		{"round the end", 4_294_967_295, 4_294_967_295, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.mustImport(ImportRequest{Create: &NewZone{}}, fmt.Sprintf(soaLine, c.is), "www 300 A 192.0.2.1")
			if z := d.zone("example.com."); z.Serial != c.is || z.SOATTL != 300 {
				t.Fatalf("made with %d", z.Serial)
			}
			d.mustImport(ImportRequest{}, fmt.Sprintf(soaLine, c.in), "www 300 A 192.0.2.2")
			if got := d.zone("example.com.").Serial; got != c.want {
				t.Errorf("%d became %d, want %d", c.is, got, c.want)
			}
			d.agrees()
		})
	}
}

func TestImportRefusesWithPlaces(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.", d.edit(Add, "example.com.", "main", "A", "192.0.2.1"))
	d.fileZone("file.test.")
	big := strings.Repeat("a 300 A 192.0.2.1\n", 3)
	for _, c := range []struct {
		name, code string
		class      Class
		line       int // of the first finding; 0: none
		r          ImportRequest
		text       string
	}{
		{"not a zone file", "zone-file", Invalid, 2, ImportRequest{}, "www 300 A 192.0.2.1\nwww 300 A 192.0.2.999"},
		{"several mistakes", "zone-file", Invalid, 1, ImportRequest{}, "www 300 A x\nwww 300 AAAA y"},
		{"an include", "zone-file", Invalid, 1, ImportRequest{}, "$INCLUDE /etc/passwd"},
		{"two TTLs", "ttl-mismatch", Refused, 2, ImportRequest{}, "a 300 A 192.0.2.1\na 301 A 192.0.2.2"},
		{"a CNAME beside data", "cname-and-other-data", Refused, 2, ImportRequest{}, "a 300 A 192.0.2.1\na 300 CNAME b"},
		{"a CNAME beside what the zone has", "cname-and-other-data", Refused, 0, ImportRequest{Merge: true}, "main 300 CNAME b.example."},
		{"a name elsewhere", "out-of-zone", Refused, 1, ImportRequest{}, "www.example.org. 300 A 192.0.2.1"},
		{"no such zone", "zone-not-found", Missing, 0, ImportRequest{Zone: ref("none.test.")}, big},
		{"a zone of a file", "zone-read-only", Conflict, 0, ImportRequest{Zone: ref("file.test.")}, big},
		{"another serial", "serial-moved", Moved, 0, ImportRequest{IfMatch: serial(7)}, "x 300 A 192.0.2.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := d.dump()
			_, err := d.importText(c.r, c.text)
			e := fails(t, err, c.class, c.code)
			if c.line > 0 && (len(e.Findings) == 0 || e.Findings[0].Line != c.line || e.Findings[0].File == "") {
				t.Errorf("findings %+v", e.Findings)
			}
			if d.dump() != before {
				t.Error("it left something behind")
			}
		})
	}
	_, err := d.Import(context.Background(), d.admin, ImportRequest{Zone: ref("example.com."), Text: io.MultiReader(strings.NewReader("www 300 A 192.0.2.1\n"), cut{})})
	if e := fails(t, err, Invalid, "unreadable"); !errors.Is(e, errCut) {
		t.Errorf("the cause is lost: %v", e)
	}
	_, err = d.importText(ImportRequest{Request: Request{DryRun: true}}, "x 300 A 192.0.2.1")
	if err != nil || d.zone("example.com.").Records != 3 {
		t.Errorf("dry: %v", err)
	}
	d.agrees()
}

// cut is a reader that breaks off.
type cut struct{}

var errCut = errors.New("the line was cut")

func (cut) Read([]byte) (int, error) { return 0, errCut }

// TestMergeDoesNotWantTheWholeZone merges texts that make sense only beside
// what is there.
func TestMergeDoesNotWantTheWholeZone(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.", d.edit(Add, "example.com.", "mail", "A", "192.0.2.1"), d.edit(Add, "example.com.", "ns.sub", "A", "192.0.2.2"))
	d.mustImport(ImportRequest{Merge: true}, "@ 300 MX 10 mail", "sub 300 NS ns.sub", "www 300 CNAME mail")
	if z := d.zone("example.com."); z.Records != 7 {
		t.Errorf("%d records", z.Records)
	}
	d.agrees()
}

// TestARealZoneIsImported imports a registry of subdomains and moves a platform.
func TestARealZoneIsImported(t *testing.T) {
	dir := os.Getenv("TRUENAME_CASES")
	if dir == "" {
		dir = "../../../shared/data"
	}
	text, err := os.ReadFile(filepath.Join(dir, "zones", "is-a.dev.zone"))
	if err != nil {
		t.Skipf("no third-party cases: %v; set TRUENAME_CASES to their directory", err)
	}
	ctx := context.Background()
	d := newDesk(t)
	stages := make(map[string]ImportProgress)
	r := ImportRequest{Zone: ref("is-a.dev."), Create: &NewZone{}, Name: "is-a.dev.zone", Progress: func(p ImportProgress) { stages[p.Stage] = p }}
	made := d.mustImport(r, string(text))
	z := d.zone("is-a.dev.")
	if made.Change.Revision != 1 || z.Records < 11_000 || stages["write"].Total < 11_000 || stages["read"].Octets == 0 || stages["check"].Records == 0 {
		t.Errorf("%d records in revision %d, progress %+v", z.Records, made.Change.Revision, stages)
	}
	if again := d.mustImport(r, string(text)); again.Change != nil {
		t.Errorf("the same again: %d RRsets", len(again.Change.Zones[0].Sets))
	}
	var exported strings.Builder
	if err := d.Export(ctx, d.admin, ref("is-a.dev."), &exported); err != nil {
		t.Fatal(err)
	}
	if again := d.mustImport(r, exported.String()); again.Change != nil && len(again.Change.Zones[0].Sets) > 0 {
		t.Errorf("its export: %d RRsets differ", len(again.Change.Zones[0].Sets))
	}
	platform := name("cname.vercel-dns.com.")
	page, err := d.Dependents(d.admin, platform, graph.Query{Limit: 1000})
	if err != nil || len(page.Dependents) < 100 {
		t.Fatalf("%d point at the platform, %v", len(page.Dependents), err)
	}
	plan := d.plan(PlanRequest{Kind: Retarget, From: platform, To: name("other.example."), Types: []rr.Type{rr.TypeCNAME}})
	res, err := d.ApplyPlan(ctx, d.admin, plan.ID, &Request{})
	if err != nil {
		t.Fatal(explain(err))
	}
	d.agrees()
	moved, err := d.Dependents(d.admin, name("other.example."), graph.Query{Limit: 1000})
	if err != nil || len(moved.Dependents) != len(plan.Zones[0].Sets) {
		t.Errorf("%d have moved of %d, %v", len(moved.Dependents), len(plan.Zones[0].Sets), err)
	}
	if _, err := d.Undo(ctx, d.admin, res.Change.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	back, err := d.Dependents(d.admin, platform, graph.Query{Limit: 1000})
	if err != nil || len(back.Dependents) != len(page.Dependents) {
		t.Errorf("undone, %d point at the platform", len(back.Dependents))
	}
	d.mustImport(ImportRequest{Zone: ref("is-a.dev."), Merge: true}, "truename-merged 300 TXT x")
	if got := d.zone("is-a.dev.").Records; got != z.Records+1 {
		t.Errorf("%d records after a merge, %d before", got, z.Records)
	}
	d.agrees()
}

func TestTextIsCheckedAndNothingWritten(t *testing.T) {
	d := newDesk(t)
	d.make("hub.test.", d.edit(Add, "hub.test.", "a", "CNAME", "www.example.com."))
	before := d.dump()
	for text, code := range map[string]string{
		fmt.Sprintf(soaLine, 1) + "\n@ 300 NS ns1.host.test.\nwww 300 CNAME a.hub.test.\n": "cname-loop",
		"www 300 A 192.0.2.1\n": "missing-soa",
		"www 300 A x\n":         "",
		"":                      "missing-soa",
	} {
		report, err := d.CheckText(context.Background(), d.admin, name("Example.com."), strings.NewReader(text))
		if err != nil || report.Errors == 0 {
			t.Errorf("%q: %+v, %v", text, report, err)
			continue
		}
		found := code == ""
		for _, f := range report.Findings {
			found = found || f.Code == code
		}
		if !found {
			t.Errorf("%q: %+v", text, report.Findings)
		}
	}
	if d.dump() != before {
		t.Error("a check has changed something")
	}
}

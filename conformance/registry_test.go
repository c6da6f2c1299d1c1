package conformance

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

const (
	registry = "is-a.dev"
	platform = "cname.vercel-dns.com."
	moved    = "edge.example.net."
)

// pointing counts the records of a master file whose data is target, by type.
func pointing(t *testing.T, text, target string) map[string]int {
	t.Helper()
	n := make(map[string]int)
	err := zonefile.Parse(strings.NewReader(text), "zone", zonefile.Options{}, func(r *zonefile.Record) error {
		line := string(zonefile.AppendRecord(nil, r.Owner, rr.AppendRecord(nil, r.Type, r.TTL, r.Data)))
		if fields := strings.Fields(line); fields[4] == target {
			n[fields[3]]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRegistry is a day with a real zone of 11,107 records: import it, ask who
// points at a platform, plan its move, apply it, and take it back.
func TestRegistry(t *testing.T) {
	path := caseFile(t, "zones", "is-a.dev.zone")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := pointing(t, string(text), platform)
	if want["CNAME"] == 0 || want["ALIAS"] == 0 {
		t.Fatalf("nobody points at %s: %v", platform, want)
	}
	l := born(t, t.TempDir())
	defer l.kill()
	c, ctx := l.client, context.Background()

	imported, err := c.Import(ctx, api.ImportRequest{Zone: registry, Create: true, Text: strings.NewReader(string(text))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if imported.Records < 11_000 || imported.Change == nil {
		t.Errorf("%d records in %+v", imported.Records, imported.Change)
	}
	before := export(t, c)

	got := make(map[string]int)
	for page, err := range c.Dependents(ctx, platform, api.DependentQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Dependents {
			if d.Depth == 1 {
				got[d.Type]++
			}
		}
	}
	if got["CNAME"] != want["CNAME"] || got["ALIAS"] != want["ALIAS"] {
		t.Errorf("who points at %s: %v, the file says %v", platform, got, want)
	}

	plan, err := c.Plan(ctx, api.PlanRequest{Kind: api.PlanRetarget, From: platform, To: moved, Reason: "we leave the platform"})
	if err != nil {
		t.Fatal(err)
	}
	if all := want["CNAME"] + want["ALIAS"]; plan.Records != all || plan.AffectedTotal < all || plan.Errors != 0 {
		t.Errorf("the plan moves %d records of %d, %d names follow, %d errors: %v", plan.Records, all, plan.AffectedTotal, plan.Errors, plan.Findings)
	}
	if now := export(t, c); now != before {
		t.Error("a plan changed the zone")
	}
	done, err := c.ApplyPlan(ctx, plan.ID, api.ApplyPlanRequest{})
	if err != nil {
		t.Fatal(err)
	}
	after := export(t, c)
	if left := pointing(t, after, platform); len(left) != 0 {
		t.Errorf("still at the platform: %v", left)
	}
	if now := pointing(t, after, moved); now["CNAME"] != want["CNAME"] || now["ALIAS"] != want["ALIAS"] {
		t.Errorf("moved: %v, want %v", now, want)
	}
	l.answers(t, firstOwner(t, before, platform), moved)

	if _, err := c.Undo(ctx, done.Change.ID, api.UndoRequest{}); err != nil {
		t.Fatal(err)
	}
	if now := export(t, c); withoutSerial(now) != withoutSerial(before) {
		t.Error("the zone is not what it was before")
	}
	l.answers(t, firstOwner(t, before, platform), platform)
}

func export(t *testing.T, c *api.Client) string {
	t.Helper()
	var b strings.Builder
	if err := c.Export(context.Background(), registry, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withoutSerial is the text of a zone without its first line, the SOA record.
func withoutSerial(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	return rest
}

// firstOwner is the owner of the first CNAME to target.
func firstOwner(t *testing.T, text, target string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); f[3] == "CNAME" && f[4] == target {
			return f[0]
		}
	}
	t.Fatalf("no CNAME to %s", target)
	return ""
}

// answers checks what the name server says that owner is an alias of.
func (l *life) answers(t *testing.T, owner, target string) {
	t.Helper()
	q := new(dns.Msg).SetQuestion(owner, dns.TypeCNAME)
	r, _, err := new(dns.Client).ExchangeWithConn(q, l.dns)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Answer) != 1 {
		t.Fatalf("%s: %v", owner, r)
	}
	if c, ok := r.Answer[0].(*dns.CNAME); !ok || c.Target != target {
		t.Errorf("%s: %v, want %s", owner, r.Answer, target)
	}
}

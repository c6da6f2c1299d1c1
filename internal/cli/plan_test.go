package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
)

func TestPlanSaysWhatItKnows(t *testing.T) {
	fixed := api.Fixed{Owner: "www.f.example.", Type: "CNAME", Zone: "f.example", Reason: "the zone comes from a zone file"}
	many := func(n int) (list []api.Fixed) {
		for range n {
			list = append(list, fixed)
		}
		return list
	}
	for _, c := range []struct {
		name   string
		change func(*api.Plan)
		want   string
		not    string
	}{
		{"all that follow", func(*api.Plan) {}, "12 records follow or refer to it:\n  a.example. ALIAS\n", "at least"},
		{"nobody follows", func(p *api.Plan) { p.Affected, p.AffectedTotal = nil, 0 }, "1 record in 1 zone\nwarning", "follow"},
		{"more follow than are listed", func(*api.Plan) {}, "  … and 8 more\n", "stay"},
		{"too many to count", func(p *api.Plan) { p.Partial = true }, "at least 12 records follow or refer to it:", ""},
		{"one stays", func(p *api.Plan) { p.Fixed = many(1) }, "1 record stays as it is:\n  www.f.example. CNAME zone f.example: the zone comes from a zone file\n", "and 1 more"},
		{"many stay", func(p *api.Plan) { p.Fixed = many(12) }, "12 records stay as they are:\n", "… and 12"},
		{"one hop", func(p *api.Plan) { p.Depth = 1 }, "longest chain after it: 1 link\n", ""},
		{"when caches forget", func(*api.Plan) {}, "the old answer after 6m, at ", "nobody"},
		{"nobody knows when caches forget", func(p *api.Plan) { p.Drain.Seconds = api.Unknown }, "nobody can say when the last cache forgets the old answer (a.example. ALIAS)\n", "0s"},
		{"nothing changes", func(p *api.Plan) { p.Records, p.Diff = 0, nil }, "0 records in 0 zones\n", "longest chain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := aPlan()
			c.change(&p)
			var out bytes.Buffer
			if err := (&session{new(remote.Session)}).showPlan(&out, p); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); !strings.Contains(got, c.want) || c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("shown\n%s\nwant %q, not %q", got, c.want, c.not)
			}
		})
	}
}

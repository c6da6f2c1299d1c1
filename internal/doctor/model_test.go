package doctor

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// modelNames are few, so that chains meet.
var modelNames = []string{"a.ours.com.", "b.ours.com.", "c.ours.com.", "ours.com.", "x.a.ours.com.", "*.b.ours.com.", "y.b.ours.com.", "z.mine.org.", "mine.org.", "edge.cdn.net.", "x.cut.ours.com."}

// modelRecord is one record of a zone, whether it makes sense or not.
func modelRecord(t *rapid.T) string {
	owner := rapid.SampledFrom(modelNames[:9]).Draw(t, "owner")
	ttl := rapid.IntRange(0, 600).Draw(t, "ttl")
	target := rapid.SampledFrom(modelNames).Draw(t, "target")
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0, 1:
		return fmt.Sprintf("%s %d A 192.0.2.%d", owner, ttl, ttl%200)
	case 2, 3:
		return fmt.Sprintf("%s %d CNAME %s", owner, ttl, target)
	case 4:
		return fmt.Sprintf("%s %d ALIAS %s", owner, ttl, target)
	case 5:
		return fmt.Sprintf("%s %d DNAME %s", owner, ttl, target)
	}
	return fmt.Sprintf("%s %d TXT t", owner, ttl)
}

// modelZones are two zones of ours, one with a cut.
func modelZones(t *rapid.T, tb testing.TB) *zone.Set {
	zones := [][]string{{"ours.com.", "ours.com. NS ns.cdn.net.", "cut.ours.com. NS ns.cdn.net."}, {"mine.org.", "mine.org. NS ns.cdn.net."}}
	for range rapid.IntRange(0, 8).Draw(t, "records") {
		record := modelRecord(t)
		at := 0
		if owner, _, _ := strings.Cut(record, " "); strings.HasSuffix(owner, "mine.org.") {
			at = 1
		}
		zones[at] = append(zones[at], record)
	}
	return zonesOf(tb, zones...)
}

// Whatever stands in our zones, an Explanation says what the server answers, and
// its steps lead there.
func TestExplainSaysWhatIsAnswered(t *testing.T) {
	known := table{
		"edge.cdn.net. A":   {State: answer.Fresh, Set: set(t, "x. A 198.51.100.7"), TTL: 17},
		"x.cut.ours.com. A": {State: answer.Failing, Why: "timeout"},
		"edge.cdn.net. MX":  {State: answer.Fresh, TTL: 17},
	}
	rapid.Check(t, func(rt *rapid.T) {
		zones := modelZones(rt, t)
		d := New(Options{Zones: func() *zone.Set { return zones }, Flattener: known, Rate: -1})
		q := question(rapid.SampledFrom(modelNames).Draw(rt, "name"), rapid.SampledFrom([]rr.Type{rr.TypeA, rr.TypeCNAME, rr.TypeTXT, rr.TypeALIAS, rr.TypeANY, rr.TypeDS}).Draw(rt, "type"))
		e, err := d.Explain(t.Context(), anybody, q)
		if err != nil {
			rt.Fatal(err)
		}
		f := answer.NewFinder(0)
		f.Flattener = known
		said := f.Find(zones, answer.Question{Name: q.Name, Type: q.Type, Now: time.Now().UnixNano()})
		if held(zones, q.Name) != nil {
			sameAnswer(rt, e, said)
		}
		coherent(rt, e)
		sameRecords(rt, e)
	})
}

// sameRecords checks that the steps show the records of the answer, and no others.
func sameRecords(t *rapid.T, e *Explanation) {
	if e.End != EndAnswered || e.Type == rr.TypeANY || e.Type == rr.TypeCNAME {
		return
	}
	var shown []string
	for _, s := range e.Steps {
		shown = append(shown, s.Records...)
	}
	slices.Sort(shown)
	said := e.Outcome.records(e.Type)
	slices.Sort(said)
	if shown = slices.Compact(shown); !slices.Equal(shown, slices.Compact(said)) {
		t.Fatalf("the steps show %q, the answer has %q: %s", shown, said, way(e.Steps))
	}
}

func sameAnswer(t *rapid.T, e *Explanation, said *answer.Answer) {
	if e.Rcode != said.Rcode || len(e.Items) != len(said.Answer) {
		t.Fatalf("%s with %d sets, not %s with %d", e.Rcode, len(e.Items), said.Rcode, len(said.Answer))
	}
	for n, i := range said.Answer {
		if !i.Owner.Equal(e.Items[n].Owner) || !slices.Equal(i.Set, e.Items[n].Set) {
			t.Fatalf("set %d differs", n)
		}
	}
}

// coherent checks what is true of every Explanation.
func coherent(t *rapid.T, e *Explanation) {
	if e.Why == "" || e.End == "" || len(e.Steps) > maxSteps {
		t.Fatalf("end %q, %q after %d steps", e.End, e.Why, len(e.Steps))
	}
	if len(e.Steps) == 0 {
		t.Fatal("no steps")
	}
	ok := e.Rcode == code.NoError || e.Rcode == code.NXDomain
	if e.TTL == Nobody {
		if e.TTLStep != -1 || ok && slices.Contains([]End{EndAnswered, EndNoData, EndNXDomain}, e.End) {
			t.Fatalf("%s without a TTL: %s", e.End, way(e.Steps))
		}
		return
	}
	if e.TTLStep < 0 {
		t.Fatalf("no step sets the TTL %d: %s", e.TTL, way(e.Steps))
	}
	if s := e.Steps[e.TTLStep]; s.Left != e.TTL && e.End == EndAnswered && e.EDE == code.NoEDE {
		t.Fatalf("the TTL is %d, and that of the step %d: %s", e.TTL, s.Left, way(e.Steps))
	}
	for _, s := range e.Steps {
		if s.Kind.links() && s.Target == nil && s.Why == "" || s.Owner == nil || dname.Check(s.Owner) != nil {
			t.Fatalf("%+v", s)
		}
	}
}

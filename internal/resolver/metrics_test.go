package resolver

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// metrics are those of r that are not 0.
func metrics(t *testing.T, r *Resolver) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(r)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.Metric {
			name := strings.TrimPrefix(f.GetName(), "truename_resolver_")
			for _, l := range m.Label {
				name += " " + l.GetValue()
			}
			if v := m.GetGauge().GetValue() + m.GetCounter().GetValue(); v != 0 {
				got[name] = v
			}
		}
	}
	return got
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Stale = true })
		want := func(situation string, want map[string]float64) {
			t.Helper()
			if got := metrics(t, r); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: got %v, want %v", situation, got, want)
			}
		}
		want("nothing", map[string]float64{})
		q := Question{dname.MustParse("www.example.com."), rr.TypeA}
		r.Resolve(t.Context(), q)
		r.Resolve(t.Context(), q)
		r.NewRecall().Find(q)
		r.NewRecall().Find(q)
		r.NewRecall().Find(Question{q.Name, rr.TypeMX})
		want("three hits", map[string]float64{"answers_total miss": 1, "answers_total hit": 3, "sent_total": 4, "servers asked": 3})
		n.offline(true)
		time.Sleep(time.Hour)
		r.Resolve(t.Context(), q)
		time.Sleep(time.Minute)
		got := metrics(t, r)
		if got["answers_total stale"] != 1 || got["timeouts_total"] < 4 || got["sent_total"] < 8 {
			t.Errorf("servers are dead: %v", got)
		}
		n.offline(false)
		n.slow(80 * time.Millisecond)
		r = n.resolver(t, func(o *Options) { o.Walks = 1 })
		for i := range 3 {
			go ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA)
		}
		synctest.Wait()
		want("under way", map[string]float64{"questions_running": 1, "sent_open doubtful": 1, "sent_total": 1, "busy_total questions": 2, "answers_total failed": 2})
		time.Sleep(time.Minute)
		want("done", map[string]float64{"sent_total": 5, "servers asked": 3, "busy_total questions": 2, "answers_total failed": 2, "answers_total miss": 1})
	})
}

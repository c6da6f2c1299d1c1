package cache

import (
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestMetrics(t *testing.T) {
	c, _ := fresh(Options{Bytes: 8 << 10})
	for n := range 100 {
		c.Put(key(fmt.Sprintf("n%d.example.", n)), positive(Answer, 60, 1))
	}
	for n := range 3 {
		c.Fail(key(fmt.Sprintf("f%d.example.", n)), Entry{Type: rr.TypeA})
		c.Fail(key(fmt.Sprintf("f%d.example.", n)), Entry{Type: rr.TypeA})
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.Metric {
			name := f.GetName()
			for _, l := range m.Label {
				name += " " + l.GetValue()
			}
			got[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	want := map[string]float64{
		"truename_cache_bytes": float64(c.Bytes()), "truename_cache_limit_bytes": 8192, "truename_cache_entries answer": float64(c.Len() - 3),
		"truename_cache_entries failure": 3, "truename_cache_evicted_total": float64(103 - c.Len()),
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || c.Len() < 10 || c.Len() > 30 {
		t.Errorf("got %v, want %v", got, want)
	}
}

package files

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

// exposed is what Prometheus would scrape of c.
func exposed(t *testing.T, c prometheus.Collector) string {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(c)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestMetrics(t *testing.T) {
	s := newScene(t)
	s.write("example.com.zone", zoneText(7, 1))
	s.write("example.org.zone", zoneText(4294967295, 1))
	s.write("bad.example.zone", broken)
	s.load()
	got := exposed(t, s.f)
	for _, want := range []string{
		`truename_zone_loads_total{result="failed"} 1`,
		`truename_zone_loads_total{result="ok"} 2`,
		`# TYPE truename_zone_loads_total counter`,
		`# TYPE truename_zone_last_load_timestamp_seconds gauge`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if s.f.Counts().Last.Load() == 0 {
		t.Error("no time of the last load")
	}
}

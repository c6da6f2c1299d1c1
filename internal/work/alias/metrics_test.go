package alias

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

func TestMetrics(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t, func(o *Options) { o.MaxTargets = 3 })
		s.world.set("good.test.", says{"192.0.2.1", 3600, 0})
		s.world.set("bad.test.", says{"servfail", 0, 0})
		s.world.set("slow.test.", says{"192.0.2.1", 60, time.Minute})
		s.publish(map[string]string{example: "@ ALIAS good.test.\n@ ALIAS bad.test.\n@ ALIAS slow.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(500 * time.Millisecond)
		s.publish(map[string]string{"b.": "@ ALIAS more.test.\n"})
		time.Sleep(200 * time.Millisecond)
		if got, want := exposed(t, s.table), `# HELP truename_alias_resolutions_running Resolutions of ALIAS targets under way.
# TYPE truename_alias_resolutions_running gauge
truename_alias_resolutions_running 2
# HELP truename_alias_resolutions_total Resolutions of ALIAS targets, by result.
# TYPE truename_alias_resolutions_total counter
truename_alias_resolutions_total{result="failed"} 2
truename_alias_resolutions_total{result="ok"} 2
# HELP truename_alias_targets Families of addresses of ALIAS targets, by what is known of them.
# TYPE truename_alias_targets gauge
truename_alias_targets{state="failing"} 4
truename_alias_targets{state="fresh"} 2
truename_alias_targets{state="renewing"} 0
truename_alias_targets{state="unasked"} 2
# HELP truename_alias_targets_refused ALIAS targets that are not resolved because of a limit.
# TYPE truename_alias_targets_refused gauge
truename_alias_targets_refused 1
`; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// exposed is what c has to say, as text.
func exposed(t *testing.T, c prometheus.Collector) string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	all, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range all {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

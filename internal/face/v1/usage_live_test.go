package v1

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/work/traffic"
)

// following runs the Recorder of d until stop is called.
func (d *desk) following() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Traffic.Run(ctx) }()
	ended := false
	stop = func() {
		if cancel(); !ended {
			ended = true
			if err := <-done; err != nil {
				d.Error(err)
			}
		}
	}
	d.Cleanup(stop)
	return stop
}

// overHTTP is d behind a server whose times are too short for what goes on for long.
func (d *desk) overHTTP() *api.Client {
	s := httptest.NewUnstartedServer(d.Server)
	s.Config.ReadTimeout, s.Config.WriteTimeout = 900*time.Millisecond, 900*time.Millisecond // a second comes after the other
	s.Start()
	d.Cleanup(s.Close)
	c, err := api.NewClient(s.URL, d.token, api.WithHTTP(s.Client()), api.WithRetries(0, 0))
	if err != nil {
		d.Fatal(err)
	}
	return c
}

func TestLiveTraffic(t *testing.T) {
	d := asked(t)
	stop := d.following()
	client := d.overHTTP()
	var list []api.TrafficSecond
	seen := uint64(0) // of what is asked behind the first second, which may come in two
	for s, err := range client.LiveTraffic(t.Context(), "", 60) {
		if err != nil {
			t.Fatal(err)
		}
		if list = append(list, s); len(list) == 1 {
			d.ask(9, "www.example.com.", "example.com.", rr.TypeMX, code.NXDomain)
		}
		if s.Types["MX"] == 0 {
			continue
		}
		if s.QPS <= 0 || s.NXDomainShare != 1 || s.T != d.clock.Unix() {
			t.Errorf("%+v", s)
		}
		if seen += uint64(s.Types["MX"]); seen == 9 {
			stop() // and the answer ends
		}
	}
	if len(list) < 2 || list[0].Types["A"] == 0 {
		t.Errorf("%+v", list)
	}
	for _, err := range client.LiveTraffic(t.Context(), "", 60) {
		if !strings.Contains(err.Error(), "stopping") {
			t.Errorf("after the end: %v", err)
		}
	}
}

// A client sees the seconds of its own zones.
func TestLiveTrafficOfAnAccount(t *testing.T) {
	d := asked(t)
	d.following()
	d.token = d.vars["secret"]
	jo := d.overHTTP()
	for s, err := range jo.LiveTraffic(t.Context(), "", 60) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Types["A"] != 2 || len(s.Rcodes) != 1 {
			t.Errorf("%+v", s)
		}
		break
	}
	for _, err := range jo.LiveTraffic(t.Context(), "example.com", 60) {
		if !api.IsNotFound(err) {
			t.Errorf("a zone of others: %v", err)
		}
	}
}

func TestLiveTrafficInOctets(t *testing.T) {
	d := asked(t)
	d.following()
	a := d.send("GET", "/usage/live?limit=1&zone=example.com", "")
	if a.status != 200 || a.header.Get("Content-Type") != "text/event-stream" || !strings.Contains(a.header.Get("Cache-Control"), "no-store") || a.header.Get("X-Accel-Buffering") != "no" {
		t.Errorf("%d %v", a.status, a.header)
	}
	lines := bufio.NewScanner(strings.NewReader(string(a.raw)))
	var got []string
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var s api.TrafficSecond
			if err := json.Unmarshal([]byte(data), &s); err != nil || s.Types["A"] != 14 {
				t.Errorf("%v: %s", err, data)
			}
			continue
		}
		got = append(got, lines.Text())
	}
	if want := "retry: 2000||id: 1774960230||"; strings.Join(got, "|")+"|" != want {
		t.Errorf("%q, want %q", strings.Join(got, "|")+"|", want)
	}
}

func TestListenersOfTrafficAreBounded(t *testing.T) {
	d := zoned(t)
	for range traffic.MaxListeners {
		l, err := d.Traffic.Listen(0)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	a := d.send("GET", "/usage/live", "")
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %v %s", a.status, a.header, a.raw)
	}
}

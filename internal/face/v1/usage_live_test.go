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
	patience, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for s, err := range client.LiveTraffic(patience, "", 60) {
		if err != nil {
			t.Fatal(err)
		}
		if list = append(list, s); len(list) == 1 {
			d.ask(9, "www.example.com.", "example.com.", rr.TypeMX, code.NXDomain)
			continue
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
	if len(list) < 2 || list[0].Types["A"] == 0 || seen != 9 {
		t.Fatalf("%d of 9 in %+v", seen, list)
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

// Who may listen no more is told so, also while nothing is asked; the next request
// is refused.
func TestLiveTrafficEndsWithWhoAsked(t *testing.T) {
	for _, test := range []struct {
		name, role string
		busy       bool // seconds come meanwhile
		end        func(b, owner *browser) *said
	}{
		{"signed out", "viewer", false, func(b, _ *browser) *said { return b.send("DELETE", "/session", "") }},
		{"signed out, while it is busy", "viewer", true, func(b, _ *browser) *said { return b.send("DELETE", "/session", "") }},
		{"removed", "editor", false, func(_, owner *browser) *said { return owner.send("DELETE", "/members/$al", "") }},
		{"a token that is revoked", "", false, func(_, owner *browser) *said { return owner.send("DELETE", "/users/me/apikeys/$key", "") }},
		{"a token that is revoked, while it is busy", "", true, func(_, owner *browser) *said { return owner.send("DELETE", "/users/me/apikeys/$key", "") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := asked(t)
			if test.busy {
				d.following()
			}
			owner, b := d.signedIn(), d.browser()
			headers := []string{"Authorization: Bearer $secret"}
			owner.run([]step{{"a token", "POST", "/users/me/apikeys", `{"name":"k","scopes":["zones:read"]}`, nil, 201, []string{"secret:=data.api_key.key", "key:=data.api_key.id"}}})
			if test.role != "" {
				owner.run([]step{{"invited", "POST", "/members", `{"email":"al@example.org","role":"` + test.role + `"}`, nil, 201, []string{"al:=data.member.id", "invite:=data.invite.code"}}})
				b.run([]step{{"joined", "POST", "/join", `{"code":"$invite","password":"seven brass umbrellas"}`, nil, 201, nil}})
				headers = []string{"Cookie: truename=" + b.cookie.Value}
			}
			lines := d.listen(headers...)
			if a := test.end(b, owner); a.status != 204 {
				t.Fatalf("%d %s", a.status, a.raw)
			}
			var last, data string
			for lines.Scan() {
				if text := lines.Text(); strings.HasPrefix(text, "data: ") {
					data = text
				} else if strings.HasPrefix(text, "event: ") {
					last = text
				}
			}
			if err := lines.Err(); err != nil || last != "event: ended" || !strings.Contains(data, `"code":"UNAUTHORIZED"`) {
				t.Errorf("%q, %s, %v", last, data, err)
			}
			if a := d.send("GET", "/usage/live?limit=1", "", append([]string{"Authorization"}, headers...)...); a.status != 401 {
				t.Errorf("coming back: %d", a.status)
			}
		})
	}
}

// listen is the lines of an answer that goes on, once its head has come.
func (d *desk) listen(headers ...string) *bufio.Scanner {
	d.Helper()
	s := httptest.NewServer(d.Server)
	d.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(d.Context(), "GET", s.URL+Prefix+"/usage/live?history=1", nil)
	if err != nil {
		d.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(d.expand(h), ": ")
		r.Header.Set(name, value)
	}
	a, err := s.Client().Do(r)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { a.Body.Close() })
	if a.StatusCode != 200 {
		d.Fatal(a.Status)
	}
	return bufio.NewScanner(a.Body)
}

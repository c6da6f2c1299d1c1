package app

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// through is the answer to a request that a proxy on this machine hands on.
func through(t *testing.T, method, url, body string, headers map[string]string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a, string(text)
}

// The client that a trusted proxy names counts wherever an address does: in the
// list of sessions, in the history of both APIs, and in the log.
func TestAClientBehindAProxy(t *testing.T) {
	for _, test := range []struct {
		name, proxy, client, cookie string
		secure                      bool
	}{
		{"that is trusted", "127.0.0.0/8", "203.0.113.9", "__Host-truename", true},
		{"that nobody knows", "10.0.0.0/8", "127.0.0.1", "truename", false},
		{"where there are none", "", "127.0.0.1", "truename", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			more := map[string]string{"admin-token": testToken}
			if test.proxy != "" {
				more["trusted-proxy"] = test.proxy
			}
			r := start(t, t.TempDir(), more)
			r.dns()
			said := map[string]string{"X-Forwarded-For": "198.51.100.66, 203.0.113.9", "X-Forwarded-Proto": "https"}
			body, err := json.Marshal(map[string]string{"code": r.find(`used once:\n  (\S+)`), "email": "jo@example.org", "name": "Jo", "password": "otter sings below ice"})
			if err != nil {
				t.Fatal(err)
			}
			a, text := through(t, "POST", r.http()+"/v1/setup", string(body), said)
			if a.StatusCode != 201 || len(a.Cookies()) != 1 || a.Cookies()[0].Name != test.cookie || a.Cookies()[0].Secure != test.secure {
				t.Fatalf("%d %v %s", a.StatusCode, a.Cookies(), text)
			}
			said["Cookie"] = a.Cookies()[0].Name + "=" + a.Cookies()[0].Value
			if _, text = through(t, "GET", r.http()+"/v1/sessions", "", said); !strings.Contains(text, `"ip_address":"`+test.client+`"`) {
				t.Errorf("the sessions: %s", text)
			}
			delete(said, "Cookie")
			said["Authorization"] = "Bearer " + testToken
			through(t, "POST", r.http()+"/v1/zones", `{"name":"example.com"}`, said)
			through(t, "POST", r.http()+"/client/v4/zones", `{"name":"example.net","account":{}}`, said)
			_, text = through(t, "GET", r.http()+"/v1/changes", "", said)
			if found := regexp.MustCompile(`"(?:ip_)?address":"`+regexp.QuoteMeta(test.client)+`"`).FindAllString(text, -1); len(found) != 2 {
				t.Errorf("the history: %s", text)
			}
			if !strings.Contains(r.log.String(), "address="+test.client) {
				t.Errorf("the log: %s", r.log.String())
			}
		})
	}
}

// Who guesses behind a trusted proxy is slowed down by their own network.
func TestGuessersBehindAProxy(t *testing.T) {
	r := start(t, t.TempDir(), map[string]string{"trusted-proxy": "127.0.0.1"})
	r.dns()
	r.find(`used once:\n  (\S+)`) // it is ready
	try := func(from string) int {
		a, _ := through(t, "POST", r.http()+"/v1/join", `{"code":"AAAA","password":"otter sings below ice"}`, map[string]string{"X-Forwarded-For": from})
		return a.StatusCode
	}
	status := 0
	for range 100 {
		if status = try("198.51.100.66"); status == 429 {
			break
		}
	}
	if status != 429 {
		t.Errorf("the guesser: %d", status)
	}
	if status := try("203.0.113.9"); status != 400 {
		t.Errorf("another: %d", status)
	}
}

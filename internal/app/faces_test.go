package app

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// call is the status and body of a request with the admin's token.
func call(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	client.CloseIdleConnections()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

const testToken = "a-token-for-the-tests"

func TestBothAPIsAreServed(t *testing.T) {
	r := start(t, t.TempDir(), map[string]string{"admin-token": testToken})
	r.dns()
	for _, c := range []struct {
		name, method, path, token string
		status                    int
		want                      string
	}{
		{"v1", "GET", "/v1/zones", testToken, 200, `"status":"success"`},
		{"v1 without a token", "GET", "/v1/zones", "", 401, `"code":"UNAUTHORIZED"`},
		{"v1 by a path that is not clean", "GET", "/v1//zones", testToken, 404, `"status":"error"`},
		{"v1 and nothing else", "GET", "/v1", testToken, 404, `"status":"error"`},
		{"Cloudflare's", "GET", "/client/v4/zones/?name=example.com", testToken, 200, `"success":true`},
		{"Cloudflare's with a wrong token", "GET", "/client/v4/zones", "a-token-that-nobody-knows-of-in-here", 403, `"success":false`},
		{"description", "GET", "/v1/openapi.json", "", 200, `"openapi":"3.1`},
		{"a path that only begins alike", "GET", "/v10/zones", testToken, 200, "<title>"},
		{"the root is the dashboard", "GET", "/", "", 200, "<title>"},
		{"metrics", "GET", "/metrics", "", 200, "truename_"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, body := call(t, c.method, r.http()+c.path, c.token, ""); status != c.status || !strings.Contains(strings.ReplaceAll(body, " ", ""), c.want) {
				t.Errorf("%d %.300s", status, body)
			}
		})
	}
}

func TestTheAdminTokenIsShownOnce(t *testing.T) {
	data := t.TempDir()
	first := start(t, t.TempDir(), map[string]string{"data": data})
	first.dns()
	until(t, "the greeting", func() bool { return strings.Contains(first.out.String(), "shown this once") })
	_, token, _ := strings.Cut(first.out.String(), "keep it safe:\n  ")
	token, _, _ = strings.Cut(token, "\n")
	if status, body := call(t, "POST", first.http()+"/v1/zones", token, `{"name":"example.org"}`); status != 201 {
		t.Errorf("with the token %q: %d %s", token, status, body)
	}
	if strings.Contains(first.log.String(), token) {
		t.Error("the token is in the log")
	}
	first.stop()
	if err := first.ended(); err != nil {
		t.Fatal(err)
	}
	again := start(t, t.TempDir(), map[string]string{"data": data})
	again.dns()
	if status, body := call(t, "GET", again.http()+"/v1/zones/example.org", token, ""); status != 200 {
		t.Errorf("after a restart: %d %s", status, body)
	}
	if strings.Contains(again.out.String(), "keep it safe") {
		t.Error("a token was shown again")
	}
}

func TestZonesOfFilesAndOfTheStore(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/example.com.zone", []byte(zoneText), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, dir, map[string]string{"admin-token": testToken})
	r.dns()
	post := func(path, body string) (int, string) { return call(t, "POST", r.http()+path, testToken, body) }
	if status, body := post("/v1/zones/example.com/records", `{"name":"new","type":"A","content":"192.0.2.9"}`); status != 409 || !strings.Contains(body, "read-only") {
		t.Errorf("write to a zone of a file: %d %s", status, body)
	}
	if status, body := post("/v1/zones", `{"name":"example.com"}`); status != 409 {
		t.Errorf("a zone that a file has: %d %s", status, body)
	}
	if status, body := post("/v1/zones", `{"name":"example.net"}`); status != 201 {
		t.Errorf("a zone of the store: %d %s", status, body)
	}
	if status, body := call(t, "GET", r.http()+"/v1/zones", testToken, ""); status != 200 || !strings.Contains(body, `"read_only":true`) || !strings.Contains(body, "example.net") {
		t.Errorf("%d %s", status, body)
	}
	if err := os.WriteFile(dir+"/example.net.zone", []byte(zoneText), 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, "the clash to be told", func() bool { return strings.Contains(r.log.String(), "the store holds the same zone") })
}

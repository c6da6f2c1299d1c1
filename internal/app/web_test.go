package app

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
)

// visitor is somebody with a browser.
func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// post is the status of a request of c.
func post(t *testing.T, c *http.Client, url, body string) int {
	t.Helper()
	r, err := c.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	c.CloseIdleConnections()
	return r.StatusCode
}

func statusOf(t *testing.T, c *http.Client, url string) int {
	t.Helper()
	r, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	c.CloseIdleConnections()
	return r.StatusCode
}

// The newcomer's way in: the code of the first start, and a session that
// outlives the server.
func TestTheSetupCodeIsShownOnce(t *testing.T) {
	data := t.TempDir()
	first := start(t, t.TempDir(), map[string]string{"data": data})
	first.dns()
	until(t, "the greeting", func() bool { return strings.Contains(first.out.String(), "it can be used once") })
	_, code, _ := strings.Cut(first.out.String(), "it can be used once:\n  ")
	code, _, _ = strings.Cut(code, "\n")
	if !strings.Contains(first.out.String(), "dashboard is at "+first.http()+"/\n") {
		t.Errorf("it does not say where: %s", first.out.String())
	}
	if strings.Contains(first.log.String(), code) {
		t.Error("the code is in the log")
	}
	jo := visitor(t)
	body := `{"code":"` + code + `","email":"jo@example.org","name":"Jo","password":"otter sings below ice"}`
	if status := post(t, jo, first.http()+"/v1/setup", body); status != 201 {
		t.Fatalf("with the code %q: %d", code, status)
	}
	first.stop()
	if err := first.ended(); err != nil {
		t.Fatal(err)
	}
	again := start(t, t.TempDir(), map[string]string{"data": data})
	again.dns()
	until(t, "the greeting", func() bool { return strings.Contains(again.out.String(), "dashboard is at") })
	if strings.Contains(again.out.String(), "it can be used once") {
		t.Error("a code was shown again")
	}
	if status := statusOf(t, jo, again.http()+"/v1/zones"); status != 200 {
		t.Errorf("the session is gone: %d", status)
	}
	if status := post(t, visitor(t), again.http()+"/v1/session", `{"email":"jo@example.org","password":"otter sings below ice"}`); status != 201 {
		t.Errorf("signing in: %d", status)
	}
}

// Without HTTP there is no page to give a code to, and none is wasted.
func TestNoSetupCodeWithoutAPage(t *testing.T) {
	data := t.TempDir()
	first := start(t, t.TempDir(), map[string]string{"data": data, "http": "off"})
	first.dns()
	until(t, "the greeting", func() bool { return strings.Contains(first.out.String(), "answers DNS") })
	first.stop()
	if err := first.ended(); err != nil {
		t.Fatal(err)
	}
	again := start(t, t.TempDir(), map[string]string{"data": data})
	again.dns()
	until(t, "the code", func() bool { return strings.Contains(again.out.String(), "it can be used once") })
}

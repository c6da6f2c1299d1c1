package app

import (
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// curl is what curl shows of an answer: its head, an empty line, and its body.
func curl(t *testing.T, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl on this machine")
	}
	out, err := exec.Command(path, append([]string{"-sS", "-i", "--http1.1", "-H", "Authorization: Bearer " + testToken}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("curl %v: %v: %s", args, err, out)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n")
}

// exported is a line that changes with the time.
var exported = regexp.MustCompile(`(?m)^;; Exported: .*$`)

// Both APIs make their answers smaller for who takes it, and the tag of a zone goes
// on being one for If-Match and If-None-Match.
func TestAnswersAreMadeSmaller(t *testing.T) {
	r := start(t, t.TempDir(), map[string]string{"admin-token": testToken})
	r.dns()
	if status, body := call(t, "POST", r.http()+"/v1/zones", testToken, `{"name":"example.com"}`); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	var zone strings.Builder
	zone.WriteString(`{"zones":[{"zone":"example.com","edits":[`)
	for i := range 300 {
		fmt.Fprintf(&zone, `{"op":"put","name":"n%d","type":"A","contents":["192.0.2.%d"]},`, i, i%250)
	}
	if status, body := call(t, "POST", r.http()+"/v1/changes", testToken, strings.TrimSuffix(zone.String(), ",")+`]}]}`); status >= 300 {
		t.Fatalf("%d %s", status, body)
	}
	_, id, _ := strings.Cut(curl(t, r.http()+"/client/v4/zones?name=example.com"), `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	for _, test := range []struct {
		name, path, want string
		zipped           bool
	}{
		{"records", "/v1/zones/example.com/records?limit=300", `"content":"192.0.2.249"`, true},
		{"a zone file", "/v1/zones/example.com/export", "n299", true},
		{"Cloudflare's records", "/client/v4/zones/" + id + "/dns_records?per_page=300", `"content":"192.0.2.249"`, true},
		{"Cloudflare's zone file", "/client/v4/zones/" + id + "/dns_records/export", "n299", true},
		{"a short answer", "/v1/health", `"status"`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain, zipped := exported.ReplaceAllString(curl(t, r.http()+test.path), ""), exported.ReplaceAllString(curl(t, "--compressed", r.http()+test.path), "")
			_, body, _ := strings.Cut(plain, "\n\n")
			head, same, _ := strings.Cut(zipped, "\n\n")
			if strings.Contains(plain, "Content-Encoding") || !strings.Contains(plain, "Vary: Accept-Encoding") || !strings.Contains(body, test.want) {
				t.Errorf("%.600s", plain)
			}
			if strings.Contains(head, "Content-Encoding: gzip") != test.zipped || !strings.Contains(head, "Vary: Accept-Encoding") || test.zipped && body != same {
				t.Errorf("%.600s", zipped)
			}
		})
	}
	path := r.http() + "/v1/zones/example.com/records?limit=300"
	head, _, _ := strings.Cut(curl(t, "--compressed", path), "\n\n")
	_, tag, _ := strings.Cut(head, "Etag: ")
	tag, _, _ = strings.Cut(tag, "\n")
	if got := curl(t, "--compressed", "-H", "If-None-Match: "+tag, path); !strings.HasPrefix(got, "HTTP/1.1 304") || !strings.Contains(got, "Vary: Accept-Encoding") {
		t.Errorf("%q: %.300s", tag, got)
	}
	add := func(name string) string {
		return curl(t, "--compressed", "-H", "If-Match: "+tag, "-H", "Content-Type: application/json", "-d", `{"name":"`+name+`","type":"A","content":"192.0.2.1"}`, path)
	}
	if got := add("first"); !strings.HasPrefix(got, "HTTP/1.1 201") {
		t.Errorf("with the tag: %.300s", got)
	}
	if got := add("second"); !strings.HasPrefix(got, "HTTP/1.1 412") {
		t.Errorf("with the tag of before: %.300s", got)
	}
	// What signs in is left alone.
	a, err := http.Get(r.http() + "/v1/session")
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if a.Uncompressed || !strings.Contains(a.Header.Get("Cache-Control"), "no-transform") {
		t.Errorf("%v", a.Header)
	}
}

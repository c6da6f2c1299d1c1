package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// parsed reads what a dialect appends as a server would.
func parsed(t *testing.T, say dialect, c change) (r *http.Request, body map[string]any) {
	t.Helper()
	in := bufio.NewReader(bytes.NewReader(say(nil, c)))
	r, err := http.ReadRequest(in)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &body); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	if rest, _ := io.ReadAll(in); len(rest) > 0 {
		t.Errorf("%q stands behind the request", rest)
	}
	return r, body
}

func TestRequestsOfDialects(t *testing.T) {
	come, gone := changeAt("small.example.", 7, 4), changeAt("small.example.", 7, 5)
	if come.owner != "w7-2" || come.gone || gone.owner != "w7-2" || !gone.gone {
		t.Fatalf("%+v, then %+v", come, gone)
	}
	for _, c := range []struct {
		situation  string
		say        dialect
		change     change
		line, name string
		body       bool
	}{
		{"truename makes", appendTruename, come, "POST /v1/zones/small.example/records", "w7-2", true},
		{"truename deletes", appendTruename, gone, "DELETE /v1/zones/small.example/records/by-name/w7-2/A", "", false},
		{"pdns makes", appendPDNS, come, "PATCH /api/v1/servers/localhost/zones/small.example.", "", true},
		{"pdns deletes", appendPDNS, gone, "PATCH /api/v1/servers/localhost/zones/small.example.", "", true},
	} {
		t.Run(c.situation, func(t *testing.T) {
			r, body := parsed(t, c.say, c.change)
			if got := r.Method + " " + r.URL.Path; got != c.line {
				t.Errorf("asks %s", got)
			}
			if r.Header.Get("Authorization") != "Bearer "+secret && r.Header.Get("X-API-Key") != secret {
				t.Errorf("without the secret: %v", r.Header)
			}
			if (body != nil) != c.body || c.name != "" && body["name"] != c.name {
				t.Errorf("body %v", body)
			}
		})
	}
}

func TestWhatAChangeLeavesBehind(t *testing.T) {
	there := reply{rcode: noError, answers: 1, address: changedAddress}
	absent := reply{rcode: nxDomain}
	for n, right := range []reply{there, absent} {
		q := changeAt("small.example.", 0, n).query()
		if q.name != "w0-0.small.example." {
			t.Errorf("asks for %s", q.name)
		}
		for _, r := range []reply{there, absent} {
			if err := q.judge(r); (err == nil) != (r == right) {
				t.Errorf("change %d, reply %+v: %v", n, r, err)
			}
		}
	}
}

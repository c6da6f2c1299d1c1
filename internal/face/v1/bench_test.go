package v1

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkCreateRecord is POST of single records over kept connections.
func BenchmarkCreateRecord(b *testing.B) {
	for _, connections := range []int{1, 32} {
		b.Run(strconv.Itoa(connections)+"-connections", func(b *testing.B) {
			d := zoned(b)
			srv := httptest.NewServer(d)
			defer srv.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
			defer client.CloseIdleConnections()
			url := srv.URL + "/v1/zones/" + d.vars["zone"] + "/records"
			var next atomic.Int64
			work := make(chan error, connections)
			b.ResetTimer()
			for range connections {
				go func() {
					for {
						n := next.Add(1)
						if n > int64(b.N) {
							work <- nil
							return
						}
						if err := post(client, url, fmt.Sprintf(`{"name":"h%d","type":"CNAME","content":"main.example.net","ttl":300}`, n)); err != nil {
							work <- err
							return
						}
					}
				}()
			}
			for range connections {
				if err := <-work; err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func post(client *http.Client, url, body string) error {
	r, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+adminSecret)
	r.Header.Set("Content-Type", "application/json")
	a, err := client.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err == nil && a.StatusCode != 201 {
		err = fmt.Errorf("%d %s", a.StatusCode, text)
	}
	return err
}

// BenchmarkWithoutStore is what this package itself costs a POST: all but control.
func BenchmarkWithoutStore(b *testing.B) {
	d := zoned(b)
	body := []byte(`{"name":"www","type":"CNAME","content":"one.word","ttl":-5}`)
	for b.Loop() {
		r := httptest.NewRequest("POST", "/v1/zones/"+d.vars["zone"]+"/records", bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+adminSecret)
		w := httptest.NewRecorder()
		if d.ServeHTTP(w, r); w.Code != 400 {
			b.Fatal(w.Code, w.Body)
		}
	}
}

func BenchmarkListRecords(b *testing.B) {
	d := zoned(b)
	var edits []string
	for i := range 1000 {
		edits = append(edits, fmt.Sprintf(`{"op":"add","name":"h%d","type":"CNAME","contents":["main.example.net"]}`, i))
	}
	d.run([]step{{"a thousand", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[` + strings.Join(edits, ",") + `]}]}`, nil, 201, nil}})
	for b.Loop() {
		if a := d.send("GET", "/zones/$zone/records?limit=1000", ""); a.status != 200 {
			b.Fatal(a.status)
		}
	}
}

package cloudflare

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkCreate makes records from 32 clients at once, each written for good
// before it is answered.
func BenchmarkCreate(b *testing.B) {
	d := newDesk(b)
	zone := d.make("example.com")
	var n atomic.Int64
	b.SetParallelism(16)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := fmt.Sprintf(`{"type":"CNAME","name":"c%d","content":"main.example.net","ttl":300,"proxied":false}`, n.Add(1))
			r := httptest.NewRequest("POST", Prefix+zone+"/dns_records", strings.NewReader(body))
			r.Header.Set("Authorization", d.headers["Authorization"])
			w := httptest.NewRecorder()
			d.http.ServeHTTP(w, r)
			if w.Code != 200 {
				b.Errorf("%d %s", w.Code, w.Body)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkList is a page in the middle of a zone of 10,000 records.
func BenchmarkList(b *testing.B) {
	d := newDesk(b)
	zone := d.make("example.com")
	for i := range 4 {
		var text strings.Builder
		for j := range 2500 {
			fmt.Fprintf(&text, "c%d CNAME main.example.net.\n", i*2500+j)
		}
		d.do("POST", zone+"/dns_records/import", text.String()).ok()
	}
	for _, query := range []string{"page=50", "page=50&order=content", "name=c5000.example.com", "content.contains=main&page=50"} {
		b.Run(query, func(b *testing.B) {
			d.TB = b
			for b.Loop() {
				d.do("GET", zone+"/dns_records?"+query, nil).ok()
			}
		})
	}
}

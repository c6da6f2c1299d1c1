package zonefile

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
)

// millionZone is a zone of n records: half A, half CNAME, in relative and in
// absolute form.
func millionZone(n int) []byte {
	var b bytes.Buffer
	b.WriteString("$ORIGIN example.net.\n$TTL 300\n@ SOA ns1 hostmaster 1 3600 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.1\n")
	for i := range n / 2 {
		fmt.Fprintf(&b, "h%d A 10.%d.%d.%d\n", i, i>>16&255, i>>8&255, i&255)
	}
	for i := range n / 2 {
		if i%2 == 0 {
			fmt.Fprintf(&b, "c%d CNAME h%d\n", i, i)
		} else {
			fmt.Fprintf(&b, "c%d.example.net. 3600 IN CNAME h%d.example.net.\n", i, i)
		}
	}
	return b.Bytes()
}

func BenchmarkParse(b *testing.B) {
	zone := millionZone(1_000_000)
	b.SetBytes(int64(len(zone)))
	records := 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		err := Parse(bytes.NewReader(zone), "big.zone", Options{}, func(*Record) error {
			records++
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(records), "allocs/record")
}

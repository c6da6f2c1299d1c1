package load

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// largeFile writes a zone of n records, half A, half CNAME, each at a name of its own.
func largeFile(tb testing.TB, n int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "large.example.zone")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	w.WriteString("$ORIGIN large.example.\n$TTL 300\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n")
	for i := range n / 2 {
		fmt.Fprintf(w, "h%d A 10.%d.%d.%d\n", i, i>>16&255, i>>8&255, i&255)
		fmt.Fprintf(w, "c%d CNAME h%d\n", i, i)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

// BenchmarkFile loads and checks a zone file of a million records.
func BenchmarkFile(b *testing.B) {
	const records = 1_000_000
	path := largeFile(b, records)
	b.ReportAllocs()
	for b.Loop() {
		if r := File(path, Options{}); r.Errors+r.Warnings > 0 {
			b.Fatal(r.Findings[0])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
}

package control

import "testing"

// BenchmarkImport makes a zone of a million records out of text.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		benchDesk(b, 1_000_000)
	}
}

// Package storetest is the suite that every backend of store.Store must pass.
package storetest

import (
	"testing"

	"github.com/truename-dns/truename/internal/store"
)

// Open opens the store that is kept at the directory at, or makes an empty one
// there. A backend elsewhere takes at as a name. It fails t if it cannot.
type Open func(t *testing.T, at string) store.Store

// Run holds the backend that open opens to the contract.
func Run(t *testing.T, open Open) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"append", testAppend},
		{"conflicts", testConflicts},
		{"log", testLog},
		{"watch", testWatch},
		{"state", testState},
		{"search", testSearch},
		{"shelf", testShelf},
		{"odd data", testOdd},
		{"busy", testBusy},
		{"random changes", testRandom},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open) })
	}
}

// fresh opens an empty store that is closed with the test.
func fresh(t *testing.T, open Open) store.Store {
	t.Helper()
	s := open(t, t.TempDir())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

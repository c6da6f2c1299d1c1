package clock

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSystem(t *testing.T) {
	c := System()
	before := time.Now()
	if now := c.Now(); now.Before(before) || now.After(time.Now()) {
		t.Errorf("%v is not now", now)
	}
	if c.Changed() != nil {
		t.Error("the time of the system is not changed by others")
	}
	if err := c.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "now")
	write(t, path, "1767225600\n")
	c, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		situation, text string
		want            int64
	}{
		{"as it is", "1767225600\n", 1767225600},
		{"moved on", "1767225601", 1767225601},
		{"moved back", "5\n", 5},
		{"being written", "", 5},
		{"nonsense", "noon", 5},
		{"too far", "99999999999999", 5},
		{"again", " 7 ", 7},
	} {
		write(t, path, tc.text)
		if got := c.Now().Unix(); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.situation, got, tc.want)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := c.Now().Unix(); got != 7 {
		t.Errorf("gone: %d", got)
	}
}

func TestFileThatTellsNoTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "now")
	if _, err := File(path); err == nil || !strings.Contains(err.Error(), "write unix seconds there") {
		t.Errorf("missing: %v", err)
	}
	write(t, path, "noon")
	if _, err := File(path); err == nil || !strings.Contains(err.Error(), "no time in unix seconds") {
		t.Errorf("nonsense: %v", err)
	}
}

func TestChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "now")
	write(t, path, "1000")
	c, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	// The watch may begin after the first of these.
	for now, heard := 1001, 0; heard < 2; now++ {
		write(t, path, strconv.Itoa(now))
		select {
		case <-c.Changed():
			heard++
		case <-time.After(100 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

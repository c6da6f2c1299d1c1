package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFloorOfTheDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	rate, err := syncFloor(dir, time.Millisecond)
	if err != nil || rate <= 0 {
		t.Fatalf("%f, %v", rate, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v stays behind, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := syncFloor(filepath.Join(dir, "file"), time.Millisecond); err == nil {
		t.Error("a file was taken for a folder")
	}
}

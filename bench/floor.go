package main

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// syncFloor is how often in a second the disk below dir takes an append of 4 KiB
// for good: what nothing that writes change by change can exceed.
func syncFloor(dir string, length time.Duration) (float64, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	f, err := os.Create(filepath.Join(dir, "floor"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	n, begin := 0, time.Now()
	for ; n == 0 || time.Since(begin) < length; n++ {
		page[0] = byte(n)
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

//go:build race

package listen

// raceEnabled: the race detector makes sync.Pool drop buffers at random.
const raceEnabled = true

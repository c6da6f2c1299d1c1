// Package clock tells the time that the program goes by: that of the system, or
// for tests that of a file, which others move.
package clock

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Clock tells the time. Now may be called by many at once.
type Clock struct {
	path    string // empty for the system's time
	last    atomic.Int64
	changed chan struct{}
}

// System is the clock of the system.
func System() *Clock { return new(Clock) }

// File is a clock that shows the unix seconds that the file holds, and stands
// still until others write there. It is read each time, so that whoever has
// written it sees what comes of it.
func File(path string) (*Clock, error) {
	c := &Clock{path: path, changed: make(chan struct{}, 1)}
	seconds, err := c.read()
	if err != nil {
		return nil, err
	}
	c.last.Store(seconds)
	return c, nil
}

func (c *Clock) read() (int64, error) {
	text, err := os.ReadFile(c.path)
	if err != nil {
		return 0, fmt.Errorf("%w; write unix seconds there, as date +%%s gives them", err)
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || seconds < 0 || seconds > maxSeconds {
		return 0, fmt.Errorf("%s: %.40q is no time in unix seconds, as date +%%s gives it", c.path, text)
	}
	return seconds, nil
}

// maxSeconds keeps nanoseconds within 64 bits.
const maxSeconds = 1 << 33

// Now is the time. A file that is being written, or is gone, shows the time it
// showed last.
func (c *Clock) Now() time.Time {
	if c.path == "" {
		return time.Now()
	}
	seconds, err := c.read()
	if err != nil {
		return time.Unix(c.last.Load(), 0)
	}
	c.last.Store(seconds)
	return time.Unix(seconds, 0)
}

// Told is Now where others tell the time, and nil for the time of the system.
func (c *Clock) Told() func() time.Time {
	if c.path == "" {
		return nil
	}
	return c.Now
}

// Changed yields when the time of the file was changed; nil for the system's.
func (c *Clock) Changed() <-chan struct{} { return c.changed }

// pause is how long Changed may be late.
const pause = 10 * time.Millisecond

// Run watches the file until ctx ends.
func (c *Clock) Run(ctx context.Context) error {
	if c.path == "" {
		return nil
	}
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for seen := c.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if now := c.Now(); !now.Equal(seen) {
			seen = now
			select {
			case c.changed <- struct{}{}:
			default: // whoever listens has not heard of the last change yet
			}
		}
	}
}

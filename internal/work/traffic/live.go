package traffic

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/stats"
)

// Second is what was asked in about a second.
type Second struct {
	At   time.Time // its end
	Took time.Duration
	All  stats.Counts

	number uint64
	zones  map[Zone]*stats.Counts // nil where it is long ago
}

// Sum is what was asked for the zones that keep keeps; ok is false where zones are
// not told apart any more.
func (s *Second) Sum(keep func(Zone) bool) (c stats.Counts, ok bool) {
	for z, n := range s.zones {
		if keep(z) {
			c.Add(n)
		}
	}
	return c, s.zones != nil
}

// How many seconds are kept, with how many of them zones are, and who may listen.
const (
	KeptSeconds  = 300
	zonedSeconds = 5
	MaxListeners = 64
)

// Errors of Listen and Next.
var (
	ErrBusy   = errors.New("too many listen already")
	ErrClosed = errors.New("the server is stopping")
)

// live is the last seconds, and who waits for the next.
type live struct {
	mu        sync.Mutex
	seconds   []Second // the latest last
	number    uint64   // of the latest
	next      chan struct{}
	listeners int
	closed    bool
}

func (v *live) publish(s Second) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return
	}
	v.number++
	s.number = v.number
	v.seconds = append(v.seconds, s)
	if n := len(v.seconds); n > zonedSeconds {
		v.seconds[n-zonedSeconds-1].zones = nil
	}
	if len(v.seconds) > KeptSeconds {
		v.seconds = append(v.seconds[:0], v.seconds[len(v.seconds)-KeptSeconds:]...)
	}
	close(v.next)
	v.next = make(chan struct{})
}

func (v *live) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.closed {
		v.closed = true
		close(v.next)
	}
}

// Listener is told of every second. It is for one goroutine.
type Listener struct {
	live *live
	seen uint64
}

// Listen begins to listen, with up to past of the seconds before now; the Listener
// is to be closed. The error is ErrBusy or ErrClosed.
func (r *Recorder) Listen(past int) (*Listener, error) {
	v := &r.live
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.closed:
		return nil, ErrClosed
	case v.listeners == MaxListeners:
		return nil, ErrBusy
	}
	v.listeners++
	return &Listener{v, v.number - min(uint64(max(past, 0)), uint64(len(v.seconds)))}, nil
}

// Next waits for seconds that were not seen yet. One who comes late gets those
// that are kept. The error is ErrClosed, or that of ctx.
func (l *Listener) Next(ctx context.Context) ([]Second, error) {
	for {
		list, next, err := l.unseen()
		if err != nil || len(list) > 0 {
			return list, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-next:
		}
	}
}

func (l *Listener) unseen() (list []Second, next <-chan struct{}, err error) {
	l.live.mu.Lock()
	defer l.live.mu.Unlock()
	for _, s := range l.live.seconds {
		if s.number > l.seen {
			list = append(list, s)
		}
	}
	l.seen = l.live.number
	if len(list) == 0 && l.live.closed {
		return nil, nil, ErrClosed
	}
	return list, l.live.next, nil
}

// Close makes room for another.
func (l *Listener) Close() {
	l.live.mu.Lock()
	defer l.live.mu.Unlock()
	l.live.listeners--
}

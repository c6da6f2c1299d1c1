package listen

import (
	"net/netip"
	"sync"
	"time"
)

// registry knows every TCP connection, who they belong to and which are idle:
// those that wait for a message or for the rest of one, and have none held.
type registry struct {
	opt   Options
	count *Counters

	mu     sync.Mutex
	all    map[*conn]struct{}
	peers  map[netip.Prefix]int
	oldest *conn // idle connections, the one idle for longest first
	newest *conn
	closed bool // no more admissions
	cut    bool // nothing is waited for any more
	empty  chan struct{}
}

func newRegistry(opt Options, c *Counters) *registry {
	return &registry{
		opt: opt, count: c,
		all:   make(map[*conn]struct{}),
		peers: make(map[netip.Prefix]int),
		empty: make(chan struct{}),
	}
}

// prefix is what the limit per peer counts a under.
func (r *registry) prefix(a netip.Addr) netip.Prefix {
	bits := r.opt.PeerPrefix6
	if a = a.Unmap().WithZone(""); a.Is4() {
		bits = 32
	}
	p, _ := a.Prefix(bits)
	return p
}

// admit takes c in as idle, closing the connection idle for longest if there
// is no room. It says whether c may stay.
func (r *registry) admit(c *conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.peers[c.prefix] >= r.opt.MaxConnsPerPeer {
		return false
	}
	if len(r.all) >= r.opt.MaxConns && !r.evict() {
		return false
	}
	r.all[c] = struct{}{}
	r.peers[c.prefix]++
	r.count.TCPConns.Store(int64(len(r.all)))
	r.appendIdle(c)
	return true
}

// makeRoom closes the connection idle for longest.
func (r *registry) makeRoom() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.evict()
}

func (r *registry) evict() bool {
	c := r.oldest
	if c == nil {
		return false
	}
	r.count.TCPEvicted.Add(1)
	r.forget(c)
	_ = c.tcp.Close() // its goroutine wakes and ends
	return true
}

// release takes c out; it may be out already.
func (r *registry) release(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(c)
}

func (r *registry) forget(c *conn) {
	if _, ok := r.all[c]; !ok {
		return
	}
	delete(r.all, c)
	r.count.TCPConns.Store(int64(len(r.all)))
	if r.peers[c.prefix]--; r.peers[c.prefix] == 0 {
		delete(r.peers, c.prefix)
	}
	r.removeIdle(c)
	if r.closed && len(r.all) == 0 {
		close(r.empty)
	}
}

// idle and busy move c in and out of the connections that may be evicted. Octets
// that are no whole message yet change nothing: who sends one now and then must
// not outlast who sends none.
func (r *registry) idle(c *conn) {
	r.mu.Lock()
	c.answering = false
	r.listIfIdle(c)
	r.mu.Unlock()
}

func (r *registry) busy(c *conn) {
	r.mu.Lock()
	c.answering = true
	r.removeIdle(c)
	r.mu.Unlock()
}

func (r *registry) listIfIdle(c *conn) {
	if _, ok := r.all[c]; ok && !c.listed && !c.answering && c.held == 0 {
		r.appendIdle(c)
	}
}

func (r *registry) appendIdle(c *conn) {
	c.listed = true
	c.older, c.newer = r.newest, nil
	if r.newest == nil {
		r.oldest = c
	} else {
		r.newest.newer = c
	}
	r.newest = c
}

func (r *registry) removeIdle(c *conn) {
	if !c.listed {
		return
	}
	c.listed = false
	if c.older == nil {
		r.oldest = c.newer
	} else {
		c.older.newer = c.newer
	}
	if c.newer == nil {
		r.newest = c.older
	} else {
		c.newer.older = c.older
	}
	c.older, c.newer = nil, nil
}

// idleTimeout is what a connection may idle now: all of it up to half of the
// limit, then less and less, down to a tenth.
func (r *registry) idleTimeout() time.Duration {
	full := r.opt.IdleTimeout
	used, half := int(r.count.TCPConns.Load()), r.opt.MaxConns/2
	if used <= half {
		return full
	}
	rest := max(0, r.opt.MaxConns-used)
	return max(full/10, full*time.Duration(rest)/time.Duration(r.opt.MaxConns-half))
}

// drain admits no more, asks every connection to end, and returns a channel
// that closes when all have ended.
func (r *registry) drain() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return r.empty
	}
	r.closed = true
	if len(r.all) == 0 {
		close(r.empty)
	}
	for c := range r.all {
		c.drain()
	}
	return r.empty
}

// closeAll closes what is still open and waits for no held query.
func (r *registry) closeAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
	for c := range r.all {
		_ = c.tcp.Close()
		c.signalSettled()
	}
}

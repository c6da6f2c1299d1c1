package sqlite

import (
	"context"
	"errors"
	"sync"

	"github.com/truename-dns/truename/internal/store"
)

// pool is connections for reading: up to cap(slots) at a time, opened when
// they are needed and kept.
type pool struct {
	uri   string
	slots chan struct{}
	done  <-chan struct{} // closed with the store

	mu     sync.Mutex
	idle   []*conn
	closed bool
}

func newPool(uri string, size int, done <-chan struct{}) *pool {
	return &pool{uri: uri, slots: make(chan struct{}, size), done: done}
}

// get waits for a connection. It goes back by put.
func (p *pool) get(ctx context.Context) (*conn, error) {
	select {
	case <-p.done:
		return nil, store.ErrClosed
	default:
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, store.ErrClosed
	}
	c, err := p.take()
	if err != nil {
		<-p.slots
	}
	return c, err
}

func (p *pool) take() (*conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, store.ErrClosed
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return c, nil
	}
	return connect(p.uri, sqlReader)
}

func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = c.close() // nothing was written by it
	} else {
		p.idle = append(p.idle, c)
	}
	<-p.slots
}

// close closes what is idle; what is in use is closed when it comes back.
func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var errs []error
	for _, c := range p.idle {
		errs = append(errs, c.close())
	}
	p.idle = nil
	return errors.Join(errs...)
}

// with calls do with a connection.
func (p *pool) with(ctx context.Context, do func(*conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := p.get(ctx)
	if err != nil {
		return err
	}
	defer p.put(c)
	return do(c)
}

// snapshot calls do with a connection that sees one state until do returns.
func (p *pool) snapshot(ctx context.Context, do func(*conn) error) error {
	return p.with(ctx, func(c *conn) error {
		if _, err := c.exec(sqlRead); err != nil {
			return err
		}
		err := do(c)
		_, end := c.exec(sqlCommit)
		return errors.Join(err, end)
	})
}

// Package sqlite is the store in one file, for a server on its own: the log,
// the state and the shelf in truename.db of a data directory, to be read with
// the sqlite3 shell (the views current_records and history) and written by
// one process at a time.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// Names of files in the data directory.
const (
	fileName = "truename.db"
	lockName = "truename.lock"
)

// Connections for reading: those of short questions, which are given back
// before the caller goes on, and those that stay with a caller while it walks
// over what it asked for. Two pools, so that many who walk starve nobody who
// asks, not even themselves.
const (
	pointReaders = 8
	walkers      = 64
)

// Store is a store.Store in a file.
type Store struct {
	writer  *writer
	feed    *feed
	points  *pool
	walks   *pool
	lock    *os.File
	closing chan struct{}
	close   func() error
}

var _ store.Store = (*Store)(nil)

// Open opens the store in directory dir, and makes both where they are not
// there. A directory that another process has open is refused.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s, err := open(dir, lock)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: %s: %w", filepath.Join(dir, fileName), err), lock.Close())
	}
	return s, nil
}

// lockDir holds the directory until the file is closed, which the end of the
// process does as well.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		return nil, fmt.Errorf("store: %s is in use by another process (%w); stop that one, or choose another directory with --data", dir, err)
	}
	return f, nil
}

func open(dir string, lock *os.File) (*Store, error) {
	path, err := filepath.Abs(filepath.Join(dir, fileName))
	if err != nil {
		return nil, err
	}
	// The engine gives its other files the mode of this one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	uri := (&url.URL{Scheme: "file", Path: path}).String()
	conn, err := connect(uri, sqlWriter)
	if err != nil {
		return nil, err
	}
	head, err := prepareSchema(conn)
	if err != nil {
		return nil, errors.Join(err, conn.close())
	}
	return start(uri, conn, head, lock), nil
}

func start(uri string, conn *conn, head change.Revision, lock *os.File) *Store {
	s := &Store{feed: newFeed(head), lock: lock, closing: make(chan struct{})}
	s.points = newPool(uri, pointReaders, s.closing)
	s.walks = newPool(uri, walkers, s.closing)
	s.writer = &writer{conn: conn, feed: s.feed, jobs: make(chan *job), done: s.closing,
		gone: make(chan struct{}), zones: map[change.ZoneID]int64{}}
	s.close = sync.OnceValue(s.shut)
	go s.writer.run()
	return s
}

// prepareSchema brings the file up to date and says where its log ends.
func prepareSchema(c *conn) (change.Revision, error) {
	version, err := c.number(sqlVersion)
	if err != nil {
		return 0, err
	}
	if int(version) > len(migrations) {
		return 0, fmt.Errorf("its schema has version %d, this program knows %d; run the newer program that wrote it", version, len(migrations))
	}
	for ; int(version) < len(migrations); version++ {
		step := fmt.Sprintf("BEGIN IMMEDIATE; %s; PRAGMA user_version = %d; COMMIT", migrations[version], version+1)
		if err := c.script(step); err != nil {
			return 0, fmt.Errorf("schema version %d: %w", version+1, err)
		}
	}
	if err := putTypes(c); err != nil {
		return 0, err
	}
	head, err := c.number(sqlHead)
	return change.Revision(head), err
}

// putTypes writes down the names of the types for the views.
func putTypes(c *conn) error {
	var named []rr.Type
	for t := rr.Type(1); t != 0; t++ {
		if name := t.String(); len(name) < 5 || name[:4] != "TYPE" {
			named = append(named, t)
		}
	}
	count, err := c.number(sqlTypesCount)
	if err != nil || int(count) == len(named) {
		return err
	}
	if _, err := c.exec(sqlBegin); err != nil {
		return err
	}
	for _, t := range named {
		if _, err := c.exec(sqlPutType, int64(t), t.String()); err != nil {
			return err
		}
	}
	_, err = c.exec(sqlCommit)
	return err
}

// Close ends the store: what is being written is finished, what waits is
// refused with ErrClosed, and who watches or walks gets that error next.
func (s *Store) Close() error { return s.close() }

func (s *Store) shut() error {
	close(s.closing)
	<-s.writer.gone
	err := errors.Join(s.points.close(), s.walks.close(), s.writer.conn.close())
	return errors.Join(err, s.lock.Close())
}

// Append is as store.Log says. Each Change is held to what can be written down
// and read back: well-formed data, a zone once, an id of its own.
func (s *Store) Append(ctx context.Context, changes []*change.Change) (int, error) {
	good := len(changes)
	var unsound error
	for i, c := range changes {
		if unsound = sound(c); unsound != nil {
			good = i
			break
		}
	}
	j := &job{changes: changes[:good]}
	if err := s.writer.submit(ctx, j); err != nil {
		return j.appended, err
	}
	return j.appended, unsound
}

// Head is as store.Log says.
func (s *Store) Head(ctx context.Context) (change.Revision, error) {
	select {
	case <-s.closing:
		return 0, store.ErrClosed
	default:
		return s.feed.head(), ctx.Err()
	}
}

// Put is as store.Shelf says.
func (s *Store) Put(ctx context.Context, d store.Document) (uint64, error) {
	if len(d.Body) > store.MaxDocument {
		return 0, fmt.Errorf("store: %s %s has %d octets, a document has up to %d", d.Kind, d.ID, len(d.Body), store.MaxDocument)
	}
	j := &job{document: &d}
	err := s.writer.submit(ctx, j)
	return j.version, err
}

package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/store"
)

// writer is the one goroutine that writes. It takes all jobs that wait, does
// them in one transaction, and answers them when that is on disk.
type writer struct {
	conn *conn
	jobs chan *job // without a buffer: who has sent a job gets an answer
	feed *feed
	done <-chan struct{} // closed with the store
	gone chan struct{}   // closed when run has returned

	head  change.Revision         // of the last Change of the open transaction
	fresh []*change.Change        // the Changes of the open transaction
	zones map[change.ZoneID]int64 // zones.n of the Change at hand

	unmoved int // about how many rows were written since the last checkpoint

	json, text, key []byte // buffers
	texts           []string
}

// maxJobs is how many jobs share a transaction at most.
const maxJobs = 512

// moveAfter is how many rows are written before the write-ahead log is moved
// into the file, which is done when all are answered: as many as take a few
// milliseconds to move.
const (
	moveAfter     = 4000
	rowsPerChange = 6
)

// job is a call of Append or of Put that waits.
type job struct {
	changes  []*change.Change // for Append
	document *store.Document  // for Put

	done     chan struct{} // closed when what is below is settled
	appended int
	version  uint64
	err      error
}

// submit hands j to the writer and waits until it is done. When ctx ends
// before the writer has taken j, nothing of it is done; behind that it is seen
// through, for half an answer helps nobody.
func (w *writer) submit(ctx context.Context, j *job) error {
	j.done = make(chan struct{})
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-w.done:
		return store.ErrClosed
	default:
	}
	select {
	case w.jobs <- j:
		<-j.done
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.done:
		return store.ErrClosed
	}
}

func (w *writer) run() {
	defer close(w.gone)
	for {
		select {
		case <-w.done:
			return
		case first := <-w.jobs:
			w.work(w.gather(first))
		}
	}
}

// gather is first and all whose callers wait behind it.
func (w *writer) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < maxJobs {
		select {
		case j := <-w.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// work does a batch in one transaction. Should that fail, it does each step in
// one of its own, so that the fault meets nobody but whose it is.
func (w *writer) work(batch []*job) {
	err := w.transact(func() error {
		for _, j := range batch {
			if err := w.do(j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for _, j := range batch {
			w.alone(j)
		}
	}
	for _, j := range batch {
		close(j.done)
	}
	if w.unmoved >= moveAfter {
		w.unmoved = 0
		_ = w.conn.each(func(row) error { return nil }, sqlCheckpoint) // the next one moves what this could not
	}
}

// transact calls do within a transaction. When it returns nil, all is on disk
// and shown to the watchers; when not, nothing has happened.
func (w *writer) transact(do func() error) error {
	w.head, w.fresh = w.feed.head(), w.fresh[:0]
	_, err := w.conn.exec(sqlBegin)
	if err == nil {
		err = do()
	}
	if err == nil {
		_, err = w.conn.exec(sqlCommit)
	}
	if err != nil {
		_, _ = w.conn.exec(sqlRollback) // fails where the engine has rolled back already
		for _, c := range w.fresh {
			c.Revision = 0
		}
		return err
	}
	w.feed.publish(w.head, w.fresh)
	return nil
}

// do does j within the open transaction. What is refused is an outcome of j;
// the error is a fault, behind which the transaction cannot go on.
func (w *writer) do(j *job) error {
	j.appended, j.err = 0, nil
	if j.document != nil {
		j.version, j.err = w.putDocument(j.document)
		return asFault(j.err)
	}
	for _, c := range j.changes {
		if j.err = w.append(c); j.err != nil {
			return asFault(j.err)
		}
		j.appended++
	}
	return nil
}

// alone does j with a transaction for each of its steps.
func (w *writer) alone(j *job) {
	if j.document != nil {
		if err := w.transact(func() error { return w.do(j) }); err != nil {
			j.err = failed(err)
		}
		return
	}
	j.appended, j.err = 0, nil
	for _, c := range j.changes {
		if err := w.transact(func() error { return w.append(c) }); err != nil {
			j.err = failed(err)
			return
		}
		j.appended++
	}
}

// append puts c behind the log if it follows from the state.
func (w *writer) append(c *change.Change) error {
	if err := w.admit(c); err != nil {
		return err
	}
	if err := w.apply(c, w.head+1); err != nil {
		return err
	}
	w.unmoved += rowsPerChange + 2*sets(c)
	w.head++
	c.Revision = w.head
	w.fresh = append(w.fresh, c)
	return nil
}

// asFault is err if it is a fault.
func asFault(err error) error {
	if f, ok := errors.AsType[fault](err); ok {
		return f
	}
	return nil
}

// failed is err in the words of the store.
func failed(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return err
	}
	if isFull(err) {
		return fmt.Errorf("store: not written: %w; make room on the disk of the data directory, the next write tries again", err)
	}
	return fmt.Errorf("store: not written: %w", err)
}

// putDocument does what Put promises.
func (w *writer) putDocument(d *store.Document) (uint64, error) {
	version, err := w.conn.number(sqlGetVersion, d.Kind, d.ID)
	if err != nil {
		return 0, fault{err}
	}
	if uint64(version) != d.Version {
		return 0, fmt.Errorf("%w: %s %s has version %d, not %d", store.ErrConflict, d.Kind, d.ID, version, d.Version)
	}
	if d.Body == nil {
		if _, err := w.conn.exec(sqlDropDoc, d.Kind, d.ID); err != nil {
			return 0, fault{err}
		}
		return 0, nil
	}
	if _, err := w.conn.exec(sqlNextDoc); err != nil {
		return 0, fault{err}
	}
	next, err := w.conn.number(sqlLastDoc)
	if err == nil {
		_, err = w.conn.exec(sqlPutDoc, d.Kind, d.ID, next, d.Body)
	}
	if err != nil {
		return 0, fault{err}
	}
	return uint64(next), nil
}

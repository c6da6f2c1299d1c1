package sqlite

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/store"
)

// load is a walk over all zones with all records: one goroutine reads rows,
// others make RRsets out of them, the caller takes these in order.
type load struct {
	ctx     context.Context
	stop    context.CancelFunc
	ordered chan *batch // for the caller
	todo    chan *batch // the same, for the decoders
	workers sync.WaitGroup
	err     error // of reading; settled when ordered is closed

	at   []item // at hand, for the caller
	next int
}

// batch is some rows on their way. It never splits an RRset.
type batch struct {
	raw   []rawItem
	ready chan struct{} // closed when what is below is settled
	items []item
	err   error
}

// rawItem is a row of zones, or one of records of the zone before it.
type rawItem struct {
	zone   row
	record recordRow
}

// item is a zone, or an RRset of the zone before it.
type item struct {
	zone *store.ZoneState
	set  change.RRset
}

const (
	batchRows = 1024 // about as many rows make a batch
	decoders  = 2
)

// startLoad starts the goroutines. Nobody else uses c until close.
func startLoad(ctx context.Context, c *conn) *load {
	l := &load{ordered: make(chan *batch, 8), todo: make(chan *batch, 8)}
	l.ctx, l.stop = context.WithCancel(ctx)
	l.workers.Go(func() {
		l.err = l.read(c)
		close(l.todo)
		close(l.ordered)
	})
	for range decoders {
		l.workers.Go(func() {
			for b := range l.todo {
				b.decode()
				close(b.ready)
			}
		})
	}
	return l
}

// close ends the goroutines.
func (l *load) close() {
	l.stop()
	l.workers.Wait()
}

// read walks over both tables, which are in the same order.
func (l *load) read(c *conn) error {
	records, err := c.query(sqlAllRecords)
	if err != nil {
		return err
	}
	b := &batch{}
	more := records.next()
	err = c.each(func(z row) error {
		b.raw = append(b.raw, rawItem{zone: slices.Clone(z)})
		for more && records.row.int(0) == z.int(0) {
			r := scanRecord(records.row)
			if b, err = l.cut(b, &r); err != nil {
				return err
			}
			b.raw = append(b.raw, rawItem{record: r})
			more = records.next()
		}
		return nil
	}, sqlZones)
	if err == nil && more {
		err = fmt.Errorf("record %d is of a zone that does not exist; the file is damaged, restore it from a backup", records.row.int(3))
	}
	if err == nil {
		err = l.send(b)
	}
	if end := records.close(); err == nil {
		err = end
	}
	return err
}

// cut sends b away if it is full and r starts another RRset, and gives back
// the batch for r.
func (l *load) cut(b *batch, r *recordRow) (*batch, error) {
	if len(b.raw) < batchRows || b.raw[len(b.raw)-1].record.sameSet(r) {
		return b, nil
	}
	return &batch{raw: make([]rawItem, 0, batchRows+16)}, l.send(b)
}

func (l *load) send(b *batch) error {
	b.ready = make(chan struct{})
	for _, to := range []chan<- *batch{l.todo, l.ordered} {
		select {
		case to <- b:
		case <-l.ctx.Done():
			return l.ctx.Err()
		}
	}
	return nil
}

// decode makes the items out of the rows.
func (b *batch) decode() {
	var g grouper
	b.items = make([]item, 0, len(b.raw))
	flush := func(set change.RRset, ended bool) {
		if ended {
			b.items = append(b.items, item{set: set})
		}
	}
	for i := range b.raw {
		if b.raw[i].zone == nil {
			set, ended, err := g.add(b.raw[i].record)
			flush(set, ended)
			if b.err = err; err != nil {
				return
			}
			continue
		}
		flush(g.end())
		z, err := parseZoneRow(b.raw[i].zone)
		if err != nil {
			b.err = fmt.Errorf("zone %s: %w", b.raw[i].zone.text(2), err)
			return
		}
		b.items = append(b.items, item{zone: &z})
	}
	flush(g.end())
	b.raw = nil
}

// peek is the next item, nil behind the last one and where err is not.
func (l *load) peek() (*item, error) {
	for l.next == len(l.at) {
		b, ok := <-l.ordered
		if !ok {
			return nil, l.err
		}
		select {
		case <-b.ready:
		case <-l.ctx.Done():
			return nil, l.ctx.Err()
		}
		if b.err != nil {
			return nil, b.err
		}
		l.at, l.next = b.items, 0
	}
	return &l.at[l.next], nil
}

// each calls visit with every zone until it is false. The RRsets of a zone can
// be taken until visit returns; what is not taken is passed over.
func (l *load) each(visit func(store.ZoneState) bool, alive func() error) error {
	for {
		it, err := l.peek()
		if err != nil || it == nil {
			return err
		}
		l.next++
		if it.zone == nil {
			continue
		}
		z := *it.zone
		z.RRsets = l.rrsets
		if !visit(z) {
			return errStop
		}
		if err := alive(); err != nil {
			return err
		}
	}
}

// rrsets yields what comes before the next zone. An error ends it, and each.
func (l *load) rrsets(yield func(change.RRset) bool) {
	for {
		it, err := l.peek()
		if err != nil || it == nil || it.zone != nil {
			return
		}
		l.next++
		if !yield(it.set) {
			return
		}
	}
}

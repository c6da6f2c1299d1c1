package traffic

import (
	"context"
	"errors"
	"time"

	"github.com/truename-dns/truename/internal/store"
)

// find is a Bucket of the past, or nil.
func (r *Recorder) find(ctx context.Context, l Level, start time.Time) *Bucket {
	if b := r.cache.get(l, start); b != nil {
		return b
	}
	for _, f := range r.late {
		if f.level == l && f.bucket.Start.Equal(start) {
			return f.bucket
		}
	}
	d, err := r.options.Shelf.Get(ctx, l.kind(), l.id(start))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	var b *Bucket
	if err == nil {
		b, err = decode(d.Body)
	}
	if err != nil {
		r.options.Log.Error("a record of what was asked cannot be read; its numbers are missing", "of", l.id(start), "error", err)
		return nil
	}
	r.cache.put(l, b)
	return b
}

// save writes what is not on the shelf as it is.
func (r *Recorder) save(ctx context.Context) {
	r.writing.Lock()
	defer r.writing.Unlock()
	for _, f := range r.unsaved() {
		err := r.write(ctx, f)
		if err == nil {
			r.forget(ctx, f)
			continue
		}
		if ctx.Err() == nil {
			r.options.Log.Error("what was asked cannot be written; after a restart it will be missing", "of", f.level.id(f.bucket.Start), "error", err)
		}
		r.again(f)
	}
}

// unsaved is copies of what is to be written.
func (r *Recorder) unsaved() []finished {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.late
	r.late = nil
	for i := range list {
		list[i].bucket = list[i].bucket.clone()
	}
	for l := range levels {
		if r.dirty[l] {
			list = append(list, finished{l, r.open[l].clone()})
			r.dirty[l] = false
		}
	}
	return list
}

// again has what could not be written written later.
func (r *Recorder) again(f finished) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch open := r.open[f.level]; {
	case open.Start.Equal(f.bucket.Start):
		r.dirty[f.level] = true
	case len(r.late) < maxLate:
		r.late = append(r.late, f)
	}
}

func (r *Recorder) write(ctx context.Context, f finished) error {
	body, err := f.bucket.encode()
	if err != nil {
		return err
	}
	return r.put(ctx, store.Document{Kind: f.level.kind(), ID: f.level.id(f.bucket.Start), Body: body})
}

// put puts d in the place of what is there.
func (r *Recorder) put(ctx context.Context, d store.Document) error {
	old, err := r.options.Shelf.Get(ctx, d.Kind, d.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	d.Version = old.Version
	_, err = r.options.Shelf.Put(ctx, d)
	return err
}

// forget takes away what has been kept long enough when f is written.
func (r *Recorder) forget(ctx context.Context, f finished) {
	id := f.level.id(f.bucket.Start.Add(-shelves[f.level].keep - 2*f.level.Length()))
	d, err := r.options.Shelf.Get(ctx, f.level.kind(), id)
	if err == nil {
		d.Body = nil
		_, err = r.options.Shelf.Put(ctx, d)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
		r.options.Log.Warn("an old record of what was asked cannot be taken away; it is tried again at the next start", "of", id, "error", err)
	}
}

// sweep takes away all that has been kept long enough.
func (r *Recorder) sweep(ctx context.Context) {
	now := r.options.Clock()
	for l := range levels {
		var old []store.Document
		for d, err := range r.options.Shelf.Documents(ctx, l.kind()) {
			if err != nil {
				break
			}
			if !l.kept(d.ID, now) {
				old = append(old, store.Document{Kind: d.Kind, ID: d.ID, Version: d.Version})
			}
		}
		for _, d := range old {
			if _, err := r.options.Shelf.Put(ctx, d); err != nil && ctx.Err() == nil {
				r.options.Log.Warn("an old record of what was asked cannot be taken away", "of", d.ID, "error", err)
				return
			}
		}
	}
}

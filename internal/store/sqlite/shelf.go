package sqlite

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/truename-dns/truename/internal/store"
)

// Get is as store.Shelf says.
func (s *Store) Get(ctx context.Context, kind, id string) (d store.Document, err error) {
	err = s.points.with(ctx, func(c *conn) error {
		r, err := c.first(sqlGetDoc, kind, id)
		switch {
		case err != nil:
			return err
		case r == nil:
			return fmt.Errorf("%s %s: %w", kind, id, store.ErrNotFound)
		}
		d = document(kind, id, r)
		return nil
	})
	return d, err
}

// Documents is as store.Shelf says. What it yields is of one state.
func (s *Store) Documents(ctx context.Context, kind string) iter.Seq2[store.Document, error] {
	return func(yield func(store.Document, error) bool) {
		err := s.walks.with(ctx, func(c *conn) error {
			return c.each(func(r row) error {
				if !yield(document(kind, r.text(0), r[1:]), nil) {
					return errStop
				}
				return s.alive(ctx)
			}, sqlDocs, kind)
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(store.Document{}, err)
		}
	}
}

// document is that of a row with its version and body. An empty body is none
// that is not there, which to the driver are the same.
func document(kind, id string, r row) store.Document {
	return store.Document{Kind: kind, ID: id, Version: uint64(r.int(0)), Body: append([]byte{}, r.blob(1)...)}
}

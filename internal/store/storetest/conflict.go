package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

func testConflicts(t *testing.T, open Open) {
	tests := []struct {
		name string
		make func(d *desk) *change.Change
	}{
		{"a zone has moved on", func(d *desk) *change.Change {
			stale := d.update("a.example.", rrset("x.a.example.", rr.TypeA, 60, "192.0.2.9"))
			d.append(d.update("a.example.", rrset("y.a.example.", rr.TypeA, 60, "192.0.2.8")))
			return newChange(stale)
		}},
		{"one of two zones has moved on", func(d *desk) *change.Change {
			stale := d.update("b.example.", rrset("x.b.example.", rr.TypeA, 60, "192.0.2.9"))
			d.append(d.update("b.example.", rrset("y.b.example.", rr.TypeA, 60, "192.0.2.8")))
			return newChange(d.update("a.example.", rrset("x.a.example.", rr.TypeA, 60, "192.0.2.9")), stale)
		}},
		{"a zone is gone", func(d *desk) *change.Change {
			stale := d.update("a.example.", rrset("x.a.example.", rr.TypeA, 60, "192.0.2.9"))
			d.append(d.remove("a.example."))
			return newChange(stale)
		}},
		{"a zone is gone and made anew", func(d *desk) *change.Change {
			stale := d.remove("a.example.")
			d.append(d.remove("a.example."))
			d.append(create("a.example."))
			return newChange(stale)
		}},
		{"the base is of the future", func(d *desk) *change.Change {
			z := d.update("a.example.")
			z.Base += 100
			return newChange(z)
		}},
		{"an apex is taken", func(d *desk) *change.Change { return newChange(create("new.example."), create("a.example.")) }},
		{"an apex is taken, in another case", func(d *desk) *change.Change { return newChange(create("A.Example.")) }},
		{"a zone id is taken", func(d *desk) *change.Change {
			z := create("new.example.")
			z.ID = d.zone("a.example.").zone.ID
			return newChange(z)
		}},
		{"a request key is taken", func(d *desk) *change.Change {
			c := newChange(create("new.example."))
			c.Request = change.Request{Key: "key", Digest: "another"}
			return c
		}},
		{"a change id is taken", func(d *desk) *change.Change {
			c := newChange(create("new.example."))
			c.ID = "first"
			return c
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, fresh(t, open))
			first := newChange(create("a.example."), create("b.example."))
			first.ID, first.Request = "first", change.Request{Key: "key", Digest: "digest"}
			d.must(first)
			refused(d, test.make(d))
		})
	}
	t.Run("the same request key in another account is another", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		for _, account := range []string{"", "acme", "other"} {
			c := newChange(create("zone-" + account + ".example."))
			c.Origin.Account, c.Request = account, change.Request{Key: "key"}
			d.must(c)
		}
		d.agree()
	})
	t.Run("what cannot be kept is refused", func(t *testing.T) { testUnsound(t, open) })
}

// refused appends a good Change, bad and one more, and checks that only the
// first of them is there.
func refused(d *desk, bad *change.Change) {
	d.t.Helper()
	before, behind := newChange(create("before.example.")), newChange(create("behind.example."))
	n, err := d.store.Append(context.Background(), []*change.Change{before, bad, behind})
	if n != 1 || !errors.Is(err, store.ErrConflict) {
		d.t.Fatalf("got %d, %v", n, err)
	}
	if bad.Revision != 0 || behind.Revision != 0 {
		d.t.Errorf("what was refused has revisions %d and %d", bad.Revision, behind.Revision)
	}
	if err := d.fold.Apply(before); err != nil {
		d.t.Fatal(err)
	}
	d.agree()
	d.must(behind)
	d.agree()
}

func testUnsound(t *testing.T, open Open) {
	tests := []struct {
		name string
		make func(d *desk) *change.Change
	}{
		{"data that is not of its type", func(d *desk) *change.Change {
			s := rrset("x.a.example.", rr.TypeA, 60, "192.0.2.1")
			s.Records[0].Data = s.Records[0].Data[:3]
			return newChange(d.update("a.example.", s))
		}},
		{"a record id that is taken", func(d *desk) *change.Change {
			s := rrset("x.a.example.", rr.TypeA, 60, "192.0.2.1")
			s.Records[0].ID = d.zone("a.example.").sorted()[0].Records[0].ID
			return newChange(d.update("a.example.", s))
		}},
		{"a before that is not there", func(d *desk) *change.Change {
			z := d.update("a.example.", none("x.a.example.", rr.TypeA))
			z.Sets[0].Before = rrset("x.a.example.", rr.TypeA, 60, "192.0.2.1")
			return newChange(z)
		}},
		{"a before that keeps quiet of what is there", func(d *desk) *change.Change {
			z := d.update("a.example.", rrset("a.example.", rr.TypeA, 60, "192.0.2.1"))
			z.Sets[0].Before = change.RRset{}
			return newChange(z)
		}},
		{"a zone twice", func(d *desk) *change.Change { return newChange(d.update("a.example."), d.update("a.example.")) }},
		{"a zone made without properties", func(d *desk) *change.Change {
			z := create("b.example.")
			z.After = nil
			return newChange(z)
		}},
		{"a set without an owner", func(d *desk) *change.Change {
			return newChange(d.update("a.example.", change.RRset{}))
		}},
		{"no id", func(d *desk) *change.Change {
			c := newChange(create("b.example."))
			c.ID = ""
			return c
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, fresh(t, open))
			d.append(create("a.example.", rrset("a.example.", rr.TypeA, 60, "192.0.2.1")))
			before := newChange(create("before.example."))
			n, err := d.store.Append(context.Background(), []*change.Change{before, test.make(d)})
			if n != 1 || err == nil || errors.Is(err, store.ErrConflict) {
				t.Fatalf("got %d, %v", n, err)
			}
			if err := d.fold.Apply(before); err != nil {
				t.Fatal(err)
			}
			d.agree()
		})
	}
}

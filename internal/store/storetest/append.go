package storetest

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

func testAppend(t *testing.T, open Open) {
	t.Run("revisions count from 1 and are written into the changes", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		a := newChange(create("a.example."))
		b := newChange(create("b.example."))
		d.must(a, b)
		if a.Revision != 1 || b.Revision != 2 {
			t.Fatalf("got %d, %d", a.Revision, b.Revision)
		}
		d.agree()
	})
	t.Run("a zone lives, changes, goes and comes back with its id", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		life(d)
		d.agree()
	})
	t.Run("a zone is replaced by another at its apex in one change", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		d.append(create("a.example.", rrset("www.a.example.", rr.TypeA, 60, "192.0.2.1")))
		d.append(create("a.example.", rrset("new.a.example.", rr.TypeA, 60, "192.0.2.2")), d.remove("a.example."))
		d.agree()
	})
	t.Run("a record moves to another owner and keeps its id", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		s := rrset("a.example.", rr.TypeA, 60, "192.0.2.1")
		d.append(create("example.", s))
		moved := s.Clone()
		moved.Owner = rrset("b.example.", rr.TypeA, 0).Owner
		d.append(d.update("example.", moved, none("a.example.", rr.TypeA)))
		d.agree()
	})
	t.Run("later changes of one call build on earlier ones", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		first := newChange(create("a.example."))
		z := first.Zones[0]
		second := newChange(change.ZoneDiff{ID: z.ID, Apex: z.Apex, Base: 1, From: 1, To: 2,
			Sets: []change.SetDiff{{After: rrset("www.a.example.", rr.TypeA, 60, "192.0.2.1")}}})
		d.must(first, second)
		d.agree()
	})
	t.Run("a change of 100,000 sets", func(t *testing.T) { testBigChange(t, open) })
	t.Run("reopening keeps all", func(t *testing.T) { testReopen(t, open) })
	t.Run("nothing at all is nothing", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		d.must()
		d.agree()
	})
	t.Run("who has gone does not write", func(t *testing.T) {
		d := newDesk(t, fresh(t, open))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		n, err := d.store.Append(ctx, []*change.Change{newChange(create("a.example."))})
		if n != 0 || !errors.Is(err, context.Canceled) {
			t.Fatalf("got %d, %v", n, err)
		}
		d.agree()
	})
}

// life is a zone's: nine Changes with all that can be in one.
func life(d *desk) {
	d.append(create("a.example.", rrset("a.example.", rr.TypeNS, 60, "ns.example."), rrset("www.a.example.", rr.TypeA, 60, "192.0.2.1", "192.0.2.2")),
		create("b.example."))
	d.append(d.update("a.example.", rrset("www.a.example.", rr.TypeCNAME, 60, "host.example."), none("www.a.example.", rr.TypeA)))
	noted := rrset("Mail.a.example.", rr.TypeMX, 60, "10 mail.example.")
	noted.Owner = noted.Owner.Lower()
	noted.Records[0].Disabled, noted.Records[0].Modified = true, 7
	noted.Records[0].Note = change.Note{Comment: `by "hand" ☃`, Tags: []string{"a:b", "c:d"}, AutoTTL: true, V4Only: true, V6Only: true, Alias: change.Alias{
		Flatten: change.No, OnFailure: "fallback", MaxStale: change.SecondsOf(0), Fallback: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}}}
	d.append(d.update("a.example.", noted), d.update("b.example.", rrset("b.example.", rr.TypeTXT, 1, `"x"`)))
	props := d.update("a.example.")
	before := d.zone("a.example.").zone
	after := before
	after.Status, after.Settings, after.Updated, after.SOATTL = "paused", change.Settings{MultiProvider: true, DefaultTTL: 9}, now(), 5
	props.Before, props.After = &before, &after
	d.append(props)
	gone := d.remove("a.example.")
	d.append(gone, d.update("b.example.", none("b.example.", rr.TypeTXT)))
	back := change.ZoneDiff{Kind: change.Create, ID: gone.ID, Apex: gone.Apex, To: gone.From + 1, After: gone.Before}
	for i := range gone.Sets {
		back.Sets = append(back.Sets, gone.Sets[i].Inverse())
	}
	undo := newChange(back)
	undo.Reverts, undo.Request = 5, change.Request{Key: "key", Digest: "digest"}
	d.must(undo)
	d.append(d.update("a.example.", rrset("www.a.example.", rr.TypeCNAME, 60, "other.example.")))
	d.append(d.remove("b.example."))
	d.append(create("b.example."))
}

func testReopen(t *testing.T, open Open) {
	at := t.TempDir()
	d := newDesk(t, open(t, at))
	life(d)
	if _, err := d.store.Put(context.Background(), store.Document{Kind: "k", ID: "i", Body: []byte("body")}); err != nil {
		t.Fatal(err)
	}
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d.store = open(t, at)
	defer func() {
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	}()
	d.agree()
	d.append(create("c.example."))
	d.agree()
	if doc, err := d.store.Get(context.Background(), "k", "i"); err != nil || string(doc.Body) != "body" {
		t.Errorf("document %+v, %v", doc, err)
	}
}

func testBigChange(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	n := 100_000
	if testing.Short() {
		n = 10_000
	}
	z := create("big.example.")
	z.Sets = make([]change.SetDiff, n)
	one := rrset("a.big.example.", rr.TypeA, 60, "192.0.2.1")
	for i := range z.Sets {
		s := one.Clone()
		s.Owner = append([]byte{7, 'h', byte('0' + i/100000), byte('0' + i/10000%10), byte('0' + i/1000%10), byte('0' + i/100%10), byte('0' + i/10%10), byte('0' + i%10)}, z.Apex...)
		s.Records[0].ID = tick.Add(1)
		z.Sets[i].After = s
	}
	d.append(z)
	d.agree()
	d.append(d.remove("big.example."))
	d.agree()
}

package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/store"
)

// failer is what of a test, or of a property, ends it.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// desk writes Changes to a store, each made upon the state that it knows.
type desk struct {
	t     failer
	store store.Store
	fold  *Fold
}

func newDesk(t failer, s store.Store) *desk { return &desk{t, s, NewFold()} }

// tick numbers records and Changes, and is the clock of all that is written.
var tick atomic.Uint64

func now() time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, int(tick.Add(1)), time.UTC)
}

// rrset is an RRset of records with these data in presentation form.
func rrset(owner string, t rr.Type, ttl uint32, data ...string) change.RRset {
	s := change.RRset{Owner: dname.MustParse(owner), Type: t, TTL: ttl}
	for _, text := range data {
		wire, err := zonefile.AppendData(nil, t, text, nil)
		if err != nil {
			panic(fmt.Sprintf("%s %s: %v", t, text, err)) // the texts are ours
		}
		n := tick.Add(1)
		s.Records = append(s.Records, change.Record{ID: n, Data: wire, Created: int64(n) * 1000, Modified: int64(n) * 1000})
	}
	return s
}

// none takes an RRset away.
func none(owner string, t rr.Type) change.RRset {
	return change.RRset{Owner: dname.MustParse(owner), Type: t}
}

func newChange(zones ...change.ZoneDiff) *change.Change {
	at := now()
	return &change.Change{ID: fmt.Sprintf("change-%d", at.Nanosecond()), Time: at, Reason: "a test", Zones: zones,
		Origin: change.Origin{Account: "acme", Token: "t1", Author: "tester", Via: "v1", Address: "192.0.2.1", Agent: "test/1"}}
}

// create is the ZoneDiff that makes a zone.
func create(apex string, sets ...change.RRset) change.ZoneDiff {
	soa, err := zonefile.AppendData(nil, rr.TypeSOA, "ns.example. host\\.master.example. 0 7200 3600 1209600 300", nil)
	if err != nil {
		panic(err)
	}
	id, name := change.NewZoneID(), dname.MustParse(apex)
	z := change.ZoneDiff{Kind: change.Create, ID: id, Apex: name, To: 1,
		After: &change.Zone{ID: id, Apex: name, Account: "acme", Type: "master", Region: "eu", Status: "active",
			Created: now(), Updated: now(), SOA: soa, SOATTL: 3600, Settings: change.Settings{FlattenAll: true, NSTTL: 60}}}
	for _, s := range sets {
		z.Sets = append(z.Sets, change.SetDiff{After: s})
	}
	return z
}

// zone is what the desk knows of the zone at apex.
func (d *desk) zone(apex string) *foldZone {
	d.t.Helper()
	name := dname.MustParse(apex)
	for _, z := range d.fold.zones {
		if z.zone.Apex.Equal(name) {
			return z
		}
	}
	d.t.Fatalf("the desk knows no zone %s", apex)
	return nil
}

// update is the ZoneDiff after which the zone at apex has these sets.
func (d *desk) update(apex string, sets ...change.RRset) change.ZoneDiff {
	z := d.zone(apex)
	diff := change.ZoneDiff{ID: z.zone.ID, Apex: z.zone.Apex, Base: z.head, From: z.serial, To: z.serial + 1}
	for _, s := range sets {
		before := z.sets[setKey{string(s.Owner), s.Type}]
		diff.Sets = append(diff.Sets, change.SetDiff{Before: before, After: s})
	}
	return diff
}

// remove is the ZoneDiff that deletes the zone at apex.
func (d *desk) remove(apex string) change.ZoneDiff {
	z := d.zone(apex)
	before := z.zone
	diff := change.ZoneDiff{Kind: change.Delete, ID: before.ID, Apex: before.Apex, Base: z.head, From: z.serial, Before: &before}
	for _, s := range z.sorted() {
		diff.Sets = append(diff.Sets, change.SetDiff{Before: s})
	}
	return diff
}

// append writes a Change of these zones, which must be taken.
func (d *desk) append(zones ...change.ZoneDiff) *change.Change {
	d.t.Helper()
	c := newChange(zones...)
	d.must(c)
	return c
}

// must writes Changes, which must all be taken.
func (d *desk) must(changes ...*change.Change) {
	d.t.Helper()
	n, err := d.store.Append(context.Background(), changes)
	if err != nil || n != len(changes) {
		d.t.Fatalf("%d of %d appended: %v", n, len(changes), err)
	}
	for _, c := range changes {
		if err := d.fold.Apply(c); err != nil {
			d.t.Fatal(err)
		}
	}
}

// agree checks that the state of the store follows from its log and is what the
// desk knows.
func (d *desk) agree() {
	d.t.Helper()
	agree(d.t, d.store, d.fold)
}

func agree(t failer, s store.Store, want *Fold) {
	t.Helper()
	f, err := Agree(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Text(), want.Text(); got != want {
		t.Fatalf("the log is not what was written: %s", firstDifference(got, want))
	}
}

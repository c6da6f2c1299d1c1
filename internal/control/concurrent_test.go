package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// crew runs n workers at once and waits for all of them.
func crew(n int, work func(worker int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { work(i) })
	}
	wg.Wait()
}

// soft counts what clients have to repeat, and reports all else.
func soft(t *testing.T, err error, codes ...string) bool {
	var e *Error
	if errors.As(err, &e) {
		for _, c := range codes {
			if e.Code == c {
				return true
			}
		}
	}
	if err != nil {
		t.Error(explain(err))
	}
	return false
}

func TestWritersDoNotLoseEachOthersWork(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	apexes := []string{"a.test.", "b.test.", "c.test."}
	for _, apex := range apexes {
		d.make(apex, d.edit(Add, apex, "count", "TXT", "0"), d.edit(Add, apex, "main", "A", "192.0.2.1"))
	}
	first := d.zone("a.test.").Serial
	const workers, rounds = 32, 8
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for _, read := range []func() error{
		func() error {
			for _, err := range d.RRsets(ctx, d.admin, ref("a.test."), Range{}) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		func() error {
			_, err := d.Dependents(d.admin, name("main.a.test."), graph.Query{Transitive: true})
			return err
		},
		func() error {
			_, err := d.Plan(ctx, d.admin, PlanRequest{Kind: Retarget, From: name("main.a.test."), To: name("main.b.test.")})
			var e *Error
			if errors.As(err, &e) && e.Code == "zone-moved" {
				return nil // the writers were faster, several times in a row
			}
			return err
		},
		func() error { return d.Export(ctx, d.admin, ref("b.test."), io.Discard) },
		func() error { _, _, err := d.Search(ctx, d.admin, "main", 5, Place{}); return err },
	} {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := read(); err != nil {
					t.Error(explain(err))
					return
				}
			}
		})
	}
	var mu sync.Mutex
	acknowledged := make(map[string]bool)
	crew(workers, func(w int) {
		for i := range rounds {
			apex := apexes[(w+i)%len(apexes)]
			owner := fmt.Sprintf("w%d-%d", w, i)
			edits := []Edit{d.edit(Add, apex, owner, "CNAME", "main.a.test.")}
			r := &Request{Zones: []ZoneEdit{{Zone: ref(apex), Edits: edits}}}
			if i%4 == 0 { // and in another zone, in the same Change
				other := apexes[(w+i+1)%len(apexes)]
				r.Zones = append(r.Zones, ZoneEdit{Zone: ref(other), Edits: []Edit{d.edit(Add, other, owner, "CNAME", "main.a.test.")}})
			}
			if _, err := d.Apply(ctx, d.admin, r); err != nil {
				t.Error(explain(err))
				continue
			}
			mu.Lock()
			acknowledged[owner+"."+apex] = true
			mu.Unlock()
			_, err := d.Apply(ctx, d.admin, &Request{Zones: []ZoneEdit{{Zone: ref(apex), Edits: []Edit{d.edit(Add, apex, "fought", "A", fmt.Sprintf("192.0.2.%d", i))}}}})
			soft(t, err, "record-exists")
		}
	})
	close(stop)
	readers.Wait()
	for owner := range acknowledged {
		_, apex, _ := strings.Cut(owner, ".")
		if s, err := d.RRset(ctx, d.admin, ref(apex), name(owner), 5); err != nil || len(s.Records) != 1 {
			t.Errorf("%s was acknowledged and is not there: %v", owner, err)
		}
	}
	serial := first - 1
	for ch, err := range d.Changes(ctx, d.admin, ChangeQuery{Zone: ref("a.test."), Oldest: true}) {
		if err != nil || ch.Zones[0].To != serial+1 {
			t.Fatalf("serial %d behind %d, %v", ch.Zones[0].To, serial, err)
		}
		serial++
	}
	d.agrees()
	d.reopen()
	d.agrees()
}

func TestIfMatchLoopsCountRight(t *testing.T) {
	const apex, workers, rounds = "count.test.", 8, 10
	ctx := context.Background()
	d := newDesk(t)
	d.make(apex, d.edit(Add, apex, "n", "TXT", "0"))
	crew(workers, func(int) {
		for done := 0; done < rounds; {
			z, err := d.Zone(d.admin, ref(apex))
			if err != nil {
				t.Error(err)
				return
			}
			s, err := d.RRset(ctx, d.admin, ref(apex), name("n."+apex), 16)
			if err != nil {
				t.Error(err)
				return
			}
			n := 0
			_, _ = fmt.Sscan(string(s.Records[0].Data[1:]), &n)
			_, err = d.Apply(ctx, d.admin, &Request{Zones: []ZoneEdit{{Zone: ref(apex), IfMatch: &z.Serial, Edits: []Edit{d.edit(Put, apex, "n", "TXT", fmt.Sprint(n+1))}}}})
			if soft(t, err, "serial-moved") {
				continue
			}
			done++
		}
	})
	d.has(apex, fmt.Sprintf("n.count.test. TXT \"%d\"", workers*rounds))
}

func TestOneKeyFromManyIsOneChange(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make("example.com.")
	for round := range 10 {
		ids := make([]string, 16)
		var fresh sync.Map
		crew(len(ids), func(w int) {
			res, err := d.Apply(ctx, d.admin, &Request{
				Repeat: change.Request{Key: fmt.Sprint("key", round), Digest: "same"},
				Zones:  []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{d.edit(Add, "example.com.", fmt.Sprint("n", round), "A", "192.0.2.1")}}},
			})
			if err != nil {
				t.Error(explain(err))
				return
			}
			ids[w] = res.Change.ID
			if !res.Replayed {
				fresh.Store(w, true)
			}
		})
		n := 0
		fresh.Range(func(any, any) bool { n++; return true })
		for _, id := range ids {
			if id != ids[0] || n != 1 {
				t.Fatalf("%d were the first, ids %q", n, ids)
			}
		}
	}
	d.agrees()
}

func TestALargeImportBesideSmallWrites(t *testing.T) {
	const records = 50_000
	ctx := context.Background()
	d := newDesk(t)
	d.make("busy.test.", d.edit(Add, "busy.test.", "main", "A", "192.0.2.1"))
	var text strings.Builder
	for i := range records {
		fmt.Fprintf(&text, "n%d 300 CNAME main.busy.test.\n", i)
	}
	imported := make(chan struct{})
	go func() {
		defer close(imported)
		for range 2 { // the second finds nothing to do
			if _, err := d.Import(ctx, d.admin, ImportRequest{Zone: ref("big.test."), Create: &NewZone{}, Text: strings.NewReader(text.String())}); err != nil {
				t.Error(explain(err))
			}
		}
	}()
	written := 0
	for running := true; running; {
		select {
		case <-imported:
			running = false
		default:
		}
		d.change("busy.test.", d.edit(Add, "busy.test.", fmt.Sprintf("w%d", written), "CNAME", "main"))
		written++
	}
	if z := d.zone("big.test."); z.Records != records+2 {
		t.Errorf("%d records", z.Records)
	}
	if z := d.zone("busy.test."); z.Records != written+3 {
		t.Errorf("%d records, %d were written", z.Records, written)
	}
	page, err := d.Dependents(d.admin, name("main.busy.test."), graph.Query{Limit: 10})
	if err != nil || len(page.Dependents) != 10 || page.Cursor == "" {
		t.Errorf("%d dependents, %v", len(page.Dependents), err)
	}
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("big.test."), Delete: true}}})
	d.agrees()
}

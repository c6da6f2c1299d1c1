package conformance

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
)

// durableRounds is how often the server is killed while it writes.
const durableRounds = 100

// TestKilledServer kills the server at a random moment while many clients write,
// starts it again over the same data, and finds every acknowledged Change once
// and whole, others whole or not at all: in the log, in the zones, in DNS. Some
// starts are killed too. The log has no gap, and the zones are what follows from it.
func TestKilledServer(t *testing.T) {
	if *subjectName != "truename" {
		t.Skip("only Truename has a log of Changes")
	}
	rounds := durableRounds
	if testing.Short() {
		rounds = 5
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	a := &auditor{marks: map[string]uint64{}, places: map[place]bool{}}
	for i := range durableWriters {
		a.writers = append(a.writers, newWriter(i, seed))
	}
	l := born(t, dir)
	defer func() { l.kill() }()
	if err := furnish(l); err != nil {
		t.Fatal(err)
	}
	open, kept := 0, 0
	for round := range rounds {
		writeUntilKilled(t, l, a.writers, random)
		for random.IntN(5) == 0 {
			stillborn(t, dir, random)
		}
		l = born(t, dir)
		if err := a.audit(l); err != nil {
			t.Fatalf("seed %d, round %d: %v\n%s", seed, round, err, l.errs)
		}
		open, kept = open+len(a.unsure), kept+a.kept()
		if err := a.repeat(l); err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
	}
	finish(t, a, l)
	t.Logf("%d kills, %d changes; of %d that were not acknowledged %d were there", rounds, a.seen, open, kept)
}

// furnish makes the zones that all writers share, in one Change.
func furnish(l *life) error {
	request := api.ChangeRequest{Reason: "furnish"}
	for i := range durableZones {
		request.Zones = append(request.Zones, api.ZoneChange{Zone: sharedZone(i), Create: &api.NewZone{}})
	}
	_, err := l.client.Change(noDeadline, request, "furnish")
	return err
}

// writeUntilKilled lets all writers write and kills the server at some moment
// after it has acknowledged a few deeds.
func writeUntilKilled(t *testing.T, l *life, writers []*writer, random *rand.Rand) {
	t.Helper()
	var (
		done     sync.WaitGroup
		answered atomic.Int64
		failed   guard
	)
	for _, w := range writers {
		done.Go(func() { w.work(l, &answered, &failed) })
	}
	// Now and then enough for the store to move its write-ahead log into the file.
	enough, ended := int64(1)<<random.IntN(11)-1, make(chan struct{})
	go func() { done.Wait(); close(ended) }()
	for answered.Load() < enough {
		select {
		case <-ended:
			t.Fatalf("the writers ended by themselves: %v\n", failed.err)
		case <-time.After(time.Millisecond):
		}
	}
	time.Sleep(time.Duration(random.IntN(5000)) * time.Microsecond) // nothing is expected of the time
	l.kill()
	<-ended
	if failed.err != nil {
		t.Fatal(failed.err)
	}
}

// finish holds the whole log against the zones, once everything is repeated.
func finish(t *testing.T, a *auditor, l *life) {
	t.Helper()
	if err := a.audit(l); err != nil {
		t.Fatal(err)
	}
	state, err := a.replay(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := agree("the log", a.expected(), state); err != nil {
		t.Fatal(err)
	}
}

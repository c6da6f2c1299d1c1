// Package alias keeps the addresses of the names of others that ALIAS records
// lead to, ahead of the time they are asked for: a table that is read without
// waiting and written by resolutions in the background. A target is resolved
// once however many names use it, again before its answer ends, and seldom while
// it cannot be; its last good answer stays meanwhile, over restarts too.
package alias

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// Resolver asks the servers of others; *resolver.Resolver does.
type Resolver interface {
	// Renew answers q, anew as far as what is known of it ends within that time.
	// It returns when ctx ends.
	Renew(ctx context.Context, q resolver.Question, within time.Duration) *resolver.Result
}

// Options are the settings of a Table; a zero value means the default.
type Options struct {
	Resolver Resolver         // must be given
	Zones    func() *zone.Set // what is served; must be given, and never nil
	Memory   Memory           // that outlives the process; none
	Log      *slog.Logger     // slog.Default
	Clock    func() time.Time // by which answers end; time.Now
	// ClockChanged tells that Clock made a jump, where it is one that does.
	ClockChanged <-chan struct{}

	// Account is whom the zone belongs to: limits hold for each account. The
	// account "", the only one by default, is the operator's, and has no limits
	// but those over all.
	Account func(apex dname.Name) string

	Patience      time.Duration // for a resolution that a query waits for, half of it for others; 5 s
	Parallel      int           // resolutions at one time; 1024
	Rate          int           // resolutions a second; 5000
	AccountRate   int           // of one account; 1000
	MaxTargets    int           // that are kept warm; 1,000,000
	MaxPerAccount int           // of one account; 20,000
}

func (o Options) withDefaults() Options {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.Parallel, 1024)
	def(&o.Rate, 5000)
	def(&o.AccountRate, 1000)
	def(&o.MaxTargets, 1_000_000)
	def(&o.MaxPerAccount, 20_000)
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Account == nil {
		o.Account = func(dname.Name) string { return "" }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Table is the warm table. Load once, then Run; Flatten and Warm work from the
// beginning. It is safe for use by many at once.
type Table struct {
	options Options
	ctx     context.Context // of resolutions
	cancel  context.CancelFunc
	flights sync.WaitGroup
	index   index // read without the lock, written with it
	counts  counts

	notified chan struct{}
	wake     chan struct{} // the plan has become shorter
	touched  chan struct{} // there is something to remember

	mu         sync.Mutex
	closed     bool
	plan       plan
	lanes      lanes
	nobody     *account // whom guests are charged to
	guests     map[*target]struct{}
	warm       int // targets kept warm, guests not counted
	refused    int // targets that are not, because of a limit
	complained int // what the log was told of refused; the follower's
	orphans    int // targets whose charge has to be given to another link
	freed      bool
	unsaved    []*family
	lastTurn   int64
	nextTidy   int64
}

// New makes an empty Table.
func New(o Options) *Table {
	t := &Table{
		options: o.withDefaults(), guests: make(map[*target]struct{}), nobody: &account{bounded: true},
		notified: make(chan struct{}, 1), wake: make(chan struct{}, 1), touched: make(chan struct{}, 1),
	}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.index.init()
	t.plan.start = time.Now().Add(-time.Second) // a burst is allowed at once
	return t
}

func (t *Table) now() int64 { return t.options.Clock().UnixNano() }

// Flatten makes Table an answer.Flattener.
func (t *Table) Flatten(k *dname.Key, rt rr.Type, now int64) answer.Flat {
	g := t.index.find(k.Hash(k.Depth()), k.Name())
	if g == nil {
		return answer.Flat{}
	}
	g.use(now)
	return g.known[familyOf(rt)].Load().flat(now)
}

// Warm resolves target if that was never done, and returns when both its
// families are settled or ctx ends. All who wait share one resolution, which
// goes on when they are gone.
func (t *Table) Warm(ctx context.Context, target dname.Name) {
	for _, settled := range t.hurryAll(target) {
		t.await(ctx, settled)
	}
}

// WarmType is Warm of the A or AAAA records alone: who asks for one does not
// wait for the other.
func (t *Table) WarmType(ctx context.Context, target dname.Name, rt rr.Type) {
	t.await(ctx, t.hurryAll(target)[familyOf(rt)])
}

func (t *Table) await(ctx context.Context, settled <-chan struct{}) {
	select {
	case <-settled:
	case <-ctx.Done():
	case <-t.ctx.Done():
	}
}

// hurryAll starts what was never done for target before all else, and returns
// what is closed when that is done, for each family. A target that nothing leads
// to yet becomes a guest.
func (t *Table) hurryAll(name dname.Name) (settled [families]<-chan struct{}) {
	var key dname.Key
	key.Set(name)
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.index.find(key.Hash(key.Depth()), key.Name())
	if g == nil {
		if g = t.invite(&key); g == nil {
			return closedForAll
		}
	}
	for i := range g.families {
		settled[i] = closedChannel
		if f := &g.families[i]; f.known.Load() == nil {
			settled[i] = f.wait()
			t.hurry(f)
		}
	}
	return settled
}

var (
	closedChannel = func() <-chan struct{} {
		c := make(chan struct{})
		close(c)
		return c
	}()
	closedForAll = [families]<-chan struct{}{closedChannel, closedChannel}
)

// Notify says that the set of zones has changed.
func (t *Table) Notify() { signal(t.notified) }

// signal leaves a message that is not there yet.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run keeps the table warm until ctx ends, and returns when all is remembered
// that is to be.
func (t *Table) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { t.follow(ctx) })
	all.Go(func() { t.remember(ctx) })
	t.schedule(ctx)
	t.close()
	all.Wait()
	t.flights.Wait()
	return t.rememberAll(context.WithoutCancel(ctx))
}

func (t *Table) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.cancel()
}

package alias

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Memory keeps last good answers while the process is away.
type Memory interface {
	// Load hands all that is remembered to take, of what was saved twice the
	// later one last. With an error that wraps ErrDamaged it has done what could
	// be done.
	Load(ctx context.Context, take func(Saved)) error
	// Save remembers changed beside what it remembers already, or, where that
	// has become too much, all, which has changed in it.
	Save(ctx context.Context, changed []Saved, all iter.Seq[Saved]) error
}

// ErrDamaged is the error of a Memory of which a part is lost.
var ErrDamaged = errors.New("some of the last good answers are lost")

// Saved is a last good answer.
type Saved struct {
	Target  dname.Name
	Type    rr.Type // A or AAAA
	Set     rr.Set  // empty where there are no such addresses
	Gone    bool    // the name does not exist
	TTL     uint32  // that it came with, in seconds
	Expires int64   // in nanoseconds since 1970
}

const (
	// saveDelay gathers changes: so much is lost where the process is killed.
	saveDelay = time.Second
	// saveAgain is how much an answer's end moves before it is saved once more
	// though nothing else has changed.
	saveAgain = 300 * second
	// saveRetry is how long to wait after an error.
	saveRetry = 30 * time.Second
)

// Load takes in what the Memory remembers. It is to be called before the first
// query, so that none of those answers is waited for.
func (t *Table) Load(ctx context.Context) error {
	if t.options.Memory == nil {
		return nil
	}
	var key dname.Key
	err := t.options.Memory.Load(ctx, func(s Saved) {
		key.Set(s.Target)
		t.recall(&key, s)
	})
	if errors.Is(err, ErrDamaged) {
		t.options.Log.Warn("the memory of ALIAS targets is damaged; what is missing is resolved anew", "error", err)
		return nil
	}
	return err
}

// recall makes the target of s a guest until the zones are seen to lead to it.
func (t *Table) recall(k *dname.Key, s Saved) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	old := &known{
		gone: s.Gone, ttl: min(s.TTL, maxTTL),
		expires: min(s.Expires, now+int64(min(s.TTL, maxTTL))*second), // lest it was saved in the future
	}
	old.keep(s.Set)
	g := t.index.find(k.Hash(k.Depth()), k.Name())
	switch {
	case !old.good(now), g == nil && t.index.size >= t.options.MaxTargets:
		return
	case g == nil:
		g = t.acquire(k)
		g.use(now)
		t.guests[g] = struct{}{}
	}
	old.fails = old.expires + grace
	f := g.family(s.Type)
	f.saved = s.Expires
	f.publish(old)
}

// note has next, which is now known of f, remembered in a while.
func (t *Table) note(f *family, next *known, changed bool) {
	moved := next.expires - f.saved
	if t.options.Memory == nil || f.unsaved || !changed && -saveAgain < moved && moved < saveAgain {
		return
	}
	f.unsaved = true
	t.unsaved = append(t.unsaved, f)
	signal(t.touched)
}

// remember saves what has changed, again and again, until ctx ends.
func (t *Table) remember(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.touched:
		}
		if !sleep(ctx, saveDelay) {
			return
		}
		if err := t.save(ctx, t.takeUnsaved()); err != nil && ctx.Err() == nil {
			t.options.Log.Error("the last good answers of ALIAS targets cannot be saved; after a restart they will be resolved anew", "error", err)
			if !sleep(ctx, saveRetry) {
				return
			}
		}
	}
}

func (t *Table) takeUnsaved() []*family {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.unsaved
	t.unsaved = nil
	for _, f := range list {
		f.unsaved = false
	}
	return list
}

// save remembers list. What could not be saved is put back.
func (t *Table) save(ctx context.Context, list []*family) error {
	changed := make([]Saved, 0, len(list))
	kept := list[:0]
	for _, f := range list {
		if s, ok := f.toSave(); ok {
			changed, kept = append(changed, s), append(kept, f)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	err := t.options.Memory.Save(ctx, changed, t.allToSave)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.putBack(kept)
		return err
	}
	for i, f := range kept {
		f.saved = changed[i].Expires
	}
	return nil
}

func (t *Table) putBack(list []*family) {
	for _, f := range list {
		if !f.unsaved {
			f.unsaved = true
			t.unsaved = append(t.unsaved, f)
		}
	}
	signal(t.touched)
}

// toSave is what is to be remembered of f; ok is false where that is nothing.
func (f *family) toSave() (s Saved, ok bool) {
	k := f.lasting()
	if k == nil || k.expires == 0 {
		return Saved{}, false
	}
	return Saved{Target: f.target.name, Type: f.rtype, Set: k.set, Gone: k.gone, TTL: k.ttl, Expires: k.expires}, true
}

// allToSave yields all that is to be remembered.
func (t *Table) allToSave(yield func(Saved) bool) {
	for g := range t.index.all {
		for i := range g.families {
			if s, ok := g.families[i].toSave(); ok && !yield(s) {
				return
			}
		}
	}
}

// rememberAll saves every answer that ends at another time than was saved.
func (t *Table) rememberAll(ctx context.Context) error {
	if t.options.Memory == nil {
		return nil
	}
	var list []*family
	t.mu.Lock()
	for g := range t.index.all {
		for i := range g.families {
			f := &g.families[i]
			if k := f.lasting(); k != nil && k.expires != f.saved {
				list = append(list, f)
			}
		}
	}
	t.mu.Unlock()
	return t.save(ctx, list)
}

package people

import (
	"context"
	"slices"
	"time"
)

const (
	sweepEvery = 5 * time.Minute
	sweepLast  = 5 * time.Second
)

// Run writes back every few minutes when sessions were last used, and takes away
// those that have ended, until ctx ends, and then for the last time.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), sweepLast)
			defer cancel()
			k.sweep(last)
			return nil
		case <-tick.C:
			k.sweep(ctx)
		}
	}
}

// sweep gives up at the first error: the next one tries again. What has ended
// counts as ended without it.
func (k *Keeper) sweep(ctx context.Context) {
	for _, account := range k.gone() {
		if k.Forget(ctx, account) != nil {
			return
		}
	}
	for _, id := range k.stale() {
		if k.sweepOne(ctx, id) != nil {
			return
		}
	}
}

// gone is the accounts that are no more and have people: a server that dies just
// after it has deleted one leaves them.
func (k *Keeper) gone() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []string
	for _, e := range k.people {
		if k.accounts.AccountName(e.Account) == "" && !slices.Contains(all, e.Account) {
			all = append(all, e.Account)
		}
	}
	return all
}

// stale is the ids of the sessions of which the shelf does not know the truth.
func (k *Keeper) stale() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var ids []string
	for id, s := range k.sessions {
		if s.used.Load() != s.Used.Unix() || !k.open(s) || k.people[s.Person] == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (k *Keeper) sweepOne(ctx context.Context, id string) error {
	k.write.Lock()
	defer k.write.Unlock()
	s := k.sessions[id]
	switch {
	case s == nil: // signed out meanwhile
		return nil
	case !k.open(s) || k.people[s.Person] == nil:
		return k.end(ctx, s)
	}
	after := *s
	after.Used = s.view().Used
	return k.saveSession(ctx, &after)
}

package access

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/store"
)

// failures of authentication that a network may have: a hundred at once, and
// then one a second. A client with an old token is no attack, and a guess at a
// secret of at least minChosen characters has no chance at that rate.
const (
	failuresPerSecond = 1.
	failuresAtOnce    = 100
)

// Keeper knows all accounts and tokens. They are kept in memory, and every
// change is on the shelf before it counts. Its methods may be called from many
// goroutines at once. What it returns is immutable.
type Keeper struct {
	shelf    store.Shelf
	failures *Limiter // by Network
	now      func() time.Time

	// write is held by whoever changes anything, for as long as the shelf
	// takes; mu only to look at the maps or to change them. Who holds write
	// may look without mu, for nobody else changes them.
	write    sync.Mutex
	mu       sync.RWMutex
	accounts map[string]*accountEntry // by id
	tokens   map[string]*tokenEntry   // by id
	byDigest map[digest]*tokenEntry
	byEmail  map[string]*accountEntry
}

// New is a Keeper of what is on the shelf.
func New(ctx context.Context, shelf store.Shelf) (*Keeper, error) {
	k := &Keeper{
		shelf: shelf, now: time.Now, failures: NewLimiter(failuresPerSecond, failuresAtOnce, MaxKeys),
		accounts: make(map[string]*accountEntry), tokens: make(map[string]*tokenEntry),
		byDigest: make(map[digest]*tokenEntry), byEmail: make(map[string]*accountEntry),
	}
	for d, err := range shelf.Documents(ctx, accountKind) {
		if err != nil {
			return nil, fmt.Errorf("reading the accounts: %w", err)
		}
		a, err := readAccount(&d)
		if err != nil {
			return nil, err
		}
		k.keepAccount(a)
	}
	for d, err := range shelf.Documents(ctx, tokenKind) {
		if err != nil {
			return nil, fmt.Errorf("reading the tokens: %w", err)
		}
		t, err := readToken(&d)
		if err != nil {
			return nil, err
		}
		if k.accounts[t.Account] != nil { // else a first start was cut short
			k.keepToken(t)
		}
	}
	return k, nil
}

// keepAccount puts a, or its new state, into the maps, and binds its tokens anew.
func (k *Keeper) keepAccount(a *accountEntry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if before := k.accounts[a.ID]; before != nil {
		delete(k.byEmail, FoldEmail(before.Email))
	}
	k.accounts[a.ID] = a
	if a.Email != "" {
		k.byEmail[FoldEmail(a.Email)] = a
	}
	for _, t := range a.tokens {
		k.putToken(t.bind(&a.Account))
	}
}

func (k *Keeper) keepToken(t *tokenEntry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.putToken(t.bind(&k.accounts[t.Account].Account))
}

// putToken needs mu.
func (k *Keeper) putToken(t *tokenEntry) {
	if before := k.tokens[t.ID]; before != nil {
		delete(k.byDigest, before.digest)
	}
	k.tokens[t.ID], k.byDigest[t.digest] = t, t
	k.accounts[t.Account].tokens[t.ID] = t
}

func (k *Keeper) dropToken(t *tokenEntry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.tokens, t.ID)
	delete(k.byDigest, t.digest)
	delete(k.accounts[t.Account].tokens, t.ID)
}

func (k *Keeper) dropAccount(a *accountEntry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.accounts, a.ID)
	delete(k.byEmail, FoldEmail(a.Email))
}

// saveAccount writes a to the shelf and then into the maps.
func (k *Keeper) saveAccount(ctx context.Context, a *accountEntry) error {
	d, err := a.document()
	if err != nil {
		return err
	}
	if a.version, err = k.put(ctx, d); err != nil {
		return err
	}
	k.keepAccount(a)
	return nil
}

// saveToken writes t to the shelf and then into the maps.
func (k *Keeper) saveToken(ctx context.Context, t *tokenEntry) error {
	d, err := t.document()
	if err != nil {
		return err
	}
	if t.version, err = k.put(ctx, d); err != nil {
		return err
	}
	k.keepToken(t)
	return nil
}

// removeToken takes t off the shelf and then out of the maps.
func (k *Keeper) removeToken(ctx context.Context, t *tokenEntry) error {
	if _, err := k.put(ctx, store.Document{Kind: tokenKind, ID: t.ID, Version: t.version}); err != nil {
		return err
	}
	k.dropToken(t)
	return nil
}

func (k *Keeper) put(ctx context.Context, d store.Document) (uint64, error) {
	return Put(ctx, k.shelf, d)
}

// byAge orders what has been made by when it was, and then by id.
func byAge(created time.Time, id string, otherCreated time.Time, otherID string) int {
	return cmp.Or(created.Compare(otherCreated), cmp.Compare(id, otherID))
}

// timestamp is the time as documents keep it.
func (k *Keeper) timestamp() time.Time { return k.now().UTC().Truncate(time.Second) }

const (
	writeBackEvery = time.Hour
	writeBackLast  = 5 * time.Second
)

// Run writes back once an hour when tokens were last used, until ctx ends, and
// then for the last time.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(writeBackEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeBackLast)
			defer cancel()
			k.writeBack(last)
			return nil
		case <-tick.C:
			k.writeBack(ctx)
		}
	}
}

// writeBack gives up at the first error: the next one tries again, and nothing
// but a time in a list depends on it.
func (k *Keeper) writeBack(ctx context.Context) {
	for _, id := range k.usedSince() {
		if k.writeUse(ctx, id) != nil {
			return
		}
	}
}

// usedSince is the ids of the tokens that were used after what the shelf knows.
func (k *Keeper) usedSince() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var ids []string
	for id, t := range k.tokens {
		if used := t.used.Load(); used != 0 && used != t.LastUsed.Unix() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (k *Keeper) writeUse(ctx context.Context, id string) error {
	k.write.Lock()
	defer k.write.Unlock()
	t := k.tokens[id]
	if t == nil { // revoked meanwhile
		return nil
	}
	after := *t
	after.LastUsed = t.view().LastUsed
	return k.saveToken(ctx, &after)
}

// Package people keeps the people of accounts: how they are invited, how they
// sign in, by a password or a passkey, and the sessions that their browsers have.
package people

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
	"github.com/truename-dns/truename/internal/store"
)

// Bounds of how many there may be.
const (
	MaxMembers  = 1000 // of an account
	MaxPeople   = 100_000
	MaxSessions = 50 // of a person; the one that was used least recently makes room
	MaxPasskeys = 20 // of a person
)

// Keeper knows all people and their sessions. They are kept in memory, and every
// change is on the shelf before it counts. Its methods may be called from many
// goroutines at once. What it returns is immutable.
type Keeper struct {
	accounts   *access.Keeper
	shelf      store.Shelf
	hasher     *password.Hasher
	throttle   throttle
	challenges *challenges

	// write is held by whoever changes anything, for as long as the shelf takes;
	// mu only to look at the maps or to change them. Who holds write may look
	// without mu, for nobody else changes them.
	write        sync.Mutex
	mu           sync.RWMutex
	people       map[string]*entry // by id
	byEmail      map[string]*entry
	byCode       map[digest]*entry
	byCredential map[string]*entry
	sessions     map[string]*session // by id
	byDigest     map[digest]*session
	setup        setupEntry
}

// New is a Keeper of what is on the shelf. Passwords get digests that cost so much.
func New(ctx context.Context, accounts *access.Keeper, shelf store.Shelf, cost password.Cost) (*Keeper, error) {
	k := &Keeper{
		accounts: accounts, shelf: shelf, hasher: password.New(cost), challenges: newChallenges(), throttle: newThrottle(),
		people: make(map[string]*entry), byEmail: make(map[string]*entry), byCode: make(map[digest]*entry), byCredential: make(map[string]*entry),
		sessions: make(map[string]*session), byDigest: make(map[digest]*session),
	}
	if err := k.readPeople(ctx); err != nil {
		return nil, err
	}
	if err := k.readSessions(ctx); err != nil {
		return nil, err
	}
	return k, k.readSetup(ctx)
}

func (k *Keeper) readPeople(ctx context.Context) error {
	for d, err := range k.shelf.Documents(ctx, personKind) {
		if err != nil {
			return fmt.Errorf("reading the people: %w", err)
		}
		e, err := readPerson(&d)
		if err != nil {
			return err
		}
		k.keep(e)
	}
	return nil
}

func (k *Keeper) readSessions(ctx context.Context) error {
	for d, err := range k.shelf.Documents(ctx, sessionKind) {
		if err != nil {
			return fmt.Errorf("reading the sessions: %w", err)
		}
		s, err := readSession(&d)
		if err != nil {
			return err
		}
		k.sessions[s.ID], k.byDigest[s.digest] = s, s
	}
	return nil
}

// From is where an attempt to sign in comes from.
type From struct {
	Address netip.Addr
	Agent   string // what its User-Agent says
	Secret  string // of the session that the browser has had until now, which ends; empty for none
}

// keep puts e, or its new state, into the maps.
func (k *Keeper) keep(e *entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unlink(k.people[e.ID])
	k.people[e.ID] = e
	k.byEmail[access.FoldEmail(e.Email)] = e
	if e.hasCode() {
		k.byCode[e.code] = e
	}
	for i := range e.Passkeys {
		k.byCredential[string(e.Passkeys[i].Credential)] = e
	}
}

// unlink takes e out of the maps. It needs mu.
func (k *Keeper) unlink(e *entry) {
	if e == nil {
		return
	}
	delete(k.people, e.ID)
	delete(k.byEmail, access.FoldEmail(e.Email))
	delete(k.byCode, e.code)
	for i := range e.Passkeys {
		delete(k.byCredential, string(e.Passkeys[i].Credential))
	}
}

// save writes e to the shelf and then into the maps. It needs write.
func (k *Keeper) save(ctx context.Context, e *entry) error {
	d, err := e.document()
	if err != nil {
		return err
	}
	if e.version, err = k.put(ctx, d); err != nil {
		return err
	}
	k.keep(e)
	return nil
}

// alter saves what f makes of the person of that id.
func (k *Keeper) alter(ctx context.Context, id string, f func(*entry) error) (*entry, error) {
	k.write.Lock()
	defer k.write.Unlock()
	before := k.people[id]
	if before == nil {
		return nil, missing("member", id)
	}
	after := *before
	if err := f(&after); err != nil {
		return nil, err
	}
	return &after, k.save(ctx, &after)
}

// erase takes e off the shelf, with its sessions before it. It needs write.
func (k *Keeper) erase(ctx context.Context, e *entry) error {
	if err := k.endAll(ctx, e.ID, ""); err != nil {
		return err
	}
	if _, err := k.put(ctx, store.Document{Kind: personKind, ID: e.ID, Version: e.version}); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unlink(e)
	return nil
}

func (k *Keeper) put(ctx context.Context, d store.Document) (uint64, error) {
	return access.Put(ctx, k.shelf, d)
}

// timestamp is the time as documents keep it.
func (k *Keeper) timestamp() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

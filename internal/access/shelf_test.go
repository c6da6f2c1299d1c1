package access

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/truename-dns/truename/internal/store"
)

// shelf is a store.Shelf in memory that fails when it is told to.
type shelf struct {
	mu   sync.Mutex
	docs map[string]store.Document // by kind and id
	puts int
	fail func(d *store.Document) error // asked before every write
}

func newShelf() *shelf { return &shelf{docs: make(map[string]store.Document)} }

func (s *shelf) Get(_ context.Context, kind, id string) (store.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.docs[kind+" "+id]; ok {
		return d, nil
	}
	return store.Document{}, store.ErrNotFound
}

func (s *shelf) Put(_ context.Context, d store.Document) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(&d); err != nil {
			return 0, err
		}
	}
	key := d.Kind + " " + d.ID
	if s.docs[key].Version != d.Version {
		return 0, store.ErrConflict
	}
	s.puts++
	d.Version++
	if d.Body == nil {
		delete(s.docs, key)
	} else {
		s.docs[key] = d
	}
	return d.Version, nil
}

func (s *shelf) Documents(_ context.Context, kind string) iter.Seq2[store.Document, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	docs := maps.Clone(s.docs)
	return func(yield func(store.Document, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(docs)) {
			if strings.HasPrefix(key, kind+" ") && !yield(docs[key], nil) {
				return
			}
		}
	}
}

// text is all that is on the shelf.
func (s *shelf) text() string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(s.docs)) {
		b.WriteString(key + " ")
		b.Write(s.docs[key].Body)
		b.WriteByte('\n')
	}
	return b.String()
}

var (
	here  = netip.MustParseAddr("192.0.2.1")
	there = netip.MustParseAddr("198.51.100.1")
)

// house is a Keeper with its admin.
type house struct {
	*Keeper
	shelf  *shelf
	clock  *clock
	secret string // of the admin
	admin  *Principal
}

func open(t *testing.T, s *shelf, c *clock) *Keeper {
	t.Helper()
	k, err := New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	k.now, k.failures.now = c.now, c.now
	return k
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{shelf: newShelf(), clock: newClock()}
	h.Keeper = open(t, h.shelf, h.clock)
	secret, made, err := h.EnsureAdmin(t.Context(), "")
	if err != nil || !made {
		t.Fatal(made, err)
	}
	h.secret, h.admin = secret, h.enter(t, secret)
	return h
}

// restart is the Keeper that the next process would have.
func (h *house) restart(t *testing.T) {
	t.Helper()
	h.Keeper = open(t, h.shelf, h.clock)
}

func (h *house) enter(t *testing.T, secret string) *Principal {
	t.Helper()
	p, err := h.Authenticate(t.Context(), secret, here)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// make makes a token and is its Principal.
func (h *house) make(t *testing.T, p *Principal, spec TokenSpec) (*Principal, string) {
	t.Helper()
	if spec.Name == "" {
		spec.Name = "a token"
	}
	if spec.Scopes == nil {
		spec.Scopes = []string{"*"}
	}
	_, secret, err := h.CreateToken(t.Context(), p, &spec)
	if err != nil {
		t.Fatal(err)
	}
	return h.enter(t, secret), secret
}

// member makes an account with a token that may do all in it.
func (h *house) member(t *testing.T, name string) (*Account, *Principal) {
	t.Helper()
	a, err := h.CreateAccount(t.Context(), h.admin, &AccountSpec{Name: name, Email: name + "@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := h.make(t, h.admin, TokenSpec{Account: a.ID})
	return a, p
}

// wantError demands an *Error of that class and code that says what to do.
func wantError(t *testing.T, err error, class Class, code string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want one of code %s", err, code)
	}
	if e.Class != class || e.Code != code {
		t.Fatalf("error %d %s (%v), want %d %s", e.Class, e.Code, e, class, code)
	}
	var d *Denied
	if e.Message == "" || e.Fix == "" && !errors.As(err, &d) {
		t.Errorf("the error does not say what to do: %+v", e)
	}
	return e
}

// failAfter lets s take so many writes in all.
func failAfter(s *shelf, puts int) func(*store.Document) error {
	return func(*store.Document) error {
		if s.puts >= puts {
			return errors.New("the disk is gone")
		}
		return nil
	}
}

package people

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

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
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
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(s.docs)) {
		b.WriteString(key + " ")
		b.Write(s.docs[key].Body)
		b.WriteByte('\n')
	}
	return b.String()
}

// count is how many documents of a kind there are.
func (s *shelf) count(kind string) int {
	n := 0
	for range s.Documents(context.Background(), kind) {
		n++
	}
	return n
}

// writes is how many there were.
func (s *shelf) writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts
}

// broken lets no write through.
func (s *shelf) broken() {
	s.fail = func(*store.Document) error { return errors.New("the disk is gone") }
}

func (s *shelf) mended() { s.fail = nil }

// cheap is a cost for tests, which do not look at it.
var cheap = password.Cost{Memory: 64, Time: 1, Threads: 1}

const (
	ownersEmail = "jo@example.org"
	ownersWord  = "otter sings below ice"
	otherWord   = "seven brass umbrellas"
)

var (
	here  = &From{Address: netip.MustParseAddr("192.0.2.1"), Agent: "a browser"}
	there = &From{Address: netip.MustParseAddr("198.51.100.1"), Agent: "another browser"}
)

// house is a Keeper over a shelf, with the code of its setup.
type house struct {
	*testing.T
	*Keeper
	accounts *access.Keeper
	shelf    *shelf
	admin    *access.Principal // by the admin's token
	code     string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, shelf: newShelf()}
	h.restart()
	secret, _, err := h.accounts.EnsureAdmin(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if h.admin, err = h.accounts.Authenticate(t.Context(), secret, here.Address); err != nil {
		t.Fatal(err)
	}
	if h.code, err = h.EnsureSetup(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// restart is the Keeper that the next process would have.
func (h *house) restart() {
	h.T.Helper()
	var err error
	if h.accounts, err = access.New(h.Context(), h.shelf); err != nil {
		h.Fatal(err)
	}
	if h.Keeper, err = New(h.Context(), h.accounts, h.shelf, cheap); err != nil {
		h.Fatal(err)
	}
}

// owned is a house whose owner has signed in.
func owned(t *testing.T) (*house, *Current) {
	t.Helper()
	h := newHouse(t)
	c, err := h.Setup(t.Context(), &Newcomer{Code: h.code, Email: ownersEmail, Name: "Jo", Password: ownersWord}, here)
	if err != nil {
		t.Fatal(err)
	}
	return h, c
}

// member invites somebody and lets them join.
func (h *house) member(by *access.Principal, in Invitation) *Current {
	h.T.Helper()
	_, code, err := h.Invite(h.Context(), by, &in)
	if err != nil {
		h.Fatal(err)
	}
	c, err := h.Join(h.Context(), &Newcomer{Code: code.Text, Password: otherWord}, there)
	if err != nil {
		h.Fatal(err)
	}
	return c
}

// open says whether the session of that secret is.
func (h *house) isOpen(secret string) bool {
	h.T.Helper()
	_, err := h.Current(secret, false)
	if err != nil && !errors.Is(err, ErrSession) {
		h.Fatal(err)
	}
	return err == nil
}

// wantError demands an *access.Error of that class and code that says what to do.
func wantError(t *testing.T, err error, class access.Class, code string) {
	t.Helper()
	var e *access.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want one of code %s", err, code)
	}
	if e.Class != class || e.Code != code {
		t.Fatalf("error %d %s (%v), want %d %s", e.Class, e.Code, e, class, code)
	}
	if e.Message == "" || e.Fix == "" {
		t.Errorf("the error does not say what to do: %+v", e)
	}
}

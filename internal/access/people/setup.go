package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/store"
)

// setupID is the id of the one document of its kind.
const setupID = "code"

// setupEntry is the code that the first owner is made by.
type setupEntry struct {
	digest  digest // zero for none
	version uint64
}

type setupDocument struct {
	Digest string `json:"sha256"`
}

func (k *Keeper) readSetup(ctx context.Context) error {
	d, err := k.shelf.Get(ctx, setupKind, setupID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the setup code: %w", err)
	}
	var doc setupDocument
	if err := json.Unmarshal(d.Body, &doc); err != nil {
		return unreadable(&d, err)
	}
	k.setup.version = d.Version
	if k.setup.digest, err = readDigest(doc.Digest); err != nil {
		return unreadable(&d, err)
	}
	return nil
}

// EnsureSetup sees to it that a person can get in: while the first account has no
// owner there is a code that makes one. The code is returned when it is made, to
// be shown this once; empty where there is one, or no need of it.
func (k *Keeper) EnsureSetup(ctx context.Context) (code string, err error) {
	k.write.Lock()
	defer k.write.Unlock()
	if k.setup.digest != (digest{}) || k.owners(access.FirstAccount) > 0 {
		return "", nil
	}
	code = newCode()
	sum, _ := codeDigest(code)
	body, err := json.Marshal(setupDocument{Digest: fmt.Sprintf("%x", sum)})
	if err != nil {
		return "", err
	}
	version, err := k.put(ctx, store.Document{Kind: setupKind, ID: setupID, Version: k.setup.version, Body: body})
	if err != nil {
		return "", err
	}
	k.setSetup(setupEntry{sum, version})
	return code, nil
}

func (k *Keeper) setSetup(s setupEntry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.setup = s
}

// dropSetup takes the setup code away once the first account has an owner. It needs write.
func (k *Keeper) dropSetup(ctx context.Context) error {
	if k.setup.digest == (digest{}) || k.owners(access.FirstAccount) == 0 {
		return nil
	}
	if _, err := k.put(ctx, store.Document{Kind: setupKind, ID: setupID, Version: k.setup.version}); err != nil {
		return err
	}
	k.setSetup(setupEntry{})
	return nil
}

// Empty reports whether nobody can sign in yet.
func (k *Keeper) Empty() bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, e := range k.people {
		if e.Active() {
			return false
		}
	}
	return true
}

// owners is how many owners of an account can sign in.
func (k *Keeper) owners(account string) int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	n := 0
	for _, e := range k.people {
		if e.Account == account && e.Role == Owner && e.Active() {
			n++
		}
	}
	return n
}

// Newcomer is what somebody gives who comes with a code.
type Newcomer struct {
	Code     string
	Email    string // for the setup only: who was invited has one
	Name     string // may be empty for who was invited
	Password string
}

var errSetUp error = conflict("setup-done", "the first owner has been made", "sign in, or ask an owner to invite you")

// Setup makes the first owner of the first account by the setup code, which then
// is used up, and opens a session.
func (k *Keeper) Setup(ctx context.Context, n *Newcomer, from *From) (*Current, error) {
	if err := k.checkSetup(n.Code); err != nil {
		return nil, k.missed(from.Address, err)
	}
	e, err := k.newPerson(&Person{Account: access.FirstAccount, Email: n.Email, Name: n.Name, Role: Owner})
	if err != nil {
		return nil, err
	}
	if err := checkPassword(n.Password, e.Name, e.Email); err != nil {
		return nil, err
	}
	if e.password, err = k.hasher.Kept().Hash(ctx, n.Password); err != nil {
		return nil, unhashed(err)
	}
	e.Joined = e.Created
	k.write.Lock()
	defer k.write.Unlock()
	if err := k.checkSetup(n.Code); err != nil { // used meanwhile
		return nil, err
	}
	if err := k.fits(e); err != nil {
		return nil, err
	}
	if err := k.save(ctx, e); err != nil {
		return nil, err
	}
	if err := k.dropSetup(ctx); err != nil {
		return nil, err
	}
	return k.start(ctx, e, from, false)
}

// checkSetup says whether code is the setup code, and still of use.
func (k *Keeper) checkSetup(code string) error {
	if k.owners(access.FirstAccount) > 0 {
		return errSetUp
	}
	k.mu.RLock()
	want := k.setup.digest
	k.mu.RUnlock()
	if sum, ok := codeDigest(code); !ok || want == (digest{}) || !sum.is(want) {
		return &access.Error{Class: access.Invalid, Code: "bad-code", Field: "code", Message: "that is not the setup code",
			Fix: "copy it from what the first start of the server printed; where it is lost, invite an owner with the admin's token: POST /v1/members"}
	}
	return nil
}

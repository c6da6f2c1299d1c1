package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// AccountSpec is what an admin wants of a new account.
type AccountSpec struct {
	Name  string
	Email string // may be empty: then it has no keys of the kind that goes with an address
	Role  Role   // empty for Member
}

// AccountPatch is new values for an account; nil keeps one.
type AccountPatch struct {
	Name  *string
	Email *string
	Role  *Role
}

// MaxAccounts bounds how many accounts there may be.
const MaxAccounts = 100_000

// FoldEmail is how e-mail addresses compare. Strictly, case matters before the
// @ (RFC 5321, Section 2.4); to people it never does.
func FoldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// seenAccount is the account of that id, nil if p does not see it. It needs mu or write.
func (k *Keeper) seenAccount(p *Principal, id string) *accountEntry {
	if !sees(p, id) {
		return nil
	}
	return k.accounts[id]
}

// Accounts is all accounts for an admin, and its own for everybody else, oldest first.
func (k *Keeper) Accounts(_ context.Context, p *Principal) ([]*Account, error) {
	if err := may(p, AccountsRead); err != nil {
		return nil, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []*Account
	for id, a := range k.accounts {
		if sees(p, id) {
			view := a.Account
			all = append(all, &view)
		}
	}
	slices.SortFunc(all, func(a, b *Account) int { return byAge(a.Created, a.ID, b.Created, b.ID) })
	return all, nil
}

// Account is the account of that id. Its own one everybody may see.
func (k *Keeper) Account(_ context.Context, p *Principal, id string) (*Account, error) {
	if id != p.Account {
		if err := may(p, AccountsRead); err != nil {
			return nil, err
		}
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	a := k.seenAccount(p, id)
	if a == nil {
		return nil, missing("account", id)
	}
	view := a.Account
	return &view, nil
}

// CreateAccount makes an account, which has no tokens yet. Admins only.
func (k *Keeper) CreateAccount(ctx context.Context, p *Principal, spec *AccountSpec) (*Account, error) {
	if err := mayRule(p); err != nil {
		return nil, err
	}
	if spec.Role == "" {
		spec = &AccountSpec{Name: spec.Name, Email: spec.Email, Role: Member}
	}
	k.write.Lock()
	defer k.write.Unlock()
	if len(k.accounts) >= MaxAccounts {
		return nil, conflict("too-many-accounts", fmt.Sprintf("there are %d accounts, and there may be no more", len(k.accounts)), "delete those that are not in use")
	}
	a := &accountEntry{Account: Account{ID: newID(), Role: Member, Created: k.timestamp()}, tokens: make(map[string]*tokenEntry)}
	return k.change(ctx, p, a, &AccountPatch{Name: &spec.Name, Email: &spec.Email, Role: &spec.Role})
}

// UpdateAccount changes what patch names. Admins only.
func (k *Keeper) UpdateAccount(ctx context.Context, p *Principal, id string, patch *AccountPatch) (*Account, error) {
	if err := mayRule(p); err != nil {
		return nil, err
	}
	k.write.Lock()
	defer k.write.Unlock()
	before := k.accounts[id]
	if before == nil {
		return nil, missing("account", id)
	}
	after := *before
	return k.change(ctx, p, &after, patch)
}

// DeleteAccount takes an account away with all its tokens. Admins only, and
// neither their own account nor the first. What becomes of its zones is for
// the caller to settle before.
func (k *Keeper) DeleteAccount(ctx context.Context, p *Principal, id string) error {
	if err := mayRule(p); err != nil {
		return err
	}
	k.write.Lock()
	defer k.write.Unlock()
	a := k.accounts[id]
	switch {
	case a == nil:
		return missing("account", id)
	case id == FirstAccount:
		return conflict("first-account", "the account "+a.Name+" came with the server and stays", "revoke its tokens if nobody shall use it")
	case id == p.Account:
		return conflict("own-account", "an account cannot delete itself", "use a token of another admin")
	}
	for _, t := range sorted(a.tokens) {
		if err := k.removeToken(ctx, t); err != nil {
			return err
		}
	}
	d, err := a.document()
	if err != nil {
		return err
	}
	d.Body = nil
	if _, err := k.put(ctx, d); err != nil {
		return err
	}
	k.dropAccount(a)
	return nil
}

func sorted(tokens map[string]*tokenEntry) []*tokenEntry {
	all := make([]*tokenEntry, 0, len(tokens))
	for _, t := range tokens {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *tokenEntry) int { return byAge(a.Created, a.ID, b.Created, b.ID) })
	return all
}

// mayRule is nil for a Principal that may change accounts.
func mayRule(p *Principal) error {
	if !p.Admin {
		return forbidden(&Denied{Detail: "only admins may change accounts; use a token of an admin's account"})
	}
	return may(p, AccountsWrite)
}

// change checks patch, applies it to a, and saves a. It needs write.
func (k *Keeper) change(ctx context.Context, p *Principal, a *accountEntry, patch *AccountPatch) (*Account, error) {
	var err error
	if patch.Name != nil {
		if a.Name, err = CheckName(*patch.Name); err != nil {
			return nil, err
		}
	}
	if patch.Email != nil {
		if a.Email, err = k.checkEmail(a.ID, *patch.Email); err != nil {
			return nil, err
		}
	}
	if patch.Role != nil && *patch.Role != a.Role {
		if err := checkRole(p, a, *patch.Role); err != nil {
			return nil, err
		}
		a.Role = *patch.Role
	}
	if err := k.saveAccount(ctx, a); err != nil {
		return nil, err
	}
	view := a.Account
	return &view, nil
}

// checkRole forbids to lift tokens above p: those of an admin's account act for
// all accounts, with limits of their own that p may not have.
func checkRole(p *Principal, a *accountEntry, role Role) error {
	switch {
	case role != Member && role != Admin:
		return invalid("role", "choose member or admin", "there is no role %q", role)
	case a.ID == FirstAccount:
		return conflict("first-account", "the account "+a.Name+" came with the server and stays an admin's", "make another account for what shall be none")
	case role == Admin:
		return (&Limits{Scopes: []Scope{AllScopes}}).within(&p.Limits)
	}
	return nil
}

// checkEmail says whether email can be that of the account of that id.
func (k *Keeper) checkEmail(id, email string) (string, error) {
	if strings.TrimSpace(email) == "" {
		return "", nil
	}
	email, err := CheckEmail(email)
	if err != nil {
		return "", err
	}
	if other := k.byEmail[FoldEmail(email)]; other != nil && other.ID != id {
		return "", &Error{Class: Conflict, Code: "email-taken", Field: "email", Message: "the account " + other.Name + " has that e-mail address", Fix: "give another one, or change that account first"}
	}
	return email, nil
}

// CheckEmail is email without space around it, or what is wrong with it.
func CheckEmail(email string) (string, error) {
	email = strings.TrimSpace(email)
	local, domain, at := strings.Cut(email, "@")
	odd := strings.ContainsFunc(email, func(r rune) bool { return r <= ' ' || r > '~' })
	if !at || local == "" || domain == "" || odd || strings.Contains(domain, "@") || len(email) > MaxEmail {
		return "", invalid("email", "write it as name@example.com, in ASCII", "that is no e-mail address")
	}
	return email, nil
}

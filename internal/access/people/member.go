package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

// How long a code can be used.
const (
	UsualCode   = 3 * 24 * time.Hour
	LongestCode = 7 * 24 * time.Hour
)

// Invitation is who shall become a member.
type Invitation struct {
	Account string // id; empty for that of the Principal, others for admins only
	Email   string
	Name    string // may be empty
	Role    Role
	Valid   time.Duration // of the code; 0 for UsualCode, at most LongestCode
}

// Code is by what somebody joins, or sets a new password. It is shown once.
type Code struct {
	Text string
	Ends time.Time
}

// Members is the people of an account, oldest first; empty for that of p.
func (k *Keeper) Members(ctx context.Context, p *access.Principal, account string) ([]*Person, error) {
	if err := p.May(access.AccountsRead); err != nil {
		return nil, err
	}
	account, err := k.account(ctx, p, account)
	if err != nil {
		return nil, err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []*Person
	for _, e := range k.people {
		if e.Account == account {
			all = append(all, e.view())
		}
	}
	slices.SortFunc(all, func(a, b *Person) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// account is the id of an account that p sees.
func (k *Keeper) account(ctx context.Context, p *access.Principal, id string) (string, error) {
	if id == "" || id == p.Account {
		return p.Account, nil
	}
	a, err := k.accounts.Account(ctx, p, id)
	if err != nil {
		return "", err
	}
	return a.ID, nil
}

// mayManage is nil if p may make or unmake people of that role.
func mayManage(p *access.Principal, r Role) error {
	if p.Ended() {
		return ErrSession
	}
	if err := p.May(access.AccountsWrite); err != nil {
		return err
	}
	return p.MayGive(&access.Limits{Scopes: r.Scopes()})
}

// Invite makes somebody a member who has a code to join by. The one who invites
// must be able to do all that the new member may.
func (k *Keeper) Invite(ctx context.Context, p *access.Principal, in *Invitation) (*Person, *Code, error) {
	if err := checkRole(in.Role); err != nil {
		return nil, nil, err
	}
	if err := mayManage(p, in.Role); err != nil {
		return nil, nil, err
	}
	account, err := k.account(ctx, p, in.Account)
	if err != nil {
		return nil, nil, err
	}
	name := in.Name
	if strings.TrimSpace(name) == "" {
		name, _, _ = strings.Cut(in.Email, "@")
	}
	e, err := k.newPerson(&Person{Account: account, Email: in.Email, Name: name, Role: in.Role})
	if err != nil {
		return nil, nil, err
	}
	code, err := k.giveCode(e, in.Valid)
	if err != nil {
		return nil, nil, err
	}
	k.write.Lock()
	defer k.write.Unlock()
	if err := k.fits(e); err != nil {
		return nil, nil, err
	}
	if err := k.save(ctx, e); err != nil {
		return nil, nil, err
	}
	return e.view(), code, nil
}

// newPerson checks p, all but what depends on the others.
func (k *Keeper) newPerson(p *Person) (*entry, error) {
	e := &entry{Person: *p}
	var err error
	if e.Email, err = access.CheckEmail(p.Email); err != nil {
		return nil, err
	}
	if e.Name, err = access.CheckName(p.Name); err != nil {
		return nil, err
	}
	e.ID, e.Created = newID(), k.timestamp()
	return e, nil
}

// giveCode gives e a new code.
func (k *Keeper) giveCode(e *entry, valid time.Duration) (*Code, error) {
	if valid == 0 {
		valid = UsualCode
	}
	if valid < 0 || valid > LongestCode {
		return nil, invalid("valid_days", "choose 1 to 7 days", "a code cannot be valid for so long")
	}
	code := &Code{Text: newCode(), Ends: k.timestamp().Add(valid)}
	e.code, _ = codeDigest(code.Text)
	e.CodeEnds = code.Ends
	return code, nil
}

// fits says whether there is room for e, who is new. It needs write.
func (k *Keeper) fits(e *entry) error {
	if k.accounts.AccountName(e.Account) == "" {
		return missing("account", e.Account)
	}
	if other := k.byEmail[access.FoldEmail(e.Email)]; other != nil {
		if other.Account == e.Account {
			return &access.Error{Class: access.Conflict, Code: "member-exists", Field: "email", Message: other.Name + " has that e-mail address and is a member", Fix: "make a new code for that member instead"}
		}
		return &access.Error{Class: access.Conflict, Code: "email-taken", Field: "email", Message: "somebody else has that e-mail address", Fix: "give another one"}
	}
	members := 0
	for _, other := range k.people {
		if other.Account == e.Account {
			members++
		}
	}
	if members >= MaxMembers || len(k.people) >= MaxPeople {
		return conflict("too-many-members", fmt.Sprintf("the account has %d members, and there is room for no more", members), "remove those who are gone")
	}
	return nil
}

// member is the person of that id that p sees and may manage. It needs write.
func (k *Keeper) member(p *access.Principal, id string) (*entry, error) {
	e := k.people[id]
	if e == nil || e.Account != p.Account && !p.Admin {
		return nil, missing("member", id)
	}
	return e, mayManage(p, e.Role)
}

// lastOwner is an error if e is the only owner of the account that can sign in.
func (k *Keeper) lastOwner(e *entry) error {
	if e.Role == Owner && e.Active() && k.owners(e.Account) == 1 {
		return conflict("last-owner", e.Name+" is the last owner of the account", "make somebody else an owner first")
	}
	return nil
}

// NewCode gives a member a new code in place of the one before: for one who has
// not joined, or who has lost the password. It ends no session until it is used.
func (k *Keeper) NewCode(ctx context.Context, p *access.Principal, id string, valid time.Duration) (*Person, *Code, error) {
	k.write.Lock()
	defer k.write.Unlock()
	before, err := k.member(p, id)
	if err != nil {
		return nil, nil, err
	}
	e := *before
	code, err := k.giveCode(&e, valid)
	if err != nil {
		return nil, nil, err
	}
	if err := k.save(ctx, &e); err != nil {
		return nil, nil, err
	}
	return e.view(), code, nil
}

// SetRole gives a member another role, which counts at once in their open sessions.
func (k *Keeper) SetRole(ctx context.Context, p *access.Principal, id string, role Role) (*Person, error) {
	if err := checkRole(role); err != nil {
		return nil, err
	}
	if err := mayManage(p, role); err != nil {
		return nil, err
	}
	k.write.Lock()
	defer k.write.Unlock()
	before, err := k.member(p, id)
	if err != nil {
		return nil, err
	}
	if role != Owner {
		if err := k.lastOwner(before); err != nil {
			return nil, err
		}
	}
	e := *before
	e.Role = role
	if err := k.save(ctx, &e); err != nil {
		return nil, err
	}
	return e.view(), nil
}

// Remove ends a member, with their sessions.
func (k *Keeper) Remove(ctx context.Context, p *access.Principal, id string) error {
	k.write.Lock()
	defer k.write.Unlock()
	e, err := k.member(p, id)
	if err != nil {
		return err
	}
	if err := k.lastOwner(e); err != nil {
		return err
	}
	return k.erase(ctx, e)
}

// Forget removes the people of an account that is no more.
func (k *Keeper) Forget(ctx context.Context, account string) error {
	k.write.Lock()
	defer k.write.Unlock()
	for _, e := range k.ofAccount(account) {
		if err := k.erase(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) ofAccount(account string) []*entry {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []*entry
	for _, e := range k.people {
		if e.Account == account {
			all = append(all, e)
		}
	}
	return all
}

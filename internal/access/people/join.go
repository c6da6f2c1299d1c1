package people

import (
	"context"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

// Join sets the password of who has a code, which then is used up, ends the
// sessions that they have, and opens one.
func (k *Keeper) Join(ctx context.Context, n *Newcomer, from *From) (*Current, error) {
	sum, ok := codeDigest(n.Code)
	e := k.ofCode(sum)
	if !ok || e == nil {
		return nil, k.missed(from.Address, errCode)
	}
	name, hash, err := k.newPassword(ctx, e, n)
	if err != nil {
		return nil, err
	}
	k.write.Lock()
	defer k.write.Unlock()
	now := k.ofCode(sum)
	if now == nil || now.ID != e.ID { // used meanwhile
		return nil, errCode
	}
	after := *now
	after.Name, after.password, after.before = name, hash, ""
	after.code, after.CodeEnds = digest{}, time.Time{}
	if !after.Active() {
		after.Joined = k.timestamp()
	}
	return k.renew(ctx, &after, from)
}

// ofCode is who has a code of that digest that can be used.
func (k *Keeper) ofCode(sum digest) *entry {
	k.mu.RLock()
	defer k.mu.RUnlock()
	e := k.byCode[sum]
	if e == nil || !e.code.is(sum) || !time.Now().Before(e.CodeEnds) {
		return nil
	}
	return e
}

// newPassword is the name, and the digest of the password, that e will have.
func (k *Keeper) newPassword(ctx context.Context, e *entry, n *Newcomer) (name, hash string, err error) {
	name = e.Name
	if strings.TrimSpace(n.Name) != "" {
		if name, err = access.CheckName(n.Name); err != nil {
			return "", "", err
		}
	}
	if err := checkPassword(n.Password, name, e.Email); err != nil {
		return "", "", err
	}
	if hash, err = k.hasher.Kept().Hash(ctx, n.Password); err != nil {
		return "", "", unhashed(err)
	}
	return name, hash, nil
}

// renew saves e, who has a new password, ends all their sessions, and opens one.
// It needs write.
func (k *Keeper) renew(ctx context.Context, e *entry, from *From) (*Current, error) {
	if err := k.endAll(ctx, e.ID, ""); err != nil {
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

// Profile is what somebody changes of their own; nil keeps it.
type Profile struct {
	Name     *string
	Password *string
	Present  string // the password until now, for a new one; empty where a passkey has confirmed who it is
}

// SetProfile changes the profile of who has the session c, and returns the
// session that they have then: a new password ends all sessions and opens one.
func (k *Keeper) SetProfile(ctx context.Context, c *Current, set *Profile, from *From) (*Current, error) {
	id := c.Person.ID
	name := c.Person.Name
	if set.Name != nil {
		var err error
		if name, err = access.CheckName(*set.Name); err != nil {
			return nil, err
		}
	}
	if set.Password == nil {
		e, err := k.alter(ctx, id, func(e *entry) error { e.Name = name; return nil })
		if err != nil {
			return nil, err
		}
		after := *c
		after.Person = e.view()
		return &after, nil
	}
	before, err := k.entitled(ctx, c, set.Present, from)
	if err != nil {
		return nil, err
	}
	_, hash, err := k.newPassword(ctx, before, &Newcomer{Name: name, Password: *set.Password})
	if err != nil {
		return nil, err
	}
	k.write.Lock()
	defer k.write.Unlock()
	now := k.people[id]
	if now == nil || now.password != before.password || c.Principal.Ended() {
		return nil, ErrSession
	}
	after := *now
	after.Name, after.password, after.before = name, hash, ""
	return k.renew(ctx, &after, from)
}

// entitled is who has the session c, if they may have a new password: they know the
// one until now, or have lately shown a passkey instead.
func (k *Keeper) entitled(ctx context.Context, c *Current, password string, from *From) (*entry, error) {
	if password == "" && c.Session.Passkey && c.IsConfirmed() {
		return k.holding(c)
	}
	return k.prove(ctx, c, password, from)
}

// holding is who has the session c.
func (k *Keeper) holding(c *Current) (*entry, error) {
	e := k.ofEmail(c.Person.Email)
	if e == nil || e.ID != c.Person.ID {
		return nil, ErrSession
	}
	return e, nil
}

// badPassword is the code of the error of who does not know their password.
const badPassword = "bad-current-password"

// prove is who has the session c, if they know the password.
func (k *Keeper) prove(ctx context.Context, c *Current, password string, from *From) (*entry, error) {
	e, err := k.holding(c)
	if err != nil {
		return nil, err
	}
	a, err := k.again(ctx, c)
	if err != nil {
		return nil, err
	}
	fits, _, err := k.line(a).Verify(ctx, e.password, password)
	if err != nil {
		a.won()
		return nil, unhashed(err)
	}
	if !fits {
		return nil, &access.Error{Class: access.Invalid, Code: badPassword, Field: "current_password", Message: "that is not your present password",
			Fix: "type the one that you sign in with; where it is lost, an owner of the account can make a new code for you"}
	}
	a.won()
	return e, nil
}

package people

import (
	"context"
	"errors"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

// Confirmation is how long it counts that somebody has shown who they are: for what
// gives others, or themselves, a way in.
const Confirmation = 5 * time.Minute

// ConfirmedUntil is until when it counts that the person has signed in, or has shown
// again who they are.
func (s *Session) ConfirmedUntil() time.Time {
	last := s.Created
	if s.Confirmed.After(last) {
		last = s.Confirmed
	}
	return last.Add(Confirmation)
}

// IsConfirmed reports whether the person has shown lately who they are.
func (c *Current) IsConfirmed() bool { return time.Now().Before(c.Session.ConfirmedUntil()) }

// Confirm takes the password of who has the session c as a sign that it is still
// them, and returns the session as it is then. Errors are as those of SignIn, but for
// bad-current-password.
func (k *Keeper) Confirm(ctx context.Context, c *Current, password string, from *From) (*Current, error) {
	if _, err := k.prove(ctx, c, password, from); err != nil {
		var wrong *access.Error
		if errors.As(err, &wrong) && wrong.Code == badPassword {
			e := *wrong
			e.Field = "password"
			return nil, &e
		}
		return nil, err
	}
	k.write.Lock()
	defer k.write.Unlock()
	return k.confirm(ctx, c, false)
}

// ConfirmByPasskey does the same by a passkey of that person, which signed a
// challenge of BeginSignIn.
func (k *Keeper) ConfirmByPasskey(ctx context.Context, c *Current, site *Site, said []byte, from *From) (*Current, error) {
	a, err := k.asserted(site, said, from)
	if err != nil {
		return nil, err
	}
	if a.person != c.Person.ID {
		return nil, ErrPasskey
	}
	k.write.Lock()
	defer k.write.Unlock()
	e, err := k.signed(a)
	if err != nil {
		return nil, err
	}
	if err := k.save(ctx, e); err != nil {
		return nil, err
	}
	return k.confirm(ctx, c, true)
}

// confirm notes that the person has shown who they are. It needs write.
func (k *Keeper) confirm(ctx context.Context, c *Current, passkey bool) (*Current, error) {
	s := k.sessions[c.Session.ID]
	if s == nil || c.Principal.Ended() {
		return nil, ErrSession
	}
	after := *s
	after.Used, after.Confirmed, after.Passkey = s.view().Used, k.timestamp(), passkey
	if err := k.saveSession(ctx, &after); err != nil {
		return nil, err
	}
	now := *c
	now.Session = after.view()
	return &now, nil
}

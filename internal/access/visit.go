package access

// Visit is what the Principal of a person who has signed in is made of.
type Visit struct {
	Account string // id of the one that the person belongs to
	Person  string // id
	Name    string
	Scopes  []Scope
	Ended   func() bool // reports whether the session is over
}

// Visitor is the Principal of a person. Its account is looked at anew each time:
// it may have become an admin's, or be gone, which is an *Error of class Missing.
func (k *Keeper) Visitor(v *Visit) (*Principal, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	a := k.accounts[v.Account]
	if a == nil {
		return nil, missing("account", v.Account)
	}
	return &Principal{
		Account: a.ID, Token: v.Person, Name: v.Name, Person: true, Admin: a.Role == Admin,
		Limits: Limits{Scopes: v.Scopes}, ended: v.Ended,
	}, nil
}

// Ended reports whether p is a person whose session is over. What goes on for
// long on behalf of somebody looks at it from time to time.
func (p *Principal) Ended() bool { return p.ended != nil && p.ended() }

// Operates reports whether p acts for who runs the server, and not only for the
// zones of all: a person or a token of an admin's account that may make members and
// tokens in it, and so whatever it likes. Only such may have the server reach into
// the networks that it stands in.
func (p *Principal) Operates() bool {
	return p.Admin && p.May(AccountsWrite, TokensWrite) == nil && len(p.Limits.Zones) == 0
}

// MayGive is nil if p may let somebody else have l: it allows nothing that p
// itself may not do. Otherwise it is an *Error of class Forbidden.
func (p *Principal) MayGive(l *Limits) error { return l.within(&p.Limits) }

// AccountName is the name of an account; empty for one that is not there.
func (k *Keeper) AccountName(id string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if a := k.accounts[id]; a != nil {
		return a.Name
	}
	return ""
}

package people

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/store"
)

// How long a session lasts without being used, and in any case.
const (
	Idle    = 12 * time.Hour
	Longest = 30 * 24 * time.Hour
)

// maxAgent bounds what is kept of a User-Agent, in octets.
const maxAgent = 200

// Session is a browser in which somebody has signed in. Its secret is not in it,
// nor is the digest.
type Session struct {
	ID      string    `json:"id"` // 32 hexadecimal digits
	Person  string    `json:"person"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used"` // for the last time; after a sudden end a few minutes behind
	Address string    `json:"address,omitempty"`
	Agent   string    `json:"agent,omitempty"`

	Confirmed time.Time `json:"confirmed,omitzero"` // when the person last showed again who they are
	Passkey   bool      `json:"passkey,omitempty"`  // it was by a passkey that they last did
}

// Ends is when s ends if it is not used until then.
func (s *Session) Ends() time.Time {
	idle, last := s.Used.Add(Idle), s.Created.Add(Longest)
	if idle.Before(last) {
		return idle
	}
	return last
}

// session is a Session ready for use. All but used and over is immutable.
type session struct {
	Session // its Used is what the shelf knows
	version uint64
	digest  digest
	used    *atomic.Int64 // unix time in seconds
	over    *atomic.Bool
}

type sessionDocument struct {
	Session
	Digest string `json:"sha256"`
}

// view is s as others may see it.
func (s *session) view() Session {
	v := s.Session
	v.Used = time.Unix(s.used.Load(), 0).UTC()
	return v
}

func (s *session) document() (store.Document, error) {
	body, err := json.Marshal(sessionDocument{Session: s.view(), Digest: hex.EncodeToString(s.digest[:])})
	return store.Document{Kind: sessionKind, ID: s.ID, Version: s.version, Body: body}, err
}

func readSession(d *store.Document) (*session, error) {
	var doc sessionDocument
	if err := json.Unmarshal(d.Body, &doc); err != nil {
		return nil, unreadable(d, err)
	}
	sum, err := readDigest(doc.Digest)
	if err != nil {
		return nil, unreadable(d, err)
	}
	if doc.ID != d.ID {
		return nil, unreadable(d, errors.New("it has another id"))
	}
	return newSession(&doc.Session, sum, d.Version), nil
}

func newSession(s *Session, sum digest, version uint64) *session {
	e := &session{Session: *s, digest: sum, version: version, used: new(atomic.Int64), over: new(atomic.Bool)}
	e.used.Store(s.Used.Unix())
	return e
}

// Current is a session that is open, and who has it.
type Current struct {
	Session   Session
	Person    *Person
	Principal *access.Principal
	CSRF      string // to be sent beside the cookie by what changes something
	Secret    string // of the session, where it was opened just now
}

// Current is the session of that secret; ErrSession where there is none. If it
// is used, and not only looked at, it lasts longer.
func (k *Keeper) Current(secret string, use bool) (*Current, error) {
	s, e := k.find(secret)
	if s == nil || e == nil || !k.open(s) {
		return nil, ErrSession
	}
	p, err := k.accounts.Visitor(&access.Visit{
		Account: e.Account, Person: e.ID, Name: e.Name, Scopes: e.Role.Scopes(), Ended: func() bool { return !k.open(s) },
	})
	if err != nil { // the account is gone
		return nil, ErrSession
	}
	if now := time.Now().Unix(); use && s.used.Load() < now {
		s.used.Store(now)
	}
	return &Current{Session: s.view(), Person: e.view(), Principal: p, CSRF: csrfOf(secret)}, nil
}

func (k *Keeper) find(secret string) (*session, *entry) {
	if len(secret) != secretLength {
		return nil, nil
	}
	d := digestOf(secret)
	k.mu.RLock()
	defer k.mu.RUnlock()
	s := k.byDigest[d]
	if s == nil || !s.digest.is(d) {
		return nil, nil
	}
	return s, k.people[s.Person]
}

// open reports whether s has not ended.
func (k *Keeper) open(s *session) bool {
	v := s.view()
	return !s.over.Load() && time.Now().Before(v.Ends())
}

// start opens a session for e, in place of the one that the browser had. It needs write.
// passkey says that it is by one.
func (k *Keeper) start(ctx context.Context, e *entry, from *From, passkey bool) (*Current, error) {
	if old, _ := k.find(from.Secret); old != nil {
		if err := k.end(ctx, old); err != nil {
			return nil, err
		}
	}
	if err := k.makeRoom(ctx, e.ID); err != nil {
		return nil, err
	}
	now, secret := k.timestamp(), newSecret()
	s := newSession(&Session{ID: newID(), Person: e.ID, Created: now, Used: now, Address: addressText(from.Address), Agent: shorten(from.Agent), Passkey: passkey}, digestOf(secret), 0)
	if err := k.saveSession(ctx, s); err != nil {
		return nil, err
	}
	after := *e
	after.SignedIn = now
	after.remember(from, secret, now)
	if err := k.save(ctx, &after); err != nil {
		return nil, err
	}
	c, err := k.Current(secret, false)
	if err != nil {
		return nil, err
	}
	c.Secret = secret
	return c, nil
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func shorten(agent string) string {
	agent = strings.ToValidUTF8(agent, "?")
	if len(agent) > maxAgent {
		agent = strings.ToValidUTF8(agent[:maxAgent], "")
	}
	return agent
}

// makeRoom ends the sessions of a person beyond what they may have.
func (k *Keeper) makeRoom(ctx context.Context, person string) error {
	all := k.ofPerson(person)
	for i := MaxSessions - 1; i < len(all); i++ {
		if err := k.end(ctx, all[i]); err != nil {
			return err
		}
	}
	return nil
}

// ofPerson is the sessions of a person, the one used last first.
func (k *Keeper) ofPerson(id string) []*session {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []*session
	for _, s := range k.sessions {
		if s.Person == id {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *session) int {
		return cmp.Or(cmp.Compare(b.used.Load(), a.used.Load()), b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// saveSession writes s to the shelf and then into the maps. It needs write.
func (k *Keeper) saveSession(ctx context.Context, s *session) error {
	d, err := s.document()
	if err != nil {
		return err
	}
	if s.version, err = k.put(ctx, d); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sessions[s.ID], k.byDigest[s.digest] = s, s
	return nil
}

// end takes s off the shelf and out of the maps. It needs write.
func (k *Keeper) end(ctx context.Context, s *session) error {
	if _, err := k.put(ctx, store.Document{Kind: sessionKind, ID: s.ID, Version: s.version}); err != nil {
		return err
	}
	s.over.Store(true)
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.sessions, s.ID)
	delete(k.byDigest, s.digest)
	return nil
}

// endAll ends all sessions of a person but the one of that id. It needs write.
func (k *Keeper) endAll(ctx context.Context, person, but string) error {
	for _, s := range k.ofPerson(person) {
		if s.ID == but {
			continue
		}
		if err := k.end(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Sessions is the open sessions of a person, the one used last first.
func (k *Keeper) Sessions(person string) []Session {
	var all []Session
	for _, s := range k.ofPerson(person) {
		if k.open(s) {
			all = append(all, s.view())
		}
	}
	return all
}

// SignOut ends a session of the person: the one of that id.
func (k *Keeper) SignOut(ctx context.Context, person, id string) error {
	k.write.Lock()
	defer k.write.Unlock()
	s := k.sessions[id]
	if s == nil || s.Person != person {
		return missing("session", id)
	}
	return k.end(ctx, s)
}

// SignOutOthers ends all sessions of the person but the one of that id.
func (k *Keeper) SignOutOthers(ctx context.Context, person, but string) error {
	k.write.Lock()
	defer k.write.Unlock()
	return k.endAll(ctx, person, but)
}

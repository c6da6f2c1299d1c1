package people

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/store"
)

// Kinds of documents on the shelf.
const (
	personKind  = "person"
	sessionKind = "session"
	setupKind   = "setup"
)

// Role is what a person may do in their account.
type Role string

const (
	// Owner may do everything, with members and tokens too.
	Owner Role = "owner"
	// Editor writes zones and records.
	Editor Role = "editor"
	// Viewer reads them.
	Viewer Role = "viewer"
)

// scopes is what each role may do.
var scopes = map[Role][]access.Scope{
	Owner:  {access.AllScopes},
	Editor: {access.ZonesRead, access.ZonesWrite, access.RecordsRead, access.RecordsWrite, access.ActivityRead, access.AccountsRead},
	Viewer: {access.ZonesRead, access.RecordsRead, access.ActivityRead, access.AccountsRead},
}

// Scopes is what r may do.
func (r Role) Scopes() []access.Scope { return scopes[r] }

func checkRole(r Role) error {
	if scopes[r] == nil {
		return invalid("role", "choose owner, editor or viewer", "there is no role %.40q", string(r))
	}
	return nil
}

// Person belongs to one account and has one role in it.
type Person struct {
	ID       string    `json:"id"` // 32 hexadecimal digits
	Account  string    `json:"account"`
	Email    string    `json:"email"` // of one person in all accounts, in any case of letters
	Name     string    `json:"name"`
	Role     Role      `json:"role"`
	Created  time.Time `json:"created"`
	Joined   time.Time `json:"joined,omitzero"`    // when a password was set first; zero for one who is only invited
	SignedIn time.Time `json:"signed_in,omitzero"` // for the last time
	CodeEnds time.Time `json:"code_ends,omitzero"` // of the code that was made last; zero once it was used
	Passkeys []Passkey `json:"passkeys,omitempty"`
}

// Active reports whether p can sign in.
func (p *Person) Active() bool { return !p.Joined.IsZero() }

// entry is a Person ready for use. It is immutable.
type entry struct {
	Person
	version  uint64
	password string // its digest; empty before they have joined
	before   string // the digest at another cost that it took the place of, until the next start
	code     digest // of the code by which they join; zero for none
	networks []seen // from which they have signed in, the last first
	browsers []seen // in which they have
}

// personDocument is an entry as it stands on the shelf.
type personDocument struct {
	Person
	Password string `json:"argon2id,omitempty"`
	Code     string `json:"code_sha256,omitempty"`
	Networks []seen `json:"networks,omitempty"`
	Browsers []seen `json:"browsers,omitempty"`
}

func (e *entry) hasCode() bool { return e.code != digest{} }

// view is the person as others may see them.
func (e *entry) view() *Person {
	p := e.Person
	return &p
}

func (e *entry) document() (store.Document, error) {
	doc := personDocument{Person: e.Person, Password: e.password, Networks: e.networks, Browsers: e.browsers}
	if e.hasCode() {
		doc.Code = hex.EncodeToString(e.code[:])
	}
	body, err := json.Marshal(doc)
	return store.Document{Kind: personKind, ID: e.ID, Version: e.version, Body: body}, err
}

func readPerson(d *store.Document) (*entry, error) {
	var doc personDocument
	if err := json.Unmarshal(d.Body, &doc); err != nil {
		return nil, unreadable(d, err)
	}
	e := &entry{Person: doc.Person, version: d.Version, password: doc.Password, networks: doc.Networks, browsers: doc.Browsers}
	if doc.ID != d.ID {
		return nil, unreadable(d, errors.New("it has another id"))
	}
	if doc.Code != "" {
		var err error
		if e.code, err = readDigest(doc.Code); err != nil {
			return nil, unreadable(d, err)
		}
	}
	return e, nil
}

func readDigest(text string) (digest, error) {
	sum, err := hex.DecodeString(text)
	if err != nil || len(sum) != len(digest{}) {
		return digest{}, errors.New("it has no digest")
	}
	return digest(sum), nil
}

func unreadable(d *store.Document, err error) error {
	return fmt.Errorf("the %s %s in the store cannot be read: %w; restore the store from a backup", d.Kind, d.ID, err)
}

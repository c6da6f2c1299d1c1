package api

import (
	"encoding/json"
	"time"
)

// States of a Session.
const (
	SessionSetup     = "setup"      // nobody can sign in yet: the setup code makes the first owner
	SessionSignedOut = "signed_out" // somebody could, and has not
	SessionSignedIn  = "signed_in"
)

// Roles of a Member.
const (
	RoleOwner  = "owner"  // may do everything: members and tokens too
	RoleEditor = "editor" // writes zones and records
	RoleViewer = "viewer" // reads
)

// CodeCSRF is the code of the error, of status 403, of a request by cookie that
// does not show that it comes from the dashboard.
const CodeCSRF = "CSRF"

// CodeReauthenticate is the code of the error, of status 403, of a request by cookie
// that needs the person to have shown lately who they are: a ConfirmRequest does.
const CodeReauthenticate = "REAUTHENTICATE"

// CSRFHeader is the header that every request by cookie that changes something
// must carry, with the CSRF of the Session.
const CSRFHeader = "X-CSRF-Token"

// SessionData is the answer of all that signs in, and of GET /session.
type SessionData struct {
	Session Session `json:"session"`
}

// Session is who the browser that asks has signed in as. What belongs to a
// person is there in the state signed_in only.
type Session struct {
	State     string          `json:"state" enum:"setup,signed_out,signed_in"`
	User      *Person         `json:"user,omitempty"`
	Account   *AccountSummary `json:"account,omitempty"`
	Admin     bool            `json:"admin" doc:"acts for all accounts"`
	Scopes    []string        `json:"scopes,omitempty"`
	CSRF      string          `json:"csrf,omitempty" doc:"to be sent as X-CSRF-Token with every request by cookie that changes something"`
	ExpiresAt *time.Time      `json:"expires_at,omitempty" doc:"when it ends if nothing is asked until then"`
	Confirmed *time.Time      `json:"confirmed_until,omitempty" doc:"until when what needs a confirmation can be done without another"`
	Passkeys  bool            `json:"passkeys" doc:"passkeys can be used under the name by which the browser reached the server"`
}

// Person is somebody who signs in.
type Person struct {
	ID    string `json:"id" format:"uuid"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Role  string `json:"role" enum:"owner,editor,viewer"`
}

// AccountSummary is an account by its name.
type AccountSummary struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name"`
}

// SetupRequest makes the first owner, by the code that the first start printed.
type SetupRequest struct {
	Code     string `json:"code" example:"ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Password string `json:"password" minLength:"10" maxLength:"256"`
}

// SignInRequest opens a session by a password.
type SignInRequest struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// ConfirmRequest shows again who one is: by the password, or by what a passkey has
// signed (the toJSON() of its PublicKeyCredential).
type ConfirmRequest struct {
	Password   string          `json:"password,omitempty"`
	Credential json.RawMessage `json:"credential,omitempty"`
}

// ProfileRequest changes one's own name, password, or both. A new password wants
// the present one, or a passkey within the last five minutes, and ends all other sessions.
type ProfileRequest struct {
	Name            *string `json:"name,omitempty"`
	Password        *string `json:"password,omitempty" minLength:"10" maxLength:"256"`
	CurrentPassword string  `json:"current_password,omitempty"`
}

// JoinRequest takes an invitation, or sets a new password by a code.
type JoinRequest struct {
	Code     string `json:"code"`
	Name     string `json:"name,omitempty" doc:"empty for the one that the invitation has"`
	Password string `json:"password" minLength:"10" maxLength:"256"`
}

// OpenSession is one of one's own sessions.
type OpenSession struct {
	ID         string    `json:"id" format:"uuid"`
	Current    bool      `json:"current" doc:"the one that asks"`
	IPAddress  string    `json:"ip_address" doc:"that it was opened from"`
	UserAgent  string    `json:"user_agent"`
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at"`
	ExpiresAt  time.Time `json:"expires_at" doc:"when it ends if it is not used until then"`
}

// OpenSessionsData is one's own sessions, the one used last first.
type OpenSessionsData struct {
	Sessions []OpenSession `json:"sessions"`
}

// Passkey is a credential of WebAuthn, without its key.
type Passkey struct {
	ID         string     `json:"id" doc:"base64url, as the browser has it"`
	Name       string     `json:"name"`
	Synced     bool       `json:"synced" doc:"it is kept by more than one device"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

// PasskeyData is one passkey, PasskeysData all of one's own.
type PasskeyData struct {
	Passkey Passkey `json:"passkey"`
}

// PasskeysData is one's own passkeys, oldest first.
type PasskeysData struct {
	Passkeys []Passkey `json:"passkeys"`
}

// PasskeyOptionsData is what a browser needs for a passkey, in the JSON form of
// Web Authentication Level 3: for PublicKeyCredential.parseCreationOptionsFromJSON
// or parseRequestOptionsFromJSON.
type PasskeyOptionsData struct {
	Options json.RawMessage `json:"options"`
}

// PasskeyRequest is what the browser's passkey said: the toJSON() of its
// PublicKeyCredential. Name is for a new one.
type PasskeyRequest struct {
	Credential json.RawMessage `json:"credential"`
	Name       string          `json:"name,omitempty" maxLength:"100"`
}

// Member is a person of an account.
type Member struct {
	ID         string     `json:"id" format:"uuid"`
	AccountID  string     `json:"account_id" format:"uuid"`
	Email      string     `json:"email"`
	Name       string     `json:"name"`
	Role       string     `json:"role" enum:"owner,editor,viewer"`
	State      string     `json:"state" enum:"invited,active" doc:"invited until the code was used"`
	Passkeys   int        `json:"passkeys" minimum:"0"`
	CreatedAt  time.Time  `json:"created_at"`
	LastSeenAt *time.Time `json:"last_seen_at,omitempty"`
	CodeEndsAt *time.Time `json:"code_ends_at,omitempty" doc:"until when a code that was made can be used"`
}

// MembersData is the people of an account, oldest first.
type MembersData struct {
	Members []Member `json:"members"`
}

// MemberData is one member.
type MemberData struct {
	Member Member `json:"member"`
}

// MemberRequest invites somebody.
type MemberRequest struct {
	Email     string `json:"email"`
	Name      string `json:"name,omitempty"`
	Role      string `json:"role" enum:"owner,editor,viewer"`
	ValidDays int    `json:"valid_days,omitempty" minimum:"1" maximum:"7" default:"3" doc:"how long the code can be used"`
	Account   string `json:"account,omitempty" doc:"id of the account; one's own if it is empty, others for admins only"`
}

// MemberPatch changes what a member may do.
type MemberPatch struct {
	Role string `json:"role" enum:"owner,editor,viewer"`
}

// InviteRequest makes a new code for a member.
type InviteRequest struct {
	ValidDays int `json:"valid_days,omitempty" minimum:"1" maximum:"7" default:"3"`
}

// InviteData is a member and the code by which they join. No mail is sent: who
// invites hands the URL on.
type InviteData struct {
	Member Member `json:"member"`
	Invite Invite `json:"invite"`
}

// Invite is a code that can be used once. It is in this answer and nowhere else.
type Invite struct {
	Code      string    `json:"code"`
	URL       string    `json:"url" doc:"a page of the dashboard that asks for a password; the code stands behind the #"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Package people is the part of the v1 API that is about who may do what: the
// accounts, their tokens and members, and the sessions, passwords and passkeys
// by which people come in.
package people

import (
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/v1/call"
)

// Routes is the operations of this room, in the order in which they are described.
var Routes = slices.Concat(userRoutes, keyRoutes, sessionRoutes, passkeyRoutes, memberRoutes)

// Groups of operations that need the People of a Config.
const (
	SignInTag = "Sign-in" // for browsers
	MemberTag = "Members"
)

var (
	readUsers   = []access.Scope{access.AccountsRead}
	writeUsers  = []access.Scope{access.AccountsRead, access.AccountsWrite}
	readTokens  = []access.Scope{access.TokensRead}
	writeTokens = []access.Scope{access.TokensRead, access.TokensWrite}
)

// handler is a Call, with what is done in this room as its methods.
type handler struct{ *call.Call }

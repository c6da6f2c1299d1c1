package form

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
)

// Scopes is scopes by name.
func Scopes(scopes []access.Scope) []string {
	out := make([]string, len(scopes))
	for i, s := range scopes {
		out[i] = string(s)
	}
	return out
}

// Limits is what a token may do, as it is shown.
func Limits(l *access.Limits) api.TokenLimits {
	out := api.TokenLimits{Zones: l.Zones, Owners: l.Owners, Types: l.Types, Targets: l.Targets}
	for _, n := range l.Networks {
		out.Networks = append(out.Networks, n.String())
	}
	return out
}

// Key is a token as it is shown: without its secret.
func Key(t *access.Token) api.APIKey {
	l := &t.Limits
	out := api.APIKey{
		ID: UUID(t.ID), CustomerID: UUID(t.Account), UserID: UUID(t.Account), Name: t.Name, Prefix: t.Prefix,
		Scopes: Scopes(l.Scopes), CreatedAt: t.Created, UpdatedAt: t.Created, ZoneIDs: []string{}, ZoneScopes: []api.ZoneScope{},
		TokenLimits: Limits(l),
	}
	if !l.Expires.IsZero() {
		out.ExpiresAt = &l.Expires
	}
	if !t.LastUsed.IsZero() {
		out.LastUsedAt = &t.LastUsed
	}
	for _, z := range l.Zones {
		id, err := change.ParseZoneID(z)
		if err != nil {
			continue
		}
		scope := api.ZoneScope{ZoneID: id.String(), RecordAccess: "all", RecordNames: []string{}}
		if len(l.Owners) > 0 {
			scope.RecordAccess, scope.RecordNames = "names", l.Owners
		}
		out.ZoneIDs, out.ZoneScopes = append(out.ZoneIDs, id.String()), append(out.ZoneScopes, scope)
	}
	return out
}

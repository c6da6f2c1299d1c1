package api

import (
	"encoding/json"
	"net/http"
	"time"
)

// User is an account.
type User struct {
	ID         string    `json:"id" format:"uuid"`
	CustomerID string    `json:"customer_id" format:"uuid"`
	Email      string    `json:"email"`
	FullName   string    `json:"full_name"`
	Role       string    `json:"role" enum:"admin,user"`
	Active     bool      `json:"active"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	ZoneCount  *int      `json:"zone_count,omitempty" nullable:"true"`
}

// UserRequest makes an account or changes one; what is left out stays as it is.
type UserRequest struct {
	Email    string  `json:"email,omitempty"`
	FullName *string `json:"full_name,omitempty"`
	Role     *string `json:"role,omitempty" enum:"admin,user"`
	Active   *bool   `json:"active,omitempty"`
}

// UserData is one account, UsersData all that the token may see.
type UserData struct {
	User User `json:"user"`
}

// UsersData is a list of accounts.
type UsersData struct {
	Users []User `json:"users"`
}

// Scopes is a list of rights. It is written as a string that holds a JSON
// array, as clients expect it, and read from such a string or from an array.
type Scopes []string

// MarshalJSON writes the string that holds the array.
func (s Scopes) MarshalJSON() ([]byte, error) {
	if s == nil {
		s = Scopes{}
	}
	list, err := json.Marshal([]string(s))
	if err != nil {
		return nil, err
	}
	return json.Marshal(string(list))
}

// UnmarshalJSON reads either form; the error for another is an *Error.
func (s *Scopes) UnmarshalJSON(data []byte) error {
	list := data
	if len(data) > 0 && data[0] == '"' {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		list = []byte(text)
	}
	if json.Unmarshal(list, (*[]string)(s)) == nil {
		return nil
	}
	const message = `scopes must be a JSON array as ["zones:read","records:read"], or a string that holds one`
	return &Error{Status: http.StatusBadRequest, Code: CodeInvalidInput, Message: message, Details: []map[string]string{{"field": "scopes", "message": message}}}
}

// ZoneScope narrows a token to a zone and, with record_access names, to names in it.
type ZoneScope struct {
	ZoneID       string   `json:"zone_id"`
	RecordAccess string   `json:"record_access" enum:"all,names"`
	RecordNames  []string `json:"record_names"`
}

// APIKey is a token. Its secret is in the answer that made it, and nowhere else.
type APIKey struct {
	ID         string      `json:"id" format:"uuid"`
	CustomerID string      `json:"customer_id" format:"uuid"`
	UserID     string      `json:"user_id" format:"uuid"`
	Name       string      `json:"name"`
	Key        string      `json:"key,omitempty" doc:"the secret; only in the answer that made it"`
	Prefix     string      `json:"prefix,omitempty" doc:"the first characters of the secret"`
	Scopes     Scopes      `json:"scopes"`
	ExpiresAt  *time.Time  `json:"expires_at" nullable:"true"`
	LastUsedAt *time.Time  `json:"last_used_at,omitempty"`
	CreatedAt  time.Time   `json:"created_at"`
	UpdatedAt  time.Time   `json:"updated_at"`
	ZoneIDs    []string    `json:"zone_ids"`
	ZoneScopes []ZoneScope `json:"zone_scopes"`
	TokenLimits
}

// TokenLimits narrow what a token may do; an empty list does not narrow.
type TokenLimits struct {
	Zones    []string `json:"zones,omitempty" doc:"ids or names of zones"`
	Owners   []string `json:"owners,omitempty" doc:"patterns of names: relative to the zone or absolute, * for one label, ** for one or more"`
	Types    []string `json:"types,omitempty" example:"[\"CNAME\"]"`
	Targets  []string `json:"targets,omitempty" doc:"names at or below which records must point"`
	Networks []string `json:"networks,omitempty" example:"[\"192.0.2.0/24\"]" doc:"that requests must come from"`
}

// CreateAPIKeyRequest makes a token.
type CreateAPIKeyRequest struct {
	Name       string      `json:"name"`
	Scopes     Scopes      `json:"scopes" example:"[\"zones:read\",\"records:read\"]" doc:"a JSON array, or a string that holds one"`
	ExpiresAt  *time.Time  `json:"expires_at,omitempty" nullable:"true"`
	ZoneIDs    []string    `json:"zone_ids,omitempty"`
	ZoneScopes []ZoneScope `json:"zone_scopes,omitempty"`
	TokenLimits
}

// APIKeyData is one token.
type APIKeyData struct {
	APIKey  APIKey `json:"api_key"`
	Message string `json:"message,omitempty" doc:"what was taken otherwise than it was written"`
}

// APIKeysData is the tokens of an account.
type APIKeysData struct {
	APIKeys []APIKey `json:"api_keys"`
}

// WhoAmI is who a request with this token acts as.
type WhoAmI struct {
	Account   string     `json:"account" format:"uuid"`
	Token     string     `json:"token" format:"uuid"`
	Name      string     `json:"name"`
	Admin     bool       `json:"admin"`
	Scopes    []string   `json:"scopes"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	TokenLimits
}

// ActivityItem is a change, as the list of activity shows it.
type ActivityItem struct {
	ID         string         `json:"id" format:"uuid"`
	Action     string         `json:"action" enum:"create,update,delete"`
	Resource   string         `json:"resource" enum:"zone,record"`
	ResourceID string         `json:"resource_id"`
	OldValues  map[string]any `json:"old_values" nullable:"true"`
	NewValues  map[string]any `json:"new_values" nullable:"true"`
	IPAddress  string         `json:"ip_address"`
	UserAgent  string         `json:"user_agent"`
	CreatedAt  time.Time      `json:"created_at"`
	UserID     *string        `json:"user_id" format:"uuid" nullable:"true"`
	UserEmail  *string        `json:"user_email" nullable:"true"`
	UserName   *string        `json:"user_name" nullable:"true"`
}

// ActivityData is a part of the activity.
type ActivityData struct {
	Items []ActivityItem `json:"items"`
	Meta  OffsetMeta     `json:"meta"`
}

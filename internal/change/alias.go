package change

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
)

// Alias is what is said of how the server itself follows the target of a CNAME or
// ALIAS record. The zero Alias leaves everything to the zone and the server.
type Alias struct {
	Flatten   Choice       `json:"flatten,omitzero"`     // answer with the addresses of the target: settings.flatten_cname
	OnFailure string       `json:"on_failure,omitempty"` // stale, servfail, nodata or fallback; empty for stale
	MaxStale  Seconds      `json:"max_stale,omitzero"`   // how long the last good addresses are served
	Fallback  []netip.Addr `json:"fallback,omitempty"`   // instead of the target's, where OnFailure is fallback
}

// SaysNothing reports whether nothing is said.
func (a *Alias) SaysNothing() bool {
	return a.Flatten == Unset && !a.HasPolicy()
}

// HasPolicy reports whether something is said of the time when the target cannot be resolved.
func (a *Alias) HasPolicy() bool {
	return a.OnFailure != "" || a.MaxStale.IsGiven() || len(a.Fallback) > 0
}

// Equal compares all that is said.
func (a *Alias) Equal(b *Alias) bool {
	return a.Flatten == b.Flatten && a.OnFailure == b.OnFailure && a.MaxStale == b.MaxStale && slices.Equal(a.Fallback, b.Fallback)
}

// Choice is a switch that need not be set. In JSON it is true or false, and left
// out with omitzero.
type Choice uint8

// The values.
const (
	Unset Choice = iota
	Yes
	No
)

// ChoiceOf is Yes or No.
func ChoiceOf(on bool) Choice {
	if on {
		return Yes
	}
	return No
}

// String is unset, true or false.
func (c Choice) String() string { return [...]string{"unset", "true", "false"}[c] }

// MarshalJSON writes true or false, which an unset Choice is too.
func (c Choice) MarshalJSON() ([]byte, error) { return strconv.AppendBool(nil, c == Yes), nil }

// UnmarshalJSON reads true or false.
func (c *Choice) UnmarshalJSON(data []byte) error {
	var on bool
	err := json.Unmarshal(data, &on)
	*c = ChoiceOf(on)
	return err
}

// Seconds is a time that need not be given: its zero value is not given, which is
// something else than no seconds. In JSON it is a number, and left out with omitzero.
type Seconds uint32

// SecondsOf is n seconds; n is less than 2^32-1.
func SecondsOf(n uint32) Seconds { return Seconds(n + 1) }

// IsGiven reports whether there is a time.
func (s Seconds) IsGiven() bool { return s != 0 }

// Value is the time in seconds; 0 where none is given.
func (s Seconds) Value() uint32 {
	if s == 0 {
		return 0
	}
	return uint32(s) - 1
}

// MarshalJSON writes the number.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendUint(nil, uint64(s.Value()), 10), nil
}

// UnmarshalJSON reads the number.
func (s *Seconds) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseUint(string(data), 10, 31)
	*s = SecondsOf(uint32(n))
	return err
}

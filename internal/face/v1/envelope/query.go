package envelope

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/change"
)

// Headers that writing routes look at.
const (
	IfMatch        = "If-Match"
	IdempotencyKey = "Idempotency-Key"
)

// Query is a parameter of the query string; empty for none.
func (c *Call) Query(name string) string {
	if c.queries == nil {
		if c.R.URL.RawQuery == "" {
			return ""
		}
		c.queries = c.R.URL.Query()
	}
	return c.queries.Get(name)
}

// Parameters refuses a query string that cannot be read or has a parameter that
// is none of known.
func (c *Call) Parameters(known []string) error {
	values, err := url.ParseQuery(c.R.URL.RawQuery)
	if err != nil {
		return Invalid("query", "the query string cannot be read: %s", Shorten(err.Error(), 100))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, name) {
			return unknown("the parameter", "", name, known)
		}
	}
	return nil
}

// Integer is a parameter of the query from least, which is 0 or 1, to most; a
// greater one is taken as most.
func (c *Call) Integer(name string, def, least, most int) (int, error) {
	text := c.Query(name)
	if text == "" {
		return def, nil
	}
	n, err := strconv.Atoi(text)
	if errors.Is(err, strconv.ErrRange) && text[0] != '-' {
		return most, nil
	}
	if err != nil || n < least {
		return 0, Invalid(name, "%s=%q is not a number from %d", name, Shorten(text, 40), least)
	}
	return min(n, most), nil
}

// Boolean is a parameter of the query.
func (c *Call) Boolean(name string, def bool) (bool, error) {
	switch text := strings.ToLower(c.Query(name)); text {
	case "":
		return def, nil
	case "false", "0", "no":
		return false, nil
	case "true", "1", "yes":
		return true, nil
	default:
		return false, Invalid(name, "%s=%q is neither true nor false", name, Shorten(text, 40))
	}
}

// Serial is a parameter of the query; nil for none.
func (c *Call) Serial(name string) (*change.Serial, error) {
	text := c.Query(name)
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return nil, Invalid(name, "%s=%q is no serial: a number of up to 32 bits", name, Shorten(text, 40))
	}
	s := change.Serial(n)
	return &s, nil
}

// Match is the serial that If-Match asks for (RFC 9110, Section 13.1.1); nil
// where it asks for none. A zone's entity tag is its serial.
func (c *Call) Match() (*change.Serial, error) {
	text := strings.TrimSpace(c.R.Header.Get(IfMatch))
	if text == "" || text == "*" {
		return nil, nil
	}
	tag := strings.Trim(strings.TrimPrefix(text, "W/"), `"`)
	n, err := strconv.ParseUint(tag, 10, 32)
	if err != nil {
		return nil, Invalid(IfMatch, `the header If-Match is %q; send the serial of the zone, as in "2026010100"`, Shorten(text, 40))
	}
	serial := change.Serial(n)
	return &serial, nil
}

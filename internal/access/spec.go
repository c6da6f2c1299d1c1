package access

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Bounds of what one may ask for.
const (
	MaxTokens    = 1000 // of an account
	MaxOwners    = 500  // patterns of a token
	MaxListed    = 500  // members of the other lists of a token
	MaxName      = 100  // characters of the name of a token or an account
	MaxEmail     = 254  // octets (RFC 5321, Section 4.5.3.1.3, less its brackets)
	maxListChars = 1100 // of one member of a list: a name of 255 octets, all escaped
)

// TokenSpec is what somebody wants of a new token, as text. Empty lists do not narrow.
type TokenSpec struct {
	Account  string   // id; empty for that of the Principal, others for admins only
	Name     string   // for people
	Key      bool     // a key of 37 hexadecimal digits, as old clients of Cloudflare want it
	Scopes   []string // as zones:read, zones:*, *
	Zones    []string // ids or apexes
	Owners   []string // patterns, see MatchOwner
	Types    []string // mnemonics, or TYPE123
	Targets  []string // names at or below which targets must lie
	Networks []string // prefixes or single addresses
	Expires  time.Time
}

// limits checks s and turns it into Limits, each member in its one canonical form.
func (s *TokenSpec) limits(now time.Time) (Limits, error) {
	var l Limits
	var err error
	if l.Scopes, err = each("scopes", s.Scopes, MaxListed, parseScope); err != nil {
		return l, err
	}
	if len(l.Scopes) == 0 {
		return l, invalid("scopes", knownScopes(), "a token without scopes could do nothing")
	}
	if l.Zones, err = each("zones", s.Zones, MaxListed, checkZone); err != nil {
		return l, err
	}
	if l.Owners, err = each("owners", s.Owners, MaxOwners, checkOwner); err != nil {
		return l, err
	}
	if l.Types, err = each("types", s.Types, MaxListed, checkType); err != nil {
		return l, err
	}
	if l.Targets, err = each("targets", s.Targets, MaxListed, checkTarget); err != nil {
		return l, err
	}
	if l.Networks, err = each("networks", s.Networks, MaxListed, parseNetwork); err != nil {
		return l, err
	}
	if !s.Expires.IsZero() && !s.Expires.After(now) {
		return l, invalid("expires", "give a time in the future, or none", "the token would have ended already at %s", instant(s.Expires))
	}
	l.Expires = s.Expires.UTC().Truncate(time.Second)
	return l, nil
}

// each parses all members of a list, and leaves repetitions out.
func each[T comparable](field string, texts []string, most int, parse func(string) (T, error)) ([]T, error) {
	if len(texts) > most {
		return nil, invalid(field, "make several tokens, or use patterns", "%d %s are more than the %d that a token may have", len(texts), field, most)
	}
	var all []T
	for _, text := range texts {
		if len(text) > maxListChars {
			return nil, invalid(field, "shorten it", "a member of %s is longer than %d characters", field, maxListChars)
		}
		v, err := parse(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all, nil
}

func parseScope(text string) (Scope, error) {
	s := Scope(text)
	if s == AllScopes || slices.Contains(Scopes, s) {
		return s, nil
	}
	if strings.HasSuffix(text, ":*") && slices.ContainsFunc(Scopes, s.holds) {
		return s, nil
	}
	return "", invalid("scopes", knownScopes(), "there is no scope %q", text)
}

func knownScopes() string {
	all := make([]string, 0, len(Scopes)+1)
	for _, s := range Scopes {
		all = append(all, string(s))
	}
	return "choose of " + strings.Join(all, ", ") + ", resource:* for all of one, or * for all"
}

func checkZone(text string) (string, error) {
	canonical, err := canonicalZone(text)
	if err != nil {
		return "", invalid("zones", "give the id of a zone, or its name as example.com", "%q names no zone: %v", text, err)
	}
	return canonical, nil
}

// checkOwner keeps the pattern as it is written, but for U-labels and case:
// escapes tell a literal asterisk from one that stands for a label.
func checkOwner(text string) (string, error) {
	if _, err := parseOwner(text); err != nil {
		return "", invalid("owners", "write a name relative to the zone as _acme-challenge, @ for the apex, * for one label, ** for one or more", "%q is no pattern of owners: %v", text, err)
	}
	ascii, err := dname.FromUnicode(text)
	return strings.ToLower(ascii), err
}

func checkType(text string) (string, error) {
	t, err := rr.ParseType(text)
	if err != nil || t.IsMeta() {
		return "", invalid("types", "write a mnemonic as CNAME, or TYPE65280", "%q is no type of records", text)
	}
	return t.String(), nil
}

func checkTarget(text string) (string, error) {
	n, err := parseName(text)
	if err != nil {
		return "", invalid("targets", "write a name as example.net", "%q is no name: %v", text, err)
	}
	return n.String(), nil
}

// parseNetwork reads a prefix or a single address. One of IPv4 in IPv6 is taken
// for what it is (RFC 4291, Section 2.5.5.2).
func parseNetwork(text string) (netip.Prefix, error) {
	bad := invalid("networks", "write it as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.1", "%q is no network", text)
	p, err := netip.ParsePrefix(text)
	if err != nil {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, bad
		}
		p = netip.PrefixFrom(addr, addr.BitLen())
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return netip.Prefix{}, bad
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// CheckName is name without space around it, or why it cannot be that of a token,
// an account or a person.
func CheckName(name string) (string, error) {
	name = strings.TrimSpace(name)
	const fix = "give a short name by which people know it"
	switch {
	case name == "":
		return "", invalid("name", fix, "the name is empty")
	case utf8.RuneCountInString(name) > MaxName || !utf8.ValidString(name):
		return "", invalid("name", fix, "the name is longer than %d characters, or no UTF-8", MaxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", invalid("name", fix, "the name has control characters")
	}
	return name, nil
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

package access

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// within is nil if l allows nothing that wide does not, or an *Error of class
// Forbidden that names the field that goes beyond.
func (l *Limits) within(wide *Limits) error {
	for _, s := range l.Scopes {
		if !slices.ContainsFunc(wide.Scopes, func(have Scope) bool { return have.holds(s) }) {
			return beyond("scopes", fmt.Sprintf("your token does not have the scope %s itself; it has %s", s, some(wide.Scopes)))
		}
	}
	for _, err := range []error{
		narrower("zones", l.Zones, wide.Zones, canonicalZone, func(a, b *string) bool { return *a == *b }),
		narrower("owners", l.Owners, wide.Owners, parseOwner, (*ownerPattern).within),
		narrower("types", l.Types, wide.Types, rr.ParseType, func(a, b *rr.Type) bool { return *a == *b }),
		narrower("targets", l.Targets, wide.Targets, parseName, func(a, b *dname.Name) bool { return a.IsAtOrBelow(*b) }),
		narrower("networks", l.Networks, wide.Networks, itself, subnet),
	} {
		if err != nil {
			return err
		}
	}
	if !wide.Expires.IsZero() && (l.Expires.IsZero() || l.Expires.After(wide.Expires)) {
		return beyond("expires", "your token ends at "+instant(wide.Expires)+", and the new one may not outlive it")
	}
	return nil
}

func beyond(field, message string) error {
	return &Error{Class: Forbidden, Code: "beyond-own-rights", Field: field, Message: message, Fix: "narrow the new token, or make it with one that may do more"}
}

// narrower is nil if wide is empty or every member of list lies in a member of
// it. What cannot be read lies nowhere.
func narrower[T, P any](field string, list, wide []T, parse func(T) (P, error), in func(a, b *P) bool) error {
	if len(wide) == 0 {
		return nil
	}
	if len(list) == 0 {
		return beyond(field, fmt.Sprintf("your token is limited in its %s, and the new one must be too: %s", field, some(wide)))
	}
	bounds := make([]P, 0, len(wide))
	for _, text := range wide {
		if b, err := parse(text); err == nil {
			bounds = append(bounds, b)
		}
	}
	for _, text := range list {
		p, err := parse(text)
		if err != nil || !slices.ContainsFunc(bounds, func(b P) bool { return in(&p, &b) }) {
			return beyond(field, fmt.Sprintf("%v is not within the %s of your token: %s", text, field, some(wide)))
		}
	}
	return nil
}

// canonicalZone is the one text for a zone id, and for an apex.
func canonicalZone(text string) (string, error) {
	id, apex, err := parseZone(strings.TrimSpace(text))
	switch {
	case err != nil:
		return "", err
	case apex == nil:
		return id.String(), nil
	}
	return apex.String(), nil
}

func itself(p netip.Prefix) (netip.Prefix, error) { return p, nil }

func subnet(a, b *netip.Prefix) bool { return a.Bits() >= b.Bits() && b.Contains(a.Addr()) }

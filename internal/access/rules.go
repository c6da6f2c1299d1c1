package access

import (
	"errors"
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// rules is Limits made ready for questions. What could not be read is left
// out, so that it allows nothing: whether there is a limit at all is said by
// Limits alone.
type rules struct {
	ids     map[change.ZoneID]struct{}
	apexes  map[string]struct{} // wire form, lower case
	owners  []ownerPattern
	types   []rr.Type
	targets []dname.Name
}

// compiled is the rules of p.
func (p *Principal) compiled() *rules {
	if p.rules != nil {
		return p.rules
	}
	return compile(&p.Limits)
}

func compile(l *Limits) *rules {
	r := &rules{ids: make(map[change.ZoneID]struct{}), apexes: make(map[string]struct{})}
	for _, text := range l.Zones {
		id, apex, err := parseZone(text)
		switch {
		case err != nil:
		case apex == nil:
			r.ids[id] = struct{}{}
		default:
			r.apexes[string(apex)] = struct{}{}
		}
	}
	r.owners = parsed(l.Owners, parseOwner)
	r.types = parsed(l.Types, rr.ParseType)
	r.targets = parsed(l.Targets, parseName)
	return r
}

func parsed[T any](texts []string, parse func(string) (T, error)) []T {
	var all []T
	for _, text := range texts {
		if v, err := parse(text); err == nil {
			all = append(all, v)
		}
	}
	return all
}

// parseZone reads what names a zone: its id, or its apex in lower case.
func parseZone(text string) (change.ZoneID, dname.Name, error) {
	if id, err := change.ParseZoneID(text); err == nil {
		return id, nil, nil
	}
	apex, err := parseName(text)
	return change.ZoneID{}, apex, err
}

var errAt = errors.New(`"@" stands for the apex of a zone, and there is none here`)

// parseName reads a name, with or without its final dot, in lower case.
func parseName(text string) (dname.Name, error) {
	if text == "@" {
		return nil, errAt
	}
	ascii, err := dname.FromUnicode(text)
	if err != nil {
		return nil, err
	}
	n, err := dname.Parse(ascii, dname.Root)
	if err != nil {
		return nil, err
	}
	return n.Lower(), nil
}

func (r *rules) hasZone(z *change.Zone) bool {
	if _, ok := r.ids[z.ID]; ok {
		return true
	}
	_, ok := r.apexes[string(z.Apex.Lower())]
	return ok
}

func (r *rules) hasOwner(apex, owner dname.Name) bool {
	at, inside := spotOf(apex, owner)
	return inside && slices.ContainsFunc(r.owners, func(o ownerPattern) bool { return o.match(at) })
}

func (r *rules) hasTarget(target dname.Name) bool {
	return slices.ContainsFunc(r.targets, target.IsAtOrBelow)
}

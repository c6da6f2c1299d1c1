package access

import (
	"bytes"
	"errors"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// errDeep says that a label "**" stands where it has no meaning.
var errDeep = errors.New(`"**" stands for one or more labels at the start of a pattern only; write \*\* for two asterisks`)

// ownerPattern is a pattern of owners, parsed.
type ownerPattern struct {
	labels   dname.Name // relative ones as if the root were the apex; without the label "**"
	any      []bool     // by label: whether it stands for any label
	absolute bool       // ends in a dot: the same names in every zone
	deep     bool       // begins with "**": one or more labels before labels
}

// MatchOwner reports whether owner, in the zone of that apex, matches pattern:
// a name relative to the apex, "@" for the apex itself, or an absolute name
// with a final dot. A label "*" stands for exactly one label, a first label
// "**" for one or more; "\*" is a literal asterisk. Case does not matter. A
// pattern that cannot be read matches nothing.
func MatchOwner(pattern string, apex, owner dname.Name) bool {
	o, err := parseOwner(pattern)
	at, inside := spotOf(apex, owner)
	return err == nil && inside && o.match(at)
}

func parseOwner(text string) (ownerPattern, error) {
	var o ownerPattern
	if text == "@" {
		o.labels = dname.Root
		return o, nil
	}
	text, err := dname.FromUnicode(text)
	if err != nil {
		return o, err
	}
	switch rest, deep := strings.CutPrefix(text, "**"); {
	case deep && rest == "":
		o.labels, o.deep = dname.Root, true
		return o, nil
	case deep && rest == ".":
		text, o.deep = rest, true
	case deep && rest[0] == '.' && rest != "..":
		text, o.deep = rest[1:], true
	}
	if text == "@" { // for dname the origin, but behind "**" a label like others
		text = `\@`
	}
	if o.labels, err = dname.Parse(text, dname.Root); err != nil {
		return o, err
	}
	o.any, o.absolute, err = asterisks(text)
	return o, err
}

// asterisks says of every label of a name in presentation form whether it is a
// lone asterisk that is not escaped, and whether the name ends in a dot.
func asterisks(text string) (alone []bool, absolute bool, err error) {
	for text != "" && text != "." {
		end := labelEnd(text)
		if text[:end] == "**" {
			return nil, false, errDeep
		}
		alone = append(alone, text[:end] == "*")
		if end == len(text) {
			return alone, false, nil
		}
		text = text[end+1:]
	}
	return alone, true, nil
}

// labelEnd is where the first label of text ends: at a dot that is not escaped
// (RFC 1035, Section 5.1), or with text.
func labelEnd(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '.':
			return i
		}
	}
	return len(text)
}

// spot is an owner in its zone, with what patterns want to know of it.
type spot struct {
	owner  dname.Name
	labels int // in all
	below  int // of them, those below the apex
}

// spotOf is false for an owner outside of its zone.
func spotOf(apex, owner dname.Name) (spot, bool) {
	labels := owner.Labels()
	return spot{owner, labels, labels - apex.Labels()}, owner.IsAtOrBelow(apex)
}

func (o *ownerPattern) match(at spot) bool {
	spare := at.below - len(o.any)
	if o.absolute {
		spare = at.labels - len(o.any)
	}
	if spare < 0 || o.deep != (spare > 0) {
		return false
	}
	n := at.owner
	for range spare {
		n = n.Parent()
	}
	return o.matchLabels(n, nil)
}

// matchLabels compares the labels of o with the first ones of n. Those of n
// that wild marks stand for any label themselves: only one that does so too
// holds them.
func (o *ownerPattern) matchLabels(n dname.Name, wild []bool) bool {
	p := o.labels
	for i, any := range o.any {
		isWild := i < len(wild) && wild[i]
		if !any && (isWild || !bytes.EqualFold(p[:p[0]+1], n[:n[0]+1])) {
			return false
		}
		p, n = p.Parent(), n.Parent()
	}
	return true
}

// within reports whether every owner that o matches in any zone is matched by
// wide too. It may say no where that depends on the zone: a relative pattern is
// never within an absolute one, nor the other way round.
func (o *ownerPattern) within(wide *ownerPattern) bool {
	if o.absolute != wide.absolute {
		return false
	}
	spare := len(o.any) - len(wide.any)
	if spare < 0 || !wide.deep && (o.deep || spare > 0) || wide.deep && !o.deep && spare == 0 {
		return false
	}
	n := o.labels
	for range spare {
		n = n.Parent()
	}
	return wide.matchLabels(n, o.any[spare:])
}

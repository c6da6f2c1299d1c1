package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
)

// expectation is what a step says about the reply. Parts that are not mentioned are free.
type expectation struct {
	silent   bool
	rcode    string
	flags    []string
	optional []string // flags that may be set or clear
	hasReply bool
	question string // "", "none" or "optional"
	sections map[string]*section
	checks   []check
}

// check looks at one trait of a reply and returns what is wrong, or "".
type check func(m *dns.Msg, wire []byte, s *state) string

// section is the set of records wanted in one section.
type section struct {
	wanted []wantedRecord
	absent []pattern
	open   bool // "...": other records may stand there too
}

type wantedRecord struct {
	pattern
	line        string // as reply.Line, or "" where any rdata will do
	least, most uint32 // TTL
	hasTTL      bool
}

// pattern matches by owner and type; the owner "*" matches every name.
type pattern struct {
	owner string
	rtype uint16
}

func (p pattern) matches(record dns.RR) bool {
	header := record.Header()
	return header.Rrtype == p.rtype && (p.owner == "*" || strings.EqualFold(p.owner, header.Name))
}

// parseStep reads the lines of a step as they apply to kind.
func parseStep(step Step, kind subject.Kind, s *state) (*query, *expectation, error) {
	var q *query
	want := &expectation{sections: map[string]*section{}}
	var current *section
	for _, l := range step.lines {
		indented := strings.HasPrefix(l.text, " ") || strings.HasPrefix(l.text, "\t")
		body, applies, err := forKind(strings.TrimSpace(l.text), kind)
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", l.number, err)
		}
		if !applies {
			current = &section{} // records below a heading that does not apply do not either
			continue
		}
		words := strings.Fields(body)
		switch {
		case indented && current != nil:
			err = current.add(body)
		case words[0] == "query":
			q, err = parseQuery(words[1:], s)
		default:
			current, err = want.parse(words, body)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", l.number, err)
		}
	}
	if q == nil || !want.hasReply {
		return nil, nil, fmt.Errorf("a step needs a `query` and a `reply` line")
	}
	return q, want, nil
}

// forKind strips a prefix "[kind,kind] " or "[!kind] " and tells whether the line applies.
func forKind(body string, kind subject.Kind) (string, bool, error) {
	inner, ok := strings.CutPrefix(body, "[")
	if !ok {
		return body, true, nil
	}
	names, rest, ok := strings.Cut(inner, "] ")
	if !ok {
		return "", false, fmt.Errorf("%q: write `[KIND] …` or `[!KIND] …`", body)
	}
	names, negated := strings.CutPrefix(names, "!")
	kinds, err := parseKinds(names)
	return rest, slices.Contains(kinds, kind) != negated, err
}

func (e *expectation) parse(words []string, body string) (*section, error) {
	switch words[0] {
	case "reply":
		return nil, e.parseReply(words[1:])
	case "question":
		if len(words) != 2 || words[1] != "none" && words[1] != "optional" {
			return nil, fmt.Errorf("write `question none|optional`")
		}
		e.question = words[1]
		return nil, nil
	case "answer", "authority", "additional":
		fresh := &section{}
		e.sections[words[0]] = fresh
		return fresh, nil
	}
	parse, ok := checkParsers[words[0]]
	if !ok {
		return nil, fmt.Errorf("unknown word %q", words[0])
	}
	made, err := parse(words[1:], body)
	e.checks = append(e.checks, made)
	return nil, err
}

// parseReply reads "none", or an rcode and the flags that must be set, all others being clear; a
// flag with "?" behind it may be set or clear.
func (e *expectation) parseReply(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("reply needs an rcode or `none`")
	}
	e.hasReply, e.silent = true, words[0] == "none"
	if _, ok := rcodes[words[0]]; !ok && !e.silent {
		return fmt.Errorf("unknown rcode %q", words[0])
	}
	e.rcode, e.flags, e.optional = words[0], nil, nil
	for _, flag := range words[1:] {
		name, optional := strings.CutSuffix(flag, "?")
		if !slices.Contains(flagNames, name) {
			return fmt.Errorf("unknown flag %q", flag)
		}
		if optional {
			e.optional = append(e.optional, name)
		} else {
			e.flags = append(e.flags, name)
		}
	}
	return nil
}

var flagNames = []string{"aa", "tc", "rd", "ra", "z", "ad", "cd"}

// rcodes are the names of RFC 6895, Section 2.3, with BADVERS for 16.
var rcodes = func() map[string]int {
	names := map[string]int{"BADVERS": dns.RcodeBadVers}
	for number, name := range dns.RcodeToString {
		if number != dns.RcodeBadVers {
			names[name] = number
		}
	}
	return names
}()

func flagsOf(m *dns.Msg) []string {
	set := []bool{m.Authoritative, m.Truncated, m.RecursionDesired, m.RecursionAvailable,
		m.Zero, m.AuthenticatedData, m.CheckingDisabled}
	var names []string
	for i, on := range set {
		if on {
			names = append(names, flagNames[i])
		}
	}
	return names
}

// add reads one line of a section: a record, "! OWNER TYPE", "..." or "empty".
func (s *section) add(body string) error {
	words := strings.Fields(body)
	switch {
	case body == "...":
		s.open = true
		return nil
	case body == "empty":
		return nil
	case words[0] == "!":
		return s.addAbsent(words[1:])
	}
	return s.addWanted(words, body)
}

func (s *section) addAbsent(words []string) error {
	if len(words) != 2 {
		return fmt.Errorf("write `! OWNER TYPE`")
	}
	rtype, err := parseType(words[1])
	s.absent = append(s.absent, pattern{words[0], rtype})
	s.open = true
	return err
}

func (s *section) addWanted(words []string, body string) error {
	var want wantedRecord
	rest := words[1:]
	if len(rest) > 0 {
		if want.parseTTL(rest[0]) {
			rest = rest[1:]
		}
	}
	if len(rest) == 2 && rest[1] == "*" {
		rtype, err := parseType(rest[0])
		want.pattern = pattern{words[0], rtype}
		s.wanted = append(s.wanted, want)
		return err
	}
	record, err := dns.NewRR(words[0] + " " + strings.Join(rest, " "))
	if err != nil {
		return err
	}
	want.pattern = pattern{words[0], record.Header().Rrtype}
	want.line = reply.Line(record)
	s.wanted = append(s.wanted, want)
	return nil
}

// parseTTL reads "N" or "N..M" and reports whether it is a TTL.
func (w *wantedRecord) parseTTL(word string) bool {
	least, most, isRange := strings.Cut(word, "..")
	if !isRange {
		most = least
	}
	from, err := strconv.ParseUint(least, 10, 32)
	to, err2 := strconv.ParseUint(most, 10, 32)
	w.least, w.most, w.hasTTL = uint32(from), uint32(to), err == nil && err2 == nil
	return w.hasTTL
}

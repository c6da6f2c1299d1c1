package internet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Scenario is one file: an internet, a server on it, and what happens there in order.
type Scenario struct {
	Name   string
	Only   map[string]string // subject: why no other
	Not    map[string]string // subject: why not
	Zones  []Zone
	Helped []Forwarder
	Args   []string
	Events []Event
}

// Forwarder is a resolver of others on the same internet, for the server under test to
// rely on.
type Forwarder struct {
	Name    string
	Kind    string // truename or unbound
	TLSName string // of its certificate; "" without TLS
}

// Event is one thing that happens.
type Event struct {
	Kind  string
	Arg   string
	Line  int // of its marker
	Lines []string
}

// Parse reads a scenario. Errors name the line.
func Parse(name string, r io.Reader) (*Scenario, error) {
	p := &parser{out: &Scenario{Name: name, Only: map[string]string{}, Not: map[string]string{}}}
	p.into = p.guard
	scanner := bufio.NewScanner(r)
	var errs []error
	for number := 1; scanner.Scan(); number++ {
		if err := p.take(strings.TrimRight(scanner.Text(), " \t"), number); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, number, err))
		}
	}
	errs = append(errs, scanner.Err())
	if !slices.ContainsFunc(p.out.Events, func(e Event) bool { return e.Kind == "ask" }) {
		errs = append(errs, fmt.Errorf("%s: nothing is asked: write `-- ask TITLE --`", name))
	}
	return p.out, errors.Join(errs...)
}

type parser struct {
	out  *Scenario
	into func(text string) error // what takes the lines of the part being read
}

func (p *parser) take(text string, number int) error {
	inner, ok := strings.CutPrefix(text, "-- ")
	if ok {
		inner, ok = strings.CutSuffix(inner, " --")
	}
	if ok {
		word, arg, _ := strings.Cut(inner, " ")
		return p.begin(Event{Kind: word, Arg: arg, Line: number})
	}
	if text == "" || strings.HasPrefix(strings.TrimSpace(text), "#") {
		return nil
	}
	return p.into(text)
}

func (p *parser) begin(e Event) error {
	p.into = func(text string) error { return fmt.Errorf("%q belongs to nothing", text) }
	switch {
	case e.Kind == "zone", e.Kind == "own":
		return p.zone(e)
	case e.Kind == "forwarder":
		return p.forwarder(e.Arg)
	case e.Kind == "args":
		p.into = func(text string) error {
			p.out.Args = append(p.out.Args, strings.Fields(text)...)
			return nil
		}
		return nil
	case events[e.Kind] == nil:
		return fmt.Errorf("unknown marker %q", e.Kind)
	}
	p.out.Events = append(p.out.Events, e)
	p.into = func(text string) error {
		last := &p.out.Events[len(p.out.Events)-1]
		last.Lines = append(last.Lines, text)
		return nil
	}
	return nil
}

// zone reads "ORIGIN at SERVER[,SERVER] [by KIND]"; one of our own has the origin alone.
func (p *parser) zone(e Event) error {
	words := strings.Fields(e.Arg)
	z := Zone{}
	switch {
	case e.Kind == "own" && len(words) == 1:
	case e.Kind == "zone" && (len(words) == 3 || len(words) == 5 && words[3] == "by") && words[1] == "at":
		z.Servers = strings.Split(words[2], ",")
		if len(words) == 5 {
			z.Kind = words[4]
		}
	default:
		return fmt.Errorf("write `-- zone ORIGIN at SERVER[,SERVER] [by KIND] --` or `-- own ORIGIN --`")
	}
	if len(p.out.Events) > 0 {
		return fmt.Errorf("zones stand before everything that happens; use `-- change ORIGIN --`")
	}
	z.Origin = words[0]
	p.out.Zones = append(p.out.Zones, z)
	at := len(p.out.Zones) - 1
	p.into = func(text string) error {
		p.out.Zones[at].Text += text + "\n"
		return nil
	}
	return nil
}

// forwarder reads "NAME [by KIND] [tls NAME]".
func (p *parser) forwarder(arg string) error {
	words := strings.Fields(arg)
	if len(words)%2 != 1 {
		return fmt.Errorf("write `-- forwarder NAME [by KIND] [tls NAME] --`")
	}
	f := Forwarder{Name: words[0], Kind: "truename"}
	for pair := range slices.Chunk(words[1:], 2) {
		switch pair[0] {
		case "by":
			f.Kind = pair[1]
		case "tls":
			f.TLSName = pair[1]
		default:
			return fmt.Errorf("unknown word %q", pair[0])
		}
	}
	p.out.Helped = append(p.out.Helped, f)
	return nil
}

// guard reads what may stand before the first marker: "only KIND: reason", "not KIND: reason".
func (p *parser) guard(text string) error {
	head, reason, ok := strings.Cut(text, ": ")
	word, kind, ok2 := strings.Cut(head, " ")
	if !ok || !ok2 {
		return fmt.Errorf("%q before the first marker: only comments (#), `only KIND: reason` and `not KIND: reason` stand there", text)
	}
	switch word {
	case "only":
		p.out.Only[kind] = reason
	case "not":
		p.out.Not[kind] = reason
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return nil
}

// Skips says why the scenario is not for that subject; "" where it is.
func (s *Scenario) Skips(kind string) string {
	if _, ok := s.Only[kind]; len(s.Only) > 0 && !ok {
		for only, reason := range s.Only {
			return "only " + only + ": " + reason
		}
	}
	if kind == "unbound" && !s.plain() {
		return "only truename: unbound has neither zones, nor these settings, nor a clock that can be moved"
	}
	return s.Not[kind]
}

// plain reports whether any resolver that knows root hints can be the subject.
func (s *Scenario) plain() bool {
	moves := slices.ContainsFunc(s.Events, func(e Event) bool { return e.Kind == "time" })
	own := slices.ContainsFunc(s.Zones, func(z Zone) bool { return len(z.Servers) == 0 })
	return !moves && !own && len(s.Args) == 0
}

// forKind is the event as it is for a subject: without the lines that begin with
// "[KIND] " of another, and nil where `only KIND: reason` or `not KIND: reason` says so.
func (e Event) forKind(kind string) *Event {
	var lines []string
	for _, text := range e.Lines {
		head, _, _ := strings.Cut(text, ": ")
		switch word, named, _ := strings.Cut(head, " "); {
		case word == "only" && e.Kind != "fault":
			if named != kind {
				return nil
			}
			continue
		case word == "not":
			if named == kind {
				return nil
			}
			continue
		}
		if inner, ok := strings.CutPrefix(text, "["); ok {
			named, rest, _ := strings.Cut(inner, "] ")
			if named != kind {
				continue
			}
			text = rest
		}
		lines = append(lines, text)
	}
	e.Lines = lines
	return &e
}

package internet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/scenario"
	"github.com/truename-dns/truename/conformance/subject"
)

// question is a step of a scenario of conformance/scenario, with what only matters here.
type question struct {
	scenario.Step
	took       [2]time.Duration // bounds; 0 for none
	before     string           // the title of a question that must be under way still
	eventually bool             // wrong answers do not count for a while
	step       time.Duration    // by which the clock moves between two tries
}

// eventual is for how long a question is repeated whose answer is right eventually, and
// tryAgain how often.
const (
	eventual = 20 * time.Second
	tryAgain = 100 * time.Millisecond
)

// parseQuestion takes its own lines out and leaves the rest to the step.
func parseQuestion(e Event) (*question, error) {
	q := new(question)
	lines := slices.Clone(e.Lines)
	for i, text := range lines {
		word, rest, _ := strings.Cut(text, " ")
		var err error
		switch word {
		case "took":
			err = q.parseTook(rest)
		case "before":
			q.before = rest
		case "eventually":
			err = q.parseEventually(rest)
		default:
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		lines[i] = "  "
	}
	lines = slices.DeleteFunc(lines, func(text string) bool { return text == "  " })
	q.Step = scenario.NewStep(e.Arg, e.Line+1, lines)
	return q, nil
}

// parseEventually reads "[DURATION]": how much time goes by between two tries.
func (q *question) parseEventually(rest string) (err error) {
	q.eventually = true
	if rest != "" {
		q.step, err = time.ParseDuration(rest)
	}
	return err
}

// parseTook reads "LEAST..MOST" in units of a duration behind, as in "3..4 x 50ms".
func (q *question) parseTook(rest string) error {
	bounds, unit, _ := strings.Cut(rest, " x ")
	one, err := time.ParseDuration(unit)
	least, most, ok := strings.Cut(bounds, "..")
	if err != nil || !ok {
		return fmt.Errorf("write `took LEAST..MOST x DURATION`")
	}
	for i, text := range []string{least, most} {
		factor, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		q.took[i] = time.Duration(factor * float64(one))
	}
	return nil
}

func (p *player) server() *subject.Server {
	return &subject.Server{Kind: subject.Truename, Addr: p.subject.Addr}
}

// ask puts a question and judges the answer.
func (p *player) ask(e Event) error {
	q, err := parseQuestion(e)
	if err != nil {
		return err
	}
	err = p.try(q)
	for begin := time.Now(); q.eventually && err != nil && time.Since(begin) < eventual; err = p.try(q) {
		time.Sleep(tryAgain)
		p.now += int64(q.step / time.Second)
		if err := p.setClock(); err != nil {
			return err
		}
	}
	return err
}

func (p *player) try(q *question) error {
	begin := time.Now()
	if err := q.Take(p.server()); err != nil {
		return err
	}
	return p.judgeTime(q, time.Since(begin))
}

func (p *player) judgeTime(q *question, took time.Duration) error {
	if took < q.took[0] || q.took[1] > 0 && took > q.took[1] {
		return fmt.Errorf("took %v, want %v to %v", took, q.took[0], q.took[1])
	}
	if q.before == "" {
		return nil
	}
	done := p.pending[q.before]
	if done == nil {
		return fmt.Errorf("no question %q is under way: begin it with `-- meanwhile %[1]s --`", q.before)
	}
	if len(done) > 0 {
		return fmt.Errorf("%q was answered first", q.before)
	}
	return nil
}

// meanwhile puts a question whose answer is not waited for.
func (p *player) meanwhile(e Event) error {
	done := make(chan error, 1)
	p.pending[e.Arg] = done
	go func() { done <- p.ask(e) }()
	return nil
}

// asked judges what has reached authorities: "SERVER [NAME [TYPE]] [udp|tcp|tls|edns|plain] == N".
func (p *player) asked(e Event) error {
	for _, text := range e.Lines {
		if err := p.askedLine(strings.Fields(text)); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

func (p *player) askedLine(words []string) error {
	if len(words) < 3 {
		return fmt.Errorf("write `SERVER [NAME [TYPE]] [udp|tcp|tls|edns|plain] ==|<=|>= N`")
	}
	host, err := p.net.Host(words[0])
	if err != nil {
		return err
	}
	want, err := strconv.Atoi(words[len(words)-1])
	if err != nil {
		return err
	}
	all := host.Asked()
	count := 0
	for _, a := range all {
		if a.fits(words[1 : len(words)-2]) {
			count++
		}
	}
	if !compare(count, words[len(words)-2], want) {
		return fmt.Errorf("asked %d times; all that it was asked: %v", count, all)
	}
	return nil
}

func compare(have int, operator string, want int) bool {
	switch operator {
	case "==":
		return have == want
	case "<=":
		return have <= want
	case ">=":
		return have >= want
	}
	return false
}

// fits reports whether a question has all these traits.
func (a Asked) fits(traits []string) bool {
	for _, trait := range traits {
		ok := false
		switch trait {
		case "udp", "tcp", "tls":
			ok = a.Transport == trait
		case "edns":
			ok = a.EDNS
		case "plain":
			ok = !a.EDNS
		default:
			ok = dns.CanonicalName(a.Name) == trait || dns.Type(a.Type).String() == trait
		}
		if !ok {
			return false
		}
	}
	return true
}

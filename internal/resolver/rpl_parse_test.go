package resolver

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// scenario is a test of another resolver: fake servers, and steps that say what
// a client asks and what it must get.
type scenario struct {
	config []option
	ranges []answers
	steps  []step
}

// option is a line of the configuration; section names its part by number and kind.
type option struct{ section, key, value string }

// answers are what a server at one of the addresses says in steps from to to.
type answers struct {
	from, to  int
	addresses []string
	entries   []entry
}

type step struct {
	number  int
	does    string
	args    []string
	entry   entry
	address string
}

type entry struct {
	match    []string
	adjust   []string
	flags    []string
	question *dns.Question
	sections [3][]dns.RR
	hex      []byte
}

// lines are the words of each line of a scenario, comments left out.
func lines(text string) (out [][]string) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, ";")
		if words := strings.Fields(line); len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

func readScenario(t *testing.T, path string) *scenario {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	config, rest, _ := strings.Cut(string(data), "CONFIG_END")
	s := &scenario{config: readConfig(config)}
	p := &reader{lines: lines(rest)}
	for p.more() {
		words := p.next()
		switch words[0] {
		case "RANGE_BEGIN":
			s.ranges = append(s.ranges, p.readRange(t, words))
		case "STEP":
			s.steps = append(s.steps, p.readStep(t, words))
		}
	}
	return s
}

// readConfig reads unbound's syntax, in which line ends mean nothing.
func readConfig(text string) (out []option) {
	section, count := "", 0
	var words []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line, _, _ = strings.Cut(line, ";")
		words = append(words, strings.Fields(line)...)
	}
	for i := 0; i < len(words); i++ {
		key, isKey := strings.CutSuffix(words[i], ":")
		switch {
		case !isKey:
		case key == "server" || key == "stub-zone" || key == "forward-zone":
			count++
			section = fmt.Sprint(key, count)
		case i+1 < len(words):
			i++
			out = append(out, option{section, key, strings.Trim(words[i], `"`)})
		}
	}
	return out
}

type reader struct {
	lines [][]string
	at    int
}

func (p *reader) more() bool { return p.at < len(p.lines) }

func (p *reader) next() []string {
	p.at++
	return p.lines[p.at-1]
}

func number(t *testing.T, word string) int {
	t.Helper()
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (p *reader) readRange(t *testing.T, words []string) answers {
	r := answers{from: number(t, words[1]), to: number(t, words[2])}
	for p.more() {
		switch words := p.next(); words[0] {
		case "ADDRESS":
			r.addresses = append(r.addresses, words[1])
		case "ENTRY_BEGIN":
			r.entries = append(r.entries, p.readEntry(t))
		case "RANGE_END":
			return r
		}
	}
	return r
}

func (p *reader) readStep(t *testing.T, words []string) step {
	s := step{number: number(t, words[1]), does: words[2], args: words[3:]}
	for p.more() {
		switch words := p.lines[p.at]; words[0] {
		case "ADDRESS":
			s.address = words[1]
		case "ENTRY_BEGIN":
			p.at++
			s.entry = p.readEntry(t)
			return s
		default:
			return s
		}
		p.at++
	}
	return s
}

func (p *reader) readEntry(t *testing.T) (e entry) {
	section := ""
	for p.more() {
		words := p.next()
		switch words[0] {
		case "ENTRY_END":
			return e
		case "MATCH":
			e.match = append(e.match, words[1:]...)
		case "ADJUST":
			e.adjust = append(e.adjust, words[1:]...)
		case "REPLY":
			e.flags = append(e.flags, words[1:]...)
		case "SECTION":
			section = words[1]
		case "HEX_ANSWER_BEGIN":
			e.hex = p.readHex(t)
		default:
			e.take(t, section, words)
		}
	}
	return e
}

func (p *reader) readHex(t *testing.T) (out []byte) {
	for p.more() {
		words := p.next()
		if words[0] == "HEX_ANSWER_END" {
			return out
		}
		b, err := hex.DecodeString(strings.Join(words, ""))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

var sectionNumbers = map[string]int{"ANSWER": 0, "AUTHORITY": 1, "ADDITIONAL": 2}

func (e *entry) take(t *testing.T, section string, words []string) {
	t.Helper()
	if section == "QUESTION" {
		e.question = &dns.Question{Name: dns.Fqdn(words[0]), Qtype: dns.StringToType[words[len(words)-1]], Qclass: dns.ClassINET}
		return
	}
	n, ok := sectionNumbers[section]
	if !ok {
		t.Fatalf("a record in section %q: %q", section, words)
	}
	e.sections[n] = append(e.sections[n], readRecord(t, words))
}

// readRecord reads a record; one whose data is given in octets is taken as it
// is, also where it is not of its type's form.
func readRecord(t *testing.T, words []string) dns.RR {
	t.Helper()
	for i, w := range words {
		if w != `\#` {
			continue
		}
		ttl := uint32(3600)
		for _, w := range words[1:i] {
			if n, err := strconv.ParseUint(w, 10, 32); err == nil {
				ttl = uint32(n)
			}
		}
		return &dns.RFC3597{
			Hdr:   dns.RR_Header{Name: dns.Fqdn(words[0]), Rrtype: dns.StringToType[words[i-1]], Class: dns.ClassINET, Ttl: ttl},
			Rdata: strings.ToLower(strings.Join(words[i+2:], "")),
		}
	}
	record, err := dns.NewRR(strings.Join(words, " "))
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// has reports whether the entry's flags or matches have one of that name.
func has(list []string, name string) bool {
	for _, w := range list {
		if strings.EqualFold(w, name) {
			return true
		}
	}
	return false
}

// rcode is that of the entry's flags.
func (e *entry) rcode() int {
	for _, w := range e.flags {
		if n, ok := dns.StringToRcode[w]; ok {
			return n
		}
	}
	return dns.RcodeSuccess
}

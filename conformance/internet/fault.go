package internet

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Fault is what is wrong with an authority, with some or all questions. Faults add up.
type Fault struct {
	name  string // of the questions concerned; "" for all
	rtype uint16 // dns.TypeNone for all
	over  string // the transport concerned; "" for all
	left  int    // how many questions more; below 0 without end

	delay, jitter time.Duration
	loss          int      // percent of messages over UDP
	silent        []string // transports without an answer
	noEDNS        string   // what comes to a query with EDNS
	spoof         netip.Addr
	uncased       bool                      // the forgery differs in the case of the name alone
	drip          time.Duration             // between octets over TCP
	edits         []func(query, m *dns.Msg) // of the answer
	garbles       []func(query *dns.Msg, octets []byte) []byte
}

// ParseFault reads a fault, one trait a line: README.md lists them.
func ParseFault(lines []string) (*Fault, error) {
	f := &Fault{left: -1}
	for _, line := range lines {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" {
			continue
		}
		parse, ok := traits[word]
		if !ok {
			return nil, fmt.Errorf("unknown fault %q", word)
		}
		if err := parse(f, strings.TrimSpace(rest)); err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
	}
	return f, nil
}

var traits = map[string]func(f *Fault, rest string) error{
	"only":     (*Fault).parseOnly,
	"over":     func(f *Fault, rest string) error { f.over = rest; return nil },
	"next":     func(f *Fault, rest string) (err error) { f.left, err = strconv.Atoi(rest); return err },
	"delay":    (*Fault).parseDelay,
	"loss":     func(f *Fault, rest string) (err error) { f.loss, err = strconv.Atoi(rest); return err },
	"silent":   (*Fault).parseSilent,
	"noedns":   (*Fault).parseNoEDNS,
	"spoof":    (*Fault).parseSpoof,
	"uncased":  (*Fault).parseUncased,
	"drip":     func(f *Fault, rest string) (err error) { f.drip, err = time.ParseDuration(rest); return err },
	"rcode":    (*Fault).parseRcode,
	"upward":   edit(upward),
	"truncate": edit(truncate),
	"id":       edit(func(_, m *dns.Msg) { m.Id ^= 0x5555 }),
	"question": edit(otherQuestion),
	"lower":    edit(lowerCase),
	"ttl":      (*Fault).parseTTL,
	"answer": func(f *Fault, rest string) error {
		return f.parseRecord(rest, func(m *dns.Msg) *[]dns.RR { return &m.Answer })
	},
	"authority": func(f *Fault, rest string) error {
		return f.parseRecord(rest, func(m *dns.Msg) *[]dns.RR { return &m.Ns })
	},
	"additional": func(f *Fault, rest string) error {
		return f.parseRecord(rest, func(m *dns.Msg) *[]dns.RR { return &m.Extra })
	},
	"noquestion": garbled(noQuestion),
	"opcode":     garbled(otherOpcode),
	"echo":       garbled(echo),
	"counts":     garbled(oneMore),
	"class":      garbled(chaosClass),
	"rdlength":   garbled(shortData),
	"circle":     garbled(nameInACircle),
	"cookie":     garbled(wrongCookie),
	"bare":       edit(func(_, m *dns.Msg) { m.Answer, m.Ns, m.Extra = nil, nil, withoutData(m.Extra) }),
}

func (f *Fault) parseOnly(rest string) error {
	words := strings.Fields(rest)
	if len(words) == 0 || len(words) > 2 {
		return fmt.Errorf("write `only NAME [TYPE]`")
	}
	f.name = dns.CanonicalName(words[0])
	if len(words) == 2 {
		f.rtype = dns.StringToType[words[1]]
	}
	return nil
}

func (f *Fault) parseDelay(rest string) error {
	words := strings.Fields(rest)
	for i, to := range []*time.Duration{&f.delay, &f.jitter} {
		if i >= len(words) {
			break
		}
		d, err := time.ParseDuration(words[i])
		if err != nil {
			return err
		}
		*to = d
	}
	return nil
}

func (f *Fault) parseSilent(rest string) error {
	if f.silent = strings.Fields(rest); len(f.silent) == 0 {
		f.silent = []string{"udp", "tcp", "tls"}
	}
	return nil
}

func (f *Fault) parseNoEDNS(rest string) error {
	if _, rcode := dns.StringToRcode[rest]; !rcode && rest != "silent" && rest != "ignore" {
		return fmt.Errorf("write `noedns RCODE|silent|ignore`")
	}
	f.noEDNS = rest
	return nil
}

func (f *Fault) parseUncased(rest string) error {
	f.uncased = true
	return f.parseSpoof(rest)
}

func (f *Fault) parseSpoof(rest string) (err error) {
	f.spoof, err = netip.ParseAddr(rest)
	return err
}

// parseRcode makes an answer of the response code alone: REFUSED is a lame server.
func (f *Fault) parseRcode(rest string) error {
	rcode, ok := dns.StringToRcode[rest]
	if !ok {
		return fmt.Errorf("unknown response code")
	}
	f.edits = append(f.edits, func(_, m *dns.Msg) {
		m.Rcode, m.Authoritative = rcode, false
		m.Answer, m.Ns, m.Extra = nil, nil, withoutData(m.Extra)
	})
	return nil
}

func (f *Fault) parseTTL(rest string) error {
	ttl, err := strconv.ParseUint(rest, 10, 32)
	f.edits = append(f.edits, func(_, m *dns.Msg) {
		for _, section := range [][]dns.RR{m.Answer, m.Ns, m.Extra} {
			for _, record := range section {
				if record.Header().Rrtype != dns.TypeOPT {
					record.Header().Ttl = uint32(ttl)
				}
			}
		}
	})
	return err
}

func (f *Fault) parseRecord(rest string, section func(*dns.Msg) *[]dns.RR) error {
	record, err := dns.NewRR(rest)
	if err != nil {
		return err
	}
	f.edits = append(f.edits, func(_, m *dns.Msg) {
		to := section(m)
		*to = append(*to, dns.Copy(record))
	})
	return nil
}

func edit(change func(query, m *dns.Msg)) func(*Fault, string) error {
	return func(f *Fault, _ string) error {
		f.edits = append(f.edits, change)
		return nil
	}
}

// upward refers to the root, as servers do that have lost the zone.
func upward(_, m *dns.Msg) {
	m.Rcode, m.Authoritative, m.Answer, m.Extra = dns.RcodeSuccess, false, nil, withoutData(m.Extra)
	root, _ := dns.NewRR(". 3600 NS ns.root.")
	m.Ns = []dns.RR{root}
}

func truncate(_, m *dns.Msg) {
	m.Truncated, m.Answer, m.Ns, m.Extra = true, nil, nil, withoutData(m.Extra)
}

func otherQuestion(_, m *dns.Msg) {
	if len(m.Question) > 0 {
		m.Question[0].Name = "other." + m.Question[0].Name
	}
}

// lowerCase forgets how the question was written.
func lowerCase(_, m *dns.Msg) {
	for i := range m.Question {
		m.Question[i].Name = strings.ToLower(m.Question[i].Name)
	}
	for _, record := range m.Answer {
		record.Header().Name = strings.ToLower(record.Header().Name)
	}
}

// withoutData leaves the OPT record alone.
func withoutData(records []dns.RR) []dns.RR {
	return slices.DeleteFunc(slices.Clone(records), func(r dns.RR) bool { return r.Header().Rrtype != dns.TypeOPT })
}

// concerns reports whether the fault is about a question over a transport.
func (f *Fault) concerns(q dns.Question, transport string) bool {
	return f.left != 0 && (f.over == "" || f.over == transport) &&
		(f.name == "" || f.name == dns.CanonicalName(q.Name)) && (f.rtype == dns.TypeNone || f.rtype == q.Qtype)
}

// swallows reports whether a message gets no answer at all.
func (f *Fault) swallows(transport string, query *dns.Msg) bool {
	return slices.Contains(f.silent, transport) || transport == "udp" && rand.IntN(100) < f.loss ||
		f.noEDNS == "silent" && query.IsEdns0() != nil
}

// wait is how long the answer is held back.
func (f *Fault) wait() time.Duration {
	if f.jitter == 0 {
		return f.delay
	}
	return f.delay + rand.N(f.jitter)
}

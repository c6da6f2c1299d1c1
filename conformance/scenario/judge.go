package scenario

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
)

// judge returns everything that is wrong with a reply.
func (e *expectation) judge(query, wire []byte, m *dns.Msg, s *state) []string {
	wrong := e.judgeHeader(m)
	if problem := e.judgeQuestion(query, wire); problem != "" {
		wrong = append(wrong, problem)
	}
	for name, records := range map[string][]dns.RR{"answer": m.Answer, "authority": m.Ns, "additional": m.Extra} {
		if want := e.sections[name]; want != nil {
			for _, problem := range want.judge(records) {
				wrong = append(wrong, name+": "+problem)
			}
		}
	}
	for _, check := range e.checks {
		if problem := check(m, wire, s); problem != "" {
			wrong = append(wrong, problem)
		}
	}
	return wrong
}

func (e *expectation) judgeHeader(m *dns.Msg) []string {
	var wrong []string
	if !m.Response {
		wrong = append(wrong, "QR is clear")
	}
	if m.Rcode != rcodes[e.rcode] {
		wrong = append(wrong, fmt.Sprintf("rcode %s (%d), want %s", dns.RcodeToString[m.Rcode], m.Rcode, e.rcode))
	}
	got, want := flagsOf(m), slices.Clone(e.flags)
	got = slices.DeleteFunc(got, func(flag string) bool { return slices.Contains(e.optional, flag) })
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		wrong = append(wrong, fmt.Sprintf("flags %v, want %v", got, want))
	}
	return wrong
}

// judgeQuestion wants the question of the query back octet by octet, its case too.
func (e *expectation) judgeQuestion(query, wire []byte) string {
	asked, replied := questionOctets(query), questionOctets(wire)
	if e.question == "none" || e.question == "optional" && len(replied) == 0 {
		asked = nil
	}
	if !bytes.Equal(asked, replied) {
		return fmt.Sprintf("question %q, want %q", replied, asked)
	}
	return ""
}

// questionOctets returns the question section as it stands; nil where it is not there or broken.
func questionOctets(wire []byte) []byte {
	if len(wire) < 12 {
		return nil
	}
	end := 12
	for range int(wire[4])<<8 | int(wire[5]) {
		_, next, err := dns.UnpackDomainName(wire, end)
		if err != nil || next+4 > len(wire) {
			return nil
		}
		end = next + 4
	}
	return wire[12:end]
}

func (s *section) judge(records []dns.RR) []string {
	var wrong []string
	used := make([]bool, len(records))
	for _, want := range s.wanted {
		found := false
		for i, record := range records {
			if !want.fits(record) {
				continue
			}
			used[i], found = true, true
			if ttl := record.Header().Ttl; want.hasTTL && (ttl < want.least || ttl > want.most) {
				wrong = append(wrong, fmt.Sprintf("TTL %d, want %d to %d: %v", ttl, want.least, want.most, record))
			}
		}
		if !found {
			wrong = append(wrong, "missing "+want.String())
		}
	}
	for i, record := range records {
		unwanted := slices.ContainsFunc(s.absent, func(p pattern) bool { return p.matches(record) })
		surplus := !used[i] && !s.open && record.Header().Rrtype != dns.TypeOPT
		if unwanted || surplus {
			wrong = append(wrong, fmt.Sprintf("unexpected %v", record))
		}
	}
	return append(wrong, repeated(records)...)
}

func (w wantedRecord) fits(record dns.RR) bool {
	if w.line == "" {
		return w.matches(record)
	}
	return reply.Line(record) == w.line
}

func (w wantedRecord) String() string {
	if w.line == "" {
		return w.owner + " " + dns.TypeToString[w.rtype]
	}
	return w.line
}

// repeated finds records that stand twice in a section: an RRset is a set (RFC 2181, Section 5).
func repeated(records []dns.RR) []string {
	var wrong []string
	seen := map[string]bool{}
	for _, record := range records {
		line := reply.Line(record)
		if seen[line] {
			wrong = append(wrong, "twice: "+line)
		}
		seen[line] = true
	}
	return wrong
}

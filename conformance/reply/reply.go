// Package reply turns replies of nameservers into a form in which they can be compared:
// sections as sets of lines, lower-cased, since names are equal whatever their case
// (RFC 4343) and an RRset has no order (RFC 2181, Section 5).
package reply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Section is a set of records, one line each: owner, class, type and rdata in lower
// case with TTL 0, sorted, without duplicates and without OPT.
type Section []string

// Of makes a Section of records.
func Of(records []dns.RR) Section {
	lines := make(Section, 0, len(records))
	for _, record := range records {
		if record.Header().Rrtype != dns.TypeOPT {
			lines = append(lines, Line(record))
		}
	}
	return lines.normal()
}

// Lines makes a Section of lines that are in the form of Line already, save for order and white space.
func Lines(lines []string) Section {
	section := make(Section, 0, len(lines))
	for _, line := range lines {
		section = append(section, strings.Join(strings.Fields(strings.ToLower(line)), " "))
	}
	return section.normal()
}

// Line prints a record as "owner 0 class type rdata" in lower case.
func Line(record dns.RR) string {
	bare := dns.Copy(record)
	bare.Header().Ttl = 0
	return strings.Join(strings.Fields(strings.ToLower(bare.String())), " ")
}

func (s Section) normal() Section {
	slices.Sort(s)
	return slices.Compact(s)
}

// Equal reports whether both sets hold the same records.
func (s Section) Equal(other Section) bool { return slices.Equal(s, other) }

// Minus returns the records of s that other lacks.
func (s Section) Minus(other Section) Section {
	var missing Section
	for _, line := range s {
		if _, found := slices.BinarySearch(other, line); !found {
			missing = append(missing, line)
		}
	}
	return missing
}

// Within reports whether every record of s is in other too.
func (s Section) Within(other Section) bool { return len(s.Minus(other)) == 0 }

// Reply is what is compared of a reply.
type Reply struct {
	Rcode                         string
	AA, TC                        bool
	Answer, Authority, Additional Section
}

// From takes the compared parts out of a message.
func From(m *dns.Msg) Reply {
	return Reply{
		Rcode: dns.RcodeToString[m.Rcode], AA: m.Authoritative, TC: m.Truncated,
		Answer: Of(m.Answer), Authority: Of(m.Ns), Additional: Of(m.Extra),
	}
}

// SameCore reports whether rcode, AA and the answer are equal, and the authority section
// where the answer is empty: there it is the content of the reply (RFC 1034, Section
// 4.3.4; RFC 2308, Section 2), elsewhere it is a courtesy.
func (r Reply) SameCore(other Reply) bool {
	return r.Rcode == other.Rcode && r.AA == other.AA && r.Answer.Equal(other.Answer) &&
		(len(r.Answer) > 0 || r.Authority.Equal(other.Authority))
}

// String prints the reply over several lines, for messages of tests.
func (r Reply) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s aa=%v tc=%v", r.Rcode, r.AA, r.TC)
	for _, part := range []struct {
		name    string
		section Section
	}{{"answer", r.Answer}, {"authority", r.Authority}, {"additional", r.Additional}} {
		for _, line := range part.section {
			fmt.Fprintf(&b, "\n      %-10s %s", part.name, line)
		}
	}
	return b.String()
}

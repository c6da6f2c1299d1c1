package conformance

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
)

type ferretCase struct {
	ID        string          `json:"id"`
	Zone      string          `json:"zone"`
	Zonefile  string          `json:"zonefile"`
	Qname     string          `json:"qname"`
	Qtype     string          `json:"qtype"`
	Responses []recordedReply `json:"responses"`
}

// ferretScore counts cases by what of the reply agrees with at least one group.
type ferretScore struct {
	cases, rcode, aa, answer, authority, additional, core, diverged int
}

func (s ferretScore) String() string {
	return fmt.Sprintf("%d of %d cases (and %d known divergences); rcode %d, AA %d, answer %d, authority %d, additional %d",
		s.core, s.cases, s.diverged, s.rcode, s.aa, s.answer, s.authority, s.additional)
}

// count adds one reply. Each section is scored on its own, so that the line shows where
// the subject is apart; only the core decides about the case.
func (s *ferretScore) count(got reply.Reply, groups []reply.Reply) bool {
	agree := func(same func(reply.Reply) bool) int {
		for _, group := range groups {
			if same(group) {
				return 1
			}
		}
		return 0
	}
	s.cases++
	s.rcode += agree(func(g reply.Reply) bool { return g.Rcode == got.Rcode })
	s.aa += agree(func(g reply.Reply) bool { return g.AA == got.AA })
	s.answer += agree(func(g reply.Reply) bool { return g.Answer.Equal(got.Answer) })
	s.authority += agree(func(g reply.Reply) bool { return g.Authority.Equal(got.Authority) })
	s.additional += agree(func(g reply.Reply) bool { return g.Additional.Equal(got.Additional) })
	core := agree(got.SameCore)
	s.core += core
	return core == 1
}

// TestFerretCases loads the zones of every case into one server. A case passes when
// rcode, AA, answer, and authority where the answer is empty, are those of at least one
// of the recorded groups.
func TestFerretCases(t *testing.T) {
	cases := readCases[ferretCase](t, caseFile(t, "ferret", "cases.jsonl"))
	server := subject.Start(t, underTest(t), ferretZones(cases))
	var score ferretScore
	for _, c := range cases {
		got := ask(t, server, "udp", c.Qname, c.Qtype)
		groups := c.groups()
		if score.count(got, groups) {
			continue
		}
		if d := knownDivergence("ferret", c.ID, got, groups); d != "" {
			score.diverged++
			t.Logf("case %s, %s %s: known divergence %q", c.ID, c.Qname, c.Qtype, d)
			continue
		}
		t.Errorf("case %s, query %s %s\nzone:\n%s\n  got  %v\n  want %v", c.ID, c.Qname, c.Qtype, c.Zonefile, got, groups)
	}
	t.Logf("%s: %v", server.Kind, score)
}

func (c ferretCase) groups() []reply.Reply {
	groups := make([]reply.Reply, len(c.Responses))
	for i, response := range c.Responses {
		groups[i] = response.reply()
	}
	return groups
}

func ferretZones(cases []ferretCase) []subject.Zone {
	var zones []subject.Zone
	seen := map[string]bool{}
	for _, c := range cases {
		if !seen[c.Zone] {
			seen[c.Zone] = true
			zones = append(zones, subject.Zone{Origin: c.Zone, Text: c.Zonefile})
		}
	}
	return zones
}

// ask sends one plain query and fails the test where nothing comes back.
func ask(t testing.TB, server *subject.Server, network, name, qtype string) reply.Reply {
	t.Helper()
	number, ok := dns.StringToType[qtype]
	if !ok {
		t.Fatalf("query type %s is unknown", qtype)
	}
	message, err := server.Ask(network, plainQuery(name, number))
	if err != nil {
		t.Fatalf("%s: query %s %s over %s: %v", server.Kind, name, qtype, network, err)
	}
	return reply.From(message)
}

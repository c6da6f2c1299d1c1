package conformance

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
	"github.com/truename-dns/truename/conformance/universe"
)

var (
	differentialSeed = flag.Uint64("differential.seed", 1, "seed of the generated zones")
	differentialTime = flag.Duration("differential.time", 15*time.Second, "how long to compare")
)

// universesAtOnce are loaded into one set of servers, with so many queries each.
const (
	universesAtOnce    = 60
	queriesPerUniverse = 60
)

// TestDifferential puts generated zones into the subject and the three peers and compares
// what they answer. It fails where the peers are of one mind and the subject is not.
func TestDifferential(t *testing.T) {
	if testing.Short() {
		t.Skip("compares for several seconds")
	}
	end := time.Now().Add(*differentialTime)
	tally := map[string]int{}
	for round := 0; round == 0 || time.Now().Before(end); round++ {
		t.Run(fmt.Sprintf("round%d", round), func(t *testing.T) { compareRound(t, round, end, tally) })
		if t.Failed() {
			break
		}
	}
	for _, cause := range slices.Sorted(maps.Keys(tally)) {
		t.Logf("%6d %s", tally[cause], cause)
	}
}

func compareRound(t *testing.T, round int, end time.Time, tally map[string]int) {
	var universes []universe.Universe
	var zones []subject.Zone
	for i := range universesAtOnce {
		u := universe.Generate(*differentialSeed, round*universesAtOnce+i, queriesPerUniverse)
		universes = append(universes, u)
		zones = append(zones, u.Zones...)
	}
	us := oracle{subject.Start(t, underTest(t), zones), zones}
	var peers []oracle
	for _, kind := range []subject.Kind{subject.NSD, subject.Knot, subject.BIND} {
		peers = append(peers, oracle{subject.Start(t, kind, zones), zones})
	}
	for i, u := range universes {
		if i > 0 && time.Now().After(end) {
			return
		}
		for _, q := range u.Queries {
			compareQuery(t, u, q, us, peers, tally)
		}
	}
}

// compareQuery asks everybody. The tally counts how it ended.
func compareQuery(t *testing.T, u universe.Universe, q universe.Query, us oracle, peers []oracle, tally map[string]int) {
	t.Helper()
	got := us.settle(t, q)
	var apart []string
	answers := make([]reply.Reply, len(peers))
	for i, peer := range peers {
		answers[i] = peer.settle(t, q)
		if !same(got, answers[i]) {
			apart = append(apart, string(peer.server.Kind))
		}
	}
	cause := excuse(q, got, answers)
	switch {
	case len(apart) == 0:
		tally["equal to all peers"]++
		if wrong := missingGlue(got, answers); wrong != "" {
			t.Errorf("seed %d, query %s %s: %s\n  %v\nzones:\n%s", *differentialSeed, q.Name, q.Type, wrong, got, texts(u))
		}
	case cause != "":
		tally["known: "+cause]++
	case len(apart) < len(peers):
		tally["apart from "+strings.Join(apart, ", ")]++
		t.Logf("apart from %v: %s %s\n  got  %v\n  peers %v", apart, q.Name, q.Type, got, answers)
	case same(answers[0], answers[1]) && same(answers[1], answers[2]):
		t.Errorf("seed %d, query %s %s: all peers disagree\n  got  %v\n  want %v\nzones:\n%s",
			*differentialSeed, q.Name, q.Type, got, answers[0], texts(u))
	default:
		tally["everybody differs"]++
		t.Logf("everybody differs: %s %s\n  got  %v\n  peers %v", q.Name, q.Type, got, answers)
	}
}

func texts(u universe.Universe) string {
	var b strings.Builder
	for _, zone := range u.Zones {
		b.WriteString(zone.Text)
	}
	return b.String()
}

func same(a, b reply.Reply) bool { return a.SameCore(b) && a.TC == b.TC }

// excuse names the documented reason why servers may differ here, or "".
func excuse(q universe.Query, got reply.Reply, answers []reply.Reply) string {
	longest := cnames(got.Answer)
	loops := repeats(got.Answer)
	for _, answer := range answers {
		longest = max(longest, cnames(answer.Answer))
		loops = loops || repeats(answer.Answer)
	}
	switch {
	case loops:
		return "alias-loop"
	case longest >= 5:
		return "chain-limit"
	case q.Type == "DS" && len(got.Answer) == 0 && len(got.Authority) == 1 && strings.HasPrefix(got.Authority[0], strings.ToLower(q.Name)+" "):
		return "ds-without-delegation"
	}
	return ""
}

func cnames(answer reply.Section) int {
	n := 0
	for _, line := range answer {
		if strings.Contains(line, " in cname ") {
			n++
		}
	}
	return n
}

// missingGlue reports glue of a referral that all peers add and the subject does not (RFC 9471, Section 3.1).
func missingGlue(got reply.Reply, answers []reply.Reply) string {
	if got.AA || len(got.Answer) > 0 || len(got.Authority) == 0 {
		return ""
	}
	common := answers[0].Additional
	for _, answer := range answers[1:] {
		common = common.Minus(common.Minus(answer.Additional))
	}
	if missing := common.Minus(got.Additional); len(missing) > 0 {
		return fmt.Sprintf("glue is missing: %v", missing)
	}
	return ""
}

// oracle asks one server and, where that stops at the border of a zone, goes on by itself,
// as docs/divergences.md says under chain-across-zones.
type oracle struct {
	server *subject.Server
	zones  []subject.Zone
}

// settle returns the reply with its chain followed through every zone.
func (o oracle) settle(t *testing.T, q universe.Query) reply.Reply {
	t.Helper()
	got := o.ask(t, q)
	if o.server.Kind == subject.Truename || q.Type == "CNAME" {
		return got
	}
	name := strings.ToLower(q.Name)
	for range 16 {
		owner, target := lastLink(got.Answer, name)
		zone := o.zoneOf(target, q.Type)
		if target == "" || zone == "" || zone == o.zoneOf(owner, "") {
			return got
		}
		next := o.ask(t, universe.Query{Name: target, Type: q.Type})
		answer := slices.Concat(got.Answer, next.Answer)
		got.Rcode, got.Authority, got.Additional = next.Rcode, next.Authority, next.Additional
		got.Answer = reply.Lines(answer)
		if name == target {
			return got
		}
		name = target
		if repeats(got.Answer) {
			return got
		}
	}
	return got
}

func (o oracle) ask(t *testing.T, q universe.Query) reply.Reply {
	t.Helper()
	number, ok := dns.StringToType[q.Type]
	if !ok {
		number = 1000
	}
	query := plainQuery(q.Name, number)
	query.SetEdns0(1232, false)
	message, err := o.server.Ask("udp", query)
	if err != nil {
		t.Fatalf("%s: query %s %s: %v", o.server.Kind, q.Name, q.Type, err)
	}
	return reply.From(message)
}

// lastLink follows the CNAMEs of an answer from name to the last one.
func lastLink(answer reply.Section, name string) (owner, target string) {
	targets := map[string]string{}
	for _, line := range answer {
		if f := strings.Fields(line); f[3] == "cname" {
			targets[f[0]] = f[4]
		}
	}
	for range len(targets) {
		next, ok := targets[name]
		if !ok {
			break
		}
		owner, target, name = name, next, next
	}
	return owner, target
}

// zoneOf is the origin of the nearest zone that holds name; DS belongs to the parent (RFC 4035, Section 3.1.4.1).
func (o oracle) zoneOf(name, qtype string) string {
	nearest := ""
	for _, zone := range o.zones {
		if qtype == "DS" && zone.Origin == name {
			continue
		}
		if dns.IsSubDomain(zone.Origin, name) && len(zone.Origin) > len(nearest) {
			nearest = zone.Origin
		}
	}
	return nearest
}

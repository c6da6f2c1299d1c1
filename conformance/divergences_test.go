package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
)

// divergence is a difference on purpose between Truename and a recorded reply, described
// in docs/divergences.md under its name.
type divergence struct {
	name   string
	rfc    string
	reason string
	set    string   // the set of cases it occurs in: ferret, dnstest or scenario
	cases  []string // the cases of that set that are known to show it
	// accept tells by the shape of the replies, so that cases not listed are known too.
	accept func(got reply.Reply, recorded []reply.Reply) bool
	// byShape lets cases that are not listed pass as well.
	byShape bool
}

var divergences = []divergence{
	{
		name: "alias-loop", set: "ferret", byShape: true,
		rfc:    "RFC 1034, Section 3.6.2",
		reason: "a CNAME or DNAME loop is an error of the zone: SERVFAIL with the chain walked so far and an EDE",
		accept: isLoop,
	},
	{
		name: "growing-chain", set: "ferret", byShape: true,
		cases:  []string{"4179", "4787", "51", "563"},
		rfc:    "RFC 6672, Section 3.2",
		reason: "a DNAME into its own subtree is an alias loop that never repeats a name: each server ends it elsewhere, with its own rcode, and TC may cut it",
		accept: isGrowingChain,
	},
	{
		name: "rcode-of-the-end", set: "dnstest", cases: []string{"cname_to_nxdomain"},
		rfc:    "RFC 6604, Section 3",
		reason: "the rcode of a chain is that of its last name, here NXDOMAIN",
		accept: hasRcode("NXDOMAIN"),
	},
	{
		name: "rrsig-nodata", set: "dnstest", cases: []string{"direct_rrsig"},
		rfc:    "RFC 4035, Section 3.1.1",
		reason: "an unsigned zone has no RRSIG: NODATA like any other type, not REFUSED",
		accept: isNodata,
	},
	{
		name: "chain-across-zones", set: "dnstest", cases: []string{"cross_domain_cname_to_wildcard"},
		rfc:    "RFC 1034, Section 4.3.2, step 3a",
		reason: "a chain is followed through every zone that the server holds",
		accept: answerGoesOn,
	},
	{
		name: "chain-limit", set: "scenario", cases: []string{"rfc1034/section_4_3_2_chains.txt"},
		rfc:    "RFC 1034, Section 5.2.2",
		reason: "a chain is followed for 16 links; what was found is returned with NOERROR",
	},
	{
		name: "ds-without-delegation", set: "scenario", cases: []string{"rfc1034/section_4_2_delegations.txt"},
		rfc:    "RFC 4035, Section 3.1.4.1",
		reason: "where the parent that we hold has no cut for the child that we hold, DS is answered by the child",
	},
	{
		name: "no-ns-beside-answers", set: "ferret",
		rfc:    "RFC 1034, Section 4.3.2",
		reason: "the NS records of the zone are not added to positive answers; the authority section is scored, not judged there",
	},
	{
		name: "aa-of-the-first-owner", set: "dnstest", cases: []string{"cname_to_referral"},
		rfc:    "RFC 6604, Section 2",
		reason: "AA speaks of the first owner in the answer, which is ours, also where the chain ends at a delegation",
		accept: isReferralAfterChain,
	},
	{
		name: "nxname-not-authoritative", set: "dnstest", cases: []string{"nxname_query"},
		rfc:    "RFC 9824, Section 3.5",
		reason: "FORMERR is said of the query, not of a name: no AA",
		accept: func(got reply.Reply, _ []reply.Reply) bool { return got.Rcode == "FORMERR" && len(got.Answer) == 0 },
	},
}

func hasRcode(rcode string) func(reply.Reply, []reply.Reply) bool {
	return func(got reply.Reply, recorded []reply.Reply) bool {
		return got.Rcode == rcode && got.AA && got.Answer.Equal(recorded[0].Answer)
	}
}

func isNodata(got reply.Reply, _ []reply.Reply) bool {
	return got.Rcode == "NOERROR" && got.AA && len(got.Answer) == 0 &&
		len(got.Authority) == 1 && strings.Contains(got.Authority[0], " in soa ")
}

func answerGoesOn(got reply.Reply, recorded []reply.Reply) bool {
	return got.AA && recorded[0].Answer.Within(got.Answer) && len(got.Answer) > len(recorded[0].Answer)
}

func isReferralAfterChain(got reply.Reply, recorded []reply.Reply) bool {
	return got.Rcode == "NOERROR" && got.AA && got.Answer.Equal(recorded[0].Answer) && recorded[0].Authority.Within(got.Authority)
}

// isLoop accepts SERVFAIL where a recorded answer ends at a name that it has passed before.
func isLoop(got reply.Reply, recorded []reply.Reply) bool {
	for _, r := range recorded {
		if got.Rcode == "SERVFAIL" && repeats(r.Answer) && (got.TC || got.Answer.Equal(r.Answer)) {
			return true
		}
	}
	return false
}

// repeats reports whether following the CNAMEs of an answer comes back to an owner.
func repeats(answer reply.Section) bool {
	target := map[string]string{}
	for _, line := range answer {
		if f := strings.Fields(line); f[3] == "cname" {
			target[f[0]] = f[4]
		}
	}
	for owner := range target {
		next, steps := target[owner], 0
		for ; next != owner && next != "" && steps <= len(target); steps++ {
			next = target[next]
		}
		if next == owner {
			return true
		}
	}
	return false
}

// isGrowingChain accepts a longer or shorter part of the chain that the peers began.
func isGrowingChain(got reply.Reply, recorded []reply.Reply) bool {
	ends := []string{"NOERROR", "YXDOMAIN", "SERVFAIL"}
	if !slices.Contains(ends, got.Rcode) || !got.AA || len(recorded) < 2 {
		return false
	}
	first, second := recorded[0].Answer, recorded[1].Answer
	if !growing(first) {
		return false
	}
	return got.TC || got.Rcode == "SERVFAIL" || second.Within(got.Answer)
}

// growing reports whether every CNAME of an answer points to a longer name.
func growing(answer reply.Section) bool {
	cnames := 0
	for _, line := range answer {
		if f := strings.Fields(line); f[3] == "cname" {
			cnames++
			if len(f[4]) <= len(f[0]) {
				return false
			}
		}
	}
	return cnames > 1
}

// knownDivergence names the divergence that explains a reply, or "".
func knownDivergence(set, id string, got reply.Reply, recorded []reply.Reply) string {
	for _, d := range divergences {
		known := d.byShape || slices.Contains(d.cases, id)
		if d.set == set && known && d.accept(got, recorded) {
			return d.name
		}
	}
	return ""
}

// TestDivergencesAreOnThePage keeps docs/divergences.md and the table above in step.
func TestDivergencesAreOnThePage(t *testing.T) {
	root, err := subject.Root()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "divergences.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range divergences {
		section := sectionOf(string(page), d.name)
		if section == "" {
			t.Errorf("docs/divergences.md has no section %q", "## "+d.name)
			continue
		}
		for _, want := range append([]string{d.rfc}, d.cases...) {
			if !strings.Contains(section, want) {
				t.Errorf("docs/divergences.md, section %s, does not name %q", d.name, want)
			}
		}
	}
}

// sectionOf returns the text under the heading "## name", up to the next one.
func sectionOf(page, name string) string {
	_, rest, found := strings.Cut(page, "\n## "+name+"\n")
	if !found {
		return ""
	}
	section, _, _ := strings.Cut(rest, "\n## ")
	return section
}

func TestLoopsAreToldFromChains(t *testing.T) {
	chain := reply.Lines([]string{"a. 0 in cname b.", "b. 0 in cname c."})
	loop := reply.Lines([]string{"x. 0 in cname a.", "a. 0 in cname b.", "b. 0 in cname a."})
	grow := reply.Lines([]string{"a. 0 in cname a.a.", "a.a. 0 in cname a.a.a."})
	if repeats(chain) || !repeats(loop) || repeats(grow) {
		t.Error("repeats: want only the loop")
	}
	if growing(chain) || !growing(grow) {
		t.Error("growing: want only the growing chain")
	}
}

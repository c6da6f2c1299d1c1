package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/conformance/reply"
	"github.com/truename-dns/truename/conformance/subject"
)

type dnstestCase struct {
	ID       string        `json:"id"`
	Qname    string        `json:"qname"`
	Qtype    string        `json:"qtype"`
	Options  []string      `json:"options"`
	Response recordedReply `json:"response"`
}

// network is TCP where the case asks for it by the option "transport".
func (c dnstestCase) network() string {
	if slices.Contains(c.Options, "transport") {
		return "tcp"
	}
	return "udp"
}

// judge returns what is wrong with a reply, or "". The rules are those of SameCore; TC
// counts too, and additional records beyond the recorded ones are free. The option
// "additional" sets the additional section aside, "ignore" everything but the rcode.
func (c dnstestCase) judge(got reply.Reply) string {
	want := c.Response.reply()
	switch {
	case got.Rcode != want.Rcode:
		return fmt.Sprintf("rcode %s, want %s", got.Rcode, want.Rcode)
	case slices.Contains(c.Options, "ignore"):
		return ""
	case got.TC != want.TC:
		return fmt.Sprintf("TC %v, want %v", got.TC, want.TC)
	case got.TC:
		// How much of a truncated section is sent is not laid down (RFC 2181, Section 9).
		return ""
	case !got.SameCore(want):
		return "rcode, AA, answer or authority differs"
	}
	return ""
}

// TestDnstestCases runs the cases of a hosting provider's own server.
func TestDnstestCases(t *testing.T) {
	cases := readCases[dnstestCase](t, caseFile(t, "dnstest", "cases.jsonl"))
	kind := underTest(t)
	server := subject.Start(t, kind, dnstestZones(t, kind))
	passed, diverged, additional := 0, 0, 0
	for _, c := range cases {
		got, want := ask(t, server, c.network(), c.Qname, c.Qtype), c.Response.reply()
		if got.Additional.Equal(want.Additional) {
			additional++
		}
		wrong := c.judge(got)
		if wrong == "" {
			passed++
			continue
		}
		if d := knownDivergence("dnstest", c.ID, got, []reply.Reply{want}); d != "" {
			diverged++
			t.Logf("case %s, %s %s: known divergence %q", c.ID, c.Qname, c.Qtype, d)
			continue
		}
		t.Errorf("case %s, query %s %s over %s: %s\n  got  %v\n  want %v", c.ID, c.Qname, c.Qtype, c.network(), wrong, got, want)
	}
	t.Logf("%s: %d of %d cases (and %d known divergences); additional equal in %d", kind, passed, len(cases), diverged, additional)
}

func dnstestZones(t *testing.T, kind subject.Kind) []subject.Zone {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(caseFile(t, "dnstest", "zones"), "*.zone"))
	if err != nil {
		t.Fatal(err)
	}
	var zones []subject.Zone
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		origin := strings.TrimSuffix(filepath.Base(file), "zone")
		zones = append(zones, subject.Zone{Origin: origin, Text: forSubject(t, kind, string(text))})
	}
	return zones
}

// forSubject writes ALIAS records as TYPE65401 for peers, which do not know the name (RFC 3597, Section 5).
func forSubject(t *testing.T, kind subject.Kind, text string) string {
	t.Helper()
	if kind == subject.Truename {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		f := strings.Fields(line)
		if len(f) == 5 && f[3] == "ALIAS" {
			wire := make([]byte, 255)
			n, err := dns.PackDomainName(f[4], wire, 0, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			lines[i] = fmt.Sprintf("%s %s IN TYPE65401 \\# %d %x", f[0], f[1], n, wire[:n])
		}
	}
	return strings.Join(lines, "\n")
}

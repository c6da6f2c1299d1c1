package reply

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func records(t *testing.T, lines ...string) []dns.RR {
	t.Helper()
	var out []dns.RR
	for _, line := range lines {
		record, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, record)
	}
	return out
}

func TestSectionIgnoresOrderCaseTTLAndRepeats(t *testing.T) {
	a := Of(records(t, "A.example. 60 A 192.0.2.1", "b.example. 5 TXT \"X  y\""))
	b := Of(records(t, "b.example. 9 TXT \"x  Y\"", "a.EXAMPLE. 7 A 192.0.2.1", "a.example. A 192.0.2.1"))
	if !a.Equal(b) {
		t.Errorf("%v and %v differ", a, b)
	}
}

func TestSectionLeavesOutOPT(t *testing.T) {
	if got := Of([]dns.RR{&dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}}}); len(got) != 0 {
		t.Errorf("got %v, want none", got)
	}
}

func TestLinesMeetRecords(t *testing.T) {
	from := Lines([]string{"www.example. 0 IN A  192.0.2.1"})
	if want := Of(records(t, "www.example. 300 IN A 192.0.2.1")); !from.Equal(want) {
		t.Errorf("got %v, want %v", from, want)
	}
}

func TestMinusAndWithin(t *testing.T) {
	a, b := Lines([]string{"x", "y"}), Lines([]string{"y", "z"})
	if got := a.Minus(b); len(got) != 1 || got[0] != "x" {
		t.Errorf("got %v, want [x]", got)
	}
	if a.Within(b) || !Lines([]string{"y"}).Within(b) {
		t.Error("Within is wrong")
	}
}

func TestAuthorityCountsWhereTheAnswerIsEmpty(t *testing.T) {
	soa, ns := Lines([]string{"example. soa"}), Lines([]string{"example. ns"})
	empty, other := Reply{Rcode: "NOERROR", Authority: soa}, Reply{Rcode: "NOERROR", Authority: ns}
	if empty.SameCore(other) {
		t.Error("empty answers with other authority: want different")
	}
	empty.Answer, other.Answer = soa, soa
	if !empty.SameCore(other) {
		t.Error("equal answers with other authority: want equal")
	}
	other.AA = true
	if empty.SameCore(other) {
		t.Error("AA differs: want different")
	}
}

func TestStringNamesEverySection(t *testing.T) {
	m := new(dns.Msg)
	m.Answer = records(t, "a.example. A 192.0.2.1")
	m.Ns = records(t, "example. NS ns.example.")
	m.Extra = records(t, "ns.example. A 192.0.2.2")
	text := From(m).String()
	for _, want := range []string{"NOERROR aa=false", "answer     a.example.", "authority  example.", "additional ns.example."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}

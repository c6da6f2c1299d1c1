package doctor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// toldCAA is a CAA in short.
func toldCAA(c *CAA) string {
	at := "-"
	if c.At != nil {
		at = c.At.String()
	}
	if c.Target != nil {
		at += ">" + c.Target.String()
	}
	who := func(list []string, anybody bool) string {
		if anybody {
			return "anybody"
		}
		return "[" + strings.Join(list, " ") + "]"
	}
	return fmt.Sprintf("%s %s %s", at, who(c.Issue, c.Anybody), who(c.IssueWild, c.AnyWild))
}

func TestCAA(t *testing.T) {
	for _, c := range []struct {
		situation, name string
		records         []string // of example.com
		cdn             []string // of cdn.net
		want            string
	}{
		{"none", "www.example.com.", nil, nil, "- anybody anybody"},
		{"at the name", "www.example.com.", []string{`www.example.com. CAA 0 issue "ca.example"`, `example.com. CAA 0 issue "other.example"`}, nil, "www.example.com. [ca.example] [ca.example]"},
		{"above the name", "a.b.www.example.com.", []string{`example.com. CAA 0 issue "ca.example; account=7"`}, nil, "example.com. [ca.example; account=7] [ca.example; account=7]"},
		{"nobody may", "www.example.com.", []string{`example.com. CAA 0 issue ";"`}, nil, "example.com. [] []"},
		{"other authorities for wildcards", "www.example.com.", []string{`example.com. CAA 0 issue "a.example"`, `example.com. CAA 0 issue "b.example"`, `example.com. CAA 0 issuewild "w.example"`}, nil, "example.com. [a.example b.example] [w.example]"},
		{"only wildcards are restricted", "www.example.com.", []string{`example.com. CAA 0 issuewild ";"`}, nil, "example.com. anybody []"},
		{"tags in capitals", "www.example.com.", []string{`example.com. CAA 0 ISSUE "a.example"`}, nil, "example.com. [a.example] [a.example]"},
		{"only a place for reports", "www.example.com.", []string{`example.com. CAA 0 iodef "mailto:x@example.com"`}, nil, "example.com. anybody anybody"},
		{"a critical property that nobody knows", "www.example.com.", []string{`example.com. CAA 128 tbs "Unknown"`, `example.com. CAA 0 issue "a.example"`}, nil, "example.com. [] []"},
		{"one that is not critical", "www.example.com.", []string{`example.com. CAA 0 tbs "Unknown"`, `example.com. CAA 0 issue "a.example"`}, nil, "example.com. [a.example] [a.example]"},
		{"a wildcard is judged above it", "*.www.example.com.", []string{`www.example.com. CAA 0 issue "a.example"`}, nil, "www.example.com. [a.example] [a.example]"},
		{"at the end of an alias", "shop.example.com.", []string{`example.com. CAA 0 issue "a.example"`}, []string{`edge.cdn.net. CAA 0 issue "cdn.example"`}, "shop.example.com.>edge.cdn.net. [cdn.example] [cdn.example]"},
		{"above an alias, not above its target", "shop.example.com.", []string{`example.com. CAA 0 issue "a.example"`}, []string{`cdn.net. CAA 0 issue "cdn.example"`}, "example.com. [a.example] [a.example]"},
		{"an alias to nowhere", "gone.example.com.", []string{`example.com. CAA 0 issue "a.example"`}, nil, "example.com. [a.example] [a.example]"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			n := usual(t)
			com := append(exampleCom[:len(exampleCom):len(exampleCom)], c.records...)
			n.host(ns1Addr, com)
			n.host(ns2Addr, com)
			n.host(cdnAddr, append(cdnNet[:len(cdnNet):len(cdnNet)], c.cdn...))
			e, err := n.clinic(nil).Explain(t.Context(), anybody, question(c.name, rr.TypeCAA))
			if err != nil {
				t.Fatal(err)
			}
			if got := toldCAA(e.CAA); got != c.want || e.CAA.Error != "" {
				t.Errorf("%s, not %s (%s)", got, c.want, e.CAA.Error)
			}
		})
	}
}

// In our own zones it is the same, without anybody being asked.
func TestCAAOfOurs(t *testing.T) {
	ours := zonesOf(t, append(oursCom[:len(oursCom):len(oursCom)], `ours.com. CAA 0 issue "a.example"`))
	n := usual(t)
	d := n.clinic(ours)
	if got := toldCAA(d.caa(t.Context(), anybody, dname.MustParse("host.ours.com."))); got != "ours.com. [a.example] [a.example]" || n.count() != 0 {
		t.Errorf("%s, asked %v", got, n.asked)
	}
}

// Silence keeps authorities from issuing, and the climb ends there.
func TestCAAThatCannotBeHad(t *testing.T) {
	n := usual(t)
	for _, a := range []string{ns1Addr, ns2Addr} {
		n.hosts[a].lie = func(q exchange.Question, m *dns.Msg) {
			if q.Type == rr.TypeCAA {
				m.Rcode, m.Answer, m.Ns = dns.RcodeServerFailure, nil, nil
			}
		}
	}
	c := n.clinic(nil).caa(t.Context(), anybody, dname.MustParse("www.example.com."))
	if c.Error == "" || c.Anybody || len(c.Climb) != 1 {
		t.Errorf("%+v", c)
	}
}

func FuzzProperty(f *testing.F) {
	f.Add([]byte("\x80\x05issueca.example"))
	f.Add([]byte{0, 200, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, tag, value := property(data)
		if len(tag)+len(value) > 4*len(data) {
			t.Errorf("%q %q of %x", tag, value, data)
		}
		appendIssuer(nil, value)
	})
}

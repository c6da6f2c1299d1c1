package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

const soaAndNS = "@ 3600 SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ 3600 NS ns1.example.net.\n@ 3600 NS ns2.example.net.\n"

const child = "$ORIGIN sub.example.com.\n$TTL 3600\n" + soaAndNS

func TestSituationsAmongZones(t *testing.T) {
	for _, c := range []struct {
		name, zone, other string
		want              []string // codes in order of place
	}{
		{"nameserver is an alias elsewhere", head + "@ NS ns.example.org.\n", beside + "ns CNAME host\nhost A 192.0.2.1\n", []string{"ns-target-is-alias"}},
		{"service is an alias elsewhere", head + "_sip._tcp SRV 0 0 5060 sip.example.org.\n", beside + "sip CNAME host\nhost A 192.0.2.1\n", []string{"srv-target-is-alias"}},
		{"mail goes below a DNAME elsewhere", head + "@ MX 10 m.old.example.org.\n", beside + "old DNAME example.net.\n", []string{"mx-target-is-alias"}},
		{"mail goes to an ALIAS, which has addresses", head + "@ MX 10 m.example.org.\n", beside + "m ALIAS host.example.net.\n", nil},
		{"nameserver missing elsewhere", head + "@ NS ns3.example.org.\n", beside, []string{"dangling-target"}},
		{"nameserver without address elsewhere", head + "@ NS ns3.example.org.\n", beside + "ns3 TXT x\n", []string{"target-without-address"}},
		{"reverse entry to a host that is gone", "$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 3600\n" + soaAndNS + "1 PTR gone.example.org.\n", beside, []string{"dangling-target"}},
		{"target in a zone below", head + "sub NS ns1.example.net.\nwww CNAME host.sub\n", child + "host A 192.0.2.1\n", nil},
		{"target missing in a zone below", head + "sub NS ns1.example.net.\nwww CNAME hots.sub\n", child + "host A 192.0.2.1\n", []string{"dangling-target"}},
		{"glue of a zone below that is held too", head + "sub NS ns.sub\nns.sub A 192.0.2.1\n", child + "ns A 192.0.2.1\n", nil},
		{"glue missing for a zone below that is held too", head + "sub NS ns.sub\n", child + "ns A 192.0.2.1\n", []string{"missing-glue"}},
		{"loop over two zones by CNAME", head + "a CNAME b.example.org.\n", beside + "b CNAME a.example.com.\n", []string{"cname-loop"}},
		{"loop over two zones by DNAME", head + "a DNAME b.example.org.\n", beside + "b DNAME a.example.com.\n", []string{"cname-loop"}},
		{"DNAMEs whose names grow over two zones", head + "a DNAME x.b.example.org.\n", beside + "b DNAME x.a.example.com.\n", []string{"cname-loop"}},
		{"loop by CNAME and ALIAS", head + "@ ALIAS b.example.org.\n", beside + "b CNAME example.com.\n", []string{"cname-loop"}},
		{"loop by AliasMode", head + "a HTTPS 0 b.example.org.\n", beside + "b HTTPS 0 a.example.com.\n", []string{"cname-loop"}},
		{"loop by AliasMode and CNAME", head + "a SVCB 0 b.example.org.\n", beside + "b CNAME a.example.com.\n", []string{"cname-loop"}},
		{"loop through a wildcard elsewhere", head + "a CNAME b.w.example.org.\n", beside + "*.w CNAME a.example.com.\n", []string{"cname-loop"}},
		{"AliasMode there and ALIAS back lead to addresses", head + "b A 192.0.2.1\nb HTTPS 0 a.example.org.\n", beside + "a ALIAS b.example.com.\n", nil},
		{"the same circle seen from a zone outside of it", head + "x CNAME a.example.org.\n", beside + "a CNAME b\nb CNAME a\n", []string{"cname-loop"}},
		{"chain over two zones", head + "www CNAME web.example.org.\n", beside + "web CNAME host.example.net.\n", []string{"alias-chain"}},
		{"chain by ALIAS", head + "@ ALIAS web.example.org.\n", beside + "web CNAME host.example.net.\n", []string{"alias-chain"}},
		{"alias of another TTL elsewhere", head + "www 86400 CNAME host.example.org.\n", beside + "host 300 A 192.0.2.1\n", []string{"ttl-at-odds"}},
		{"alias that promises more than its target keeps", head + "www 60 CNAME host.example.org.\n", beside + "host 86400 A 192.0.2.1\n", []string{"ttl-at-odds"}},
		{"CAA of the target elsewhere", head + "@ CAA 0 issue \"ca.example.net\"\nwww CNAME host.example.org.\n", beside + "host A 192.0.2.1\nhost CAA 0 issue \";\"\n", []string{"caa-by-alias"}},
		{"final dot missing behind a name that we hold", head + "www CNAME host.example.org\n", beside + "host A 192.0.2.1\n", []string{"trailing-dot"}},
		{"hints of a target elsewhere", head + "www HTTPS 1 host.example.org. ipv6hint=2001:db8::9\n", beside + "host AAAA 2001:db8::1\n", []string{"svcb-hints"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := judge(t, c.zone, c.other); !slices.Equal(codes(got), c.want) {
				t.Errorf("got %v, want %v in:\n%s\nbeside:\n%s", got, c.want, c.zone, c.other)
			}
		})
	}
}

func TestSituationsOfTargetsAndWildcards(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		want       []string
	}{
		{"address as target with a final dot", head + "www CNAME 192.0.2.1.\n", []string{"address-as-target"}},
		{"address as target of mail", head + "@ MX 10 192.0.2.1.\n", []string{"address-as-target"}},
		{"IPv6 address as target", head + "www ALIAS 2001:db8::1\n", []string{"address-as-target", "dangling-target"}},
		{"a name of numbers that exists", head + "www CNAME 10.0.0.1\n10.0.0.1 A 192.0.2.1\n", nil},
		{"a number as a name", head + "www CNAME 42.example.net.\n", nil},
		{"host and port as target", head + "www CNAME host.example.net:8080.\n", []string{"url-as-target"}},
		{"path behind a target", head + "www CNAME host.example.net/shop.\n", []string{"url-as-target"}},
		{"classless delegation has slashes", "$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 3600\n" + soaAndNS + "0/25 NS ns1.example.net.\n1 CNAME 1.0/25.2.0.192.in-addr.arpa.\n", nil},
		{"owner with a final dot missing", head + "www.example.com A 192.0.2.1\n", []string{"trailing-dot"}},
		{"final dot missing behind a name of elsewhere", head + "www CNAME shop.example.net\n", []string{"trailing-dot"}},
		{"a missing name that is none of elsewhere", head + "www CNAME shop.internal\n", []string{"dangling-target"}},
		{"challenge that nobody has answered yet", head + "_acme-challenge CNAME proof\n", nil},
		{"name with a proof hides the wildcard", head + "* A 192.0.2.1\nshop TXT x\n", []string{"wildcard-shadowed"}},
		{"mail beside a wildcard alias", head + "* CNAME host.example.net.\nshop MX 10 mail.example.net.\n", []string{"wildcard-shadowed"}},
		{"empty non-terminal hides the wildcard", head + "* A 192.0.2.1\na.b A 192.0.2.1\n", []string{"wildcard-shadowed"}},
		{"service names hide nothing that is missed", head + "* A 192.0.2.1\n_x._tcp SRV 0 0 1 host.example.net.\n", nil},
		{"wildcard without addresses", head + "* TXT x\nshop TXT x\n", nil},
		{"one mail policy in two texts", head + "@ TXT \"v=spf1 mx \" \"-all\"\n@ TXT \"other\"\n", nil},
		{"mail policies of names below", head + "@ TXT \"v=spf1 mx -all\"\nm TXT \"v=spf1 -all\"\n", nil},
		{"two DMARC texts elsewhere", head + "x TXT \"v=DMARC1; p=none\"\nx TXT \"v=DMARC1\"\n", nil},
		{"authority with spaces", head + "@ CAA 0 issue \"ca example.net\"\n", []string{"caa-malformed"}},
		{"report to nowhere", head + "@ CAA 0 iodef \"security@example.com\"\n", []string{"caa-malformed"}},
		{"tag in upper case", head + "@ CAA 0 ISSUE \"ca.example.net\"\n", nil},
		{"TLSA beside its host", head + "mail A 192.0.2.1\n_25._tcp.mail TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n", nil},
		{"key below the apex", head + "www DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n", []string{"not-at-apex"}},
		{"hint for a host without that kind of address", head + "www HTTPS 1 . ipv6hint=2001:db8::9\nwww A 192.0.2.1\n", nil},
		{"underscore in the name of a mail server", head + "@ MX 10 my_mail.example.net.\n", []string{"not-a-hostname"}},
		{"chain of exactly as many links as allowed", chainOf(DefaultMaxChain), slices.Repeat([]string{"alias-chain"}, DefaultMaxChain-1)},
		{"chain of one link more", chainOf(DefaultMaxChain + 1), append([]string{"alias-chain-too-long"}, slices.Repeat([]string{"alias-chain"}, DefaultMaxChain-1)...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := judge(t, c.zone); !slices.Equal(codes(got), c.want) {
				t.Errorf("got %v, want %v in:\n%s", got, c.want, c.zone)
			}
		})
	}
}

func TestTheRootZoneIsAZone(t *testing.T) {
	root := "$TTL 3600\n. SOA ns1.example.net. h.example.net. 1 7200 900 1209600 300\n. NS ns1.example.net.\n. NS ns2.example.net.\n" +
		". TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n. TXT x\n*. A 192.0.2.1\n. CAA 0 issue \";\"\n" +
		"www.x. CNAME host.example.com.\nexample.com. TXT y\n192.0.2.1. PTR .\n. MX 0 .\n"
	if got := codes(judge(t, root)); !slices.Equal(got, []string{"wildcard-shadowed", "wildcard-shadowed", "wildcard-shadowed", "dangling-target"}) {
		t.Errorf("got %v", judge(t, root))
	}
	before := setOf(t, []string{root})
	r := CheckChange(between(before, setOf(t, []string{strings.ReplaceAll(root, "www.x. CNAME host.", "www.x. CNAME www.x.\nw.x. CNAME a.")})))
	if got := codes(r.Findings); got[0] != "cname-loop" {
		t.Errorf("got %v", r.Findings)
	}
}

func chainOf(links int) string {
	var b strings.Builder
	for i := range links {
		fmt.Fprintf(&b, "n%02d CNAME n%02d\n", i, i+1)
	}
	return head + b.String() + fmt.Sprintf("n%02d A 192.0.2.1\n", links)
}

func TestTheLimitOfChainsIsAnOption(t *testing.T) {
	b := build(t, chainOf(4))
	for limit, want := range map[int]int{2: 2, 3: 1, 4: 0} {
		got := 0
		for _, f := range CheckBuild(b, Options{MaxChain: limit}).Findings {
			if f.Code == aliasChainTooLong.Code {
				got++
			}
		}
		if got != want {
			t.Errorf("%d names start a chain of more than %d links, want %d", got, limit, want)
		}
	}
}

func TestLoopIsShownWithItsPathOverZones(t *testing.T) {
	f := judge(t, head+"x CNAME y.example.org.\n", beside+"y CNAME x.example.com.\n")[0]
	if want := "these aliases run in a circle: x.example.com. -> y.example.org. -> x.example.com."; f.Message != want || f.Owner != "x.example.com." || f.Severity != Error || f.Line != 6 {
		t.Errorf("got %+v, want %q", f, want)
	}
}

func TestAtALoadLoopsAndLongChainsAreWarningsAndAdviceIsSilent(t *testing.T) {
	for _, c := range []struct {
		zone string
		want []string
	}{
		{head + "a CNAME b\nb CNAME a\n", []string{"cname-loop"}},
		{head + "a DNAME b.a\n", []string{"dname-loop"}},
		{chainOf(DefaultMaxChain + 1), []string{"alias-chain-too-long"}},
		{head + "* A 192.0.2.1\nshop TXT x\n", nil},
	} {
		r := Check(build(t, c.zone), place)
		if got := codes(r.Findings); !slices.Equal(got, c.want) || r.Errors > 0 {
			t.Errorf("got %v, want %v as warnings", r.Findings, c.want)
		}
	}
}

// TestSetsThatUDPTruncates: by the octets of the answer, whose text says how far it is out.
func TestSetsThatUDPTruncates(t *testing.T) {
	for _, c := range []struct {
		addresses int
		t         rr.Type
		want      string
	}{
		{74, rr.TypeA, ""}, // 12+17+4 octets and 16 for each
		{75, rr.TypeA, "the A records of www.example.com. take 1233 octets: most clients take up to 1232 over UDP and have to ask again"},
		{253, rr.TypeA, "the A records of www.example.com. take 4081 octets: most clients take up to 1232 over UDP and have to ask again"},
		{254, rr.TypeA, "the A records of www.example.com. take 4097 octets: no client gets them over UDP"},
		{4093, rr.TypeA, "the A records of www.example.com. take 65521 octets: no client gets them over UDP"},
		{4094, rr.TypeA, ""}, // rrset-too-large
		{500, rr.TypeALIAS, ""},
	} {
		b := zone.NewBuilder(dname.MustParse("example.com."))
		for i := range c.addresses {
			data := []byte{10, 0, byte(i >> 8), byte(i)}
			if c.t == rr.TypeALIAS {
				data = dname.MustParse(fmt.Sprintf("t%d.example.net.", i))
			}
			b.Add(dname.MustParse("www.example.com."), c.t, 300, data, zone.Place{})
		}
		got := ""
		for _, f := range CheckZone(b.Build().Snapshot, Options{Partial: true}).Findings {
			if f.Code == rrsetTruncates.Code {
				got += f.Message
			}
		}
		if got != c.want {
			t.Errorf("%d of type %s: got %q, want %q", c.addresses, c.t, got, c.want)
		}
	}
}

func TestASetThatFitsIntoNoMessage(t *testing.T) {
	for texts, want := range map[int]int{245: 0, 246: 1} { // 12+1+17+4 octets and 267 for each
		b := zone.NewBuilder(dname.MustParse("example.com."))
		for i := range texts {
			data := append([]byte{254}, fmt.Sprintf("%0254d", i)...)
			b.Add(dname.MustParse("www.example.com."), rr.TypeTXT, 300, data, zone.Place{})
		}
		got := 0
		for _, f := range CheckZone(b.Build().Snapshot, Options{Partial: true}).Findings {
			if f.Code == rrsetTooLarge.Code {
				got++
			}
		}
		if got != want {
			t.Errorf("%d texts: %d findings, want %d", texts, got, want)
		}
	}
}

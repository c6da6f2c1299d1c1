package form

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		name           string
		host, url, num bool
		plain          string
	}{
		{"www.example.com.", true, false, false, "www.example.com"},
		{".", true, false, false, ""},
		{"192.0.2.1.", true, false, true, "192.0.2.1"},
		{"2001:db8::1.", false, true, true, "2001:db8::1"},
		{"https://example.com/path.", false, true, true, "https://example.com/path"},
		{"0/25.2.0.192.in-addr.arpa.", false, true, false, "0/25.2.0.192.in-addr.arpa"},
		{"-a.example.", false, false, false, "-a.example"},
		{"a-.example.", false, false, false, "a-.example"},
		{"_dmarc.example.", false, false, false, "_dmarc.example"},
		{`a\.b.example.`, false, false, false, "a.b.example"},
		// Length octets of 47 and 58 are '/' and ':' and no text.
		{"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu.example.", true, false, false, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu.example"},
		{"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef.example.", true, false, false, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef.example"},
	} {
		n := dname.MustParse(c.name)
		if IsHostname(n) != c.host || IsURL(n) != c.url || MayBeAddress(n) != c.num || Plain(n) != c.plain {
			t.Errorf("%s: host %v, URL %v, address %v, %q", c.name, IsHostname(n), IsURL(n), MayBeAddress(n), Plain(n))
		}
	}
}

func TestHostOf(t *testing.T) {
	for url, want := range map[string]string{
		"https://example.com/a/b": "example.com", "example.com:8080": "example.com", "example.com/": "example.com",
		"http://example.com:80/x:y": "example.com", "example.com": "example.com", "https://": "",
	} {
		if got := HostOf(url); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}

func TestCAA(t *testing.T) {
	for _, c := range []struct {
		flags      byte
		tag, value string
		good       bool
	}{
		{0, "issue", "ca.example.net", true}, {0, "issue", "", true}, {0, "issue", ";", true}, {128, "issue", "ca.example.net", true},
		{0, "issue", " ca.example.net ; a=1; b=2", true}, {0, "issue", "ca.example.net; a", false}, {0, "issue", "ca..net", false},
		{0, "issue", "ca example", false}, {0, "issuewild", "ca.example.net; =1", false}, {0, "iodef", "mailto:a@example.com", true},
		{0, "iodef", "ftp://example.com", false}, {0, "tbs", "x", false}, {128, "tbs", "x", false}, {0, "contactemail", "a@example.com", true},
	} {
		data := append([]byte{c.flags, byte(len(c.tag))}, c.tag+c.value...)
		if wrong := CAAWrong(data); (wrong == "") != c.good {
			t.Errorf("%d %s %q: %q", c.flags, c.tag, c.value, wrong)
		}
	}
	for _, data := range [][]byte{nil, {0}, {0, 5, 'i'}} {
		if CAAWrong(data) == "" {
			t.Errorf("%x passes", data)
		}
	}
}

func TestPolicy(t *testing.T) {
	for text, want := range map[string]bool{
		"\x06v=spf1": true, "\x0dv=spf1 mx -all": true, "\x07v=spf10": false, "\x0aV=SPF1 -all": true, "\x05v=spf": false, "\x07v=spf1;": true, "": false,
	} {
		if IsPolicy([]byte(text), "v=spf1") != want {
			t.Errorf("%q: not %v", text, want)
		}
	}
}

func TestSets(t *testing.T) {
	record := func(last byte, ttl uint32) []byte {
		return rr.AppendRecord(nil, rr.TypeA, ttl, []byte{192, 0, 2, last})
	}
	ab, ba := rr.Set(append(record(1, 60), record(2, 60)...)), rr.Set(append(record(2, 90), record(1, 90)...))
	if a := rr.Set(record(1, 60)); !SameData(ab, ba) || SameData(a, ab) || SameData(a, rr.Set(record(2, 60))) {
		t.Error("sets are compared wrongly")
	}
	// 12 octets of head, 17+4 of question, and 2+10+4 of each record.
	if got := AnswerSize(17, ab); got != 12+21+2*16 {
		t.Errorf("%d octets", got)
	}
}

func TestTargetsStandWhereTheyAreSaidTo(t *testing.T) {
	target := dname.MustParse("host.example.net.")
	for typ, before := range map[rr.Type]int{
		rr.TypeCNAME: 0, rr.TypeDNAME: 0, rr.TypeALIAS: 0, rr.TypePTR: 0, rr.TypeNS: 0, rr.TypeMX: 2, rr.TypeSRV: 6,
		rr.TypeSVCB: 2, rr.TypeHTTPS: 2, rr.TypeAFSDB: 2, rr.TypeRT: 2, rr.TypeKX: 2,
	} {
		r := rr.Record(rr.AppendRecord(nil, typ, 300, append(make([]byte, before), target...)))
		if got := Target(r); got != nil && (!got.Equal(target) || TargetAt(typ) != before) {
			t.Errorf("%s: %v at %d", typ, got, TargetAt(typ))
		}
	}
	for _, typ := range []rr.Type{rr.TypeTXT, rr.TypeA} {
		if got := Target(rr.Record(rr.AppendRecord(nil, typ, 300, make([]byte, 4)))); got != nil {
			t.Errorf("%s has the target %v", typ, got)
		}
	}
}

func TestWhatMayHaveStoodInTheFile(t *testing.T) {
	apex := dname.MustParse("example.com.")
	for _, c := range []struct{ name, written, address string }{
		{"192.0.2.1.example.com.", "192.0.2.1.example.com 192.0.2.1", "192.0.2.1"},
		{"2001:db8::1.", "2001:db8::1", "2001:db8::1"},
		{"www.example.org.", "www.example.org", ""},
		{"example.com.", "example.com", ""},
	} {
		n := dname.MustParse(c.name)
		if got := strings.Join(Written(n, apex), " "); got != c.written {
			t.Errorf("%s: %q, want %q", n, got, c.written)
		}
		a := AddressIn(n, apex)
		if a.IsValid() != (c.address != "") || a.IsValid() && a.String() != c.address {
			t.Errorf("%s: %s, want %q", n, a, c.address)
		}
		if a.IsValid() && (AddressType(a) == rr.TypeA) != a.Is4() {
			t.Errorf("%s is of type %s", a, AddressType(a))
		}
	}
	if !IsWellKnown(dname.MustParse("shop.COM.")) || IsWellKnown(dname.MustParse("shop.internal.")) || IsWellKnown(dname.MustParse("shop.o.")) {
		t.Error("well-known domains are not told from others")
	}
	if !IsChallenge(dname.MustParse("_ACME-challenge.x.")) || IsChallenge(dname.MustParse("x._acme-challenge.")) {
		t.Error("challenges are not told from other names")
	}
}

func TestSOAData(t *testing.T) {
	soa := func(rname dname.Name) []byte {
		return append(append(append([]byte(nil), dname.MustParse("ns.")...), rname...), make([]byte, 20)...)
	}
	mname := len(dname.MustParse("ns."))
	for rname, want := range map[string]string{`a@b.example.`: "a.b.example.", `x.a@b.`: "x.a.b.", `@b.`: "", `a@.`: ""} {
		got := DottedMailbox(soa(dname.MustParse(rname)), mname)
		if want == "" && got != nil || want != "" && string(got) != string(soa(dname.MustParse(want))) {
			t.Errorf("%s: %q", rname, got)
		}
	}
	data := UsualTimers(soa(dname.MustParse("x.")))
	if refresh := data[len(data)-16 : len(data)-12]; string(refresh) != "\x00\x00\x1c\x20" {
		t.Errorf("refresh %x", refresh)
	}
}

func TestHints(t *testing.T) {
	data := append([]byte{0, 1, 0}, 0, 1, 0, 3, 2, 'h', '2', 0, 4, 0, 8, 192, 0, 2, 1, 192, 0, 2, 2, 0, 6, 0, 16)
	data = append(data, make([]byte, 16)...)
	r := rr.Record(rr.AppendRecord(nil, rr.TypeHTTPS, 300, data))
	var got []rr.Type
	for typ, address := range Hints(r) {
		if got = append(got, typ); typ == rr.TypeA && len(address) != 4 || typ == rr.TypeAAAA && len(address) != 16 {
			t.Errorf("%s %x", typ, address)
		}
	}
	if len(got) != 3 || got[0] != rr.TypeA || got[1] != rr.TypeA || got[2] != rr.TypeAAAA {
		t.Errorf("got %v", got)
	}
	for range Hints(r) {
		break
	}
}

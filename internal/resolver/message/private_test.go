package message

import (
	"net/netip"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func TestPrivateForms(t *testing.T) {
	p := &Private{Networks: PrivateNetworks()}
	owner, _ := parseRecord(t, "www.example.com. A 192.0.2.1")
	for _, c := range []struct {
		situation, address string
		refused            bool
	}{
		{"loopback", "127.0.0.1", true},
		{"loopback, IPv6", "::1", true},
		{"all of loopback", "127.255.0.9", true},
		{"this host", "0.0.0.0", true},
		{"this host, IPv6", "::", true},
		{"link-local", "169.254.169.254", true},
		{"link-local, IPv6", "fe80::1", true},
		{"private", "10.1.2.3", true},
		{"private", "172.31.0.1", true},
		{"private", "192.168.1.1", true},
		{"shared", "100.100.0.1", true},
		{"unique local", "fd12::1", true},
		{"mapped", "::ffff:127.0.0.1", true},
		{"mapped, private", "::ffff:10.0.0.1", true},
		{"compatible", "::10.0.0.1", true},
		{"NAT64", "64:ff9b::7f00:1", true},
		{"NAT64, link-local", "64:ff9b::a9fe:a9fe", true},
		{"NAT64 of a network's own", "64:ff9b:1::c0a8:101", true},
		{"6to4", "2002:a00:1::1", true},
		{"public", "192.0.2.1", false},
		{"beside private", "172.32.0.1", false},
		{"public, IPv6", "2001:db8::1", false},
		{"mapped, public", "::ffff:192.0.2.1", false},
		{"NAT64, public", "64:ff9b::c000:201", false},
		{"6to4, public", "2002:c000:201::1", false},
		{"10 elsewhere", "2001:db8::a00:1", false},
	} {
		kind := "A"
		if a := netip.MustParseAddr(c.address); a.Is6() {
			kind = "AAAA"
		}
		_, rec := parseRecord(t, "www.example.com. "+kind+" "+c.address)
		if got := p.refuses(owner, rec); got != c.refused {
			t.Errorf("%s, %s: refused is %v", c.situation, c.address, got)
		}
	}
	for data, refused := range map[string]bool{
		`1 . ipv4hint=192.0.2.1`: false, `1 . alpn=h2 ipv4hint=192.0.2.1,10.0.0.1`: true, `1 . ipv6hint=2001:db8::1`: false,
		`1 a.b. port=1024 ipv6hint=2001:db8::1,fd00::1`: true, `1 . ipv6hint=64:ff9b::7f00:1`: true, `0 a.`: false, `1 . key65280=0a000001`: false,
	} {
		for _, kind := range []string{"SVCB", "HTTPS"} {
			_, rec := parseRecord(t, "www.example.com. "+kind+" "+data)
			if got := p.refuses(owner, rec); got != refused {
				t.Errorf("%s %s: refused is %v", kind, data, got)
			}
			for cut := range rec.Data() { // what is broken hides nothing, and breaks nothing
				addressesIn(rr.Record(rr.AppendRecord(nil, rec.Type(), 60, rec.Data()[:cut])))
			}
		}
	}
	_, txt := parseRecord(t, "www.example.com. TXT 127.0.0.1")
	if p.refuses(owner, txt) {
		t.Error("a text is refused")
	}
	p.Names = []dname.Name{dname.MustParse("example.com.")}
	if _, rec := parseRecord(t, "www.example.com. A 10.0.0.1"); p.refuses(owner, rec) || !p.refuses(dname.MustParse("www.example.net."), rec) {
		t.Error("names that may have them, and all others")
	}
	if p = new(Private); p.refuses(owner, txt) {
		t.Error("refused without a policy")
	}
}

package app

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

// caFile is some CA in PEM form.
func caFile(t *testing.T) string {
	t.Helper()
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	return write(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})))
}

const hints = `. NS a.root.test.
. 3600 NS B.root.test.
a.root.test. 3600 A 127.0.0.2
b.root.test. 3600 AAAA ::1
other.test. 3600 A 127.0.0.9
`

// resolvingSample is a value of each setting about names of others.
func resolvingSample(t *testing.T) map[string]string {
	t.Setenv("TRUENAME_TEST", "1")
	return map[string]string{
		"recursion": "10.0.0.0/8", "forward": "example.net=192.0.2.1#dns.example.net", "stub": "Corp.example=[2001:db8::1]:5353",
		"root-hints": write(t, hints), "resolver-port": "5300", "resolver-hops": "3", "cache-size": "2MiB", "serve-stale": "off",
		"private-address": "192.168.0.0/16", "private-name": "Home.example", "forward-ca": caFile(t), "show-alias": "off",
		"propagation-resolver": "192.0.2.8:5353",
		"test-clock":           write(t, "1234567\n"),
	}
}

// resolvingWant is what they make.
var resolvingWant = Resolving{
	Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	Routes: []resolver.Route{
		{Apex: dname.MustParse("example.net."), Forward: true, Servers: []exchange.Server{{Addr: netip.MustParseAddrPort("192.0.2.1:853"), TLSName: "dns.example.net"}}},
		{Apex: dname.MustParse("corp.example."), Servers: []exchange.Server{{Addr: netip.MustParseAddrPort("[2001:db8::1]:5353")}}},
	},
	Roots: []resolver.Route{{Apex: dname.Root, Servers: []exchange.Server{
		{Addr: netip.MustParseAddrPort("127.0.0.2:53")}, {Addr: netip.MustParseAddrPort("[::1]:53")}}}},
	Port: 5300, Hops: 3, CacheBytes: 2 << 20, NoStale: true,
	Private:      []netip.Prefix{netip.MustParsePrefix("192.168.0.0/16")},
	PrivateNames: []dname.Name{dname.MustParse("home.example.")},
	HideALIAS:    true,
	Witnesses:    []netip.AddrPort{netip.MustParseAddrPort("192.0.2.8:5353")},
}

func TestServersOfOneZoneMakeOneRoute(t *testing.T) {
	c, err := Read(map[string][]string{
		"forward": {"192.0.2.1", "192.0.2.2:5353", "a.test=192.0.2.3"}, "stub": {"a.test=192.0.2.4", "A.test=192.0.2.5"},
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range c.Resolving.Routes {
		kind := "stub"
		if r.Forward {
			kind = "forward"
		}
		for _, s := range r.Servers {
			kind += " " + s.Addr.String()
		}
		got = append(got, r.Apex.String()+" "+kind)
	}
	want := ". forward 192.0.2.1:53 192.0.2.2:5353, a.test. forward 192.0.2.3:53, a.test. stub 192.0.2.4:53 192.0.2.5:53"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestRootServersListenWhereAllDo(t *testing.T) {
	r := Resolving{Roots: []resolver.Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.MustParseAddrPort("127.0.0.2:53")}}}}, Port: 5300}
	all := r.routes()
	if got := all[len(all)-1].Servers[0].Addr.String(); got != "127.0.0.2:5300" {
		t.Error(got)
	}
	all = (&Resolving{Port: 53}).routes()
	if len(all) != 1 || len(all[0].Servers) < 13 {
		t.Errorf("without hints: %v", all)
	}
}

func TestPrivateAddressesAsAWhole(t *testing.T) {
	c, err := Read(map[string][]string{"private-address": {"all", "203.0.113.0/24"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"10.1.2.3", "127.0.0.1", "169.254.1.1", "192.168.1.1", "172.31.0.1", "::1", "fe80::1", "fd00::1", "203.0.113.7"} {
		found := false
		for _, p := range c.Resolving.Private {
			found = found || p.Contains(netip.MustParseAddr(text))
		}
		if !found {
			t.Errorf("%s is not among them", text)
		}
	}
}

func TestMistakesInResolving(t *testing.T) {
	empty := write(t, ". 60 NS a.test.\n")
	for _, tc := range []struct{ situation, setting, value, want string }{
		{"network with bits behind it", "recursion", "10.0.0.1/8", "--recursion: 10.0.0.1/8 has bits set behind its first 8; write 10.0.0.0/8 for the network, or 10.0.0.1 for the one address"},
		{"no network", "recursion", "everybody", `--recursion: "everybody" is not a network, as in 192.0.2.0/24 or 2001:db8::/32`},
		{"forwarder by name", "forward", "dns.example.net", `--forward: "dns.example.net" is not the address of a server`},
		{"forwarder over TLS without a name", "forward", "192.0.2.1#", "names no certificate behind the #"},
		{"stub without a zone", "stub", "192.0.2.1", `--stub: "192.0.2.1" names no zone; write ZONE=SERVER`},
		{"stub of no name", "stub", "a..b=192.0.2.1", `"a..b" is not the name of a zone`},
		{"hints that are not there", "root-hints", "/nowhere/at/all", "give a file that this user may read"},
		{"hints without addresses", "root-hints", empty, "has no NS record of the root with an address"},
		{"hints that are none", "root-hints", write(t, "this is no zone file\n"), "--root-hints: "},
		{"size without a number", "cache-size", "much", `"much" is not a size from 1MiB to 1024GiB`},
		{"size too small", "cache-size", "1000", "is not a size"},
		{"size of another unit", "cache-size", "5PiB", "is not a size"},
		{"neither on nor off", "serve-stale", "maybe", `"maybe" is neither on nor off`},
		{"certificates that are none", "forward-ca", empty, "holds no certificate in PEM form"},
		{"no name", "private-name", "a..b", "is not a name"},
		{"port", "resolver-port", "0", "is not a whole number from 1 to 65535"},
	} {
		t.Run(tc.situation, func(t *testing.T) {
			_, err := Read(map[string][]string{tc.setting: {tc.value}}, "")
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTestClockIsForTests(t *testing.T) {
	path := write(t, "5\n")
	t.Setenv("TRUENAME_TEST", "")
	_, err := Read(map[string][]string{"test-clock": {path}}, "")
	if err == nil || !strings.Contains(err.Error(), "is for tests only; set TRUENAME_TEST=1") {
		t.Error(err)
	}
	t.Setenv("TRUENAME_TEST", "1")
	if c, err := Read(map[string][]string{"test-clock": {path}}, ""); err != nil || c.Resolving.Clock.Now().Unix() != 5 {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("noon"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{path, filepath.Join(t.TempDir(), "none")} {
		if _, err := Read(map[string][]string{"test-clock": {bad}}, ""); err == nil || !strings.Contains(err.Error(), "unix seconds") {
			t.Error(err)
		}
	}
}

package porch

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func proxies(t testing.TB, networks ...string) Proxies {
	t.Helper()
	p, err := ParseProxies(networks)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// seen is the client and the scheme as a face sees them.
func (p Proxies) seen(peer string, headers ...string) (client, scheme string) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = peer
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	p.Before(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		client, scheme = r.RemoteAddr, strings.Join(r.Header.Values("X-Forwarded-Proto"), "|")
	})).ServeHTTP(httptest.NewRecorder(), r)
	return client, scheme
}

func TestWhoIsAsking(t *testing.T) {
	p := proxies(t, "10.0.0.0/8", "2001:db8:1::/48", "192.0.2.1")
	for _, test := range []struct {
		name, peer string
		headers    []string
		client     string
	}{
		{"a client that comes by itself", "198.51.100.1:5", nil, "198.51.100.1:5"},
		{"one that claims to be another", "198.51.100.1:5", []string{"X-Forwarded-For: 203.0.113.9"}, "198.51.100.1:5"},
		{"one that claims so by the standard", "198.51.100.1:5", []string{"Forwarded: for=203.0.113.9"}, "198.51.100.1:5"},
		{"one that claims to be a proxy", "198.51.100.1:5", []string{"X-Forwarded-For: 10.0.0.1"}, "198.51.100.1:5"},
		{"through a proxy", "10.1.2.3:5", []string{"X-Forwarded-For: 203.0.113.9"}, "203.0.113.9:0"},
		{"through a proxy that is an address", "192.0.2.1:5", []string{"X-Forwarded-For: 203.0.113.9"}, "203.0.113.9:0"},
		{"an address beside that one", "192.0.2.2:5", []string{"X-Forwarded-For: 203.0.113.9"}, "192.0.2.2:5"},
		{"through a proxy by IPv6", "[2001:db8:1::7]:5", []string{"X-Forwarded-For: 2001:db8:9::9"}, "[2001:db8:9::9]:0"},
		{"through a proxy in a mapped address", "[::ffff:10.1.2.3]:5", []string{"X-Forwarded-For: ::ffff:203.0.113.9"}, "203.0.113.9:0"},
		{"through two", "10.1.2.3:5", []string{"X-Forwarded-For: 203.0.113.9, 10.9.9.9"}, "203.0.113.9:0"},
		{"through two, on lines of their own", "10.1.2.3:5", []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 10.9.9.9"}, "203.0.113.9:0"},
		{"what the client has made up stands before it", "10.1.2.3:5", []string{"X-Forwarded-For: 192.0.2.99, 203.0.113.9"}, "203.0.113.9:0"},
		{"it has made a proxy up", "10.1.2.3:5", []string{"X-Forwarded-For: 192.0.2.99, 10.0.0.1, 203.0.113.9"}, "203.0.113.9:0"},
		{"it has made rubbish up", "10.1.2.3:5", []string{"X-Forwarded-For: ';--, 203.0.113.9"}, "203.0.113.9:0"},
		{"the client is in the network of the proxies", "10.1.2.3:5", []string{"X-Forwarded-For: 10.7.7.7"}, "10.7.7.7:0"},
		{"all are in that network", "10.1.2.3:5", []string{"X-Forwarded-For: 10.7.7.7, 10.8.8.8"}, "10.7.7.7:0"},
		{"the proxy says nothing", "10.1.2.3:5", nil, "10.1.2.3:5"},
		{"the proxy says an empty word", "10.1.2.3:5", []string{"X-Forwarded-For: "}, "10.1.2.3:5"},
		{"empty members", "10.1.2.3:5", []string{"X-Forwarded-For: ,203.0.113.9, ,"}, "203.0.113.9:0"},
		{"the proxy says rubbish", "10.1.2.3:5", []string{"X-Forwarded-For: 203.0.113.9, unknown"}, "10.1.2.3:5"},
		{"the second proxy says rubbish", "10.1.2.3:5", []string{"X-Forwarded-For: 203.0.113.9, 999.1.1.1, 10.9.9.9"}, "10.9.9.9:0"},
		{"a name", "10.1.2.3:5", []string{"X-Forwarded-For: www.example.org"}, "10.1.2.3:5"},
		{"a network", "10.1.2.3:5", []string{"X-Forwarded-For: 203.0.113.0/24"}, "10.1.2.3:5"},
		{"an address of one link", "10.1.2.3:5", []string{"X-Forwarded-For: fe80::1%eth0"}, "10.1.2.3:5"},
		{"with a port", "10.1.2.3:5", []string{"X-Forwarded-For: 203.0.113.9:4711"}, "203.0.113.9:0"},
		{"IPv6 with a port", "10.1.2.3:5", []string{"X-Forwarded-For: [2001:db8:9::9]:4711"}, "[2001:db8:9::9]:0"},
		{"IPv6 in brackets", "10.1.2.3:5", []string{"X-Forwarded-For: [2001:db8:9::9]"}, "[2001:db8:9::9]:0"},
		{"IPv4 in brackets", "10.1.2.3:5", []string{"X-Forwarded-For: [203.0.113.9]"}, "10.1.2.3:5"},
		{"a bracket that does not close", "10.1.2.3:5", []string{"X-Forwarded-For: [2001:db8:9::9"}, "10.1.2.3:5"},
		{"the header of the standard", "10.1.2.3:5", []string{`Forwarded: for=192.0.2.99, For="[2001:db8:9::9]:4711";proto=https;by=10.1.2.3`}, "[2001:db8:9::9]:0"},
		{"the same without quotes", "10.1.2.3:5", []string{"Forwarded: for=[2001:db8:9::9]"}, "[2001:db8:9::9]:0"},
		{"the standard through two", "10.1.2.3:5", []string{"Forwarded: for=203.0.113.9", "Forwarded: for=10.9.9.9"}, "203.0.113.9:0"},
		{"the standard, hidden", "10.1.2.3:5", []string{"Forwarded: for=192.0.2.99, for=_hidden"}, "10.1.2.3:5"},
		{"the standard, unknown", "10.1.2.3:5", []string{"Forwarded: for=192.0.2.99, for=unknown"}, "10.1.2.3:5"},
		{"the standard, without a client", "10.1.2.3:5", []string{"Forwarded: for=192.0.2.99, proto=https"}, "10.1.2.3:5"},
		{"a quote that the client does not close", "10.1.2.3:5", []string{`Forwarded: for="192.0.2.99, for=203.0.113.9`}, "10.1.2.3:5"},
		{"the same on a line of its own", "10.1.2.3:5", []string{`Forwarded: for="192.0.2.99`, "Forwarded: for=203.0.113.9"}, "203.0.113.9:0"},
		{"a comma in quotes", "10.1.2.3:5", []string{`Forwarded: for="192.0.2.99, for=192.0.2.98", for=203.0.113.9`}, "203.0.113.9:0"},
		{"for twice", "10.1.2.3:5", []string{"Forwarded: for=203.0.113.9;for=192.0.2.99"}, "10.1.2.3:5"},
		{"the client's own word beside the proxy's", "10.1.2.3:5", []string{"Forwarded: for=192.0.2.99", "X-Forwarded-For: 203.0.113.9"}, "203.0.113.9:0"},
		{"a peer that has no address", "@", []string{"X-Forwarded-For: 203.0.113.9"}, "@"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if client, _ := p.seen(test.peer, test.headers...); client != test.client {
				t.Errorf("%s, not %s", client, test.client)
			}
		})
	}
}

func TestByWhichSchemeTheyCame(t *testing.T) {
	for _, test := range []struct {
		name, peer string
		headers    []string
		scheme     string
	}{
		{"nobody says", "10.1.2.3:5", nil, ""},
		{"a proxy says https", "10.1.2.3:5", []string{"X-Forwarded-Proto: https"}, "https"},
		{"in capitals", "10.1.2.3:5", []string{"X-Forwarded-Proto: HTTPS"}, "https"},
		{"a proxy says http", "10.1.2.3:5", []string{"X-Forwarded-Proto: http"}, "http"},
		{"a client says https", "198.51.100.1:5", []string{"X-Forwarded-Proto: https"}, ""},
		{"a client says so twice", "198.51.100.1:5", []string{"X-Forwarded-Proto: https", "X-Forwarded-Proto: https"}, ""},
		{"the client before the proxy", "10.1.2.3:5", []string{"X-Forwarded-Proto: https", "X-Forwarded-Proto: http"}, "http"},
		{"rubbish", "10.1.2.3:5", []string{"X-Forwarded-Proto: https;x"}, ""},
		{"something else", "10.1.2.3:5", []string{"X-Forwarded-Proto: wss"}, ""},
		{"the header of the standard", "10.1.2.3:5", []string{"Forwarded: for=203.0.113.9;proto=https"}, "https"},
		{"it counts before the other, in the same way", "10.1.2.3:5", []string{"Forwarded: for=203.0.113.9;proto=http", "X-Forwarded-Proto: https"}, "http"},
		{"not where X-Forwarded-For counts", "10.1.2.3:5", []string{"Forwarded: for=203.0.113.9;proto=https", "X-Forwarded-For: 203.0.113.9"}, ""},
		{"its last member does not say", "10.1.2.3:5", []string{"Forwarded: for=203.0.113.9;proto=https, for=203.0.113.9"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, scheme := proxies(t, "10.0.0.0/8").seen(test.peer, test.headers...); scheme != test.scheme {
				t.Errorf("%q, not %q", scheme, test.scheme)
			}
		})
	}
}

// Without proxies nobody's word is taken, not even that of this machine.
func TestNoProxies(t *testing.T) {
	client, scheme := Proxies(nil).seen("127.0.0.1:5", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https")
	if client != "127.0.0.1:5" || scheme != "" {
		t.Errorf("%s %q", client, scheme)
	}
}

func TestNetworksOfProxies(t *testing.T) {
	for _, test := range []struct {
		text, want string // a part of the error, or the network
	}{
		{"10.0.0.0/8", "10.0.0.0/8"}, {"192.0.2.1", "192.0.2.1/32"}, {"2001:db8::/32", "2001:db8::/32"}, {"::1", "::1/128"},
		{"::ffff:192.0.2.1", "192.0.2.1/32"},
		{"10.0.0.0/33", "neither a network"}, {"10.0.0/8", "neither a network"}, {"proxy.example", "neither a network"}, {"10.0.0.0/-1", "neither a network"},
		{"fe80::1%eth0", "neither a network"}, {"192.0.2.1:80", "neither a network"}, {"::ffff:10.0.0.0/104", "neither a network"},
		{"10.1.2.3/8", "write the network, 10.0.0.0/8, or the address alone, 10.1.2.3"},
		{"0.0.0.0/0", "everybody"}, {"::/0", "everybody"},
	} {
		t.Run(test.text, func(t *testing.T) {
			p, err := ParseProxies([]string{test.text})
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Error(err)
				}
				return
			}
			if len(p) != 1 || p[0].String() != test.want {
				t.Errorf("%v", p)
			}
		})
	}
	if p, err := ParseProxies([]string{"", ""}); p != nil || err != nil {
		t.Errorf("%v, %v", p, err)
	}
}

// Whatever strangers write, it is an address that the proxy has seen, or the proxy.
func FuzzWhoIsAsking(f *testing.F) {
	f.Add("203.0.113.9", `for="[2001:db8::1]:7";proto=https`)
	f.Add("', ,10.0.0.1,", `for="\`)
	f.Add("", ";;=,for=,")
	p := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, list, standard string) {
		const last = "198.51.100.77" // what our proxy adds
		for _, headers := range [][]string{
			{"X-Forwarded-For: " + list + ", " + last, "Forwarded: " + standard},
			{"X-Forwarded-For: " + list, "X-Forwarded-For: " + last},
			{"Forwarded: " + standard, "Forwarded: for=" + last},
		} {
			if client, _ := p.seen("10.1.2.3:5", headers...); client != last+":0" {
				t.Errorf("%q: %s", headers, client)
			}
		}
		if client, _ := p.seen("10.1.2.3:5", "Forwarded: "+standard+", for="+last); client != last+":0" && client != "10.1.2.3:5" {
			t.Errorf("%q: %s", standard, client)
		}
	})
}

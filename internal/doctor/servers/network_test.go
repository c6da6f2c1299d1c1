package servers

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

func TestIsPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"198.51.100.1": true, "8.8.8.8": true, "2a00::1": true, "2001:db8::1": true,
		"10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "127.0.0.1": false, "169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false,
		"224.0.0.1": false, "255.255.255.255": false, "::1": false, "::": false, "fe80::1": false, "fc00::1": false, "ff02::1": false,
		"::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "::ffff:8.8.8.8": true, "240.0.0.1": false, "::7f00:1": false,
	} {
		if got := IsPublic(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// count is a Network that counts who is asked, and never answers.
type count map[string]int

func (c count) Ask(_ context.Context, s exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	c[s.Addr.Addr().String()]++
	return nil, &exchange.Error{Kind: exchange.Unreachable, Server: s, Question: q, Err: errors.New("away")}
}

// Servers of the configuration are asked whatever their address, others where
// they may be; forwarders are not.
func TestColdAsksWhomItMay(t *testing.T) {
	at := func(text string) exchange.Server { return exchange.Server{Addr: netip.MustParseAddrPort(text)} }
	network := make(count)
	r, w := Cold(resolver.Options{Network: network, Routes: []resolver.Route{
		{Apex: dname.Root, Servers: []exchange.Server{at("127.0.0.1:53")}}, {Apex: dname.Root, Servers: []exchange.Server{at("127.0.0.9:53")}, Forward: true},
	}}, IsPublic)
	defer r.Close()
	if res := r.Resolve(t.Context(), resolver.Question{Name: dname.MustParse("a.test."), Type: 1}); len(res.Answer) > 0 || network["127.0.0.1"] == 0 || network["127.0.0.9"] > 0 {
		t.Errorf("asked %v", network)
	}
	before := len(w.Log())
	for _, s := range []exchange.Server{at("10.0.0.1:53"), at("198.51.100.1:53"), at("127.0.0.1:53"), at("127.0.0.1:5353")} {
		_, err := w.Ask(t.Context(), s, exchange.Question{Name: dname.Root, Type: 2})
		if private := errors.Is(err, ErrPrivate); private != (s == at("10.0.0.1:53") || s == at("127.0.0.1:5353")) {
			t.Errorf("%s: %v", s, err)
		}
	}
	log := w.Log()[before:]
	if len(log) != 4 || network["10.0.0.1"] > 0 || network["198.51.100.1"] != 1 || !log[0].Failed {
		t.Errorf("the log is %v, asked %v", log, network)
	}
}

// Without servers of the root in the configuration, those of IANA are asked.
func TestColdKnowsTheRoot(t *testing.T) {
	network := make(count)
	r, _ := Cold(resolver.Options{Network: network, NoIPv6: true, Routes: []resolver.Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.MustParseAddrPort("192.0.2.9:53")}}, Forward: true}}}, IsPublic)
	defer r.Close()
	r.Resolve(t.Context(), resolver.Question{Name: dname.MustParse("a.test."), Type: 1})
	if network["192.0.2.9"] > 0 || network["198.41.0.4"] == 0 {
		t.Errorf("asked %v", network)
	}
}

package doctor

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/truename-dns/truename/conformance/subject"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// grafted is an internet in which real servers stand at some addresses.
type grafted struct {
	*internet
	client *exchange.Client
	real   map[string]netip.AddrPort
}

func (g *grafted) Ask(ctx context.Context, s exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	if at, ok := g.real[s.Addr.Addr().String()]; ok {
		return g.client.Ask(ctx, exchange.Server{Addr: at}, q)
	}
	return g.internet.Ask(ctx, s, q)
}

// masterFile is the zone of lines in a form that every server reads.
func masterFile(lines []string) subject.Zone {
	apex, serial, _ := strings.Cut(lines[0], " ")
	text := []string{"$TTL 3600", apex + " 3600 SOA ns." + apex + " host." + apex + " " + serial + " 3600 600 86400 300"}
	return subject.Zone{Origin: apex, Text: strings.Join(append(text, lines[1:]...), "\n") + "\n"}
}

// What real servers say is understood: where the customer's zone is served by
// NSD in one version and by BIND in another, and the CDN's by Knot DNS.
func TestBesideRealServers(t *testing.T) {
	old := with(exampleCom, 6, "www.example.com. 60 A ", "www.example.com. 60 A 198.51.100.99")
	client := exchange.New(exchange.Options{})
	t.Cleanup(client.Close)
	n := usual(t)
	g := &grafted{internet: n, client: client, real: map[string]netip.AddrPort{
		ns1Addr: netip.MustParseAddrPort(subject.Start(t, subject.NSD, []subject.Zone{masterFile(exampleCom)}).Addr),
		ns2Addr: netip.MustParseAddrPort(subject.Start(t, subject.BIND, []subject.Zone{masterFile(old)}).Addr),
		cdnAddr: netip.MustParseAddrPort(subject.Start(t, subject.Knot, []subject.Zone{masterFile(cdnNet)}).Addr),
	}}
	d := n.clinic(nil, func(o *Options) { o.Cold.Network, o.Dial = g, nobodyListens })
	p, err := d.Propagation(t.Context(), anybody, question("www.example.com.", rr.TypeA), Expected{Data: data(t, "x. A 198.51.100.1")})
	if err != nil {
		t.Fatal(err)
	}
	if got := toldRows(p); got != "192.0.2.11 matches, 192.0.2.12 differs, 192.0.2.91 matches, 192.0.2.92 matches" {
		t.Error(got)
	}
	for _, r := range p.Rows {
		if want := map[string]uint32{ns1Addr + ":53": 7, ns2Addr + ":53": 6}[r.Server]; want != 0 && (r.Serial == nil || *r.Serial != want) {
			t.Errorf("%+v", r)
		}
	}
	for name, want := range map[string]End{
		"shop.example.com.": EndAnswered, "www.old.example.com.": EndAnswered, "gone.example.com.": EndNXDomain, "bare.example.com.": EndNoData, "x.wild.example.com.": EndAnswered, "loop.example.com.": EndLoop,
	} {
		tr, err := d.Trace(t.Context(), anybody, question(name, rr.TypeA))
		if err != nil || tr.End != want || tr.Cold <= 0 {
			t.Errorf("%s: %s after %v (%v)\n%s", name, tr.End, tr.Cold, err, way(tr.Steps))
		}
	}
	got, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("www.example.com.")})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]Status{CauseConflict: OK, CauseApex: OK, CausePropagation: Problem} {
		if v := got.verdict(t, id); v.Status != want {
			t.Errorf("%s: %s: %s", id, v.Status, v.text())
		}
	}
	if p, _ = d.Propagation(t.Context(), anybody, question("shop.example.com.", rr.TypeA), Expected{}); !p.Done || p.Errors > 0 {
		t.Errorf("an alias out of the zone: %s", toldRows(p))
	}
}

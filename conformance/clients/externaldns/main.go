// Command externaldns does what external-dns does for a cluster: it holds a zone
// against what is wanted until there is nothing left to change, and fails where
// that takes more than one round.
package main

import (
	"context"
	"fmt"
	"os"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider"
	"sigs.k8s.io/external-dns/provider/cloudflare"
)

const heritage = `"heritage=external-dns,external-dns/owner=test,external-dns/resource=ingress/default/shop"`

// managed is what external-dns is told to look after. MX and SRV are not in it:
// cloudflare-go v7.8 reads every record as an A record, without priority and data.
var managed = []string{"A", "AAAA", "CNAME", "TXT", "NS"}

// step is what a cluster wants at one time.
type step struct {
	situation string
	wanted    []*endpoint.Endpoint
}

func record(name, kind string, ttl endpoint.TTL, targets ...string) *endpoint.Endpoint {
	return endpoint.NewEndpointWithTTL(name, kind, ttl, targets...)
}

// steps is the life of a few services in zone.
func steps(zone string) []step {
	owner := record("cname-www."+zone, "TXT", 0, heritage)
	return []step{
		{"a CNAME with the record of its owner", []*endpoint.Endpoint{record("www."+zone, "CNAME", 300, "ingress.example.net"), owner}},
		{"another target", []*endpoint.Endpoint{record("www."+zone, "CNAME", 300, "other.example.net"), owner}},
		{"addresses in its place", []*endpoint.Endpoint{record("www."+zone, "A", 120, "192.0.2.1", "192.0.2.2"), record("www."+zone, "AAAA", 120, "2001:db8::1"), owner}},
		{"fewer addresses and another TTL", []*endpoint.Endpoint{record("www."+zone, "A", 600, "192.0.2.2"), record("www."+zone, "AAAA", 120, "2001:db8::1"), owner}},
		{"a CNAME again, and one at the apex", []*endpoint.Endpoint{record("www."+zone, "CNAME", 0, "ingress.example.net"), record(zone, "CNAME", 0, "ingress.example.net"), owner}},
		{"a wildcard and a delegation", []*endpoint.Endpoint{
			record("*."+zone, "CNAME", 0, "ingress.example.net"), record("sub."+zone, "NS", 300, "ns1.example.net", "ns2.example.net"),
		}},
		{"nothing", nil},
	}
}

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, zone string) error {
	config := externaldns.NewConfig()
	config.CloudflareDNSRecordsPerPage = 5000
	p, err := cloudflare.New(ctx, config, endpoint.NewDomainFilter([]string{zone}))
	if err != nil {
		return err
	}
	for _, s := range steps(zone) {
		if err := reach(ctx, p, s.wanted); err != nil {
			return fmt.Errorf("%s: %w", s.situation, err)
		}
	}
	return nil
}

// reach makes the zone what is wanted, and looks whether it stays so.
func reach(ctx context.Context, p provider.Provider, wanted []*endpoint.Endpoint) error {
	changes, err := compare(ctx, p, wanted)
	if err != nil {
		return err
	}
	if err := p.ApplyChanges(ctx, changes); err != nil {
		return err
	}
	left, err := compare(ctx, p, wanted)
	if err != nil || !left.HasChanges() {
		return err
	}
	return fmt.Errorf("still to create %v, to update %v to %v, to delete %v", left.Create, left.UpdateOld, left.UpdateNew, left.Delete)
}

func compare(ctx context.Context, p provider.Provider, wanted []*endpoint.Endpoint) (*plan.Changes, error) {
	there, err := p.Records(ctx)
	if err != nil {
		return nil, err
	}
	if wanted, err = p.AdjustEndpoints(wanted); err != nil {
		return nil, err
	}
	work := plan.Plan{Current: there, Desired: wanted, Policies: []plan.Policy{&plan.SyncPolicy{}}, ManagedRecords: managed}
	return work.Calculate().Changes, nil
}

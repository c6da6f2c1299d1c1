package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

// mechanical are the rules that must offer a patch for their bad sample.
var mechanical = []string{
	"cname-at-apex", "challenge-shadowed", "cname-and-other-data", "multiple-cnames", "multiple-dnames", "dname-and-ns",
	"below-dname", "below-cut", "ttl-mismatch", "duplicate-record", "multiple-soas", "soa-not-at-apex", "cname-loop", "dname-loop",
	"alias-chain", "alias-chain-too-long", "ns-target-is-alias", "mx-target-is-alias", "srv-target-is-alias", "address-as-target",
	"url-as-target", "trailing-dot", "svcb-alias-and-service", "multiple-alias-modes", "alias-mode-params", "wildcard-ns",
	"wildcard-dname", "wildcard-shadowed", "ttl-at-odds", "null-mx-and-others", "multiple-spf", "multiple-dmarc", "ds-without-ns",
	"not-at-apex", "soa-timers", "soa-mailbox", "missing-ns",
}

func TestPatchesOfTheSamplesTakeTheFindingAway(t *testing.T) {
	offered := make(map[string]bool)
	for _, r := range Rules() {
		if r.Bad == "" || r == &metaType {
			continue
		}
		for _, f := range judge(t, r.Bad, r.Beside) {
			offered[f.Code] = offered[f.Code] || len(f.Fixes) > 0
			for i := range f.Fixes {
				mends(t, f, i, r.Bad, r.Beside)
			}
		}
	}
	for _, code := range mechanical {
		if !offered[code] {
			t.Errorf("%s offers no patch", code)
		}
	}
}

// without are the errors that offer no patch, and why.
var without = map[string]string{
	"file-name":       "it is the file that has the wrong name",
	"missing-soa":     "nobody can guess the zone's servers and mailbox",
	"out-of-zone":     "the record is not part of the zone",
	"meta-type":       "the record is not part of the zone",
	"rrset-too-large": "which records to part with is not for a rule to say",
}

// TestErrorsOfferAPatch: who meets an error while typing gets a way out.
func TestErrorsOfferAPatch(t *testing.T) {
	for _, r := range Rules() {
		if r.Severity != Error {
			continue
		}
		offers := slices.Contains(mechanical, r.Code)
		if _, none := without[r.Code]; offers == none {
			t.Errorf("%s must be either among those that offer a patch or among those that cannot", r.Code)
		}
	}
}

// mends applies fix number i of f to the zones and judges them again: f is
// gone, and no error has come instead.
func mends(t *testing.T, f Finding, i int, texts ...string) {
	t.Helper()
	all := masters(t, texts...)
	before := judgeMasters(all...)
	for _, e := range f.Fixes[i].Edits {
		if err := apply(all, e); err != nil {
			t.Errorf("%s, fix %q: %v", f.Code, f.Fixes[i].Title, err)
			return
		}
	}
	for _, g := range judgeMasters(all...) {
		if g.Code == f.Code && g.Owner == f.Owner && g.Message == f.Message {
			t.Errorf("%s, fix %q: it is still there: %v", f.Code, f.Fixes[i].Title, g)
		}
		if g.Severity == Error && !slices.ContainsFunc(before, func(b Finding) bool { return b.Code == g.Code && b.Owner == g.Owner }) {
			t.Errorf("%s, fix %q: it brings an error: %v", f.Code, f.Fixes[i].Title, g)
		}
	}
}

// apply applies an edit to the zone of its apex.
func apply(all []*master, e Edit) error {
	i := slices.IndexFunc(all, func(m *master) bool { return m.apex.String() == e.Zone })
	t, err := rr.ParseType(e.Type)
	if i < 0 || err != nil {
		return fmt.Errorf("no zone %s, or no type %s", e.Zone, e.Type)
	}
	m, owner := all[i], dname.MustParse(e.Owner)
	for _, old := range e.Old {
		had := len(m.records)
		m.records = slices.DeleteFunc(m.records, func(r record) bool {
			return r.t == t && r.owner.Equal(owner) && string(rr.AppendDataText(nil, t, r.data)) == old
		})
		if len(m.records) == had {
			return fmt.Errorf("%s %s %s is not there", e.Owner, e.Type, old)
		}
	}
	if (e.Op == OpRemove) != (len(e.Data) == 0) || (e.Op == OpAdd) != (len(e.Old) == 0) {
		return fmt.Errorf("%+v does not do what its op says", e)
	}
	for _, data := range e.Data {
		line := fmt.Sprintf("%s %d %s %s\n", e.Owner, e.TTL, e.Type, data)
		err := zonefile.Parse(strings.NewReader(line), "patch", zonefile.Options{}, func(r *zonefile.Record) error {
			m.records = append(m.records, record{owner: r.Owner.Clone(), t: r.Type, ttl: r.TTL, data: slices.Clone(r.Data)})
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}

func TestPatchesOfSituations(t *testing.T) {
	for _, c := range []struct {
		name, zone, other string
		code              string
		titles            []string
	}{
		{"alias beside text", head + "www CNAME host.example.net.\nwww TXT x\n", "", "cname-and-other-data",
			[]string{"use ALIAS instead of CNAME at www.example.com.", "remove the CNAME record of www.example.com.", "keep the CNAME of www.example.com. alone"}},
		{"alias beside addresses", head + "www CNAME host.example.net.\nwww A 192.0.2.1\n", "", "cname-and-other-data",
			[]string{"replace the addresses of www.example.com. with an ALIAS record", "remove the CNAME record of www.example.com.", "keep the CNAME of www.example.com. alone"}},
		{"alias beside addresses of both families and text", head + "www CNAME host.example.net.\nwww A 192.0.2.1\nwww A 192.0.2.2\nwww AAAA 2001:db8::1\nwww TXT x\n", "", "cname-and-other-data",
			[]string{"replace the addresses of www.example.com. with an ALIAS record", "remove the CNAME record of www.example.com.", "keep the CNAME of www.example.com. alone"}},
		{"alias beside ALIAS", head + "www CNAME host.example.net.\nwww ALIAS other.example.net.\n", "", "cname-and-other-data",
			[]string{"point the ALIAS record of www.example.com. there instead", "remove the CNAME record of www.example.com.", "keep the CNAME of www.example.com. alone"}},
		{"alias beside ALIAS of the same target", head + "www CNAME host.example.net.\nwww ALIAS host.example.net.\n", "", "cname-and-other-data",
			[]string{"remove the CNAME record of www.example.com.", "keep the CNAME of www.example.com. alone"}},
		{"alias at the apex beside addresses", head + "@ CNAME host.example.net.\n@ A 192.0.2.1\n", "", "cname-at-apex",
			[]string{"replace the addresses of example.com. with an ALIAS record", "remove the CNAME record of example.com."}},
		{"circle of three", head + "a CNAME b\nb CNAME c\nc ALIAS a\n", "", "cname-loop",
			[]string{"remove the CNAME record of a.example.com.", "remove the CNAME record of b.example.com.", "remove the ALIAS record of c.example.com."}},
		{"circle over two zones", head + "a CNAME b.example.org.\n", beside + "b CNAME a.example.com.\n", "cname-loop",
			[]string{"remove the CNAME record of a.example.com."}},
		{"zone without nameservers", "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n", "", "missing-ns",
			[]string{"name ns1.example.net., the server of the SOA record"}},
		{"mail to an address", head + "@ MX 10 192.0.2.1.\n", "", "address-as-target", []string{"name the host mail.example.com., and give it that address"}},
		{"mail to the address of a host", head + "@ MX 10 192.0.2.1.\nmail A 192.0.2.1\n", "", "address-as-target", []string{"name the host mail.example.com., which has that address"}},
		{"mail to another address than that of the host", head + "@ MX 10 192.0.2.1.\nmail A 192.0.2.2\n", "", "address-as-target", nil},
		{"mail to an address, and names that are redirected", "$ORIGIN example.com.\n$TTL 3600\n" + soaAndNS + "@ DNAME example.net.\n@ MX 10 192.0.2.1.\n", "", "address-as-target", nil},
		{"nameserver that is an IPv6 address", head + "@ NS 2001:db8::1.\n", "", "address-as-target", []string{"name the host ns1.example.com., and give it that address"}},
		{"service at an address", head + "_sip._tcp SRV 0 0 5060 192.0.2.1.\n", "", "address-as-target", []string{"name the host host.example.com., and give it that address"}},
		{"reverse entry to an address", head + "x PTR 192.0.2.1.\n", "", "address-as-target", nil},
		{"URL of an address", head + "www CNAME https://192.0.2.1/x.\n", "", "url-as-target", []string{"give www.example.com. the address itself"}},
		{"URL of an address that mail goes to", head + "@ MX 10 https://192.0.2.1/x.\n", "", "url-as-target", []string{"name the host mail.example.com., and give it that address"}},
		{"URL of a name alone", head + "www CNAME https://localhost/x.\n", "", "url-as-target", nil},
		{"mail to a chain of aliases", head + "@ MX 10 m.example.org.\n", beside + "m CNAME n\nn CNAME host\nhost A 192.0.2.1\n", "mx-target-is-alias",
			[]string{"point example.com. MX to host.example.org."}},
		{"mail into a circle", head + "@ MX 10 m.example.org.\n", beside + "m CNAME n\nn CNAME m\n", "mx-target-is-alias", nil},
		{"proof that belongs to the target", head + "_acme-challenge CNAME p.example.org.\n_acme-challenge TXT x\n", beside, "challenge-shadowed",
			[]string{"move the TXT record of _acme-challenge.example.com. to p.example.org.", "remove the TXT record of _acme-challenge.example.com.", "remove the CNAME record of _acme-challenge.example.com."}},
		{"proof of a target elsewhere", head + "_acme-challenge CNAME p.example.net.\n_acme-challenge TXT x\n", "", "challenge-shadowed",
			[]string{"remove the TXT record of _acme-challenge.example.com.", "remove the CNAME record of _acme-challenge.example.com."}},
		{"text of a name below a wildcard alias", head + "* CNAME host.example.net.\nshop TXT x\n", "", "wildcard-shadowed",
			[]string{"give shop.example.com. what the wildcard has"}},
		{"URL with a port", head + "www CNAME https://host.example.net:8443/x.\n", "", "url-as-target", []string{"point www.example.com. CNAME to host.example.net."}},
		{"IPv6 address", head + "www CNAME 2001:db8::1.\n", "", "address-as-target", []string{"give www.example.com. the address itself"}},
		{"AliasMode to an AliasMode", head + "a HTTPS 0 b\nb HTTPS 0 svc.example.net.\n", "", "alias-chain", []string{"point a.example.com. HTTPS to svc.example.net."}},
		{"record three times with two TTLs", head + "www 60 A 192.0.2.1\nwww 60 A 192.0.2.1\nwww 90 A 192.0.2.2\n", "", "ttl-mismatch", []string{"give all of them the TTL of the first"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := judge(t, c.zone, c.other)
			i := slices.IndexFunc(found, func(f Finding) bool { return f.Code == c.code })
			if i < 0 {
				t.Fatalf("no %s in %v", c.code, found)
			}
			var titles []string
			for n, fix := range found[i].Fixes {
				titles = append(titles, fix.Title)
				mends(t, found[i], n, c.zone, c.other)
			}
			if !slices.Equal(titles, c.titles) {
				t.Errorf("got %q, want %q", titles, c.titles)
			}
		})
	}
}

func TestPatchHasEveryPart(t *testing.T) {
	f := judge(t, head+"@ 600 CNAME host.example.net.\n")[0]
	want := []Edit{
		{Op: OpRemove, Zone: "example.com.", Owner: "example.com.", Type: "CNAME", Old: []string{"host.example.net."}},
		{Op: OpAdd, Zone: "example.com.", Owner: "example.com.", Type: "ALIAS", TTL: 600, Data: []string{"host.example.net."}},
	}
	if got := f.Fixes[0].Edits; len(got) != 2 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

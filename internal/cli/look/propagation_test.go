package look

import (
	"bytes"
	"regexp"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
)

func TestHowFarItIs(t *testing.T) {
	until := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	five := make([]api.PropagationServer, 5)
	for _, c := range []struct {
		name string
		p    api.Propagation
		ago  time.Duration
		want string
	}{
		{"all", api.Propagation{Servers: five, Matches: 5}, 0, "5 of 5 servers match"},
		{"one", api.Propagation{Servers: five[:1], Matches: 1}, 0, "1 of 1 server matches"},
		{"some silent", api.Propagation{Servers: five, Matches: 3, Errors: 2}, 0, "3 of 5 servers match, 2 gave no answer"},
		{"a cache", api.Propagation{Servers: five, Matches: 4, Differs: 1, Left: 90, Until: &until}, 0, "4 of 5 servers match; the last cache forgets in 1m30s, at 12:00:00"},
		{"a cache a while ago", api.Propagation{Servers: five, Matches: 4, Differs: 1, Left: 90}, 30 * time.Second, "4 of 5 servers match; the last cache forgets in 1m"},
		{"a cache long ago", api.Propagation{Servers: five, Matches: 4, Differs: 1, Left: 90}, time.Hour, "4 of 5 servers match; the last cache forgets in 0s"},
		{"a server of the zone", api.Propagation{Servers: five, Matches: 4, Differs: 1, Left: api.Unknown}, 0, "4 of 5 servers match; a server of the zone still gives out something else, so nobody knows when caches forget it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := progress(c.p, c.ago); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatIsWanted(t *testing.T) {
	for from, want := range map[string]string{
		"given": "wanted: 192.0.2.1, 192.0.2.2", "ours": "wanted, as the zone here has: 192.0.2.1, 192.0.2.2",
		"authoritative": "wanted, as most servers of the zone say: 192.0.2.1, 192.0.2.2", "none": "no server of the zone says what is wanted; say it by --expect",
	} {
		if got := expected(api.Propagation{ExpectFrom: from, Expect: []string{"192.0.2.1", "192.0.2.2"}}); got != want {
			t.Errorf("%s: %q, want %q", from, got, want)
		}
	}
	if got := expected(api.Propagation{ExpectFrom: "given"}); got != "wanted: no records" {
		t.Errorf("gone: %q", got)
	}
}

func TestWhatServersSay(t *testing.T) {
	for _, c := range []struct {
		of   api.PropagationServer
		want string
	}{
		{api.PropagationServer{State: api.StateMatches, Records: []string{"a", "b"}, Rcode: "NOERROR"}, "a, b"},
		{api.PropagationServer{State: api.StateDiffers, Rcode: "NOERROR"}, "no such record"},
		{api.PropagationServer{State: api.StateMatches, Aliases: []string{"b.", "c."}, Rcode: "NOERROR"}, "CNAME b., CNAME c."},
		{api.PropagationServer{State: api.StateMatches, Aliases: []string{"b."}, Records: []string{"a"}, Rcode: "NOERROR"}, "a"},
		{api.PropagationServer{State: api.StateError, Aliases: []string{"b."}, Rcode: "SERVFAIL"}, "SERVFAIL"},
		{api.PropagationServer{State: api.StateDiffers, Rcode: "NXDOMAIN"}, "NXDOMAIN"},
		{api.PropagationServer{State: api.StateError, Rcode: "REFUSED", Why: "it says REFUSED"}, "it says REFUSED"},
		{api.PropagationServer{State: api.StateError, Rcode: "REFUSED"}, "REFUSED"},
		{api.PropagationServer{State: api.StateError}, "no answer"},
	} {
		if got := says(c.of); got != c.want {
			t.Errorf("%+v: %q, want %q", c.of, got, c.want)
		}
	}
}

// TestLinesOfServers: only those that say something else than before.
func TestLinesOfServers(t *testing.T) {
	a := api.PropagationServer{Server: "192.0.2.1:53", Kind: "resolver", State: api.StateDiffers, Records: []string{"x", "y"}, TTL: 9}
	other := uint32(1)
	for _, c := range []struct {
		name   string
		change func(*api.PropagationServer)
		line   bool
	}{
		{"nothing", func(*api.PropagationServer) {}, false},
		{"the order of records", func(s *api.PropagationServer) { s.Records = []string{"y", "x"} }, false},
		{"a TTL and a time", func(s *api.PropagationServer) { s.TTL, s.TookMS = 8, 7 }, false},
		{"a record", func(s *api.PropagationServer) { s.Records = []string{"x"} }, true},
		{"a state", func(s *api.PropagationServer) { s.State = api.StateMatches }, true},
		{"an rcode", func(s *api.PropagationServer) { s.Rcode = "NXDOMAIN" }, true},
		{"an alias", func(s *api.PropagationServer) { s.Aliases = []string{"b."} }, true},
		{"a serial", func(s *api.PropagationServer) { s.Serial = &other }, true},
		{"another server", func(s *api.PropagationServer) { s.Server = "192.0.2.2:53" }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := a
			c.change(&b)
			var out bytes.Buffer
			f := fieldsTo(&out)
			f.servers(map[string]string{identity(a): statement(a)}, []api.PropagationServer{b})
			if err := f.End(); err != nil || (out.Len() > 0) != c.line {
				t.Errorf("%v, %q", err, out.String())
			}
		})
	}
}

// TestLinesAreWhole: no field is left empty, an alias is told, and warnings come
// before the end.
func TestLinesAreWhole(t *testing.T) {
	var out bytes.Buffer
	f := fieldsTo(&out)
	p := api.Propagation{Done: true, Matches: 1, Warnings: []string{"nobody delegates it"}, Servers: []api.PropagationServer{
		{Server: "192.0.2.1:53", Kind: "resolver", State: api.StateMatches, Rcode: "NOERROR", Aliases: []string{"b.", "c."}, TTL: 9},
		{Server: "192.0.2.2:53", Kind: "resolver", State: api.StateError, TTL: api.Unknown},
	}}
	f.servers(nil, p.Servers)
	f.end(p)
	f.step(api.ExplainStep{Kind: "exact", Owner: "a.", Type: "A", TTL: 1, Left: api.Unknown})
	if err := f.End(); err != nil {
		t.Fatal(err)
	}
	now := regexp.MustCompile(`\t\d{4}-[^\t]*`)
	want := "server\tmatches\tresolver\t-\t192.0.2.1:53\tNOERROR\tCNAME b., CNAME c.\t9\t-\t0.0\tNOW\t-\n" +
		"server\terror\tresolver\t-\t192.0.2.2:53\t-\t-\t-\t-\t0.0\tNOW\t-\n" +
		"warning\tnobody delegates it\nend\tdone\t1\t0\t0\t0\n" +
		"step\t0\texact\ta.\tA\t-\t-\t-\t1\t-\t0.0\t-\t-\t-\n"
	if got := now.ReplaceAllString(out.String(), "\tNOW"); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

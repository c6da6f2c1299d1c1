package v1

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/work/traffic"
)

// watched counts what is asked of a desk, by a clock that is moved by hand.
type watched struct {
	worker *stats.Worker
	clock  time.Time
}

func (d *desk) watch(s store.Shelf, c *control.Control) *traffic.Recorder {
	queries := new(stats.Queries)
	d.worker, d.clock = queries.Worker(), time.Date(2026, 3, 31, 12, 30, 30, 0, time.UTC)
	return traffic.New(traffic.Options{
		Queries: queries, Shelf: s, Account: c.Owner, Clock: func() time.Time { return d.clock }, Log: slog.New(slog.DiscardHandler),
	})
}

// ask has n queries for name in the zone of that apex, "" for none.
func (d *desk) ask(n int, name, apex string, t rr.Type, r code.Rcode) {
	var zone dname.Name
	if apex != "" {
		zone = dname.MustParse(apex)
	}
	for range n {
		d.worker.Query(t, r, false)
		if d.worker.Zone(zone, t, r) {
			d.worker.Name(zone, dname.MustParse(name), r == code.NXDomain)
		}
	}
	d.worker.Done(n, time.Microsecond)
}

// asked is a desk with the zones example.com and example.net, of which each was
// asked on two days, and a client that sees the first alone.
func asked(t *testing.T) *desk {
	d := zoned(t)
	d.run([]step{
		{"another zone", "POST", "/zones", `{"name":"example.net"}`, nil, 201, nil},
		{"an account", "POST", "/users", `{"email":"jo@example.org"}`, nil, 201, []string{"user:=data.user.id"}},
		{"a zone of it", "POST", "/zones", `{"name":"jo.test","account":"$user"}`, nil, 201, []string{"jo:=data.zone.id"}},
		{"its token", "POST", "/users/$user/apikeys", `{"name":"k","scopes":["*"]}`, nil, 201, []string{"secret:=data.api_key.key"}},
		{"a token for one zone", "POST", "/users/me/apikeys", `{"name":"k","scopes":["*"],"zone_ids":["$zone"]}`, nil, 201, []string{"narrow:=data.api_key.key"}},
	})
	d.clock = d.clock.AddDate(0, 0, -1)
	d.ask(4, "www.example.com.", "example.com.", rr.TypeA, code.NoError)
	d.send("GET", "/usage", "") // takes it in
	d.clock = d.clock.AddDate(0, 0, 1)
	d.ask(10, "www.example.com.", "example.com.", rr.TypeA, code.NoError)
	d.ask(5, "mail.example.com.", "example.com.", rr.TypeMX, code.NoError)
	d.ask(5, "nowhere.example.com.", "example.com.", rr.TypeAAAA, code.NXDomain)
	d.ask(7, "www.example.net.", "example.net.", rr.TypeA, code.NoError)
	d.ask(2, "www.jo.test.", "jo.test.", rr.TypeA, code.NoError)
	d.ask(3, "www.elsewhere.test.", "", rr.TypeA, code.Refused)
	return d
}

func TestUsageOfAZone(t *testing.T) {
	d := asked(t)
	d.run([]step{
		{"of the last days", "GET", "/zones/$zone/usage", "", nil, 200, []string{
			"data.zone_id=$zone", "data.zone_name=example.com", "data.total_queries=24", "data.daily_breakdown.#=2",
			"data.daily_breakdown.0.usage_date=2026-03-30T00:00:00Z", "data.daily_breakdown.0.total_queries=4",
			"data.daily_breakdown.1.total_queries=20", "data.daily_breakdown.1.query_by_type.A=10", "data.daily_breakdown.1.query_by_type.MX=5",
			"data.daily_breakdown.1.query_by_rcode.NXDOMAIN=5", "data.period_start=2026-03-01T00:00:00Z", "data.period_end=2026-03-31T23:59:59Z"}},
		{"by name", "GET", "/zones/example.com/usage?start_date=2026-03-31", "", nil, 200, []string{"data.total_queries=20", "data.daily_breakdown.#=1"}},
		{"of one day", "GET", "/zones/$zone/usage?start_date=2026-03-30&end_date=2026-03-30", "", nil, 200, []string{"data.total_queries=4"}},
		{"before there was any", "GET", "/zones/$zone/usage?start_date=2025-12-01&end_date=2025-12-31", "", nil, 200, []string{"data.zone_id=$zone", "data.total_queries=0", "!data.daily_breakdown"}},
		{"of a zone nobody asked for", "POST", "/zones", `{"name":"quiet.test"}`, nil, 201, nil},
		{"which has none", "GET", "/zones/quiet.test/usage", "", nil, 200, []string{"data.zone_name=quiet.test", "data.total_queries=0"}},
		{"the days the wrong way round", "GET", "/zones/$zone/usage?start_date=2026-03-31&end_date=2026-03-30", "", nil, 400, []string{"error.details.0.field=end_date"}},
		{"no day", "GET", "/zones/$zone/usage?start_date=yesterday", "", nil, 400, []string{"error.details.0.field=start_date", "error.message~2026-01-31"}},
		{"too many days", "GET", "/zones/$zone/usage?start_date=1970-01-01", "", nil, 400, []string{"error.message~400 days"}},
		{"no zone", "GET", "/zones/nowhere.test/usage", "", nil, 404, nil},
	})
}

func TestUsageOfAnAccount(t *testing.T) {
	d := asked(t)
	const none = "Authorization: Bearer $secret"
	d.run([]step{
		{"this month", "GET", "/usage/current", "", nil, 200, []string{
			"data.billing_month=2026-03-01T00:00:00Z", "data.billing_type=metered", "data.total_queries=33", "data.days_active=2", "data.days_in_month=31",
			"data.active_zones=3", "data.zone_breakdown.0.zone_name=example.com", "data.zone_breakdown.1.zone_name=example.net", "data.overage_amount=0"}},
		{"another month", "GET", "/usage/summary?month=2026-02", "", nil, 200, []string{"data.total_queries=0", "data.days_in_month=28", "data.days_active=0"}},
		{"no month", "GET", "/usage/summary?month=2026-13", "", nil, 400, []string{"error.details.0.field=month"}},
		{"an account sees its own", "GET", "/usage/current", "", []string{none}, 200, []string{"data.customer_id=$user", "data.total_queries=2", "data.days_active=1", "data.zone_breakdown.#=1", "data.zone_breakdown.0.zone_id=$jo"}},
		{"top zones", "GET", "/usage/top-zones?limit=2", "", nil, 200, []string{"data.zones.#=2", "data.zones.0.zone_name=example.com", "data.zones.0.total_queries=24", "data.zones.1.zone_name=example.net"}},
		{"day by day", "GET", "/usage/daily", "", nil, 200, []string{"data.total_queries=33", "data.daily_stats.#=2", "data.daily_stats.0.total_queries=4", "data.daily_stats.1.total_queries=29", "data.query_type_breakdown.MX=5", "data.rcode_breakdown.NXDOMAIN=5", "!data.rcode_breakdown.REFUSED"}},
		{"of one zone", "GET", "/usage/daily?zone_id=$zone", "", nil, 200, []string{"data.total_queries=24"}},
		{"of a zone of others", "GET", "/usage/daily?zone_id=$zone", "", []string{none}, 404, nil},
		{"of no zone", "GET", "/usage/daily?zone_id=nowhere.test", "", nil, 404, nil},
	})
}

func TestTrafficInWindows(t *testing.T) {
	d := asked(t)
	const jo, narrow = "Authorization: Bearer $secret", "Authorization: Bearer $narrow"
	d.run([]step{
		{"the last hour", "GET", "/usage", "", nil, 200, []string{"data.traffic.window=hour", "data.traffic.step=60", "data.traffic.points.#=60", "data.traffic.queries=32",
			"data.traffic.points.59.queries=32", "data.traffic.points.59.nxdomain=5", "data.traffic.points.58.queries=0", "data.traffic.elsewhere=3", "data.traffic.rcodes.REFUSED=3", "data.traffic.end=2026-03-31T12:31:00Z"}},
		{"the last day", "GET", "/usage?window=day", "", nil, 200, []string{"data.traffic.points.#=24", "data.traffic.queries=32", "data.traffic.points.23.queries=32"}},
		{"the last month", "GET", "/usage?window=month", "", nil, 200, []string{"data.traffic.points.#=30", "data.traffic.queries=36", "data.traffic.points.28.queries=4", "data.traffic.points.28.types.A=4"}},
		{"of a zone", "GET", "/usage?zone=example.com", "", nil, 200, []string{"data.traffic.zone=example.com", "data.traffic.queries=20", "data.traffic.nxdomain_share=0.25", "data.traffic.elsewhere=0"}},
		{"of an account", "GET", "/usage", "", []string{jo}, 200, []string{"data.traffic.queries=2", "data.traffic.elsewhere=0", "!data.traffic.rcodes.REFUSED"}},
		{"of a token for one zone", "GET", "/usage", "", []string{narrow}, 200, []string{"data.traffic.queries=20", "data.traffic.elsewhere=0"}},
		{"of a zone of others", "GET", "/usage?zone=example.com", "", []string{jo}, 404, nil},
		{"no window", "GET", "/usage?window=year", "", nil, 400, []string{"error.details.0.field=window", "error.message~hour, day or month"}},
		{"the top", "GET", "/usage/top", "", nil, 200, []string{"data.top.queries=32", "data.top.zones.0.zone_name=example.com", "data.top.zones.0.zone_id=$zone", "data.top.zones.0.share=0.625",
			"data.top.zones.0.nxdomain_share=0.25", "data.top.names.0.name=www.example.com.", "data.top.names.0.queries=10", "data.top.names.#=4", "data.top.missing.#=1", "data.top.missing.0.name=nowhere.example.com."}},
		{"the top of a month", "GET", "/usage/top?window=month&limit=1", "", nil, 200, []string{"data.top.names.#=1", "data.top.names.0.queries=14", "data.top.zones.#=1"}},
		{"the top of a zone", "GET", "/usage/top?zone=example.net", "", nil, 200, []string{"data.top.zones.#=1", "data.top.names.#=1", "data.top.missing.#=0", "data.top.names.0.share=1"}},
		{"the top of an account", "GET", "/usage/top", "", []string{jo}, 200, []string{"data.top.names.#=1", "data.top.names.0.name=www.jo.test.", "data.top.names.0.zone_name=jo.test"}},
	})
}

// Who has a zone now does not see what was asked for it when it was another's.
func TestAZoneLeavesItsPastBehind(t *testing.T) {
	d := asked(t)
	d.run([]step{
		{"before", "GET", "/zones/jo.test/usage", "", []string{"Authorization: Bearer $secret"}, 200, []string{"data.total_queries=2"}},
		{"it is given to another", "POST", "/users", `{"email":"al@example.org"}`, nil, 201, []string{"al:=data.user.id"}},
		{"with a token", "POST", "/users/$al/apikeys", `{"name":"k","scopes":["*"]}`, nil, 201, []string{"next:=data.api_key.key"}},
		{"in one step", "PUT", "/zones/$jo", `{"name":"jo.test","account":"$al"}`, nil, 200, nil},
	})
	d.clock = d.clock.Add(time.Minute)
	d.ask(1, "www.jo.test.", "jo.test.", rr.TypeA, code.NoError)
	d.run([]step{
		{"the new owner", "GET", "/zones/jo.test/usage", "", []string{"Authorization: Bearer $next"}, 200, []string{"data.total_queries=1"}},
		{"the old one", "GET", "/zones/jo.test/usage", "", []string{"Authorization: Bearer $secret"}, 404, nil},
		{"the old one's sum", "GET", "/usage/current", "", []string{"Authorization: Bearer $secret"}, 200, []string{"data.total_queries=0"}},
		{"who sees all", "GET", "/zones/jo.test/usage", "", nil, 200, []string{"data.total_queries=3"}},
	})
}

func TestAServerThatDoesNotCount(t *testing.T) {
	d := zoned(t)
	d.Traffic, d.Targets = nil, nil
	for _, path := range []string{"/usage", "/usage/top", "/usage/live", "/usage/current", "/usage/summary", "/usage/daily", "/usage/top-zones", "/zones/$zone/usage", "/zones/$zone/aliases", "/aliases/example.com/state"} {
		if a := d.send("GET", path, ""); a.status != 501 || !strings.Contains(string(a.raw), "NOT_IMPLEMENTED") {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
}

// TestUsageByItsOwnScope reads with usage:read alone, as tokens of DNScale do, and with
// zones:read; with neither there is nothing to be read, and usage:read opens nothing else.
func TestUsageByItsOwnScope(t *testing.T) {
	d := furnished(t)
	secrets := make(map[string]string)
	for name, scopes := range map[string]string{"usage": `"usage:read"`, "usage:*": `"usage:*"`, "zones": `"zones:read"`, "neither": `"activity:read","records:*"`} {
		d.run([]step{{name, "POST", "/users/me/apikeys", `{"name":"t","scopes":[` + scopes + `]}`, nil, 201, []string{"secret:=data.api_key.key"}}})
		secrets[name] = "Authorization: Bearer " + d.vars["secret"]
	}
	usage := 0
	for _, r := range Routes() {
		if r.ID == "watchTraffic" || r.Status == 501 {
			continue
		}
		path, body, headers := d.request(&r)
		headers = headers[:len(headers):len(headers)]
		if r.Instead == "" {
			if len(r.Scopes) > 0 {
				if a := d.send(r.Method, path, body, append(headers, secrets["usage"])...); a.status != 403 {
					t.Errorf("%s by usage:read: %d", r.ID, a.status)
				}
			}
			continue
		}
		usage++
		for name, want := range map[string]int{"usage": 200, "usage:*": 200, "zones": 200, "neither": 403} {
			if a := d.send(r.Method, path, body, append(headers, secrets[name])...); a.status != want {
				t.Errorf("%s by %s: %d %s", r.ID, name, a.status, a.raw)
			}
		}
	}
	if usage < 7 {
		t.Errorf("%d operations by usage:read", usage)
	}
}

// TestUsageOfATokenForOneZone keeps the limits of a token that has usage:read only.
func TestUsageOfATokenForOneZone(t *testing.T) {
	d := furnished(t)
	d.run([]step{
		{"another zone", "POST", "/zones", `{"name":"other.test"}`, nil, 201, nil},
		{"a token", "POST", "/users/me/apikeys", `{"name":"t","scopes":["usage:read"],"zones":["example.com"]}`, nil, 201, []string{"secret:=data.api_key.key"}},
		{"its zone", "GET", "/zones/example.com/usage", "", []string{"Authorization: Bearer $secret"}, 200, []string{"data.zone_name=example.com"}},
		{"another", "GET", "/zones/other.test/usage", "", []string{"Authorization: Bearer $secret"}, 404, nil},
		{"the zone itself", "GET", "/zones/example.com", "", []string{"Authorization: Bearer $secret"}, 403, []string{"error.details.0.scope=zones:read"}},
	})
}

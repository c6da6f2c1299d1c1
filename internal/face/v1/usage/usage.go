// Package usage is the part of the v1 API that counts what is asked: by days and
// months as DNScale does, by windows up to now, and second by second.
package usage

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/work/traffic"
)

var dates = []call.Query{
	{Name: "start_date", Type: "string", Description: "the first day, as 2026-01-31; 30 days ago unless said otherwise"},
	{Name: "end_date", Type: "string", Description: "the last day; today unless said otherwise"},
}

const utc = "Days are those of UTC. Zones that are not seen by the token do not count; of a zone that changed hands, only what was asked since counts."

// Routes is the operations in the shape of DNScale, in the order in which they are described.
var Routes = []call.Route{{
	Method: "GET", Path: "/zones/{zone_id}/usage", ID: "getZoneUsage", Tag: "Usage", Summary: "Count what was asked for a zone, day by day", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: utc, Queries: dates, Status: 200, Answer: api.Response[api.ZoneUsage]{}, Handle: call.By(handler.zoneUsage),
}, {
	Method: "GET", Path: "/usage/summary", ID: "getUsageSummary", Tag: "Usage", Summary: "Count what was asked in a month", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: utc, Queries: []call.Query{{Name: "month", Type: "string", Description: "as 2026-01; the current one unless said otherwise"}},
	Status: 200, Answer: api.Response[api.AccountUsage]{}, Handle: call.By(handler.usageSummary),
}, {
	Method: "GET", Path: "/usage/current", ID: "getCurrentUsage", Tag: "Usage", Summary: "Count what was asked in this month", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: utc, Status: 200, Answer: api.Response[api.AccountUsage]{}, Handle: call.By(handler.usageSummary),
}, {
	Method: "GET", Path: "/usage/top-zones", ID: "listTopZonesByUsage", Tag: "Usage", Summary: "List the zones that were asked for most", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: utc, Queries: append(slices.Clone(dates), call.Query{Name: "limit", Type: "integer", Description: "how many to list, up to 100", Default: 10}),
	Status: 200, Answer: api.Response[api.TopZonesData]{}, Handle: call.By(handler.topZones),
}, {
	Method: "GET", Path: "/usage/daily", ID: "getDailyUsage", Tag: "Usage", Summary: "Count what was asked for all zones together, day by day", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: utc, Queries: append(slices.Clone(dates), call.Query{Name: "zone_id", Type: "string", Description: "only for this zone, by id or name"}),
	Status: 200, Answer: api.Response[api.DailyUsageData]{}, Handle: call.By(handler.dailyUsage),
}}

// handler is a Call, with what is done in this room as its methods.
type handler struct{ *call.Call }

// period is days, from the first to before end.
type period struct{ start, end time.Time }

// maxDays bounds a period.
const maxDays = 400

const day = 24 * time.Hour

// last is the last moment of p, as DNScale tells it.
func (p period) last() time.Time { return p.end.Add(-time.Second) }

// period is that of start_date and end_date, both included.
func (c handler) period() (period, error) {
	today := traffic.Day.Start(c.Traffic.Now())
	p := period{today.Add(-30 * day), today}
	for _, f := range []struct {
		name string
		to   *time.Time
	}{{"start_date", &p.start}, {"end_date", &p.end}} {
		text := c.Query(f.name)
		if text == "" {
			continue
		}
		var err error
		if *f.to, err = time.Parse(time.DateOnly, text); err != nil {
			return p, envelope.Invalid(f.name, "%s=%q is no day; write it as in 2026-01-31", f.name, envelope.Shorten(text, 40))
		}
	}
	p.end = p.end.Add(day)
	switch {
	case !p.start.Before(p.end):
		return p, envelope.Invalid("end_date", "end_date comes before start_date")
	case p.end.Sub(p.start) > maxDays*day:
		return p, envelope.Invalid("start_date", "a period has %d days at most; ask for a shorter one", maxDays)
	}
	return p, nil
}

// month is that of the parameter.
func (c handler) month() (p period, err error) {
	now := c.Traffic.Now()
	p.start = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	if text := c.Query("month"); text != "" {
		if p.start, err = time.Parse("2006-01", text); err != nil {
			return p, envelope.Invalid("month", "month=%q is no month; write it as in 2026-01", envelope.Shorten(text, 40))
		}
	}
	p.end = p.start.AddDate(0, 1, 0)
	return p, nil
}

// days is the days of p on which something was asked.
func (c handler) days(p period) []*traffic.Bucket {
	return c.Traffic.Buckets(c.Ctx, traffic.Day, p.start, p.end)
}

func (c handler) zoneUsage() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	v, err := c.viewer()
	if err != nil {
		return nil, err
	}
	p, err := c.period()
	if err != nil {
		return nil, err
	}
	v.only = z.Apex.String()
	all := v.byZone(c.days(p), p)
	if len(all) == 0 {
		id := z.ID.String()
		return envelope.OK(api.ZoneUsage{ZoneID: &id, ZoneName: form.Bare(z.Apex), PeriodStart: p.start, PeriodEnd: p.last()})
	}
	return envelope.OK(all[0])
}

func (c handler) usageSummary() (*envelope.Reply, error) {
	v, err := c.viewer()
	if err != nil {
		return nil, err
	}
	p, err := c.month()
	if err != nil {
		return nil, err
	}
	days := c.days(p)
	out := api.AccountUsage{
		CustomerID: form.UUID(c.Who.Account), BillingMonth: p.start, BillingType: "metered",
		ZoneBreakdown: v.byZone(days, p), DaysInMonth: int(p.end.Sub(p.start) / day),
	}
	out.ActiveZones = len(out.ZoneBreakdown)
	for _, b := range days {
		if n := v.ours(b); n.Total() > 0 {
			out.DaysActive++
			out.TotalQueries += int64(n.Total())
		}
	}
	return envelope.OK(out)
}

func (c handler) topZones() (*envelope.Reply, error) {
	v, err := c.viewer()
	if err != nil {
		return nil, err
	}
	limit, err := c.Integer("limit", 10, 1, 100)
	if err != nil {
		return nil, err
	}
	p, err := c.period()
	if err != nil {
		return nil, err
	}
	all := v.byZone(c.days(p), p)
	return envelope.OK(api.TopZonesData{Zones: all[:min(limit, len(all))]})
}

func (c handler) dailyUsage() (*envelope.Reply, error) {
	v, err := c.viewer()
	if err == nil {
		err = v.narrow("zone_id")
	}
	if err != nil {
		return nil, err
	}
	p, err := c.period()
	if err != nil {
		return nil, err
	}
	out := api.DailyUsageData{PeriodStart: p.start, PeriodEnd: p.last(), DailyStats: []api.DailyUsage{}}
	var sum stats.Counts
	for _, b := range c.days(p) {
		n := v.ours(b)
		if n.Total() == 0 {
			continue
		}
		sum.Add(&n)
		out.DailyStats = append(out.DailyStats, api.DailyUsage{Date: b.Start, TotalQueries: int64(n.Total()), QueryByType: byType(&n), QueryByRcode: byRcode(&n)})
	}
	out.TotalQueries, out.QueryTypeBreakdown, out.RcodeBreakdown = int64(sum.Total()), byType(&sum), byRcode(&sum)
	return envelope.OK(out)
}

// byZone is what was asked for each zone, those with the most first.
func (v *viewer) byZone(days []*traffic.Bucket, p period) []api.ZoneUsage {
	found := make(map[string]*api.ZoneUsage)
	for _, b := range days {
		for z, n := range b.Zones {
			if !v.sees(z) {
				continue
			}
			u := found[z.Apex]
			if u == nil {
				u = &api.ZoneUsage{ZoneID: v.id(z), ZoneName: bare(z.Apex), PeriodStart: p.start, PeriodEnd: p.last()}
				found[z.Apex] = u
			}
			u.TotalQueries += int64(n.Total())
			u.DailyBreakdown = append(u.DailyBreakdown, v.daily(b, z, n))
		}
	}
	list := make([]api.ZoneUsage, 0, len(found))
	for _, u := range found {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b api.ZoneUsage) int {
		if a.TotalQueries != b.TotalQueries {
			return int(min(max(b.TotalQueries-a.TotalQueries, -1), 1))
		}
		return strings.Compare(a.ZoneName, b.ZoneName)
	})
	return list
}

func (v *viewer) daily(b *traffic.Bucket, z traffic.Zone, n *stats.Counts) api.ZoneUsageDaily {
	updated := b.Start.Add(day)
	if now := v.c.Traffic.Now(); now.Before(updated) {
		updated = now
	}
	return api.ZoneUsageDaily{
		ID: dailyID(b.Start, z), ZoneID: v.id(z), ZoneName: bare(z.Apex), CustomerID: form.UUID(z.Account), UsageDate: b.Start,
		TotalQueries: int64(n.Total()), QueryByType: byType(n), QueryByRcode: byRcode(n), CreatedAt: b.Start, UpdatedAt: updated,
	}
}

// dailyID is the same for a zone and a day every time, and a number that
// JavaScript can hold.
func dailyID(start time.Time, z traffic.Zone) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(z.Apex + "\n" + z.Account + "\n" + start.Format(time.DateOnly)))
	return int64(h.Sum64() >> 11)
}

func byType(c *stats.Counts) api.UsageCounts  { return usageCounts(c.ByType()) }
func byRcode(c *stats.Counts) api.UsageCounts { return usageCounts(c.ByRcode()) }

func usageCounts(m map[string]uint64) api.UsageCounts {
	out := make(api.UsageCounts, len(m))
	for name, n := range m {
		out[name] = int64(n)
	}
	return out
}

func bare(apex string) string {
	if apex == "." {
		return apex
	}
	return strings.TrimSuffix(apex, ".")
}

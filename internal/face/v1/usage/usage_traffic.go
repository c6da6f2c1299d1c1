package usage

import (
	"cmp"
	"slices"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/work/traffic"
)

var (
	windowQuery = call.Query{Name: "window", Type: "string", Description: "hour, day or month: the 60 minutes, 24 hours or 30 days up to now", Default: api.WindowHour}
	oneZone     = call.Query{Name: "zone", Type: "string", Description: "only for this zone, by id or name"}
)

// TrafficRoutes is the operations of our own, in the order in which they are described.
var TrafficRoutes = []call.Route{{
	Method: "GET", Path: "/usage", ID: "getTraffic", Tag: "Usage", Summary: "Count what was asked in the last hour, day or month, step by step", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: "For administrators all queries, for names in no zone of this server too; for others those for their zones.",
	Queries:     []call.Query{windowQuery, oneZone}, Status: 200, Answer: api.Response[api.TrafficData]{}, Handle: call.By(handler.traffic),
}, {
	Method: "GET", Path: "/usage/top", ID: "getTrafficTop", Tag: "Usage", Summary: "List what was asked for most", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: "Zones, names that exist, and names that do not. Each list is kept in a bounded place: rare names are missing, and what is made up at random pushes nothing else out.",
	Queries:     []call.Query{windowQuery, oneZone, {Name: "limit", Type: "integer", Description: "how many of each to list, up to 100", Default: 20}},
	Status:      200, Answer: api.Response[api.TrafficTopData]{}, Handle: call.By(handler.trafficTop),
}, {
	Method: "GET", Path: "/usage/live", ID: "watchTraffic", Tag: "Usage", Summary: "Watch what is asked, second by second", Scopes: call.ReadZones, Instead: access.UsageRead,
	Description: "Server-sent events, one a second, each a TrafficSecond. After some minutes the answer ends, and a client asks again. Where the session or token has ended meanwhile, or may see it no more, an event named ended says so, as other answers do, and is the last.",
	Queries: []call.Query{oneZone, {Name: "history", Type: "integer", Description: "how many of the last seconds come at once, up to 300; of single zones there are five", Default: 60},
		{Name: "limit", Type: "integer", Description: "after how many seconds the answer ends; 0 for as late as the server likes", Default: 0}},
	Status: 200, Type: eventStream, Handle: call.By(handler.liveTraffic),
}}

// window is a stretch of time up to now.
type window struct {
	name       string
	level      traffic.Level
	start, end time.Time
}

func (c handler) window() (w window, err error) {
	w.name = cmp.Or(c.Query("window"), api.WindowHour)
	steps := 0
	switch w.name {
	case api.WindowHour:
		w.level, steps = traffic.Minute, 60
	case api.WindowDay:
		w.level, steps = traffic.Hour, 24
	case api.WindowMonth:
		w.level, steps = traffic.Day, 30
	default:
		return w, envelope.Invalid("window", "window=%q is none; use hour, day or month", envelope.Shorten(w.name, 40))
	}
	w.end = w.level.Start(c.Traffic.Now()).Add(w.level.Length())
	w.start = w.end.Add(-time.Duration(steps) * w.level.Length())
	return w, nil
}

// view is the viewer and the window that the client asks for.
func (c handler) view() (v *viewer, w window, err error) {
	if v, err = c.viewer(); err == nil {
		err = v.narrow("zone")
	}
	if err == nil {
		w, err = c.window()
	}
	return v, w, err
}

func (c handler) traffic() (*envelope.Reply, error) {
	v, w, err := c.view()
	if err != nil {
		return nil, err
	}
	out := api.Traffic{Window: w.name, Zone: bare(v.only), Start: w.start, End: w.end, Step: int(w.level.Length() / time.Second)}
	found := make(map[int64]stats.Counts)
	var sum stats.Counts
	for _, b := range c.Traffic.Buckets(c.Ctx, w.level, w.start, w.end) {
		n := v.seen(b)
		found[b.Start.Unix()] = n
		sum.Add(&n)
		if v.everything() {
			out.Elsewhere += int64(b.Elsewhere.Total())
			out.Other += int64(b.Other.Total())
		}
	}
	for at := w.start; at.Before(w.end); at = at.Add(w.level.Length()) {
		n := found[at.Unix()]
		out.Points = append(out.Points, api.TrafficPoint{
			T: at.Unix(), Queries: int64(n.Total()), NXDomain: int64(n.Rcode(code.NXDomain)), Types: byType(&n), Rcodes: byRcode(&n),
		})
	}
	out.Queries, out.NXDomainShare, out.Types, out.Rcodes = int64(sum.Total()), nxShare(&sum), byType(&sum), byRcode(&sum)
	return envelope.OK(api.TrafficData{Traffic: out})
}

// nxShare is which part of c was for names that do not exist.
func nxShare(c *stats.Counts) float64 { return share(c.Rcode(code.NXDomain), c.Total()) }

func share(part, all uint64) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}

func (c handler) trafficTop() (*envelope.Reply, error) {
	v, w, err := c.view()
	if err != nil {
		return nil, err
	}
	limit, err := c.Integer("limit", 20, 1, 100)
	if err != nil {
		return nil, err
	}
	t := tops{v: v, zones: make(map[string]*zoneTop), names: make(map[nameKey]uint64), missing: make(map[nameKey]uint64)}
	for _, b := range c.Traffic.Buckets(c.Ctx, w.level, w.start, w.end) {
		t.add(b)
	}
	return envelope.OK(api.TrafficTopData{Top: api.TrafficTop{
		Window: w.name, Zone: bare(v.only), Start: w.start, End: w.end, Queries: int64(t.all.Total()),
		Zones: t.topZones(limit), Names: t.topNames(t.names, limit), Missing: t.topNames(t.missing, limit),
	}})
}

// tops gathers what was asked for most.
type tops struct {
	v              *viewer
	all            stats.Counts
	zones          map[string]*zoneTop
	names, missing map[nameKey]uint64
}

type zoneTop struct {
	zone traffic.Zone
	n    stats.Counts
}

type nameKey struct{ name, zone string }

func (t *tops) add(b *traffic.Bucket) {
	all := t.v.seen(b)
	t.all.Add(&all)
	for z, n := range b.Zones {
		if !t.v.sees(z) {
			continue
		}
		top := t.zones[z.Apex]
		if top == nil {
			top = &zoneTop{zone: z}
			t.zones[z.Apex] = top
		}
		top.n.Add(n)
	}
	t.addNames(t.names, b.Names)
	t.addNames(t.missing, b.Missing)
}

func (t *tops) addNames(to map[nameKey]uint64, from map[traffic.Name]uint64) {
	for n, count := range from {
		if t.v.sees(n.Zone) {
			to[nameKey{n.Name, n.Zone.Apex}] += count
		}
	}
}

func (t *tops) topZones(limit int) []api.TopZone {
	list := make([]api.TopZone, 0, len(t.zones))
	for apex, z := range t.zones {
		list = append(list, api.TopZone{ZoneID: t.v.id(z.zone), ZoneName: bare(apex), Queries: int64(z.n.Total()), Share: share(z.n.Total(), t.all.Total()), NXDomainShare: nxShare(&z.n)})
	}
	slices.SortFunc(list, func(a, b api.TopZone) int {
		return cmp.Or(cmp.Compare(b.Queries, a.Queries), cmp.Compare(a.ZoneName, b.ZoneName))
	})
	return list[:min(limit, len(list))]
}

func (t *tops) topNames(from map[nameKey]uint64, limit int) []api.TopName {
	list := make([]api.TopName, 0, len(from))
	for k, n := range from {
		list = append(list, api.TopName{Name: k.name, ZoneName: bare(k.zone), Queries: int64(n), Share: share(n, t.all.Total())})
	}
	slices.SortFunc(list, func(a, b api.TopName) int {
		return cmp.Or(cmp.Compare(b.Queries, a.Queries), cmp.Compare(a.Name, b.Name))
	})
	return list[:min(limit, len(list))]
}

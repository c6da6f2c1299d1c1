package v1

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Pages of zones. Clients that know no pages ask for 1000 at once.
const (
	zonesPage = 10
	zonesMost = 1000
)

var zoneRoutes = []Route{{
	Method: "GET", Path: "/zones", ID: "listZones", Tag: "Zones", Summary: "List zones", Scopes: readZones,
	Queries: append(page(zonesPage, zonesMost), Query{Name: "name", Type: "string", Description: "only the zone of this name"}),
	Status:  200, Answer: api.ZonesResponse{}, handle: (*call).listZones,
}, {
	Method: "POST", Path: "/zones", ID: "createZone", Tag: "Zones", Summary: "Create a zone", Scopes: writeZones,
	Queries: []Query{dryRun}, Headers: repeatHeader, Body: api.CreateZoneRequest{},
	Status: 201, Answer: api.Response[api.ZoneData]{}, handle: (*call).createZone,
}, {
	Method: "GET", Path: "/zones/deleted", ID: "listDeletedZones", Tag: "Zones", Summary: "List deleted zones that can be restored", Scopes: readZones,
	Status: 200, Answer: api.Response[api.DeletedZonesData]{}, handle: (*call).deletedZones,
}, {
	Method: "GET", Path: "/zones/{zone_id}", ID: "getZone", Tag: "Zones", Summary: "Get a zone", Scopes: readZones,
	Status: 200, Answer: api.Response[api.ZoneData]{}, handle: (*call).getZone,
}, {
	Method: "PUT", Path: "/zones/{zone_id}", ID: "updateZone", Tag: "Zones", Summary: "Change the properties of a zone", Scopes: writeZones,
	Description: "The name is needed and must be that of the zone; what else is left out stays as it is.",
	Queries:     []Query{dryRun}, Headers: writeHeaders, Body: api.UpdateZoneRequest{},
	Status: 200, Answer: api.Response[api.ZoneData]{}, handle: (*call).updateZone,
}, {
	Method: "DELETE", Path: "/zones/{zone_id}", ID: "deleteZone", Tag: "Zones", Summary: "Delete a zone with its records", Scopes: writeZones,
	Description: "It can be restored.",
	Queries:     []Query{dryRun}, Headers: writeHeaders, Status: 204, handle: (*call).deleteZone,
}}

func zoneOf(z *control.ZoneInfo) api.Zone {
	return api.Zone{
		ID: z.ID.String(), CustomerID: uuid(z.Account), Name: bare(z.Apex), Type: z.Type, Region: z.Region, Status: z.Status,
		CreatedAt: z.Created, UpdatedAt: latest(z.Updated, z.Changed), Serial: uint32(z.Serial), Revision: uint64(z.Head), RecordCount: z.Records,
		ReadOnly: z.ReadOnly, Nameservers: nameServers(z),
	}
}

func nameServers(z *control.ZoneInfo) []string {
	names := []string{}
	if z.Snapshot == nil {
		return names
	}
	var k dname.Key
	k.Set(z.Apex)
	for rest := z.Snapshot.Node(&k, k.Depth()).Set(rr.TypeNS); !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		names = append(names, bare(r.Data()))
	}
	return names
}

func (c *call) listZones() (*reply, error) {
	offset, err := c.integer("offset", 0, 0, 1<<31-1)
	if err != nil {
		return nil, err
	}
	limit, err := c.integer("limit", zonesPage, 1, zonesMost)
	if err != nil {
		return nil, err
	}
	found, err := c.zonesNamed(c.query("name"))
	if err != nil {
		return nil, err
	}
	part := found[min(offset, len(found)):min(offset+limit, len(found))]
	zones := make([]api.Zone, len(part))
	for i, z := range part {
		zones[i] = zoneOf(z)
	}
	list, err := json.Marshal(zones)
	if err != nil {
		return nil, err
	}
	p := pagination(len(found), offset, limit, len(part))
	body := append(listBody("zones", list, p), `,"zones":`...)
	return &reply{status: http.StatusOK, whole: append(append(body, list...), '}')}, nil
}

// zonesNamed is all zones that the token sees, or the one of that name.
func (c *call) zonesNamed(name string) ([]*control.ZoneInfo, error) {
	if name == "" {
		return c.Control.Zones(c.who, nil), nil
	}
	apex, err := parseName("name", name)
	if err != nil {
		return nil, err
	}
	z, err := c.Control.Zone(c.who, control.Ref{Apex: apex})
	if err != nil {
		return nil, nil
	}
	return []*control.ZoneInfo{z}, nil
}

func pagination(total, offset, limit, count int) api.Pagination {
	return api.Pagination{Total: total, Offset: offset, Limit: limit, Count: count, HasMore: offset+count < total}
}

// listBody is the envelope of a list, without its last brace: clients disagree
// on where a list stands, so it stands under its name and under items.
func listBody(name string, list []byte, p api.Pagination) []byte {
	body := make([]byte, 0, 2*len(list)+300)
	body = append(body, `{"status":"success","data":{"`+name+`":`...)
	body = append(append(body, list...), `,"items":`...)
	body = append(append(body, list...), `,"pagination":`...)
	meta, _ := json.Marshal(p) // numbers always can be written
	body = append(body, meta...)
	return append(body, `,"total":`+itoa(p.Total)+`,"limit":`+itoa(p.Limit)+`,"offset":`+itoa(p.Offset)+`}`...)
}

func (c *call) getZone() (*reply, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	return c.showZone(http.StatusOK, z, nil)
}

func (c *call) showZone(status int, z *control.ZoneInfo, warnings []api.Finding) (*reply, error) {
	return &reply{status: status, data: api.ZoneData{Zone: zoneOf(z), Warnings: warnings}, etag: &z.Serial}, nil
}

func (c *call) createZone() (*reply, error) {
	var in api.CreateZoneRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	apex, err := parseName("name", in.Name)
	if err != nil {
		return nil, err
	}
	account, err := c.account(in.Account)
	if err != nil {
		return nil, err
	}
	edit := control.ZoneEdit{
		Zone:   control.Ref{Apex: apex},
		Create: &control.NewZone{Account: account, Type: in.Type, Region: in.Region, Status: in.Status},
	}
	res, err := c.apply(edit)
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return c.written(http.StatusCreated, control.Ref{Apex: apex}, res)
}

// written shows a zone that has just been written.
func (c *call) written(status int, ref control.Ref, res *control.Result) (*reply, error) {
	z, err := c.Control.Zone(c.who, ref)
	if err != nil {
		return nil, err
	}
	a, err := c.showZone(status, z, findings(res.Warnings))
	a.replay = res.Replayed
	return a, err
}

func (c *call) updateZone() (*reply, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	var in api.UpdateZoneRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name, err := parseName("name", in.Name)
	if err != nil {
		return nil, err
	}
	if !name.Equal(z.Apex) {
		return nil, invalid("name", "the zone is %s; a zone cannot be renamed, but exported and imported under another name", bare(z.Apex))
	}
	account, err := c.account(in.Account)
	if err != nil {
		return nil, err
	}
	given := func(text string) *string {
		if text == "" {
			return nil
		}
		return &text
	}
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Props: &control.ZonePatch{
		Type: given(in.Type), Region: given(in.Region), Status: given(in.Status), Account: given(account),
	}})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return c.written(http.StatusOK, control.Ref{ID: z.ID}, res)
}

func (c *call) deleteZone() (*reply, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Delete: true})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return nil, nil
}

// apply makes one Change of the edit of one zone.
func (c *call) apply(edit control.ZoneEdit) (*control.Result, error) {
	req, err := c.request()
	if err != nil {
		return nil, err
	}
	if edit.IfMatch, err = c.match(); err != nil {
		return nil, err
	}
	req.Zones = []control.ZoneEdit{edit}
	return c.Control.Apply(c.ctx, c.who, req)
}

// dry shows what a request would have changed.
func (c *call) dry(res *control.Result, err error) (*reply, error) {
	if err != nil {
		return nil, err
	}
	return ok(changeData(res, true))
}

func (c *call) deletedZones() (*reply, error) {
	gone, err := c.Control.DeletedZones(c.ctx, c.who)
	if err != nil {
		return nil, err
	}
	out := api.DeletedZonesData{Zones: []api.DeletedZone{}}
	for _, ch := range gone {
		for i := range ch.Zones {
			out.Zones = append(out.Zones, deletedZone(ch, &ch.Zones[i]))
		}
	}
	return ok(out)
}

func deletedZone(ch *change.Change, d *change.ZoneDiff) api.DeletedZone {
	return api.DeletedZone{
		ID: d.ID.String(), Name: bare(d.Apex), Serial: uint32(d.From), Revision: uint64(ch.Revision),
		ChangeID: ch.ID, DeletedAt: ch.Time, DeletedBy: ch.Origin.Author,
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

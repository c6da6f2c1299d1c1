package v1

import (
	"encoding/json"
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// Pages of zones. Clients that know no pages ask for 1000 at once.
const (
	zonesPage = 10
	zonesMost = 1000
)

var zoneRoutes = []Route{{
	Method: "GET", Path: "/zones", ID: "listZones", Tag: "Zones", Summary: "List zones", Scopes: call.ReadZones,
	Queries: append(call.Page(zonesPage, zonesMost), Query{Name: "name", Type: "string", Description: "only the zone of this name"}),
	Status:  200, Answer: api.ZonesResponse{}, Handle: call.By(handler.listZones),
}, {
	Method: "POST", Path: "/zones", ID: "createZone", Tag: "Zones", Summary: "Create a zone", Scopes: writeZones,
	Queries: []Query{call.DryRun}, Headers: repeatHeader, Body: api.CreateZoneRequest{},
	Status: 201, Answer: api.Response[api.ZoneData]{}, Handle: call.By(handler.createZone),
}, {
	Method: "GET", Path: "/zones/deleted", ID: "listDeletedZones", Tag: "Zones", Summary: "List deleted zones that can be restored", Scopes: call.ReadZones,
	Status: 200, Answer: api.Response[api.DeletedZonesData]{}, Handle: call.By(handler.deletedZones),
}, {
	Method: "GET", Path: "/zones/{zone_id}", ID: "getZone", Tag: "Zones", Summary: "Get a zone", Scopes: call.ReadZones,
	Headers: readHeaders, Status: 200, Answer: api.Response[api.ZoneData]{}, Handle: call.By(handler.getZone),
}, {
	Method: "PUT", Path: "/zones/{zone_id}", ID: "updateZone", Tag: "Zones", Summary: "Change the properties of a zone", Scopes: writeZones,
	Description: "The name is needed and must be that of the zone; what else is left out stays as it is.",
	Queries:     []Query{call.DryRun}, Headers: writeHeaders, Body: api.UpdateZoneRequest{},
	Status: 200, Answer: api.Response[api.ZoneData]{}, Handle: call.By(handler.updateZone),
}, {
	Method: "DELETE", Path: "/zones/{zone_id}", ID: "deleteZone", Tag: "Zones", Summary: "Delete a zone with its records", Scopes: writeZones,
	Description: "It can be restored.",
	Queries:     []Query{call.DryRun}, Headers: writeHeaders, Status: 204, Handle: call.By(handler.deleteZone),
}}

func (c handler) listZones() (*envelope.Reply, error) {
	offset, err := c.Integer("offset", 0, 0, 1<<31-1)
	if err != nil {
		return nil, err
	}
	limit, err := c.Integer("limit", zonesPage, 1, zonesMost)
	if err != nil {
		return nil, err
	}
	found, err := c.zonesNamed(c.Query("name"))
	if err != nil {
		return nil, err
	}
	part := found[min(offset, len(found)):min(offset+limit, len(found))]
	zones := make([]api.Zone, len(part))
	for i, z := range part {
		zones[i] = form.Zone(z)
	}
	list, err := json.Marshal(zones)
	if err != nil {
		return nil, err
	}
	p := envelope.Part(len(found), offset, limit, len(part))
	body := append(envelope.List("zones", list, p), `,"zones":`...)
	return &envelope.Reply{Status: http.StatusOK, Whole: append(append(body, list...), '}')}, nil
}

// zonesNamed is all zones that the token sees, or the one of that name.
func (c handler) zonesNamed(name string) ([]*control.ZoneInfo, error) {
	if name == "" {
		return c.Control.Zones(c.Who, nil), nil
	}
	apex, err := form.ParseName("name", name)
	if err != nil {
		return nil, err
	}
	z, err := c.Control.Zone(c.Who, control.Ref{Apex: apex})
	if err != nil {
		return nil, nil
	}
	return []*control.ZoneInfo{z}, nil
}

func (c handler) getZone() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	return c.showZone(http.StatusOK, z, nil)
}

func (c handler) showZone(status int, z *control.ZoneInfo, warnings []api.Finding) (*envelope.Reply, error) {
	shown := form.Zone(z)
	shown.Settings.KeptCNAMEs = form.Kept(z)
	return &envelope.Reply{Status: status, Data: api.ZoneData{Zone: shown, Warnings: warnings}, ETag: &z.Serial}, nil
}

func (c handler) createZone() (*envelope.Reply, error) {
	var in api.CreateZoneRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	apex, err := form.ParseName("name", in.Name)
	if err != nil {
		return nil, err
	}
	account, err := c.Account(in.Account)
	if err != nil {
		return nil, err
	}
	region, err := form.ParseRegion("region", in.Region)
	if err != nil {
		return nil, err
	}
	edit := control.ZoneEdit{
		Zone:   control.Ref{Apex: apex},
		Create: &control.NewZone{Account: account, Type: in.Type, Region: region, Status: in.Status},
	}
	if s := settingsOf(change.Settings{}, in.Settings); s != nil {
		edit.Props = &control.ZonePatch{Settings: s}
	}
	res, err := c.apply(edit)
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return c.written(http.StatusCreated, control.Ref{Apex: apex}, res)
}

// written shows a zone that has just been written.
func (c handler) written(status int, ref control.Ref, res *control.Result) (*envelope.Reply, error) {
	z, err := c.Control.Zone(c.Who, ref)
	if err != nil {
		return nil, err
	}
	a, err := c.showZone(status, z, envelope.Findings(res.Warnings))
	a.Replayed = res.Replayed
	return a, err
}

func (c handler) updateZone() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	var in api.UpdateZoneRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	name, err := form.ParseName("name", in.Name)
	if err != nil {
		return nil, err
	}
	if !name.Equal(z.Apex) {
		return nil, envelope.Invalid("name", "the zone is %s; a zone cannot be renamed, but exported and imported under another name", form.Bare(z.Apex))
	}
	account, err := c.Account(in.Account)
	if err != nil {
		return nil, err
	}
	region, err := form.ParseRegion("region", in.Region)
	if err != nil {
		return nil, err
	}
	res, err := c.apply(control.ZoneEdit{Zone: control.Ref{ID: z.ID}, Props: &control.ZonePatch{
		Type: given(in.Type), Region: given(region), Status: given(in.Status), Account: given(account), Settings: settingsOf(z.Settings, in.Settings),
	}})
	if err != nil || res.DryRun {
		return c.dry(res, err)
	}
	return c.written(http.StatusOK, control.Ref{ID: z.ID}, res)
}

// settingsOf is the settings s as in changes them; nil where it does not.
func settingsOf(s change.Settings, in *api.ZoneSettingsPatch) *change.Settings {
	if in == nil || in.FlattenAll == nil {
		return nil
	}
	s.FlattenAll = *in.FlattenAll
	return &s
}

// given is text; nil where there is none.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (c handler) deleteZone() (*envelope.Reply, error) {
	z, err := c.Zone()
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
func (c handler) apply(edit control.ZoneEdit) (*control.Result, error) {
	req, err := c.Request()
	if err != nil {
		return nil, err
	}
	if edit.IfMatch, err = c.Match(); err != nil {
		return nil, err
	}
	req.Zones = []control.ZoneEdit{edit}
	return c.Control.Apply(c.Ctx, c.Who, req)
}

// dry shows what a request would have changed.
func (c handler) dry(res *control.Result, err error) (*envelope.Reply, error) {
	if err != nil {
		return nil, err
	}
	return envelope.OK(form.ChangeData(res, true))
}

func (c handler) deletedZones() (*envelope.Reply, error) {
	gone, err := c.Control.DeletedZones(c.Ctx, c.Who)
	if err != nil {
		return nil, err
	}
	out := api.DeletedZonesData{Zones: []api.DeletedZone{}}
	for _, ch := range gone {
		for i := range ch.Zones {
			out.Zones = append(out.Zones, form.DeletedZone(ch, &ch.Zones[i]))
		}
	}
	return envelope.OK(out)
}

package v1

import (
	"encoding/json"
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// Pages of records.
const (
	recordsPage = 50
	recordsMost = 1000
)

var contentQuery = Query{Name: "content", Type: "string", Description: "the record that has this content now"}

var managedQuery = Query{Name: "managed", Type: "boolean", Description: "with the name servers that the server itself has put at the apex"}

var recordRoutes = []Route{{
	Method: "GET", Path: "/zones/{zone_id}/records", ID: "listRecords", Tag: "Records", Summary: "List the records of a zone", Scopes: call.ReadRecords,
	Queries:     append(call.Page(recordsPage, recordsMost), Query{Name: "name", Type: "string", Description: "only the records of this name"}, Query{Name: "type", Type: "string", Description: "only the records of this type"}, managedQuery),
	Description: "Without name and type, the name servers of the server at the apex are left out, which a client that removes what it does not know would remove.",
	Headers:     readHeaders, Status: 200, Answer: api.Response[api.RecordsData]{}, Handle: call.By(handler.listRecords),
}, {
	Method: "POST", Path: "/zones/{zone_id}/records", ID: "createRecord", Tag: "Records", Summary: "Create a record", Scopes: writeRecords,
	Description: "A CNAME replaces the CNAME that is there. TTL and comment are those of all records of the name and type.",
	Queries:     []Query{call.DryRun}, Headers: postHeaders, Body: api.CreateRecordRequest{},
	Status: 201, Answer: api.Response[api.RecordData]{}, Handle: call.By(handler.createRecord),
}, {
	Method: "GET", Path: "/zones/{zone_id}/records/{record_id}", ID: "getRecord", Tag: "Records", Summary: "Get a record", Scopes: call.ReadRecords,
	Headers: readHeaders, Status: 200, Answer: api.Response[api.RecordData]{}, Handle: call.By(handler.getRecord),
}, {
	Method: "PUT", Path: "/zones/{zone_id}/records/{record_id}", ID: "updateRecord", Tag: "Records", Summary: "Replace a record", Scopes: writeRecords,
	Description: "Name and type must be those of the record. A record with another content has another id.",
	Queries:     []Query{call.DryRun}, Headers: writeHeaders, Body: api.UpdateRecordRequest{},
	Status: 200, Answer: api.Response[api.RecordData]{}, Handle: call.By(handler.updateRecord),
}, {
	Method: "DELETE", Path: "/zones/{zone_id}/records/{record_id}", ID: "deleteRecord", Tag: "Records", Summary: "Delete a record", Scopes: writeRecords,
	Queries: []Query{call.DryRun}, Headers: writeHeaders, Status: 204, Handle: call.By(handler.deleteRecord),
}, {
	Method: "PUT", Path: "/zones/{zone_id}/records/by-name/{record_name}/{record_type}", ID: "updateRecordByNameAndType", Tag: "Records", Scopes: writeRecords,
	Summary: "Replace a record that name and type tell", Description: "Where there are several, content says which one.",
	Queries: []Query{contentQuery, call.DryRun}, Headers: writeHeaders, Body: api.UpdateRecordByNameRequest{},
	Status: 200, Answer: api.Response[api.RecordData]{}, Handle: call.By(handler.updateByName),
}, {
	Method: "DELETE", Path: "/zones/{zone_id}/records/by-name/{record_name}/{record_type}", ID: "deleteRecordsByNameAndType", Tag: "Records", Scopes: writeRecords,
	Summary: "Delete the records of a name and type", Description: "All of them, or the one that has the content.",
	Queries: []Query{contentQuery, call.DryRun}, Headers: writeHeaders, Status: 204, Handle: call.By(handler.deleteByName),
}}

func (c handler) listRecords() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	offset, err := c.Integer("offset", 0, 0, 1<<31-1)
	if err != nil {
		return nil, err
	}
	limit, err := c.Integer("limit", recordsPage, 1, recordsMost)
	if err != nil {
		return nil, err
	}
	r := control.Range{Skip: offset, Limit: limit}
	total, err := c.narrow(z, &r)
	if err != nil {
		return nil, err
	}
	m, err := c.managed(z, &r)
	if err != nil {
		return nil, err
	}
	total -= m.count
	skip := m.spread(&r)
	records := []api.Record{}
	for s, err := range c.Control.RRsets(c.Ctx, c.Who, control.Ref{ID: z.ID}, r) {
		if err != nil {
			return nil, err
		}
		for i := range s.Records {
			switch {
			case m.hides(&s, i):
			case skip > 0:
				skip--
			case len(records) < limit:
				records = append(records, form.Record(&s, i))
			}
		}
	}
	list, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	p := envelope.Part(total, offset, limit, len(records))
	return &envelope.Reply{Status: http.StatusOK, Whole: append(envelope.List("records", list, p), '}'), ETag: &z.Serial}, nil
}

// narrow takes the filters of the query into r, and counts what they leave.
func (c handler) narrow(z *control.ZoneInfo, r *control.Range) (total int, err error) {
	name, kind := c.Query("name"), c.Query("type")
	if name == "" && kind == "" {
		return z.Records + 1, nil // the SOA is a record here
	}
	if name != "" {
		if r.Owner, err = form.ParseOwner("name", name, z.Apex); err != nil {
			return 0, err
		}
	}
	if kind != "" {
		if r.Type, err = form.ParseType("type", kind); err != nil {
			return 0, err
		}
	}
	all := control.Range{Owner: r.Owner, Type: r.Type}
	for s, err := range c.Control.RRsets(c.Ctx, c.Who, control.Ref{ID: z.ID}, all) {
		if err != nil {
			return 0, err
		}
		total += len(s.Records)
	}
	return total, nil
}

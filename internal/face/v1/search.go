package v1

import (
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var searchRoutes = []Route{{
	Method: "GET", Path: "/search", ID: "search", Tag: "Search", Summary: "Find zones and records by a part of their name or content", Scopes: call.ReadRecords,
	Queries: append([]Query{{Name: "q", Type: "string", Description: "two characters or more, in any case", Required: true}}, cursor...),
	Status:  200, Answer: api.Response[api.SearchData]{}, Handle: call.By(handler.search),
}}

const maxSearchText = 255

func (c handler) search() (*envelope.Reply, error) {
	text := strings.ToLower(strings.TrimSpace(c.Query("q")))
	if len(text) < 2 || len(text) > maxSearchText {
		return nil, envelope.Invalid("q", "a search needs from 2 to %d characters", maxSearchText)
	}
	limit, err := c.Integer("limit", 100, 1, control.MaxSearch)
	if err != nil {
		return nil, err
	}
	after, valid := form.ParsePlace(c.Query("cursor"))
	if !valid {
		return nil, envelope.Invalid("cursor", "the cursor is none of this search; use the one that the part before gave, or none for the first part")
	}
	out := api.SearchData{Hits: []api.SearchHit{}}
	if after.Apex == nil {
		out.Hits = c.zonesWith(text, limit)
	}
	hits, next, err := c.Control.Search(c.Ctx, c.Who, text, limit, after)
	if err != nil {
		return nil, err
	}
	for i := range hits {
		out.Hits = appendHits(out.Hits, &hits[i], text)
	}
	out.Next = form.PlaceText(next)
	return envelope.OK(out)
}

// zonesWith is the zones that have text in their name.
func (c handler) zonesWith(text string, limit int) []api.SearchHit {
	zones := c.Control.Zones(c.Who, func(z *control.ZoneInfo) bool { return strings.Contains(form.Bare(z.Apex), text) })
	out := make([]api.SearchHit, 0, min(limit, len(zones)))
	for _, z := range zones[:min(limit, len(zones))] {
		out = append(out, api.SearchHit{Kind: "zone", ZoneID: z.ID.String(), Zone: form.Bare(z.Apex)})
	}
	return out
}

// appendHits adds the records of an RRset that hold text, or all if its owner does.
func appendHits(out []api.SearchHit, h *control.SearchHit, text string) []api.SearchHit {
	s := &h.RRset
	all := strings.Contains(strings.ToLower(dname.Name(s.Owner).String()), text)
	for i := range s.Records {
		r := form.Record(s, i)
		if all || strings.Contains(strings.ToLower(string(rr.AppendDataText(nil, s.Type, s.Records[i].Data))), text) {
			out = append(out, api.SearchHit{Kind: "record", ZoneID: h.Zone.ID.String(), Zone: form.Bare(h.Zone.Apex), Record: &r})
		}
	}
	return out
}

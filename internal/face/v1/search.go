package v1

import (
	"encoding/base64"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

var searchRoutes = []Route{{
	Method: "GET", Path: "/search", ID: "search", Tag: "Search", Summary: "Find zones and records by a part of their name or content", Scopes: readRecords,
	Queries: append([]Query{{Name: "q", Type: "string", Description: "two characters or more, in any case", Required: true}}, cursor...),
	Status:  200, Answer: api.Response[api.SearchData]{}, handle: (*call).search,
}}

const maxSearchText = 255

func (c *call) search() (*reply, error) {
	text := strings.ToLower(strings.TrimSpace(c.query("q")))
	if len(text) < 2 || len(text) > maxSearchText {
		return nil, invalid("q", "a search needs from 2 to %d characters", maxSearchText)
	}
	limit, err := c.integer("limit", 100, 1, control.MaxSearch)
	if err != nil {
		return nil, err
	}
	after, valid := parsePlace(c.query("cursor"))
	if !valid {
		return nil, invalid("cursor", "the cursor is none of this search; use the one that the part before gave, or none for the first part")
	}
	out := api.SearchData{Hits: []api.SearchHit{}}
	if after.Apex == nil {
		out.Hits = c.zonesWith(text, limit)
	}
	hits, next, err := c.Control.Search(c.ctx, c.who, text, limit, after)
	if err != nil {
		return nil, err
	}
	for i := range hits {
		out.Hits = appendHits(out.Hits, &hits[i], text)
	}
	out.Next = placeText(next)
	return ok(out)
}

// zonesWith is the zones that have text in their name.
func (c *call) zonesWith(text string, limit int) []api.SearchHit {
	zones := c.Control.Zones(c.who, func(z *control.ZoneInfo) bool { return strings.Contains(bare(z.Apex), text) })
	out := make([]api.SearchHit, 0, min(limit, len(zones)))
	for _, z := range zones[:min(limit, len(zones))] {
		out = append(out, api.SearchHit{Kind: "zone", ZoneID: z.ID.String(), Zone: bare(z.Apex)})
	}
	return out
}

// appendHits adds the records of an RRset that hold text, or all if its owner does.
func appendHits(out []api.SearchHit, h *control.SearchHit, text string) []api.SearchHit {
	s := &h.RRset
	all := strings.Contains(strings.ToLower(dname.Name(s.Owner).String()), text)
	for i := range s.Records {
		r := recordOf(s, i)
		if all || strings.Contains(strings.ToLower(string(rr.AppendDataText(nil, s.Type, s.Records[i].Data))), text) {
			out = append(out, api.SearchHit{Kind: "record", ZoneID: h.Zone.ID.String(), Zone: bare(h.Zone.Apex), Record: &r})
		}
	}
	return out
}

// placeText is a place as a cursor.
func placeText(p control.Place) string {
	if p.Apex == nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(p.Apex.String() + "|" + p.Owner.String() + "|" + p.Type.String()))
}

func parsePlace(text string) (p control.Place, ok bool) {
	if text == "" {
		return p, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return p, false
	}
	parts := strings.Split(string(raw), "|")
	if len(parts) != 3 {
		return p, false
	}
	apex, bad1 := dname.Parse(parts[0], nil)
	owner, bad2 := dname.Parse(parts[1], nil)
	t, bad3 := rr.ParseType(parts[2])
	if bad1 != nil || bad2 != nil || bad3 != nil {
		return p, false
	}
	return control.Place{Apex: apex.Lower(), Owner: owner.Lower(), Type: t}, true
}

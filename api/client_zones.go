package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// How many entries a page of a list by offset has: as many as the API allows.
const (
	zonesAPage   = 100
	recordsAPage = 1000
)

// Health asks whether the server answers; it needs no token.
func (c *Client) Health(ctx context.Context) (Health, error) {
	var data HealthData
	err := c.get(ctx, "/health", nil, &data)
	return data.Health, err
}

// Zones is all zones that the token may see, by name.
func (c *Client) Zones(ctx context.Context) iter.Seq2[Zone, error] {
	return pages(zonesAPage, func(q url.Values) ([]Zone, Pagination, error) {
		var data ZonesData
		err := c.get(ctx, "/zones", q, &data)
		return data.Zones, data.Pagination, err
	})
}

// Zone is the zone of that id or name.
func (c *Client) Zone(ctx context.Context, zone string) (Zone, error) {
	var data ZoneData
	err := c.get(ctx, zonePath(zone), nil, &data)
	return data.Zone, err
}

// DeletedZones is the zones that RestoreZone can bring back, the latest first.
func (c *Client) DeletedZones(ctx context.Context) ([]DeletedZone, error) {
	var data DeletedZonesData
	err := c.get(ctx, "/zones/deleted", nil, &data)
	return data.Zones, err
}

// RecordQuery narrows a list of records; the zero query is all of them.
type RecordQuery struct {
	Name string // relative to the zone, @ for the zone itself, or fully qualified
	Type string
}

// Records is the records of a zone, by name in canonical order, with the name
// servers that the server itself has put at its apex.
func (c *Client) Records(ctx context.Context, zone string, narrow RecordQuery) iter.Seq2[Record, error] {
	return pages(recordsAPage, func(q url.Values) ([]Record, Pagination, error) {
		if narrow.Name != "" {
			q.Set("name", narrow.Name)
		}
		if narrow.Type != "" {
			q.Set("type", narrow.Type)
		}
		q.Set("managed", "true")
		var data RecordsData
		err := c.get(ctx, zonePath(zone)+"/records", q, &data)
		return data.Records, data.Pagination, err
	})
}

// Search is the zones and records whose names or contents hold text.
func (c *Client) Search(ctx context.Context, text string) iter.Seq2[SearchHit, error] {
	return follow(url.Values{"q": {text}}, func(q url.Values) ([]SearchHit, string, error) {
		var data SearchData
		err := c.get(ctx, "/search", q, &data)
		return data.Hits, data.Next, err
	})
}

func zonePath(zone string) string { return "/zones/" + url.PathEscape(zone) }

func (c *Client) get(ctx context.Context, path string, q url.Values, into any) error {
	return c.do(ctx, call{method: http.MethodGet, path: path, query: q}, into)
}

// pages yields the entries of a list by offset, page after page.
func pages[T any](limit int, page func(url.Values) ([]T, Pagination, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for offset := 0; ; {
			list, at, err := page(url.Values{"offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}})
			if !yieldAll(list, err, yield) || !at.HasMore || len(list) == 0 {
				return
			}
			offset += len(list)
		}
	}
}

// follow yields the entries of a list by cursor, page after page.
func follow[T any](q url.Values, page func(url.Values) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			list, next, err := page(q)
			if !yieldAll(list, err, yield) || next == "" || next == q.Get("cursor") {
				return
			}
			q.Set("cursor", next)
		}
	}
}

// yieldAll reports whether there is a reason to go on.
func yieldAll[T any](list []T, err error, yield func(T, error) bool) bool {
	if err != nil {
		var none T
		yield(none, err)
		return false
	}
	for _, entry := range list {
		if !yield(entry, nil) {
			return false
		}
	}
	return true
}

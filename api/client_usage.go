package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Traffic is what was asked in a window, empty for the last hour; of one zone, by
// id or name, or of all with "".
func (c *Client) Traffic(ctx context.Context, window, zone string) (Traffic, error) {
	var data TrafficData
	err := c.get(ctx, "/usage", windowOf(window, zone), &data)
	return data.Traffic, err
}

// TrafficTop is what was asked for most in a window: up to limit of each kind, 0 for
// what the server likes.
func (c *Client) TrafficTop(ctx context.Context, window, zone string, limit int) (TrafficTop, error) {
	q := windowOf(window, zone)
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	var data TrafficTopData
	err := c.get(ctx, "/usage/top", q, &data)
	return data.Top, err
}

func windowOf(window, zone string) url.Values {
	q := make(url.Values)
	if window != "" {
		q.Set("window", window)
	}
	if zone != "" {
		q.Set("zone", zone)
	}
	return q
}

// maxEvent bounds a line of an event, in octets.
const maxEvent = 1 << 20

// LiveTraffic is what is asked, second by second, with up to history of the seconds
// before now, until ctx ends or the server ends it; then it ends without an error
// where it was whole, and may be called again.
func (c *Client) LiveTraffic(ctx context.Context, zone string, history int) iter.Seq2[TrafficSecond, error] {
	return func(yield func(TrafficSecond, error) bool) {
		q := windowOf("", zone)
		q.Set("history", strconv.Itoa(history))
		answer, err := c.send(ctx, call{method: http.MethodGet, path: "/usage/live", query: q, accept: "text/event-stream"})
		if err != nil {
			yield(TrafficSecond{}, err)
			return
		}
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, maxEvent)
		for name := ""; lines.Scan(); {
			text := lines.Text()
			if text == "" { // the event is whole
				name = ""
			}
			if event, ok := strings.CutPrefix(text, "event: "); ok {
				name = event
			}
			data, ok := strings.CutPrefix(text, "data: ")
			if !ok {
				continue
			}
			s, err := secondOf(name, []byte(data))
			if !yield(s, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil && ctx.Err() == nil {
			yield(TrafficSecond{}, err)
		}
	}
}

// secondOf is what the data of an event says, or the error that it tells of.
func secondOf(event string, data []byte) (s TrafficSecond, err error) {
	if event == EventEnded {
		var why Failure
		if err = json.Unmarshal(data, &why); err == nil && why.Error != nil {
			return s, why.Error
		}
	} else if err = json.Unmarshal(data, &s); err == nil {
		return s, nil
	}
	return s, fmt.Errorf("the server answered an event that is none: %v", err)
}

// ZoneUsage is what was asked for a zone, day by day, from one day to another, as
// 2026-01-31; empty for the last 30 days.
func (c *Client) ZoneUsage(ctx context.Context, zone, start, end string) (ZoneUsage, error) {
	q := make(url.Values)
	for name, value := range map[string]string{"start_date": start, "end_date": end} {
		if value != "" {
			q.Set(name, value)
		}
	}
	var data ZoneUsage
	err := c.get(ctx, zonePath(zone)+"/usage", q, &data)
	return data, err
}

// UsageSummary is what was asked in a month, as 2026-01; empty for this one.
func (c *Client) UsageSummary(ctx context.Context, month string) (AccountUsage, error) {
	q := make(url.Values)
	if month != "" {
		q.Set("month", month)
	}
	var data AccountUsage
	err := c.get(ctx, "/usage/summary", q, &data)
	return data, err
}

// ZoneAliases yields the ALIAS records of a zone, those in that state, or all with "",
// with what is known of their targets.
func (c *Client) ZoneAliases(ctx context.Context, zone, state string) iter.Seq2[AliasRecords, error] {
	return pages(200, func(q url.Values) ([]AliasRecords, Pagination, error) {
		if state != "" {
			q.Set("state", state)
		}
		var data AliasesData
		err := c.get(ctx, zonePath(zone)+"/aliases", q, &data)
		return data.Aliases, data.Pagination, err
	})
}

// AliasState is what is known of where name leads: its ALIAS records, or itself as
// the target of others.
func (c *Client) AliasState(ctx context.Context, name string) (AliasStateData, error) {
	var data AliasStateData
	err := c.get(ctx, aliasPath(name)+"/state", nil, &data)
	return data, err
}

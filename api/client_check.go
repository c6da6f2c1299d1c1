package api

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// findingsAPage is how many findings a page has: as many as the API allows.
const findingsAPage = 1000

// FindingQuery narrows a list of findings; the zero query is all of them.
type FindingQuery struct {
	Zone     string // id or name
	Severity string // error or warning
	Rule     string // its code
}

// Findings is what the rules find in the zones that the token sees, worst first.
func (c *Client) Findings(ctx context.Context, narrow FindingQuery) iter.Seq2[StoredFinding, error] {
	return pages(findingsAPage, func(q url.Values) ([]StoredFinding, Pagination, error) {
		data, err := c.findings(ctx, narrow, q)
		return data.Findings, data.Pagination, err
	})
}

// CheckStored is the beginning of Findings, up to limit of them, with how many there are
// in all, by rule and by zone.
func (c *Client) CheckStored(ctx context.Context, narrow FindingQuery, limit int) (FindingsData, error) {
	return c.findings(ctx, narrow, url.Values{"limit": {strconv.Itoa(max(1, limit))}})
}

func (c *Client) findings(ctx context.Context, narrow FindingQuery, q url.Values) (data FindingsData, err error) {
	for name, value := range map[string]string{"zone": narrow.Zone, "severity": narrow.Severity, "rule": narrow.Rule} {
		if value != "" {
			q.Set(name, value)
		}
	}
	err = c.get(ctx, "/check", q, &data)
	return data, err
}

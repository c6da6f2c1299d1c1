package api

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// Chain is where name leads for questions of that type; empty for A.
func (c *Client) Chain(ctx context.Context, name, rrtype string) (Chain, error) {
	q := make(url.Values)
	if rrtype != "" {
		q.Set("type", rrtype)
	}
	var data ChainData
	err := c.get(ctx, aliasPath(name), q, &data)
	return data.Chain, err
}

// DependentQuery narrows the names that lead to a name.
type DependentQuery struct {
	Direct bool // only those that point at the name itself
	Limit  int  // how many there are on a page; 0 for what the server likes
}

// Dependents is who points at name, page after page as the server finds them:
// those that point at the name itself first, then who points at those.
func (c *Client) Dependents(ctx context.Context, name string, q DependentQuery) iter.Seq2[DependentsData, error] {
	v := url.Values{"transitive": {strconv.FormatBool(!q.Direct)}}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return follow(v, func(v url.Values) ([]DependentsData, string, error) {
		var data DependentsData
		err := c.get(ctx, aliasPath(name)+"/dependents", v, &data)
		return []DependentsData{data}, data.Next, err
	})
}

func aliasPath(name string) string { return "/aliases/" + url.PathEscape(name) }

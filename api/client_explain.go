package api

import (
	"context"
	"net/url"
	"strconv"
)

// Explain is what the server answers for name and type, empty for A, and why.
func (c *Client) Explain(ctx context.Context, name, rrtype string) (Explanation, error) {
	var data ExplainData
	err := c.get(ctx, "/explain", question(name, rrtype), &data)
	return data.Explanation, err
}

// Trace asks for name and type, empty for A, from the root on, and says who was
// asked and how long each name of the chain took.
func (c *Client) Trace(ctx context.Context, name, rrtype string) (Trace, error) {
	var data TraceData
	err := c.get(ctx, "/trace", question(name, rrtype), &data)
	return data.Trace, err
}

// DoctorQuery is how a name is examined; the zero query is the usual way.
type DoctorQuery struct {
	Port int // where its certificate is looked for; 0 for 443
}

// Doctor examines name for the usual causes of trouble.
func (c *Client) Doctor(ctx context.Context, name string, q DoctorQuery) (Diagnosis, error) {
	v := url.Values{"name": {name}}
	if q.Port != 0 {
		v.Set("port", strconv.Itoa(q.Port))
	}
	var data DiagnosisData
	err := c.get(ctx, "/doctor", v, &data)
	return data.Diagnosis, err
}

// PropagationQuery is what servers are held against.
type PropagationQuery struct {
	// Expect is contents that every server should have among its records; empty
	// for exactly what this server's own zone says, or else the zone's servers.
	Expect []string
	Gone   bool // no records are expected; Expect does not count
}

// Propagation asks the servers of the zone of name, and resolvers, who says what
// for name and type, empty for A.
func (c *Client) Propagation(ctx context.Context, name, rrtype string, q PropagationQuery) (Propagation, error) {
	v := question(name, rrtype)
	for _, content := range q.Expect {
		v.Add("expect", content)
	}
	if q.Gone {
		v.Del("expect")
		v.Set("gone", "true")
	}
	var data PropagationData
	err := c.get(ctx, "/propagation", v, &data)
	return data.Propagation, err
}

func question(name, rrtype string) url.Values {
	v := url.Values{"name": {name}}
	if rrtype != "" {
		v.Set("type", rrtype)
	}
	return v
}

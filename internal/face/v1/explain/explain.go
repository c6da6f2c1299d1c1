// Package explain is the part of the v1 API that looks at names: what is answered
// for one and why, how it is found from the root on, who says what of it, and what
// is wrong. The doctor does the work.
package explain

import (
	"errors"
	"math"
	"net/http"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

var (
	nameQuery = call.Query{Name: "name", Type: "string", Description: "fully qualified, with or without its final dot", Required: true}
	typeQuery = call.Query{Name: "type", Type: "string", Description: "the type of record that is wanted", Default: "A"}
)

const bounded = " These requests make the server ask others: how often a token may is bounded, and 429 says when it may again."

// Routes is the operations of this room, in the order in which they are described.
var Routes = []call.Route{{
	Method: "GET", Path: "/explain", ID: "explain", Tag: "Explain", Summary: "Say what is answered for a name, and why", Scopes: call.ReadRecords,
	Description: "Each step from the name to its records: through zones of this server as it answers itself, an ALIAS by the table that its answers are made of, then through those of others as its resolver knows them. With type=CAA also which authorities may issue certificates (RFC 8659)." + bounded,
	Queries:     []call.Query{nameQuery, typeQuery, {Name: "trace", Type: "boolean", Description: "also ask from the root on, as /trace does", Default: false}},
	Status:      200, Answer: api.Response[api.ExplainData]{}, Handle: call.By(handler.explain),
}, {
	Method: "GET", Path: "/trace", ID: "trace", Tag: "Explain", Summary: "Ask for a name from the root on", Scopes: call.ReadRecords,
	Description: "With nothing known, along the chain to its end; zones of this server are asked for as anybody has to. Every server asked is a step; hops say what each name of the chain added to the time, cold_ms what a client pays for all." + bounded,
	Queries:     []call.Query{nameQuery, typeQuery},
	Status:      200, Answer: api.Response[api.TraceData]{}, Handle: call.By(handler.trace),
}, {
	Method: "GET", Path: "/doctor", ID: "doctor", Tag: "Explain", Summary: "Examine a name for the usual causes of trouble", Scopes: call.ReadRecords,
	Description: "Conflicting records, an alias at the apex, a target that does not resolve, a certificate that does not cover the name, a change that has not come everywhere yet, and CAA: a verdict each, with what was seen and what to change. Private addresses are tried for owners of the operator's account and its tokens with all rights only." + bounded,
	Queries:     []call.Query{nameQuery, {Name: "port", Type: "integer", Description: "where a certificate is looked for", Default: 443}},
	Status:      200, Answer: api.Response[api.DiagnosisData]{}, Handle: call.By(handler.doctor),
}, {
	Method: "GET", Path: "/propagation", ID: "propagation", Tag: "Explain", Summary: "Ask all servers of a zone, and resolvers, who says what", Scopes: call.ReadRecords,
	Description: "Servers that the zone above names, those that the zone itself names, and resolvers for everybody, each held against what is expected: the contents of expect, which may be given several times, must be among its records; without it what this server's own zone says, or else most of the zone's servers, is expected, no more and no less." + bounded,
	Queries: []call.Query{nameQuery, typeQuery,
		{Name: "expect", Type: "string", Description: "content of a record that every server should have; may be repeated"},
		{Name: "gone", Type: "boolean", Description: "expect that there are no records", Default: false}},
	Status: 200, Answer: api.Response[api.PropagationData]{}, Handle: call.By(handler.propagation),
}}

// handler is a Call, with what is done in this room as its methods.
type handler struct{ *call.Call }

// caller is on whose behalf the doctor looks.
func (c handler) caller() *doctor.Caller {
	return &doctor.Caller{Token: c.Who.Token, Admin: c.Who.Operates(), Sees: func(apex dname.Name) bool {
		_, err := c.Control.Zone(c.Who, control.Ref{Apex: apex})
		return err == nil
	}}
}

// examined is the name that is asked about, of a server that can look.
func (c handler) examined() (dname.Name, error) {
	if c.Doctor == nil {
		return nil, envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, "this server examines no names")
	}
	return form.ParseName("name", strings.TrimSpace(c.Query("name")))
}

// asked is the name and type that are asked about.
func (c handler) asked() (q doctor.Question, err error) {
	if q.Name, err = c.examined(); err != nil {
		return q, err
	}
	q.Type = rr.TypeA
	if text := c.Query("type"); text != "" {
		if q.Type, err = form.ParseType("type", text); err != nil {
			return q, err
		}
	}
	if q.Type.IsMeta() && q.Type != rr.TypeANY {
		return q, envelope.Invalid("type", "%s is no type of records; use A, AAAA or another type of data", q.Type)
	}
	return q, nil
}

// examination is err of the doctor for the client.
func examination(err error) error {
	var busy *doctor.Busy
	switch {
	case errors.As(err, &busy):
		e := envelope.TooMany(busy.RetryAfter)
		e.Message = busy.Error()
		return e
	case errors.Is(err, doctor.ErrNoNetwork):
		return envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, "this server asks no other servers: there is nothing to trace or to compare")
	}
	return err
}

func (c handler) explain() (*envelope.Reply, error) {
	q, err := c.asked()
	if err != nil {
		return nil, err
	}
	trace, err := c.Boolean("trace", false)
	if err != nil {
		return nil, err
	}
	e, err := c.Doctor.Explain(c.Ctx, c.caller(), q)
	if err != nil {
		return nil, examination(err)
	}
	out := showExplanation(e)
	if trace {
		t, err := c.Doctor.Trace(c.Ctx, c.caller(), q)
		if err != nil {
			return nil, examination(err)
		}
		shown := showTrace(t)
		out.Trace = &shown
	}
	return envelope.OK(api.ExplainData{Explanation: out})
}

func (c handler) trace() (*envelope.Reply, error) {
	q, err := c.asked()
	if err != nil {
		return nil, err
	}
	t, err := c.Doctor.Trace(c.Ctx, c.caller(), q)
	if err != nil {
		return nil, examination(err)
	}
	return envelope.OK(api.TraceData{Trace: showTrace(t)})
}

func (c handler) doctor() (*envelope.Reply, error) {
	name, err := c.examined()
	if err != nil {
		return nil, err
	}
	port, err := c.Integer("port", 443, 1, math.MaxUint16+1)
	if err != nil {
		return nil, err
	}
	if port > math.MaxUint16 {
		return nil, envelope.Invalid("port", "a port is a number from 1 to 65535")
	}
	d, err := c.Doctor.Diagnose(c.Ctx, c.caller(), doctor.Case{Name: name, Port: uint16(port)})
	if err != nil {
		return nil, examination(err)
	}
	return envelope.OK(api.DiagnosisData{Diagnosis: c.showDiagnosis(d)})
}

// maxExpected is how many records may be expected of every server.
const maxExpected = 64

func (c handler) propagation() (*envelope.Reply, error) {
	q, err := c.asked()
	if err != nil {
		return nil, err
	}
	want := doctor.Expected{}
	if want.Gone, err = c.Boolean("gone", false); err != nil {
		return nil, err
	}
	expect := c.R.URL.Query()["expect"]
	if len(expect) > maxExpected || len(expect) > 0 && want.Gone {
		return nil, envelope.Invalid("expect", "expect is given %d times; give it %d times at most, and not beside gone", len(expect), maxExpected)
	}
	for _, text := range expect {
		data, err := form.ParseContent("expect", q.Type, text, nil, dname.Root)
		if err != nil {
			return nil, err
		}
		want.Data = append(want.Data, data)
	}
	p, err := c.Doctor.Propagation(c.Ctx, c.caller(), q, want)
	if err != nil {
		return nil, examination(err)
	}
	return envelope.OK(api.PropagationData{Propagation: showPropagation(p)})
}

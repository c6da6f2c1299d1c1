package cli

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// aTrace follows an alias from one zone, ours, into another.
func aTrace() api.Trace {
	step := func(kind, owner, zone, server string, ttl api.Seconds, ms float64) api.ExplainStep {
		return api.ExplainStep{Kind: kind, Owner: owner, Type: "A", Zone: zone, Server: server, Source: "live", TTL: ttl, Left: ttl, TookMS: ms}
	}
	cname := step("CNAME", "www.a.example.", "a.example.", "192.0.2.53:53", 300, 20)
	cname.Target, cname.Ours = "edge.cdn.test.", true
	lame := step("lame", "edge.cdn.test.", "cdn.test.", "203.0.113.1:53", api.Unknown, 12)
	lame.Why = "it answers without authority for cdn.test., and refers to the root"
	found := step("exact", "edge.cdn.test.", "cdn.test.", "203.0.113.2:53", 60, 11)
	found.Records = []string{"192.0.2.7"}
	return api.Trace{
		Name: "www.a.example.", Type: "A", Rcode: "NOERROR", End: "answered", Why: "the records are there", TTL: 60, Queries: 6, ColdMS: 75.5,
		Steps: []api.ExplainStep{
			{Kind: "servers", Owner: "www.a.example.", Type: "A", Zone: ".", Source: "own", TTL: api.Unknown, Left: api.Unknown, Why: "26 addresses, 0 names without"},
			step("referral", "example.", ".", "198.41.0.4:53", 172800, 8.5),
			step("referral", "a.example.", "example.", "192.5.6.30:53", 86400, 14),
			cname,
			step("referral", "test.", ".", "198.41.0.4:53", 172800, 10), lame, found,
		},
		Hops: []api.TraceHop{
			{Owner: "www.a.example.", Kind: "CNAME", Target: "edge.cdn.test.", Zone: "a.example.", Server: "192.0.2.53:53", Ours: true, Queries: 3, TookMS: 42.5},
			{Owner: "edge.cdn.test.", Kind: "exact", Zone: "cdn.test.", Server: "203.0.113.2:53", Queries: 3, TookMS: 33},
		},
		Records: []api.ExplainRecord{{Name: "edge.cdn.test.", Type: "A", TTL: 60, Content: "192.0.2.7"}},
	}
}

func TestTrace(t *testing.T) {
	const request = "GET /trace"
	looks(t, "trace", request, api.TraceData{Trace: aTrace()}, verb.OK, "trace", "www.a.example")
	dead := api.Trace{Name: "a.test.", Type: "A", Rcode: "SERVFAIL", End: "failed", Why: "no server of test. answered", TTL: api.Unknown, Queries: 2, ColdMS: 3000,
		EDE: &api.ExplainError{Code: 22, Text: "no server of test. answered"},
		Steps: []api.ExplainStep{
			{Kind: "silent", Owner: "a.test.", Type: "A", Zone: "test.", Server: "192.0.2.8:53", Source: "live", TTL: api.Unknown, Left: api.Unknown, TookMS: 1500, Why: "timed out"},
			{Kind: "exhausted", Owner: "a.test.", Type: "A", Zone: "test.", Source: "live", TTL: api.Unknown, Left: api.Unknown, Why: "all servers tried"},
		},
		Hops: []api.TraceHop{{Owner: "a.test.", Kind: "exhausted", Zone: "test.", Queries: 2, TookMS: 3000}}}
	looks(t, "trace_dead", request, api.TraceData{Trace: dead}, verb.Failed, "trace", "a.test")
}

func TestExitCodesOfTraces(t *testing.T) {
	for end, want := range map[string]int{"answered": 0, "nodata": 4, "nxdomain": 4, "loop": 1, "too-long": 1, "overflow": 1, "failed": 1} {
		trace := aTrace()
		trace.End = end
		newFake(t, map[string]any{"GET /trace": api.TraceData{Trace: trace}})
		if code, out, errs := piped("", "trace", "www.a.example"); code != want || errs != "" || !strings.Contains(out, "\nend\t"+end+"\tNOERROR\t-\t6\t75.5\t") {
			t.Errorf("%s: %d, %q, %q", end, code, out, errs)
		}
	}
}

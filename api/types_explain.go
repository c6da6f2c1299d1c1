package api

import "time"

// ExplainStep is one step of the way from a name to its records.
type ExplainStep struct {
	Depth  int     `json:"depth" doc:"0 on the way itself; more in searches for the addresses of name servers"`
	Kind   string  `json:"kind" enum:"exact,wildcard,CNAME,DNAME,ALIAS,HTTPS,SVCB,nodata,nxdomain,departed,servers,referral,fetch,silent,lame,shown,loop,too-long,exhausted,unknown" doc:"what was found: records (exact, wildcard), a link of the chain, the end of it, or what befell a server"`
	Owner  string  `json:"owner"`
	Type   string  `json:"type" doc:"that was asked for"`
	Via    string  `json:"via,omitempty" doc:"the wildcard or DNAME that makes it"`
	Zone   string  `json:"zone,omitempty" doc:"that holds the owner, or whose servers were asked"`
	Server string  `json:"server,omitempty" example:"192.0.2.53:53" doc:"that was asked"`
	Source string  `json:"source" enum:"own,cache,live,stale" doc:"a zone or the configuration of this server, its memory, a server just now, or memory that has expired"`
	Ours   bool    `json:"ours,omitempty" doc:"this server holds the zone"`
	TTL    Seconds `json:"ttl" nullable:"true" doc:"as declared; null where nobody knows"`
	Left   Seconds `json:"ttl_left" nullable:"true" doc:"of it; null where nobody knows"`
	TookMS float64 `json:"took_ms" doc:"in milliseconds"`
	Target string  `json:"target,omitempty" doc:"the next name; of a referral the zone referred to"`
	State  string  `json:"state,omitempty" enum:"unasked,fresh,renewing,failing" doc:"of the target of an ALIAS that lies with others"`
	Why    string  `json:"why,omitempty" doc:"what is wrong, or why it ended"`

	Records []string `json:"records,omitempty" doc:"the contents found"`
}

// ExplainRecord is a record of the answer.
type ExplainRecord struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	TTL     uint32 `json:"ttl" doc:"what is left of it"`
	Content string `json:"content"`
}

// ExplainError is the extended error of an answer (RFC 8914).
type ExplainError struct {
	Code int    `json:"code"`
	Text string `json:"text,omitempty"`
}

// Explanation is what is answered to a question, and why.
type Explanation struct {
	Name      string          `json:"name"`
	Type      string          `json:"type"`
	Authority bool            `json:"authoritative" doc:"this server holds the name; otherwise it asked others"`
	Steps     []ExplainStep   `json:"steps"`
	Records   []ExplainRecord `json:"records" doc:"the answer section: the chain, then the records"`
	Rcode     string          `json:"rcode" example:"NOERROR"`
	EDE       *ExplainError   `json:"ede,omitempty"`
	End       string          `json:"end" enum:"answered,nodata,nxdomain,departed,delegated,loop,too-long,overflow,refused,failed" doc:"why it ended, in one word"`
	Why       string          `json:"why" doc:"why it ended"`
	TTL       Seconds         `json:"ttl" nullable:"true" doc:"how long the answer as a whole is true: the least along the chain; null where it is not to be kept"`
	TTLStep   int             `json:"ttl_step" doc:"the number, from 0, of the step that sets it; -1 for none"`
	Stale     bool            `json:"stale,omitempty" doc:"something in it has expired (RFC 8767)"`
	TookMS    float64         `json:"took_ms" doc:"in milliseconds"`
	CAA       *CAA            `json:"caa,omitempty" doc:"of type CAA: which authorities may issue"`
	Trace     *Trace          `json:"trace,omitempty" doc:"with trace=true: the same from the root, with nothing known"`
}

// ExplainData is one Explanation.
type ExplainData struct {
	Explanation Explanation `json:"explanation"`
}

// Trace is a question asked from the root on with nothing known before, as a
// resolver has to that has just been started, with everybody who was asked.
type Trace struct {
	Name    string          `json:"name"`
	Type    string          `json:"type"`
	Steps   []ExplainStep   `json:"steps"`
	Hops    []TraceHop      `json:"hops" doc:"the names of the chain, each with what it cost"`
	Records []ExplainRecord `json:"records"`
	Rcode   string          `json:"rcode"`
	EDE     *ExplainError   `json:"ede,omitempty"`
	End     string          `json:"end" enum:"answered,nodata,nxdomain,loop,too-long,overflow,failed"`
	Why     string          `json:"why"`
	TTL     Seconds         `json:"ttl" nullable:"true"`
	Queries int             `json:"queries" doc:"questions sent to servers"`
	ColdMS  float64         `json:"cold_ms" doc:"what a client pays whose resolver knows nothing, in milliseconds: the sum of the hops"`
}

// TraceHop is one name of a chain, with what it added to the time.
type TraceHop struct {
	Owner   string  `json:"owner"`
	Kind    string  `json:"kind" doc:"of the step that ended it"`
	Target  string  `json:"target,omitempty"`
	Zone    string  `json:"zone,omitempty" doc:"whose server gave the answer"`
	Server  string  `json:"server,omitempty" doc:"that gave the answer"`
	Ours    bool    `json:"ours,omitempty" doc:"this server holds the zone"`
	Queries int     `json:"queries"`
	TookMS  float64 `json:"took_ms" doc:"that this name added, in milliseconds"`
}

// TraceData is one Trace.
type TraceData struct {
	Trace Trace `json:"trace"`
}

// The states of a Verdict and of a Diagnosis, from good to bad. A Diagnosis is
// as bad as the worst of its verdicts; skipped counts for nothing in it.
const (
	VerdictOK      = "ok"
	VerdictSkipped = "skipped" // could not be judged, and need not be
	VerdictUnknown = "unknown" // should have been judged and could not
	VerdictWarning = "warning"
	VerdictProblem = "problem"
)

// The ids of verdicts.
const (
	CauseConflict    = "conflicting-records"
	CauseApex        = "alias-at-apex"
	CauseTarget      = "target-does-not-resolve"
	CauseCertificate = "certificate"
	CausePropagation = "not-propagated"
	CauseCAA         = "caa"
)

// Verdict is what was found out about one usual cause of trouble.
type Verdict struct {
	ID     string         `json:"id" enum:"conflicting-records,alias-at-apex,target-does-not-resolve,certificate,not-propagated,caa"`
	Status string         `json:"status" enum:"ok,skipped,unknown,warning,problem"`
	Title  string         `json:"title" doc:"the finding in one line"`
	Seen   []string       `json:"seen" doc:"what was seen, a line each"`
	Advice []string       `json:"advice" doc:"what to change, a line each; empty where nothing is to be done"`
	Fixes  []Fix          `json:"fixes" doc:"ready changes of zones that the caller may write, any one of which helps; as those of findings"`
	Record *VerdictRecord `json:"record,omitempty" doc:"the record of the caller's zones that leads to what is wrong"`
	Source string         `json:"source,omitempty" example:"RFC 1034, Section 3.6.2"`
	TookMS float64        `json:"took_ms"`
}

// VerdictRecord is the record to be changed where a name leads to what is of no use.
type VerdictRecord struct {
	ZoneID  string `json:"zone_id" format:"uuid"`
	Zone    string `json:"zone" example:"example.com"`
	Name    string `json:"name" example:"www.example.com" doc:"a wildcard, or the owner of a DNAME above, where that leads on"`
	Type    string `json:"type" example:"CNAME"`
	Content string `json:"content" example:"gone.example.net."`
}

// Diagnosis is what is wrong with a name.
type Diagnosis struct {
	Name         string        `json:"name"`
	Status       string        `json:"status" enum:"ok,unknown,warning,problem" doc:"the worst of the verdicts"`
	Verdicts     []Verdict     `json:"verdicts" doc:"each of the usual causes once"`
	Chain        []ExplainStep `json:"chain" doc:"the way from the name to its addresses, without the servers asked"`
	Addresses    []string      `json:"addresses"`
	Certificates []Certificate `json:"certificates" doc:"one for each address that was tried"`
	CAA          *CAA          `json:"caa,omitempty"`
	Propagation  *Propagation  `json:"propagation,omitempty" doc:"of the addresses of the name"`
	TookMS       float64       `json:"took_ms"`
}

// DiagnosisData is one Diagnosis.
type DiagnosisData struct {
	Diagnosis Diagnosis `json:"diagnosis"`
}

// Certificate is what an address shows to a client that asks for the name in a
// TLS handshake (RFC 6066, Section 3).
type Certificate struct {
	Address    string     `json:"address" example:"192.0.2.1:443"`
	Status     string     `json:"status" enum:"ok,skipped,unknown,warning,problem"`
	Why        string     `json:"why,omitempty" doc:"what is wrong with it, or why there is none"`
	Names      []string   `json:"names" doc:"that it covers, up to 50"`
	NameCount  int        `json:"name_count,omitempty" doc:"how many it covers"`
	Covers     bool       `json:"covers" doc:"the name is one of them"`
	Trusted    bool       `json:"trusted" doc:"it leads to an authority that this server's system trusts"`
	SelfSigned bool       `json:"self_signed,omitempty"`
	Subject    string     `json:"subject,omitempty"`
	Issuer     string     `json:"issuer,omitempty"`
	NotBefore  *time.Time `json:"not_before,omitempty"`
	NotAfter   *time.Time `json:"not_after,omitempty"`
	Protocol   string     `json:"protocol,omitempty" example:"TLS 1.3"`
}

// CAA says which certification authorities may issue for a name (RFC 8659).
type CAA struct {
	Name      string    `json:"name"`
	At        string    `json:"at,omitempty" doc:"the name at which the relevant records were found; left out where there are none, and everybody may issue"`
	Target    string    `json:"target,omitempty" doc:"where an alias at that name led to"`
	Issue     []string  `json:"issue" doc:"who may issue for the name, as domain names with their parameters"`
	IssueWild []string  `json:"issuewild" doc:"who may issue for wildcards directly below it"`
	Anybody   bool      `json:"anybody" doc:"no record restricts who may issue for the name"`
	AnyWild   bool      `json:"anybody_wild" doc:"no record restricts who may issue for wildcards"`
	Reports   []string  `json:"iodef,omitempty" doc:"where violations are to be reported"`
	Unknown   []string  `json:"unknown_critical,omitempty" doc:"critical properties that authorities are likely not to know, and that keep them from issuing"`
	Records   []string  `json:"records" doc:"the relevant records"`
	Climb     []CAAStep `json:"climb" doc:"the names that were asked, from the name upwards"`
	Error     string    `json:"error,omitempty" doc:"a name that could not be resolved: authorities must not issue"`
}

// CAAStep is one name that was asked for CAA records.
type CAAStep struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty" doc:"the names that it leads to, the last of which was asked"`
	Found   int      `json:"found" doc:"records"`
	Rcode   string   `json:"rcode"`
}

// The states of a PropagationServer.
const (
	StateMatches = "matches"
	StateDiffers = "differs"
	StateError   = "error" // gave no answer, or one that says nothing of the records
)

// PropagationServer is what one server says.
type PropagationServer struct {
	Server  string   `json:"server" example:"192.0.2.53:53"`
	Name    string   `json:"name,omitempty" doc:"of the server"`
	Kind    string   `json:"kind" enum:"authoritative,resolver,ours" doc:"a server of the zone, a resolver for everybody, or the answer of this server itself"`
	State   string   `json:"state" enum:"matches,differs,error"`
	Rcode   string   `json:"rcode,omitempty"`
	Aliases []string `json:"aliases,omitempty" doc:"the names that the answer goes through"`
	Records []string `json:"records" doc:"what it says; sorted"`
	TTL     Seconds  `json:"ttl_left" nullable:"true" doc:"how long it, or who asks it now, keeps saying so; null where it said nothing"`
	Serial  *uint32  `json:"serial,omitempty" doc:"of the zone at an authoritative server"`
	TookMS  float64  `json:"took_ms"`
	Why     string   `json:"why,omitempty" doc:"what is wrong"`
}

// Propagation is who says what about a name.
type Propagation struct {
	Name       string              `json:"name"`
	Type       string              `json:"type"`
	Zone       string              `json:"zone,omitempty" doc:"that the authoritative servers are of"`
	Ours       bool                `json:"ours,omitempty" doc:"this server holds the zone"`
	Expect     []string            `json:"expect" doc:"what the servers are held against: contents that must be among their records if given, else exactly their records; empty for none"`
	ExpectFrom string              `json:"expect_from" enum:"given,ours,authoritative,resolvers,none" doc:"who said so: the request, this server's own zone, most of the authoritative servers, most of the resolvers, as none of those answered, or nobody"`
	Servers    []PropagationServer `json:"servers"`
	Matches    int                 `json:"matches"`
	Differs    int                 `json:"differs"`
	Errors     int                 `json:"errors"`
	Done       bool                `json:"done" doc:"all that answered match, and one did; warnings say who could not"`
	Left       Seconds             `json:"left" nullable:"true" doc:"until the last resolver that differs forgets what it has; 0 where none differs; null where nobody knows, as an authoritative server still gives it out"`
	Until      *time.Time          `json:"until,omitempty" doc:"the end of it"`
	Warnings   []string            `json:"warnings,omitempty" doc:"servers of the zone that its parent does not name, that nobody delegates the zone, and the like"`
	TookMS     float64             `json:"took_ms"`
}

// PropagationData is one Propagation.
type PropagationData struct {
	Propagation Propagation `json:"propagation"`
}

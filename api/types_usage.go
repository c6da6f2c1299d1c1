package api

import "time"

// UsageCounts is a number of answers by a mnemonic, as of a type or of a response code.
type UsageCounts map[string]int64

// ZoneUsageDaily is what was asked for a zone on a day.
type ZoneUsageDaily struct {
	ID           int64       `json:"id"`
	ZoneID       *string     `json:"zone_id" format:"uuid" nullable:"true" doc:"null for a zone that is not there any more"`
	ZoneName     string      `json:"zone_name"`
	CustomerID   string      `json:"customer_id" format:"uuid" doc:"the account that owned it"`
	UsageDate    time.Time   `json:"usage_date" doc:"the beginning of the day, in UTC"`
	TotalQueries int64       `json:"total_queries"`
	QueryByType  UsageCounts `json:"query_by_type,omitempty"`
	QueryByRcode UsageCounts `json:"query_by_rcode,omitempty"`
	CreatedAt    time.Time   `json:"created_at"`
	UpdatedAt    time.Time   `json:"updated_at"`
}

// ZoneUsage is what was asked for a zone in a time.
type ZoneUsage struct {
	ZoneID         *string          `json:"zone_id" format:"uuid" nullable:"true" doc:"null for a zone that is not there any more"`
	ZoneName       string           `json:"zone_name"`
	TotalQueries   int64            `json:"total_queries"`
	PeriodStart    time.Time        `json:"period_start"`
	PeriodEnd      time.Time        `json:"period_end"`
	DailyBreakdown []ZoneUsageDaily `json:"daily_breakdown,omitempty" doc:"the days on which something was asked"`
}

// AccountUsage is what was asked for the zones of an account in a month. This
// server charges nothing.
type AccountUsage struct {
	CustomerID      string      `json:"customer_id" format:"uuid"`
	BillingMonth    time.Time   `json:"billing_month" doc:"the beginning of the month"`
	BillingType     string      `json:"billing_type" enum:"subscription,metered"`
	TotalQueries    int64       `json:"total_queries"`
	IncludedQueries int64       `json:"included_queries"`
	OverageQueries  int64       `json:"overage_queries"`
	OverageAmount   float64     `json:"overage_amount"`
	UsagePercentage float64     `json:"usage_percentage"`
	ZoneBreakdown   []ZoneUsage `json:"zone_breakdown,omitempty" doc:"those that were asked for most first"`
	DaysActive      int         `json:"days_active" doc:"on which something was asked"`
	DaysInMonth     int         `json:"days_in_month"`
	IsProRated      bool        `json:"is_pro_rated"`
	ActiveZones     int         `json:"active_zones"`
	ZoneCharges     float64     `json:"zone_charges"`
	QueryCharges    float64     `json:"query_charges"`
	EstimatedTotal  float64     `json:"estimated_total"`
}

// TopZonesData is the zones that were asked for most.
type TopZonesData struct {
	Zones []ZoneUsage `json:"zones"`
}

// DailyUsage is what was asked on a day.
type DailyUsage struct {
	Date         time.Time   `json:"date"`
	TotalQueries int64       `json:"total_queries"`
	QueryByType  UsageCounts `json:"query_by_type,omitempty"`
	QueryByRcode UsageCounts `json:"query_by_rcode,omitempty"`
}

// DailyUsageData is what was asked for some zones, day by day.
type DailyUsageData struct {
	PeriodStart        time.Time    `json:"period_start"`
	PeriodEnd          time.Time    `json:"period_end"`
	TotalQueries       int64        `json:"total_queries"`
	DailyStats         []DailyUsage `json:"daily_stats" doc:"the days on which something was asked"`
	QueryTypeBreakdown UsageCounts  `json:"query_type_breakdown"`
	RcodeBreakdown     UsageCounts  `json:"rcode_breakdown"`
}

// The windows of traffic: the time up to now.
const (
	WindowHour  = "hour"
	WindowDay   = "day"
	WindowMonth = "month"
)

// TrafficPoint is what was asked in one step of a window.
type TrafficPoint struct {
	T        int64       `json:"t" doc:"its beginning, in seconds since 1970"`
	Queries  int64       `json:"queries"`
	NXDomain int64       `json:"nxdomain"`
	Types    UsageCounts `json:"types"`
	Rcodes   UsageCounts `json:"rcodes"`
}

// Traffic is what was asked in a window, step by step.
type Traffic struct {
	Window        string         `json:"window" enum:"hour,day,month"`
	Zone          string         `json:"zone,omitempty" doc:"that it is about; empty for all that the token sees"`
	Start         time.Time      `json:"start"`
	End           time.Time      `json:"end" doc:"of the last step, which is not over yet"`
	Step          int            `json:"step" doc:"seconds: of an hour a minute, of a day an hour, of a month a day"`
	Queries       int64          `json:"queries"`
	Elsewhere     int64          `json:"elsewhere" doc:"those for names in no zone of this server; for administrators"`
	Other         int64          `json:"other" doc:"those for zones that were not told apart, because there were too many; for administrators"`
	NXDomainShare float64        `json:"nxdomain_share" doc:"from 0 to 1"`
	Types         UsageCounts    `json:"types"`
	Rcodes        UsageCounts    `json:"rcodes"`
	Points        []TrafficPoint `json:"points" doc:"all steps, those with nothing too"`
}

// TrafficData is the answer of /usage.
type TrafficData struct {
	Traffic Traffic `json:"traffic"`
}

// TopZone is how often names of a zone were asked for.
type TopZone struct {
	ZoneID        *string `json:"zone_id" format:"uuid" nullable:"true" doc:"null for a zone that is not there any more"`
	ZoneName      string  `json:"zone_name"`
	Queries       int64   `json:"queries"`
	Share         float64 `json:"share" doc:"of all in this answer's window, from 0 to 1"`
	NXDomainShare float64 `json:"nxdomain_share"`
}

// TopName is how often a name was asked for, at least.
type TopName struct {
	Name     string  `json:"name" doc:"what is made up below a wildcard, a DNAME or a delegation counts as that"`
	ZoneName string  `json:"zone_name"`
	Queries  int64   `json:"queries" doc:"an estimate where there was much to do"`
	Share    float64 `json:"share"`
}

// TrafficTop is what was asked for most in a window.
type TrafficTop struct {
	Window  string    `json:"window" enum:"hour,day,month"`
	Zone    string    `json:"zone,omitempty"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Queries int64     `json:"queries"`
	Zones   []TopZone `json:"zones"`
	Names   []TopName `json:"names"`
	Missing []TopName `json:"missing" doc:"names that do not exist, or lead to one that does not"`
}

// TrafficTopData is the answer of /usage/top.
type TrafficTopData struct {
	Top TrafficTop `json:"top"`
}

// EventEnded is the name of the last event of /usage/live where the session or token
// that asked for it may see it no more: a Failure, in place of a TrafficSecond.
const EventEnded = "ended"

// TrafficSecond is one event of /usage/live.
type TrafficSecond struct {
	T             int64       `json:"t" doc:"its end, in seconds since 1970"`
	QPS           float64     `json:"qps" doc:"answers a second"`
	Types         UsageCounts `json:"types"`
	Rcodes        UsageCounts `json:"rcodes"`
	NXDomainShare float64     `json:"nxdomain_share"`
}

// The states of what an ALIAS leads to.
const (
	AliasFresh    = "fresh"    // its answer holds
	AliasRenewing = "renewing" // it has run out just now, and is being asked for anew
	AliasStale    = "stale"    // it has run out and cannot be renewed; the last good one is served
	AliasFailing  = "failing"  // there is none that is served
	AliasUnasked  = "unasked"  // nobody has asked for it yet
	AliasOwn      = "own"      // it is in a zone of this server, which needs to ask nobody
)

// AliasFamily is what is known of the addresses of one family of a target.
type AliasFamily struct {
	State     string     `json:"state" enum:"fresh,renewing,stale,failing,unasked"`
	Addresses []string   `json:"addresses" doc:"the last good ones; none where the target has none"`
	TTL       uint32     `json:"ttl" doc:"left, in seconds"`
	Gone      bool       `json:"gone,omitempty" doc:"the target does not exist"`
	Since     *time.Time `json:"since,omitempty" doc:"stale: when the last good answer ran out"`
	Answered  *time.Time `json:"answered,omitempty" doc:"when the last good answer came"`
	Expires   *time.Time `json:"expires,omitempty" doc:"when it ends, or ended"`
	Tried     *time.Time `json:"tried,omitempty" doc:"when it was last asked for"`
	Next      *time.Time `json:"next,omitempty" doc:"when it will be asked for"`
	Failures  int        `json:"failures,omitempty" doc:"in a row"`
	Failing   *time.Time `json:"failing_since,omitempty" doc:"when the first of these attempts was made"`
	Why       string     `json:"why,omitempty" doc:"what is wrong"`
}

// AliasTarget is where one record leads, and what is known of that.
type AliasTarget struct {
	Target string        `json:"target"`
	State  string        `json:"state" enum:"fresh,renewing,stale,failing,unasked,own" doc:"of the worse family"`
	A      *AliasFamily  `json:"a,omitempty" doc:"of a target of others"`
	AAAA   *AliasFamily  `json:"aaaa,omitempty"`
	Ends   []AliasTarget `json:"ends,omitempty" doc:"own: the names of others at which the chain leaves the zones of this server"`
}

// AliasRecords is a name whose addresses are those of others.
type AliasRecords struct {
	Name      string        `json:"name"`
	Zone      string        `json:"zone"`
	Type      string        `json:"type" enum:"ALIAS,CNAME" doc:"CNAME for one that is flattened"`
	TTL       uint32        `json:"ttl"`
	OnFailure string        `json:"on_failure" enum:"stale,servfail,nodata,fallback" doc:"of the first record"`
	State     string        `json:"state" enum:"fresh,renewing,stale,failing,unasked,own" doc:"of the worst target"`
	Targets   []AliasTarget `json:"targets"`
}

// AliasesData is a part of the aliases of a zone.
type AliasesData struct {
	Aliases    []AliasRecords `json:"aliases"`
	Pagination Pagination     `json:"pagination"`
}

// AliasStateData is the state of one name: of its ALIAS records, or of it as a
// target of others.
type AliasStateData struct {
	Alias  *AliasRecords `json:"alias,omitempty"`
	Target *AliasTarget  `json:"target,omitempty"`
}

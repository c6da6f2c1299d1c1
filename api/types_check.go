package api

import "encoding/json"

// StoredFinding is a Finding in a zone that the server holds.
type StoredFinding struct {
	Finding
	Zone      string `json:"zone" example:"example.com"`
	ZoneID    string `json:"zone_id" format:"uuid"`
	Serial    uint32 `json:"serial" doc:"of the zone as it was judged: send it as if_match with a fix"`
	ReadOnly  bool   `json:"read_only,omitempty" doc:"the zone comes from a file, and there are no fixes"`
	Name      string `json:"name,omitempty" example:"www.example.com" doc:"the owner without its final dot; left out where the finding has none"`
	Type      string `json:"type,omitempty" example:"CNAME" doc:"of the records at fault; left out where it is not about those of one type"`
	Followers int    `json:"followers" minimum:"0" maximum:"1000" doc:"record sets that lead to the name or refer to it, directly or through others; 1000 is 1000 or more"`
}

// MarshalJSON writes the Finding with what is beside it.
func (f StoredFinding) MarshalJSON() ([]byte, error) {
	type finding Finding // without the method that would be taken for that of the whole
	if f.Conflicts == nil {
		f.Conflicts = []string{}
	}
	if f.Fixes == nil {
		f.Fixes = []Fix{}
	}
	return json.Marshal(struct {
		finding
		Zone      string `json:"zone"`
		ZoneID    string `json:"zone_id"`
		Serial    uint32 `json:"serial"`
		ReadOnly  bool   `json:"read_only,omitempty"`
		Name      string `json:"name,omitempty"`
		Type      string `json:"type,omitempty"`
		Followers int    `json:"followers"`
	}{finding(f.Finding), f.Zone, f.ZoneID, f.Serial, f.ReadOnly, f.Name, f.Type, f.Followers})
}

// FindingsData is a part of what the rules find in the zones held, worst first:
// errors, then what most names lead to.
type FindingsData struct {
	Findings   []StoredFinding `json:"findings"`
	Pagination Pagination      `json:"pagination"`
	Errors     int             `json:"errors" minimum:"0" doc:"under the filters of the request, whether they are listed or not"`
	Warnings   int             `json:"warnings" minimum:"0"`
	LeftOut    int             `json:"left_out" minimum:"0" doc:"of these, those that are not kept to be listed in any part"`
	Judged     int             `json:"judged" minimum:"0" doc:"zones that have been judged, of those that the request is about"`
	Pending    int             `json:"pending" minimum:"0" doc:"zones of these that wait to be judged, or judged again: ask again in a moment"`
	Rules      []RuleCount     `json:"rules" doc:"that are broken in the zones that the request is about, whatever rule and severity it asks for; errors first, then the most frequent"`
	Zones      []ZoneHealth    `json:"zones" doc:"the zones with findings, whatever rule and severity the request asks for; the worst 1000"`
}

// RuleCount is how often a rule is broken.
type RuleCount struct {
	Code     string `json:"code" example:"dangling-target"`
	Severity string `json:"severity" enum:"error,warning"`
	Count    int    `json:"count" minimum:"1"`
}

// ZoneHealth is how much was found in a zone.
type ZoneHealth struct {
	ID       string `json:"id" format:"uuid"`
	Name     string `json:"name"`
	Errors   int    `json:"errors" minimum:"0"`
	Warnings int    `json:"warnings" minimum:"0"`
}

package api

// Record is one record of a zone.
type Record struct {
	ID       string  `json:"id" doc:"derived from name, type and content: another content has another id"`
	Name     string  `json:"name" example:"www.example.com."`
	Type     string  `json:"type" example:"CNAME"`
	Content  string  `json:"content" example:"main.example.net." doc:"TXT without quotes; MX and SRV with their priority in front"`
	TTL      int     `json:"ttl" doc:"in seconds, of all records of this name and type"`
	Priority *int    `json:"priority" nullable:"true" doc:"of MX and SRV"`
	Disabled bool    `json:"disabled" doc:"kept, but not served"`
	Comment  *string `json:"comment" nullable:"true" maxLength:"500"`

	Settings *RecordSettings `json:"settings,omitempty" doc:"of CNAME and ALIAS, where something is set"`
}

// RecordSettings say how the server itself follows the target of a CNAME or ALIAS
// record. Those that are left out are not set; settings that are given replace all
// that the record had.
type RecordSettings struct {
	Flatten   *bool    `json:"flatten_cname,omitempty" nullable:"true" doc:"answer with the addresses of the target of a CNAME instead of the CNAME; not set as flatten_all_cnames of the zone says"`
	OnFailure string   `json:"on_failure,omitempty" enum:"stale,servfail,nodata,fallback" doc:"what to answer while the target cannot be resolved; not set for stale"`
	MaxStale  *int     `json:"max_stale,omitempty" nullable:"true" minimum:"0" maximum:"2592000" doc:"for how many seconds the last good addresses are served; not set for 259200, which is three days"`
	Fallback  []string `json:"fallback,omitempty" maxItems:"16" example:"[\"192.0.2.1\"]" doc:"the addresses to answer with, for on_failure fallback"`
}

// CreateRecordRequest makes a record, or replaces one.
type CreateRecordRequest struct {
	Name     string  `json:"name" example:"www" doc:"relative to the zone, @ for the zone itself, or fully qualified"`
	Type     string  `json:"type" example:"CNAME"`
	Content  string  `json:"content" example:"main.example.net"`
	TTL      int     `json:"ttl,omitempty" minimum:"0" maximum:"2147483647" doc:"in seconds; left out or 0 for the default of the zone, which is 3600 if it has none"`
	Priority *int    `json:"priority,omitempty" nullable:"true" minimum:"0" maximum:"65535" doc:"of MX and SRV, where the content has none; another one than that of the content is refused"`
	Disabled bool    `json:"disabled,omitempty"`
	Comment  *string `json:"comment,omitempty" nullable:"true" maxLength:"500" doc:"of all records of this name and type; left out it stays, empty it goes"`

	Settings *RecordSettings `json:"settings,omitempty" doc:"of CNAME and ALIAS; left out they stay, empty they go"`
}

// UpdateRecordRequest replaces a record; its name and type must be those of the record.
type UpdateRecordRequest = CreateRecordRequest

// UpdateRecordByNameRequest replaces a record that the path names.
type UpdateRecordByNameRequest struct {
	Content  string  `json:"content"`
	TTL      int     `json:"ttl,omitempty" minimum:"0" maximum:"2147483647" doc:"in seconds; left out or 0 for the default of the zone, which is 3600 if it has none"`
	Priority *int    `json:"priority,omitempty" nullable:"true" minimum:"0" maximum:"65535"`
	Disabled bool    `json:"disabled,omitempty"`
	Comment  *string `json:"comment,omitempty" nullable:"true" maxLength:"500"`

	Settings *RecordSettings `json:"settings,omitempty"`
}

// RecordData is one record; the message is there where it was written.
type RecordData struct {
	Record   Record    `json:"record"`
	Message  string    `json:"message,omitempty"`
	Warnings []Finding `json:"warnings,omitempty"`
	DryRun   bool      `json:"dry_run,omitempty"`
}

// RecordsData is a part of the list of records, once for each family of clients.
type RecordsData struct {
	Records    []Record   `json:"records"`
	Pagination Pagination `json:"pagination"`
	Items      []Record   `json:"items,omitempty" deprecated:"true"`
	Total      int        `json:"total" deprecated:"true"`
	Limit      int        `json:"limit" deprecated:"true"`
	Offset     int        `json:"offset" deprecated:"true"`
}

// SearchHit is a zone or a record that a search found.
type SearchHit struct {
	Kind   string  `json:"kind" enum:"zone,record"`
	ZoneID string  `json:"zone_id" format:"uuid"`
	Zone   string  `json:"zone"`
	Record *Record `json:"record,omitempty"`
}

// SearchData is a part of what a search found.
type SearchData struct {
	Hits []SearchHit `json:"hits"`
	Next string      `json:"next,omitempty" doc:"the cursor of the next part"`
}

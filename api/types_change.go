package api

import "time"

// ChangeRequest is what shall change, in any number of zones: all of it or
// nothing. The order of its parts is of no matter; the final state is judged.
type ChangeRequest struct {
	Reason string       `json:"reason,omitempty" maxLength:"1000"`
	DryRun bool         `json:"dry_run,omitempty" doc:"judge and show, but write nothing"`
	Zones  []ZoneChange `json:"zones" minItems:"1" doc:"each zone once"`
}

// ZoneChange is what shall change in one zone.
type ZoneChange struct {
	Zone    string        `json:"zone" example:"example.com" doc:"id or name"`
	IfMatch *uint32       `json:"if_match,omitempty" doc:"refuse unless the zone has this serial"`
	Create  *NewZone      `json:"create,omitempty" doc:"make the zone, with the edits in it"`
	Delete  bool          `json:"delete,omitempty" doc:"take the zone away with all it holds"`
	Props   *ZonePatch    `json:"props,omitempty"`
	Edits   []RecordEdits `json:"edits,omitempty"`
}

// NewZone is the properties of a zone to be made; all have defaults.
type NewZone struct {
	Type    string `json:"type,omitempty"`
	Region  string `json:"region,omitempty" enum:"EU,GLOBAL,EU_GLOBAL" doc:"in any case; default EU"`
	Status  string `json:"status,omitempty"`
	Account string `json:"account,omitempty" doc:"whose it shall be; only for admins"`
	Bare    bool   `json:"bare,omitempty" doc:"without the name servers of the server"`
}

// ZonePatch is new properties of a zone; what is left out stays.
type ZonePatch struct {
	Type       *string `json:"type,omitempty"`
	Region     *string `json:"region,omitempty" enum:"EU,GLOBAL,EU_GLOBAL" doc:"in any case"`
	Status     *string `json:"status,omitempty"`
	Account    *string `json:"account,omitempty"`
	DefaultTTL *int    `json:"default_ttl,omitempty" minimum:"0" maximum:"2147483647" doc:"in seconds; 0 for 3600"`
	FlattenAll *bool   `json:"flatten_all_cnames,omitempty" doc:"answer for every CNAME with the addresses of its target, but for names that verify ownership"`
	SOA        *string `json:"soa,omitempty" doc:"in presentation form; its serial is not looked at"`
	SOATTL     *uint32 `json:"soa_ttl,omitempty"`
}

// The operations of RecordEdits.
const (
	OpPut    = "put"    // the RRset consists of exactly these records
	OpAdd    = "add"    // these records join the RRset
	OpRemove = "remove" // these records leave it; all of them where none is named
)

// RecordEdits is an edit of the RRset of one name and type.
type RecordEdits struct {
	Op       string       `json:"op" enum:"put,add,remove"`
	Name     string       `json:"name" example:"www" doc:"relative to the zone, @ for the zone itself, or fully qualified"`
	Type     string       `json:"type" example:"CNAME"`
	TTL      *uint32      `json:"ttl,omitempty" minimum:"0" maximum:"2147483647" doc:"in seconds; 0 for the default of the zone, which is 3600 if it has none; left out it stays, or is the default where there are no records yet"`
	Contents []string     `json:"contents,omitempty" example:"[\"main.example.net\"]" doc:"the records, if there is no more to say of them"`
	Records  []RecordEdit `json:"records,omitempty"`
	Comment  *string      `json:"comment,omitempty" maxLength:"500" doc:"of all of them"`
}

// RecordEdit is one record of RecordEdits.
type RecordEdit struct {
	Content  string  `json:"content"`
	Priority *int    `json:"priority,omitempty" nullable:"true" minimum:"0" maximum:"65535"`
	Disabled *bool   `json:"disabled,omitempty"`
	Comment  *string `json:"comment,omitempty" maxLength:"500"`

	Settings *RecordSettings `json:"settings,omitempty" doc:"of CNAME and ALIAS; left out they stay, empty they go"`
}

// ChangeData is what came of a request to change something.
type ChangeData struct {
	Change   *Change   `json:"change,omitempty" doc:"left out where all is as wanted already"`
	Warnings []Finding `json:"warnings,omitempty"`
	DryRun   bool      `json:"dry_run,omitempty" doc:"nothing was written"`
	Replayed bool      `json:"replayed,omitempty" doc:"the Idempotency-Key is known: this is what came of it the first time"`

	Flattening []Flattening `json:"flattening,omitempty" doc:"for each zone whose flatten_all_cnames changes"`
}

// Flattening is what the switch flatten_all_cnames makes of the CNAME records of a zone.
type Flattening struct {
	Zone  string         `json:"zone" example:"example.com"`
	On    bool           `json:"on"`
	Turns FlattenedNames `json:"turns" doc:"names that are served in the other form from now on: their addresses in place of the CNAME, or the CNAME again"`
	Stays FlattenedNames `json:"stays" doc:"names that are served as before, in spite of the switch"`
}

// FlattenedNames is how many names there are, with the first of them.
type FlattenedNames struct {
	Count int             `json:"count" minimum:"0"`
	Names []FlattenedName `json:"names" doc:"the first 100 in canonical order"`
}

// FlattenedName is a name with a CNAME record.
type FlattenedName struct {
	Name   string `json:"name" example:"www.example.com."`
	Target string `json:"target" example:"host.example.net."`
	Why    string `json:"why,omitempty" doc:"it stays"`
}

// Change is one entry of the log.
type Change struct {
	ID       string     `json:"id"`
	Revision uint64     `json:"revision"`
	Time     time.Time  `json:"time"`
	Reason   string     `json:"reason,omitempty"`
	Author   Author     `json:"author"`
	Reverts  uint64     `json:"reverts,omitempty" doc:"the revision of the change that this one undoes"`
	Zones    []ZoneDiff `json:"zones"`
}

// Author is who made a change, and how it came in.
type Author struct {
	Account string `json:"account,omitempty" format:"uuid"`
	Token   string `json:"token,omitempty" format:"uuid" doc:"its id"`
	Name    string `json:"name,omitempty" doc:"of the token"`
	Via     string `json:"via,omitempty" example:"v1"`
	Address string `json:"address,omitempty"`
	Agent   string `json:"agent,omitempty"`
}

// ZoneDiff is what a change does to one zone.
type ZoneDiff struct {
	Kind   string     `json:"kind" enum:"update,create,delete"`
	ID     string     `json:"id" format:"uuid"`
	Name   string     `json:"name"`
	From   uint32     `json:"from" doc:"the serial before; 0 for a zone that was not there"`
	To     uint32     `json:"to" doc:"the serial after; 0 for a zone that is gone"`
	Before *ZoneProps `json:"before,omitempty" doc:"properties, where they change"`
	After  *ZoneProps `json:"after,omitempty"`
	Sets   []SetDiff  `json:"sets,omitempty"`
}

// ZoneProps are the properties of a zone beside its records.
type ZoneProps struct {
	Type       string `json:"type"`
	Region     string `json:"region"`
	Status     string `json:"status"`
	Account    string `json:"account"`
	DefaultTTL int    `json:"default_ttl,omitempty"`
	FlattenAll bool   `json:"flatten_all_cnames,omitempty"`
	SOA        string `json:"soa" doc:"with the serial 0"`
	SOATTL     uint32 `json:"soa_ttl"`
}

// SetDiff is what a change does to one RRset.
type SetDiff struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Before *RRset `json:"before,omitempty" doc:"left out where there was none"`
	After  *RRset `json:"after,omitempty" doc:"left out where there is none any more"`
}

// RRset is the records of one name and type.
type RRset struct {
	TTL     uint32        `json:"ttl"`
	Records []RRsetRecord `json:"records"`
}

// RRsetRecord is one record of an RRset.
type RRsetRecord struct {
	Content  string `json:"content"`
	Disabled bool   `json:"disabled,omitempty"`
	Comment  string `json:"comment,omitempty"`

	Settings *RecordSettings `json:"settings,omitempty"`
}

// ChangesData is a part of the log.
type ChangesData struct {
	Changes []Change `json:"changes"`
	Next    string   `json:"next,omitempty" doc:"the cursor of the next part"`
}

// UndoRequest takes a change back.
type UndoRequest struct {
	Reason string `json:"reason,omitempty" maxLength:"1000"`
	DryRun bool   `json:"dry_run,omitempty"`
}

// RestoreRequest brings a zone or a name back to what it was; exactly one of
// serial, revision and time says when. A deleted zone comes back as it was last
// where none does.
type RestoreRequest struct {
	Serial   *uint32    `json:"serial,omitempty"`
	Revision uint64     `json:"revision,omitempty"`
	Time     *time.Time `json:"time,omitempty"`
	Name     string     `json:"name,omitempty" doc:"only this name"`
	Reason   string     `json:"reason,omitempty" maxLength:"1000"`
	DryRun   bool       `json:"dry_run,omitempty"`
}

// RestoreZoneRequest is a RestoreRequest that says itself of which zone.
type RestoreZoneRequest struct {
	Zone string `json:"zone" example:"example.com" doc:"id or name"`
	RestoreRequest
}

// DiffData is the net difference between two serials of a zone.
type DiffData struct {
	Diff ZoneDiff `json:"diff"`
}

// ImportProgress is how far an import has come.
type ImportProgress struct {
	Stage   string `json:"stage" enum:"read,check,write"`
	Octets  int64  `json:"octets" doc:"of the text, read so far"`
	Records int    `json:"records" doc:"read so far"`
}

// ImportData is what came of an import.
type ImportData struct {
	ChangeData
	Zone    *Zone `json:"zone,omitempty"`
	Records int   `json:"records" doc:"that were read"`
}

// CheckData is the findings of a check of posted zone text.
type CheckData struct {
	Findings []Finding `json:"findings"`
	Errors   int       `json:"errors"`
	Warnings int       `json:"warnings"`
}

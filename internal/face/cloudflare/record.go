package cloudflare

import (
	"net/http"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// autoTTL is what is served for a TTL that the client left to the server, and 1 is how that is shown.
const (
	autoTTL   = 300
	automatic = 1
)

// recordOut is a record as clients see it.
type recordOut struct {
	ID         string   `json:"id"`
	ZoneID     string   `json:"zone_id"`
	ZoneName   string   `json:"zone_name"`
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Content    string   `json:"content"`
	Priority   *int     `json:"priority,omitempty"`
	Data       object   `json:"data,omitempty"`
	Proxiable  bool     `json:"proxiable"`
	Proxied    bool     `json:"proxied"`
	TTL        uint32   `json:"ttl"`
	Settings   settings `json:"settings"`
	Meta       meta     `json:"meta"`
	Comment    *string  `json:"comment"`
	Tags       []string `json:"tags"`
	CreatedOn  stamp    `json:"created_on"`
	ModifiedOn stamp    `json:"modified_on"`
}

type settings struct {
	Flatten *bool `json:"flatten_cname,omitempty"`
	V4Only  *bool `json:"ipv4_only,omitempty"`
	V6Only  *bool `json:"ipv6_only,omitempty"`
}

// meta says what the original has no word for.
type meta struct {
	Disabled bool `json:"disabled,omitempty"`
}

// stamp is a time as the original writes it: UTC, with microseconds.
type stamp time.Time

func (s stamp) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format(`"2006-01-02T15:04:05.000000Z"`)), nil
}

// found is a record where it stands.
type found struct {
	set change.RRset
	at  int
}

func (f *found) record() *change.Record { return &f.set.Records[f.at] }

// content is what is shown as content: TXT as the client has written it.
func (f *found) content() string {
	if r := f.record(); r.Note.Bare && f.set.Type == rr.TypeTXT {
		if text, ok := content.Bare(r.Data); ok {
			return text
		}
	}
	return content.Text(f.set.Type, f.record().Data)
}

// shownType is the type that is shown: ALIAS is a word of ours.
func shownType(t rr.Type) rr.Type {
	if t == rr.TypeALIAS {
		return rr.TypeCNAME
	}
	return t
}

// show is the record f of the zone of c.
func (c *call) show(f *found) *recordOut {
	r, t := f.record(), f.set.Type
	out := &recordOut{
		ID: c.idOf(f), ZoneID: c.zone.ID.Hex(), ZoneName: zoneName(c.zone.Apex),
		Name: content.Undotted(f.set.Owner), Type: shownType(t).String(), Content: f.content(), Data: dataOf(t, r.Data),
		TTL: shownTTL(f), Meta: meta{Disabled: r.Disabled}, Settings: settingsOf(f, c.zone.Apex), Tags: r.Note.Tags,
		CreatedOn: c.stamp(r.Created), ModifiedOn: c.stamp(r.Modified),
	}
	if n := content.Priority(t, r.Data); n >= 0 {
		out.Priority = &n
	}
	if r.Note.Comment != "" {
		out.Comment = &r.Note.Comment
	}
	if out.Tags == nil {
		out.Tags = []string{}
	}
	return out
}

func (c *call) idOf(f *found) string {
	if r := f.record(); r.ID != 0 {
		return recordID(r.ID)
	}
	return fileRecordID(c.zone.ID, f.set.Owner, f.set.Type, f.record().Data)
}

// stamp is the time of a record; those from files have none but their zone's.
func (c *call) stamp(milliseconds int64) stamp {
	if milliseconds == 0 {
		return stamp(c.zone.Created)
	}
	return stamp(time.UnixMilli(milliseconds))
}

// shownTTL is 1 for a TTL that was left to the server, until somebody else
// gives the RRset another: it has but one (RFC 2181, Section 5.2).
func shownTTL(f *found) uint32 {
	if f.record().Note.AutoTTL && f.set.TTL == autoTTL {
		return automatic
	}
	return f.set.TTL
}

func settingsOf(f *found, apex dname.Name) settings {
	var s settings
	n := &f.record().Note
	switch f.set.Type {
	case rr.TypeCNAME, rr.TypeALIAS:
		flat := n.Flatten == change.Yes || f.set.Type == rr.TypeALIAS && !f.set.Owner.Equal(apex)
		s.Flatten = &flat
	case rr.TypeA, rr.TypeAAAA:
	default:
		return s
	}
	if n.V4Only {
		s.V4Only = &n.V4Only
	}
	if n.V6Only {
		s.V6Only = &n.V6Only
	}
	return s
}

// ref is the zone of c for control.
func (c *call) ref() control.Ref { return control.Ref{ID: c.zone.ID} }

// lookup is the record that the path, or a part of a batch, names.
func (c *call) lookup(id string) (*found, error) {
	missing := envelope.Failure(http.StatusNotFound, envelope.CodeMissing, "Record does not exist. List the records of the zone to see which there are.")
	if c.zone.ReadOnly {
		return c.lookupFile(id, missing)
	}
	n, ok := parseRecordID(id)
	if !ok {
		return nil, missing
	}
	set, at, err := c.Control.Record(c.ctx, c.p, c.ref(), n)
	if err != nil {
		return nil, err
	}
	if at < 0 || c.isHidden(&set) {
		return nil, missing
	}
	return &found{set, at}, nil
}

func (c *call) lookupFile(id string, missing error) (*found, error) {
	for set, err := range c.Control.RRsets(c.ctx, c.p, c.ref(), control.Range{}) {
		if err != nil {
			return nil, err
		}
		for at := range set.Records {
			if f := (&found{set, at}); !c.isHidden(&set) && c.idOf(f) == id {
				return f, nil
			}
		}
	}
	return nil, missing
}

func getRecord(c *call) (any, error) {
	f, err := c.lookup(c.r.PathValue("record"))
	if err != nil {
		return nil, err
	}
	return c.show(f), nil
}

func createRecord(c *call) (any, error) {
	var in recordIn
	if err := c.read(&in, maxBody); err != nil {
		return nil, err
	}
	e, err := c.edit(&in, nil, true)
	if err != nil {
		return nil, err
	}
	return c.writeOne(e)
}

func overwriteRecord(c *call) (any, error) { return c.update(true) }
func patchRecord(c *call) (any, error)     { return c.update(false) }

// update writes a record that is there: all of it, or what the body has.
func (c *call) update(whole bool) (any, error) {
	base, err := c.lookup(c.r.PathValue("record"))
	if err != nil {
		return nil, err
	}
	var in recordIn
	if err := c.read(&in, maxBody); err != nil {
		return nil, err
	}
	e, err := c.edit(&in, base, whole)
	if err != nil {
		return nil, err
	}
	return c.writeOne(e)
}

func deleteRecord(c *call) (any, error) {
	f, err := c.lookup(c.r.PathValue("record"))
	if err != nil {
		return nil, err
	}
	if _, err := c.apply([]control.Edit{c.drop(f)}); err != nil {
		return nil, err
	}
	return object{{"id", c.idOf(f)}}, nil
}

func (c *call) drop(f *found) control.Edit {
	return control.Edit{Op: control.Drop, ID: f.record().ID, Owner: f.set.Owner, Type: f.set.Type}
}

// usage counts the records of the zone.
func usage(c *call) (any, error) {
	if err := c.p.May("records:read"); err != nil {
		return nil, err
	}
	return object{{"record_quota", nil}, {"record_usage", c.zone.Records}}, nil
}

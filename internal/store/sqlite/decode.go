package sqlite

import (
	"encoding/json"
	"fmt"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

// setJSON is a SetDiff in the log.
type setJSON struct {
	Owner  string   `json:"owner"`
	Type   string   `json:"type"`
	Before sideJSON `json:"before"`
	After  sideJSON `json:"after"`
}

type sideJSON struct {
	TTL     uint32       `json:"ttl"`
	Records []recordJSON `json:"records"`
}

type recordJSON struct {
	ID       uint64      `json:"id"`
	Data     string      `json:"data"`
	Disabled bool        `json:"disabled"`
	Created  int64       `json:"created"`
	Modified *int64      `json:"modified"` // as Created where it is left out
	Note     change.Note `json:"note"`
}

// parseSets appends the SetDiffs that a row of change_sets holds to dst.
func parseSets(dst []change.SetDiff, text string) ([]change.SetDiff, error) {
	var all []setJSON
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("sets in the log: %w", err)
	}
	for i := range all {
		d, err := all[i].diff()
		if err != nil {
			return nil, fmt.Errorf("set %s %s in the log: %w", all[i].Owner, all[i].Type, err)
		}
		dst = append(dst, d)
	}
	return dst, nil
}

func (j *setJSON) diff() (d change.SetDiff, err error) {
	owner, err := dname.Parse(j.Owner, nil)
	if err != nil {
		return d, err
	}
	t, err := rr.ParseType(j.Type)
	if err != nil {
		return d, err
	}
	if d.Before, err = j.Before.rrset(owner, t); err != nil {
		return d, err
	}
	d.After, err = j.After.rrset(owner, t)
	return d, err
}

func (j *sideJSON) rrset(owner dname.Name, t rr.Type) (change.RRset, error) {
	s := change.RRset{Owner: owner, Type: t, TTL: j.TTL}
	if len(j.Records) > 0 {
		s.Records = make([]change.Record, len(j.Records))
	}
	for i := range j.Records {
		if err := j.Records[i].record(&s.Records[i], t); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (j *recordJSON) record(r *change.Record, t rr.Type) (err error) {
	*r = change.Record{ID: j.ID, Disabled: j.Disabled, Created: j.Created, Modified: j.Created, Note: j.Note}
	if j.Modified != nil {
		r.Modified = *j.Modified
	}
	r.Data, err = zonefile.AppendData(nil, t, j.Data, nil)
	return err
}

// parseZone reads the properties of a zone in the log, nil where there are none.
func parseZone(text string, id change.ZoneID, apex dname.Name) (*change.Zone, error) {
	if text == "" {
		return nil, nil
	}
	var j zoneJSON
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return nil, fmt.Errorf("zone %s in the log: %w", apex, err)
	}
	z := &change.Zone{ID: id, Apex: apex, Account: j.Account, Type: j.Type, Region: j.Region, Status: j.Status,
		Created: j.Created, Updated: j.Updated, SOATTL: j.SOATTL, Settings: j.Settings}
	return z, parseSOA(z, j.SOA)
}

func parseSOA(z *change.Zone, text string) (err error) {
	if text != "" {
		z.SOA, err = zonefile.AppendData(nil, rr.TypeSOA, text, nil)
	}
	return err
}

// parseKind is the Kind of that name.
func parseKind(text string) (change.Kind, error) {
	for k := change.Update; k <= change.Delete; k++ {
		if k.String() == text {
			return k, nil
		}
	}
	return 0, fmt.Errorf("kind of change %q in the log is unknown", text)
}

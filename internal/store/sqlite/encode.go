package sqlite

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// appendSet appends d to dst as the JSON object that setJSON reads. The texts of
// the data are those of texts: of Before, then of After.
func appendSet(dst []byte, d *change.SetDiff, owner string, texts []string) []byte {
	dst = append(dst, `{"owner":`...)
	dst = appendString(dst, owner)
	dst = append(dst, `,"type":"`...)
	dst = append(append(dst, d.Type().String()...), '"')
	before := len(d.Before.Records)
	dst = appendSide(dst, `,"before":`, &d.Before, texts[:before])
	dst = appendSide(dst, `,"after":`, &d.After, texts[before:])
	return append(dst, '}')
}

func appendSide(dst []byte, name string, s *change.RRset, texts []string) []byte {
	if s.Empty() {
		return dst
	}
	dst = append(append(dst, name...), `{"ttl":`...)
	dst = strconv.AppendUint(dst, uint64(s.TTL), 10)
	dst = append(dst, `,"records":[`...)
	for i := range s.Records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRecord(dst, &s.Records[i], texts[i])
	}
	return append(dst, `]}`...)
}

func appendRecord(dst []byte, r *change.Record, text string) []byte {
	dst = append(dst, `{"id":`...)
	dst = strconv.AppendUint(dst, r.ID, 10)
	dst = append(dst, `,"data":`...)
	dst = appendString(dst, text)
	if r.Disabled {
		dst = append(dst, `,"disabled":true`...)
	}
	dst = append(dst, `,"created":`...)
	dst = strconv.AppendInt(dst, r.Created, 10)
	if r.Modified != r.Created {
		dst = append(dst, `,"modified":`...)
		dst = strconv.AppendInt(dst, r.Modified, 10)
	}
	if !r.Note.Empty() {
		dst = append(append(dst, `,"note":`...), noteText(&r.Note)...)
	}
	return append(dst, '}')
}

// appendString appends text as a JSON string. What is in ASCII, as all
// presentation forms are, takes one pass.
func appendString(dst []byte, text string) []byte {
	start := len(dst)
	dst = append(dst, '"')
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c >= utf8.RuneSelf:
			quoted, _ := json.Marshal(text) // a string never fails
			return append(dst[:start], quoted...)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// noteText is n as JSON.
func noteText(n *change.Note) []byte {
	text, _ := json.Marshal(n) // strings and bools never fail
	return text
}

// timeText is t as it is written down: in UTC, exact.
func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func parseTime(text string) (time.Time, error) { return time.Parse(time.RFC3339Nano, text) }

// zoneJSON is the properties of a zone in the log; the id and apex stand beside.
type zoneJSON struct {
	Account  string          `json:"account"`
	Type     string          `json:"type"`
	Region   string          `json:"region,omitempty"`
	Status   string          `json:"status"`
	Created  time.Time       `json:"created"`
	Updated  time.Time       `json:"updated"`
	SOA      string          `json:"soa,omitempty"`
	SOATTL   uint32          `json:"soa_ttl"`
	Settings change.Settings `json:"settings"`
}

// zoneText is z as JSON, nil for nil.
func zoneText(z *change.Zone) (any, error) {
	if z == nil {
		return nil, nil
	}
	j := zoneJSON{Account: z.Account, Type: z.Type, Region: z.Region, Status: z.Status, Created: z.Created.UTC(),
		Updated: z.Updated.UTC(), SOATTL: z.SOATTL, Settings: z.Settings}
	if len(z.SOA) > 0 {
		j.SOA = string(rr.AppendDataText(nil, rr.TypeSOA, z.SOA))
	}
	text, err := json.Marshal(&j)
	return string(text), err
}

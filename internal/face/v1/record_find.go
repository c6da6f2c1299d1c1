package v1

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// recordAt is the RRset of the record of the path, and where in it that is.
func (c *call) recordAt() (*control.ZoneInfo, *change.RRset, int, error) {
	z, err := c.zone()
	if err != nil {
		return nil, nil, 0, err
	}
	id := c.r.PathValue("record_id")
	missing := fail(http.StatusNotFound, api.CodeRecordNotFound, fmt.Sprintf("the zone %s has no record of this id; a record that has got another content has got another id: list the records", bare(z.Apex)))
	key, valid := parseRecordID(id, z.Apex)
	if !valid {
		return nil, nil, 0, missing
	}
	s, err := c.Control.RRset(c.ctx, c.who, control.Ref{ID: z.ID}, key.owner, key.t)
	if err != nil {
		return nil, nil, 0, err
	}
	at := find(&s, key.content, z.Apex)
	if at < 0 {
		return nil, nil, 0, missing
	}
	return z, &s, at, nil
}

// find is where the record with that content stands in s, or -1: as it is
// shown, or however else a client may write it.
func find(s *change.RRset, text string, apex dname.Name) int {
	for i := range s.Records {
		if content(s.Type, s.Records[i].Data) == text {
			return i
		}
	}
	if s.Type == rr.TypeSOA && len(s.Records) == 1 && sameSOA(content(s.Type, s.Records[0].Data), text) {
		return 0
	}
	data, err := parseContent("content", s.Type, text, nil, apex)
	if err != nil {
		return -1
	}
	rr.LowerNames(s.Type, data)
	return s.Index(data)
}

// sameSOA compares without the serial, which grows with every change.
func sameSOA(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != 7 || len(y) != 7 {
		return false
	}
	x[2], y[2] = "", ""
	return strings.Join(x, " ") == strings.Join(y, " ")
}

func (c *call) getRecord() (*reply, error) {
	z, s, at, err := c.recordAt()
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, data: api.RecordData{Record: recordOf(s, at)}, etag: &z.Serial}, nil
}

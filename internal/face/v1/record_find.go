package v1

import (
	"fmt"
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// recordAt is the RRset of the record of the path, and where in it that is.
func (c handler) recordAt() (*control.ZoneInfo, *change.RRset, int, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, nil, 0, err
	}
	id := c.R.PathValue("record_id")
	missing := envelope.Fail(http.StatusNotFound, api.CodeRecordNotFound, fmt.Sprintf("the zone %s has no record of this id; a record that has got another content has got another id: list the records", form.Bare(z.Apex)))
	key, valid := form.ParseRecordID(id, z.Apex)
	if !valid {
		return nil, nil, 0, missing
	}
	s, err := c.Control.RRset(c.Ctx, c.Who, control.Ref{ID: z.ID}, key.Owner, key.Type)
	if err != nil {
		return nil, nil, 0, err
	}
	at := form.Find(&s, key.Content, z.Apex)
	if at < 0 {
		return nil, nil, 0, missing
	}
	return z, &s, at, nil
}

func (c handler) getRecord() (*envelope.Reply, error) {
	z, s, at, err := c.recordAt()
	if err != nil {
		return nil, err
	}
	return &envelope.Reply{Status: http.StatusOK, Data: api.RecordData{Record: form.Record(s, at)}, ETag: &z.Serial}, nil
}

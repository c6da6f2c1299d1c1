package form

import (
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// ParseRegion reads the region of a zone, in any case; empty stands for none given.
func ParseRegion(field, text string) (string, error) {
	switch region := strings.ToUpper(text); region {
	case "", "EU", "GLOBAL", "EU_GLOBAL":
		return region, nil
	}
	return "", envelope.Invalid(field, "the region %q is not known; use EU, GLOBAL or EU_GLOBAL", envelope.Shorten(text, 40))
}

// Zone is a zone as it is shown.
func Zone(z *control.ZoneInfo) api.Zone {
	return api.Zone{
		ID: z.ID.String(), CustomerID: UUID(z.Account), Name: Bare(z.Apex), Type: z.Type, Region: z.Region, Status: z.Status,
		CreatedAt: z.Created, UpdatedAt: latest(z.Updated, z.Changed), Serial: uint32(z.Serial), Revision: uint64(z.Head), RecordCount: z.Records,
		ReadOnly: z.ReadOnly, Nameservers: nameServers(z), Settings: api.ZoneSettings{FlattenAll: z.Settings.FlattenAll},
	}
}

func nameServers(z *control.ZoneInfo) []string {
	names := []string{}
	if z.Snapshot == nil {
		return names
	}
	var k dname.Key
	k.Set(z.Apex)
	for rest := z.Snapshot.Node(&k, k.Depth()).Set(rr.TypeNS); !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		names = append(names, Bare(r.Data()))
	}
	return names
}

// DeletedZone is the part d of ch, which deleted a zone.
func DeletedZone(ch *change.Change, d *change.ZoneDiff) api.DeletedZone {
	return api.DeletedZone{
		ID: d.ID.String(), Name: Bare(d.Apex), Serial: uint32(d.From), Revision: uint64(ch.Revision),
		ChangeID: ch.ID, DeletedAt: ch.Time, DeletedBy: ch.Origin.Author,
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

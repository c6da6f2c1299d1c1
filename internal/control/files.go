package control

import (
	"crypto/sha256"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/zone"
)

// Files publishes zones that come from zone files: they are served beside
// those of the store, seen by the rules and the graph, and read-only. A zone
// that the store holds too is left out; clashes is called with it.
func (c *Control) Files(entries []zone.Entry, clashes func(zone.Entry)) {
	c.accept.Lock()
	defer c.accept.Unlock()
	taken := make([]zone.Entry, 0, len(entries))
	for _, e := range entries {
		e.Apex = e.Apex.Lower()
		before := c.latest(Ref{Apex: e.Apex})
		if before != nil && !before.ReadOnly {
			if e.Zone != nil || e.Reason != "" {
				clashes(e)
			}
			continue
		}
		c.file(before, e)
		taken = append(taken, e)
	}
	if len(taken) > 0 {
		c.ahead.set = c.ahead.set.With(taken...)
		c.served.Publish(c.served.Zones().With(taken...))
	}
}

// file enters or takes away the zone of a file.
func (c *Control) file(before *ZoneInfo, e zone.Entry) {
	var after *ZoneInfo
	if e.Zone != nil {
		after = &ZoneInfo{
			Zone: change.Zone{
				ID: fileZoneID(e.Apex), Apex: e.Apex, Type: "master", Region: "EU", Status: StatusActive,
				SOA: held.WithSerial(e.Zone.SOA().Data(), 0), SOATTL: e.Zone.SOA().TTL(),
			},
			Serial: change.Serial(e.Zone.Serial()), Records: e.Zone.Records() - 1,
			ReadOnly: true, Source: "files", Snapshot: e.Zone,
		}
		if before != nil {
			after.Created = before.Created
		} else {
			after.Created = c.now()
		}
		after.Updated = c.now()
		after.Changed = after.Updated
	}
	c.committed.Put(held.Move{Before: before, After: after})
	if before != nil {
		c.graph.RemoveZone(before.Snapshot)
	}
	if after != nil {
		c.graph.AddZone(after.Snapshot)
	}
}

// fileZoneID is the same for the same apex at every start (RFC 9562, Section 5.8).
func fileZoneID(apex []byte) change.ZoneID {
	sum := sha256.Sum256(append([]byte("truename zone file "), apex...))
	id := change.ZoneID(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

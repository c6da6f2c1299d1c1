// Package held is the zones as they are at one time, and all of them together.
package held

import (
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Zone is a zone as it is at one time. It is immutable.
type Zone struct {
	change.Zone
	Serial   change.Serial
	Head     change.Revision // of the last Change to it; 0 for a zone from a file
	Changed  time.Time       // of that Change
	Records  int             // disabled ones included, the SOA not
	ReadOnly bool            // it comes from a file
	Source   string          // store, or files
	Snapshot *zone.Snapshot  // as it is served, or would be if it is paused
	Disabled int             // how many of its records are
}

// Paused reports whether the zone is kept but not served.
func (z *Zone) Paused() bool { return z.Status == StatusPaused }

// The states of a zone.
const (
	StatusActive = "active"
	StatusPaused = "paused"
)

// Entry is what is to be published of z.
func (z *Zone) Entry() zone.Entry {
	if z.Paused() {
		return zone.Entry{Apex: z.Apex}
	}
	return zone.Entry{Apex: z.Apex, Zone: z.Snapshot}
}

// SOASet is the SOA RRset with the zone's serial.
func (z *Zone) SOASet() rr.Set {
	return rr.Set(rr.AppendRecord(nil, rr.TypeSOA, z.SOATTL, WithSerial(z.SOA, z.Serial)))
}

// SOARRset is the same as it is shown among the RRsets of the zone.
func (z *Zone) SOARRset() change.RRset {
	return change.RRset{Owner: z.Apex, Type: rr.TypeSOA, TTL: z.SOATTL, Records: []change.Record{{
		Data: WithSerial(z.SOA, z.Serial), Created: z.Created.UnixMilli(), Modified: z.Changed.UnixMilli(),
	}}}
}

// Disabled is how many records of s are.
func Disabled(s *change.RRset) (n int) {
	for i := range s.Records {
		if s.Records[i].Disabled {
			n++
		}
	}
	return n
}

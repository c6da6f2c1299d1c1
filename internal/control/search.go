package control

import (
	"context"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// SearchHit is an RRset that a search found.
type SearchHit struct {
	Zone  *ZoneInfo
	RRset change.RRset
}

// MaxSearch bounds the hits of one page.
const MaxSearch = 1000

// Search finds the RRsets whose owner or data holds text, in any case, in the
// zones that p sees: those of the store, then those from files. next is where
// to go on; its Apex is nil at the end.
func (c *Control) Search(ctx context.Context, p *access.Principal, text string, limit int, after Place) (hits []SearchHit, next Place, err error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, next, err
	}
	if len(text) < 2 {
		return nil, next, fault(Invalid, "search-too-short", "a search needs at least two characters", "give more of the name or of the data")
	}
	limit = min(max(limit, 1), MaxSearch)
	for h, err := range c.store.Search(ctx, store.Search{Text: text, After: after}) {
		if err != nil {
			return nil, next, unavailable(err)
		}
		z := c.committed.find(Ref{ID: h.Zone})
		if z == nil || !p.Sees(&z.Zone) {
			continue
		}
		if len(hits) == limit {
			last := &hits[limit-1]
			return hits, Place{Apex: last.Zone.Apex, Owner: last.RRset.Owner, Type: last.RRset.Type}, nil
		}
		hits = append(hits, SearchHit{z, h.RRset})
	}
	return c.searchFiles(p, strings.ToLower(text), hits, limit), next, nil
}

// searchFiles fills hits up from the zones that come from files.
func (c *Control) searchFiles(p *access.Principal, text string, hits []SearchHit, limit int) []SearchHit {
	for _, z := range c.Zones(p, func(z *ZoneInfo) bool { return z.ReadOnly }) {
		for s := range ownedSets(z.Snapshot, nil) {
			if len(hits) == limit {
				return hits
			}
			if s.Type != rr.TypeSOA && holds(&s, text) {
				hits = append(hits, SearchHit{z, s})
			}
		}
	}
	return hits
}

func holds(s *change.RRset, text string) bool {
	if strings.Contains(dname.Name(s.Owner).String(), text) {
		return true
	}
	for i := range s.Records {
		if strings.Contains(strings.ToLower(string(rr.AppendDataText(nil, s.Type, s.Records[i].Data))), text) {
			return true
		}
	}
	return false
}

package control

import (
	"context"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
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
		return nil, next, fault.New(Invalid, "search-too-short", "a search needs at least two characters", "give more of the name or of the data")
	}
	limit = min(max(limit, 1), MaxSearch)
	found := hits
	take := func(h SearchHit) bool {
		if len(found) == limit {
			last := &found[limit-1]
			next = Place{Apex: last.Zone.Apex, Owner: last.RRset.Owner, Type: last.RRset.Type}
			return false
		}
		found = append(found, h)
		return true
	}
	at := c.committed.ByApex(after.Apex)
	if at == nil || !at.ReadOnly { // else those of the store have all been shown
		if goOn, err := c.searchStore(ctx, p, store.Search{Text: text, After: after}, take); err != nil || !goOn {
			return found, next, err
		}
		after = Place{}
	}
	c.searchFiles(p, strings.ToLower(text), after, take)
	return found, next, nil
}

func (c *Control) searchStore(ctx context.Context, p *access.Principal, s store.Search, take func(SearchHit) bool) (goOn bool, err error) {
	for h, err := range c.store.Search(ctx, s) {
		if err != nil {
			return false, fault.OfStore(err)
		}
		z := c.committed.ByID(h.Zone)
		if z != nil && p.Sees(&z.Zone) && !take(SearchHit{z, h.RRset}) {
			return false, nil
		}
	}
	return true, nil
}

// searchFiles finds in the zones that come from files what lies behind a place.
func (c *Control) searchFiles(p *access.Principal, text string, after Place, take func(SearchHit) bool) {
	for _, z := range c.Zones(p, func(z *ZoneInfo) bool { return z.ReadOnly }) {
		r := Range{}
		if after.Apex != nil {
			switch d := z.Apex.Compare(after.Apex); {
			case d < 0:
				continue
			case d == 0:
				r.After = after
			}
		}
		for s := range held.RRsets(z.Snapshot, nil) {
			if s.Type == rr.TypeSOA || r.After.Owner != nil && !held.Behind(&s, &r) || !holds(&s, text) {
				continue
			}
			if !take(SearchHit{z, s}) {
				return
			}
		}
	}
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

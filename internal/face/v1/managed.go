package v1

import (
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// managed is the records of a zone that the server has put there itself: NS
// records of its own names at the apex. A list leaves them out unless it is
// asked for them: tools that bring a zone to what their own files say would
// take away what these do not have, and a zone without name servers is refused.
type managed struct {
	apex  dname.Name
	names []dname.Name
	first int // where the NS RRset of the apex begins among all records
	size  int // how many records it has
	count int // of them that are left out
}

// managed is what the list of r leaves out; nothing where it is asked for by
// name or type, or by managed=true.
func (c handler) managed(z *control.ZoneInfo, r *control.Range) (*managed, error) {
	m := &managed{apex: z.Apex}
	all, err := c.Boolean("managed", false)
	if err != nil || all || r.Owner != nil || r.Type != 0 {
		return m, err
	}
	m.names = c.Control.NameServers()
	for s, err := range c.Control.RRsets(c.Ctx, c.Who, control.Ref{ID: z.ID}, control.Range{Owner: z.Apex}) {
		switch {
		case err != nil:
			return nil, err
		case s.Type == rr.TypeNS:
			m.size = len(s.Records)
			for i := range s.Records {
				if m.hides(&s, i) {
					m.count++
				}
			}
			return m, nil
		case s.Type > rr.TypeNS && s.Type != rr.TypeSOA:
			return m, nil
		}
		m.first += len(s.Records)
	}
	return m, nil
}

// hides reports whether the record i of s is left out: one of the server's own
// that nobody has written anything beside.
func (m *managed) hides(s *change.RRset, i int) bool {
	return len(m.names) > 0 && s.Type == rr.TypeNS && s.Owner.Equal(m.apex) && s.Records[i].Note.Empty() &&
		slices.ContainsFunc(m.names, func(n dname.Name) bool { return n.Equal(dname.Name(s.Records[i].Data)) })
}

// spread makes r cover what it does with those left out in between; of the
// records that are not left out it then has skip too many at its start.
func (m *managed) spread(r *control.Range) (skip int) {
	switch visible := m.size - m.count; {
	case m.count == 0:
	case r.Skip >= m.first+visible:
		r.Skip += m.count
	default:
		skip = max(r.Skip-m.first, 0)
		r.Skip -= skip
		r.Limit += m.count + skip
	}
	return skip
}

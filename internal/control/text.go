package control

import (
	"context"
	"errors"
	"io"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/control/text"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// ImportRequest is a master file to become, or to join, a zone.
type ImportRequest struct {
	Zone     Ref
	Create   *NewZone // make the zone if it is not there; nil: it must be
	Text     io.Reader
	Name     string // what messages call the text; empty for "zone file"
	Merge    bool   // keep the RRsets that the text does not have; else the zone becomes what the text says
	Progress func(ImportProgress)
	Request  // Reason, Origin, Repeat, DryRun
	IfMatch  *change.Serial
}

// ImportProgress is how far an import is.
type ImportProgress = text.Progress

// MaxImport bounds the records of one import.
const MaxImport = text.MaxRecords

// apexOf is what a text gets that has no SOA or no name servers: those of the
// zone, or, where it is to be made, those of the server.
func (c *Control) apexOf(z *ZoneInfo, apex dname.Name) (d text.Default) {
	if z != nil {
		return text.Default{SOA: z.SOASet(), NS: held.Set(z.Snapshot, z.Apex, rr.TypeNS)}
	}
	soa := held.WithSerial(held.NewSOA(apex, c.config.NameServers[0]), held.FirstSerial(c.now()))
	d.SOA = rr.Set(rr.AppendRecord(nil, rr.TypeSOA, DefaultTTL, soa))
	for _, n := range c.config.NameServers {
		d.NS = rr.Set(rr.AppendRecord(d.NS, rr.TypeNS, DefaultTTL, n))
	}
	return d
}

// Import makes one Change of a master file.
func (c *Control) Import(ctx context.Context, p *access.Principal, r ImportRequest) (*Result, error) {
	if err := may(p, access.ZonesWrite, access.RecordsWrite); err != nil {
		return nil, err
	}
	if r.Name == "" {
		r.Name = "zone file"
	}
	z, apex, err := c.importInto(p, &r)
	if err != nil {
		return nil, err
	}
	if z != nil && z.ReadOnly {
		return nil, fault.ReadOnly(z.Apex.String())
	}
	in, err := text.Read(r.Text, text.Options{Apex: apex, Name: r.Name, Default: c.apexOf(z, apex), Tell: r.Progress})
	if err != nil {
		return nil, err
	}
	in.Reach("check")
	if err := in.Judge(z); err != nil {
		return nil, err
	}
	result, err := c.importText(ctx, p, z, &r, in)
	if err == nil && !result.Replayed {
		result.Warnings = append(in.Said, result.Warnings...)
	}
	return result, err
}

// importText applies what was read. Where somebody changes the zone meanwhile
// it is worked out anew, a few times.
func (c *Control) importText(ctx context.Context, p *access.Principal, z *ZoneInfo, r *ImportRequest, in *text.Zone) (*Result, error) {
	for try := 0; ; try++ {
		e, err := c.importEdit(ctx, z, r, in)
		if err != nil {
			return nil, err
		}
		in.Reach("write")
		req := r.Request
		req.Zones = []ZoneEdit{*e}
		result, err := c.Apply(ctx, p, &req)
		if z == nil || try == importTries || !fault.Is(err, "zone-moved") {
			return result, err
		}
		if z, err = c.see(p, Ref{ID: z.ID}); err != nil {
			return nil, err
		}
	}
}

// importTries is how often an import starts over at most.
const importTries = 3

// importInto is the zone to import into, if it is there, and its apex.
func (c *Control) importInto(p *access.Principal, r *ImportRequest) (*ZoneInfo, dname.Name, error) {
	z, err := c.see(p, r.Zone)
	switch {
	case err == nil:
		return z, z.Apex, nil
	case r.Create == nil || r.Zone.Apex == nil:
		return nil, nil, err
	}
	return nil, r.Zone.Apex.Lower(), nil
}

// importEdit is the edit that brings the zone to what the text says.
func (c *Control) importEdit(ctx context.Context, z *ZoneInfo, r *ImportRequest, in *text.Zone) (*ZoneEdit, error) {
	e := &ZoneEdit{Zone: r.Zone, IfMatch: r.IfMatch, State: request.State{ApexCNAME: in.ApexCNAME}}
	if z == nil {
		create := *r.Create
		create.Bare = true // its name servers are in the text, or were added to it
		e.Create = &create
	} else {
		e.Zone, e.Head, e.State.Upon = Ref{ID: z.ID}, z.Head, z.Head
	}
	if in.HasSOA {
		soa := in.Snapshot.SOA()
		ttl := soa.TTL()
		e.Edits = append(e.Edits, Edit{Op: Put, Owner: in.Snapshot.Apex(), Type: rr.TypeSOA, TTL: &ttl, Records: []RecordEdit{{Data: soa.Data()}}})
	}
	have, err := c.before(ctx, z)
	if err != nil {
		return nil, err
	}
	now := c.now()
	for set := range held.RRsets(in.Snapshot, nil) {
		if set.Type == rr.TypeSOA {
			continue
		}
		key := held.Key{Owner: string(set.Owner), Type: set.Type}
		old := have[key]
		delete(have, key)
		if z != nil && !in.HasNS && set.Type == rr.TypeNS && set.Owner.Equal(in.Snapshot.Apex()) {
			continue // the zone's own, which the text says nothing of
		}
		c.adopt(&set, old, now.UnixMilli())
		e.State.Sets = append(e.State.Sets, request.RRset{Want: set, Was: &old})
	}
	if z != nil && !r.Merge {
		for key, old := range have {
			e.State.Sets = append(e.State.Sets, request.RRset{Want: change.RRset{Owner: dname.Name(key.Owner), Type: old.Type}, Was: &old})
		}
	}
	if z == nil || !r.Merge {
		e.State.Snapshot = in.Snapshot // all that is wanted is in the text
	} else if len(e.State.Sets) <= fewSets {
		e.Head = 0 // other RRsets may change meanwhile
	}
	return e, nil
}

// fewSets is how many RRsets are looked up anew, if their zone changes while
// they are worked out, rather than starting over.
const fewSets = 1000

// before is the RRsets that z has, by owner and type.
func (c *Control) before(ctx context.Context, z *ZoneInfo) (map[held.Key]change.RRset, error) {
	if z == nil || z.ReadOnly {
		return nil, nil
	}
	have := make(map[held.Key]change.RRset, z.Records)
	for s, err := range c.store.RRsets(ctx, z.ID, Range{}) {
		if err != nil {
			return nil, fault.OfStore(err)
		}
		have[held.Key{Owner: string(s.Owner), Type: s.Type}] = s
	}
	return have, nil
}

// adopt gives the records of s the identity of those of the same data in old. One
// that has but got another target keeps how it is followed.
func (c *Control) adopt(s *change.RRset, old change.RRset, now int64) {
	for i := range s.Records {
		r := &s.Records[i]
		if at := old.Index(r.Data); at >= 0 {
			*r = old.Records[at]
			r.Disabled = false
			continue
		}
		r.ID, r.Created, r.Modified = c.ids.next(c.now()), now, now
		if held.IsFollowed(s.Type) && len(s.Records) == 1 && len(old.Records) == 1 {
			r.Note.Alias = old.Records[0].Note.Alias
		}
	}
}

// Export writes the zone as a master file in canonical order. Disabled records
// stand in it as comments.
func (c *Control) Export(ctx context.Context, p *access.Principal, ref Ref, w io.Writer) error {
	return text.Write(w, c.RRsets(ctx, p, ref, Range{}))
}

// CheckText judges the text of a zone among the zones held, and writes nothing.
func (c *Control) CheckText(_ context.Context, p *access.Principal, apex dname.Name, r io.Reader) (*lint.Report, error) {
	if err := may(p, access.ZonesRead); err != nil {
		return nil, err
	}
	apex = apex.Lower()
	in, err := text.Read(r, text.Options{Apex: apex, Name: "zone file"})
	var e *Error
	if errors.As(err, &e) && e.Code == "zone-file" {
		return &lint.Report{Findings: e.Findings, Errors: len(e.Findings)}, nil
	}
	if err != nil {
		return nil, err
	}
	z := c.committed.ByApex(apex)
	if z != nil && !p.Sees(&z.Zone) {
		z = nil
	}
	return in.Report(z, c.served.Zones(), c.config.MaxChain), nil
}

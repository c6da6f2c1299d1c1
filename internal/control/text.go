package control

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
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
type ImportProgress struct {
	Stage   string `json:"stage"`           // read, check, write
	Octets  int64  `json:"octets"`          // of text read so far
	Records int    `json:"records"`         // read so far
	Total   int    `json:"total,omitempty"` // records to be written
}

// MaxImport bounds the records of one import.
const MaxImport = 5_000_000

// reading is a master file being read.
type reading struct {
	builder   *zone.Builder
	apex      dname.Name
	octets    int64
	records   int
	tell      func(ImportProgress)
	name      string
	soa, ns   bool
	said      []lint.Finding // of the text, and not of the zone that comes of it
	apexCNAME bool           // the text has a CNAME at the apex, which has become an ALIAS
	missing   func(*reading) // adds what the apex needs and the text does not have; nil: nothing
}

// missing gives a text without SOA or without name servers those of the zone,
// or, where it is to be made, those of the server.
func (c *Control) missing(z *ZoneInfo) func(*reading) {
	return func(in *reading) {
		b := in.builder
		if !in.soa && z == nil {
			b.Add(in.apex, rr.TypeSOA, DefaultTTL, withSerial(newSOA(in.apex, c.config.NameServers[0]), firstSerial(c.now())), zone.Place{})
		} else if !in.soa {
			b.Add(in.apex, rr.TypeSOA, z.SOATTL, withSerial(z.SOA, z.Serial), zone.Place{})
		}
		if in.ns {
			return
		}
		if z == nil {
			for _, n := range c.config.NameServers {
				b.Add(in.apex, rr.TypeNS, DefaultTTL, n, zone.Place{})
			}
			return
		}
		for r, rest := nextOf(setOf(z.Snapshot, z.Apex, rr.TypeNS)); r != nil; r, rest = nextOf(rest) {
			b.Add(in.apex, rr.TypeNS, r.TTL(), r.Data(), zone.Place{})
		}
	}
}

func nextOf(s rr.Set) (rr.Record, rr.Set) {
	if s.Empty() {
		return nil, nil
	}
	return s.Next()
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
		return nil, readOnly(z)
	}
	in := &reading{apex: apex, tell: r.Progress, name: r.Name, missing: c.missing(z)}
	build, err := in.read(r.Text)
	if err != nil {
		return nil, err
	}
	in.progress("check")
	if err := checkBuild(z, build, in); err != nil {
		return nil, err
	}
	result, err := c.importBuild(ctx, p, z, &r, build.Snapshot, in)
	if err == nil && !result.Replayed {
		result.Warnings = append(in.said, result.Warnings...)
	}
	return result, err
}

// importBuild applies what was read. Where somebody changes the zone meanwhile
// it is worked out anew, a few times.
func (c *Control) importBuild(ctx context.Context, p *access.Principal, z *ZoneInfo, r *ImportRequest, s *zone.Snapshot, in *reading) (*Result, error) {
	for try := 0; ; try++ {
		e, err := c.importEdit(ctx, z, r, s, in)
		if err != nil {
			return nil, err
		}
		in.progress("write")
		req := r.Request
		req.Zones = []ZoneEdit{*e}
		result, err := c.Apply(ctx, p, &req)
		var moved *Error
		if z == nil || try == importTries || !errors.As(err, &moved) || moved.Code != "zone-moved" {
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

func (in *reading) progress(stage string) {
	if in.tell != nil {
		p := ImportProgress{Stage: stage, Octets: in.octets, Records: in.records}
		if stage != "read" {
			p.Total = in.records
		}
		in.tell(p)
	}
}

// read builds the zone of the text.
func (in *reading) read(text io.Reader) (*zone.Build, error) {
	in.builder = zone.NewBuilder(in.apex)
	o := zonefile.Options{Origin: in.apex, RefuseInclude: true, MaxErrors: 100, Progress: func(n int64) { in.octets = n; in.progress("read") }}
	err := zonefile.Parse(text, in.name, o, in.take)
	var wrong zonefile.Errors
	switch {
	case errors.As(err, &wrong):
		return nil, badText(wrong)
	case err != nil:
		var e *Error
		if errors.As(err, &e) {
			return nil, e
		}
		e = fault(Invalid, "unreadable", "the text could not be read: "+err.Error(), "send it again")
		e.Cause = err
		return nil, e
	}
	if in.missing != nil {
		in.missing(in)
	}
	b := in.builder.Build()
	in.flattenApex(b)
	return b, nil
}

func (in *reading) take(r *zonefile.Record) error {
	if in.records++; in.records > MaxImport {
		return fault(TooLarge, "too-many-records", fmt.Sprintf("the text has more than %d records", MaxImport), "split the zone")
	}
	if r.Owner.Equal(in.apex) {
		in.soa = in.soa || r.Type == rr.TypeSOA
		in.ns = in.ns || r.Type == rr.TypeNS
	}
	rr.LowerNames(r.Type, r.Data)
	in.builder.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{File: 1, Line: uint32(r.Pos.Line), Column: uint16(r.Pos.Column)})
	return nil
}

func badText(wrong zonefile.Errors) *Error {
	first := wrong[0]
	e := fault(Invalid, "zone-file", first.Pos.String()+": "+first.Message, first.Fix)
	if len(wrong) > 1 {
		e.Message = fmt.Sprintf("%s (and %d more)", e.Message, len(wrong)-1)
	}
	for _, w := range wrong {
		e.Findings = append(e.Findings, finding(w))
	}
	return e
}

func finding(w *zonefile.Error) lint.Finding {
	return lint.Finding{Severity: lint.Error, Code: w.Code, File: w.Pos.File, Line: w.Pos.Line, Column: w.Pos.Column, Message: w.Message, Fix: w.Fix}
}

func (in *reading) place(p zone.Place) (string, int, int) {
	if p.File == 0 {
		return "", 0, 0
	}
	return in.name, int(p.Line), int(p.Column)
}

// importEdit is the edit that brings the zone to what the text says.
func (c *Control) importEdit(ctx context.Context, z *ZoneInfo, r *ImportRequest, s *zone.Snapshot, in *reading) (*ZoneEdit, error) {
	e := &ZoneEdit{Zone: r.Zone, IfMatch: r.IfMatch, apexCNAME: in.apexCNAME}
	if z == nil {
		create := *r.Create
		create.Bare = true // its name servers are in the text, or were added to it
		e.Create = &create
	} else {
		e.Zone, e.Head, e.upon = Ref{ID: z.ID}, z.Head, z.Head
	}
	if in.soa {
		soa := s.SOA()
		ttl := soa.TTL()
		e.Edits = append(e.Edits, Edit{Op: Put, Owner: s.Apex(), Type: rr.TypeSOA, TTL: &ttl, Records: []RecordEdit{{Data: soa.Data()}}})
	}
	have, err := c.before(ctx, z)
	if err != nil {
		return nil, err
	}
	now := c.now()
	for set := range ownedSets(s, nil) {
		if set.Type == rr.TypeSOA {
			continue
		}
		key := setKey{owner: string(set.Owner), rtype: uint16(set.Type)}
		old := have[key]
		delete(have, key)
		if z != nil && !in.ns && set.Type == rr.TypeNS && set.Owner.Equal(in.apex) {
			continue // the zone's own, which the text says nothing of
		}
		c.adopt(&set, old, now.UnixMilli())
		e.exact = append(e.exact, exact{want: set, was: &old})
	}
	if z != nil && !r.Merge {
		for key, old := range have {
			e.exact = append(e.exact, exact{want: change.RRset{Owner: dname.Name(key.owner), Type: old.Type}, was: &old})
		}
	}
	if z == nil || !r.Merge {
		e.snapshot = s // all that is wanted is in the text
	} else if len(e.exact) <= fewSets {
		e.Head = 0 // other RRsets may change meanwhile
	}
	return e, nil
}

// fewSets is how many RRsets are looked up anew, if their zone changes while
// they are worked out, rather than starting over.
const fewSets = 1000

// before is the RRsets that z has, by owner and type.
func (c *Control) before(ctx context.Context, z *ZoneInfo) (map[setKey]change.RRset, error) {
	if z == nil || z.ReadOnly {
		return nil, nil
	}
	have := make(map[setKey]change.RRset, z.Records)
	for s, err := range c.store.RRsets(ctx, z.ID, Range{}) {
		if err != nil {
			return nil, unavailable(err)
		}
		have[setKey{owner: string(s.Owner), rtype: uint16(s.Type)}] = s
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
		if isFollowed(s.Type) && len(s.Records) == 1 && len(old.Records) == 1 {
			r.Note.Alias = old.Records[0].Note.Alias
		}
	}
}

// Export writes the zone as a master file in canonical order. Disabled records
// stand in it as comments.
func (c *Control) Export(ctx context.Context, p *access.Principal, ref Ref, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	for s, err := range c.RRsets(ctx, p, ref, Range{}) {
		if err != nil {
			return err
		}
		for i := range s.Records {
			line = line[:0]
			if s.Records[i].Disabled {
				line = append(line, "; disabled: "...)
			}
			line = zonefile.AppendRecord(line, s.Owner, rr.AppendRecord(nil, s.Type, s.TTL, s.Records[i].Data))
			if line[len(line)-1] != '\n' {
				line = append(line, '\n')
			}
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// CheckText judges the text of a zone among the zones held, and writes nothing.
func (c *Control) CheckText(_ context.Context, p *access.Principal, apex dname.Name, text io.Reader) (*lint.Report, error) {
	if err := may(p, access.ZonesRead); err != nil {
		return nil, err
	}
	in := &reading{apex: apex.Lower(), name: "zone file"}
	b, err := in.read(text)
	var e *Error
	if errors.As(err, &e) && e.Code == "zone-file" {
		return &lint.Report{Findings: e.Findings, Errors: len(e.Findings)}, nil
	}
	if err != nil {
		return nil, err
	}
	if z := c.committed.find(Ref{Apex: in.apex}); z != nil && p.Sees(&z.Zone) {
		b.Snapshot = asServed(z, b.Snapshot)
	}
	world := c.served.Zones().With(zone.Entry{Apex: in.apex, Zone: b.Snapshot})
	report := lint.CheckBuild(b, lint.Options{World: world, MaxChain: c.config.MaxChain, Place: in.place})
	report.Findings = append(in.said, report.Findings...)
	report.Warnings += len(in.said)
	return report, nil
}

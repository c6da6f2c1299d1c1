// Package text is a zone as a master file has it: read, judged where the lines are
// still known, and written.
package text

import (
	"errors"
	"fmt"
	"io"

	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Progress is how far an import is.
type Progress struct {
	Stage   string `json:"stage"`           // read, check, write
	Octets  int64  `json:"octets"`          // of text read so far
	Records int    `json:"records"`         // read so far
	Total   int    `json:"total,omitempty"` // records to be written
}

// MaxRecords bounds the records of one text.
const MaxRecords = 5_000_000

// Options say how a text is to be read.
type Options struct {
	Apex    dname.Name     // in lower case
	Name    string         // what messages call the text
	Default Default        // of the apex
	Tell    func(Progress) // is told how far it is; nil for nobody
}

// Default is what the apex gets that has none in the text; nothing where a set is empty.
type Default struct{ SOA, NS rr.Set }

// Zone is what a text says.
type Zone struct {
	*zone.Build
	HasSOA, HasNS bool           // the text itself, at the apex
	ApexCNAME     bool           // the text has a CNAME at the apex, which has become an ALIAS
	Said          []lint.Finding // of the text, and not of the zone that comes of it
	reading       *reading
}

// reading is a text being read.
type reading struct {
	Options
	builder *zone.Builder
	octets  int64
	records int
	soa, ns bool
}

// Read builds the zone of a text.
func Read(text io.Reader, o Options) (*Zone, error) {
	in := &reading{Options: o, builder: zone.NewBuilder(o.Apex)}
	if err := in.read(text); err != nil {
		return nil, err
	}
	if !in.soa {
		in.add(o.Default.SOA)
	}
	if !in.ns {
		in.add(o.Default.NS)
	}
	z := &Zone{Build: in.builder.Build(), HasSOA: in.soa, HasNS: in.ns, reading: in}
	z.flattenApex()
	return z, nil
}

func (in *reading) read(text io.Reader) error {
	o := zonefile.Options{Origin: in.Apex, RefuseInclude: true, MaxErrors: 100, Progress: func(n int64) { in.octets = n; in.progress("read") }}
	err := zonefile.Parse(text, in.Name, o, in.take)
	var wrong zonefile.Errors
	var e *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return badText(wrong)
	case errors.As(err, &e):
		return e
	}
	e = fault.New(fault.Invalid, "unreadable", "the text could not be read: "+err.Error(), "send it again")
	e.Cause = err
	return e
}

func (in *reading) take(r *zonefile.Record) error {
	if in.records++; in.records > MaxRecords {
		return fault.New(fault.TooLarge, "too-many-records", fmt.Sprintf("the text has more than %d records", MaxRecords), "split the zone")
	}
	if r.Owner.Equal(in.Apex) {
		in.soa = in.soa || r.Type == rr.TypeSOA
		in.ns = in.ns || r.Type == rr.TypeNS
	}
	rr.LowerNames(r.Type, r.Data)
	in.builder.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{File: 1, Line: uint32(r.Pos.Line), Column: uint16(r.Pos.Column)})
	return nil
}

// add gives the apex a set that stands in no line.
func (in *reading) add(set rr.Set) {
	for !set.Empty() {
		var r rr.Record
		r, set = set.Next()
		in.builder.Add(in.Apex, r.Type(), r.TTL(), r.Data(), zone.Place{})
	}
}

func (in *reading) progress(stage string) {
	if in.Tell == nil {
		return
	}
	p := Progress{Stage: stage, Octets: in.octets, Records: in.records}
	if stage != "read" {
		p.Total = in.records
	}
	in.Tell(p)
}

// Reach tells that the import has come to a stage: check or write.
func (z *Zone) Reach(stage string) { z.reading.progress(stage) }

// badText is what is wrong with a text, as one Error.
func badText(wrong zonefile.Errors) *fault.Error {
	first := wrong[0]
	e := fault.New(fault.Invalid, "zone-file", first.Pos.String()+": "+first.Message, first.Fix)
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

// place is where p is, as findings have it.
func (in *reading) place(p zone.Place) (file string, line, column int) {
	if p.File == 0 {
		return "", 0, 0
	}
	return in.Name, int(p.Line), int(p.Column)
}

// flattenApex makes the CNAME of the apex an ALIAS.
func (z *Zone) flattenApex() {
	flat, done := flatten.Apex(z.Snapshot)
	if !done {
		return
	}
	in := z.reading
	z.Snapshot, z.ApexCNAME = flat, true
	f := lint.ByCode("apex-cname").Finding(fmt.Sprintf("the CNAME at the apex %s is kept and served as ALIAS", in.Apex))
	f.Owner = in.Apex.String()
	at, _ := z.Locate(in.Apex, rr.TypeCNAME, 0)
	f.File, f.Line, f.Column = in.place(at)
	z.Said = append(z.Said, f)
}

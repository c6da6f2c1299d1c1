// Package zonefile reads and writes master files (RFC 1035, Section 5) with
// the $TTL of RFC 2308, the unknown types of RFC 3597 and BIND's $GENERATE.
package zonefile

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Record is one resource record of class IN. It and what it points to are
// valid only until emit returns.
type Record struct {
	Owner dname.Name // wire form, lower case
	Type  rr.Type
	TTL   uint32
	Data  []byte // RDATA in wire form, names uncompressed and as they were written
	Pos   Position
}

// Options govern parsing. The zero value is good.
type Options struct {
	Origin        dname.Name        // nil: there is none before the first $ORIGIN
	MaxErrors     int               // parsing stops behind that many; 0 means 1000
	Progress      func(bytes int64) // called now and then with the octets read so far
	Include       func(path string) // called before a file that $INCLUDE names is opened, there or not
	RefuseInclude bool              // for files that strangers hand in: $INCLUDE is an error
}

// ParseFile reads the master file at path; see Parse.
func ParseFile(path string, o Options, emit func(*Record) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return Parse(f, path, o, emit)
}

// Parse reads the master file r, which messages call file and from whose
// directory $INCLUDE starts, and calls emit for every record in turn. Behind an
// entry that is wrong it goes on at the next and in the end returns all that
// was wrong as Errors; that no TTL is known is an error too, but the record is
// emitted all the same, with TTL 0. An *Error that emit returns joins them; any
// other ends parsing and is returned as it is, as is an error of r.
func Parse(r io.Reader, file string, o Options, emit func(*Record) error) error {
	if o.MaxErrors <= 0 {
		o.MaxErrors = 1000
	}
	p := &parser{options: o, emit: emit, origin: o.Origin.Clone()}
	p.wrong.most = o.MaxErrors
	if err := p.parse(r, file); err != nil && err != errTooMany {
		return err
	}
	if len(p.wrong.errs) > 0 {
		return p.wrong.sorted()
	}
	return nil
}

type parser struct {
	options Options
	emit    func(*Record) error
	wrong   collector
	stack   []*include
	read    int64 // octets of files that are done

	origin   dname.Name
	owner    []byte // of the entry before; empty where there is none
	ownerBad bool   // the owner of the entry before could not be read
	ttl      ttls
	data     []byte
	record   Record
}

// parse reads one file, with the state that p has.
func (p *parser) parse(r io.Reader, file string) error {
	p.wrong.opened(file)
	src := newSource(file, r)
	lex := new(lexer)
	for first := true; src.at < src.end || !src.eof; {
		if src.at == src.end || !lex.next(src) {
			if err := p.fill(src); err != nil {
				return err
			}
			if first {
				src.skipBOM()
				first = false
			}
			continue
		}
		src.at, src.line = lex.at, lex.line
		if err := p.entry(src.file, &lex.entry); err != nil {
			return err
		}
	}
	p.read += src.total
	return nil
}

func (p *parser) fill(src *source) error {
	if err := src.fill(); err != nil {
		return err
	}
	if p.options.Progress != nil {
		p.options.Progress(p.read + src.total)
	}
	return nil
}

// entry handles one entry. It returns an error only when parsing has to end.
func (p *parser) entry(file string, e *entry) error {
	if len(e.faults) > 0 {
		for _, fault := range e.faults {
			if err := p.wrong.add(fault); err != nil {
				return err
			}
		}
		p.ownerBad = p.ownerBad || !e.blank && !e.isDirective()
		return nil
	}
	if len(e.fields) == 0 {
		return nil
	}
	if e.isDirective() {
		return p.directive(file, e.fields)
	}
	return p.entryRecord(file, e)
}

// report takes note of what is wrong with an entry and says whether to end.
func (p *parser) report(err error) error {
	var wrong *Error
	if errors.As(err, &wrong) {
		return p.wrong.add(wrong)
	}
	return err
}

func (p *parser) entryRecord(file string, e *entry) error {
	fields := e.fields
	if !e.blank {
		if err := p.setOwner(file, &fields[0]); err != nil {
			return p.report(err)
		}
		fields = fields[1:]
	} else if p.ownerBad {
		return nil
	} else if len(p.owner) == 0 {
		return p.report(&Error{place(file, &fields[0]), "no_owner", "the entry starts with a blank, but there is no owner before it to take over",
			"write the owner at the start of the line, @ for the origin"})
	}
	p.record.Pos = place(file, &e.fields[0])
	if err := p.readRecord(file, &e.fields[0], fields); err != nil {
		return p.report(err)
	}
	if err := p.emit(&p.record); err != nil {
		return p.report(err)
	}
	return nil
}

func (p *parser) setOwner(file string, f *rr.Field) error {
	p.ownerBad = true
	owner, err := dname.AppendUnicode(p.owner[:0], f.Text, p.origin)
	if err != nil {
		return badName(file, f, "bad_owner", "owner", err)
	}
	lowerCase(owner)
	p.owner, p.ownerBad = owner, false
	return nil
}

func badName(file string, f *rr.Field, code, what string, err error) *Error {
	message, fix, hasFix := strings.Cut(err.Error(), "; ")
	switch {
	case errors.Is(err, dname.ErrRelative):
		fix = "end it with a dot, or put a $ORIGIN before it"
	case !hasFix:
		fix = "write a name as in www.example.net."
	}
	return &Error{place(file, f), code, what + " " + show(f.Text) + ": " + message, fix}
}

// lowerCase works on wire form: length octets are below 'A'.
func lowerCase(name []byte) {
	for i, c := range name {
		if c-'A' < 26 {
			name[i] = c | 0x20
		}
	}
}

// readRecord reads TTL, class, type and RDATA into p.record; first is where
// the entry starts.
func (p *parser) readRecord(file string, first *rr.Field, fields []rr.Field) error {
	h, err := readHeader(file, first, fields)
	if err != nil {
		return err
	}
	if h.hasTTL {
		p.ttl.state(h.ttl)
	}
	data, wrong := rr.ParseData(p.data[:0], h.rtype, h.rest, p.origin)
	if h.rtype == rr.TypeSOA {
		p.ttl.learn(data)
	}
	if wrong != nil {
		return dataError(file, h, wrong)
	}
	p.data = data
	p.record.Owner, p.record.Type, p.record.TTL, p.record.Data = p.owner, h.rtype, h.ttl, data
	if !h.hasTTL {
		return p.setMissingTTL(place(file, h.typeField))
	}
	return nil
}

// setMissingTTL gives the record the TTL that holds where none is stated. That
// there is none is said once a file; its records still reach emit, with TTL 0,
// so that rules about the zone as a whole can be checked.
func (p *parser) setMissingTTL(at Position) error {
	ttl, ok := p.ttl.of()
	p.record.TTL = ttl
	if ok || p.ttl.missed {
		return nil
	}
	p.ttl.missed = true
	return p.wrong.add(&Error{at, "no_ttl", "the record has no TTL, and nothing before it gives one",
		"put a $TTL at the top of the file, as in $TTL 3600"})
}

func dataError(file string, h header, err error) error {
	var wrong *rr.DataError
	if !errors.As(err, &wrong) {
		return err
	}
	var pos Position
	switch n := len(h.rest); {
	case wrong.Field < n:
		pos = place(file, &h.rest[wrong.Field])
	case n > 0:
		pos = after(file, &h.rest[n-1])
	default:
		pos = after(file, h.typeField)
	}
	return &Error{pos, wrong.Code, wrong.Message, wrong.Fix}
}

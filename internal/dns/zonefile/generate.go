package zonefile

import (
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// maxGenerated bounds the records of one $GENERATE.
const maxGenerated = 1 << 20

const generateUsage = "$GENERATE 1-254 host-$ A 192.0.2.$"

// span is the range of a $GENERATE.
type span struct{ start, stop, step int64 }

// generate handles BIND's $GENERATE range owner [ttl] [class] type data: one
// entry for each number of the range, which takes the place of $ and ${...}.
// The first entry that is wrong ends it. The owner for entries without one
// stays, as with BIND, that of the entry before the directive.
func (p *parser) generate(file string, fields []rr.Field) error {
	if err := arguments(file, fields, 4, len(fields), generateUsage); err != nil {
		return err
	}
	s, err := readSpan(file, &fields[1])
	if err != nil {
		return err
	}
	g := generator{parser: p, file: file, fields: unquoteData(fields[2:])}
	owner, ownerBad := append([]byte(nil), p.owner...), p.ownerBad
	defer func() { p.owner, p.ownerBad = owner, ownerBad }()
	for n := s.start; n <= s.stop; n += s.step {
		if err := g.entry(n); err != nil {
			return err
		}
	}
	return nil
}

func readSpan(file string, f *rr.Field) (s span, err error) {
	text, step, hasStep := strings.Cut(string(f.Text), "/")
	start, stop, ok := strings.Cut(text, "-")
	s.step = 1
	var bad [3]error
	s.start, bad[0] = strconv.ParseInt(start, 10, 32)
	s.stop, bad[1] = strconv.ParseInt(stop, 10, 32)
	if hasStep {
		s.step, bad[2] = strconv.ParseInt(step, 10, 32)
	}
	if !ok || bad != [3]error{} || s.start < 0 || s.step < 1 || s.stop < s.start {
		return s, &Error{place(file, f), "bad_range", "range " + show(f.Text) + " is not start-stop or start-stop/step", "write numbers from 0 to 2147483647, the stop not below the start, as in 1-254 or 0-100/2"}
	}
	if (s.stop-s.start)/s.step >= maxGenerated {
		return s, &Error{place(file, f), "too_many_records", "range " + show(f.Text) + " makes more than " + strconv.Itoa(maxGenerated) + " records", "split it, or use a wildcard"}
	}
	return s, nil
}

// unquoteData lets data that stand as one quoted field count as the fields
// within, as in $GENERATE 1-9 $ MX "10 mail-$"; texts stay texts.
func unquoteData(fields []rr.Field) []rr.Field {
	last := &fields[len(fields)-1]
	if !last.Quoted || fields[len(fields)-2].Quoted {
		return fields
	}
	if t, err := rr.ParseType(string(fields[len(fields)-2].Text)); err == nil && t != rr.TypeTXT && t.String() != "SPF" {
		last.Quoted = false
	}
	return fields
}

// generator makes the entries of one $GENERATE.
type generator struct {
	*parser
	file   string
	fields []rr.Field
	text   []byte
	lex    lexer
	src    source
}

// entry makes the entry for n and handles it as if it stood in the file.
func (g *generator) entry(n int64) error {
	g.text = g.text[:0]
	for i := range g.fields {
		f := &g.fields[i]
		if i > 0 && !f.Joined {
			g.text = append(g.text, ' ')
		}
		if f.Quoted {
			g.text = append(g.text, '"')
		}
		var err *Error
		if g.text, err = substitute(g.text, g.file, f, n); err != nil {
			return err
		}
		if f.Quoted {
			g.text = append(g.text, '"')
		}
	}
	g.text = append(g.text, '\n')
	g.src = source{file: g.file, buf: append(g.text, '\n'), end: len(g.text), line: 1, eof: true}
	g.lex.next(&g.src)
	return g.emitEntry(n)
}

func (g *generator) emitEntry(n int64) error {
	e := &g.lex.entry
	at := place(g.file, &g.fields[0])
	if len(e.faults) > 0 {
		return g.explain(n, at, e.faults[0])
	}
	for i := range e.fields {
		e.fields[i].Line, e.fields[i].Column = g.fields[0].Line, g.fields[0].Column
	}
	if err := g.setOwner(g.file, &e.fields[0]); err != nil {
		return g.explain(n, at, err)
	}
	g.record.Pos = at
	if err := g.readRecord(g.file, &e.fields[0], e.fields[1:]); err != nil {
		return g.explain(n, at, err)
	}
	return g.emit(&g.record)
}

// explain says for which number an entry is wrong.
func (g *generator) explain(n int64, at Position, err error) error {
	wrong, ok := err.(*Error)
	if !ok {
		return err
	}
	return &Error{at, wrong.Code, "$GENERATE makes a bad entry for " + strconv.FormatInt(n, 10) + ": " + wrong.Message, wrong.Fix}
}

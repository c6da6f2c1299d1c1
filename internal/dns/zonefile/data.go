package zonefile

import (
	"bytes"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// dataReaders are lexers with the buffers of one text.
var dataReaders = sync.Pool{New: func() any { return &dataReader{src: newSource("", nil)} }}

type dataReader struct {
	lex lexer
	src *source
}

// AppendData appends to dst the RDATA of a record of type t that text, its
// presentation form without owner, TTL, class and type, stands for. Relative
// names are completed by origin, which may be nil. All errors are *rr.DataError.
func AppendData(dst []byte, t rr.Type, text string, origin dname.Name) ([]byte, error) {
	r := dataReaders.Get().(*dataReader)
	defer dataReaders.Put(r)
	fields, err := r.cut(text)
	if err != nil {
		return nil, err
	}
	return rr.ParseData(dst, t, fields, origin)
}

// cut is the fields of text, which must be one entry. They are valid until the next cut.
func (r *dataReader) cut(text string) ([]rr.Field, error) {
	s := r.src
	s.buf = append(append(append(s.buf[:0], ' '), text...), '\n')
	s.at, s.end, s.line, s.eof = 0, len(s.buf)-1, 1, true
	r.lex.next(s)
	if faults := r.lex.faults; len(faults) > 0 {
		f := faults[0]
		return nil, &rr.DataError{Code: f.Code, Message: f.Message, Fix: f.Fix}
	}
	if rest := bytes.TrimSpace(s.buf[r.lex.at:]); len(rest) > 0 {
		return nil, &rr.DataError{Field: len(r.lex.fields), Code: "line_feed", Message: "the text goes on behind the end of its first line",
			Fix: `write one record as one line; a line feed inside of a text is \010`}
	}
	return r.lex.fields, nil
}

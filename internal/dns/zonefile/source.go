package zonefile

import (
	"bytes"
	"fmt"
	"io"
)

// Octets read at once: little at first, for the many files that are small.
const (
	firstChunk = 16 << 10
	mostChunk  = 256 << 10
)

// source reads a master file in chunks and keeps what is not yet parsed. Behind
// the last octet there is always a line feed, so that scans need no bounds.
type source struct {
	file    string
	in      io.Reader
	buf     []byte
	at, end int // unparsed octets are buf[at:end]
	line    int // of buf[at]
	eof     bool
	chunk   int   // octets to read next
	total   int64 // octets read
}

func newSource(file string, in io.Reader) *source {
	return &source{file: file, in: in, line: 1, chunk: firstChunk, buf: []byte{'\n'}}
}

// fill reads more, keeping buf[at:end], which moves to the front.
func (s *source) fill() error {
	rest := s.end - s.at
	size := max(s.chunk, 2*rest) + 1
	s.chunk = min(4*s.chunk, mostChunk)
	if cap(s.buf) < size {
		bigger := make([]byte, size)
		copy(bigger, s.buf[s.at:s.end])
		s.buf = bigger
	} else {
		s.buf = s.buf[:cap(s.buf)]
		copy(s.buf, s.buf[s.at:s.end])
	}
	s.at, s.end = 0, rest
	for s.end < len(s.buf)-1 && !s.eof {
		n, err := s.in.Read(s.buf[s.end : len(s.buf)-1])
		s.end += n
		s.total += int64(n)
		if err == io.EOF {
			s.eof = true
		} else if err != nil {
			return fmt.Errorf("%s: %w", s.file, err)
		}
	}
	s.buf[s.end] = '\n'
	return nil
}

// skipBOM drops a byte order mark at the start of the file.
func (s *source) skipBOM() {
	if bytes.HasPrefix(s.buf[s.at:s.end], []byte("\xef\xbb\xbf")) {
		s.at += 3
	}
}

package text

import (
	"bufio"
	"io"
	"iter"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

// Write writes sets as a master file. Disabled records stand in it as comments.
func Write(w io.Writer, sets iter.Seq2[change.RRset, error]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	for s, err := range sets {
		if err != nil {
			return err
		}
		for i := range s.Records {
			line = appendRecord(line[:0], &s, &s.Records[i])
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func appendRecord(line []byte, s *change.RRset, r *change.Record) []byte {
	if r.Disabled {
		line = append(line, "; disabled: "...)
	}
	line = zonefile.AppendRecord(line, s.Owner, rr.AppendRecord(nil, s.Type, s.TTL, r.Data))
	if line[len(line)-1] != '\n' {
		line = append(line, '\n')
	}
	return line
}

package form

import (
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Record is the record at i of s.
func Record(s *change.RRset, i int) api.Record {
	r := &s.Records[i]
	out := api.Record{
		Name: dname.Name(s.Owner).String(), Type: s.Type.String(), Content: Content(s.Type, r.Data),
		TTL: int(s.TTL), Disabled: r.Disabled, Settings: Settings(&r.Note.Alias),
	}
	out.ID = RecordID(out.Name, out.Type, out.Content)
	if text := comment(s, i); text != "" {
		out.Comment = &text
	}
	return out
}

// comment is that of the record, or of one of its siblings: here it is the RRset's.
func comment(s *change.RRset, i int) string {
	if text := s.Records[i].Note.Comment; text != "" {
		return text
	}
	for j := range s.Records {
		if text := s.Records[j].Note.Comment; text != "" {
			return text
		}
	}
	return ""
}

// Find is where the record with that content stands in s, or -1: as it is
// shown, or however else a client may write it.
func Find(s *change.RRset, text string, apex dname.Name) int {
	for i := range s.Records {
		if Content(s.Type, s.Records[i].Data) == text {
			return i
		}
	}
	if s.Type == rr.TypeSOA && len(s.Records) == 1 && sameSOA(Content(s.Type, s.Records[0].Data), text) {
		return 0
	}
	data, err := ParseContent("content", s.Type, text, nil, apex)
	if err != nil {
		return -1
	}
	rr.LowerNames(s.Type, data)
	return s.Index(data)
}

// sameSOA compares without the serial, which grows with every change.
func sameSOA(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != 7 || len(y) != 7 {
		return false
	}
	x[2], y[2] = "", ""
	return strings.Join(x, " ") == strings.Join(y, " ")
}

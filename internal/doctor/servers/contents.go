package servers

import "github.com/truename-dns/truename/internal/dns/rr"

// maxContents bounds the records that are shown of one set.
const maxContents = 64

// Contents are the records of s in presentation form, as
// many as are shown.
func Contents(s rr.Set) (out []string) {
	for rest := s; !rest.Empty() && len(out) < maxContents; {
		var rec rr.Record
		rec, rest = rest.Next()
		out = append(out, string(rr.AppendDataText(nil, rec.Type(), rec.Data())))
	}
	return out
}

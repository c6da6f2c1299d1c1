package change

import (
	"bytes"
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// RRset is an RRset as it is kept: with what the DNS does not know of its
// records. The SOA is no RRset of this kind but a property of its Zone.
type RRset struct {
	Owner   dname.Name // lower case
	Type    rr.Type
	TTL     uint32 // of all records (RFC 2181, Section 5.2)
	Records []Record
}

// Record is one record of an RRset.
type Record struct {
	ID       uint64 // unique in the store and growing; it stays when the record is edited in place
	Data     []byte // RDATA in wire form, names in lower case not required
	Disabled bool   // kept, but not served
	Created  int64  // unix time in milliseconds
	Modified int64  // unix time in milliseconds
	Note     Note
}

// Note is what people and their tools write down beside a record.
type Note struct {
	Comment string   `json:"comment,omitempty"`
	Tags    []string `json:"tags,omitempty"`     // name:value, sorted
	AutoTTL bool     `json:"auto_ttl,omitempty"` // the client left the TTL to the server
	V4Only  bool     `json:"ipv4_only,omitempty"`
	V6Only  bool     `json:"ipv6_only,omitempty"`
	Bare    bool     `json:"bare,omitempty"`    // TXT: the client wrote it without quotes
	Claimed bool     `json:"claimed,omitempty"` // NS: a client wrote what the server had put there
	Alias
}

// Empty reports whether nothing is written down.
func (n *Note) Empty() bool {
	return n.Comment == "" && len(n.Tags) == 0 && !n.AutoTTL && !n.V4Only && !n.V6Only && !n.Bare && !n.Claimed && n.SaysNothing()
}

// Equal compares all that is written down.
func (n *Note) Equal(m *Note) bool {
	return n.Comment == m.Comment && slices.Equal(n.Tags, m.Tags) &&
		n.AutoTTL == m.AutoTTL && n.V4Only == m.V4Only && n.V6Only == m.V6Only && n.Bare == m.Bare && n.Claimed == m.Claimed && n.Alias.Equal(&m.Alias)
}

// Empty reports whether there is no such RRset, not even a disabled record.
func (s *RRset) Empty() bool { return len(s.Records) == 0 }

// Served is what of s the DNS shows: the records that are not disabled.
func (s *RRset) Served() rr.Set {
	size := 0
	for i := range s.Records {
		size += rr.HeadLen + len(s.Records[i].Data)
	}
	set := make(rr.Set, 0, size)
	for i := range s.Records {
		if !s.Records[i].Disabled {
			set = rr.Set(rr.AppendRecord(set, s.Type, s.TTL, s.Records[i].Data))
		}
	}
	return set
}

// Sort puts the records into the order of their data, which is the order in
// which they are kept (RFC 4034, Section 6.3).
func (s *RRset) Sort() {
	slices.SortFunc(s.Records, func(a, b Record) int { return bytes.Compare(a.Data, b.Data) })
}

// Index is where the record with that data stands, or -1. A record is told by
// its RDATA as it compares in the DNS (RFC 2181, Section 5).
func (s *RRset) Index(data []byte) int {
	return slices.IndexFunc(s.Records, func(r Record) bool { return bytes.Equal(r.Data, data) })
}

// ByID is where the record of that id stands, or -1.
func (s *RRset) ByID(id uint64) int {
	return slices.IndexFunc(s.Records, func(r Record) bool { return r.ID == id })
}

// Clone copies s with its list of records; the data and tags are shared, for
// they are never written to.
func (s *RRset) Clone() RRset {
	c := *s
	c.Records = slices.Clone(s.Records)
	return c
}

// Equal reports whether s and t are kept as the same, apart from the times at
// which their records were written.
func (s *RRset) Equal(t *RRset) bool {
	if s.TTL != t.TTL && len(s.Records)+len(t.Records) > 0 || len(s.Records) != len(t.Records) {
		return false
	}
	for i := range s.Records {
		a, b := &s.Records[i], &t.Records[i]
		if a.ID != b.ID || a.Disabled != b.Disabled || !bytes.Equal(a.Data, b.Data) || !a.Note.Equal(&b.Note) {
			return false
		}
	}
	return true
}

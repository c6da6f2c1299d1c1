package wire

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// message is put together octet by octet, rightly or wrongly.
type message []byte

// header starts a message of ID 0x1234 with the counts of its four sections.
func header(flags Flags, counts ...uint16) message {
	m := message{0x12, 0x34}
	m = binary.BigEndian.AppendUint16(m, uint16(flags))
	for i := range 4 {
		n := uint16(0)
		if i < len(counts) {
			n = counts[i]
		}
		m = binary.BigEndian.AppendUint16(m, n)
	}
	return m
}

func (m message) octets(b ...byte) message { return append(m[:len(m):len(m)], b...) }

func (m message) question(name string, t rr.Type) message {
	m = m.octets(dname.MustParse(name)...)
	m = binary.BigEndian.AppendUint16(m, uint16(t))
	return binary.BigEndian.AppendUint16(m, uint16(rr.ClassIN))
}

func (m message) record(owner []byte, t rr.Type, class uint16, ttl uint32, data ...byte) message {
	m = m.octets(owner...)
	m = binary.BigEndian.AppendUint16(m, uint16(t))
	m = binary.BigEndian.AppendUint16(m, class)
	m = binary.BigEndian.AppendUint32(m, ttl)
	m = binary.BigEndian.AppendUint16(m, uint16(len(data)))
	return append(m, data...)
}

// opt appends an OPT record of version 0 with a buffer size of 1232.
func (m message) opt(options ...byte) message {
	return m.record(dname.Root, rr.TypeOPT, 1232, 0, options...)
}

func option(code Option, data ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(code))
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

// describe tells in one line what was read of a query.
func describe(q *Query) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%04x op%d", q.ID, q.Flags.Op())
	if q.Name != nil {
		fmt.Fprintf(&s, " %s %s %s", q.Name, q.Type, q.Class)
	}
	if e := q.EDNS; e.Present {
		fmt.Fprintf(&s, " edns%d/%d", e.Version, e.BufferSize)
		for _, f := range []struct {
			is   bool
			name string
		}{{e.DO, "do"}, {e.NSID, "nsid"}, {e.Keepalive, "keepalive"}} {
			if f.is {
				s.WriteString(" " + f.name)
			}
		}
		if e.Cookie != nil {
			fmt.Fprintf(&s, " cookie%d", len(e.Cookie))
		}
	}
	if q.HasTSIG {
		s.WriteString(" tsig")
	}
	return s.String()
}

// parsed is the query read from m, which must be one.
func parsed(t testing.TB, m message) *Query {
	t.Helper()
	q := new(Query)
	if err := q.Parse(m); err != nil {
		t.Fatal(err)
	}
	return q
}

func ask(t testing.TB, name string, qtype rr.Type) *Query {
	t.Helper()
	return parsed(t, header(RD, 1).question(name, qtype))
}

// rrset makes the RRset of records given as text and the name that owns them.
func rrset(t testing.TB, lines ...string) (dname.Name, rr.Set) {
	t.Helper()
	var owner dname.Name
	var set rr.Set
	for _, line := range lines {
		r, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		owner = dname.MustParse(r.Header().Name)
		set = append(set, recordOf(t, r)...)
	}
	return owner, set
}

// recordOf is the wire form of r without its owner, no name compressed.
func recordOf(t testing.TB, r dns.RR) rr.Record {
	t.Helper()
	b := make([]byte, dns.Len(r)+512)
	n, err := dns.PackRR(r, b, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	skip, err := dname.Len(b)
	if err != nil {
		t.Fatal(err)
	}
	return rr.Record(b[skip:n])
}

// unpack reads a response as another implementation does.
func unpack(t testing.TB, b []byte) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	if err := m.Unpack(b); err != nil {
		t.Fatalf("%v in %x", err, b)
	}
	return m
}

// texts are the records as text in lower case, as compression may take over
// the case of an equal name.
func texts(records []dns.RR) []string {
	out := make([]string, 0, len(records))
	for _, r := range records {
		out = append(out, strings.ToLower(r.String()))
	}
	return out
}

// pointers calls visit with where each compression pointer of msg stands and
// where it points to.
func pointers(t testing.TB, msg []byte, visit func(at, to int)) {
	t.Helper()
	name := func(at int) int {
		end := skipName(msg, at)
		if end < 0 {
			t.Fatalf("the name at %d does not end", at)
		}
		if end-at >= 2 && msg[end-2] >= 0xc0 && msg[end-1] != 0 {
			visit(end-2, int(binary.BigEndian.Uint16(msg[end-2:])&maxPointer))
		}
		return end
	}
	at := HeaderLen
	for range binary.BigEndian.Uint16(msg[4:]) {
		at = name(at) + 4
	}
	for range int(binary.BigEndian.Uint16(msg[6:])) + int(binary.BigEndian.Uint16(msg[8:])) + int(binary.BigEndian.Uint16(msg[10:])) {
		head := name(at)
		rtype := rr.Type(binary.BigEndian.Uint16(msg[head:]))
		data := head + rr.HeadLen
		skip, names := rtype.Names()
		for p := data + skip; names > 0; names-- {
			p = name(p)
		}
		at = data + int(binary.BigEndian.Uint16(msg[head+8:]))
	}
	if at != len(msg) {
		t.Fatalf("records end at %d of %d", at, len(msg))
	}
}

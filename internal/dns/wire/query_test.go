package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// longName is a name of n octets in wire form, made of labels of one letter
// and a first one that takes up what is odd.
func longName(n int) []byte {
	var b []byte
	if n%2 == 0 {
		b, n = append(b, 2, 'x', 'y'), n-3
	}
	for ; n > 1; n -= 2 {
		b = append(b, 1, 'a')
	}
	return append(b, 0)
}

var inA = []byte{0, 1, 0, 1}

func TestParse(t *testing.T) {
	www := header(RD, 1).question("www.example.", rr.TypeA)
	withOPT := header(RD, 1, 0, 0, 1).question("www.example.", rr.TypeA)
	cookie := func(n int) message { return withOPT.opt(option(OptionCookie, make([]byte, n)...)...) }
	tsig := func(m message) message {
		return m.record(dname.MustParse("key."), rr.TypeTSIG, uint16(rr.ClassANY), 0, 1, 2, 3)
	}
	for _, c := range []struct {
		situation string
		msg       message
		err       error
		want      string // of describe
	}{
		{"nothing", nil, ErrShort, "0000 op0"},
		{"one octet short of a header", header(0)[:11], ErrShort, "0000 op0"},
		{"a response", header(QR, 1).question("www.example.", rr.TypeA), ErrResponse, "1234 op0"},
		{"a response of a header alone", header(QR), ErrResponse, "1234 op0"},

		{"a plain question", www, nil, "1234 op0 www.example. A IN"},
		{"case is kept", header(0, 1).question("wWw.ExAmPlE.", rr.TypeA), nil, "1234 op0 wWw.ExAmPlE. A IN"},
		{"the root", header(0, 1).question(".", rr.TypeNS), nil, "1234 op0 . NS IN"},
		{"an unknown type", header(0, 1).question("a.", 65280), nil, "1234 op0 a. TYPE65280 IN"},
		{"no question", header(0), nil, "1234 op0"},
		{"no question but a cookie", header(0, 0, 0, 0, 1).opt(option(OptionCookie, make([]byte, 8)...)...), nil, "1234 op0 edns0/1232 cookie8"},
		{"two questions", header(0, 2).question("a.", rr.TypeA).question("b.", rr.TypeA), ErrMalformed, "1234 op0"},
		{"all bits of Z, RA and AA set", header(AA|TC|RA|AD|CD|1<<6, 1).question("a.", rr.TypeA), nil, "1234 op0 a. A IN"},

		{"the question is missing", header(0, 1), ErrMalformed, "1234 op0"},
		{"the question ends inside its name", www[:15], ErrMalformed, "1234 op0"},
		{"the question ends before its class", www[:len(www)-2], ErrMalformed, "1234 op0"},
		{"a name of 255 octets", header(0, 1).octets(longName(255)...).octets(inA...), nil, "1234 op0 " + strings.Repeat("a.", 127) + " A IN"},
		{"a name of 256 octets", header(0, 1).octets(longName(256)...).octets(inA...), ErrMalformed, "1234 op0"},
		{"a label of 64 octets", header(0, 1).octets(64).octets(make([]byte, 64)...).octets(0).octets(inA...), ErrMalformed, "1234 op0"},
		{"a pointer in the question", header(0, 1).octets(0xc0, 0).octets(inA...), ErrMalformed, "1234 op0"},
		{"a pointer to itself in the question", header(0, 1).octets(1, 'a', 0xc0, 12).octets(inA...), ErrMalformed, "1234 op0"},
		{"trailing octets", www.octets(0), ErrMalformed, "1234 op0 www.example. A IN"},

		{"more records than there are", header(0, 1, 0, 0, 1).question("a.", rr.TypeA), ErrMalformed, "1234 op0 a. A IN"},
		{"counts of 65535", header(0, 1, 65535, 65535, 65535).question("a.", rr.TypeA), ErrMalformed, "1234 op0 a. A IN"},
		{"records in every section", header(0, 1, 1, 1, 1).question("a.", rr.TypeA).
			record([]byte{0xc0, 12}, rr.TypeA, 1, 0, 1, 2, 3, 4).record(dname.Root, rr.TypeA, 1, 0).opt(), nil, "1234 op0 a. A IN edns0/1232"},
		{"an owner that does not end", header(0, 1, 1).question("a.", rr.TypeA).octets(3, 'a'), ErrMalformed, "1234 op0 a. A IN"},
		{"an owner cut off inside its pointer", header(0, 1, 1).question("a.", rr.TypeA).octets(0xc0), ErrMalformed, "1234 op0 a. A IN"},
		{"an owner with a label of a reserved kind", header(0, 1, 1).question("a.", rr.TypeA).record([]byte{0x80, 0}, rr.TypeA, 1, 0), ErrMalformed, "1234 op0 a. A IN"},
		{"data longer than the message", header(0, 1, 1).question("a.", rr.TypeA).octets(0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 9, 1), ErrMalformed, "1234 op0 a. A IN"},

		{"EDNS", withOPT.opt(), nil, "1234 op0 www.example. A IN edns0/1232"},
		{"EDNS with DO", withOPT.record(dname.Root, rr.TypeOPT, 4096, 0x8000), nil, "1234 op0 www.example. A IN edns0/4096 do"},
		{"EDNS with all other flags", withOPT.record(dname.Root, rr.TypeOPT, 4096, 0x7fff), nil, "1234 op0 www.example. A IN edns0/4096"},
		{"a buffer size of 0", withOPT.record(dname.Root, rr.TypeOPT, 0, 0), nil, "1234 op0 www.example. A IN edns0/512"},
		{"a buffer size of 511", withOPT.record(dname.Root, rr.TypeOPT, 511, 0), nil, "1234 op0 www.example. A IN edns0/512"},
		{"a buffer size of 65535", withOPT.record(dname.Root, rr.TypeOPT, 65535, 0), nil, "1234 op0 www.example. A IN edns0/65535"},
		{"version 1", withOPT.record(dname.Root, rr.TypeOPT, 1232, 1<<16), nil, "1234 op0 www.example. A IN edns1/1232"},
		{"version 1 with what would be broken options", withOPT.record(dname.Root, rr.TypeOPT, 1232, 1<<16, 1, 2, 3), nil, "1234 op0 www.example. A IN edns1/1232"},
		{"OPT twice", header(0, 1, 0, 0, 2).question("a.", rr.TypeA).opt().opt(), ErrMalformed, "1234 op0 a. A IN edns0/1232"},
		{"OPT not owned by the root", withOPT.record(dname.MustParse("a."), rr.TypeOPT, 1232, 0), ErrMalformed, "1234 op0 www.example. A IN"},
		{"OPT owned by a pointer to a root label", withOPT.record([]byte{0xc0, 24}, rr.TypeOPT, 1232, 0), ErrMalformed, "1234 op0 www.example. A IN"},
		{"OPT in the answer section", header(0, 1, 1).question("a.", rr.TypeA).opt(), ErrMalformed, "1234 op0 a. A IN"},
		{"OPT in the authority section", header(0, 1, 0, 1).question("a.", rr.TypeA).opt(), ErrMalformed, "1234 op0 a. A IN"},
		{"an option cut off inside its head", withOPT.opt(0, 3, 0), ErrMalformed, "1234 op0 www.example. A IN edns0/1232"},
		{"an option longer than OPT", withOPT.opt(0, 3, 0, 1), ErrMalformed, "1234 op0 www.example. A IN edns0/1232"},
		{"an unknown option", withOPT.opt(option(100, 1, 2, 3)...), nil, "1234 op0 www.example. A IN edns0/1232"},
		{"NSID behind an unknown option", withOPT.opt(append(option(65001, 1), option(OptionNSID)...)...), nil, "1234 op0 www.example. A IN edns0/1232 nsid"},
		{"keepalive", withOPT.opt(option(OptionKeepalive)...), nil, "1234 op0 www.example. A IN edns0/1232 keepalive"},
		{"the first of two cookies counts", withOPT.opt(append(option(OptionCookie, make([]byte, 8)...), option(OptionCookie, make([]byte, 16)...)...)...), nil,
			"1234 op0 www.example. A IN edns0/1232 cookie8"},
		{"whatever the second is like", withOPT.opt(append(option(OptionCookie, make([]byte, 8)...), option(OptionCookie, 1, 2, 3)...)...), nil,
			"1234 op0 www.example. A IN edns0/1232 cookie8"},
		{"a cookie of 8 octets", cookie(8), nil, "1234 op0 www.example. A IN edns0/1232 cookie8"},
		{"a cookie of 24 octets", cookie(24), nil, "1234 op0 www.example. A IN edns0/1232 cookie24"},

		{"TSIG", tsig(withOPT), nil, "1234 op0 www.example. A IN tsig"},
		{"TSIG behind OPT", tsig(header(0, 1, 0, 0, 2).question("a.", rr.TypeA).opt()), nil, "1234 op0 a. A IN edns0/1232 tsig"},
		{"TSIG before OPT", tsig(header(0, 1, 0, 0, 2).question("a.", rr.TypeA)).opt(), ErrMalformed, "1234 op0 a. A IN"},

		{"TSIG in the answer section", tsig(header(0, 1, 1).question("a.", rr.TypeA)), ErrMalformed, "1234 op0 a. A IN"},

		{"NOTIFY", header(4<<11, 1).question("example.", rr.TypeSOA), nil, "1234 op4 example. SOA IN"},
		{"STATUS without a question", header(2 << 11), nil, "1234 op2"},
		{"opcode 15 with two questions that are none", header(15<<11, 2).octets(9, 9), nil, "1234 op15"},
		{"UPDATE with a prerequisite that deletes", header(5<<11, 1, 1).question("example.", rr.TypeSOA).octets(1, 2, 3), nil, "1234 op5 example. SOA IN"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			q := &Query{HasTSIG: true, Name: dname.Root, EDNS: EDNS{Present: true, Cookie: []byte{1}}} // what an earlier query left
			if err := q.Parse(c.msg); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if got := describe(q); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A client cookie has 8 octets, a server cookie 8 to 32 (RFC 7873, Section 4).
func TestParseCookieOfEveryLength(t *testing.T) {
	for n := range 50 {
		data := bytes.Repeat([]byte{7}, n)
		m := header(0, 1, 0, 0, 1).question("a.", rr.TypeA).opt(option(OptionCookie, data...)...)
		var q Query
		err := q.Parse(m)
		good := n == 8 || n >= 16 && n <= 40
		if good != (err == nil) {
			t.Errorf("%d octets: error %v", n, err)
		}
		if good && !bytes.Equal(q.EDNS.Cookie, data) {
			t.Errorf("%d octets: got %x", n, q.EDNS.Cookie)
		}
	}
}

// Whatever is cut off, the header is read and the rest is an error.
func TestParseCutOffAnywhere(t *testing.T) {
	whole := header(RD, 1, 1, 0, 2).question("www.example.", rr.TypeA).
		record([]byte{0xc0, 12}, rr.TypeA, 1, 60, 192, 0, 2, 1).
		opt(option(OptionCookie, make([]byte, 24)...)...).
		record(dname.MustParse("key."), rr.TypeTSIG, uint16(rr.ClassANY), 0, 1, 2, 3)
	parsed(t, whole)
	for n := range whole {
		var q Query
		err := q.Parse(whole[:n:n])
		switch {
		case n < HeaderLen && err != ErrShort:
			t.Errorf("%d octets: %v, want %v", n, err, ErrShort)
		case n >= HeaderLen && (err != ErrMalformed || q.ID != 0x1234):
			t.Errorf("%d octets: %v with ID %x, want %v", n, err, q.ID, ErrMalformed)
		}
	}
}

func TestFlagsOp(t *testing.T) {
	for op := range code.Op(16) {
		if got := (QR | RD | Flags(op)<<11 | AD).Op(); got != op {
			t.Errorf("got %d, want %d", got, op)
		}
	}
}

func TestParseAllocatesNothing(t *testing.T) {
	m := header(RD, 1, 0, 0, 1).question("www.example.", rr.TypeA).opt(option(OptionCookie, make([]byte, 24)...)...)
	q := new(Query)
	if n := testing.AllocsPerRun(100, func() {
		if q.Parse(m) != nil {
			t.Fatal("not parsed")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

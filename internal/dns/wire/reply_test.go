package wire

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// rows are the records of a section as text, and how many were broken.
func rows(t testing.TB, r *Reply, s Section) (out []string, broken int) {
	t.Helper()
	for cursor := r.Rows(s, nil); ; {
		row, bad, ok := cursor.Next()
		broken += bad
		if !ok {
			return out, broken
		}
		if err := dname.Check(row.Owner); err != nil {
			t.Fatalf("owner %x: %v", row.Owner, err)
		}
		full := append(append([]byte{}, row.Owner...), row.Record...)
		record, _, err := dns.UnpackRR(full, 0)
		if err != nil {
			t.Fatalf("%x: %v", full, err)
		}
		out = append(out, record.String())
	}
}

// Whatever another implementation packs, compressed wherever it may, comes back.
func TestReplyOfAnotherImplementation(t *testing.T) {
	answer := records(t, [][]string{{
		"www.example.com. 60 CNAME edge.example.net.", "edge.example.net. 30 A 192.0.2.1", "edge.example.net. 30 A 192.0.2.2",
		"example.com. 60 MX 10 mail.example.com.", "old.example.com. 60 DNAME new.example.com.", "_x._tcp.example.com. 60 SRV 1 2 3 host.example.com.",
		"example.com. 60 NAPTR 1 2 \"u\" \"sip\" \"!x!y!\" sip.example.com.", "example.com. 60 RP me.example.com. txt.example.com.",
		"example.com. 60 AFSDB 1 db.example.com.", "example.com. 60 HTTPS 1 svc.example.com. alpn=h2",
		"example.com. 60 TXT \"a\" \"b\"", "example.com. 60 TYPE65280 \\# 3 010203", "example.com. 60 CAA 0 issue \"ca.example\"",
	}})
	authority := records(t, [][]string{{"example.com. 60 SOA ns.example.com. host.example.com. 1 2 3 4 5"}, {"example.com. 60 NS ns.example.com."}})
	additional := records(t, [][]string{{"ns.example.com. 60 AAAA 2001:db8::1"}})
	m := &dns.Msg{Compress: true, Answer: answer, Ns: authority, Extra: slices.Clone(additional)}
	m.SetQuestion("wWw.example.com.", dns.TypeA)
	m.Response, m.Authoritative, m.Id = true, true, 0x4711
	m.SetEdns0(1400, true)
	m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_NSID{Nsid: "6e73"}, &dns.EDNS0_EDE{InfoCode: 3, ExtraText: "old"}, &dns.EDNS0_EDE{InfoCode: 4}}
	m.Rcode = 23
	packed, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var r Reply
	if err := r.Parse(packed); err != nil {
		t.Fatal(err)
	}
	if r.ID != 0x4711 || r.Flags&AA == 0 || r.Rcode != code.BadCookie || r.Name.String() != "wWw.example.com." || r.Type != rr.TypeA || r.Class != rr.ClassIN {
		t.Errorf("head is wrong: %+v", r)
	}
	if !r.EDNS.Present || !r.EDNS.DO || r.EDNS.BufferSize != 1400 || r.EDE != 3 || string(r.EDEText) != "old" {
		t.Errorf("EDNS is wrong: %+v, EDE %d %q", r.EDNS, r.EDE, r.EDEText)
	}
	for s, want := range map[Section][]dns.RR{Answer: answer, Authority: authority, Additional: additional} {
		got, broken := rows(t, &r, s)
		if broken != 0 {
			t.Errorf("section %d: %d broken records", s, broken)
		}
		for i := range got {
			got[i] = strings.ToLower(got[i])
		}
		if !slices.Equal(got, texts(want)) {
			t.Errorf("section %d:\ngot  %q\nwant %q", s, got, texts(want))
		}
	}
	if got, want := r.Count(Additional), 2; got != want {
		t.Errorf("%d additional records announced, want %d", got, want)
	}
}

func TestReplyRefuses(t *testing.T) {
	good := header(QR, 1, 1).question("www.example.", rr.TypeA)
	a := good.record([]byte{0xc0, 12}, rr.TypeA, 1, 60, 192, 0, 2, 1)
	for _, c := range []struct {
		situation string
		msg       []byte
		want      error
	}{
		{"nothing", nil, ErrShort},
		{"half a header", a[:HeaderLen-1], ErrShort},
		{"a query", header(RD, 1).question("www.example.", rr.TypeA), ErrQuery},
		{"two questions", header(QR, 2).question("a.", 1).question("b.", 1), ErrMalformed},
		{"a question that points", header(QR, 1).octets(0xc0, 12, 0, 1, 0, 1), ErrMalformed},
		{"a question cut short", good[:len(good)-1], ErrMalformed},
		{"a record cut short", a[:len(a)-1], ErrMalformed},
		{"octets behind the end", a.octets(0), ErrMalformed},
		{"fewer records than announced", good, ErrMalformed},
		{"a pointer cut short", good.octets(0xc0), ErrMalformed},
		{"an OPT in the answer section", good.record([]byte{0}, rr.TypeOPT, 1232, 0), ErrMalformed},
		{"two OPT", header(QR, 0, 0, 0, 2).opt().opt(), ErrMalformed},
		{"an option that does not end", header(QR, 0, 0, 0, 1).opt(0, 15, 0, 4, 0), ErrMalformed},
		{"a record", a, nil},
		{"no question", header(QR), nil},
	} {
		var r Reply
		if err := r.Parse(c.msg); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.situation, err, c.want)
		}
	}
}

// Records that cannot be read are passed over; those beside them stay.
func TestBrokenRecordsArePassedOver(t *testing.T) {
	loop := func(at int) []byte { return []byte{0xc0, byte(at)} }
	long := []byte{}
	for range 4 {
		long = append(append(long, 63), make([]byte, 63)...)
	}
	start := HeaderLen + len("www.example.") + 1 + 4
	for _, c := range []struct {
		situation string
		owner     []byte
		rtype     rr.Type
		data      []byte
	}{
		{"an owner that points to itself", loop(start), rr.TypeA, []byte{192, 0, 2, 1}},
		{"an owner that points forward", loop(start + 20), rr.TypeA, []byte{192, 0, 2, 1}},
		{"an owner that goes round", append([]byte{1, 'a'}, loop(start)...), rr.TypeA, []byte{192, 0, 2, 1}},
		{"an owner of 257 octets", append(long, 0), rr.TypeA, []byte{192, 0, 2, 1}},
		{"an address of three octets", loop(12), rr.TypeA, []byte{192, 0, 2}},
		{"a target that does not end", loop(12), rr.TypeCNAME, []byte{3, 'w', 'w'}},
		{"a target with something behind", loop(12), rr.TypeCNAME, []byte{0xc0, 12, 0}},
		{"a target that is missing", loop(12), rr.TypeMX, []byte{0, 1}},
		{"a target that reaches out of its record", loop(12), rr.TypeNS, []byte{1, 'a'}},
		{"MX data of one octet", loop(12), rr.TypeMX, []byte{0}},
		{"NAPTR strings that do not end", loop(12), rr.TypeNAPTR, []byte{0, 1, 0, 1, 200, 1}},
		{"a service without a target", loop(12), rr.TypeSVCB, []byte{0, 1}},
	} {
		msg := header(QR, 1, 2).question("www.example.", rr.TypeA).record(c.owner, c.rtype, 1, 60, c.data...).
			record([]byte{0xc0, 12}, rr.TypeA, 1, 60, 192, 0, 2, 1)
		var r Reply
		if err := r.Parse(msg); err != nil {
			t.Errorf("%s: %v", c.situation, err)
			continue
		}
		got, broken := rows(t, &r, Answer)
		if broken != 1 || len(got) != 1 || !strings.HasPrefix(got[0], "www.example.\t60\tIN\tA") {
			t.Errorf("%s: got %q, %d broken", c.situation, got, broken)
		}
	}
}

// Parameters that a user of SVCB will refuse are passed on as they came.
func TestServiceWithBadParametersIsPassedOn(t *testing.T) {
	data := []byte{0, 1, 0, 0, 1, 0, 4, 2, 'h'}
	var r Reply
	if err := r.Parse(header(QR, 0, 1).record([]byte{0}, rr.TypeHTTPS, 1, 60, data...)); err != nil {
		t.Fatal(err)
	}
	cursor := r.Rows(Answer, nil)
	row, broken, ok := cursor.Next()
	if !ok || broken != 0 || string(row.Record.Data()) != string(data) {
		t.Errorf("got %x, %d broken, %v", row.Record, broken, ok)
	}
}

func TestRequest(t *testing.T) {
	for _, c := range []struct {
		situation string
		q         Request
	}{
		{"plain", Request{ID: 7, Name: dname.MustParse("www.example."), Type: rr.TypeA}},
		{"EDNS", Request{ID: 8, Flags: RD | CD, Name: dname.MustParse("www.example."), Type: rr.TypeAAAA, BufferSize: 1232}},
		{"DO at the root", Request{ID: 9, Name: dname.Root, Type: rr.TypeNS, BufferSize: 1232, DO: true}},
	} {
		m := unpack(t, c.q.Append(nil))
		opt := m.IsEdns0()
		if m.Id != c.q.ID || m.Response || m.RecursionDesired != (c.q.Flags&RD != 0) || m.CheckingDisabled != (c.q.Flags&CD != 0) ||
			m.Question[0].Name != c.q.Name.String() || m.Question[0].Qtype != uint16(c.q.Type) || m.Question[0].Qclass != dns.ClassINET {
			t.Errorf("%s: got %v", c.situation, m)
		}
		if (opt != nil) != (c.q.BufferSize > 0) || opt != nil && (opt.UDPSize() != c.q.BufferSize || opt.Do() != c.q.DO) {
			t.Errorf("%s: OPT is %v", c.situation, opt)
		}
		parsed(t, c.q.Append(nil))
	}
}

func TestMixCase(t *testing.T) {
	name := dname.MustParse(`a-B1.\200xyz.`)
	for random, want := range map[uint64]string{0: `a-b1.\200xyz.`, ^uint64(0): `A-B1.\200XYZ.`, 0b01001: `A-b1.\200xYz.`} {
		got := name.Clone()
		MixCase(got, random)
		if got.String() != want {
			t.Errorf("%b: got %s, want %s", random, got, want)
		}
	}
	long := dname.MustParse(strings.Repeat("abcdefghij.", 10))
	MixCase(long, 1)
	if got := strings.Count(long.String(), "A"); got != 1 || long[1] != 'A' {
		t.Errorf("bit 0 stands for letters 0 and 64 only: %s", long)
	}
}

// FuzzReply: no message makes the parser panic or give out what is not well
// formed, and what another implementation reads without a word is read alike.
func FuzzReply(f *testing.F) {
	www := header(QR, 1, 1, 0, 1).question("www.example.com.", rr.TypeA)
	f.Add([]byte(www.record([]byte{0xc0, 12}, rr.TypeA, 1, 60, 192, 0, 2, 1).opt(option(OptionEDE, 0, 3, 'x')...)))
	f.Add([]byte(header(QR, 0, 2).record([]byte{1, 'a', 0}, rr.TypeSOA, 1, 60, append([]byte{0xc0, 12, 0xc0, 12}, make([]byte, 20)...)...).record([]byte{0xc0, 12}, rr.TypeMX, 1, 1, 0, 1, 0xc0, 12)))
	f.Add([]byte(header(QR, 0, 1).record([]byte{0}, rr.TypeNAPTR, 1, 60, 0, 1, 0, 1, 0, 0, 0, 0)))
	f.Fuzz(func(t *testing.T, msg []byte) {
		var r Reply
		if r.Parse(msg) != nil {
			return
		}
		for s := Answer; s <= Additional; s++ {
			cursor := r.Rows(s, nil)
			for n := 0; ; n++ {
				row, _, ok := cursor.Next()
				if !ok {
					break
				}
				if n >= r.Count(s) || dname.Check(row.Owner) != nil {
					t.Fatalf("row %d of %d: owner %x", n, r.Count(s), row.Owner)
				}
				if got, rest := rr.Set(row.Record).Next(); len(rest) != 0 || len(got) != len(row.Record) {
					t.Fatalf("the length of %x is wrong", row.Record)
				}
				rr.EachName(row.Record.Type(), row.Record.Data(), func(n dname.Name) {
					if dname.Check(n) != nil {
						t.Fatalf("name %x in %x", n, row.Record)
					}
				})
				row.Record.AdditionalTarget(row.Owner)
			}
		}
	})
}

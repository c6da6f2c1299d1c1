package wire

import (
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// FuzzParse: no message makes the parser panic or read what is not there, and
// a response begun for one is read by another implementation with the same
// ID and question.
func FuzzParse(f *testing.F) {
	www := header(RD, 1, 0, 0, 1).question("www.example.com.", rr.TypeA)
	f.Add([]byte(www.opt(option(OptionCookie, make([]byte, 24)...)...)))
	f.Add([]byte(header(5<<11, 1, 2, 3).question("example.", rr.TypeSOA)))
	f.Add([]byte(www.record(dname.MustParse("k."), rr.TypeTSIG, 255, 0, 1)))
	f.Fuzz(func(t *testing.T, msg []byte) {
		var q Query
		if err := q.Parse(msg); err == ErrShort || err == ErrResponse {
			return
		}
		if q.Name != nil && dname.Check(q.Name) != nil {
			t.Fatalf("the name %x is not well formed", q.Name)
		}
		var r Response
		r.Start(nil, &q, QR|q.Flags&(RD|15<<11), 512)
		if q.EDNS.Present {
			r.OpenOPT(1232, code.NoError, q.EDNS.DO)
			if q.EDNS.Cookie != nil {
				r.Option(OptionCookie, q.EDNS.Cookie, nil)
				r.CloseOPT(4 + len(q.EDNS.Cookie))
			}
		}
		m := new(dns.Msg)
		if err := m.Unpack(r.Bytes()); err != nil {
			t.Fatalf("%v: %x", err, r.Bytes())
		}
		if m.Id != q.ID || (len(m.Question) == 1) != (q.Question != nil) || (m.IsEdns0() != nil) != q.EDNS.Present {
			t.Fatalf("%v does not fit %s", m, describe(&q))
		}
		if q.Question != nil && (m.Question[0].Qtype != uint16(q.Type) || m.Question[0].Qclass != uint16(q.Class)) {
			t.Fatalf("the question changed: %v", m.Question)
		}
	})
}

package wire

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// section puts the sets given as text into r, each line a record, each slice a set.
func section(t testing.TB, r *Response, sets ...[]string) {
	t.Helper()
	for _, lines := range sets {
		owner, set := rrset(t, lines...)
		if !r.Set(owner, set) {
			t.Fatalf("no room for %q", lines)
		}
	}
}

// The records of typical responses come back as they were put in, in no more
// octets than another implementation needs.
func TestResponseBesideAnotherImplementation(t *testing.T) {
	for _, c := range []struct {
		situation, qname string
		qtype            rr.Type
		answer           [][]string
		authority        [][]string
		additional       [][]string
		more             int // octets that we need beyond the other, which points into targets that are not compressed themselves
	}{
		{"an address", "www.example.com.", rr.TypeA, [][]string{{"www.example.com. 60 A 192.0.2.1"}}, nil, nil, 0},
		{"many addresses", "www.example.com.", rr.TypeA, [][]string{{"www.example.com. 60 A 192.0.2.1", "www.example.com. 60 A 192.0.2.2", "www.example.com. 60 A 192.0.2.3"}}, nil, nil, 0},
		{"a chain", "www.example.com.", rr.TypeA, [][]string{{"www.example.com. 60 CNAME edge.example.net."}, {"edge.example.net. 60 CNAME a.edge.example.net."}, {"a.edge.example.net. 60 A 192.0.2.1"}}, nil, nil, 0},
		{"a denial", "nowhere.example.com.", rr.TypeA, nil, [][]string{{"example.com. 60 SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5"}}, nil, 0},
		{"a referral", "www.sub.example.com.", rr.TypeA, nil, [][]string{{"sub.example.com. 60 NS ns1.sub.example.com.", "sub.example.com. 60 NS ns2.sub.example.com."}},
			[][]string{{"ns1.sub.example.com. 60 A 192.0.2.1"}, {"ns2.sub.example.com. 60 AAAA 2001:db8::1"}}, 0},
		{"mail", "example.com.", rr.TypeMX, [][]string{{"example.com. 60 MX 10 mx1.example.com.", "example.com. 60 MX 20 mx2.example.com."}}, nil,
			[][]string{{"mx1.example.com. 60 A 192.0.2.1"}, {"mx2.example.com. 60 A 192.0.2.2"}}, 0},
		{"the root", ".", rr.TypeNS, [][]string{{". 60 NS a.root-servers.net.", ". 60 NS b.root-servers.net."}}, nil, [][]string{{"a.root-servers.net. 60 A 192.0.2.1"}}, 0},
		{"targets that may not be compressed", "_x._tcp.example.com.", rr.TypeSRV, [][]string{{"_x._tcp.example.com. 60 SRV 1 2 3 host.example.com."}}, nil, [][]string{{"host.example.com. 60 A 192.0.2.1"}}, 5},
		{"SVCB", "example.com.", rr.TypeHTTPS, [][]string{{"example.com. 60 HTTPS 1 svc.example.com. alpn=h2"}}, nil, [][]string{{"svc.example.com. 60 A 192.0.2.1"}}, 4},
		{"another case", "WWW.Example.com.", rr.TypeCNAME, [][]string{{"www.example.COM. 60 CNAME www.EXAMPLE.net."}}, nil, nil, 0},
	} {
		t.Run(c.situation, func(t *testing.T) {
			var r Response
			r.Start(nil, ask(t, c.qname, c.qtype), QR|AA, 4096)
			section(t, &r, c.answer...)
			r.Authority()
			section(t, &r, c.authority...)
			r.Additional()
			section(t, &r, c.additional...)
			got := unpack(t, r.Bytes())
			if got.Id != 0x1234 || !got.Response || !got.Authoritative || got.Question[0].Name != c.qname {
				t.Errorf("head is wrong: %v", got.MsgHdr)
			}
			want := &dns.Msg{MsgHdr: got.MsgHdr, Question: got.Question, Compress: true}
			want.Answer, want.Ns, want.Extra = records(t, c.answer), records(t, c.authority), records(t, c.additional)
			for _, s := range [][2][]dns.RR{{got.Answer, want.Answer}, {got.Ns, want.Ns}, {got.Extra, want.Extra}} {
				if !slices.Equal(texts(s[0]), texts(s[1])) {
					t.Errorf("got  %q\nwant %q", texts(s[0]), texts(s[1]))
				}
			}
			theirs, err := want.Pack()
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Bytes()) > len(theirs)+c.more {
				t.Errorf("%d octets, another implementation %d", len(r.Bytes()), len(theirs))
			}
		})
	}
}

func records(t testing.TB, sets [][]string) (out []dns.RR) {
	t.Helper()
	for _, line := range slices.Concat(sets...) {
		r, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func TestStartRepeatsTheQuestionAsItCame(t *testing.T) {
	for _, name := range []string{"wWw.ExAmPlE.cOm.", ".", `\000\255\.\032.example.`} {
		q := ask(t, name, rr.TypeAAAA)
		var r Response
		r.Start(nil, q, QR|RD, 512)
		if got, want := string(r.Bytes()[HeaderLen:]), string(q.Question); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	var r Response
	r.Start([]byte("left over"), parsed(t, header(0)), QR, 512)
	if got := unpack(t, r.Bytes()); len(got.Question) != 0 || len(r.Bytes()) != HeaderLen {
		t.Errorf("without a question: %v", got)
	}
}

// An RRset goes in whole to the last octet of the limit, or not at all
// (RFC 2181, Section 9), and what comes behind one left out is still right.
func TestLimitToTheOctet(t *testing.T) {
	owner, set := rrset(t, "other.example. 60 MX 10 mx.other.example.", "other.example. 60 MX 20 mx2.other.example.")
	small, one := rrset(t, "x.other.example. 60 A 192.0.2.1")
	var r Response
	q := ask(t, "www.example.", rr.TypeMX)
	r.Start(nil, q, QR, 4096)
	if !r.Set(owner, set) {
		t.Fatal("no room")
	}
	full := len(r.Bytes())
	for limit := len(q.Question) + HeaderLen; limit <= full+1; limit++ {
		r.Start(nil, q, QR, limit)
		before := string(r.Bytes())
		fits := r.Set(owner, set)
		if fits != (limit >= full) {
			t.Fatalf("limit %d of %d: fits %v", limit, full, fits)
		}
		if len(r.Bytes()) > limit {
			t.Fatalf("limit %d: %d octets", limit, len(r.Bytes()))
		}
		if fits {
			continue
		}
		if string(r.Bytes()) != before {
			t.Fatalf("limit %d: something of the set stayed", limit)
		}
		r.Release(512)
		if !r.Set(small, one) {
			t.Fatal("no room after Release")
		}
		if got := texts(unpack(t, r.Bytes()).Answer); len(got) != 1 || !strings.HasPrefix(got[0], "x.other.example.") {
			t.Fatalf("limit %d: a later set came out as %q", limit, got)
		}
	}
}

func TestReserveKeepsRoomForOPT(t *testing.T) {
	q := ask(t, "www.example.", rr.TypeA)
	owner, set := rrset(t, "www.example. 60 A 192.0.2.1")
	for spare := -3; spare <= 3; spare++ {
		var r Response
		limit := len(q.Question) + HeaderLen + 16 + OPTLen + 4 + 8 + spare
		r.Start(nil, q, QR, limit)
		r.Reserve(OPTLen + 4 + 8)
		if fits := r.Set(owner, set); fits != (spare >= 0) {
			t.Errorf("%+d octets: fits %v", spare, fits)
		}
		r.Release(OPTLen + 4 + 8)
		r.OpenOPT(1232, code.NoError, false)
		r.Option(OptionCookie, []byte("8 octets"), nil)
		r.CloseOPT(12)
		if len(r.Bytes()) > limit {
			t.Errorf("%+d octets: %d of %d", spare, len(r.Bytes()), limit)
		}
		unpack(t, r.Bytes())
	}
}

func TestOPT(t *testing.T) {
	for _, rcode := range []code.Rcode{code.NoError, code.NXDomain, code.BadVers, code.BadCookie} {
		for _, do := range []bool{false, true} {
			var r Response
			r.Start(nil, ask(t, "www.example.", rr.TypeA), QR, 512)
			r.OpenOPT(1400, rcode, do)
			r.Option(OptionNSID, nil, []byte("ns1"))
			r.Option(OptionCookie, []byte("clients8"), []byte("of the server 16"))
			r.CloseOPT(4 + 3 + 4 + 24)
			r.SetRcode(rcode)
			m := unpack(t, r.Bytes())
			opt := m.IsEdns0()
			if opt == nil || opt.UDPSize() != 1400 || opt.Do() != do || opt.Version() != 0 || m.Rcode != int(rcode) {
				t.Fatalf("%s do=%v: got %v, rcode %d", rcode, do, opt, m.Rcode)
			}
			if got := fmt.Sprint(opt.Option); got != "[6e7331 636c69656e7473386f662074686520736572766572203136]" {
				t.Errorf("options %s", got)
			}
		}
	}
}

func TestFlagsAndRcodeDoNotDisturbEachOther(t *testing.T) {
	var r Response
	r.Start(nil, ask(t, "a.", rr.TypeA), QR|RD|Flags(code.OpNotify)<<11, 512)
	r.SetFlags(AA)
	r.SetRcode(code.NXDomain)
	r.SetRcode(code.Refused)
	m := unpack(t, r.Bytes())
	if m.Opcode != dns.OpcodeNotify || !m.Authoritative || !m.RecursionDesired || m.Rcode != dns.RcodeRefused || m.Truncated {
		t.Errorf("got %v", m.MsgHdr)
	}
}

func TestTruncate(t *testing.T) {
	q := ask(t, "www.example.com.", rr.TypeA)
	var r Response
	r.Start(nil, q, QR|AA, 512)
	section(t, &r, []string{"www.example.com. 60 CNAME edge.example.net."})
	r.Authority()
	section(t, &r, []string{"example.net. 60 NS ns.example.net."})
	r.Truncate(q)
	if len(r.Bytes()) != HeaderLen+len(q.Question) {
		t.Errorf("%d octets stayed", len(r.Bytes()))
	}
	if m := unpack(t, r.Bytes()); !m.Truncated || !m.Authoritative || len(m.Question) != 1 || len(m.Answer)+len(m.Ns)+len(m.Extra) != 0 {
		t.Errorf("got %v", m)
	}
	r.ClearTC()
	r.Additional()
	section(t, &r, []string{"edge.example.net. 60 A 192.0.2.1"}) // nothing to point at but the question
	m := unpack(t, r.Bytes())
	if got := texts(m.Extra); m.Truncated || len(got) != 1 || !strings.HasPrefix(got[0], "edge.example.net.") {
		t.Errorf("after ClearTC: %v", m)
	}
}

// A pointer reaches the first 16,384 octets of a message only (RFC 1035,
// Section 4.1.4), and names of a message of 64 KiB still come out right.
func TestResponseOf64KiB(t *testing.T) {
	q := ask(t, "big.example.", rr.TypeMX)
	var r Response
	r.Start(nil, q, QR, 65535)
	var want []string
	for i := 0; ; i++ {
		line := fmt.Sprintf("n%d.of.BIG.example. 60 MX 1 mail%d.n%d.example.", i, i, i%7)
		owner, set := rrset(t, line, strings.Replace(line, " 1 ", " 2 ", 1))
		if !r.Set(owner, set) {
			break
		}
		want = append(want, strings.ToLower(line))
	}
	if n := len(r.Bytes()); n < 65000 || n > 65535 {
		t.Fatalf("%d octets", n)
	}
	pointers(t, r.Bytes(), func(at, to int) {
		if to >= at || to < HeaderLen {
			t.Fatalf("the pointer at %d points to %d", at, to)
		}
	})
	got := unpack(t, r.Bytes()).Answer
	if len(got) != 2*len(want) {
		t.Fatalf("%d records, want %d", len(got), 2*len(want))
	}
	for i, line := range want {
		if have := strings.Join(strings.Fields(strings.ToLower(got[2*i].String())), " "); have != strings.Replace(strings.Replace(line, "60 mx", "60 in mx", 1), "\t", " ", -1) {
			t.Fatalf("record %d is %q, want %q", 2*i, have, line)
		}
	}
}

// The owner of the second record of a set far into the message cannot be a pointer to the first.
func TestOwnerBeyondTheReachOfPointers(t *testing.T) {
	var r Response
	r.Start(nil, ask(t, "a.", rr.TypeTXT), QR, 65535)
	big := rr.AppendRecord(nil, rr.TypeTXT, 1, append([]byte{}, strings.Repeat("\xff"+strings.Repeat("x", 255), 70)...))
	if !r.Set(dname.MustParse("a."), rr.Set(big)) {
		t.Fatal("no room")
	}
	section(t, &r, []string{"far.away. 60 A 192.0.2.1", "far.away. 60 A 192.0.2.2", "far.away. 60 A 192.0.2.3"})
	got := texts(unpack(t, r.Bytes()).Answer)
	for _, line := range got[1:] {
		if !strings.HasPrefix(line, "far.away.\t") {
			t.Errorf("got %q", line)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d records", len(got))
	}
}

func TestResponseAllocatesNothing(t *testing.T) {
	q := ask(t, "www.example.com.", rr.TypeA)
	target, set := rrset(t, "edge.example.net. 60 A 192.0.2.1", "edge.example.net. 60 A 192.0.2.2")
	_, cname := rrset(t, "www.example.com. 60 CNAME edge.example.net.")
	apex, soa := rrset(t, "example.com. 60 SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5")
	r, buf := new(Response), make([]byte, 0, 1232)
	if n := testing.AllocsPerRun(100, func() {
		r.Start(buf, q, QR, 1232)
		r.Set(q.Name, cname)
		r.Set(target, set)
		r.Authority()
		r.Set(apex, soa)
		r.OpenOPT(1232, code.NoError, true)
		r.CloseOPT(0)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The owner of a chain's next link is the target before it, in the same memory:
// it becomes a pointer, or what the target became, also where it is the root or
// beyond the reach of pointers, and is forgotten with what it stood in.
func TestOwnerThatIsTheTargetBefore(t *testing.T) {
	var filler rr.Set
	filler = rr.AppendRecord(filler, rr.TypeTXT, 1, []byte(strings.Repeat("\xff"+strings.Repeat("x", 255), 70)))
	for _, c := range []struct {
		situation, target string
		filler            rr.Set
		octets            int // of the second owner
	}{
		{"a new name", "edge.elsewhere.test.", nil, 2},
		{"the question's name", "www.example.", nil, 2},
		{"below the question's name", "a.www.example.", nil, 2},
		{"the root", ".", nil, 1},
		{"far into the message", "edge.elsewhere.test.", filler, len("edge.elsewhere.test.") + 1},
	} {
		t.Run(c.situation, func(t *testing.T) {
			cname := rr.Set(rr.AppendRecord(nil, rr.TypeCNAME, 60, dname.MustParse(c.target)))
			address := rr.Set(rr.AppendRecord(nil, rr.TypeA, 60, []byte{192, 0, 2, 1}))
			q := ask(t, "www.example.", rr.TypeA)
			var r Response
			r.Start(nil, q, QR, 65535)
			if c.filler != nil && !r.Set(q.Name, c.filler) || !r.Set(q.Name, cname) {
				t.Fatal("no room")
			}
			before := len(r.Bytes())
			if !r.Set(cname.Target(), address) {
				t.Fatal("no room")
			}
			if got := len(r.Bytes()) - before - rr.HeadLen - 4; got != c.octets {
				t.Errorf("the owner takes %d octets, want %d", got, c.octets)
			}
			got := unpack(t, r.Bytes()).Answer
			if last := got[len(got)-1].Header().Name; last != c.target {
				t.Errorf("the owner is %s", last)
			}
			r.Truncate(q)
			r.Set(cname.Target(), address)
			if got := unpack(t, r.Bytes()).Answer; len(got) != 1 || got[0].Header().Name != c.target {
				t.Errorf("after Truncate: %v", got)
			}
			r.Start(nil, q, QR, HeaderLen+len(q.Question)+8)
			r.Set(q.Name, cname) // does not fit
			r.Release(512)
			r.Set(cname.Target(), address)
			if got := unpack(t, r.Bytes()).Answer; got[len(got)-1].Header().Name != c.target {
				t.Errorf("after a set that did not fit: %v", got)
			}
		})
	}
}

// Only a lone name is a target: the two of MINFO are not taken for one.
func TestMINFOIsNoTarget(t *testing.T) {
	minfo := rr.Set(rr.AppendRecord(nil, rr.TypeMINFO, 60, []byte{0, 0}))
	var r Response
	q := ask(t, "www.example.", rr.TypeMINFO)
	r.Start(nil, q, QR, 512)
	r.Set(q.Name, minfo)
	r.Set(dname.Name(minfo.Data()[:1]), rr.Set(rr.AppendRecord(nil, rr.TypeA, 60, []byte{192, 0, 2, 1})))
	if got := unpack(t, r.Bytes()).Answer; len(got) != 2 || got[1].Header().Name != "." {
		t.Errorf("got %v", got)
	}
}

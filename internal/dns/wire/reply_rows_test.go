package wire

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// owners are few, so that names point at each other.
var owners = []string{".", "com.", "example.com.", "www.example.com.", "WWW.example.com.", "a.b.c.www.example.com.", `\000\255.example.com.`, strings.Repeat("x", 63) + ".com."}

// samples are RDATA with names in all the places where names may stand.
var samples = []string{
	"A 192.0.2.1", "AAAA 2001:db8::1", "TXT \"a\" \"\"", "TYPE65280 \\# 2 c00c", "CAA 0 issue \"ca.example\"",
	"NS %s", "CNAME %s", "DNAME %s", "PTR %s", "MX 10 %s", "KX 10 %s", "RT 10 %s", "AFSDB 1 %s", "PX 1 %s %[1]s", "RP %s %[1]s", "MINFO %s %[1]s",
	"SRV 1 2 3 %s", "NAPTR 1 2 \"u\" \"sip\" \"\" %s", "SOA %s %[1]s 1 2 3 4 5", "SVCB 1 %s alpn=h2", "HTTPS 0 %s",
	"RRSIG A 8 2 60 20300101000000 20200101000000 7 %s AAAA", "NSEC %s A MX", "DS 1 8 2 0011",
}

// Any records that another implementation packs, compressed wherever it may,
// come out as they went in, section by section.
func TestRowsAreWhatWasPacked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := new(dns.Msg).SetQuestion(rapid.SampledFrom(owners).Draw(rt, "question"), dns.TypeA)
		m.Response, m.Compress = true, true
		sections := []*[]dns.RR{&m.Answer, &m.Ns, &m.Extra}
		for range rapid.IntRange(0, 12).Draw(rt, "records") {
			sample := rapid.SampledFrom(samples).Draw(rt, "sample")
			if strings.Contains(sample, "%") {
				sample = fmt.Sprintf(sample, rapid.SampledFrom(owners).Draw(rt, "target"))
			}
			r, err := dns.NewRR(rapid.SampledFrom(owners).Draw(rt, "owner") + " 60 " + sample)
			if err != nil {
				rt.Fatalf("%s: %v", sample, err)
			}
			to := sections[rapid.IntRange(0, 2).Draw(rt, "section")]
			*to = append(*to, r)
		}
		packed, err := m.Pack()
		if err != nil {
			rt.Fatal(err)
		}
		var r Reply
		if err := r.Parse(packed); err != nil {
			rt.Fatalf("%v: %x", err, packed)
		}
		for s, want := range sections {
			got, broken := rows(t, &r, Section(s))
			for i := range got {
				got[i] = strings.ToLower(got[i])
			}
			if broken != 0 || !slices.Equal(got, texts(*want)) || r.Count(Section(s)) != len(*want) {
				rt.Fatalf("section %d, %d broken:\ngot  %q\nwant %q", s, broken, got, texts(*want))
			}
		}
	})
}

// What Rows gave out stays as it is while it goes on, in room of others too.
func TestRowsStay(t *testing.T) {
	msg := header(QR, 1, 3).question("www.example.", rr.TypeA)
	for i := range byte(3) {
		msg = msg.record([]byte{0xc0, 12}, rr.TypeA, 1, 60, 192, 0, 2, i)
	}
	var r Reply
	if err := r.Parse(msg); err != nil {
		t.Fatal(err)
	}
	room := make([]byte, 5, 40) // enough for one record, so that it has to grow
	copy(room, "taken")
	var got []Row
	for cursor := r.Rows(Answer, room); ; {
		row, _, ok := cursor.Next()
		if !ok {
			break
		}
		got = append(got, row)
	}
	if len(got) != 3 || string(room) != "taken" {
		t.Fatalf("%d rows, room %q", len(got), room)
	}
	for i, row := range got {
		if row.Owner.String() != "www.example." || row.Class != rr.ClassIN || row.Record.TTL() != 60 || row.Record.Data()[3] != byte(i) {
			t.Errorf("row %d: %s %x", i, row.Owner, row.Record)
		}
		if cap(row.Owner) != len(row.Owner) || cap(row.Record) != len(row.Record) {
			t.Errorf("row %d: who appends to it writes into the next", i)
		}
	}
}

// A name may point as often as it likes, as long as it points backwards.
func TestChainOfPointers(t *testing.T) {
	msg := header(QR).octets(0) // the root at 12
	at := HeaderLen
	for i := range 100 {
		next := len(msg)
		msg = msg.octets(1, 'a'+byte(i%26), 0xc0|byte(at>>8), byte(at))
		at = next
	}
	name, end := appendName(nil, msg, at)
	if end != len(msg) || dname.Check(name) != nil || dname.Name(name).Labels() != 100 {
		t.Errorf("%d labels, ends at %d of %d", dname.Name(name).Labels(), end, len(msg))
	}
	for range 100 {
		next := len(msg)
		msg = msg.octets(1, 'b', 0xc0|byte(at>>8), byte(at))
		at = next
	}
	if _, end := appendName(nil, msg, at); end >= 0 {
		t.Error("a name of 200 labels is taken")
	}
}

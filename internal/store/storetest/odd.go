package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

// testOdd has all that may be in a Change come back as it was, from the log
// and from the state, in a store opened anew.
func testOdd(t *testing.T, open Open) {
	at := t.TempDir()
	d := newDesk(t, open(t, at))
	defer func() {
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, test := range oddities {
		t.Run(test.name, func(t *testing.T) {
			d.t = t
			c := newChange(test.make(t)...)
			c.Reason, c.Origin.Agent, c.Request.Key, c.Request.Digest = "\x00'\"\\\nü☃", "a\x00b", "k\x00"+c.ID, "\x01ü"
			d.must(c)
			d.agree()
			got := one(t, d.store.Watch(t.Context(), c.Revision-1))
			if got, want := changeText(got), changeText(c); got != want {
				t.Error(firstDifference(got, want))
			}
		})
	}
	d.t = t
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d.store = open(t, at)
	d.agree()
}

// oddities are Changes with something in them that is easily lost.
var oddities = []struct {
	name string
	make func(t *testing.T) []change.ZoneDiff
}{
	{"every type", everyType},
	{"types without a name", func(*testing.T) []change.ZoneDiff {
		return []change.ZoneDiff{create("unknown.example.", rrset("unknown.example.", 65280, 60, `\# 4 01020304`, `\# 0`), rrset("x.unknown.example.", 12345, 60, `\# 1 00`))}
	}},
	{"owners of any octets", oddOwners},
	{"texts of any octets", oddTexts},
	{"names in data keep their case", func(*testing.T) []change.ZoneDiff {
		return []change.ZoneDiff{create("case.example.", rrset("case.example.", rr.TypeCNAME, 60, "Target.EXAMPLE."), rrset("x.case.example.", rr.TypeMX, 60, `1 A\.b\032C\"\;.Example.`))}
	}},
	{"addresses of all forms", func(*testing.T) []change.ZoneDiff {
		return []change.ZoneDiff{create("aaaa.example.", rrset("aaaa.example.", rr.TypeAAAA, 60, "::", "::1", "::ffff:192.0.2.1", "2001:db8::1", "fe80::1:2:3:4"))}
	}},
	{"TTLs", func(*testing.T) []change.ZoneDiff {
		return []change.ZoneDiff{create("ttl.example.", rrset("a.ttl.example.", rr.TypeA, 0, "192.0.2.1"), rrset("b.ttl.example.", rr.TypeA, 1<<31-1, "192.0.2.1"))}
	}},
	{"the root", func(*testing.T) []change.ZoneDiff {
		return []change.ZoneDiff{create(".", rrset(".", rr.TypeNS, 60, "a.root-servers.net."), rrset("com.", rr.TypeNS, 60, "."))}
	}},
	{"no SOA, no properties", func(*testing.T) []change.ZoneDiff {
		z := create("bare.example.")
		z.After = &change.Zone{ID: z.ID, Apex: z.Apex}
		return []change.ZoneDiff{z}
	}},
	{"an SOA with odd names", func(t *testing.T) []change.ZoneDiff {
		z := create("soa.example.")
		var err error
		if z.After.SOA, err = zonefile.AppendData(nil, rr.TypeSOA, `. a\ b\.c\"\200.example. 0 1 2 3 4294967295`, nil); err != nil {
			t.Fatal(err)
		}
		return []change.ZoneDiff{z}
	}},
	{"a zone of the highest serial", func(*testing.T) []change.ZoneDiff {
		z := create("serial.example.")
		z.To = 1<<32 - 1
		return []change.ZoneDiff{z}
	}},
	{"properties of any text", func(*testing.T) []change.ZoneDiff {
		z := create("text.example.")
		z.After.Account, z.After.Type, z.After.Region, z.After.Status = `'; DROP TABLE zones; --`, "\"\\\n\t", "ü☃\U0001F600", "a\x00b"
		return []change.ZoneDiff{z}
	}},
	{"notes of any text", oddNotes},
	{"an RRset of 5,000 records", func(*testing.T) []change.ZoneDiff {
		var data []string
		for i := range 5000 {
			data = append(data, fmt.Sprintf("10.0.%d.%d", i/256, i%256))
		}
		return []change.ZoneDiff{create("wide.example.", rrset("wide.example.", rr.TypeA, 60, data...))}
	}},
	{"the largest record", func(*testing.T) []change.ZoneDiff {
		s := rrset("large.example.", 65280, 60, `\# 0`)
		s.Records[0].Data = []byte(strings.Repeat("\xff", rr.MaxData))
		return []change.ZoneDiff{create("large.example.", s)}
	}},
}

// everyType has the example of each type that may be in a zone.
func everyType(t *testing.T) []change.ZoneDiff {
	z := create("types.example.")
	for n := rr.Type(1); n != 0; n++ {
		if n.IsMeta() || n == rr.TypeSOA || strings.HasPrefix(n.String(), "TYPE") {
			continue
		}
		data, err := zonefile.AppendData(nil, n, n.Example(), dname.Root)
		if err != nil {
			t.Fatalf("%s %s: %v", n, n.Example(), err)
		}
		s := rrset(fmt.Sprintf("t%d.types.example.", n), n, 60, string(rr.AppendDataText(nil, n, data)))
		s.Records[0].Data = data
		z.Sets = append(z.Sets, change.SetDiff{After: s})
	}
	if len(z.Sets) < 50 {
		t.Fatalf("only %d types have an example", len(z.Sets))
	}
	return []change.ZoneDiff{z}
}

// oddOwners has an owner for each octet, and one as long as can be.
func oddOwners(*testing.T) []change.ZoneDiff {
	z := create("owners.example.")
	add := func(label []byte, under dname.Name) dname.Name {
		s := rrset("x.", rr.TypeA, 60, "192.0.2.1")
		s.Owner = append(append(dname.Name{byte(len(label))}, label...), under...)
		z.Sets = append(z.Sets, change.SetDiff{After: s})
		return s.Owner
	}
	for c := range 256 {
		if c < 'A' || c > 'Z' {
			add([]byte{byte(c)}, z.Apex)
			add([]byte{'a', byte(c), byte(c)}, z.Apex)
		}
	}
	long := z.Apex
	for len(long)+64 <= dname.MaxLen {
		long = add([]byte(strings.Repeat("\x01", 63)), long)
	}
	many := z.Apex
	for len(many)+3 <= dname.MaxLen {
		many = add([]byte("mm"), many)
	}
	return []change.ZoneDiff{z}
}

// oddTexts has each octet in a TXT, and texts that mean something elsewhere.
func oddTexts(*testing.T) []change.ZoneDiff {
	s := rrset("texts.example.", rr.TypeTXT, 60, `""`, `"" ""`, `"\010\013\009"`, `"\"quoted\""`, `"back\\slash"`, `"semi;colon (and) $ORIGIN @"`,
		`"`+strings.Repeat("x", 255)+`" "`+strings.Repeat("y", 255)+`"`, `"</script>" "'; DROP TABLE records; --"`)
	for c := range 256 {
		n := tick.Add(1)
		s.Records = append(s.Records, change.Record{ID: n, Data: []byte{2, byte(c), 'x'}, Created: -1, Modified: 1 << 50})
	}
	return []change.ZoneDiff{create("texts.example.", s)}
}

func oddNotes(*testing.T) []change.ZoneDiff {
	z := create("notes.example.")
	for i, text := range []string{`"`, `\`, "a\nb", "\x00", "ü☃\U0001F600", "<&>", "'; --", "\u2028", strings.Repeat("long ", 2000)} {
		s := rrset(fmt.Sprintf("n%d.notes.example.", i), rr.TypeA, 60, "192.0.2.1")
		s.Records[0].Note = change.Note{Comment: text, Tags: []string{text, "k:" + text}}
		z.Sets = append(z.Sets, change.SetDiff{After: s})
	}
	return []change.ZoneDiff{z}
}

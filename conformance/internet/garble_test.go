package internet

import (
	"encoding/binary"
	"testing"

	"github.com/miekg/dns"
)

// answered is a query with EDNS, and the octets of an answer with two addresses.
func answered(t *testing.T) (query *dns.Msg, octets []byte) {
	t.Helper()
	query = new(dns.Msg).SetQuestion("www.example.", dns.TypeA)
	query.SetEdns0(1232, false)
	m := new(dns.Msg).SetReply(query)
	for _, line := range []string{"www.example. 60 A 192.0.2.1", "www.example. 60 A 192.0.2.2"} {
		r, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		m.Answer = append(m.Answer, r)
	}
	m.SetEdns0(1232, false)
	m.Compress = true
	octets, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return query, octets
}

// Each trait makes one thing wrong, and leaves the rest as it was.
func TestGarblers(t *testing.T) {
	for word, wrong := range map[string]func(m *dns.Msg, err error, octets []byte) bool{
		"noquestion": func(m *dns.Msg, err error, _ []byte) bool {
			return err == nil && len(m.Question) == 0 && len(m.Answer) == 2
		},
		"opcode": func(m *dns.Msg, err error, _ []byte) bool { return m.Opcode == dns.OpcodeUpdate && m.Response },
		"echo":   func(m *dns.Msg, err error, _ []byte) bool { return err == nil && !m.Response && len(m.Answer) == 2 },
		"class": func(m *dns.Msg, err error, _ []byte) bool {
			return err == nil && m.Answer[1].Header().Class == dns.ClassCHAOS
		},
		"rdlength": func(_ *dns.Msg, _ error, octets []byte) bool { return lengthsOf(octets) == [2]uint16{4, 3} },
		"circle":   func(_ *dns.Msg, err error, octets []byte) bool { return err != nil && octets[7] == 3 },
		"counts":   func(_ *dns.Msg, err error, octets []byte) bool { return octets[7] == 3 },
		"cookie": func(m *dns.Msg, err error, _ []byte) bool {
			return err == nil && len(m.Answer) == 2 && len(m.IsEdns0().Option) == 1
		},
	} {
		query, octets := answered(t)
		f, err := ParseFault([]string{word})
		if err != nil || len(f.garbles) != 1 {
			t.Fatalf("%s: %v", word, err)
		}
		got := f.garbles[0](query, octets)
		m := new(dns.Msg)
		if err := m.Unpack(got); !wrong(m, err, got) {
			t.Errorf("%s: %v in %x: %v", word, err, got, m)
		}
		if binary.BigEndian.Uint16(got) != query.Id {
			t.Errorf("%s: the ID is another", word)
		}
	}
}

// lengthsOf are those of the data of the first two answers.
func lengthsOf(m []byte) (out [2]uint16) {
	for n, at := range answers(m) {
		out[n] = binary.BigEndian.Uint16(m[at+8:])
	}
	return out
}

// What is no message is left alone.
func TestGarblersOfNonsense(t *testing.T) {
	for _, word := range []string{"noquestion", "opcode", "echo", "counts", "class", "rdlength", "circle", "cookie"} {
		f, err := ParseFault([]string{word})
		if err != nil {
			t.Fatal(err)
		}
		for _, octets := range [][]byte{make([]byte, 12), {0, 1, 0x80, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0xC0, 12}} {
			if got := f.garbles[0](new(dns.Msg), octets); len(got) < 12 {
				t.Errorf("%s: %x", word, got)
			}
		}
	}
}

package internet

import (
	"encoding/binary"
	"slices"

	"github.com/miekg/dns"
)

// garbled makes a trait of a change to the octets of an answer, into what no library would
// write.
func garbled(change func(query *dns.Msg, octets []byte) []byte) func(*Fault, string) error {
	return func(f *Fault, _ string) error {
		f.garbles = append(f.garbles, change)
		return nil
	}
}

// otherOpcode makes an UPDATE of the answer.
func otherOpcode(_ *dns.Msg, m []byte) []byte {
	m[2] |= dns.OpcodeUpdate << 3
	return m
}

// echo makes a query of the answer.
func echo(_ *dns.Msg, m []byte) []byte {
	m[2] &^= 0x80
	return m
}

// oneMore announces an answer more than there are.
func oneMore(_ *dns.Msg, m []byte) []byte {
	m[7]++
	return m
}

// noQuestion is the answer without the question.
func noQuestion(query *dns.Msg, m []byte) []byte {
	whole := new(dns.Msg)
	if whole.Unpack(m) != nil {
		return m
	}
	whole.Question, whole.Compress = nil, true
	octets, err := whole.Pack()
	if err != nil {
		return m
	}
	return octets
}

// answers are where the fixed parts of the records of the answer section begin, behind
// their owners.
func answers(m []byte) (starts []int) {
	at := 12
	for range binary.BigEndian.Uint16(m[4:]) {
		_, end, err := dns.UnpackDomainName(m, at)
		if err != nil {
			return nil
		}
		at = end + 4
	}
	for range binary.BigEndian.Uint16(m[6:]) {
		_, end, err := dns.UnpackDomainName(m, at)
		if err != nil || end+10 > len(m) {
			return starts
		}
		starts = append(starts, end)
		at = end + 10 + int(binary.BigEndian.Uint16(m[end+8:]))
	}
	return starts
}

func chaosClass(_ *dns.Msg, m []byte) []byte {
	for _, at := range answers(m) {
		binary.BigEndian.PutUint16(m[at+2:], dns.ClassCHAOS)
	}
	return m
}

// shortData cuts the last octet off the data of the last answer, as if it were meant.
func shortData(_ *dns.Msg, m []byte) []byte {
	starts := answers(m)
	if len(starts) == 0 {
		return m
	}
	at := starts[len(starts)-1]
	length := binary.BigEndian.Uint16(m[at+8:])
	if length == 0 {
		return m
	}
	binary.BigEndian.PutUint16(m[at+8:], length-1)
	end := at + 10 + int(length)
	return slices.Delete(m, end-1, end)
}

// nameInACircle puts an answer in front whose owner is a pointer at itself.
func nameInACircle(_ *dns.Msg, m []byte) []byte {
	_, end, err := dns.UnpackDomainName(m, 12)
	if err != nil {
		return m
	}
	at := end + 4
	record := []byte{0xC0 | byte(at>>8), byte(at), 0, 1, 0, 1, 0, 0, 14, 16, 0, 4, 203, 0, 113, 66}
	m[7]++
	return slices.Insert(m, at, record...)
}

// wrongCookie sends back another cookie than the client's (RFC 7873, Section 5.3).
func wrongCookie(query *dns.Msg, m []byte) []byte {
	whole := new(dns.Msg)
	if query.IsEdns0() == nil || whole.Unpack(m) != nil {
		return m
	}
	opt := whole.IsEdns0()
	if opt == nil {
		opt = whole.SetEdns0(1232, false).IsEdns0()
	}
	opt.Option = []dns.EDNS0{&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "00112233445566778899aabbccddeeff"}}
	octets, err := whole.Pack()
	if err != nil {
		return m
	}
	return octets
}

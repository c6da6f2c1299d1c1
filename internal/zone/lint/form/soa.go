package form

import (
	"bytes"
	"encoding/binary"
)

// UsualTimers is SOA data with timers that go together.
func UsualTimers(soa []byte) []byte {
	data := bytes.Clone(soa)
	for i, v := range [...]uint32{7200, 900, 1209600, 300} {
		binary.BigEndian.PutUint32(data[len(data)-16+4*i:], v)
	}
	return data
}

// DottedMailbox is SOA data with the label of the mailbox that holds an @ cut in two
// there; nil where one of them would be empty. mname is the length of the name before.
func DottedMailbox(soa []byte, mname int) []byte {
	data := bytes.Clone(soa)
	label := data[mname:]
	for bytes.IndexByte(label[1:1+label[0]], '@') < 0 {
		label = label[1+label[0]:]
	}
	at := 1 + bytes.IndexByte(label[1:1+label[0]], '@')
	if at == 1 || at == int(label[0]) {
		return nil
	}
	label[0], label[at] = byte(at-1), label[0]-byte(at)
	return data
}

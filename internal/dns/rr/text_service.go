package rr

import (
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// SVCB and HTTPS: priority and target in code of our own, so that every name
// survives; the parameters as package dns has them, read behind the target ".".

var serviceHead = layout{{kindU16, "priority"}, {kindName, "target"}}

func parseService(dst []byte, t Type, fields []Field, origin dname.Name) ([]byte, *DataError) {
	head := fields[:min(len(fields), len(serviceHead))]
	dst, err := serviceHead.parse(dst, t, head, origin)
	if err != nil || len(fields) == len(head) {
		return dst, err
	}
	bare := append([]Field{{Text: []byte("1")}, {Text: []byte(".")}}, fields[len(head):]...)
	data, err := parseForeign(nil, t, bare, origin)
	if err != nil {
		return nil, err
	}
	return append(dst, data[len(bareHead):]...), nil
}

// bareHead is priority 1 and the target ".".
var bareHead = []byte{0, 1, 0}

func bareService(params []byte) []byte {
	return append(bareHead[:len(bareHead):len(bareHead)], params...)
}

func serviceHeadLength(data []byte) (int, error) {
	if len(data) < 2 {
		return 0, dname.ErrTruncated
	}
	n, err := dname.Len(data[2:])
	return 2 + n, err
}

func checkService(t Type, data []byte) error {
	n, err := serviceHeadLength(data)
	if err != nil {
		return fmt.Errorf("RDATA of %s, %d octets, is broken before its parameters: %w", t, len(data), err)
	}
	_, err = foreignUnpack(t, bareService(data[n:]))
	return err
}

func appendService(dst []byte, t Type, data []byte) []byte {
	n, err := serviceHeadLength(data)
	if err != nil {
		return appendGeneric(dst, data)
	}
	text, ok := foreignText(t, bareService(data[n:]))
	if !ok {
		return appendGeneric(dst, data)
	}
	dst = serviceHead[0].appendText(dst, data[:2])
	dst = serviceHead[1].appendText(append(dst, ' '), data[2:n])
	return append(dst, strings.TrimPrefix(text, "1 .")...)
}

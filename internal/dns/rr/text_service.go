package rr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/miekg/dns"

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
	numbered, named, err := splitParams(t, fields, len(head))
	if err != nil {
		return nil, err
	}
	data, err := parseForeign(nil, t, named, origin)
	if err != nil {
		err.Field = max(err.Field, len(head))
		return nil, err
	}
	return mergeParams(dst, t, data[len(bareHead):], numbered)
}

// param is a SvcParam in wire form, its key and length before its value.
type param []byte

func (p param) key() uint16 { return binary.BigEndian.Uint16(p) }

func (p param) value() []byte { return p[4:] }

func nextParam(params []byte) (p param, rest []byte) {
	n := 4 + int(binary.BigEndian.Uint16(params[2:]))
	return params[:n:n], params[n:]
}

// splitParams parts the SvcParams in fields[from:] in two: those whose key has
// a name but is written as a number, with a value in wire form (RFC 9460,
// Section 2.1), which package dns refuses, and the rest, as fields of a record
// with priority 1 and target ".".
func splitParams(t Type, fields []Field, from int) (numbered []param, named []Field, err *DataError) {
	named = append(named, Field{Text: []byte("1")}, Field{Text: []byte(".")})
	for i := from; i < len(fields); i++ {
		key, value, ok := numberedKey(&fields[i])
		if !ok {
			named = append(named, fields[i])
			continue
		}
		p, err := parseText(binary.BigEndian.AppendUint32(nil, uint32(key)<<16), t, i, &Field{Text: value})
		if err == nil && i+1 < len(fields) && fields[i+1].Joined && fields[i+1].Quoted {
			i++
			p, err = parseText(p, t, i, &fields[i])
		}
		if err != nil {
			return nil, nil, err
		}
		if len(p) > MaxData {
			return nil, nil, tooMuchData(t, len(p))
		}
		binary.BigEndian.PutUint16(p[2:], uint16(len(p)-4))
		numbered = append(numbered, p)
	}
	return numbered, named, nil
}

// numberedKey is the key and the start of the value of a field such as
// key7=/path, if that key has a name.
func numberedKey(f *Field) (key uint16, value []byte, ok bool) {
	if f.Quoted || len(f.Text) < 4 || !strings.EqualFold(string(f.Text[:3]), "key") {
		return 0, nil, false
	}
	digits, value, _ := bytes.Cut(f.Text[3:], []byte{'='})
	n, ok := parseDecimal(digits, math.MaxUint16)
	key = uint16(n)
	return key, value, ok && !strings.HasPrefix(dns.SVCBKey(key).String(), "key")
}

// mergeParams appends both kinds of params in order of their keys.
func mergeParams(dst []byte, t Type, params []byte, numbered []param) ([]byte, *DataError) {
	head := len(dst)
	all := numbered
	for len(params) > 0 {
		var p param
		p, params = nextParam(params)
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b param) int { return int(a.key()) - int(b.key()) })
	for i, p := range all {
		if i > 0 && p.key() == all[i-1].key() {
			return nil, bad(t, len(serviceHead), "has the parameter %s twice", dns.SVCBKey(p.key()))
		}
		dst = append(dst, p...)
	}
	if err := checkParams(t, dst[head:]); err != nil {
		return nil, bad(t, len(serviceHead), "%s", err)
	}
	return dst, nil
}

// checkParams says whether params are SvcParams of t.
func checkParams(t Type, params []byte) error {
	if _, err := foreignUnpack(t, bareService(params)); err != nil {
		return err
	}
	for len(params) > 0 {
		var p param
		if p, params = nextParam(params); p.key() == uint16(dns.SVCB_ALPN) && len(p.value()) == 0 {
			return errNoALPN
		}
	}
	return nil
}

// RFC 9460, Section 7.1.1.
var errNoALPN = errors.New("alpn names no protocol")

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
	return checkParams(t, data[n:])
}

func appendService(dst []byte, t Type, data []byte) []byte {
	n, err := serviceHeadLength(data)
	if err != nil {
		return appendGeneric(dst, data)
	}
	text, ok := foreignText(t, bareService(data[n:]))
	if !ok || checkParams(t, data[n:]) != nil {
		return appendGeneric(dst, data)
	}
	dst = serviceHead[0].appendText(dst, data[:2])
	dst = serviceHead[1].appendText(append(dst, ' '), data[2:n])
	// Knot takes this key, which has no value, without an equals sign only.
	text = strings.ReplaceAll(text, ` no-default-alpn=""`, " no-default-alpn")
	return append(dst, strings.TrimPrefix(text, "1 .")...)
}

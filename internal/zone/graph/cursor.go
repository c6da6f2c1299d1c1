package graph

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// ErrCursor is returned for a Query.Cursor that no Page has given out.
var ErrCursor = errors.New("this is no cursor of a page of dependents; ask again without one")

// A cursor is where a walk stopped, by the keys of the edges on its path: so it
// keeps its meaning when edges come and go. In base64, as long as its path:
//
//	level(1) grew(1) | { inside(1) length(2) key length(2) sub }…
const (
	maxCursor  = 64 << 10
	maxKeySize = 2 << 10
)

func (w *walk) cursor() string {
	b := []byte{byte(w.level), flag(w.grew)}
	for _, frames := range [][]frame{w.stack, w.again} {
		for _, f := range frames {
			b = append(b, flag(f.inside))
			b = append(binary.BigEndian.AppendUint16(b, uint16(len(f.key))), f.key...)
			b = append(binary.BigEndian.AppendUint16(b, uint16(len(f.sub))), f.sub...)
		}
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// resume makes w go on where text says, which may come from a stranger: it can
// only choose a place to look from.
func (w *walk) resume(text string) error {
	if text == "" {
		return nil
	}
	if len(text) > maxCursor {
		return ErrCursor
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 2 || b[0] == 0 || int(b[0]) > w.max || b[1] > 1 {
		return ErrCursor
	}
	w.level, w.grew = int(b[0]), b[1] == 1
	for b = b[2:]; len(b) > 0; {
		var f frame
		f.inside = b[0] == 1
		var ok, also bool
		f.key, b, ok = counted(b[1:])
		f.sub, b, also = counted(b)
		if !ok || !also || len(w.again) == w.level {
			return ErrCursor
		}
		w.again = append(w.again, f)
	}
	return nil
}

// counted cuts off octets behind their number.
func counted(b []byte) (k key, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if b = b[2:]; n > len(b) || n > maxKeySize {
		return nil, nil, false
	}
	return key(b[:n:n]), b[n:], true
}

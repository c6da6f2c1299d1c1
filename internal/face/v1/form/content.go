package form

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

const typeSPF = rr.Type(99) // RFC 4408, Section 3.1.1

// appendContent appends the content of a record as clients see it: the
// presentation form, but TXT without quotes.
func appendContent(dst []byte, t rr.Type, data []byte) []byte {
	if t == rr.TypeTXT || t == typeSPF {
		if text, ok := joined(data); ok {
			return append(dst, text...)
		}
	}
	return rr.AppendDataText(dst, t, data)
}

// Content is the content of a record as clients see it: the presentation form, but
// TXT without quotes.
func Content(t rr.Type, data []byte) string { return string(appendContent(nil, t, data)) }

// joined is the strings of TXT data in one, if that can be read back: text
// without control characters that does not look like text in quotes, or like data
// of any type (RFC 3597, Section 5).
func joined(data []byte) ([]byte, bool) {
	var text []byte
	for len(data) > 0 {
		n := int(data[0]) + 1
		if n > len(data) {
			return nil, false
		}
		text, data = append(text, data[1:n]...), data[n:]
	}
	if len(text) == 0 || quoted(string(text)) || generic(string(text)) || !utf8.Valid(text) || bytes.ContainsFunc(text, unicode.IsControl) {
		return nil, false
	}
	return text, true
}

// generic reports whether text begins as data of any type does.
func generic(text string) bool { return strings.HasPrefix(text, `\#`) }

func quoted(text string) bool { return len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' }

// ParseContent reads the content of a record of the zone of that apex. Names in
// it are fully qualified, with or without a final dot. The priority, of MX and
// SRV, counts where the content has none.
func ParseContent(field string, t rr.Type, text string, priority *int, apex dname.Name) ([]byte, error) {
	if text == "" {
		return nil, envelope.Invalid(field, "the content is empty; the content of %s looks like: %s", t, t.Example())
	}
	if (t == rr.TypeTXT || t == typeSPF) && !quoted(text) && !generic(text) {
		return texts(text), nil
	}
	text, err := completed(field, t, text, priority, apex)
	if err != nil {
		return nil, err
	}
	data, err := zonefile.AppendData(nil, t, text, dname.Root)
	if err != nil {
		return nil, badContent(field, t, err)
	}
	return data, nil
}

func badContent(field string, t rr.Type, err error) error {
	var d *rr.DataError
	if !errors.As(err, &d) {
		return envelope.Invalid(field, "the content cannot be read: %s", envelope.Shorten(err.Error(), 300))
	}
	e := envelope.Invalid(field, "the content cannot be read: %s; the content of %s looks like: %s", envelope.Shorten(d.Error(), 300), t, t.Example())
	e.Details[0]["code"] = d.Code
	e.Details[0]["fix"] = d.Fix
	return e
}

// texts is text as TXT data, in strings of up to 255 octets (RFC 1035, Section 3.3.14).
func texts(text string) []byte {
	data := make([]byte, 0, len(text)+len(text)/255+1)
	for {
		n := min(len(text), 255)
		data = append(append(data, byte(n)), text[:n]...)
		if text = text[n:]; text == "" {
			return data
		}
	}
}

// completed is text in presentation form: with the numbers that clients leave
// to the priority, and the apex for "@".
func completed(field string, t rr.Type, text string, priority *int, apex dname.Name) (string, error) {
	fields := strings.Fields(text)
	first := 0
	if priority != nil {
		first = *priority
	}
	if first < 0 || first > 65535 {
		return "", envelope.Invalid("priority", "the priority %d is not from 0 to 65535", first)
	}
	if err := agrees(t, fields, first); err != nil {
		return "", err
	}
	number := strconv.Itoa(first)
	switch {
	case t == rr.TypeMX && len(fields) == 1:
		text = number + " " + named(fields[0], apex)
	case t == rr.TypeSRV && len(fields) == 1:
		text = number + " 0 0 " + named(fields[0], apex)
	case t == rr.TypeSRV && len(fields) == 3:
		text = number + " " + text
	case isPointer(t) && len(fields) == 1:
		text = named(fields[0], apex)
	}
	if target := lone(t, text); target != "" {
		return "", envelope.Invalid(field, "%s is a single word: write the whole name, as in %s.%s, or %s. with a final dot if that is meant", envelope.Shorten(target, 63), envelope.Shorten(target, 63), apex, envelope.Shorten(target, 63))
	}
	return text, nil
}

// agrees refuses a priority beside content that begins with another one; 0 is
// what clients send that have none to say.
func agrees(t rr.Type, fields []string, priority int) error {
	whole := t == rr.TypeMX && len(fields) == 2 || t == rr.TypeSRV && len(fields) == 4
	if !whole || priority == 0 {
		return nil
	}
	own, err := strconv.Atoi(fields[0])
	if err != nil || own == priority {
		return nil
	}
	return envelope.Invalid("priority", "the priority is %d, but the content has its own, %d; leave one of them out", priority, own)
}

func named(text string, apex dname.Name) string {
	if text == "@" {
		return apex.String()
	}
	return text
}

// isPointer reports whether the data of t is one name.
func isPointer(t rr.Type) bool {
	switch t {
	case rr.TypeCNAME, rr.TypeALIAS, rr.TypeDNAME, rr.TypeNS, rr.TypePTR:
		return true
	}
	return false
}

// lone is the target that text ends with if it is one label without a final
// dot: relative for those who write zone files, absolute for those who do not.
func lone(t rr.Type, text string) string {
	if !isPointer(t) && t != rr.TypeMX && t != rr.TypeSRV {
		return ""
	}
	target := text[strings.LastIndexByte(text, ' ')+1:]
	if target == "" || strings.ContainsAny(target, `.\#`) {
		return ""
	}
	return target
}

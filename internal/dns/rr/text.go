package rr

import (
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// MaxData is the greatest length of RDATA in octets (RFC 1035, Section 3.2.1).
const MaxData = 65535

// Field is one token of the RDATA of a master file entry (RFC 1035, Section 5.1).
type Field struct {
	Text   []byte // without the quotes; escapes are still in place
	Quoted bool   // the token stood between quotes
	Joined bool   // nothing separates the token from the one before it, as in key="value"
	Line   int32  // where the token starts, for the caller's messages
	Column int32
}

// DataError says which field of a record's text cannot be read and what it
// should look like.
type DataError struct {
	Field   int    // index into the fields; their number when one is missing
	Code    string // stable, lower case with underscores
	Message string // what is wrong
	Fix     string // what to do
}

// Error is the message and, behind a semicolon, the fix.
func (e *DataError) Error() string { return e.Message + "; " + e.Fix }

// ParseData appends to dst the RDATA, names uncompressed and in the case they
// were written in, that fields stand for in a record of type t. Relative names
// are completed by origin, which may be nil. Any type may also be written as
// `\# length hex` (RFC 3597, Section 5). All errors are *DataError.
func ParseData(dst []byte, t Type, fields []Field, origin dname.Name) ([]byte, error) {
	out, err := parseData(dst, t, fields, origin)
	if err != nil {
		return nil, err
	}
	if len(out)-len(dst) > MaxData {
		return nil, tooMuchData(t, len(out)-len(dst))
	}
	return out, nil
}

func parseData(dst []byte, t Type, fields []Field, origin dname.Name) ([]byte, *DataError) {
	if t.IsMeta() {
		return nil, &DataError{0, "meta_type", t.String() + " is no type for zone data",
			"remove the record: such types exist in messages only (RFC 6895, Section 3.1)"}
	}
	if len(fields) > 0 && !fields[0].Quoted && string(fields[0].Text) == `\#` {
		return parseGeneric(dst, t, fields)
	}
	if l := layoutOf(t); l != nil {
		return l.parse(dst, t, fields, origin)
	}
	if t == TypeSVCB || t == TypeHTTPS {
		return parseService(dst, t, fields, origin)
	}
	return parseForeign(dst, t, fields, origin)
}

func tooMuchData(t Type, n int) *DataError {
	return &DataError{0, "data_too_long", fmt.Sprintf("RDATA of this %s would be %d octets long", t, n),
		"shorten it to 65535 octets at most"}
}

func writeAs(t Type) string { return "write it as in: " + t.String() + " " + t.Example() }

func missing(t Type, field int, what string) *DataError {
	return &DataError{field, "missing_field", fmt.Sprintf("%s has no %s", t, what), writeAs(t)}
}

func extra(t Type, field int, f *Field) *DataError {
	return &DataError{field, "extra_field", fmt.Sprintf("%s has more fields than it takes, from %s on", t, quoted(f.Text)), writeAs(t)}
}

func bad(t Type, field int, format string, args ...any) *DataError {
	return &DataError{field, "bad_field", t.String() + " " + fmt.Sprintf(format, args...), writeAs(t)}
}

// quoted shows text in a message, cut when it is long.
func quoted(text []byte) string {
	const most = 40
	if len(text) > most {
		return fmt.Sprintf("%q...", text[:most])
	}
	return fmt.Sprintf("%q", text)
}

package zonefile

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// header is what stands between owner and RDATA.
type header struct {
	rtype     rr.Type
	ttl       uint32
	hasTTL    bool
	hasClass  bool
	typeField *rr.Field
	rest      []rr.Field // the RDATA
}

// readHeader reads TTL and class, either of which may be missing and in either
// order, and the type (RFC 1035, Section 5.1). An entry so short that there is
// no type is reported behind its last field, or at first.
func readHeader(file string, first *rr.Field, fields []rr.Field) (h header, err *Error) {
	for i := range fields {
		f := &fields[i]
		if f.Quoted {
			return h, &Error{place(file, f), "bad_type", show(f.Text) + " stands in quotes where TTL, class or type is due", "write it without"}
		}
		if f.Text[0]-'0' <= 9 {
			if err := h.readTTL(file, f); err != nil {
				return h, err
			}
			continue
		}
		t, ok := commonType(f.Text)
		if !ok {
			isClass, err := h.readClass(file, f)
			if err != nil {
				return h, err
			}
			if isClass {
				continue
			}
			if t, err = otherType(file, f); err != nil {
				return h, err
			}
		}
		if t.IsMeta() {
			return h, &Error{place(file, f), "meta_type", t.String() + " is no type for zone data", "remove the record: such types exist in messages only (RFC 6895, Section 3.1)"}
		}
		h.rtype, h.typeField, h.rest = t, f, fields[i+1:]
		return h, nil
	}
	if n := len(fields); n > 0 {
		first = &fields[n-1]
	}
	return h, &Error{after(file, first), "missing_type", "the entry ends before its type", "write owner, TTL, class, type and data, as in www 3600 IN A 192.0.2.1"}
}

func (h *header) readTTL(file string, f *rr.Field) *Error {
	if h.hasTTL {
		return &Error{place(file, f), "second_ttl", show(f.Text) + " is a second TTL", "write one TTL, one class and then the type"}
	}
	ttl, err := rr.ParseTTL(f.Text)
	if err != nil {
		return badTTL(file, f, err)
	}
	h.ttl, h.hasTTL = ttl, true
	return nil
}

func badTTL(file string, f *rr.Field, err error) *Error {
	message, fix, _ := strings.Cut(err.Error(), ": ")
	return &Error{place(file, f), "bad_ttl", "TTL " + show(f.Text) + ": " + message, fix}
}

// readClass reports whether f is a class. Only IN is served.
func (h *header) readClass(file string, f *rr.Field) (bool, *Error) {
	if !isClass(f.Text) {
		return false, nil
	}
	if word := string(f.Text); !strings.EqualFold(word, "IN") && !strings.EqualFold(word, "CLASS1") {
		return false, &Error{place(file, f), "bad_class", "class " + word + " is not served", "write IN, or leave the class out"}
	}
	if h.hasClass {
		return false, &Error{place(file, f), "second_class", show(f.Text) + " is a second class", "write one TTL, one class and then the type"}
	}
	h.hasClass = true
	return true, nil
}

func isClass(word []byte) bool {
	if len(word) == 2 {
		switch pack(word) {
		case 'I'<<8 | 'N', 'C'<<8 | 'H', 'H'<<8 | 'S', 'C'<<8 | 'S':
			return true
		}
		return false
	}
	if len(word) < 6 || len(word) > 10 || !strings.EqualFold(string(word[:5]), "CLASS") {
		return false
	}
	for _, c := range word[5:] {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

func otherType(file string, f *rr.Field) (rr.Type, *Error) {
	if f.Text[0] == '$' {
		return 0, &Error{place(file, f), "bad_type", show(f.Text) + " stands where TTL, class or type is due", "start a directive at the first column of its line"}
	}
	t, err := rr.ParseType(string(f.Text))
	if err != nil {
		message, fix, ok := strings.Cut(err.Error(), "; ")
		if !ok {
			fix = "write the mnemonic of a type of zone data, as in A or MX"
		}
		return 0, &Error{place(file, f), "bad_type", message, fix}
	}
	return t, nil
}

// pack puts up to eight letters, in upper case, into one word.
func pack(word []byte) (w uint64) {
	for _, c := range word {
		if c-'a' < 26 {
			c -= 0x20
		}
		w = w<<8 | uint64(c)
	}
	return w
}

// commonType knows the types that make up most zones, in any case.
func commonType(word []byte) (rr.Type, bool) {
	if len(word) > 5 {
		return 0, false
	}
	switch pack(word) {
	case 'A':
		return rr.TypeA, true
	case 'N'<<8 | 'S':
		return rr.TypeNS, true
	case 'M'<<8 | 'X':
		return rr.TypeMX, true
	case 'D'<<8 | 'S':
		return rr.TypeDS, true
	case 'T'<<16 | 'X'<<8 | 'T':
		return rr.TypeTXT, true
	case 'S'<<16 | 'O'<<8 | 'A':
		return rr.TypeSOA, true
	case 'S'<<16 | 'R'<<8 | 'V':
		return rr.TypeSRV, true
	case 'C'<<16 | 'A'<<8 | 'A':
		return rr.TypeCAA, true
	case 'P'<<16 | 'T'<<8 | 'R':
		return rr.TypePTR, true
	case 'A'<<24 | 'A'<<16 | 'A'<<8 | 'A':
		return rr.TypeAAAA, true
	case 'C'<<32 | 'N'<<24 | 'A'<<16 | 'M'<<8 | 'E':
		return rr.TypeCNAME, true
	case 'D'<<32 | 'N'<<24 | 'A'<<16 | 'M'<<8 | 'E':
		return rr.TypeDNAME, true
	case 'A'<<32 | 'L'<<24 | 'I'<<16 | 'A'<<8 | 'S':
		return rr.TypeALIAS, true
	}
	return 0, false
}

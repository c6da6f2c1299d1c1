package content

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// kind is how a field of a data object stands in a master file.
type kind uint8

const (
	num    kind = iota // a number
	word               // a word without spaces
	quoted             // a text between quotes
	host               // a name; shown without a final dot
	fqdn               // a name; shown with one, as octoDNS and DNSControl compare it
	rest               // all that follows, spaces included
	metres             // a length with an m behind it
)

// part is one field of a data object.
type part struct {
	name string
	kind kind
	not  string // instead of a field that was not sent; empty where it must be
}

// layouts is the fields of data objects, in the order of master files.
var layouts = map[rr.Type][]part{
	rr.TypeSRV:         {{"priority", num, "0"}, {"weight", num, "0"}, {"port", num, ""}, {"target", host, ""}},
	rr.TypeCAA:         {{"flags", num, "0"}, {"tag", word, ""}, {"value", quoted, ""}},
	rr.TypeHTTPS:       {{"priority", num, ""}, {"target", host, ""}, {"value", rest, " "}},
	rr.TypeSVCB:        {{"priority", num, ""}, {"target", host, ""}, {"value", rest, " "}},
	rr.TypeNAPTR:       {{"order", num, ""}, {"preference", num, ""}, {"flags", quoted, `""`}, {"service", quoted, `""`}, {"regex", quoted, `""`}, {"replacement", fqdn, "."}},
	rr.TypeDS:          {{"key_tag", num, ""}, {"algorithm", num, ""}, {"digest_type", num, ""}, {"digest", rest, ""}},
	rr.TypeDNSKEY:      {{"flags", num, ""}, {"protocol", num, "3"}, {"algorithm", num, ""}, {"public_key", rest, ""}},
	mustType("TLSA"):   {{"usage", num, ""}, {"selector", num, ""}, {"matching_type", num, ""}, {"certificate", rest, ""}},
	mustType("SMIMEA"): {{"usage", num, ""}, {"selector", num, ""}, {"matching_type", num, ""}, {"certificate", rest, ""}},
	mustType("SSHFP"):  {{"algorithm", num, ""}, {"type", num, ""}, {"fingerprint", rest, ""}},
	mustType("CERT"):   {{"type", num, ""}, {"key_tag", num, ""}, {"algorithm", num, ""}, {"certificate", rest, ""}},
	mustType("URI"):    {{"priority", num, ""}, {"weight", num, "0"}, {"target", quoted, ""}},
	mustType("LOC"): {
		{"lat_degrees", num, ""}, {"lat_minutes", num, "0"}, {"lat_seconds", num, "0"}, {"lat_direction", word, ""},
		{"long_degrees", num, ""}, {"long_minutes", num, "0"}, {"long_seconds", num, "0"}, {"long_direction", word, ""},
		{"altitude", metres, "0m"}, {"size", metres, "1m"}, {"precision_horz", metres, "10000m"}, {"precision_vert", metres, "10m"},
	},
}

// structured is the RDATA that the data object of p.in stands for.
func (p *Source) structured() ([]byte, error) {
	var b strings.Builder
	for _, field := range layouts[p.Type] {
		raw := p.Fields[field.name]
		if field.name == "priority" && raw == nil && p.Priority != nil {
			raw = json.RawMessage(strconv.FormatInt(*p.Priority, 10))
		}
		text, err := field.text(raw)
		if err != nil {
			return nil, old(Validation, Complaint(p.Type.String())+" "+err.Error()).at("/data/" + field.name)
		}
		if text == "" {
			return nil, old(Required, field.name+" is a required data field. Send it in data.").at("/data/" + field.name)
		}
		b.WriteString(text)
		b.WriteByte(' ')
	}
	return p.presentation(b.String())
}

// text is the field of that JSON as it would stand in a master file.
func (f *part) text(raw json.RawMessage) (string, error) {
	if raw == nil || bytes.Equal(raw, []byte("null")) {
		return f.not, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return "", fmt.Errorf("%s cannot be read", f.name)
	}
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
		if x, err := v.Float64(); err == nil {
			text = strconv.FormatFloat(x, 'f', -1, 64)
		}
	case bool: // false is how the original shows a target that is the root
		if v || f.kind != host {
			return "", fmt.Errorf("%s is no boolean", f.name)
		}
		text = "."
	default:
		return "", fmt.Errorf("%s is a text or a number", f.name)
	}
	return f.form(text)
}

func (f *part) form(text string) (string, error) {
	if strings.IndexFunc(text, IsControl) >= 0 {
		return "", fmt.Errorf("%s has a control character; leave it out", f.name)
	}
	switch f.kind {
	case quoted:
		return quote(text), nil
	case metres:
		return strings.TrimSuffix(text, "m") + "m", nil
	case rest:
		if strings.TrimSpace(text) == "" {
			return f.not, nil
		}
		return text, nil
	case host, fqdn:
		return dotted(text), spaceless(f.name, text)
	case num:
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return "", fmt.Errorf("%s is a number", f.name)
		}
	}
	return text, spaceless(f.name, text)
}

func spaceless(name, text string) error {
	if strings.ContainsAny(text, " \t;()\"") {
		return fmt.Errorf("%s is one word", name)
	}
	return nil
}

func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// Field is one field of a data object: a text or a number.
type Field struct {
	Name  string
	Value any
}

// Data is the data object that is shown beside the content; nil for types without one.
func Data(t rr.Type, data []byte) []Field {
	layout := layouts[t]
	if layout == nil {
		return nil
	}
	text := string(rr.AppendDataText(nil, t, data))
	if strings.HasPrefix(text, `\#`) { // not well formed, or of no known form (RFC 3597, Section 5)
		return nil
	}
	o := make([]Field, 0, len(layout))
	for _, f := range layout {
		var field string
		if f.kind == rest {
			field = text
		} else {
			field, text = token(text)
		}
		o = append(o, Field{f.name, f.value(field)})
	}
	if t == typeCERT && len(data) >= 5 { // their mnemonics (RFC 4398, Section 2.1) as numbers
		o[0].Value, o[2].Value = binary.BigEndian.Uint16(data), data[4]
	}
	return o
}

// value is a field of a master file as JSON.
func (f *part) value(text string) any {
	switch f.kind {
	case num, metres:
		if x, err := strconv.ParseFloat(strings.TrimSuffix(text, "m"), 64); err == nil {
			return x
		}
	case host:
		return Undot(text)
	case quoted:
		return unquote(text)
	}
	return text
}

// token cuts the first field off text: up to a space, or to the closing quote.
func token(text string) (first, after string) {
	if !strings.HasPrefix(text, `"`) {
		first, after, _ = strings.Cut(text, " ")
		return first, after
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[:i+1], strings.TrimPrefix(text[i+1:], " ")
		}
	}
	return text, ""
}

// unquote is what stands between quotes, with its escapes undone (RFC 1035, Section 5.1).
func unquote(text string) string {
	text = strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`)
	if !strings.Contains(text, `\`) {
		return text
	}
	var b []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b = append(b, text[i])
			continue
		}
		if code, err := strconv.ParseUint(text[i+1:min(i+4, len(text))], 10, 8); err == nil && i+3 < len(text) {
			b, i = append(b, byte(code)), i+3
			continue
		}
		i++
		b = append(b, text[i])
	}
	return string(b)
}

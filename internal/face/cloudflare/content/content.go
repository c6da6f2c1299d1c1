package content

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

var (
	typeURI  = mustType("URI")
	typeCERT = mustType("CERT")
)

func mustType(text string) rr.Type {
	t, err := rr.ParseType(text)
	if err != nil {
		panic(err) // a mnemonic in this file is wrong
	}
	return t
}

// Source is what a client sent of the data of one record.
type Source struct {
	Type     rr.Type // as the client says it: CNAME, also at the apex
	Owner    dname.Name
	Apex     dname.Name
	Content  *string                    // nil if it was not sent
	Fields   map[string]json.RawMessage // the data object
	Priority *int64                     // nil if it was not sent
}

// Data is the RDATA that p stands for, by its content or, for types that have
// one, by its data object. Errors are *Error.
func (p *Source) Data() ([]byte, error) {
	if len(p.Fields) > 0 && layouts[p.Type] != nil {
		return p.structured()
	}
	if p.Content == nil || *p.Content == "" {
		return nil, p.missing("content")
	}
	text := *p.Content
	if i := strings.IndexFunc(text, IsControl); i >= 0 && p.Type != rr.TypeTXT {
		return nil, old(p.code(), fmt.Sprintf("%s It has the control character %q. Leave it out.", Complaint(p.Type.String()), text[i]))
	}
	switch p.Type {
	case rr.TypeA, rr.TypeAAAA:
		return p.address(text)
	case rr.TypeCNAME, rr.TypeNS, rr.TypePTR, rr.TypeDNAME:
		return p.target(text)
	case rr.TypeTXT:
		return p.text(text)
	case rr.TypeMX:
		return p.exchange(text)
	}
	return p.presentation(p.whole(text))
}

// IsControl reports whether r has no place in a line of text; tabs have.
func IsControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func (p *Source) missing(field string) *Error {
	return old(Required, field+" is a required data field. Send it for a record of type "+p.Type.String()+".").at("/" + field)
}

func (p *Source) code() int { return Code(p.Type.String()) }

// bad is content that does not fit the type.
func (p *Source) bad(why string) *Error {
	text := Complaint(p.Type.String()) + " " + why
	if p.code() == 9007 || p.code() == Validation {
		return old(p.code(), text).at("/content")
	}
	return broken(p.code(), text).at("/content")
}

func (p *Source) address(text string) ([]byte, error) {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	switch {
	case err != nil || a.Zone() != "":
		return nil, p.bad("Send one address, without a port or a prefix length.")
	case p.Type == rr.TypeA && !a.Is4():
		return nil, p.bad("That is an IPv6 address; it goes into an AAAA record.")
	case p.Type == rr.TypeAAAA && !a.Is6():
		return nil, p.bad("That is an IPv4 address; it goes into an A record.")
	}
	return a.AsSlice(), nil
}

// target is the data of a record that is one name.
func (p *Source) target(text string) ([]byte, error) {
	n, err := p.host(text)
	if err != nil {
		return nil, err
	}
	if p.Type == rr.TypeCNAME && n.Equal(p.Owner) {
		return nil, broken(9039, "CNAME content cannot reference itself. Send the name that "+Undotted(p.Owner)+" shall follow.").at("/content")
	}
	return n, nil
}

func (p *Source) host(text string) (dname.Name, error) {
	text = strings.TrimSpace(text)
	switch {
	case isAddress(text):
		return nil, p.bad("It is an IP address. Send a name, or make an A or AAAA record of it.")
	case strings.ContainsAny(text, "/: "):
		return nil, p.bad("It is a URL or has a path, a port or a space. Send the name of the host alone, as www.example.com.")
	}
	n, err := ParseHost(text, p.Apex)
	if err != nil {
		return nil, p.bad(Sentence(err.Error()) + " Send a complete name, as www.example.com.")
	}
	return n, nil
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(strings.TrimSuffix(text, "."))
	return err == nil
}

// text is TXT data: between quotes as in a master file, or the text as it is,
// cut into strings of 255 octets (RFC 1035, Section 3.3.14).
func (p *Source) text(text string) ([]byte, error) {
	if IsQuoted(text) {
		return p.presentation(text)
	}
	return cut(text), nil
}

// IsQuoted reports whether text is TXT content as in a master file.
func IsQuoted(text string) bool {
	return strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"`) && len(text) > 1
}

// cut is text as TXT data.
func cut(text string) (data []byte) {
	for len(text) > 255 {
		data = append(append(data, 255), text[:255]...)
		text = text[255:]
	}
	return append(append(data, byte(len(text))), text...)
}

// Bare is TXT data as content without quotes; ok is false where that would be read
// as something else.
func Bare(data []byte) (text string, ok bool) {
	text = Plain(data)
	ok = utf8.ValidString(text) && text != "" && !IsQuoted(text) && bytes.Equal(cut(text), data)
	return text, ok
}

// exchange is MX data: the name in content, the preference in priority or
// before the name.
func (p *Source) exchange(text string) ([]byte, error) {
	if before, after, ok := strings.Cut(strings.TrimSpace(text), " "); ok && p.Priority == nil && isNumber(before) {
		return p.presentation(before + " " + dotted(strings.TrimSpace(after)))
	}
	if p.Priority == nil {
		return nil, p.missing("priority")
	}
	if *p.Priority < 0 || *p.Priority > 65535 {
		return nil, p.bad("The priority is a number from 0 to 65535.")
	}
	n, err := p.host(text)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(*p.Priority)), n...), nil
}

// whole completes what some types have outside of content, the priority, and
// the final dots of names, which clients leave out.
func (p *Source) whole(text string) string {
	fields := strings.Fields(text)
	switch {
	case p.Type == rr.TypeSRV && len(fields) > 0:
		fields[len(fields)-1] = dotted(fields[len(fields)-1])
		text = p.prioritized(fields, 4)
	case p.Type == typeURI:
		text = p.prioritized(fields, 3)
	case (p.Type == rr.TypeSVCB || p.Type == rr.TypeHTTPS) && len(fields) > 1:
		text = strings.Replace(text, fields[1], dotted(fields[1]), 1)
	case p.Type == rr.TypeNAPTR && len(fields) > 1:
		last := strings.LastIndexAny(text, " \t") + 1
		text = text[:last] + dotted(text[last:])
	}
	return text
}

// prioritized puts the priority before fields if it is not among these want fields.
func (p *Source) prioritized(fields []string, want int) string {
	if len(fields) == want-1 && p.Priority != nil {
		return fmt.Sprintf("%d %s", *p.Priority, strings.Join(fields, " "))
	}
	return strings.Join(fields, " ")
}

func dotted(name string) string {
	if strings.HasSuffix(name, ".") || name == "" {
		return name
	}
	return name + "."
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// presentation reads text as it would stand in a master file.
func (p *Source) presentation(text string) ([]byte, error) {
	data, err := zonefile.AppendData(nil, p.Type, text, nil)
	if err != nil {
		return nil, p.bad(Sentence(err.Error()))
	}
	return data, nil
}

// Code and Complaint are what is said of content that does not fit a type.
func Code(typ string) int {
	switch typ {
	case "A":
		return 9005
	case "AAAA":
		return 9006
	case "CNAME":
		return 9007
	case "NS", "PTR":
		return 9008
	case "MX":
		return 9009
	}
	return Validation
}

func Complaint(typ string) string {
	switch typ {
	case "A":
		return "Content for A record must be a valid IPv4 address."
	case "AAAA":
		return "Content for AAAA record must be a valid IPv6 address."
	case "MX", "NS", "PTR":
		return "Content for " + typ + " record must be a hostname."
	case "":
		return "Content of the record is invalid."
	}
	return "Content for " + typ + " record is invalid."
}

// Text is what is shown as content: names without a final dot where the
// content is but a name, and all else as in a master file.
func Text(t rr.Type, data []byte) string {
	switch t {
	case rr.TypeCNAME, rr.TypeALIAS, rr.TypeNS, rr.TypePTR, rr.TypeDNAME:
		return Undotted(data)
	case rr.TypeMX:
		return Undotted(data[2:])
	}
	text := string(rr.AppendDataText(nil, t, data))
	switch t {
	case rr.TypeSRV:
		if !strings.HasSuffix(text, " .") {
			text = Undot(text)
		}
	case typeURI:
		_, text, _ = strings.Cut(text, " ") // the priority stands beside
	}
	return text
}

// Priority is the priority that is shown beside the content, or -1.
func Priority(t rr.Type, data []byte) int {
	if t == rr.TypeMX || t == rr.TypeSRV || t == typeURI {
		return int(binary.BigEndian.Uint16(data))
	}
	return -1
}

// Plain is TXT data as the text that it is, without quotes and cuts.
func Plain(data []byte) string {
	var b strings.Builder
	for len(data) > 0 {
		n := min(int(data[0]), len(data)-1)
		b.Write(data[1 : 1+n])
		data = data[1+n:]
	}
	return b.String()
}

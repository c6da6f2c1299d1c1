package cloudflare

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

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

// parser reads the RDATA of one record that a client sent.
type parser struct {
	in    *recordIn
	typ   rr.Type // as the client says it: CNAME, also at the apex
	owner dname.Name
	apex  dname.Name
}

// data is the RDATA of p.in, from its content or, for types that have one,
// from its data object.
func (p *parser) data() ([]byte, error) {
	if len(p.in.Data) > 0 && layouts[p.typ] != nil {
		return p.structured()
	}
	if p.in.Content == nil || *p.in.Content == "" {
		return nil, p.missing("content")
	}
	text := *p.in.Content
	if i := strings.IndexFunc(text, isControl); i >= 0 && p.typ != rr.TypeTXT {
		return nil, invalid(p.code(), fmt.Sprintf("%s It has the control character %q. Leave it out.", contentText(p.typ.String()), text[i]))
	}
	switch p.typ {
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

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func (p *parser) missing(field string) *fault {
	return invalid(codeRequired, field+" is a required data field. Send it for a record of type "+p.typ.String()+".").at("/" + field)
}

func (p *parser) code() int { return contentCode(p.typ.String()) }

// bad is content that does not fit the type.
func (p *parser) bad(why string) *fault {
	text := contentText(p.typ.String()) + " " + why
	if p.code() == 9007 || p.code() == codeValidation {
		return invalid(p.code(), text).at("/content")
	}
	return wrong(p.code(), text).at("/content")
}

func (p *parser) address(text string) ([]byte, error) {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	switch {
	case err != nil || a.Zone() != "":
		return nil, p.bad("Send one address, without a port or a prefix length.")
	case p.typ == rr.TypeA && !a.Is4():
		return nil, p.bad("That is an IPv6 address; it goes into an AAAA record.")
	case p.typ == rr.TypeAAAA && !a.Is6():
		return nil, p.bad("That is an IPv4 address; it goes into an A record.")
	}
	return a.AsSlice(), nil
}

// target is the data of a record that is one name.
func (p *parser) target(text string) ([]byte, error) {
	n, err := p.host(text)
	if err != nil {
		return nil, err
	}
	if p.typ == rr.TypeCNAME && n.Equal(p.owner) {
		return nil, wrong(codeSelf, "CNAME content cannot reference itself. Send the name that "+undotted(p.owner)+" shall follow.").at("/content")
	}
	return n, nil
}

func (p *parser) host(text string) (dname.Name, error) {
	text = strings.TrimSpace(text)
	switch {
	case isAddress(text):
		return nil, p.bad("It is an IP address. Send a name, or make an A or AAAA record of it.")
	case strings.ContainsAny(text, "/: "):
		return nil, p.bad("It is a URL or has a path, a port or a space. Send the name of the host alone, as www.example.com.")
	}
	n, err := parseHost(text, p.apex)
	if err != nil {
		return nil, p.bad(sentence(err.Error()) + " Send a complete name, as www.example.com.")
	}
	return n, nil
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(strings.TrimSuffix(text, "."))
	return err == nil
}

// text is TXT data: between quotes as in a master file, or the text as it is,
// cut into strings of 255 octets (RFC 1035, Section 3.3.14).
func (p *parser) text(text string) ([]byte, error) {
	if strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"`) && len(text) > 1 {
		return p.presentation(text)
	}
	var data []byte
	for len(text) > 255 {
		data = append(append(data, 255), text[:255]...)
		text = text[255:]
	}
	return append(append(data, byte(len(text))), text...), nil
}

// exchange is MX data: the name in content, the preference in priority or
// before the name.
func (p *parser) exchange(text string) ([]byte, error) {
	if before, after, ok := strings.Cut(strings.TrimSpace(text), " "); ok && p.in.Priority == nil && isNumber(before) {
		return p.presentation(before + " " + dotted(strings.TrimSpace(after)))
	}
	if p.in.Priority == nil {
		return nil, p.missing("priority")
	}
	if *p.in.Priority < 0 || *p.in.Priority > 65535 {
		return nil, p.bad("The priority is a number from 0 to 65535.")
	}
	n, err := p.host(text)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(*p.in.Priority)), n...), nil
}

// whole completes what some types have outside of content, the priority, and
// the final dots of names, which clients leave out.
func (p *parser) whole(text string) string {
	fields := strings.Fields(text)
	switch {
	case p.typ == rr.TypeSRV && len(fields) > 0:
		fields[len(fields)-1] = dotted(fields[len(fields)-1])
		text = p.prioritized(fields, 4)
	case p.typ == typeURI:
		text = p.prioritized(fields, 3)
	case (p.typ == rr.TypeSVCB || p.typ == rr.TypeHTTPS) && len(fields) > 1:
		text = strings.Replace(text, fields[1], dotted(fields[1]), 1)
	case p.typ == rr.TypeNAPTR && len(fields) > 1:
		last := strings.LastIndexAny(text, " \t") + 1
		text = text[:last] + dotted(text[last:])
	}
	return text
}

// prioritized puts the priority before fields if it is not among these want fields.
func (p *parser) prioritized(fields []string, want int) string {
	if len(fields) == want-1 && p.in.Priority != nil {
		return fmt.Sprintf("%d %s", *p.in.Priority, strings.Join(fields, " "))
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
func (p *parser) presentation(text string) ([]byte, error) {
	data, err := zonefile.AppendData(nil, p.typ, text, nil)
	if err != nil {
		return nil, p.bad(sentence(err.Error()))
	}
	return data, nil
}

// contentCode and contentText are what is said of content that does not fit a type.
func contentCode(typ string) int {
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
	return codeValidation
}

func contentText(typ string) string {
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

// contentOf is what is shown as content: names without a final dot where the
// content is but a name, and all else as in a master file.
func contentOf(t rr.Type, data []byte) string {
	switch t {
	case rr.TypeCNAME, rr.TypeALIAS, rr.TypeNS, rr.TypePTR, rr.TypeDNAME:
		return undotted(data)
	case rr.TypeMX:
		return undotted(data[2:])
	}
	text := string(rr.AppendDataText(nil, t, data))
	switch t {
	case rr.TypeSRV:
		if !strings.HasSuffix(text, " .") {
			text = undot(text)
		}
	case typeURI:
		_, text, _ = strings.Cut(text, " ") // the priority stands beside
	}
	return text
}

// priorityOf is the priority that is shown beside the content, or -1.
func priorityOf(t rr.Type, data []byte) int {
	if t == rr.TypeMX || t == rr.TypeSRV || t == typeURI {
		return int(binary.BigEndian.Uint16(data))
	}
	return -1
}

// plainText is TXT data as the text that it is, without quotes and cuts.
func plainText(data []byte) string {
	var b strings.Builder
	for len(data) > 0 {
		n := min(int(data[0]), len(data)-1)
		b.Write(data[1 : 1+n])
		data = data[1+n:]
	}
	return b.String()
}

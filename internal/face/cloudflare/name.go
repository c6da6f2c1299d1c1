package cloudflare

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// parseOwner reads the name of a record as clients write it: complete, with or
// without a final dot, or relative to the apex, or "@".
func parseOwner(text string, apex dname.Name) (dname.Name, error) {
	name, err := parseHost(text, apex)
	if err == nil && (name.IsAtOrBelow(apex) || strings.HasSuffix(text, ".")) {
		return name.Lower(), nil
	}
	ascii, err := dname.FromUnicode(text)
	if err != nil {
		return nil, badName(text, err)
	}
	name, err = dname.Parse(ascii, apex)
	if err != nil || text == "" {
		return nil, badName(text, err)
	}
	return name.Lower(), nil
}

func badName(text string, err error) *fault {
	why := "It is empty."
	if text != "" && err != nil {
		why = sentence(err.Error())
	}
	return wrong(codeName, "DNS name is invalid: "+shorten(text, 300)+". "+why+" Send a complete name, as www.example.com, or @ for the zone itself.")
}

// parseHost reads a name in the content of a record. It is complete, with or
// without a final dot; "@" is the apex.
func parseHost(text string, apex dname.Name) (dname.Name, error) {
	if text == "@" {
		return apex, nil
	}
	if text == "" {
		return nil, dname.ErrEmptyLabel
	}
	ascii, err := dname.FromUnicode(text)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(ascii, ".") || strings.HasSuffix(ascii, `\.`) {
		ascii += "."
	}
	return dname.Parse(ascii, nil)
}

// undotted is n without its final dot. The root stays a dot.
func undotted(n dname.Name) string { return undot(n.String()) }

func undot(text string) string {
	if text == "." {
		return text
	}
	return strings.TrimSuffix(text, ".")
}

// zoneName is the name of a zone, with U-labels: so the original shows them,
// and so ddclient and octoDNS compare them.
func zoneName(apex dname.Name) string { return undot(dname.ToUnicode(apex)) }

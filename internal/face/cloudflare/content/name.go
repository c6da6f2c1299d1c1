package content

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// ParseHost reads a name in the content of a record. It is complete, with or
// without a final dot; "@" is the apex.
func ParseHost(text string, apex dname.Name) (dname.Name, error) {
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

// Undotted is n without its final dot. The root stays a dot.
func Undotted(n dname.Name) string { return Undot(n.String()) }

// Undot is the text of a name without its final dot.
func Undot(text string) string {
	if text == "." {
		return text
	}
	return strings.TrimSuffix(text, ".")
}

package zonefile

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// directive handles a control entry (RFC 1035, Section 5.1; RFC 2308, Section 4).
func (p *parser) directive(file string, fields []rr.Field) error {
	var err error
	switch strings.ToUpper(string(fields[0].Text)) {
	case "$ORIGIN":
		err = p.setOrigin(file, fields)
	case "$TTL":
		err = p.setTTL(file, fields)
	case "$INCLUDE":
		err = p.include(file, fields)
	case "$GENERATE":
		err = p.generate(file, fields)
	default:
		err = &Error{place(file, &fields[0]), "bad_directive", show(fields[0].Text) + " is no directive",
			`write $ORIGIN, $TTL, $INCLUDE or $GENERATE; a name that starts with a dollar sign is written \$`}
	}
	if err != nil {
		return p.report(err)
	}
	return nil
}

// arguments refuses a directive with fewer than least or more than most arguments.
func arguments(file string, fields []rr.Field, least, most int, usage string) error {
	n := len(fields) - 1
	switch {
	case n < least:
		return &Error{after(file, &fields[n]), "missing_field", usageWord(usage) + " lacks an argument", "write it as in " + usage}
	case n > most:
		return &Error{place(file, &fields[most+1]), "extra_field", usageWord(usage) + " takes no " + show(fields[most+1].Text), "write it as in " + usage}
	}
	return nil
}

func usageWord(usage string) string {
	word, _, _ := strings.Cut(usage, " ")
	return word
}

func (p *parser) setOrigin(file string, fields []rr.Field) error {
	if err := arguments(file, fields, 1, 1, "$ORIGIN example.net."); err != nil {
		return err
	}
	origin, err := p.readOrigin(file, &fields[1])
	if err != nil {
		return err
	}
	p.origin = origin
	return nil
}

func (p *parser) readOrigin(file string, f *rr.Field) (dname.Name, error) {
	if f.Quoted {
		return nil, &Error{place(file, f), "bad_origin", "origin " + show(f.Text) + " stands in quotes", "write it without"}
	}
	origin, err := dname.AppendUnicode(nil, f.Text, p.origin)
	if err != nil {
		return nil, badName(file, f, "bad_origin", "origin", err)
	}
	return origin, nil
}

func (p *parser) setTTL(file string, fields []rr.Field) error {
	if err := arguments(file, fields, 1, 1, "$TTL 3600"); err != nil {
		return err
	}
	ttl, err := rr.ParseTTL(fields[1].Text)
	if err != nil {
		return badTTL(file, &fields[1], err)
	}
	p.ttl.byDefault, p.ttl.hasDefault = ttl, true
	return nil
}

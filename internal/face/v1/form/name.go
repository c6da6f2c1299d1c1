package form

import (
	"net/http"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// ParseOwner reads the name of a record in the zone of that apex: "@", relative,
// or fully qualified. Without a final dot it is fully qualified if it ends in
// the apex, for that is how most clients write it.
func ParseOwner(field, text string, apex dname.Name) (dname.Name, error) {
	if text == "" {
		return nil, envelope.Invalid(field, "the name is empty; use @ for the zone itself")
	}
	origin := apex
	if bare := strings.TrimSuffix(apex.String(), "."); !apex.IsRoot() && !strings.HasSuffix(text, ".") && endsIn(text, bare) {
		origin = dname.Root
	}
	n, err := dname.AppendUnicode(nil, []byte(text), origin)
	if err != nil {
		return nil, envelope.Invalid(field, "the name %q cannot be: %v", envelope.Shorten(text, 100), err)
	}
	if !dname.Name(n).IsAtOrBelow(apex) {
		return nil, envelope.Invalid(field, "%s is not in the zone %s; use a name at or below it", envelope.Shorten(text, 100), apex)
	}
	return dname.Name(n).Lower(), nil
}

func endsIn(text, bare string) bool {
	if len(text) == len(bare) {
		return strings.EqualFold(text, bare)
	}
	at := len(text) - len(bare)
	return at > 0 && text[at-1] == '.' && strings.EqualFold(text[at:], bare)
}

// ParseName reads a fully qualified name, with or without its final dot.
func ParseName(field, text string) (dname.Name, error) {
	if text == "" || text == "@" {
		return nil, envelope.Invalid(field, "%s needs a name, as in www.example.com", field)
	}
	n, err := dname.AppendUnicode(nil, []byte(text), dname.Root)
	if err != nil {
		return nil, envelope.Invalid(field, "the name %q cannot be: %v", envelope.Shorten(text, 100), err)
	}
	return dname.Name(n).Lower(), nil
}

// ParseType reads the name of a type, or TYPE and its number (RFC 3597, Section 5);
// field is where it stands.
func ParseType(field, text string) (rr.Type, error) {
	if text == "" {
		return 0, envelope.Invalid(field, "the type is empty; use a type as in CNAME")
	}
	t, err := rr.ParseType(text)
	if err != nil {
		return 0, envelope.Invalid(field, "%s", envelope.Shorten(err.Error(), 300))
	}
	return t, nil
}

// Bare is the name without its final dot, as names of zones are written.
func Bare(n dname.Name) string {
	if n.IsRoot() {
		return "."
	}
	return strings.TrimSuffix(n.String(), ".")
}

// ParseRef reads what names a zone: its id, or its name.
func ParseRef(text string) (control.Ref, error) {
	if id, err := change.ParseZoneID(text); err == nil {
		return control.Ref{ID: id}, nil
	}
	n, err := dname.AppendUnicode(nil, []byte(text), dname.Root)
	if err != nil || text == "" || text == "@" || len(n) == 1 && text != "." {
		return control.Ref{}, BadZoneID(text)
	}
	return control.Ref{Apex: dname.Name(n).Lower()}, nil
}

// BadZoneID is the error for what is neither an id nor the name of a zone.
func BadZoneID(text string) *api.Error {
	e := envelope.Fail(http.StatusBadRequest, api.CodeInvalidZoneID, "\""+envelope.Shorten(text, 100)+"\" is no id of a zone; use its UUID, or its name")
	e.Details = []map[string]string{{"field": "zone_id", "message": e.Message}}
	return e
}
